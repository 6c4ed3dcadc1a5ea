"""Structural similarity (Wang, Bovik, Sheikh and Simoncelli 2004) with a lossless full-size Lanczos resize."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from benchmarks.images.ours import plan
from benchmarks.images.work import AVIF_SPEED, WEBP_METHOD, Output
from workers.media.image import render_pack

Grey = NDArray[np.float32]
_STEP = 2
_C1, _C2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2


def ssim(first: Grey, second: Grey) -> float:
    """Return the mean similarity of two grey pictures of one size, Gaussian window of 11 pixels and deviation 1.5."""

    def local(values: Grey) -> Grey:
        return np.asarray(cv2.GaussianBlur(values, (11, 11), 1.5), dtype=np.float32)

    mean1, mean2 = local(first), local(second)
    spread1 = local(first * first) - mean1 * mean1
    spread2 = local(second * second) - mean2 * mean2
    together = local(first * second) - mean1 * mean2
    light = (2 * mean1 * mean2 + _C1) / (mean1 * mean1 + mean2 * mean2 + _C1)
    structure = (2 * together + _C2) / (spread1 + spread2 + _C2)
    return float((light * structure).mean())


def grey(picture: Image.Image) -> Grey:
    """Return the luma of a picture as numbers."""
    return np.asarray(picture.convert("RGB").convert("L"), dtype=np.float32)


def _references(upright: Image.Image, output: Output) -> Iterator[Grey]:
    """Yield the exact centre crop and those half a pixel beside it: where to cut is each contender's own rounding."""
    scale = min(upright.width / output.width, upright.height / output.height)
    width, height = min(upright.width, output.width * scale), min(upright.height, output.height * scale)
    x, y = (upright.width - width) / 2, (upright.height - height) / 2
    for shift in (-0.5, 0.0, 0.5):
        left = min(max(0.0, x + (shift if x > y else 0)), upright.width - width)
        top = min(max(0.0, y + (shift if y > x else 0)), upright.height - height)
        box = (left, top, left + width, top + height)
        yield grey(upright.resize((output.width, output.height), Image.Resampling.LANCZOS, box=box))
        if max(x, y) < 0.5:
            return


class Judge:
    """Compares the files of a peer with ours at the same number of bytes."""

    def __init__(self, source: Path, outputs: list[Output], work: Path) -> None:
        self._source = source
        self._work = work
        with Image.open(source) as picture:
            upright = ImageOps.exif_transpose(picture).convert("RGB")
        self._size = upright.size
        self._references = {output.name: list(_references(upright, output)) for output in outputs}

    def _best(self, picture: Image.Image, output: Output) -> float:
        pixels = grey(picture)
        return max(ssim(pixels, reference) for reference in self._references[output.name])

    def score(self, folder: Path, output: Output) -> tuple[int, float]:
        """Return the bytes and the similarity of one file of a contender."""
        path = folder / output.name
        with Image.open(path) as picture:
            return path.stat().st_size, self._best(picture, output)

    def at_bytes(self, output: Output, weight: int) -> float:
        """Return the similarity of ours at `weight` bytes, on the line between the two nearest qualities.

        A line over the logarithm of the bytes: qualities are whole numbers, so no file has exactly that weight.
        """
        low, high = output.quality, output.quality
        points = {low: self._ours(output, low)}
        while points[low][0] > weight and low > _STEP:
            low -= _STEP
            points[low] = self._ours(output, low)
        while points[high][0] < weight and high < 100 - _STEP:
            high += _STEP
            points[high] = self._ours(output, high)
        known = sorted(points.values())
        return float(np.interp(np.log(weight), [np.log(size) for size, _ in known], [value for _, value in known]))

    def _ours(self, output: Output, quality: int) -> tuple[int, float]:
        wanted = plan(replace(output, quality=quality), self._size, speed=AVIF_SPEED, method=WEBP_METHOD)
        made = render_pack(self._source, [wanted], self._work)[0]
        with Image.open(self._work / made.path) as picture:
            return made.size_bytes, self._best(picture, output)
