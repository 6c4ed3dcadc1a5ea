"""Finds out how a sound becomes as loud as asked where one gain is not enough: in rounds, on the sound alone.

The louder a sound is driven into a limiter, the less each further decibel brings; so every round goes on from what the
last ones brought. Where peaks are all there is to hear (clicks in silence), nothing brings more: then the least that is
about as loud as the loudest is taken, because driving it further would only lift what lies between them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from workers.media.video.shapes import Loudness, SoundPlan
from workers.media.video.sound import Level

Tried = tuple[Level, Loudness]

_ROUNDS = 7
_MOST_DB = 20.0
"""What a limiter takes away is given back up to this."""
_PEAK_DB = 0.2
"""Peaks that were too high are kept so much further below the limit, beyond what they passed it by."""
_LEAST_SLOPE = 0.25
"""Of loudness over gain: a limiter that brings less still gets a step of bounded size."""
_SLOW_TRIES = 3
"""After so many the limiter lets go more quickly: louder between peaks, and less like the original."""
_ALIKE_LU = 0.5


def find(asked: SoundPlan, first: Tried, make: Callable[[Level], Loudness]) -> Level:
    """Return the level nearest to what is asked; `first` is how it came out at first, `make` tries another level.

    Where no level reaches it, the loudest whose peaks stay below the limit. Raises what `make` raises.
    """
    tried = [first]
    for _ in range(_ROUNDS):
        level = _next(asked, tried)
        if level is None:
            break
        tried.append((level, make(level)))
    return _best(asked, tried)


def short_of(asked: SoundPlan, heard: Loudness | None) -> bool:
    """Tell whether a sound is quieter than asked, beyond what is tolerated."""
    if heard is None or heard.integrated_lufs is None or asked.loudness_lufs is None:
        return False
    return heard.integrated_lufs < asked.loudness_lufs - asked.tolerance_lu


def _off(asked: SoundPlan, heard: Loudness) -> float:
    """By how many LU it is too quiet; below 0 where it is too loud."""
    return (asked.loudness_lufs or 0.0) - (heard.integrated_lufs or 0.0)


def _over(asked: SoundPlan, heard: Loudness) -> float:
    return max(0.0, (heard.true_peak_dbtp or asked.true_peak_dbtp) - asked.true_peak_dbtp)


def _next(asked: SoundPlan, tried: Sequence[Tried]) -> Level | None:
    """Return what is tried next; None where all is well, or nothing is left to try."""
    last, heard = tried[-1]
    if asked.loudness_lufs is None or heard.integrated_lufs is None:
        return None
    off, over = _off(asked, heard), _over(asked, heard)
    quiet = off > asked.tolerance_lu
    level = replace(last, swift=last.swift or (quiet and len(tried) >= _SLOW_TRIES))
    if abs(off) > asked.tolerance_lu:
        level = replace(level, correction_db=min(_MOST_DB, last.correction_db + off / _slope(tried)))
    if over > 0:
        level = replace(level, lower_db=last.lower_db + over + _PEAK_DB)
    return level if level != last else None


def _slope(tried: Sequence[Tried]) -> float:
    """Return what the last decibel brought, in LU; 1 as long as nothing is known of it."""
    if len(tried) < 2:
        return 1.0
    (before, quiet), (last, loud) = tried[-2:]
    gained = last.correction_db - before.correction_db
    if abs(gained) < 0.01 or before.swift != last.swift:
        return 1.0
    brought = (loud.integrated_lufs or 0.0) - (quiet.integrated_lufs or 0.0)
    return min(1.0, max(_LEAST_SLOPE, brought / gained))


def _best(asked: SoundPlan, tried: Sequence[Tried]) -> Level:
    known = [one for one in tried if one[1].integrated_lufs is not None]
    below = [one for one in known if _over(asked, one[1]) <= 0] or known
    if not below:
        return tried[0][0]
    right = [one for one in below if abs(_off(asked, one[1])) <= asked.tolerance_lu]
    if right:
        return min(right, key=lambda one: abs(_off(asked, one[1])))[0]
    least = min(abs(_off(asked, heard)) for _, heard in below)
    alike = [level for level, heard in below if abs(_off(asked, heard)) <= least + _ALIKE_LU]
    return min(alike, key=lambda level: (level.swift, level.correction_db))
