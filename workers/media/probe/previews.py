"""Makes the small files for the hub's own pages, and the reduced copy that the features are seen in."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from workers.media.probe import watermark
from workers.media.shapes import Preview

PREVIEW_SIDE = 1280
MIDDLE_SIDE = 640
"""Half a preview: thumbs are made of it, and features are seen in it (faces at 360 pixels, the rest at fewer)."""
THUMB_SIDE = 480
_QUALITY = 80

_ARRAYS = ("L", "RGB")
"""Modes that mean the same in an array; the others are shrunk by Pillow."""
_LAST_STEP = 1.1
"""The step after the means of blocks shrinks at least so much, unless whole blocks are all there is to do."""
_SHARP_UP_TO = 1.5
"""Beyond this a cubic kernel, which looks at 4 x 4 pixels, skips some; a linear one takes means up to 2."""


def fitted(size: tuple[int, int], side: int) -> tuple[int, int]:
    """Return the size that fits into a square of `side` with the same proportions; never larger than `size`."""
    scale = min(1.0, side / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def reduced(picture: Image.Image, side: int) -> Image.Image:
    """Return a copy that fits into `side`; a picture that fits already is returned itself.

    Transparent pixels have no say in the colour of their neighbours.
    """
    size = fitted(picture.size, side)
    if size == picture.size:
        return picture
    mode = picture.mode
    if mode in _ARRAYS:
        return _shrunk(picture, size)
    work = picture.convert({"RGBA": "RGBa", "LA": "La"}[mode]) if mode.endswith("A") else picture
    return work.resize(size, Image.Resampling.HAMMING, reducing_gap=_LAST_STEP).convert(mode)


def _shrunk(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    """Return the picture in a smaller size: means of whole blocks, then one short step by OpenCV's vector code.

    A third of the time of a bicubic filter over twice the size; on photographs 38 to 50 dB from a Lanczos filter
    over all pixels.
    """
    left = max(picture.size) / max(size)
    blocks = int(left) if left.is_integer() else max(1, int(left / _LAST_STEP))
    small = picture.reduce(blocks) if blocks > 1 else picture
    if small.size == size:
        return small
    kind = cv2.INTER_CUBIC if left / blocks <= _SHARP_UP_TO else cv2.INTER_LINEAR
    return Image.fromarray(cv2.resize(np.asarray(small), size, interpolation=kind))


def save(picture: Image.Image, workdir: Path, name: str, side: int) -> Preview:
    """Write an sRGB picture (RGB or RGBA) as `name`, at most `side` pixels long, marked and without any metadata."""
    small = watermark.mark(reduced(picture, side))
    small.info = {}
    transparent = small.mode == "RGBA" and small.getchannel("A").getextrema() != (255, 255)
    path = workdir / f"{name}{'.webp' if transparent else '.jpg'}"
    if transparent:
        small.save(path, "WEBP", quality=_QUALITY, method=1)
    else:
        opaque = small if small.mode == "RGB" else small.convert("RGB")
        opaque.save(path, "JPEG", quality=_QUALITY, optimize=False, progressive=False)
    media_type = "image/webp" if transparent else "image/jpeg"
    return Preview(name, path.name, media_type, small.width, small.height)
