"""Names for colours, as people say them: twelve words by hue, lightness and how much colour there is."""

from __future__ import annotations

import colorsys
from collections.abc import Iterable

MOST = 3
_HUES = ((15, "red"), (45, "orange"), (70, "yellow"), (165, "green"), (195, "teal"), (255, "blue"), (290, "purple"))
"""Degrees up to which a hue has the name; beyond the last it is pink, and red again from 345."""


def colour_name(code: str) -> str:
    """Return the word for a colour `#rrggbb`.

    Raises:
        ValueError: it is not written so.
    """
    if len(code) != 7 or code[0] != "#":
        raise ValueError(f"{code!r} is not a colour such as #1e90ff")
    red, green, blue = (int(code[place : place + 2], 16) / 255 for place in (1, 3, 5))
    hue, light, _ = colorsys.rgb_to_hls(red, green, blue)
    chroma = max(red, green, blue) - min(red, green, blue)
    if light < 0.12:
        return "black"
    if chroma < 0.12:
        return "white" if light > 0.85 else "grey" if light > 0.16 else "black"
    degrees = hue * 360
    if 10 <= degrees < 45 and light < 0.45:
        return "brown"
    name = next((word for limit, word in _HUES if degrees < limit), "red" if degrees >= 345 else "pink")
    return "pink" if name == "red" and light > 0.72 else name


def colour_names(palette: Iterable[str]) -> tuple[str, ...]:
    """Return the names of a palette, the most covering first, each once and three at most."""
    return tuple(dict.fromkeys(map(colour_name, palette)))[:MOST]
