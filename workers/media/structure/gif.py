"""The structure of a GIF (GIF89a specification): canvas, frames, and whether it ends."""

from __future__ import annotations

from workers.media.errors import TooLarge
from workers.media.limits import Limits
from workers.media.structure.header import Bytes, Header, check, corrupt, truncated

_EXTENSION, _IMAGE, _TRAILER = 0x21, 0x2C, 0x3B


def read(data: Bytes, limits: Limits) -> Header:
    """Return what the blocks say; raises `Damaged` when the trailer is missing and `TooLarge`."""
    if len(data) < 13:
        raise truncated("no screen descriptor")
    width, height = int.from_bytes(data[6:8], "little"), int.from_bytes(data[8:10], "little")
    check(Header(width, height), limits)
    at, frames = 13 + _table(data[10]), 0
    while True:
        if at >= len(data):
            raise truncated("no trailer")
        kind = data[at]
        if kind == _TRAILER:
            break
        if kind == _EXTENSION:
            at = _skip(data, at + 2)
        elif kind == _IMAGE:
            frames += 1
            at = _image(data, at, limits)
            check(Header(width, height, frames), limits)
        elif kind == 0 and frames:
            at += 1  # padding between blocks, written by some encoders
        else:
            raise corrupt(f"block {kind:#x} at {at}")
    if not frames:
        raise corrupt("no image")
    trailing = at + 1 < len(data)
    return Header(width, height, frames, 8, 3, warnings=("trailing_data",) if trailing else ())


def _table(flags: int) -> int:
    """Bytes of the colour table that the flags announce."""
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _image(data: Bytes, at: int, limits: Limits) -> int:
    """Return the offset after an image; refuse one that is larger than any picture may be."""
    if at + 11 > len(data):
        raise truncated("image descriptor")
    left, top, width, height = (int.from_bytes(data[at + step : at + step + 2], "little") for step in (1, 3, 5, 7))
    if (left + width) * (top + height) > limits.pixels:
        raise TooLarge(
            "A frame of the animation is far larger than its canvas. Export it again and send that.",
            code="too_many_pixels",
            detail=f"{width}x{height} at {left},{top}",
        )
    return _skip(data, at + 11 + _table(data[at + 9]))


def _skip(data: Bytes, at: int) -> int:
    """Return the offset after a chain of sub-blocks."""
    while at < len(data):
        size = data[at]
        at += size + 1
        if not size:
            return at
    raise truncated("sub-blocks")
