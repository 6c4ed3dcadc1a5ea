"""Makes animations beside films of the same clip, at the same time: finding what fits a budget keeps one processor busy
at most, and encoders of films leave room for that.

The pictures of the first animation come from the decode of the films where they pass early enough. Whatever is finished
is handed over at once, and neither kind waits for the other or fails with it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from workers.media.errors import MediaError
from workers.media.video import animate, held, render, tool
from workers.media.video.held import Held
from workers.media.video.shapes import Animated, AnimationPlan, Clip, Made, VideoPlan

_EARLY = 0.7
"""What has passed by then of the films leaves time for an animation while they are made."""
_LOOK_S = 0.05
"""How often it is looked whether they have passed."""

Keep = Callable[[Mapping[str, Made | Animated | MediaError]], None]
"""Hears what is finished, by digest of the plan; from one thread at a time."""


@dataclass(frozen=True)
class Together:
    """What is made of one clip at the same time."""

    films: Sequence[VideoPlan]
    moving: Sequence[AnimationPlan]


def make(
    source: Path, clip: Clip, wanted: Together, workdir: Path, *, keep: Keep, tell: tool.Progress | None = None
) -> None:
    """Write one file for each plan into `workdir`; `source` is the file of `clip`.

    `tell` hears a fraction 0..1 of all and a sentence, `keep` each animation as soon as it is there, and all films.

    Raises the errors of `render.render`, and those of `animate.animate` that another attempt may not meet, both when
    all else was handed over.
    """
    told, aside, over = _Told(wanted, tell), _aside(clip, wanted, workdir), threading.Event()
    one_at_a_time = threading.Lock()

    def kept(found: Mapping[str, Made | Animated | MediaError]) -> None:
        with one_at_a_time:
            keep(found)

    def moved() -> None:
        for number, plan in enumerate(wanted.moving):
            given = aside if number == 0 else None
            while given is not None and not given.whole() and not over.wait(_LOOK_S):
                pass
            kept({plan.digest(): _animated(source, clip, plan, workdir, tell=told.moving(number), given=given)})

    with ThreadPoolExecutor(1, "moving") as pool:
        moving = pool.submit(moved)
        try:
            done = render.render(source, clip, wanted.films, workdir, tell=told.films, aside=aside)
        finally:
            over.set()
        kept(done)
    moving.result()


def _aside(clip: Clip, wanted: Together, workdir: Path) -> Held | None:
    """Return where the films' decode keeps the pictures of the first animation; None where it decodes its own."""
    plan, film = wanted.moving[0], wanted.films[0]
    kept = held.held(clip, plan, workdir)
    if kept is None or not kept.shown_by(film, clip):
        return None
    passed = (plan.first + plan.frames - film.first) / clip.frame_rate
    kept = replace(kept, lead=int(plan.first > film.first))
    return kept if passed <= _EARLY * film.frames * film.rate[1] / film.rate[0] else None


def _animated(
    source: Path, clip: Clip, plan: AnimationPlan, workdir: Path, *, tell: tool.Progress, given: Held | None
) -> Animated | MediaError:
    try:
        return animate.animate(source, clip, plan, workdir, tell=tell, kept=given)
    except MediaError as error:
        if error.retry:
            raise
        return error


class _Told:
    """Adds up how far both are, each by how many pictures it has."""

    def __init__(self, wanted: Together, tell: tool.Progress | None) -> None:
        films = sum(plan.shown for plan in wanted.films)
        self._shares = [films, *(plan.frames for plan in wanted.moving)]
        self._done = [0.0] * len(self._shares)
        self._tell = tell
        self._one_at_a_time = threading.Lock()

    def films(self, fraction: float, _words: str) -> None:
        self._say(0, fraction)

    def moving(self, number: int) -> tool.Progress:
        return lambda fraction, _words: self._say(1 + number, fraction)

    def _say(self, place: int, fraction: float) -> None:
        with self._one_at_a_time:
            self._done[place] = fraction
            if self._tell is not None:
                whole = sum(share * done for share, done in zip(self._shares, self._done, strict=True))
                self._tell(whole / sum(self._shares), "Encoding.")
