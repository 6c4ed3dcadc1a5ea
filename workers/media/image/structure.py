"""Walks a finished file from its first to its last byte, so that nothing can hide in it or behind it."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable

from workers.media.imprint import tiff
from workers.media.imprint.container import (
    EXIF_MARKER,
    ICC_MARKER,
    IIM_MARKER,
    XMP_MARKER,
    gif_blocks,
    jpeg_segments,
    png_chunks,
    riff_chunks,
)
from workers.media.shapes import ImageFormat

Walk = tuple[int, set[str]]
"""Where the file ends by its own account, and the names of its parts."""

EXPECTED: dict[ImageFormat, set[str]] = {
    "jpeg": {"APP0", "Exif", "XMP", "ICC", "IIM", "DQT", "SOF0", "SOF2", "DHT", "DRI", "SOS"},
    "png": {"IHDR", "PLTE", "tRNS", "sRGB", "eXIf", "iTXt", "IDAT", "IEND"},
    "webp": {"VP8X", "VP8 ", "VP8L", "ALPH", "ICCP", "EXIF", "XMP "},
    "avif": {"ftyp", "meta", "mdat"},
    "gif": {"control", "image", "XMP"},
    "tiff": set(tiff.NAMES.values()),
}
"""The parts that this engine writes; anything else in an output is a fault."""

_JPEG_NAMES = {0xE0: "APP0", 0xC0: "SOF0", 0xC2: "SOF2", 0xC4: "DHT", 0xDB: "DQT", 0xDD: "DRI", 0xDA: "SOS"}
_JPEG_MARKS = {EXIF_MARKER: "Exif", XMP_MARKER: "XMP", ICC_MARKER: "ICC", IIM_MARKER: "IIM"}
_SCAN_END = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
"""A marker after entropy-coded data: neither a stuffed byte nor a restart (ITU-T T.81, B.1.1)."""


def walk(data: bytes, name: ImageFormat) -> Walk:
    """Return the end and the parts of a file.

    Raises `ValueError`, `IndexError` or `struct.error` where the file does not follow its format.
    """
    return _WALKS[name](data)


def _jpeg(data: bytes) -> Walk:
    parts = set()
    begin = 0
    for marker, start, end in jpeg_segments(data):
        begin = start
        parts.add(_jpeg_part(marker, data[start + 4 : min(end, start + 40)]))
    while True:
        found = _SCAN_END.search(data, begin + 2)
        if found is None:
            raise ValueError("no end of image")
        begin, marker = found.start(), data[found.start() + 1]
        if marker == 0xD9:
            return begin + 2, parts
        parts.add(_jpeg_part(marker, b""))
        begin += struct.unpack_from(">H", data, begin + 2)[0]


def _jpeg_part(marker: int, content: bytes) -> str:
    by_mark = next((part for mark, part in _JPEG_MARKS.items() if content.startswith(mark)), None)
    return by_mark or _JPEG_NAMES.get(marker, f"marker {marker:#x}")


def _png(data: bytes) -> Walk:
    parts = set()
    for kind, _, end in png_chunks(data):
        parts.add(kind.decode("latin-1"))
        if kind == b"IEND":
            return end, parts
    raise ValueError("no IEND")


def _webp(data: bytes) -> Walk:
    parts = {kind.decode("latin-1") for kind, _ in riff_chunks(data)}
    return 8 + int(struct.unpack_from("<I", data, 4)[0]), parts


def _avif(data: bytes) -> Walk:
    at, parts = 0, set()
    while at < len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        if size < 8:
            raise ValueError(f"box of {size} bytes")
        parts.add(kind.decode("latin-1"))
        at += size
    return at, parts


def _gif(data: bytes) -> Walk:
    start, blocks = gif_blocks(data)
    names = {b"\x21\xf9": "control", b"\x21\xff": "application", b"\x21\xfe": "comment", b"\x21\x01": "text"}
    parts = set()
    for block in blocks:
        name = "image" if block[0] == 0x2C else names.get(block[:2], "unknown")
        parts.add("XMP" if block[3:14] == b"XMP DataXMP" else name)
    return start + sum(map(len, blocks)) + 1, parts


_WALKS: dict[ImageFormat, Callable[[bytes], Walk]] = {
    "jpeg": _jpeg,
    "png": _png,
    "webp": _webp,
    "avif": _avif,
    "gif": _gif,
    "tiff": tiff.walk,
}
