"""The outermost boxes of an ISO base media file (ISO 14496-12, 4.2): whole, cut, or followed by litter."""

from __future__ import annotations

from workers.media.metadata.boxes import Box, boxes
from workers.media.metadata.source import Broken, Source
from workers.media.structure.header import truncated

_ESSENTIAL = {b"mdat", b"moov", b"moof", b"mfra", b"meta"}
_LARGEST = 1 << 29
"""Text behind a file reads as a box of more bytes than this; only kinds that hold pictures are so large."""


def top(source: Source) -> tuple[dict[bytes, Box], bool]:
    """Return the first box of each kind and whether litter follows the last one.

    Raises `Damaged` (`truncated`) where the file ends within a box, whatever its kind, and where nothing is a box. A
    file that is cut exactly between two boxes cannot be told from one that was never longer.
    """
    found: dict[bytes, Box] = {}
    end = 0
    try:
        for box in boxes(source, 0, source.size):
            found.setdefault(box.kind, box)
            end = box.end
    except Broken as error:
        if not found or _cut(source, end):
            raise truncated(f"box at {end} of {source.size}: {error}") from error
        return found, True
    if end < source.size and _cut(source, end):
        raise truncated(f"box header at {end} of {source.size}")
    return found, end < source.size


def _cut(source: Source, at: int) -> bool:
    """Whether the bytes from `at` on are the beginning of a box, and not litter."""
    rest = source.size - at
    if rest < 8:  # sizes begin with a small byte, text does not
        return source.number(at, 1) < 9
    size, kind = source.number(at, 4), source.take(at + 4, 4)
    if kind in _ESSENTIAL:
        return True
    if not all(0x20 <= letter < 0x7F for letter in kind):
        return False
    if size == 1:
        return rest < 16 or source.number(at + 8, 8) > rest
    return rest < size < _LARGEST
