"""What is drawn over videos, and their cards: in its place, at its time, and with the sound still in step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.sandboxes import lent
from tests.workers.media import clips
from tests.workers.media.test_video_normalise import normalised
from workers.media import filming
from workers.media.layers import Card, Overlay
from workers.media.sandbox import Sandbox
from workers.media.shapes import Box
from workers.media.video.shapes import Clip, Made, VideoPlan, VideoRecipe

BOX = Overlay("label", "box", 21, 31, 60, 20, colour="#0000c8")
INTRO, END = Card(15, "#c80000", (replace(BOX, colour="#ffffff"),)), Card(9, "#00a000")


@pytest.fixture(scope="module")
def flash(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Sandbox, Clip, Path]]:
    folder = tmp_path_factory.mktemp("flash")
    path = clips.flash(folder / "flash.mp4", 0.5, "-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "aac")
    with lent(Sandbox()) as box:
        found, clip = normalised(box, path, folder)
        yield box, found.clip, clip


def plan(clip: Clip, **changes: object) -> VideoPlan:
    whole = Box(0, 0, clip.width, clip.height)
    made = VideoPlan(clip.width, clip.height, whole, whole, 0, clip.frames, clip.rate, VideoRecipe("x", 1, quality=10))
    return replace(made, **changes)  # type: ignore[arg-type]


def test_a_box_is_seen_in_its_place_and_only_at_its_time(flash: tuple[Sandbox, Clip, Path], tmp_path: Path) -> None:
    box, clip, path = flash
    wanted = plan(clip, overlays=(replace(BOX, from_s=1.0, until_s=1.5), replace(BOX, y=61, colour="#c8c8c8")))
    (made,) = filming.film(box, path, (clip, [wanted]), tmp_path)
    assert isinstance(made, Made)
    pictures = clips.colours(tmp_path / made.path, (clip.width, clip.height)).astype(int)
    assert len(pictures) == 60
    seen = pictures[:, 41, 50]
    assert [index for index, pixel in enumerate(seen) if pixel[2] > 150 and pixel[0] < 60] == list(range(30, 45))
    assert np.abs(seen[35] - (0, 0, 200)).max() < 12
    assert all(abs(int(picture[71, 50, 0]) - 200) < 12 for picture in pictures)
    rows, columns = np.nonzero(np.abs(pictures[35] - pictures[50]).max(axis=2) > 60)
    assert 19 <= columns.min() <= columns.max() <= 82
    assert 29 <= rows.min() <= rows.max() <= 52


def test_cards_come_before_and_after_and_the_sound_stays_in_step(
    flash: tuple[Sandbox, Clip, Path], tmp_path: Path
) -> None:
    box, clip, path = flash
    wanted = [plan(clip, intro=INTRO, end=END), plan(clip), plan(clip, end=END, overlays=(BOX,))]
    made = filming.film(box, path, (clip, wanted), tmp_path)
    assert [one.measured.frames for one in made if isinstance(one, Made)] == [84, 60, 69]
    assert isinstance(made[0], Made)
    file = tmp_path / made[0].path
    pictures = clips.colours(file, (clip.width, clip.height)).astype(int)
    assert np.abs(pictures[7, 80, 100] - (200, 0, 0)).max() < 12
    assert np.abs(pictures[7, 41, 50] - 255).max() < 12
    assert pictures[16].max() < 40
    assert np.abs(pictures[-4, 80, 100] - (0, 160, 0)).max() < 12
    light = int(np.argmax(pictures[:, 60, 100].min(axis=1) > 200))
    assert light == 15 + 15
    sound = np.abs(clips.sound(file).astype(int))
    assert abs(int(np.argmax(sound > sound.max() // 2)) / 48_000 - light / 30) < 0.04
    assert made[0].measured.file_s <= 84 / 30 + 0.001


def test_a_plan_that_cannot_be_drawn_does_not_hold_up_the_others(
    flash: tuple[Sandbox, Clip, Path], tmp_path: Path
) -> None:
    box, clip, path = flash
    lacking = plan(clip, overlays=(Overlay("logo", "image", 0, 0, 40, 40, image="0" * 64),))
    refused, made = filming.film(box, path, (clip, [lacking, plan(clip, frames=10)]), tmp_path)
    assert not isinstance(refused, Made)
    assert refused.code == "no_material"
    assert isinstance(made, Made)


def test_a_plan_without_overlays_says_nothing_of_them(flash: tuple[Sandbox, Clip, Path]) -> None:
    _, clip, _ = flash
    assert not {"overlays", "intro", "end"} & plan(clip).dump().keys()
    dressed = plan(clip, intro=INTRO, overlays=(BOX,))
    assert VideoPlan.load(dressed.dump()) == dressed
