"""Reads the structure of picture files from their bytes, so that limits are checked before any decoder starts."""

from __future__ import annotations

import mmap
from pathlib import Path

from workers.media.limits import Limits
from workers.media.structure import appended, gif, heif, jpeg, png, webp
from workers.media.structure.header import Header, check

_READERS = {"png": png.read, "gif": gif.read, "webp": webp.read}


def read(path: Path, format: str, limits: Limits) -> Header:  # noqa: A002 - the word of `shapes`
    """Return what the structure of a picture says; `format` comes from `sniff`.

    Raises `TooLarge` for what the limits forbid, `Damaged` for what ends too early or contradicts itself and
    `Unsupported` for codings that no reader has.
    """
    if format in ("heic", "heif", "avif"):
        return heif.read(path, limits)
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        if format == "jpeg":
            header, layout = jpeg.read(data, limits)
            appended.check(data, layout)
        else:
            header = _READERS[format](data, limits)
    check(header, limits)
    return header
