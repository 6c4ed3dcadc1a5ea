"""A perceptual hash: pictures that look alike have hashes that differ in few bits."""

from __future__ import annotations

import cv2
import numpy as np
from PIL import Image

_SIDE = 32
_TERMS = 8
_LEAST_STRUCTURE = 2.0

NEAR_DUPLICATE_BITS = 10
"""Two pictures whose hashes differ in at most this many of 64 bits are taken for near duplicates."""


def perceptual_hash(image: Image.Image) -> str | None:
    """Return 64 bits as 16 hex digits, or None for a picture without structure (one flat colour).

    The picture is averaged to 32 x 32 grey values; of its DCT the 8 x 8 lowest frequencies without the constant row
    and column give one bit each: above their median or not (after Zauner, "Implementation and Benchmarking of
    Perceptual Image Hash Functions", 2010). Size, compression, brightness, contrast and slight blur keep the hash;
    turned, mirrored and strongly cropped copies have another one.
    """
    grey = np.asarray(image.convert("L").resize((_SIDE, _SIDE), Image.Resampling.BOX), dtype=np.float32)
    if float(grey.std()) < _LEAST_STRUCTURE:
        return None
    terms = cv2.dct(grey)[1 : _TERMS + 1, 1 : _TERMS + 1]
    bits = terms > np.median(terms)
    return np.packbits(bits).tobytes().hex()


def differing_bits(one: str, other: str) -> int:
    """Return how many of the 64 bits differ."""
    return (int(one, 16) ^ int(other, 16)).bit_count()
