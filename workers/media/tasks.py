"""The tasks that a child process can be asked for: JSON in, JSON out."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from workers.media.child import Progress, Voice
from workers.media.errors import MediaError, PlanImpossible
from workers.media.limits import Limits
from workers.media.records import Record
from workers.media.shapes import ImagePlan, MediaFacts
from workers.media.video.shapes import Animated, AnimationPlan, Clip, VideoPlan

INGREDIENT = "ingredient.c2pa"
HEARD_FROM = 0.1
"""Share of the work of transcribing that is taking the sound out."""


def inspect(request: dict[str, Any], workdir: Path, progress: Progress) -> dict[str, Any]:
    """Measure `source`; answers an `Inspection`."""
    from workers.media import probe

    limits, embedder = Limits.load(request["limits"]), str(request["embedder"])
    return probe.inspect(Path(request["source"]), workdir, limits, embedder=embedder).dump()


def read(request: dict[str, Any], workdir: Path, progress: Progress) -> dict[str, Any]:
    """Read what is written in `source`; answers a `TextRead`."""
    from workers.media import reading
    from workers.media.probe import frames

    pictures = frames.shown(Path(request["source"]), Limits.load(request["limits"]), reading.SIDE)
    return reading.read(str(request["reader"]), pictures, list(request["languages"])).dump()


def render(request: dict[str, Any], workdir: Path, progress: Progress) -> dict[str, Any]:
    """Carry out `plans` on `source`; answers `rendered`, a list."""
    from workers.media.image import render_pack

    plans = [ImagePlan.load(plan) for plan in request["plans"]]
    rendered = render_pack(Path(request["source"]), plans, workdir, progress)
    return {"rendered": [item.dump() for item in rendered]}


def normalise(request: dict[str, Any], workdir: Path, progress: Progress) -> dict[str, Any]:
    """Write the clip of `source`; answers a `Normalised`."""
    from workers.media.video import mezzanine

    facts, limits = MediaFacts.load(request["facts"]), Limits.load(request["limits"])
    return mezzanine.normalise(Path(request["source"]), facts, workdir, limits, tell=progress).dump()


def hear(request: dict[str, Any], workdir: Path, progress: Progress) -> dict[str, Any]:
    """Measure the music in `source`; answers a `Heard`."""
    from workers.media.video import hearing

    return hearing.hear(Path(request["source"]), workdir).dump()


def transcribe(request: dict[str, Any], workdir: Path, progress: Progress) -> dict[str, Any]:
    """Hear what is said in `source`, the file of a clip; answers a `Speech`."""
    from workers.media import speech
    from workers.media.video import voice

    files = Path(request["files"]) if request["files"] else None
    progress(0.0, "Taking out the sound.")
    sound = voice.voice(Path(request["source"]), str(request["sha256"]), workdir)

    def tell(part: float) -> None:
        progress(HEARD_FROM + (1 - HEARD_FROM) * part, "Listening.")

    tell(0.0)
    asked = speech.Asked(str(request["language"]), files, tell)
    return speech.transcribe(str(request["recogniser"]), sound, asked).dump()


def recogniser(request: dict[str, Any], workdir: Path, progress: Progress) -> dict[str, Any]:
    """Answer who hears, or why nobody does, of the recogniser that is named."""
    from workers.media import speech

    try:
        return {"title": speech.title(str(request["recogniser"])), "fault": ""}
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a plug-in may fail in any way; what it says is what is wrong
        return {"title": "", "fault": str(error) or repr(error)}


def film(request: dict[str, Any], workdir: Path, progress: Progress) -> dict[str, Any]:
    """Carry out `plans` on `source`, the file of `clip`; answers `made`, a list of files and errors."""
    from workers.media.video import render

    plans = [VideoPlan.load(plan) for plan in request["plans"]]
    done = render.render(Path(request["source"]), Clip.load(request["clip"]), plans, workdir, tell=progress)
    return {"made": [_plain(done[plan.digest()]) for plan in plans]}


def together(request: dict[str, Any], workdir: Path, voice: Voice) -> dict[str, Any]:
    """Carry out `films` and `moving` on `source`, the file of `clip`, at once; hands over what is made, by digest."""
    from workers.media.video import beside

    films = [VideoPlan.load(plan) for plan in request["films"]]
    moving = [AnimationPlan.load(plan) for plan in request["moving"]]

    def keep(found: Mapping[str, Record | MediaError]) -> None:
        voice.part({digest: _plain(one) for digest, one in found.items()})

    wanted, clip = beside.Together(films, moving), Clip.load(request["clip"])
    beside.make(Path(request["source"]), clip, wanted, workdir, keep=keep, tell=voice)
    return {}


def animate(request: dict[str, Any], workdir: Path, progress: Progress) -> dict[str, Any]:
    """Carry out `plans` on `source`, the file of `clip`; answers `made`, a list of animated pictures and errors."""
    from workers.media.video import animate as animator

    clip, made, count = Clip.load(request["clip"]), [], len(request["plans"])
    for number, plain in enumerate(request["plans"]):

        def tell(fraction: float, _words: str, before: int = number) -> None:
            progress((before + fraction) / count, "Animating.")

        tell(0.0, "")
        one: Animated | MediaError
        try:
            one = animator.animate(Path(request["source"]), clip, AnimationPlan.load(plain), workdir, tell=tell)
        except PlanImpossible as error:
            one = error
        made.append(_plain(one))
    return {"made": made}


def still(request: dict[str, Any], workdir: Path, progress: Progress) -> dict[str, Any]:
    """Carry out `plans` on `source`, the file of `clip`; answers `made`, a list of stills and errors."""
    from workers.media.video.still import stills

    plans = [ImagePlan.load(plan) for plan in request["plans"]]
    done = stills(Path(request["source"]), Clip.load(request["clip"]), plans, workdir)
    return {"made": [_plain(done[plan.digest()]) for plan in plans]}


def ladder(request: dict[str, Any], workdir: Path, progress: Progress) -> dict[str, Any]:
    """Carry out `plans` on `source`, the file of `clip`; answers `made`, a list of ladders and errors."""
    from workers.media.video import ladder as builder
    from workers.media.video.rungs import LadderPlan

    clip, made, count = Clip.load(request["clip"]), [], len(request["plans"])
    for number, plain in enumerate(request["plans"]):

        def tell(fraction: float, words: str, before: int = number) -> None:
            progress((before + fraction) / count, words or "Encoding.")

        made.append(_plain(builder.ladder(Path(request["source"]), clip, LadderPlan.load(plain), workdir, tell=tell)))
    return {"made": made}


def _plain(made: Record | MediaError) -> dict[str, Any]:
    if isinstance(made, Record):
        return made.dump()
    return {"error": {"code": made.code, "message": made.message, "detail": made.detail}}


def ingredient(request: dict[str, Any], workdir: Path, progress: Progress) -> dict[str, Any]:
    """Write `source` as an ingredient of Content Credentials into `path` of the work folder."""
    from workers.media import provenance

    named = {name: str(request[name]) for name in ("instance", "title")}
    archive = provenance.ingredient(Path(request["source"]), str(request["media_type"]), **named)
    (workdir / INGREDIENT).write_bytes(archive)
    return {"path": INGREDIENT}


def level(request: dict[str, Any], workdir: Path, progress: Progress) -> dict[str, Any]:
    """Answer the level of protection that this child found in force."""
    return {"level": request["level"]}
