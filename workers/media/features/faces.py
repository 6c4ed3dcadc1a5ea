"""Face boxes by OpenCV's bundled Haar cascades (Viola and Jones): no model download, no identity."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from cv2 import data
from numpy.typing import NDArray
from PIL import Image

from workers.media.shapes import Box

SIDE = 640
"""Longest side (pixels) of the copy that is searched; a face must be about 1/16 of it."""
_LEAST_FACE = 36
_FACES_LIMIT = 32
_OVERLAP = 0.3

Grey = NDArray[Any]


@functools.cache
def _cascade(name: str) -> Any:
    cascade = cv2.CascadeClassifier(str(Path(data.haarcascades) / f"haarcascade_{name}.xml"))
    if cascade.empty():
        raise RuntimeError(f"OpenCV came without the cascade {name}")
    return cascade


def _found(grey: Grey, name: str, neighbours: int) -> list[Box]:
    side = max(_LEAST_FACE, max(grey.shape) // 20)
    boxes = _cascade(name).detectMultiScale(grey, scaleFactor=1.12, minNeighbors=neighbours, minSize=(side, side))
    return [Box(*(int(value) for value in box)) for box in boxes]


def _overlap(one: Box, other: Box) -> float:
    """Return the shared area as a fraction of the smaller box."""
    width = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
    height = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
    if width <= 0 or height <= 0:
        return 0.0
    return width * height / min(one.width * one.height, other.width * other.height)


def _flipped(box: Box, width: int) -> Box:
    return Box(width - box.x - box.width, box.y, box.width, box.height)


def find(image: Image.Image) -> tuple[Box, ...]:
    """Return the faces of an upright picture in its own pixels, the largest first.

    Frontal faces and profiles of both sides; expect misses for small, turned, masked or strongly lit faces.
    """
    small = image.convert("L")
    small.thumbnail((SIDE, SIDE), Image.Resampling.BOX)
    if min(small.size) < _LEAST_FACE:
        return ()
    grey = cv2.equalizeHist(np.asarray(small))
    candidates = _found(grey, "frontalface_default", 7)
    candidates += _found(grey, "profileface", 8)
    candidates += [_flipped(box, grey.shape[1]) for box in _found(cv2.flip(grey, 1), "profileface", 8)]
    kept: list[Box] = []
    for box in candidates:
        if all(_overlap(box, other) < _OVERLAP for other in kept):
            kept.append(box)
    kept.sort(key=lambda box: (-box.width * box.height, box.y, box.x))
    return scaled(tuple(kept[:_FACES_LIMIT]), image.width / small.width, image.size)


def scaled(boxes: tuple[Box, ...], factor: float, size: tuple[int, int]) -> tuple[Box, ...]:
    """Return boxes enlarged by `factor`, kept inside a picture of `size` (width, height)."""
    return tuple(_scaled(box, factor, size) for box in boxes)


def _scaled(box: Box, factor: float, size: tuple[int, int]) -> Box:
    x, y = round(box.x * factor), round(box.y * factor)
    return Box(x, y, min(round(box.width * factor), size[0] - x), min(round(box.height * factor), size[1] - y))
