"""Colour spaces that a file names by numbers instead of carrying a profile (CICP, ITU-T H.273).

HEIC and AVIF state them in a `colr` box of type `nclx` (ISO 14496-12, 12.1.5), PNG in a `cICP` chunk (PNG 3rd edition,
11.3.2.6). Only primaries wider than sRGB with an ordinary transfer count: HDR curves (PQ, HLG) are left as they are.
"""

from __future__ import annotations

import struct
from functools import cache
from pathlib import Path

from workers.media.metadata.boxes import body, boxes, children
from workers.media.metadata.source import Broken, Source

_BT2020, _DISPLAY_P3 = 9, 12
_ORDINARY = {1, 6, 13, 14, 15}
"""Transfers that differ too little from sRGB's to matter on a screen; browsers treat them alike."""
_CHUNKS_LIMIT = 1000
_ILLUMINANT = (0.9642, 1.0, 0.8249)
_COLUMNS: dict[int, tuple[tuple[float, float, float], ...]] = {
    _DISPLAY_P3: ((0.51512, 0.24120, -0.00105), (0.29198, 0.69225, 0.04189), (0.15710, 0.06657, 0.78407)),
    _BT2020: ((0.67348, 0.27904, -0.00193), (0.16566, 0.67535, 0.02998), (0.12505, 0.04561, 0.79686)),
}
"""XYZ of red, green and blue under D50 (Bradford), of the primaries in H.273 table 2."""
_SRGB_CURVE = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
"""IEC 61966-2-1 as a parametric curve of type 3 (ICC.1:2022, 10.18)."""


def profile(path: Path, name: str) -> bytes | None:
    """Return an ICC profile of the wide colour space that a file names by numbers; None where it names none.

    `name` is the format as `sniff` tells it. A file that contradicts itself names nothing.
    """
    if name not in _READERS:
        return None
    with path.open("rb") as stream:
        source = Source(stream, stream.seek(0, 2))
        try:
            primaries, transfer = _READERS[name](source)
        except Broken:
            return None
    return _made(primaries) if primaries in _COLUMNS and transfer in _ORDINARY else None


def _heif(source: Source) -> tuple[int, int]:
    """Read the first `nclx` of the item properties: the primary picture's, where writers put it."""
    top = {box.kind: box for box in boxes(source, 0, source.size) if box.kind in (b"ftyp", b"meta")}
    parts = {box.kind: box for box in children(source, top[b"meta"], skip=4)} if b"meta" in top else {}
    tables = {box.kind: box for box in children(source, parts[b"iprp"])} if b"iprp" in parts else {}
    for box in children(source, tables[b"ipco"]) if b"ipco" in tables else ():
        content = body(source, box) if box.kind == b"colr" else b""
        if content.startswith(b"nclx") and len(content) >= 8:
            return int.from_bytes(content[4:6]), int.from_bytes(content[6:8])
    return 0, 0


def _png(source: Source) -> tuple[int, int]:
    place = 8
    for _ in range(_CHUNKS_LIMIT):
        length, kind = source.number(place, 4), source.take(place + 4, 4)
        if kind == b"cICP" and length == 4:
            return source.number(place + 8, 1), source.number(place + 9, 1)
        if kind in (b"IDAT", b"IEND"):
            break
        place += 12 + length
    return 0, 0


_READERS = {"heic": _heif, "heif": _heif, "avif": _heif, "png": _png}


def _fixed(*values: float) -> bytes:
    return b"".join(struct.pack(">i", round(value * 65536)) for value in values)


@cache
def _made(primaries: int) -> bytes:
    """Return a display profile of matrix and curve (ICC.1:2022, 8.3.3)."""
    xyz, curve = b"XYZ \0\0\0\0", b"para\0\0\0\0" + struct.pack(">HH", 3, 0) + _fixed(*_SRGB_CURVE)
    text = b"mluc\0\0\0\0" + struct.pack(">II2s2sII", 1, 12, b"en", b"US", 2, 28) + "-".encode("utf-16-be")
    tags = {b"desc": text, b"cprt": text, b"wtpt": xyz + _fixed(*_ILLUMINANT)}
    for letter, column in zip(b"rgb", _COLUMNS[primaries], strict=True):
        tags[bytes([letter]) + b"XYZ"] = xyz + _fixed(*column)
        tags[bytes([letter]) + b"TRC"] = curve
    table, values, place = struct.pack(">I", len(tags)), b"", 132 + 12 * len(tags)
    for tag, value in tags.items():
        table += tag + struct.pack(">II", place + len(values), len(value))
        values += value + b"\0" * (-len(value) % 4)
    date = struct.pack(">6H", 2000, 1, 1, 0, 0, 0)
    head = struct.pack(">4xI4s4s4s12s4s", 0x04400000, b"mntr", b"RGB ", b"XYZ ", date, b"acsp")
    head += b"\0" * 28 + _fixed(*_ILLUMINANT) + b"\0" * 48
    return struct.pack(">I", 128 + len(table) + len(values)) + head + table + values
