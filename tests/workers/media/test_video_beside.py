"""Animations beside films: the same files as alone, and neither kind waits for the other or fails with it."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.sandboxes import lent
from tests.workers.media import clips
from tests.workers.media.test_video_normalise import normalised
from workers.media import filming
from workers.media.errors import ChildFailed, Damaged, MediaError
from workers.media.filming import Watching
from workers.media.sandbox import Sandbox
from workers.media.shapes import Box
from workers.media.video import animate, beside, render, tool
from workers.media.video.held import Held
from workers.media.video.shapes import Animated, AnimationPlan, Clip, Made, VideoPlan, VideoRecipe

SIZE = Box(0, 0, 160, 90)
FILM = VideoPlan(160, 90, SIZE, SIZE, 0, 30, (30, 1), VideoRecipe("test", 1, preset="veryfast", quality=30))
MOVING = AnimationPlan(SIZE, SIZE, 3, 15, max_bytes=100_000)
"""What it shows has passed when half of the film is made."""

Found = list[Mapping[str, Made | Animated | MediaError]]


@pytest.fixture(scope="module")
def little(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Sandbox, Clip, Path]]:
    folder = tmp_path_factory.mktemp("little")
    path = clips.pattern(folder / "little.mp4", *clips.X264, size="160x90")
    with lent(Sandbox()) as box:
        found, clip = normalised(box, path, folder)
        yield box, found.clip, clip


def flat(found: Found) -> dict[str, Made | Animated | MediaError]:
    return {digest: one for some in found for digest, one in some.items()}


def test_both_come_out_as_they_do_alone_and_tell_how_far_they_are(
    little: tuple[Sandbox, Clip, Path], tmp_path: Path
) -> None:
    box, clip, path = little
    found: Found = []
    told: list[float] = []
    watching = Watching(progress=lambda fraction, _words: told.append(fraction))
    order = (clip, [FILM], [MOVING, replace(MOVING, max_bytes=200)])
    (tmp_path / "both").mkdir()
    filming.together(box, path, order, tmp_path / "both", keep=found.append, watching=watching)
    made = flat(found)
    film, moving = made[FILM.digest()], made[MOVING.digest()]
    assert isinstance(film, Made)
    assert isinstance(moving, Animated)
    assert len(found) == 3, "each animation by itself, and the films"
    assert film.sha256 == render.render(path, clip, [FILM], tmp_path)[FILM.digest()].sha256  # type: ignore[union-attr]
    assert moving.sha256 == animate.animate(path, clip, MOVING, tmp_path).sha256
    refused = made[replace(MOVING, max_bytes=200).digest()]
    assert isinstance(refused, MediaError)
    assert refused.code == "over_budget"
    assert told == sorted(told)
    assert 0 <= told[0] < told[-1] <= 1


@pytest.mark.parametrize(
    ("moving", "decodes"),
    [(MOVING, False), (replace(MOVING, first=14), True), (replace(MOVING, format="webp", max_bytes=None), False)],
)
def test_early_pictures_come_from_the_decode_of_the_films(
    little: tuple[Sandbox, Clip, Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    moving: AnimationPlan,
    decodes: bool,
) -> None:
    _, clip, path = little
    (alone := tmp_path / "alone").mkdir()
    wanted = animate.animate(path, clip, moving, alone).sha256
    opened: list[str] = []
    real = tool.run

    def run(words: Sequence[str], log: Path, **more: Any) -> str:
        opened.extend(f"{log.stem[:4]}: {word}" for word in words if word == f"file:{path}")
        return real(words, log, **more)

    monkeypatch.setattr(tool, "run", run)
    kept = Found()
    beside.make(path, clip, beside.Together([FILM], [moving]), tmp_path, keep=kept.append)
    made = flat(kept)[moving.digest()]
    assert isinstance(made, Animated)
    assert made.sha256 == wanted
    assert [one.partition(":")[0] for one in sorted(opened)] == (["held", "rend"] if decodes else ["rend"])
    assert not list(tmp_path.glob("**/*.yuv"))


def test_an_animation_is_handed_over_while_films_are_made(
    little: tuple[Sandbox, Clip, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    there, kept, late = threading.Event(), Found(), replace(MOVING, first=14)

    def slow(*_: Any, **__: Any) -> render.Outcome:
        assert there.wait(60)
        raise ChildFailed("No room.", code="no_space")

    def keep(some: Mapping[str, Made | Animated | MediaError]) -> None:
        kept.append(some)
        there.set()

    monkeypatch.setattr(render, "render", slow)
    _, clip, path = little
    with pytest.raises(ChildFailed):
        beside.make(path, clip, beside.Together([FILM], [late]), tmp_path, keep=keep)
    assert [list(some) for some in kept] == [[late.digest()]]


@pytest.mark.parametrize(("error", "again"), [(Damaged("Broken."), False), (ChildFailed("No room."), True)])
def test_films_are_handed_over_where_an_animation_fails(
    little: tuple[Sandbox, Clip, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: MediaError, again: bool
) -> None:
    def fails(*_: Any, **__: Any) -> Animated:
        raise error

    monkeypatch.setattr(animate, "animate", fails)
    _, clip, path = little
    kept, wanted = Found(), beside.Together([FILM], [MOVING])
    try:
        beside.make(path, clip, wanted, tmp_path, keep=kept.append)
        assert flat(kept)[MOVING.digest()] is error
        assert not again
    except ChildFailed:
        assert again, "another attempt may not meet it"
    assert isinstance(flat(kept)[FILM.digest()], Made)


def test_films_tell_how_far_they_are_before_pictures_are_kept_beside_them(tmp_path: Path) -> None:
    told: list[float] = []
    kept = Held(tmp_path / "kept.yuv", Clip(32, 32, 25, (25, 1)), first=23, frames=2, lead=1)
    words = ["-re", "-readrate_initial_burst", "0.1", "-f", "lavfi", "-i", "color=s=32x32:r=25:d=1"]
    words += ["-filter_complex", f"split[a][b];{kept.chain('[b]', 0, '[c]')}", "-map", "[a]", "-f", "null", "-"]
    words += kept.output("[c]")
    tool.run(words, tmp_path / "run.log", pictures=25, tell=lambda fraction, _words: told.append(fraction))
    assert kept.whole()
    assert told == sorted(told)
    assert any(0.1 < fraction < 0.9 for fraction in told)
