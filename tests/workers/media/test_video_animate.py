"""Animations: light enough, as long as asked, shown as often as asked, and the first picture carries the message."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from tests.tools import need
from tests.workers.media import clips
from tests.workers.media.test_video_normalise import normalised
from workers.media.errors import PlanImpossible
from workers.media.limits import Limits
from workers.media.sandbox import Sandbox
from workers.media.shapes import Box, Imprint
from workers.media.video.animate import animate
from workers.media.video.shapes import Aim, AnimationPlan, Clip


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Clip, Path]]:
    folder = tmp_path_factory.mktemp("walk")
    path = clips.pattern(
        folder / "walk.mp4", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", seconds=6
    )
    with Sandbox(Limits()) as box:
        found, clip = normalised(box, path, folder)
        yield found.clip, clip


def plan(clip: Clip, **changes: Any) -> AnimationPlan:
    made = AnimationPlan(Box(0, 0, clip.width, clip.height), Box(0, 0, 240, 136), 15, 60)
    return replace(made, **changes)


@pytest.mark.parametrize(("form", "loops"), [("gif", 1), ("gif", 3), ("gif", 0), ("webp", 1), ("webp", 0), ("webp", 2)])
def test_it_lasts_and_repeats_as_asked(walk: tuple[Clip, Path], tmp_path: Path, form: Any, loops: int) -> None:
    made = animate(walk[1], walk[0], plan(walk[0], format=form, loops=loops), tmp_path)
    assert (made.width, made.height, made.loops) == (240, 136, loops)
    assert made.duration_s == pytest.approx(2.0, abs=0.1)
    assert made.frames in (24, 25)
    said = subprocess.run(
        [need("exiftool"), "-s3", "-FileType", "-FrameCount", str(tmp_path / made.path)],
        capture_output=True, check=True, text=True,
    ).stdout.split()  # fmt: skip
    assert said[0] in ("GIF", "WEBP", "Extended")
    if form == "gif":
        assert int(said[1]) == made.frames


def test_the_first_picture_is_the_first_of_the_part(walk: tuple[Clip, Path], tmp_path: Path) -> None:
    made = animate(walk[1], walk[0], plan(walk[0]), tmp_path)
    wanted = clips.colours(walk[1], (240, 136))[15].astype(int)
    with Image.open(tmp_path / made.path) as picture:
        first = np.asarray(picture.convert("RGB")).astype(int)
    assert np.abs(first - wanted).mean() < 12
    assert np.abs(first - clips.colours(walk[1], (240, 136))[60].astype(int)).mean() > 12


@pytest.mark.parametrize("form", ["gif", "webp"])
def test_a_budget_is_never_passed(walk: tuple[Clip, Path], tmp_path: Path, form: Any) -> None:
    free = animate(walk[1], walk[0], plan(walk[0], format=form), tmp_path)
    bound = plan(walk[0], format=form, max_bytes=free.size_bytes // 3)
    made = animate(walk[1], walk[0], bound, tmp_path)
    assert made.size_bytes == (tmp_path / made.path).stat().st_size <= free.size_bytes // 3
    assert made.size_bytes > free.size_bytes // 8
    assert made.duration_s == pytest.approx(2.0, abs=0.2)
    with pytest.raises(PlanImpossible, match="shorter"):
        animate(walk[1], walk[0], plan(walk[0], format=form, max_bytes=900), tmp_path)


def test_what_moves_for_long_must_stop(walk: tuple[Clip, Path], tmp_path: Path) -> None:
    with pytest.raises(PlanImpossible) as refused:
        animate(walk[1], walk[0], plan(walk[0], first=0, frames=170, loops=0), tmp_path)
    assert refused.value.code == "moves_too_long"


def test_it_says_whose_it_is(walk: tuple[Clip, Path], tmp_path: Path) -> None:
    made = animate(walk[1], walk[0], plan(walk[0], frames=10, imprint=Imprint(creator="Ana")), tmp_path)
    command = [need("exiftool"), "-s3", "-XMP-dc:Creator", str(tmp_path / made.path)]
    assert subprocess.run(command, capture_output=True, check=True, text=True).stdout.strip() == "Ana"


def test_a_window_that_looks_somewhere_may_have_odd_sides(walk: tuple[Clip, Path], tmp_path: Path) -> None:
    """The clip was scaled to the next even size below it, and no window of 85 pixels fits into 84."""
    odd = plan(walk[0], placed=Box(0, 0, 151, 85), frames=10, path=(Aim(0.0, 0.5, 0.5),))
    made = animate(walk[1], walk[0], odd, tmp_path)
    assert (made.width, made.height) == (151, 85)
