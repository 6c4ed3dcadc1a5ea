"""Every accepted still of the corpus becomes a small pack that other readers judge."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from tests.support import manifest
from tests.workers.media.pictures import FORBIDDEN, IMPRINT, exiftool, exiftools, ffprobe, forbidden, recipe
from workers.media.image import render_pack
from workers.media.image.decode import decode
from workers.media.image.structure import walk
from workers.media.shapes import Box, ImageFormat, ImagePlan

STILL_TYPES = ("image/jpeg", "image/png", "image/webp", "image/avif", "image/heic", "image/heif", "image/gif")
STILLS = [row for row in manifest("good") if row["verdict_class"] == "accept" and row["mime_by_content"] in STILL_TYPES]
BUDGET = 40_000
CODECS = {"jpeg": "mjpeg", "webp": "webp", "avif": "av1", "png": "png"}


def shown_size(row: dict[str, str]) -> tuple[int, int]:
    return int(row["width_shown"]), int(row["height_shown"])


def pack(size: tuple[int, int]) -> list[ImagePlan]:
    """A square cover JPEG with a budget, and the whole picture in three formats, never larger than it is."""
    side = min(*size, 300)
    cut = min(size)
    crop = Box((size[0] - cut) // 2, (size[1] - cut) // 2, cut, cut)
    square = Box(0, 0, side, side)
    plans = [ImagePlan(side, side, crop, square, recipe("jpeg", min_quality=20), max_bytes=BUDGET, imprint=IMPRINT)]
    scale = min(1.0, 360 / max(size))
    width, height = max(1, round(size[0] * scale)), max(1, round(size[1] * scale))
    names: tuple[ImageFormat, ...] = ("webp", "avif", "png")
    whole = Box(0, 0, *size)
    plans += [
        ImagePlan(width, height, whole, Box(0, 0, width, height), recipe(name), imprint=IMPRINT) for name in names
    ]
    return plans


@pytest.mark.req("R56", "R46", "R25")
@pytest.mark.parametrize("row", STILLS, ids=lambda row: row["file"])
def test_every_accepted_still_becomes_a_clean_pack(corpus: Path, row: dict[str, str], tmp_path: Path) -> None:
    source = corpus / "good" / row["file"]
    plans = pack(shown_size(row))
    made = render_pack(source, plans, tmp_path)
    paths = [tmp_path / record.path for record in made]
    for plan, path, tags in zip(plans, paths, exiftools(paths), strict=True):
        stream = ffprobe(path)
        assert (stream["width"], stream["height"]) == (plan.width, plan.height)
        assert stream["codec_name"] == CODECS[plan.recipe.format]
        assert forbidden(tags) == []
        assert tags["XMP-dc:Creator"] == IMPRINT.creator
        assert tags["XMP-photoshop:Credit"] == IMPRINT.credit
        assert tags["XMP-xmpMM:DocumentID"] == IMPRINT.asset_id
        assert walk(path.read_bytes(), plan.recipe.format)[0] == path.stat().st_size
    assert made[0].size_bytes <= BUDGET
    assert hashlib.sha256(source.read_bytes()).hexdigest() == row["sha256"]


@pytest.mark.req("R56")
@pytest.mark.parametrize("row", STILLS, ids=lambda row: row["file"])
def test_the_decoded_size_is_the_size_that_independent_tools_show(corpus: Path, row: dict[str, str]) -> None:
    size = shown_size(row)
    whole = ImagePlan(8, 8, Box(0, 0, *size), Box(0, 0, 8, 8), recipe("jpeg"))
    master = decode(corpus / "good" / row["file"], [whole])
    assert (master.width, master.height) == size


@pytest.mark.req("R25")
def test_a_pack_made_twice_is_the_same_byte_for_byte(corpus: Path, tmp_path: Path) -> None:
    for row in STILLS[:: max(1, len(STILLS) // 5)]:
        source, plans = corpus / "good" / row["file"], pack(shown_size(row))
        first = [record.sha256 for record in render_pack(source, plans, tmp_path)]
        assert first == [record.sha256 for record in render_pack(source, plans, tmp_path)]


def test_the_judge_itself_sees_private_tags_in_originals(corpus: Path) -> None:
    """Otherwise an empty answer about the renditions would mean nothing."""
    private = [row for row in STILLS if row["has_gps"] == "yes"]
    for row in private[:3]:
        assert any(tag.startswith("GPS") for tag in forbidden(exiftool(corpus / "good" / row["file"])))
    assert "GPS" in FORBIDDEN
