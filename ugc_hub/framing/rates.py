"""How many pictures a second a version gets, of those that a platform takes."""

from __future__ import annotations

from fractions import Fraction

from ugc_hub.presets import Target
from workers.media.video.shapes import Clip

_BROADCAST = tuple(Fraction(rate, 1001) for rate in (24_000, 30_000, 60_000))
"""What platforms publish as 23.976 (or 23.98), 29.97 and 59.94, and is none of these exactly."""
_ROUNDED = Fraction(5, 1000)
_USUAL = (*(Fraction(rate) for rate in (60, 50, 30, 25, 24)), *_BROADCAST)


def published(value: float) -> Fraction:
    """Return the rate that a published number means: 29.97 is 30000/1001."""
    rate = Fraction(str(value))
    return next((one for one in _BROADCAST if abs(one - rate) < _ROUNDED), rate)


def rate_for(clip: Clip, target: Target) -> Fraction:
    """Return the clip's own rate, or half of it, or the nearest usual one that the platform takes."""
    own, least, most = Fraction(*clip.rate), published(target.video.fps_min or 0), most_of(target)
    if (most is None or own <= most) and own >= least:
        return own
    allowed = [one for one in _USUAL if least <= one and (most is None or one <= most)]
    half = own / 2
    return half if half in allowed else min(allowed, key=lambda one: abs(one - own), default=own)


def most_of(target: Target) -> Fraction | None:
    """Return the highest rate that a platform takes; None where it names none."""
    most = target.video.fps_max
    return published(most) if most is not None else None
