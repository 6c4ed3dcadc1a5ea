"""Takes a TIFF apart and puts metadata into it: the coded pixels stay byte for byte, the directory is written anew.

Sources: TIFF 6.0 (sections 2, 8 and 14), XMP specification part 3 (tag 700), ICC.1 annex B.4 (tag 34675). Written for
the files of this engine: little-endian, one picture in strips, its directory behind them.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from workers.media.imprint.container import Block, complete

_HEADS = {b"II*\0": "<", b"MM\0*": ">"}
"""How a file begins, and how its numbers are written."""
_BYTE, _SHORT, _LONG, _UNDEFINED = 1, 3, 4, 7
_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1}
"""Bytes of one value, by its kind; no others are written."""
_STRIPS, _LENGTHS, _XMP, _ICC = 273, 279, 700, 34675
PICTURE = {
    256: "ImageWidth",
    257: "ImageLength",
    258: "BitsPerSample",
    259: "Compression",
    262: "PhotometricInterpretation",
    _STRIPS: "StripOffsets",
    277: "SamplesPerPixel",
    278: "RowsPerStrip",
    _LENGTHS: "StripByteCounts",
    282: "XResolution",
    283: "YResolution",
    284: "PlanarConfiguration",
    296: "ResolutionUnit",
    317: "Predictor",
    338: "ExtraSamples",
}
"""What a reader needs to show the picture: tags that stay when metadata is exchanged, with their names."""
_METADATA = {315: "Artist", _XMP: "XMP", 33432: "Copyright", _ICC: "ICC"}
NAMES = PICTURE | _METADATA
"""All tags that this engine writes."""


@dataclass(frozen=True)
class _Entry:
    kind: int
    count: int
    value: bytes


@dataclass(frozen=True)
class _File:
    """A TIFF taken apart: its entries by tag, its strips, and every piece of the file that belongs to something."""

    entries: Mapping[int, _Entry]
    strips: tuple[tuple[int, int], ...]
    pieces: tuple[tuple[int, int], ...]


def replace(data: bytes, block: Block) -> bytes:
    """Return the file with `block` as its only metadata; raises `MediaError` (`output_invalid`): not such a file."""
    with complete("tiff"):
        found = _read(data)
        if not found.strips:
            raise ValueError("no strips")
        kept = {tag: entry for tag, entry in found.entries.items() if tag in PICTURE}
        return _written(kept | _entries(block), [data[start:end] for start, end in found.strips])


def profile(data: bytes) -> bytes:
    """Return the colour profile of the file, or nothing; raises `MediaError` (`output_invalid`): not such a file."""
    with complete("tiff"):
        return found.value if (found := _read(data).entries.get(_ICC)) else b""


def walk(data: bytes) -> tuple[int, set[str]]:
    """Return where the file ends by its own account, and the names of its tags.

    Raises `ValueError` or `struct.error` where it does not follow its format, or some bytes of it belong to nothing.
    """
    found = _read(data)
    at = 0
    for start, end in sorted(found.pieces):
        if start != at or data[end : end + end % 2].strip(b"\0"):
            raise ValueError(f"bytes that belong to nothing, or to two things, at {min(at, start)}")
        at = end + end % 2
    return at, {NAMES.get(tag, f"tag {tag}") for tag in found.entries}


def _entries(block: Block) -> dict[int, _Entry]:
    """Return the metadata as tags: what is EXIF elsewhere stands in the directory of the picture itself."""
    found = dict(_read(block.exif).entries) if block.exif else {}
    for tag, kind, value in ((_XMP, _BYTE, block.xmp), (_ICC, _UNDEFINED, block.icc)):
        if value:
            found[tag] = _Entry(kind, len(value), value)
    return found


def _read(data: bytes) -> _File:
    order = _HEADS.get(data[:4])
    if order is None:
        raise ValueError("no TIFF header")
    (place,) = struct.unpack_from(f"{order}I", data, 4)
    (count,) = struct.unpack_from(f"{order}H", data, place)
    end = place + 2 + 12 * count
    if struct.unpack_from(f"{order}I", data, end)[0]:
        raise ValueError("more than one picture")
    entries, pieces = {}, [(0, 8), (place, end + 4)]
    for at in range(place + 2, end, 12):
        tag, kind, number = struct.unpack_from(f"{order}HHI", data, at)
        size = _SIZES[kind] * number
        start = at + 8 if size <= 4 else struct.unpack_from(f"{order}I", data, at + 8)[0]
        if start + size > len(data):
            raise ValueError(f"tag {tag} reaches over the end")
        entries[tag] = _Entry(kind, number, data[start : start + size])
        pieces += [(start, start + size)] if size > 4 else []
    strips = tuple(_strips(entries, order, len(data)))
    return _File(entries, strips, (*pieces, *strips))


def _strips(entries: Mapping[int, _Entry], order: str, size: int) -> Iterator[tuple[int, int]]:
    if _STRIPS not in entries and _LENGTHS not in entries:
        return
    starts, lengths = (_numbers(entries[tag], order) for tag in (_STRIPS, _LENGTHS))
    for start, length in zip(starts, lengths, strict=True):
        if start + length > size:
            raise ValueError("a strip reaches over the end")
        yield start, start + length


def _numbers(entry: _Entry, order: str) -> tuple[int, ...]:
    return struct.unpack(f"{order}{entry.count}{'H' if entry.kind == _SHORT else 'I'}", entry.value)


def _written(entries: Mapping[int, _Entry], strips: list[bytes]) -> bytes:
    """Return a file of strips, directory and values, everything at an even place (TIFF 6.0, section 2)."""
    starts, at = [], 8
    for strip in strips:
        starts.append(at)
        at += len(strip) + len(strip) % 2
    lists = {_STRIPS: starts, _LENGTHS: [len(strip) for strip in strips]}
    all_of_them = dict(entries) | {
        tag: _Entry(_LONG, len(numbers), struct.pack(f"<{len(numbers)}I", *numbers)) for tag, numbers in lists.items()
    }
    table, values = struct.pack("<H", len(all_of_them)), b""
    behind = at + 2 + 12 * len(all_of_them) + 4
    for tag, entry in sorted(all_of_them.items()):
        table += struct.pack("<HHI", tag, entry.kind, entry.count)
        if len(entry.value) <= 4:
            table += entry.value.ljust(4, b"\0")
        else:
            table += struct.pack("<I", behind + len(values))
            values += entry.value + b"\0" * (len(entry.value) % 2)
    padded = b"".join(strip + b"\0" * (len(strip) % 2) for strip in strips)
    return b"II*\0" + struct.pack("<I", at) + padded + table + bytes(4) + values
