"""Where in a picture somebody can be seen (pure): checked on the way in, kept as fractions of the picture as shown."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from ugc_hub.errors import Invalid

SIDES = ("x", "y", "width", "height")
UNITS = ("relative", "pixel")
"""As the IPTC calls them: fractions 0..1, or pixels of the picture as shown (upright)."""
DIGITS = 6
_SLACK = 1e-6
"""For sums of fractions that were rounded."""


def checked(region: Any, width: int | None, height: int | None) -> dict[str, float] | None:
    """Return a region as fractions of the picture; `width` and `height` are its pixels as shown, where known.

    `x`, `y` is the upper left corner. None is no region.

    Raises:
        Invalid: it has another form, is empty, or does not lie inside the picture.
    """
    if region is None:
        return None
    if not isinstance(region, Mapping) or not set(SIDES) <= set(region) <= {*SIDES, "unit"}:
        raise _wrong(f"A region has {', '.join(SIDES)}, and where it is not in fractions a unit.")
    unit = region.get("unit", "relative")
    if unit not in UNITS:
        raise _wrong(f"The unit of a region is {' or '.join(UNITS)}.")
    numbers = [region[side] for side in SIDES]
    if not all(isinstance(one, int | float) and not isinstance(one, bool) and math.isfinite(one) for one in numbers):
        raise _wrong("The sides of a region are numbers.")
    x, y, across, down = map(float, numbers)
    if unit == "pixel":
        if not width or not height:
            raise _wrong("The size of this file is not known yet; give the region in fractions.")
        x, y, across, down = x / width, y / height, across / width, down / height
    inside = x >= 0 and y >= 0 and x + across <= 1 + _SLACK and y + down <= 1 + _SLACK
    if across <= 0 or down <= 0 or not inside:
        raise _wrong("A region lies inside the picture: fractions 0 to 1, or pixels with the unit pixel.")
    sides = (x, y, min(across, 1 - x), min(down, 1 - y))
    return {name: round(side, DIGITS) for name, side in zip(SIDES, sides, strict=True)}


def _wrong(words: str) -> Invalid:
    return Invalid(words, extra={"field": "people"})
