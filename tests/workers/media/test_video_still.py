"""Stills of a clip: the very picture that was asked for, in its colours, with a button that can be seen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageColor

from tests.sandboxes import lent
from tests.workers.media import clips
from tests.workers.media.test_video_normalise import normalised
from workers.media import filming
from workers.media.contrast import contrast, laid
from workers.media.errors import Damaged
from workers.media.image import button
from workers.media.sandbox import Sandbox
from workers.media.shapes import Box, ImagePlan, Recipe, Rendered
from workers.media.stills import PlayButton, Still
from workers.media.video.shapes import Animated, AnimationPlan, Clip

JPEG = Recipe("jpeg.web", 1, "jpeg", 92)
SIZE = (320, 180)


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Sandbox, Clip, Path]]:
    folder = tmp_path_factory.mktemp("walk")
    path = clips.pattern(folder / "walk.mp4", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")
    with lent(Sandbox()) as box:
        found, clip = normalised(box, path, folder)
        yield box, found.clip, clip


def plan(frame: int, recipe: Recipe = JPEG, shown: PlayButton | None = None) -> ImagePlan:
    whole = Box(0, 0, *SIZE)
    return ImagePlan(*SIZE, whole, whole, recipe, still=Still(frame, shown))


def test_each_still_is_the_picture_it_names_in_its_own_colours(
    walk: tuple[Sandbox, Clip, Path], tmp_path: Path
) -> None:
    box, clip, path = walk
    plans = [plan(0), plan(17), plan(17, Recipe("webp.web", 1, "webp", 90)), plan(29)]
    made = filming.still(box, path, (clip, plans), tmp_path)
    wanted = clips.colours(path, SIZE).astype(int)
    for one, asked in zip(made, plans, strict=True):
        assert isinstance(one, Rendered)
        assert asked.still is not None
        with Image.open(tmp_path / one.path) as picture:
            found = np.asarray(picture.convert("RGB")).astype(int)
        apart = [float(np.abs(found - frame).mean()) for frame in wanted]
        assert apart[asked.still.frame] < 4
        assert int(np.argmin(apart)) == asked.still.frame
    assert not list(tmp_path.glob("frame-*"))


def test_what_cannot_be_made_says_so_and_holds_nobody_up(walk: tuple[Sandbox, Clip, Path], tmp_path: Path) -> None:
    box, clip, path = walk
    pale = plan(3, shown=PlayButton(160, 90, 60, colour="#888888", disc="#777777"))
    made = filming.still(box, path, (clip, [plan(3), pale]), tmp_path)
    assert isinstance(made[0], Rendered)
    assert not isinstance(made[1], Rendered)
    assert made[1].code == "low_contrast"
    with pytest.raises(Damaged):
        filming.still(box, path, (clip, [plan(30)]), tmp_path)


def test_animations_come_out_of_the_child_process_as_well(walk: tuple[Sandbox, Clip, Path], tmp_path: Path) -> None:
    box, clip, path = walk
    good = AnimationPlan(Box(0, 0, *SIZE), Box(0, 0, 160, 90), 3, 20)
    made = filming.animate(box, path, (clip, [good, replace(good, max_bytes=200)]), tmp_path)
    assert isinstance(made[0], Animated)
    assert made[0].width == 160
    assert not isinstance(made[1], Animated)
    assert made[1].code == "over_budget"


@pytest.mark.parametrize("ground", ["#000000", "#ffffff", "#808080"])
def test_a_button_can_be_seen_on_any_ground(ground: str) -> None:
    made = button.draw(Image.new("RGB", (200, 120), ground), PlayButton(100, 60, 80))

    def at(x: int, y: int) -> tuple[int, ...]:
        value = made.getpixel((x, y))
        assert isinstance(value, tuple)
        return tuple(round(part) for part in value)

    def near(place: tuple[int, int], colour: str) -> bool:
        return max(abs(one - other) for one, other in zip(at(*place), ImageColor.getrgb(colour), strict=True)) <= 1

    below = laid("#000000", ground, 0.7)
    assert near((5, 5), ground)
    assert near((74, 60), below)
    assert contrast("#ffffff", below) >= 4.5
    # The triangle points to the right: as far above the middle nothing of it is left on the right.
    assert near((100, 60), "#ffffff")
    assert near((92, 50), "#ffffff")
    assert near((115, 50), below)
