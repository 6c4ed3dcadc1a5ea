"""How well two colours can be told apart (WCAG 2.2)."""

from __future__ import annotations

import math

TEXT, GRAPHICS = 4.5, 3.0
"""What words (1.4.3) and signs (1.4.11) need at least."""


def contrast(one: str, other: str) -> float:
    """Return the contrast of two `#rrggbb` colours, 1..21 (relative luminance)."""
    light = sorted((_luminance(one), _luminance(other)))
    return (light[1] + 0.05) / (light[0] + 0.05)


def told(found: float) -> str:
    """Return a contrast for people, rounded down: what is short of 4.5 is never told as 4.5."""
    return f"{math.floor(found * 10) / 10:.1f}"


def laid(colour: str, ground: str, opacity: float) -> str:
    """Return the `#rrggbb` colour that a colour of some opacity (0..1) gives on a ground."""
    pairs = zip(_parts(colour), _parts(ground), strict=True)
    return "#" + "".join(f"{round(above * opacity + below * (1 - opacity)):02x}" for above, below in pairs)


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    parts = (part / 255 for part in _parts(colour))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
