"""What lies on a canvas already, and whether something else would meet it."""

from __future__ import annotations

from dataclasses import dataclass

from workers.media.shapes import Box


@dataclass(frozen=True)
class Taken:
    """A part of the canvas that something lies on, and when."""

    box: Box
    from_s: float | None = None
    until_s: float | None = None


def around(box: Box, clear: int) -> Box:
    """Return a box with so many pixels on each side of it."""
    return Box(box.x - clear, box.y - clear, box.width + 2 * clear, box.height + 2 * clear)


def meet(box: Box, times: tuple[float | None, float | None], other: Taken) -> bool:
    """Tell whether a box, seen from one second to another, meets what is there: at some time, in some pixel."""
    start, end = max(times[0] or 0.0, other.from_s or 0.0), min(_end(times[1]), _end(other.until_s))
    one = other.box
    beside = box.x >= one.x + one.width or one.x >= box.x + box.width
    apart = box.y >= one.y + one.height or one.y >= box.y + box.height
    return start < end and not beside and not apart


def _end(until_s: float | None) -> float:
    return until_s if until_s is not None else float("inf")
