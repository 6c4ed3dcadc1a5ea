"""The windows of grants as bars on one scale of time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

WIDTH = 1000
MARGIN = timedelta(days=30)
LONGEST = timedelta(days=5 * 366)
"""What lies further away runs out of the drawing."""


@dataclass(frozen=True)
class Bar:
    """One grant on the scale: from `x` for `width`, of which `ended` at the right is hatched. Units of `WIDTH`."""

    grant: Mapping[str, Any]
    x: float
    width: float
    ended_x: float | None
    open_end: bool


@dataclass(frozen=True)
class Timeline:
    """Bars with the first, present and last instant of the scale."""

    bars: list[Bar]
    begins: datetime
    ends: datetime
    today_x: float


def _at(text: Any) -> datetime | None:
    return datetime.fromisoformat(text) if isinstance(text, str) else None


def timeline(grants: Sequence[Mapping[str, Any]], now: datetime) -> Timeline | None:
    """Return the bars of the grants that have a start; None where there is none."""
    spans = [(one, _at(one["terms"].get("starts_at")), _at(one["terms"].get("ends_at"))) for one in grants]
    known = [(one, starts, ends) for one, starts, ends in spans if starts is not None]
    if not known:
        return None
    first = max(min([now, *(starts for _, starts, _ in known)]), now - LONGEST) - MARGIN
    last = min(max([now, *(ends or now for _, _, ends in known)]), now + LONGEST) + MARGIN
    if any(ends is None for _, _, ends in known):
        last = max(last, now + timedelta(days=366))
    span = (last - first) / timedelta(seconds=1)

    def x(at: datetime) -> float:
        return round(max(0.0, min(1.0, (at - first) / timedelta(seconds=1) / span)) * WIDTH, 1)

    bars = []
    for grant, starts, ends in known:
        left, right = x(starts), x(ends or last)
        whole = [one for one in grant["revocations"] if not one["channels"] and not one["territories"]]
        ended = min((at for one in whole if (at := _at(one["effective_at"]))), default=None)
        hatched = x(ended) if ended and (ends is None or ended < ends) else None
        hatched = None if hatched is None else max(left, hatched)
        bars.append(Bar(grant, left, max(right - left, 4.0), hatched, ends is None))
    return Timeline(bars, first, last, x(now))
