"""Draws the sign of a video, a disc with a ring and a triangle, from its geometry."""

from __future__ import annotations

import math

from PIL import Image, ImageDraw

from workers.media.contrast import GRAPHICS, contrast, laid
from workers.media.errors import PlanImpossible
from workers.media.stills import PlayButton

_FINER = 4
"""Drawn so many times larger and made small, so that edges are smooth."""
_RING, _TRIANGLE = 0.05, 0.29
"""Of the disc: width of the ring, and radius of the circle through the corners of the triangle."""


def draw(picture: Image.Image, button: PlayButton) -> Image.Image:
    """Return a copy of a picture with the button on it.

    Raises `PlanImpossible` (`low_contrast`) where triangle and disc look too alike on some picture.
    """
    least = min(contrast(button.colour, laid(button.disc, ground, button.opacity)) for ground in ("#000000", "#ffffff"))
    if least < GRAPHICS:
        raise PlanImpossible(
            f"A play button of {button.colour} on {button.disc} cannot be seen well on every picture. Choose colours "
            "with more contrast, or a disc that less shows through.",
            code="low_contrast",
            detail=f"{least:.2f}:1",
        )
    left, top = round(button.x - button.size / 2), round(button.y - button.size / 2)
    drawn = picture.copy()
    drawn.paste(button.disc, (left, top), _shape(button.size, disc=True).point(lambda value: value * button.opacity))
    drawn.paste(button.colour, (left, top), _shape(button.size, disc=False))
    return drawn


def _shape(size: int, *, disc: bool) -> Image.Image:
    """Return where the disc covers, or where ring and triangle do, 0..255."""
    side = size * _FINER
    mask = Image.new("L", (side, side), 0)
    pen = ImageDraw.Draw(mask)
    if disc:
        pen.ellipse((0, 0, side - 1, side - 1), fill=255)
    else:
        pen.ellipse((0, 0, side - 1, side - 1), outline=255, width=max(_FINER, round(_RING * side)))
        radius = _TRIANGLE * side
        corners = [(side / 2 + radius * math.cos(turn), side / 2 + radius * math.sin(turn)) for turn in _TURNS]
        pen.polygon(corners, fill=255)
    return mask.resize((size, size), Image.Resampling.BOX)


_TURNS = (0.0, 2 * math.pi / 3, 4 * math.pi / 3)
"""Of the corners: the triangle points to the right, and its middle is that of the disc."""
