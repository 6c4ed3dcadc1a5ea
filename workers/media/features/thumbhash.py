"""ThumbHash: a picture's placeholder in about 25 bytes, with its ratio and transparency.

Format: Evan Wallace, "ThumbHash" (https://evanw.github.io/thumbhash/), version of 2023: luminance, yellow-blue and
red-green planes, each as the low triangle of a DCT, quantised to 4 bits against the largest coefficient.
"""

from __future__ import annotations

import base64
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

LONGEST_SIDE = 100
"""The format allows inputs up to this many pixels a side."""

_NOISE = 1e-9
"""Terms below this are rounding errors of a flat plane; magnified they would differ between processors."""

Plane = NDArray[np.float64]


@dataclass(frozen=True)
class _Channel:
    constant: float
    varying: list[float]
    scale: float


def _round(value: float) -> int:
    """Round halves up, as the published encoder does; what is a half but for rounding errors counts as one."""
    return math.floor(round(value, 9) + 0.5)


def _cosines(count: int, size: int) -> Plane:
    steps = (np.arange(size) + 0.5) * (np.pi / size)
    return np.cos(np.arange(count)[:, None] * steps)


def _channel(plane: Plane, across: int, down: int) -> _Channel:
    height, width = plane.shape
    terms = _cosines(down, height) @ plane @ _cosines(across, width).T / (width * height)
    # Only the triangle of low frequencies is kept, row by row.
    varying = [
        float(terms[row, column])
        for row in range(down)
        for column in range(across)
        if (row or column) and column * down < across * (down - row)
    ]
    scale = max((abs(term) for term in varying), default=0.0)
    if scale < _NOISE:
        return _Channel(float(terms[0, 0]), [0.0] * len(varying), 0.0)
    varying = [0.5 + 0.5 / scale * term for term in varying]
    return _Channel(float(terms[0, 0]), varying, scale)


def _planes(pixels: NDArray[np.uint8]) -> tuple[Plane, Plane, Plane, Plane]:
    """Return luminance, yellow-blue, red-green and alpha; transparent parts take the average colour."""
    alpha: Plane = pixels[..., 3] / 255.0
    colours: Plane = pixels[..., :3] / 255.0
    covered = float(alpha.sum())
    average = (colours * alpha[..., None]).sum(axis=(0, 1)) / covered if covered else np.zeros(3)
    colours = average * (1 - alpha[..., None]) + colours * alpha[..., None]
    red, green, blue = colours[..., 0], colours[..., 1], colours[..., 2]
    return (red + green + blue) / 3, (red + green) / 2 - blue, red - green, alpha


def encode(pixels: NDArray[Any]) -> bytes:
    """Return the ThumbHash of RGBA pixels (height, width, 4; 8 bits), at most `LONGEST_SIDE` a side."""
    height, width = pixels.shape[:2]
    if max(height, width) > LONGEST_SIDE:
        raise ValueError(f"at most {LONGEST_SIDE} px a side")
    luminance, yellow, red, alpha = _planes(pixels)
    transparent = bool((pixels[..., 3] < 255).any())
    limit = 5 if transparent else 7
    longest = max(width, height)
    across, down = max(1, _round(limit * width / longest)), max(1, _round(limit * height / longest))
    light = _channel(luminance, max(3, across), max(3, down))
    first, second = _channel(yellow, 3, 3), _channel(red, 3, 3)
    landscape = width > height
    head = (
        _round(63 * light.constant)
        | _round(31.5 + 31.5 * first.constant) << 6
        | _round(31.5 + 31.5 * second.constant) << 12
        | _round(31 * light.scale) << 18
        | int(transparent) << 23
    )
    shape = (
        (down if landscape else across)
        | _round(63 * first.scale) << 3
        | _round(63 * second.scale) << 9
        | int(landscape) << 15
    )
    data = bytearray(head.to_bytes(3, "little") + shape.to_bytes(2, "little"))
    varying = light.varying + first.varying + second.varying
    if transparent:
        cover = _channel(alpha, 5, 5)
        data.append(_round(15 * cover.constant) | _round(15 * cover.scale) << 4)
        varying += cover.varying
    nibbles = [_round(15 * term) for term in varying] + [0] * (len(varying) % 2)
    data += bytes(low | high << 4 for low, high in zip(nibbles[::2], nibbles[1::2], strict=True))
    return bytes(data)


def encode_text(pixels: NDArray[Any]) -> str:
    """Return the ThumbHash in base64."""
    return base64.b64encode(encode(pixels)).decode("ascii")
