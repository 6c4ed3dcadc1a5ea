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

from tests.sandboxes import lent
from tests.tools import need
from tests.workers.media import clips
from tests.workers.media.test_video_normalise import normalised
from workers.media.errors import PlanImpossible
from workers.media.imprint import room
from workers.media.layers import Overlay
from workers.media.sandbox import Sandbox
from workers.media.shapes import Box, Imprint
from workers.media.video import tool, trying
from workers.media.video.animate import animate, encoding
from workers.media.video.sampling import sample
from workers.media.video.shapes import Aim, AnimationPlan, Clip


@pytest.fixture(scope="module")
def walk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Clip, Path]]:
    folder = tmp_path_factory.mktemp("walk")
    path = clips.pattern(
        folder / "walk.mp4", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", seconds=6
    )
    with lent(Sandbox()) as box:
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
    told: list[float] = []
    made = animate(walk[1], walk[0], bound, tmp_path, tell=lambda fraction, _words: told.append(fraction))
    assert told == sorted(told)
    assert 1 - 0.5 ** (made.encodes - 1) <= told[-1] < 1, "each try has half of what is left"
    assert made.size_bytes == (tmp_path / made.path).stat().st_size <= free.size_bytes // 3
    assert made.size_bytes > free.size_bytes // 8
    assert made.duration_s == pytest.approx(2.0, abs=0.2)
    with pytest.raises(PlanImpossible, match="shorter"):
        animate(walk[1], walk[0], plan(walk[0], format=form, max_bytes=900), tmp_path)


@pytest.mark.parametrize("form", ["gif", "webp"])
def test_what_it_says_of_its_maker_counts_towards_the_budget(
    walk: tuple[Clip, Path], tmp_path: Path, form: Any
) -> None:
    bare = plan(walk[0], format=form, frames=20)
    told = replace(bare, imprint=Imprint(creator="Ana", credit="x" * 900, copyright="y" * 900))
    free = animate(walk[1], walk[0], bare, tmp_path)
    most = free.size_bytes + room(free.size_bytes) + 500
    made = animate(walk[1], walk[0], replace(told, max_bytes=most), tmp_path)
    assert made.encodes > 1
    assert made.size_bytes == (tmp_path / made.path).stat().st_size <= most - room(most)


@pytest.fixture(scope="module")
def noise(tmp_path_factory: pytest.TempPathFactory) -> tuple[Clip, Path]:
    """Six seconds in which no pixel follows from another, as no encoder likes them."""
    path = tmp_path_factory.mktemp("noise") / "noise.mp4"
    words = ["-f", "lavfi", "-i", "nullsrc=s=160x90:r=12:d=6,geq=lum='random(1)*255':cb='random(2)*255':cr=128"]
    clips.made(path, *words, "-c:v", "libx264", "-preset", "ultrafast", "-crf", "1", "-pix_fmt", "yuv420p")
    return Clip(160, 90, 72, (12, 1)), path


@pytest.mark.parametrize("form", ["gif", "webp"])
@pytest.mark.parametrize("most", [300_000, 120_000, 12_000])
def test_noise_fits_or_is_refused_in_words(noise: tuple[Clip, Path], tmp_path: Path, form: Any, most: int) -> None:
    clip, path = noise
    whole = AnimationPlan(Box(0, 0, 160, 90), Box(0, 0, 160, 90), 0, 72, format=form, imprint=Imprint(creator="Ana"))
    bound = replace(whole, max_bytes=most)
    if most < 100_000:
        with pytest.raises(PlanImpossible, match=f"fit into {most} bytes") as refused:
            animate(path, clip, bound, tmp_path)
        assert refused.value.code == "over_budget"
        return
    made = animate(path, clip, bound, tmp_path)
    assert made.size_bytes == (tmp_path / made.path).stat().st_size <= most - room(most)
    if form == "gif":
        assert made.encodes == 1, "what is too heavy is found out on a few pictures"


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"overlays": (Overlay("half", "box", 0, 0, 80, 90, colour="#0000c8"),)},
        {"crop": Box(0, 0, 80, 90), "placed": Box(0, 0, 80, 90), "path": (Aim(0.0, 0.2, 0.5), Aim(5.9, 0.8, 0.5))},
    ],
)
def test_a_few_pictures_tell_what_all_of_them_weigh(
    noise: tuple[Clip, Path], tmp_path: Path, changes: dict[str, Any]
) -> None:
    clip, path = noise
    wanted = replace(AnimationPlan(Box(0, 0, 160, 90), Box(0, 0, 160, 90), 0, 72), **changes)
    free = animate(path, clip, wanted, tmp_path)
    layer = tmp_path / f"layer-{wanted.digest()[:16]}.png"
    taken = sample((path, layer if wanted.overlays else None), clip, wanted, tmp_path)
    assert taken is not None
    best, *others = trying.settings(replace(wanted, max_bytes=1))
    assert taken.weigh(best) == pytest.approx(free.size_bytes, rel=0.05)
    lightest = tmp_path / "lightest.gif"
    words = encoding((path, layer if wanted.overlays else None), clip, wanted, lightest, setting=others[-1])
    tool.run(words, tmp_path / "lightest.log")
    assert taken.weigh(others[-1]) == pytest.approx(lightest.stat().st_size, rel=0.12), "smaller pictures, less exactly"
    assert sample((path, None), clip, replace(wanted, frames=20), tmp_path) is None, "not worth it"


def test_a_window_that_stands_still_shows_the_same_as_one_that_cannot_move(
    walk: tuple[Clip, Path], tmp_path: Path
) -> None:
    """Of the one every picture is scaled and then chosen from, of the other only what is shown is scaled."""
    clip, path = walk
    still, moving = plan(clip, frames=30), plan(clip, frames=30, path=(Aim(0.0, 0.5, 0.5),))
    assert animate(path, clip, still, tmp_path).sha256 == animate(path, clip, moving, tmp_path).sha256


@pytest.mark.parametrize("form", ["gif", "webp"])
@pytest.mark.parametrize("scale", [1.0, 0.5])
def test_what_is_drawn_lies_on_every_picture_in_its_colours(
    walk: tuple[Clip, Path], tmp_path: Path, form: Any, scale: float
) -> None:
    box = Overlay("label", "box", 20, 30, 100, 60, colour="#0000c8")
    wanted = plan(walk[0], format=form, frames=20, overlays=(box,))
    if scale < 1:
        free = animate(walk[1], walk[0], wanted, tmp_path).size_bytes
        wanted = replace(wanted, max_bytes=free // (8 if form == "gif" else 4))
    made = animate(walk[1], walk[0], wanted, tmp_path)
    by = made.width / 240
    assert (by < 1) is (scale < 1)
    with Image.open(tmp_path / made.path) as picture:
        for number in range(made.frames):
            picture.seek(number)
            seen = np.asarray(picture.convert("RGB")).astype(int)
            inside = seen[round(36 * by) : round(84 * by), round(26 * by) : round(114 * by)]
            assert np.abs(inside.mean(axis=(0, 1)) - (0, 0, 200)).max() < 14
            beside = seen[round(36 * by) : round(84 * by), round(130 * by) :]
            assert np.abs(beside.mean(axis=(0, 1)) - (0, 0, 200)).max() > 40


@pytest.mark.parametrize("form", ["gif", "webp"])
def test_colours_are_those_of_the_clip(tmp_path: Path, form: Any) -> None:
    """A clip is in BT.709, and encoders of pictures would take it for BT.601."""
    words = ["-f", "lavfi", "-i", "color=0xd02040:s=64x36:r=10:d=1", "-vf"]
    words += ["scale=out_color_matrix=bt709:out_range=tv,format=yuv420p", "-colorspace", "bt709", "-c:v", "libx264"]
    path = clips.made(tmp_path / "red.mp4", *words)
    whole = Box(0, 0, 64, 36)
    made = animate(path, Clip(64, 36, 10, (10, 1)), AnimationPlan(whole, whole, 0, 10, format=form), tmp_path)
    with Image.open(tmp_path / made.path) as picture:
        assert np.abs(np.asarray(picture.convert("RGB"))[18, 32].astype(int) - (0xD0, 0x20, 0x40)).max() < 6


def test_a_webp_is_one_for_ffprobe_too(walk: tuple[Clip, Path], tmp_path: Path) -> None:
    made = animate(walk[1], walk[0], plan(walk[0], format="webp", frames=20, loops=2), tmp_path)
    command = [need("ffprobe"), "-v", "error", "-show_entries", "format=format_name:stream=codec_name,width,height"]
    said = subprocess.run([*command, "-of", "json", str(tmp_path / made.path)], capture_output=True, text=True)
    with Image.open(tmp_path / made.path, formats=["WEBP"]) as picture:
        assert (picture.n_frames, picture.info["loop"], picture.size) == (made.frames, 2, (240, 136))  # type: ignore[attr-defined]
    assert "webp" in said.stdout


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
