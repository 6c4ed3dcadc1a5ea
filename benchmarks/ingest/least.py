"""The yardstick: hashing plus one decode and one thumbnail, with as many warm processes as there are workers."""

from __future__ import annotations

import hashlib
import warnings
from pathlib import Path

import pillow_heif
from PIL import Image

THUMB = (480, 480)


def warm() -> None:
    """Load what decoding needs, as a worker has it loaded."""
    pillow_heif.register_heif_opener()
    Image.init()
    Image.MAX_IMAGE_PIXELS = 32_000_000  # Pillow refuses twice that: the hub's own limit of 64 megapixels


def least(path: Path) -> int:
    """Hash, decode and shrink one picture, keeping nothing; return its bytes."""
    size = 0
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
            size += len(chunk)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with Image.open(path) as image:
            image.load()
            image.thumbnail(THUMB)
    return size
