"""User data and metadata of MP4, MOV, M4V and 3GP movies, named as ffmpeg names them.

Formats: Apple, "QuickTime File Format" (user data, `keys` and `ilst`); 3GPP TS 26.244 clause 8 (`loci`, `auth`);
ISO 6709 annex H for places.
"""

from __future__ import annotations

import struct
from datetime import UTC, datetime, timedelta

from workers.media.metadata.boxes import Box, body, children
from workers.media.metadata.source import Blocks, Broken, Source
from workers.media.metadata.text import decoded, utf16

_KEYS_LIMIT = 1_000
_VALUE_LIMIT = 64 * 1024
_EPOCH = datetime(1904, 1, 1, tzinfo=UTC)

_NAMES = {
    b"\xa9xyz": "location",
    b"\xa9ART": "artist",
    b"\xa9aut": "author",
    b"\xa9cpy": "copyright",
    b"cprt": "copyright",
    b"auth": "author",
    b"perf": "artist",
    b"\xa9mak": "make",
    b"\xa9mod": "model",
    b"\xa9day": "date",
    b"\xa9nam": "title",
    b"titl": "title",
    b"\xa9des": "description",
    b"desc": "description",
    b"dscp": "description",
    b"\xa9cmt": "comment",
}
_THREE_GPP = {b"cprt", b"auth", b"perf", b"titl", b"dscp"}


def read(source: Source, moov: Box, blocks: Blocks) -> None:
    """Collect the texts of a `moov` box, its user data and its metadata boxes."""
    for box in children(source, moov):
        if box.kind == b"udta":
            _user_data(source, box, blocks)
        elif box.kind == b"meta":
            _metadata(source, box, blocks)
        elif box.kind == b"mvhd":
            _created(source, box, blocks)


def _created(source: Source, box: Box, blocks: Blocks) -> None:
    width = 8 if source.number(box.start, 1) == 1 else 4
    seconds = source.number(box.start + 4, width)
    # Zero is "unknown"; beyond 32 bits no clock was right.
    if 0 < seconds < 1 << 32:
        blocks.add_tag("creation_time", (_EPOCH + timedelta(seconds=seconds)).isoformat())


def _user_data(source: Source, udta: Box, blocks: Blocks) -> None:
    for box in children(source, udta):
        if box.kind == b"meta":
            _metadata(source, box, blocks)
        elif box.kind == b"XMP_":
            blocks.add_xmp(body(source, box))
        elif box.kind == b"loci":
            blocks.add_tag("location_3gpp", _loci(body(source, box)))
        elif box.kind in _NAMES and box.length <= _VALUE_LIMIT:
            blocks.add_tag(_NAMES[box.kind], _user_text(box.kind, body(source, box)))


def _user_text(kind: bytes, data: bytes) -> str | None:
    """Decode a text of user data: QuickTime's (length, language), 3GPP's (full box, language) or an `ilst` value."""
    if kind in _THREE_GPP:
        text = data[6:]
        return utf16(text) if text[:2] in (b"\xff\xfe", b"\xfe\xff") else decoded(text.split(b"\0", 1)[0])
    if data[4:8] == b"data":
        return decoded(data[16:])
    length = int.from_bytes(data[:2], "big")
    return decoded(data[4 : 4 + length]) if 0 < length <= len(data) - 4 else None


def _loci(data: bytes) -> str | None:
    """Turn a 3GPP place (longitude before latitude, 16.16 fixed point) into ISO 6709."""
    name = data[6:]
    if name[:2] in (b"\xff\xfe", b"\xfe\xff"):
        end = next((place for place in range(2, len(name) - 1, 2) if name[place : place + 2] == b"\0\0"), -2)
        rest = name[end + 2 :] if end >= 0 else b""
    else:
        rest = name.partition(b"\0")[2]
    if len(rest) < 9:
        return None
    longitude, latitude = struct.unpack(">ii", rest[1:9])
    return f"{latitude / 65536:+010.6f}{longitude / 65536:+011.6f}/"


def _metadata(source: Source, meta: Box, blocks: Blocks) -> None:
    """Read `keys` and `ilst`; QuickTime's `meta` is a plain box, that of ISO a full box."""
    skip = 0 if source.take(meta.start, 8)[4:] in (b"hdlr", b"keys", b"ilst") else 4
    parts = {box.kind: box for box in children(source, meta, skip=skip)}
    if b"ilst" not in parts:
        return
    keys = _keys(source, parts[b"keys"]) if b"keys" in parts else {}
    for box in children(source, parts[b"ilst"]):
        name = keys.get(int.from_bytes(box.kind, "big")) or _NAMES.get(box.kind)
        if name is None:
            continue
        for value in children(source, box):
            if value.kind == b"data" and 8 <= value.length <= _VALUE_LIMIT:
                blocks.add_tag(name, _data_text(body(source, value)))


def _data_text(data: bytes) -> str | None:
    """Decode a value by its well-known type: 1 is UTF-8, 2 is UTF-16; others are not text."""
    kind = int.from_bytes(data[:4], "big")
    if kind in (0, 1):
        return decoded(data[8:])
    return utf16(data[8:], big=True) if kind == 2 else None


def _keys(source: Source, box: Box) -> dict[int, str]:
    """Return the names of the `ilst` entries by their index from 1."""
    count = min(source.number(box.start + 4, 4), _KEYS_LIMIT)
    found: dict[int, str] = {}
    place = box.start + 8
    for index in range(1, count + 1):
        if place + 8 > box.end:
            raise Broken("keys overrun")
        length = source.number(place, 4)
        if length < 8 or place + length > box.end or length > 1_024:
            raise Broken("key overruns")
        found[index] = decoded(source.take(place + 8, length - 8)).lower()
        place += length
    return found
