"""The claims read out of the corpus agree with what exiftool and c2patool found when the manifests were made."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support import manifest
from workers.media.metadata import read
from workers.media.shapes import Embedded

ROWS = [
    pytest.param(part, row, id=f"{part}-{row['file']}")
    for part in ("good", "bad")
    for row in manifest(part)
    if row["verdict_class"] == "accept" and row["mime_by_content"].startswith(("image/", "video/"))
]
TEXTS = (
    "creator",
    "copyright",
    "credit",
    "usage_terms",
    "licensor",
    "web_statement",
    "model_release",
    "digital_source_type",
    "device",
)
MANIFEST_TEXT_LIMIT = 200
"""The manifests cut longer texts here."""


def format_by_content(path: Path) -> str:
    """Name of the format by its first bytes, independently of the product's probe."""
    head = path.read_bytes()[:64]
    marks = {b"\xff\xd8": "jpeg", b"\x89PNG": "png", b"GIF8": "gif", b"\x1aE\xdf\xa3": "mkv"}
    for mark, name in marks.items():
        if head.startswith(mark):
            return name
    if head[8:12] == b"WEBP":
        return "webp"
    brands = head[8:]
    if head[4:8] != b"ftyp":
        return "mov" if head[4:8] in (b"moov", b"mdat", b"wide", b"free", b"skip") else "unknown"
    return "avif" if b"avi" in brands else "heic" if b"hei" in brands or b"mif1" in brands else "mp4"


def same_text(found: str | None, wanted: str) -> bool:
    """Compare with a manifest, which cuts long texts and has `?` where it could not decode a byte."""
    found = found or ""
    if len(wanted) >= MANIFEST_TEXT_LIMIT:
        found = found[: len(wanted)]
    pattern = "".join("(?:\\?|[^\\x00-\\x7f])" if char == "?" else re.escape(char) for char in wanted)
    return re.fullmatch(pattern, found) is not None


def comparable(value: str | None) -> str:
    """A date in the form of the manifests."""
    return (value or "").replace("-", ":")[:10]


@pytest.mark.req("R54")
@pytest.mark.req("R55")
@pytest.mark.parametrize(("part", "row"), ROWS)
def test_embedded_claims_agree_with_the_manifest(part: str, row: dict[str, str], corpus: Path) -> None:
    path = corpus / part / row["file"]
    found, _ = read(path, format_by_content(path))
    claims = {name: getattr(found, name) for name in TEXTS}
    wrong = {name: (text, row[name]) for name, text in claims.items() if not same_text(text, row[name])}
    assert wrong == {}
    assert comparable(found.licence_end) == row["licence_end"]
    assert ("" if found.orientation is None else str(found.orientation)) == row["exif_orientation"]
    assert found.c2pa == expected_provenance(row["c2pa_state"])
    check_place(found, row)


def expected_provenance(state: str) -> str | None:
    """What the manifest's verdict on provenance means for presence."""
    if not state:
        return None
    return "remote" if state.startswith("remote manifest URL only") else "embedded"


def check_place(found: Embedded, row: dict[str, str]) -> None:
    """The place is within a few metres of the manifest's."""
    assert found.has_gps == (row["has_gps"] == "yes")
    if found.has_gps:
        assert found.gps == pytest.approx((float(row["gps_lat"]), float(row["gps_lon"])), abs=1e-4)
    else:
        assert found.gps is None


FORMATS = ("jpeg", "png", "webp", "gif", "heic", "mp4")
BAD = [pytest.param(row["file"], id=row["file"]) for row in manifest("bad")]


@pytest.mark.req("R54")
@pytest.mark.req("R49")
@pytest.mark.parametrize("name", BAD)
def test_no_bad_file_upsets_the_reader_of_any_format(name: str, corpus: Path) -> None:
    for format_name in FORMATS:
        found, warnings = read(corpus / "bad" / name, format_name)
        assert all(len(text) <= 2000 for text in vars(found).values() if isinstance(text, str))
        assert len(warnings) <= 8
