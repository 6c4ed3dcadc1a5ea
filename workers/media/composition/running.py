"""Has a composition played in a child process, with the limits of videos."""

from __future__ import annotations

import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from workers.media.composition.finding import Found
from workers.media.composition.shapes import Composed, Value
from workers.media.errors import MediaError
from workers.media.filming import Watching
from workers.media.sandbox import Sandbox
from workers.media.video.shapes import Clip

PLAY = "workers.media.composition.playing:play"
SIDE = 1080
PATIENCE_S = (60.0, 30.0)
_NO_ANSWER = frozenset({"answer_broken", "answer_too_large"})
_BOUNDS = {
    "output_too_large": "writes larger files than it may.",
    "too_much_memory": "needs more memory than it may use. Give it fewer or shorter clips.",
    "too_slow": "takes longer than it may altogether. Give it fewer or shorter clips.",
}


@dataclass(frozen=True)
class Take:
    """A normalised clip that goes into a composition."""

    path: Path
    clip: Clip
    name: str = ""
    """Who made it, such as `@ana`."""
    still: bool = False
    """The file is a picture, shown for as long as `clip` lasts."""


@dataclass(frozen=True)
class Score:
    """What is to be played: a composition, its clips in order, and the values of its parameters (`About.read`)."""

    found: Found
    takes: Sequence[Take]
    values: Mapping[str, Value]
    side: int = SIDE
    """Pixels of the canvas' shorter side, where the composition has the parameter `shape`."""
    patience_s: tuple[float, float] = PATIENCE_S
    """How long it may think before its first picture, and about each one after it."""


def compose(box: Sandbox, score: Score, workdir: Path, *, watching: Watching | None = None) -> Composed:
    """Make the clip of a composition into a file in `workdir`.

    Raises `MediaError` with a sentence for whoever wrote the composition: `composition_broken` (see its fault),
    `composition_clips` (another number of clips), `composition_failed`, `composition_slow`, `composition_invalid`,
    `compose_missing`; and the errors of `Sandbox.inspect`.
    """
    found, told = score.found, watching or Watching()
    if found.about is None:
        raise MediaError(f"The composition {found.name} is broken. {found.fault}", code="composition_broken")
    least, most = found.about.clips
    if not least <= len(score.takes) <= most:
        wanted = f"{least}" if least == most else f"{least} to {most}"
        raise MediaError(
            f"The composition {found.name} takes {wanted} clips, not {len(score.takes)}.", code="composition_clips"
        )
    request = {
        "name": found.name,
        "path": str(found.path.resolve()),
        "clips": [
            {"path": str(one.path.resolve()), "clip": one.clip.dump(), "name": one.name, "still": one.still}
            for one in score.takes
        ],
        "values": dict(score.values),
        "side": score.side,
        "patience": list(score.patience_s),
    }
    reads = [found.path.resolve().parent, *(one.path for one in score.takes)]
    try:
        plain = box.run(
            PLAY,
            request,
            workdir,
            reads=reads,
            cancelled=told.cancelled,
            progress=told.progress,
            limits=box.limits.for_videos(),
        )
    except MediaError as error:
        raise _blamed(found.name, error) from error
    return Composed.load(plain)


def _blamed(name: str, error: MediaError) -> MediaError:
    """Return the error that names the composition where what it did to its process reads as a fault of a file.

    What was killed from outside stays worth another try.
    """
    ended = error.detail if error.detail.startswith(("signal", "exit")) else ""
    if ended == f"signal {int(signal.SIGALRM)}":
        words, code = "took too long, would not be interrupted and was stopped.", "composition_slow"
    elif error.code in _BOUNDS:
        words, code = _BOUNDS[error.code], error.code
    elif error.code in _NO_ANSWER or (ended and ended != f"signal {int(signal.SIGKILL)}"):
        words, code = f"ended the process that it runs in{f' ({ended})' if ended else ''}.", "composition_failed"
    else:
        return error
    return MediaError(f"The composition {name} {words}", code=code, detail=error.detail)
