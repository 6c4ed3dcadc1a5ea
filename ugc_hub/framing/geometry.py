"""Rectangles and ratios in whole pixels."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from workers.media.shapes import Box, Point

SEARCH = 16
"""Pixels of width given up at most to come nearer to a ratio."""


@dataclass(frozen=True)
class Extent:
    """Width and height in pixels."""

    width: int
    height: int

    @property
    def ratio(self) -> Fraction:
        """Width by height."""
        return Fraction(self.width, self.height)

    def covers(self, other: Extent) -> bool:
        """True if it is at least as wide and as high as `other`."""
        return self.width >= other.width and self.height >= other.height

    def __str__(self) -> str:
        return f"{self.width} x {self.height}"


def ratio_from(text: str) -> Fraction:
    """Read a ratio such as `4:5` or `1.91:1`. Raises `ValueError`."""
    width, _, height = text.partition(":")
    ratio = Fraction(width) / Fraction(height) if height and Fraction(height) else Fraction(0)
    if ratio <= 0:
        raise ValueError(f"{text!r} is not a ratio such as 4:5")
    return ratio


def ratio_error(extent: Extent, ratio: Fraction) -> Fraction:
    """Return how far an extent is from a ratio, as a part of the ratio."""
    return abs(extent.ratio / ratio - 1)


def nearest(limit: Extent, ratio: Fraction) -> Extent:
    """Return the extent within `limit` that is nearest to `ratio` among the widest sixteen; of equals the largest."""
    widest = max(1, min(limit.width, int(limit.height * ratio)))
    candidates = (
        Extent(width, min(limit.height, max(1, round(width / ratio))))
        for width in range(widest, max(0, widest - SEARCH), -1)
    )
    return min(candidates, key=lambda extent: ratio_error(extent, ratio))


def smallest(floor: Extent, ratio: Fraction) -> Extent:
    """Return the smallest extent of a ratio that covers `floor`."""
    width = max(floor.width, -int(-(floor.height * ratio) // 1))
    return Extent(width, max(floor.height, round(width / ratio)))


def crop_extent(source: Extent, ratio: Fraction) -> Extent:
    """Return the largest part of `source` that has the ratio, to the nearest pixel."""
    if source.ratio > ratio:
        return Extent(max(1, min(source.width, round(source.height * ratio))), source.height)
    return Extent(source.width, max(1, min(source.height, round(source.width / ratio))))


def crop_around(source: Extent, part: Extent, centre: Point) -> Box:
    """Place a part of the source so that `centre` (fractions of the source) is its middle, pushed into the picture."""
    x = round(centre.x * source.width - part.width / 2)
    y = round(centre.y * source.height - part.height / 2)
    return Box(
        min(max(x, 0), source.width - part.width),
        min(max(y, 0), source.height - part.height),
        part.width,
        part.height,
    )


def middle_of(canvas: Extent, part: Extent) -> Box:
    """Place a part in the middle of a canvas."""
    return Box((canvas.width - part.width) // 2, (canvas.height - part.height) // 2, part.width, part.height)


def scaled(extent: Extent, factor: Fraction) -> Extent:
    """Return an extent multiplied, to the nearest pixel and at least one."""
    return Extent(max(1, round(extent.width * factor)), max(1, round(extent.height * factor)))
