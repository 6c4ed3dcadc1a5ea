"""The storyboard of a video in numbers for the templates: where small pictures, windows and marks stand."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ugc_hub.framing import AnyFraming
from ugc_hub.framing.cutting import Proposal
from ugc_hub.framing.filming import FilmChoice, safe_of
from ugc_hub.framing.following import window_at
from ugc_hub.presets import Preset
from ugc_hub.renditions import Board
from workers.media.shapes import Box
from workers.media.video.shapes import Clip, Sheet

from .canvases import Canvas, canvas_of

STRIP = 14
"""Small pictures along the time line."""
_MOVED = frozenset({"film", "animation"})
"""Whose window can be moved by hand."""
FRAMES = 6
"""Small pictures of one version."""
HIDES = frozenset({"covered_face", "covered_focus"})
"""Advice that a storyboard tells: what of importance lies beneath the buttons of a platform."""
_WHY = {
    "faces": "faces",
    "motion": "something moves",
    "sound": "sound",
    "speech": "somebody speaks",
    "begins_at_cut": "begins with a scene",
    "begins_after_silence": "begins after a silence",
    "ends_at_cut": "ends with a scene",
    "ends_before_silence": "ends before a silence",
}


@dataclass(frozen=True)
class Picture:
    """One small picture: the moment it shows, and where it lies on the sheet, in pixels."""

    at_s: float
    x: int
    y: int


@dataclass(frozen=True)
class Frame:
    """A small picture with the window of a version over it, in pixels of the clip."""

    picture: Picture
    window: Box


@dataclass(frozen=True)
class Mark:
    """Something on the time line, from and to in per cent of the video, and in words."""

    start: float
    width: float
    words: str


def picture_at(sheet: Sheet, at_s: float) -> Picture:
    """Return the small picture that shows a moment best."""
    number = min(sheet.count - 1, max(0, round(at_s / sheet.every_s))) if sheet.count else 0
    row, column = divmod(number, max(1, sheet.columns))
    return Picture(at_s, column * sheet.width, row * sheet.height)


def pictures(sheet: Sheet, span: tuple[float, float], count: int) -> list[Picture]:
    """Return small pictures at even distances, each from the middle of its share of a span."""
    start, end = span
    return [picture_at(sheet, start + (end - start) * (number + 0.5) / count) for number in range(count)]


def marks(spans: Iterable[tuple[float, float, str]], lasts_s: float) -> list[Mark]:
    """Return spans of a clip in per cent of its length."""
    return [
        Mark(round(start / lasts_s * 100, 3), round(max(0.0, end - start) / lasts_s * 100, 3), words)
        for start, end, words in spans
    ]


def line(board: Board, sheet: Sheet) -> dict[str, Any]:
    """Return what stands on the time line: pictures, cuts, silences, captions."""
    clip = board.view.clip
    if clip is None:
        return {}
    lasts = clip.duration_s
    return {
        "pictures": pictures(sheet, (0.0, lasts), STRIP),
        "cuts": marks(((at, at, f"A scene begins at {at:.1f} s") for at in clip.cuts), lasts),
        "silences": marks(((one.start_s, one.end_s, "Silence") for one in clip.silences), lasts),
        "cues": marks(((cue.start_s, cue.end_s, cue.text) for cue in board.cues), lasts),
    }


def proposals(board: Board) -> list[dict[str, Any]]:
    """Return the best parts of each usual length, in seconds and words."""
    clip = board.view.clip
    return [
        {
            "seconds": seconds,
            "start_s": round(one.part.first / clip.frame_rate, 3),
            "why": _why(one),
            "best": not number,
        }
        for seconds, found in board.parts.items()
        for number, one in enumerate(found)
        if clip is not None
    ]


def _why(one: Proposal) -> str:
    return ", ".join(_WHY[name] for name in one.reasons if name in _WHY)


def version(board: Board, sheet: Sheet, pair: tuple[Preset, AnyFraming], choice: FilmChoice) -> dict[str, Any]:
    """Return what a page draws of one version before it is made; without a plan only why there is none."""
    preset, framing = pair
    clip = board.view.clip
    plan = canvas_of(framing.plans[0], clip) if framing.plans and clip is not None else None
    shown: dict[str, Any] = {"preset": preset, "framing": framing, "plan": plan}
    shown["hand"] = [aim.dump() for aim in choice.path]
    if clip is None or plan is None:
        return shown
    start, lasts = plan.start_s, plan.seconds
    frames = [
        Frame(picture, window_at(plan, clip, picture.at_s - start))
        for picture in pictures(sheet, (start, start + lasts), FRAMES if lasts else 0)
    ]
    covered = [box for region in preset.target.regions for box in region.boxes(plan.width, plan.height)]
    safe = safe_of(preset, plan.width, plan.height)
    first = Frame(picture_at(sheet, start), window_at(plan, clip, 0.0))
    return {
        **shown,
        "start_s": start,
        "seconds": lasts,
        "frames": frames,
        "first": first,
        "covered": covered,
        "hides": [one.sentence for one in framing.reasons if one.code in HIDES],
        "safe": safe,
        "moves": plan.kind in _MOVED and (plan.crop.width, plan.crop.height) != (clip.width, clip.height),
        "letter": _letter(plan),
        "ground": _ground(plan),
        "data": {**_data(plan, clip), "hand": shown["hand"]},
    }


def _letter(plan: Canvas) -> float:
    style = plan.captions.style if plan.captions else None
    return round((style.size if style else 0.055) * min(plan.width, plan.height), 1)


def _ground(plan: Canvas) -> str:
    """Return the colour behind captions as `#rrggbbaa`; empty where there are none."""
    style = plan.captions.style if plan.captions else None
    return f"{style.box}{round(style.box_opacity * 255):02x}" if style else ""


def _data(plan: Canvas, clip: Clip) -> dict[str, Any]:
    """Return what a script needs to draw the version at any moment, in times of the clip."""
    start = plan.start_s
    cues = plan.captions.cues if plan.captions else ()
    return {
        "start": round(start, 4),
        "seconds": round(plan.seconds, 4),
        "crop": plan.crop.dump(),
        "path": [{**aim.dump(), "at_s": round(aim.at_s + start, 4)} for aim in plan.path],
        "cues": [[round(cue.start_s + start, 3), round(cue.end_s + start, 3), cue.text] for cue in cues],
    }
