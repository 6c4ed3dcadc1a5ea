"""Compares a measured file with a brief; pure, and every difference is told in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from .briefs import Brief

KIND_WORDS = {"image": "photos", "animation": "animations", "video": "videos"}
SHAPES = {"portrait": "taller than wide", "landscape": "wider than tall", "square": "square"}
SQUARE = 0.01
"""By how much the sides of a square may differ, as a fraction."""


@dataclass(frozen=True)
class Seen:
    """What was measured of a file: pixels as shown, seconds, bytes."""

    kind: str
    width: int
    height: int
    size_bytes: int
    duration_s: float | None = None
    has_sound: bool | None = None
    looks_like_another: bool = False


@dataclass(frozen=True)
class Failure:
    """Where a file differs from the brief."""

    code: str
    words: str
    may_override: bool

    def plain(self) -> dict[str, Any]:
        """Return JSON values."""
        return asdict(self)


def check(brief: Brief, seen: Seen) -> list[Failure]:
    """Return every difference, in the order of `briefs.CHECKS`."""
    return [Failure(code, words, code in brief.may_override) for code, words in _differences(brief, seen)]


def orientation_of(width: int, height: int) -> str:
    """Return `portrait`, `landscape` or `square`."""
    if abs(width - height) <= SQUARE * max(width, height):
        return "square"
    return "landscape" if width > height else "portrait"


def _differences(brief: Brief, seen: Seen) -> Iterator[tuple[str, str]]:
    if seen.kind not in brief.kinds:
        wanted = " or ".join(KIND_WORDS[kind] for kind in brief.kinds)
        yield "kind", f"We asked for {wanted}; this is none of them."
    if brief.orientation not in ("any", orientation_of(seen.width, seen.height)):
        shape = f"{seen.width} × {seen.height} pixels"
        yield "orientation", f"It should be {SHAPES[brief.orientation]}; it has {shape}."
    short = min(seen.width, seen.height)
    if brief.min_short_px and short < brief.min_short_px:
        yield "pixels", f"The shorter side should have {brief.min_short_px:,} pixels or more; it has {short:,}."
    yield from _timed(brief, seen)
    if brief.max_bytes and seen.size_bytes > brief.max_bytes:
        most, has = brief.max_bytes / 1e6, seen.size_bytes / 1e6
        yield "size", f"It should have at most {most:,.1f} MB; it has {has:,.1f} MB."
    if seen.looks_like_another:
        yield "near_duplicate", "It looks like a picture that was handed in before."


def _timed(brief: Brief, seen: Seen) -> Iterator[tuple[str, str]]:
    if seen.kind != "video":
        return
    lasts = seen.duration_s or 0.0
    if brief.min_duration_s and lasts < brief.min_duration_s:
        yield "duration", f"It should last at least {brief.min_duration_s:g} seconds; it lasts {lasts:.1f}."
    if brief.max_duration_s and lasts > brief.max_duration_s:
        yield "duration", f"It should last at most {brief.max_duration_s:g} seconds; it lasts {lasts:.1f}."
    if brief.sound == "required" and not seen.has_sound:
        yield "sound", "It should have sound, and has none."
    if brief.sound == "none" and seen.has_sound:
        yield "sound", "It should have no sound, and has some."
