"""The colours that cover most of a picture and that a person would call different."""

from __future__ import annotations

import cv2
import numpy as np
from PIL import Image

COLOURS = 5
_SIDE = 96
_CANDIDATES = 24
DISTINCT = 18.0
"""Least distance of two palette colours in CIE 1976 L*a*b* (about 2 is just noticeable)."""
_LEAST_SHARE = 0.005


def palette(image: Image.Image) -> tuple[str, ...]:
    """Return up to five `#rrggbb` colours of an RGB picture, the most covering first.

    Median cut gives the candidates; each joins the first more covering colour that it is too close to.
    Colours on less than half a percent of the picture are left out.
    """
    small = image.copy()
    # Samples, not averages: averaging invents the colours between two areas.
    small.thumbnail((_SIDE, _SIDE), Image.Resampling.NEAREST)
    cut = small.quantize(_CANDIDATES, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    table = cut.getpalette("RGB") or []
    counted = sorted(cut.getcolors() or [], key=lambda entry: (-entry[0], entry[1]))
    colours = [(count, tuple(table[3 * int(str(index)) : 3 * int(str(index)) + 3])) for count, index in counted]
    table_pixels = np.array([[colour for _, colour in colours]], dtype=np.float32) / 255
    labs = cv2.cvtColor(table_pixels, cv2.COLOR_RGB2LAB)[0]
    kept: list[int] = []
    cover = [count for count, _ in colours]
    for place, lab in enumerate(labs):
        near = next((other for other in kept if np.linalg.norm(labs[other] - lab) < DISTINCT), None)
        if near is None:
            kept.append(place)
        else:
            cover[near] += cover[place]
    least = _LEAST_SHARE * small.width * small.height
    kept = [place for place in kept if cover[place] >= least]
    kept.sort(key=lambda place: (-cover[place], place))
    return tuple("#{:02x}{:02x}{:02x}".format(*colours[place][1]) for place in kept[:COLOURS])
