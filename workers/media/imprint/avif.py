"""Exchanges XMP and EXIF in an AVIF: both are items in its media data, found by the item location box.

Sources: ISO/IEC 14496-12 (8.11.1 `meta`, 8.11.3 `iloc`), ISO/IEC 23008-12 annex A (the four bytes before EXIF). Written
for the files of this engine: each item in one piece, at a 32-bit place counted from the start of the file.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from workers.media.errors import MediaError
from workers.media.imprint.movie import boxes

PACKET_START = b'<?xpacket begin="'
_TIFF = b"MM\0\x2a"
_NOTHING = _TIFF + b"\0\0\0\x08" + bytes(6)
"""A TIFF structure with one directory of no entries."""
_EXIF_HEAD = 4
_META_HEAD, _BOX_HEAD = 12, 8
_FOUR_BYTES = 0x44


@dataclass(frozen=True)
class _Item:
    """Where an item lies, and where the file says so: two numbers of 32 bits."""

    said: int
    start: int
    length: int


def replace(data: bytes, xmp: bytes, exif: bytes) -> bytes:
    """Return the picture with other XMP, and other EXIF where it has some; nothing becomes EXIF that says nothing.

    All coded pictures stay byte for byte. Raises `MediaError` (`output_invalid`): no such file, or one without XMP.
    """
    try:
        items = _items(data)
    except (struct.error, IndexError, ValueError) as error:
        raise MediaError("The file is not a complete avif.", code="output_invalid", detail=str(error)) from error
    new: dict[int, bytes] = {}
    for item in items:
        content = data[item.start : item.start + item.length]
        if content.startswith(PACKET_START):
            new[item.start] = xmp
        elif content[_EXIF_HEAD : _EXIF_HEAD + len(_TIFF)] == _TIFF:
            new[item.start] = content[:_EXIF_HEAD] + (exif or _NOTHING)
    if xmp not in new.values():
        raise MediaError("The picture has no metadata that could be exchanged.", code="output_invalid")
    return _rebuilt(data, items, new)


def _items(data: bytes) -> list[_Item]:
    """Return all items of the `iloc` box; raises `ValueError` for what this engine does not write."""
    found = {kind: (start, end) for kind, start, end in boxes(data)}
    if b"ftyp" not in found or b"meta" not in found:
        raise ValueError("no meta box")
    begin, end = found[b"meta"]
    inside = data[begin + _META_HEAD : end]
    place = next((start for kind, start, _ in boxes(inside) if kind == b"iloc"), None)
    if place is None:
        raise ValueError("no item locations")
    at = begin + _META_HEAD + place + _BOX_HEAD
    version, sizes, count = data[at], data[at + 4], struct.unpack_from(">H", data, at + 6)[0]
    if version > 1 or sizes != _FOUR_BYTES or data[at + 5] & 0xF0:
        raise ValueError("item locations of another form")
    at += 8
    items = []
    for _ in range(count):
        method = struct.unpack_from(">H", data, at + 2)[0] & 0xF if version else 0
        at += 6 if version else 4  # id, how it is counted, reference
        (extents,) = struct.unpack_from(">H", data, at)
        if method or extents != 1:
            raise ValueError("an item that is not in one piece")
        items.append(_Item(at + 2, *struct.unpack_from(">II", data, at + 2)))
        at += 10
    return items


def _rebuilt(data: bytes, items: list[_Item], new: dict[int, bytes]) -> bytes:
    draft = bytearray(data)
    grown = {item.start: len(new[item.start]) - item.length for item in items if item.start in new}
    for item in items:
        moved = sum(by for start, by in grown.items() if start < item.start)
        struct.pack_into(">II", draft, item.said, item.start + moved, item.length + grown.get(item.start, 0))
    for _, start, end in boxes(data):
        length = struct.unpack_from(">I", data, start)[0]
        more = sum(by for place, by in grown.items() if start <= place < end)
        if more and length > 1:
            struct.pack_into(">I", draft, start, length + more)
        elif more and length == 1:
            raise MediaError("The picture is too large.", code="output_invalid")
    for item in sorted(items, key=lambda one: one.start, reverse=True):
        if item.start in new:
            draft[item.start : item.start + item.length] = new[item.start]
    return bytes(draft)
