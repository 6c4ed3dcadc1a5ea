"""Runs the work on videos in a child process with limits of its own: encoding takes longer than looking."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from workers.media.answer import Part, Progress
from workers.media.errors import MediaError, PlanImpossible
from workers.media.records import Plan, Record
from workers.media.sandbox import Cancel, Sandbox
from workers.media.shapes import ImagePlan, MediaFacts, Rendered
from workers.media.speech import Speech
from workers.media.video.rungs import Ladder, LadderPlan
from workers.media.video.shapes import Animated, AnimationPlan, Clip, Heard, Made, Normalised, VideoPlan

NORMALISE = "workers.media.tasks:normalise"
HEAR = "workers.media.tasks:hear"
TRANSCRIBE = "workers.media.tasks:transcribe"
FILM = "workers.media.tasks:film"
TOGETHER = "workers.media.tasks:together"
ANIMATE = "workers.media.tasks:animate"
STILL = "workers.media.tasks:still"
LADDER = "workers.media.tasks:ladder"

M = TypeVar("M", bound=Record)


@dataclass(frozen=True)
class Watching:
    """How somebody follows the work, and stops it; nothing of what is stopped stays, no process and no file."""

    cancelled: Cancel | None = None
    progress: Progress | None = None


def normalise(
    box: Sandbox, source: Path, facts: MediaFacts, workdir: Path, *, watching: Watching | None = None
) -> Normalised:
    """Write the clip of a video that was measured before (`facts`) into `workdir`; see `video.mezzanine`.

    Raises the errors of `Sandbox.inspect`.
    """
    request = {"source": str(source.resolve()), "facts": facts.dump(), "limits": box.limits.dump()}
    return Normalised.load(_run(box, NORMALISE, request, workdir, watching=watching))


def hear(box: Sandbox, source: Path, workdir: Path, *, watching: Watching | None = None) -> Heard:
    """Measure a piece of music that a stranger sent; see `hearing.hear`.

    Raises the errors of `Sandbox.inspect`.
    """
    return Heard.load(_run(box, HEAR, {"source": str(source.resolve())}, workdir, watching=watching))


@dataclass(frozen=True)
class Talk:
    """What somebody wants to have heard: of an original with this sum, in a language if one is known."""

    sha256: str
    language: str = ""
    files: Path | None = None
    """What the recogniser works with."""


def transcribe(box: Sandbox, source: Path, wanted: Talk, workdir: Path, *, watching: Watching | None = None) -> Speech:
    """Return what the recogniser of the box hears in a clip with sound, whose file is `source`; see `speech`.

    Raises the errors of `speech.transcribe` and of `Sandbox.inspect`.
    """
    told, files = watching or Watching(), wanted.files.resolve() if wanted.files else None
    request = {"source": str(source.resolve()), "sha256": wanted.sha256, "language": wanted.language}
    request |= {"recogniser": box.recogniser, "files": str(files) if files else ""}
    plain = box.run(
        TRANSCRIBE,
        request,
        workdir,
        reads=[source, *([files] if files else [])],
        cancelled=told.cancelled,
        progress=told.progress,
        limits=box.limits.for_videos(),
    )
    return Speech.load(plain)


def film(
    box: Sandbox,
    source: Path,
    order: tuple[Clip, Sequence[VideoPlan]],
    workdir: Path,
    *,
    watching: Watching | None = None,
) -> list[Made | MediaError]:
    """Make every plan of a clip, whose file is `source`, into a file in `workdir`; in the order of the plans.

    A plan that cannot be made is an error in its place. Raises the errors of `video.render`.
    """
    return _ordered(box, (FILM, Made), source, order, workdir=workdir, watching=watching)


def together(
    box: Sandbox,
    source: Path,
    order: tuple[Clip, Sequence[VideoPlan], Sequence[AnimationPlan]],
    workdir: Path,
    *,
    keep: Callable[[Mapping[str, Made | Animated | MediaError]], None],
    watching: Watching | None = None,
) -> None:
    """Make films and animated pictures of a clip, whose file is `source`, at once; see `beside.make`.

    `keep` hears, in this thread, what is finished, by digest of the plan; the files in `workdir` are its own then. A
    plan that cannot be made is an error. Raises the errors of `beside.make` when all else was handed over.
    """
    clip, films, moving = order
    request = {"source": str(source.resolve()), "clip": clip.dump()}
    plans = {"films": [plan.dump() for plan in films], "moving": [plan.dump() for plan in moving]}
    moves = {plan.digest() for plan in moving}

    def part(plain: dict[str, Any]) -> None:
        keep({name: _made(Animated, one) if name in moves else _made(Made, one) for name, one in plain.items()})

    _run(box, TOGETHER, {**request, **plans}, workdir, watching=watching, part=part)


def animate(
    box: Sandbox,
    source: Path,
    order: tuple[Clip, Sequence[AnimationPlan]],
    workdir: Path,
    *,
    watching: Watching | None = None,
) -> list[Animated | MediaError]:
    """Make every plan of a clip, whose file is `source`, into an animated picture in `workdir`; else as `film`.

    Raises the errors of `video.animate`.
    """
    return _ordered(box, (ANIMATE, Animated), source, order, workdir=workdir, watching=watching)


def still(
    box: Sandbox,
    source: Path,
    order: tuple[Clip, Sequence[ImagePlan]],
    workdir: Path,
    *,
    watching: Watching | None = None,
) -> list[Rendered | MediaError]:
    """Make every plan of a clip, whose file is `source`, into a still in `workdir`; else as `film`.

    Raises the errors of `video.still`.
    """
    return _ordered(box, (STILL, Rendered), source, order, workdir=workdir, watching=watching)


def ladder(
    box: Sandbox,
    source: Path,
    order: tuple[Clip, Sequence[LadderPlan]],
    workdir: Path,
    *,
    watching: Watching | None = None,
) -> list[Ladder | MediaError]:
    """Make every plan of a clip, whose file is `source`, into a bundle in `workdir`; else as `film`.

    Raises the errors of `video.ladder`.
    """
    return _ordered(box, (LADDER, Ladder), source, order, workdir=workdir, watching=watching)


def _ordered(
    box: Sandbox,
    kind: tuple[str, type[M]],
    source: Path,
    order: tuple[Clip, Sequence[Plan]],
    *,
    workdir: Path,
    watching: Watching | None,
) -> list[M | MediaError]:
    task, made = kind
    clip, plans = order
    request = {"source": str(source.resolve()), "clip": clip.dump(), "plans": [plan.dump() for plan in plans]}
    return [_made(made, one) for one in _run(box, task, request, workdir, watching=watching)["made"]]


def _run(
    box: Sandbox,
    task: str,
    request: dict[str, Any],
    workdir: Path,
    *,
    watching: Watching | None,
    part: Part | None = None,
) -> dict[str, Any]:
    told = watching or Watching()
    return box.run(
        task,
        request,
        workdir,
        reads=[Path(request["source"])],
        cancelled=told.cancelled,
        progress=told.progress,
        part=part,
        limits=box.limits.for_videos(),
    )


def _made(kind: type[M], plain: dict[str, Any]) -> M | MediaError:
    if "error" not in plain:
        return kind.load(plain)
    said = plain["error"]
    return PlanImpossible(said["message"], code=said["code"], detail=said["detail"])
