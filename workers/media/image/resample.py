"""Resizes large areas with the vector code of libswscale, everything else with Pillow; both with a Lanczos filter.

Pillow has no vector code: three quarters of the time of a pack went into resizing. libswscale (in PyAV, which the
engine needs for videos anyway) takes a quarter of the time; SSIM between the two is above 0.998 on photographs.
It works on one colour component at a time, so that no colour arithmetic takes place, on one thread and bit-exact,
so that the result is the same on every processor. Halving is done by OpenCV, in whole numbers.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
from av import VideoFrame
from av.video.reformatter import Interpolation, VideoReformatter
from numpy.typing import NDArray
from PIL import Image

# The engine has threads of its own.
cv2.setNumThreads(1)

Area = tuple[float, float, float, float]
"""Left, top, right and bottom edge."""
Plane = NDArray[np.uint8]

_EXACT = Interpolation.ACCURATE_RND | Interpolation.BITEXACT
_WORTH_PIXELS = 250_000
"""Below this area Pillow is as quick."""
_SHORTEST_SIDE = 16
"""libswscale dislikes very narrow pictures."""
_MOST_SHRINKING = 8
"""Its filters have a limited length; the pyramid stays far below it."""


@dataclass(frozen=True)
class Cut:
    """What is to be made of each component of a master.

    One `Cut` serves one thread: components of the same size share the preparations of libswscale, which take a
    quarter of its time.
    """

    area: Area
    """Whole values of the master."""
    size: tuple[int, int]
    """Width and height of the result."""
    factor: int
    """The coarsest level to make it of."""
    scaler: VideoReformatter = field(default_factory=VideoReformatter)


class Component:
    """One colour component of the master and its halves, quarters and so on; each is made when first asked for.

    A level is the mean of 2 x 2 values of the one above. Safe to use from several threads: they take turns in one
    component, so that one resizes the first while the other makes the second.
    """

    filter = Interpolation.LANCZOS

    def __init__(self, picture: Image.Image, number: int) -> None:
        self._picture, self._number = picture, number
        self._levels: dict[int, Plane] = {}
        self._lock = threading.Lock()

    def resized(self, cut: Cut) -> Plane:
        """Return the area in its new size.

        The level is finer where the edges of a large area would lie between its values: libswscale wants them
        whole.
        """
        left, top, right, bottom = cut.area
        least = max((right - left) / cut.size[0], (bottom - top) / cut.size[1]) / _MOST_SHRINKING
        factor = cut.factor
        while _large(cut.area, factor) and factor / 2 >= least and not _whole(cut.area, factor):
            factor //= 2
        factor = factor if _whole(cut.area, factor) else cut.factor
        return self._resized(self.level(factor), _smaller(cut.area, factor), cut)

    def level(self, factor: int) -> Plane:
        """Return the component with 1 / `factor` of the master's width and height, a power of two."""
        with self._lock:
            return self._level(factor)

    def _level(self, factor: int) -> Plane:
        if factor not in self._levels:
            self._levels[factor] = self._first() if factor == 1 else halved(self._level(factor // 2))
        return self._levels[factor]

    def _first(self) -> Plane:
        return np.asarray(self._picture.getchannel(self._number))

    def _resized(self, plane: Plane, area: Area, cut: Cut) -> Plane:
        if suits_vector(area, cut.size):
            left, top, right, bottom = (int(edge) for edge in area)
            frame = VideoFrame.from_numpy_buffer(plane[top:bottom, left:right], format="gray")
            made = cut.scaler.reformat(frame, *cut.size, "gray", interpolation=self.filter | _EXACT, threads=1)
            return np.asarray(made.to_ndarray(), dtype=np.uint8)
        return np.asarray(Image.fromarray(plane).resize(cut.size, Image.Resampling.LANCZOS, box=area))


class Chroma(Component):
    """A component that is stored in half the width and height of the master, whose size is `full`.

    A bicubic filter, twice as quick, is enough for it: there is no finer detail, and encoders halve it again.
    """

    filter = Interpolation.BICUBIC

    def __init__(self, picture: Image.Image, number: int, full: tuple[int, int]) -> None:
        super().__init__(picture, number)
        self._full = full
        self._levels[2] = super()._first()

    def resized(self, cut: Cut) -> Plane:
        """See `Component.resized`; a large area that is not whole at its level begins a pyramid of its own.

        Its last row or column then counts twice: half a value of the master, at most, on the far side.
        """
        if _whole(cut.area, cut.factor) or not _large(cut.area, cut.factor):
            return self._resized(self.level(cut.factor), _smaller(cut.area, cut.factor), cut)
        left, top, right, bottom = (int(edge) for edge in cut.area)
        plane = self.level(1)[top:bottom, left:right]
        for _ in range(cut.factor.bit_length() - 1):
            plane = halved(plane)
        return self._resized(plane, (0, 0, plane.shape[1], plane.shape[0]), cut)

    def _first(self) -> Plane:
        """Enlarge as the JPEG library does: three quarters of the nearest, a quarter of the next."""
        half, (width, height) = self._levels[2], self._full
        twice = cv2.resize(half, (2 * half.shape[1], 2 * half.shape[0]), interpolation=cv2.INTER_LINEAR)
        return np.asarray(twice[:height, :width], dtype=np.uint8)


def _smaller(area: Area, factor: int) -> Area:
    left, top, right, bottom = area
    return left / factor, top / factor, right / factor, bottom / factor


def _whole(area: Area, factor: int) -> bool:
    return all(edge % factor == 0 for edge in area)


def _large(area: Area, factor: int) -> bool:
    left, top, right, bottom = _smaller(area, factor)
    return (right - left) * (bottom - top) >= _WORTH_PIXELS


def halved(plane: Plane) -> Plane:
    """Return the means of 2 x 2 values, rounded; an odd last row or column counts twice."""
    height, width = plane.shape
    odd = height % 2 or width % 2
    even = cv2.copyMakeBorder(plane, 0, height % 2, 0, width % 2, cv2.BORDER_REPLICATE) if odd else plane
    half = ((width + 1) // 2, (height + 1) // 2)
    return np.asarray(cv2.resize(even, half, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def joined(planes: Sequence[Plane], mode: str) -> Image.Image:
    """Return the picture of these components; YCbCr (JFIF 1.02, all 256 values) comes out as RGB."""
    if mode == "YCbCr":
        light, blue, red = planes
        return Image.fromarray(cv2.cvtColor(cv2.merge([light, red, blue]), cv2.COLOR_YCrCb2RGB))
    bands = [Image.fromarray(plane) for plane in planes]
    return bands[0] if len(bands) == 1 else Image.merge(mode, bands)


def suits_vector(area: Area, size: tuple[int, int]) -> bool:
    """Whether libswscale can and should do it: whole pixels, a large area, a moderate shrinking."""
    left, top, right, bottom = area
    width, height = right - left, bottom - top
    return (
        all(float(edge).is_integer() for edge in area)
        and width * height >= _WORTH_PIXELS
        and min(*size, width, height) >= _SHORTEST_SIDE
        and all(1 <= before / after <= _MOST_SHRINKING for before, after in zip((width, height), size, strict=True))
    )
