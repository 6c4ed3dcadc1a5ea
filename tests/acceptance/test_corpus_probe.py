"""Every file of the corpus through the sandbox: what is accepted, what is refused, and which facts come out.

The facts of the manifests were measured with exiftool, ffprobe, avifdec and others, none of which the hub uses.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest

from tests.peak import grows_less_than
from tests.support import manifest
from workers.media.errors import MediaError
from workers.media.limits import Limits
from workers.media.sandbox import Sandbox
from workers.media.shapes import Inspection, MediaFacts

Row = dict[str, str]
_OTHER_KINDS = {"captions", "names"}
"""Inputs of other tests: no media."""
_WEAK_CODES = {"media_error", "damaged", "too_large", "child_failed", "cancelled"}
"""The bare classes; a refusal has to say more."""
_PNG_COMPONENTS = {"0": 1, "2": 3, "3": 3, "4": 2, "6": 4}
"""exiftool states the PNG colour type where it states components for others."""
_LIMIT_S = 60.0


def _rows(part: str) -> list[Row]:
    return [row for row in manifest(part) if row["kind"] not in _OTHER_KINDS]


@pytest.fixture(scope="module")
def box() -> Iterator[Sandbox]:
    with Sandbox(Limits(wall_s=_LIMIT_S)) as opened:
        yield opened


def _look(box: Sandbox, path: Path, workdir: Path) -> Inspection | MediaError:
    started = time.monotonic()
    try:
        return box.inspect(path, workdir)
    except MediaError as refusal:
        return refusal
    finally:
        assert time.monotonic() - started < _LIMIT_S


def _judge(outcome: Inspection | MediaError, verdict: str) -> None:
    if verdict == "accept":
        assert isinstance(outcome, Inspection), f"{outcome.code}: {outcome} ({outcome.detail})"
    elif verdict == "reject":
        assert isinstance(outcome, MediaError), outcome
    if isinstance(outcome, MediaError):
        assert outcome.code not in _WEAK_CODES, outcome.detail
        assert not outcome.retry
        assert 20 < len(outcome.message) < 400
        assert outcome.message.endswith(".")


@pytest.mark.parametrize("row", _rows("good"), ids=lambda row: row["file"])
def test_every_good_file_yields_the_facts_that_independent_tools_measured(
    row: Row, corpus: Path, box: Sandbox, tmp_path: Path
) -> None:
    outcome = _look(box, corpus / "good" / row["file"], tmp_path)
    _judge(outcome, row["verdict_class"])
    if isinstance(outcome, Inspection):
        assert _differences(outcome.facts, row) == {}
        _check_previews(outcome, tmp_path)


@pytest.mark.req("R54")
@pytest.mark.req("R50")
@pytest.mark.req("R48")
@pytest.mark.parametrize("row", _rows("bad"), ids=lambda row: row["file"])
def test_every_bad_file_is_refused_with_a_reason_or_accepted_without_harm(
    row: Row, corpus: Path, box: Sandbox, tmp_path: Path
) -> None:
    outcome = _look(box, corpus / "bad" / row["file"], tmp_path)
    _judge(outcome, row["verdict_class"])
    if isinstance(outcome, Inspection):
        if row["verdict_class"] == "accept":
            assert _differences(outcome.facts, row) == {}
        _check_previews(outcome, tmp_path)


@pytest.mark.req("R31")
def test_the_process_that_asks_stays_small_whatever_it_was_sent(corpus: Path, box: Sandbox, tmp_path: Path) -> None:
    for number, row in enumerate(row for row in _rows("bad") if "bomb" in row["kind"]):
        workdir = tmp_path / str(number)
        workdir.mkdir()
        with grows_less_than(50_000_000):
            _look(box, corpus / "bad" / row["file"], workdir)
        assert box.peak_bytes < 600_000_000


def _check_previews(outcome: Inspection, workdir: Path) -> None:
    names = {preview.name for preview in outcome.previews}
    assert names == ({"thumb", "poster"} if outcome.facts.kind == "video" else {"thumb", "preview"})
    for preview in outcome.previews:
        assert max(preview.width, preview.height) <= (480 if preview.name == "thumb" else 1280)
        assert (workdir / preview.path).stat().st_size > 100
    assert sorted(path.name for path in workdir.iterdir()) == sorted(preview.path for preview in outcome.previews)


def _differences(facts: MediaFacts, row: Row) -> dict[str, tuple[object, object]]:
    """What disagrees, by column; an empty column was not measured."""
    video = facts.kind == "video"
    found: dict[str, object] = {
        "width_stored": facts.stored_width,
        "height_stored": facts.stored_height,
        "width_shown": facts.width,
        "height_shown": facts.height,
        "icc_profile": facts.colour_profile,
    }
    if row["frames"]:
        found["frames"] = facts.frames
    if not video and row["bit_depth"].isdigit():
        found["bit_depth"] = facts.bit_depth
    if not video and row["color_components"]:
        expected = (
            _PNG_COMPONENTS.get(row["color_components"]) if facts.format == "png" else int(row["color_components"])
        )
        row = row | {"color_components": str(expected)}
        found["color_components"] = facts.components
    if video:
        found |= _video_columns(facts)
    differing = {name: (value, row[name]) for name, value in found.items() if row[name] and str(value) != row[name]}
    if not _same_type(facts.media_type, row["mime_by_content"]):
        differing["mime_by_content"] = (facts.media_type, row["mime_by_content"])
    return differing | (_timing(facts, row) if video else {})


def _video_columns(facts: MediaFacts) -> dict[str, object]:
    return {
        "vcodec": facts.codec,
        "pix_fmt": facts.pixel_format,
        "sar": facts.sample_aspect_ratio,
        "color_transfer": facts.colour_transfer,
        "acodec": facts.audio.codec if facts.audio else None,
        "channels": facts.audio.channels if facts.audio else None,
        "video_streams": facts.video_streams,
    }


def _timing(facts: MediaFacts, row: Row) -> dict[str, tuple[object, object]]:
    differing: dict[str, tuple[object, object]] = {}
    if row["duration_s"] and not abs((facts.duration_s or 0) - float(row["duration_s"])) <= 0.1:
        differing["duration_s"] = (facts.duration_s, row["duration_s"])
    rate = row["avg_frame_rate"]
    if rate and not rate.endswith("/0"):
        expected = float(Fraction(rate))
        if facts.frame_rate is None or abs(facts.frame_rate - expected) > 0.02 * expected:
            differing["avg_frame_rate"] = (facts.frame_rate, expected)
    if row["rotation"]:
        turned = {1: 0, 6: -90, 3: -180, 8: 90}[facts.orientation]
        if (turned - int(row["rotation"])) % 360:
            differing["rotation"] = (turned, row["rotation"])
    return differing


def _same_type(ours: str, theirs: str) -> bool:
    """Whether two names mean one type: tools differ on HEIF brands, sequences and the QuickTime family."""
    families = (
        {"image/heic", "image/heif", "image/heic-sequence", "image/heif-sequence"},
        {"image/avif", "video/mp4"},
        {"video/mp4", "video/quicktime", "video/x-m4v", "video/3gpp"},
    )
    return ours == theirs or not theirs or any(ours in family and theirs in family for family in families)
