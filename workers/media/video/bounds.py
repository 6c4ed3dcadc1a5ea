"""What a placement lets a file weigh, as kilobits a second, and how many the next try may spend."""

from __future__ import annotations

import math

from workers.media.video.shapes import Measured, VideoPlan

_LEAST_KBPS = 80
"""Below so many kilobits a second for the pictures nobody wants to see them."""
_FEWEST_KBPS = 20
"""What is asked of an encoder at least. A scene that is hard at its end alone weighs more than is asked for, so that to
come to what people want to see less has to be asked for."""
_SHARE = 0.97


def most_kbps(plan: VideoPlan, seconds: float) -> float:
    """Return the most kilobits a second of a whole file that lasts so long; infinite where nothing bounds it."""
    bounds = [plan.max_kbps, _over(plan.max_bytes, seconds)]
    return min((bound for bound in bounds if bound is not None), default=math.inf)


def least_kbps(plan: VideoPlan, seconds: float) -> float:
    """Return the least kilobits a second of a whole file that lasts so long; 0 where it may be as light as it is."""
    bounds = [plan.recipe.kbps_min, _over(plan.min_bytes, seconds)]
    return max((bound for bound in bounds if bound is not None), default=0.0)


def weighs_kbps(found: Measured) -> float:
    """Return the kilobits a second of a whole file."""
    return found.size_bytes * 8 / 1000 / max(found.video_s, 0.001)


def lighter(plan: VideoPlan, tried_kbps: int | None, found: Measured) -> int:
    """Return kilobits a second that fit for pictures: by what is left beside the sound, and by the last try's miss."""
    budget = most_kbps(plan, found.video_s) * _SHARE
    fits = budget - (plan.recipe.audio_kbps if found.audio_codec else 0.0)
    if fits < _LEAST_KBPS or not tried_kbps:
        return max(_LEAST_KBPS, int(fits))
    # Cubed: a short file answers weakly, for its first picture weighs the same at any rate, and tries are few.
    fits = min(fits, tried_kbps * (budget / weighs_kbps(found)) ** 3)
    return max(_LEAST_KBPS if tried_kbps > _LEAST_KBPS else _FEWEST_KBPS, int(fits))


def _over(size_bytes: int | None, seconds: float) -> float | None:
    return None if size_bytes is None else size_bytes * 8 / 1000 / max(seconds, 0.001)
