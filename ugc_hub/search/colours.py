"""Colours as they are asked for: by name, or by how far a colour may be from one that is given.

Distances are those of OKLab (Björn Ottosson, "A perceptual color space for image processing", 2020), in hundredths:
2 is about what can just be told apart, black and white are 100 apart. An index holds values and no distances, so each
colour is kept as the nearest of 4096 (`#rgb`, one hexadecimal digit for each part), and a question becomes the set of
those that are near enough.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from functools import cache, lru_cache

from .naming import colour_names

NAMED = {
    "black": "#111111",
    "grey": "#808080",
    "white": "#fafafa",
    "red": "#d7192b",
    "orange": "#f58220",
    "yellow": "#ffd93b",
    "green": "#2e9e4f",
    "teal": "#20b2aa",
    "blue": "#1f5fd0",
    "purple": "#7b3fb5",
    "pink": "#f28cb4",
    "brown": "#7a4a2a",
}
"""What a name stands for where a distance is asked for."""
NEAR = 10
"""Hundredths that a colour may be away where nobody says how many."""
FARTHEST = 50
_ASKED = re.compile(r"(?:#?(?P<hex>[0-9a-f]{6}|(?<=#)[0-9a-f]{3})|(?P<name>[a-z]+))(?:~(?P<far>\d{1,3}))?")
_HEX = re.compile(r"#[0-9a-f]{6}")

Lab = tuple[float, float, float]


def is_hex(text: str) -> bool:
    """Whether a value of a document is a colour and not a name: `#rrggbb`, in small letters."""
    return _HEX.fullmatch(text) is not None


def asked(text: str) -> tuple[str, int] | None:
    """Return the colour that is meant and how far others may be from it, in hundredths, or None.

    `#e4002b` and `#e40` are at most `NEAR` away, `#e4002b~20` and `red~20` at most 20 (0..`FARTHEST`). A name alone is
    no distance but a value, and so is everything else.
    """
    match = _ASKED.fullmatch(text.lower())
    if match is None or (match["name"] and (match["name"] not in NAMED or not match["far"])):
        return None
    far = int(match["far"] or NEAR)
    if far > FARTHEST:
        return None
    digits = match["hex"] or NAMED[match["name"]][1:]
    return "#" + (digits if len(digits) == 6 else "".join(2 * digit for digit in digits)), far


def cell(colour: str) -> str:
    """Return the nearest of the 4096 colours, `#rgb`, to `#rrggbb`."""
    return "#" + "".join(f"{round(part / 17):x}" for part in _parts(colour))


@lru_cache(maxsize=256)
def within(colour: str, far: int) -> tuple[str, ...]:
    """Return those of the 4096 that are at most so many hundredths from `#rrggbb`, and always its own."""
    middle = lab(colour)
    near = (name for name, place in _cells().items() if 100 * math.dist(place, middle) <= far)
    return tuple(sorted({*near, cell(colour)}))


def names(colours: Iterable[str]) -> tuple[str, ...]:
    """Return the names of some colours in their order, each once, of a palette three at most.

    What is no `#rrggbb` is its own name.
    """
    given = tuple(colours)
    named = colour_names(colour for colour in given if is_hex(colour))
    return tuple(dict.fromkeys((*named, *(colour for colour in given if not is_hex(colour)))))


def distinct(colours: Iterable[str], most: int, apart: int) -> tuple[str, ...]:
    """Return the most frequent of some `#rrggbb`, at most so many; one nearer than `apart` hundredths is another."""
    found: dict[str, int] = {}
    places: dict[str, Lab] = {}
    for colour in filter(is_hex, colours):
        place = lab(colour)
        same = next((one for one in found if 100 * math.dist(places[one], place) < apart), colour)
        places.setdefault(same, place)
        found[same] = found.get(same, 0) + 1
    return tuple(sorted(found, key=lambda one: -found[one])[:most])


def lab(colour: str) -> Lab:
    """Return lightness, green to red and blue to yellow of `#rrggbb` in OKLab: 0..1, about -0.4..0.4."""
    red, green, blue = (_linear(part / 255) for part in _parts(colour))
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    middle = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    return (
        0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short,
    )


def _linear(part: float) -> float:
    """Undo the curve of sRGB (IEC 61966-2-1)."""
    return float(part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4)


def _parts(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


@cache
def _cells() -> dict[str, Lab]:
    digits = "0123456789abcdef"
    return {f"#{r}{g}{b}": lab(f"#{r}{r}{g}{g}{b}{b}") for r in digits for g in digits for b in digits}
