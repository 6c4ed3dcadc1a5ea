"""Whether words can be read on their ground: contrast as in WCAG 2.2 (1.4.3), and the least size of letters."""

from __future__ import annotations

import math

from workers.media.contrast import GRAPHICS, TEXT, contrast, laid

_LARGE, _LARGE_BOLD = 24 / 360, 18.66 / 360
"""24 and 18.66 CSS pixels on a phone that is 360 wide, as fractions of the shorter side of a canvas."""
_LEAST_SHARE, _LEAST_PX = 0.022, 9


def worst_contrast(words: str, ground: str, opacity: float) -> float:
    """Return the contrast of words on a ground through which the worst possible picture shines."""
    dark, light = laid(ground, "#000000", opacity), laid(ground, "#ffffff", opacity)
    lights = [contrast(colour, "#000000") for colour in (dark, words, light)]
    if lights[0] <= lights[1] <= lights[2]:
        return 1.0  # some picture makes the ground as light as the words
    return min(contrast(words, dark), contrast(words, light))


def opaque_enough(words: str, ground: str, opacity: float) -> float:
    """Return this opacity of a ground, or as much more as it takes until words are read on it whatever shines through.

    1 where they are not read on the ground itself.
    """
    steps = range(round(opacity * 20), 20)
    return next((step / 20 for step in steps if worst_contrast(words, ground, step / 20) >= TEXT), 1.0)


def needed(size: float, shorter: int, *, bold: bool) -> float:
    """Return the contrast that letters of a size (pixels) need on a canvas whose shorter side is known."""
    large = size >= (_LARGE_BOLD if bold else _LARGE) * shorter
    return GRAPHICS if large else TEXT


def least_size(shorter: int) -> int:
    """Return the least height of letters, in pixels, on a canvas whose shorter side is known."""
    return max(_LEAST_PX, math.ceil(_LEAST_SHARE * shorter))
