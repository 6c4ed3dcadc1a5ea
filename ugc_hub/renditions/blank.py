"""Tells whether anything is to be seen of a PNG, without decoding it."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import NamedTuple

SIGNATURE = b"\x89PNG\r\n\x1a\n"
_HEAD = 33
"""Bytes up to the end of the first chunk, which tells the form of the pixels."""
_PIECE = 65_536
"""Bytes that are inflated, or come of that, at once."""
_PALETTE, _GREY_ALPHA, _RGBA = 3, 4, 6
_CHANNELS = {_PALETTE: 1, _GREY_ALPHA: 2, _RGBA: 4}
_DEPTHS = {_PALETTE: (1, 2, 4, 8), _GREY_ALPHA: (8, 16), _RGBA: (8, 16)}
_PASSES = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
"""Of interlaced pictures: the first column and row of each pass, and how far it is to the next ones."""

_MOST_WORKED = 1 << 19
"""So many bytes of a palette are worked out one by one, in half a second; lines that repeat count once."""


class Line(NamedTuple):
    """A line of a pass as it was filtered, its filter first."""

    data: bytes
    pixels: int
    first: bool


Clear = Callable[[Line], bool]
"""Tells of a line whether nothing is to be seen of it."""


def is_blank(data: bytes) -> bool:
    """Tell whether a PNG is transparent throughout (PNG 3, sections 7 to 9); few of its lines are in memory at once.

    False where that cannot be told so: neither alpha channel nor palette, much noise in one, damaged.
    """
    if len(data) <= _HEAD or data[24] not in _DEPTHS.get(data[25], ()):
        return False
    depth, form = data[24], data[25]
    clear = _by_palette(data, depth) if form == _PALETTE else _by_alpha(depth // 8, _CHANNELS[form])
    try:
        return all(map(clear, _lines(data, depth * _CHANNELS[form])))
    except zlib.error:
        return False


def _by_alpha(size: int, channels: int) -> Clear:
    """A filter leaves of a byte what differs from those around it: where it leaves nothing anywhere, there is none."""
    pixel = size * channels
    return lambda line: not any(line.data[1 + pixel - byte :: pixel].strip(b"\0") for byte in range(1, size + 1))


def _by_palette(data: bytes, depth: int) -> Clear:
    levels = next(_chunks(data, b"tRNS"), b"")[:256]
    gone = {index for index, level in enumerate(levels) if level == 0}
    several, mask = 8 // depth, (1 << depth) - 1

    def first(byte: int, count: int) -> bool:
        return all(byte >> 8 - depth * number & mask in gone for number in range(1, count + 1))

    whole = bytes(byte for byte in range(256) if first(byte, several))
    worked_out = lru_cache(8)(_worked_out)
    above = b""

    def clear(line: Line) -> bool:
        nonlocal above
        full, over = divmod(line.pixels, several)
        if not line.data[0]:
            above = line.data[1:]
        elif worked_out.cache_info().misses * len(line.data) < _MOST_WORKED:
            above = worked_out(line.data, bytes(len(line.data) - 1) if line.first else above)
        else:
            return False
        return not above[:full].strip(whole) and first(above[-1], over)

    return clear


def _worked_out(line: bytes, above: bytes) -> bytes:
    """Return the bytes of a line, which lie one pixel or several apart, before they were filtered (section 9)."""
    made, left, corner = bytearray(), 0, 0
    for byte, up in zip(line[1:], above, strict=True):
        match line[0]:
            case 1:
                guess = left
            case 2:
                guess = up
            case 3:
                guess = (left + up) // 2
            case 4:
                guess = min((left, up, corner), key=lambda near: abs(left + up - corner - near))
            case _:
                raise zlib.error("no filter")
        left, corner = (byte + guess) & 255, up
        made.append(left)
    return bytes(made)


def _lines(data: bytes, bits: int) -> Iterator[Line]:
    """Return the lines of a PNG with so many bits a pixel.

    Raises `zlib.error` where they are damaged, or not all there.
    """
    pieces, held = _inflated(data), b""
    for pixels, first in _rows(data):
        size = 1 + (pixels * bits + 7) // 8
        while len(held) < size:
            piece = next(pieces, b"")
            if not piece:
                raise zlib.error("cut off")
            held += piece
        yield Line(held[:size], pixels, first)
        held = held[size:]


def _rows(data: bytes) -> Iterator[tuple[int, bool]]:
    """Return how many pixels each line has, and whether it is the first of its pass."""
    width, height = int.from_bytes(data[16:20]), int.from_bytes(data[20:24])
    for left, top, right, down in _PASSES if data[28] else ((0, 0, 1, 1),):
        columns, rows = -(-(width - left) // right), -(-(height - top) // down)
        if columns > 0:
            yield from ((columns, row == 0) for row in range(rows))


def _inflated(data: bytes) -> Iterator[bytes]:
    """Return the lines piece by piece: few bytes go in and come out at once, however many a hostile file holds."""
    inflating = zlib.decompressobj()
    for chunk in _chunks(data, b"IDAT"):
        for at in range(0, len(chunk), _PIECE):
            rest = chunk[at : at + _PIECE]
            while rest and not inflating.eof:
                if piece := inflating.decompress(rest, _PIECE):
                    yield piece
                rest = inflating.unconsumed_tail
            if inflating.eof:
                return
    if piece := inflating.flush():
        yield piece


def _chunks(data: bytes, kind: bytes) -> Iterator[bytes]:
    """Return the contents of the chunks of a PNG of one kind."""
    at = len(SIGNATURE)
    while at + 8 <= len(data):
        size = int.from_bytes(data[at : at + 4])
        if data[at + 4 : at + 8] == kind:
            yield data[at + 8 : at + 8 + size]
        at += size + 12
