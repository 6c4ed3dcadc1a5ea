"""What can be done to one cue among others, and how people write times: pure functions for editors of captions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from ugc_hub.errors import Invalid
from workers.media.video.shapes import Cue

ADD, SPLIT, MERGE, DELETE = DEEDS = ("add", "split", "merge", "delete")
_NEW_S = 2.0
_TIME = re.compile(r"(?:(?:(\d{1,3}):)?(\d{1,4}):)?(\d{1,6})(?:[.,](\d{1,3}))?")


def seconds(text: str) -> float:
    """Return a time such as 1:02.5, 0:01:02,500 or 62.5 in seconds.

    Raises:
        Invalid: it is none.
    """
    found = _TIME.fullmatch(text.strip())
    if found is None:
        raise Invalid(f"“{text.strip()[:20]}” is no time such as 0:01.500.", extra={"field": "cues"})
    hours, minutes, rest, part = found.groups()
    thousandths = int((part or "0").ljust(3, "0"))
    return ((int(hours or 0) * 60 + int(minutes or 0)) * 60_000 + int(rest) * 1000 + thousandths) / 1000


def clock(time_s: float) -> str:
    """Return a time as people read it: 0:01.500, with hours where there are some."""
    whole, rest = divmod(round(time_s * 1000), 1000)
    minutes, left = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{left:02}.{rest:03}" if hours else f"{minutes}:{left:02}.{rest:03}"


def done(cues: Sequence[Cue], deed: str, number: int) -> tuple[Cue, ...]:
    """Return cues after a deed at one of them (from 0): one is added after it, it is split, merged with the next, gone.

    To add to none, `number` is -1.

    Raises:
        Invalid: there is no such deed or cue.
    """
    if deed not in DEEDS or not -1 <= number < len(cues) or (number == -1 and deed != ADD):
        raise Invalid("There is no such caption. Load the page again.", extra={"field": "do"})
    before, after = list(cues[: number + 1]), list(cues[number + 1 :])
    if deed == ADD:
        start = before[-1].end_s if before else 0.0
        end = start + _NEW_S
        if after and after[0].start_s > start:
            end = min(end, after[0].start_s)
        return (*before, Cue(start, round(end, 3), ""), *after)
    cue = before.pop()
    if deed == SPLIT:
        return (*before, *_halves(cue), *after)
    if deed == MERGE and after:
        other = after.pop(0)
        text = "\n".join(one for one in (cue.text, other.text) if one)
        return (*before, Cue(cue.start_s, max(cue.end_s, other.end_s), text), *after)
    return (*before, *([] if deed == DELETE else [cue]), *after)


def _halves(cue: Cue) -> tuple[Cue, ...]:
    """Part a cue between the lines or words nearest to its middle, and its time as its signs are parted."""
    lines = cue.text.split("\n")
    parts, joint = (lines, "\n") if len(lines) > 1 else (cue.text.split(), " ")
    if len(parts) < 2:
        middle = round((cue.start_s + cue.end_s) / 2, 3)
        return replace(cue, end_s=middle), Cue(middle, cue.end_s, "")
    ways = [(joint.join(parts[:at]), joint.join(parts[at:])) for at in range(1, len(parts))]
    first, second = min(ways, key=lambda way: abs(len(way[0]) - len(way[1])))
    share = len(first) / (len(first) + len(second))
    middle = round(cue.start_s + (cue.end_s - cue.start_s) * share, 3)
    return Cue(cue.start_s, middle, first), Cue(middle, cue.end_s, second)
