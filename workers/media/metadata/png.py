"""PNG and APNG: text, EXIF and provenance chunks.

Formats: W3C PNG Third Edition (eXIf, iTXt, tEXt, zTXt); ISO 16684-3 (XMP in iTXt); the "Raw profile type" texts
that ImageMagick and others write; C2PA 2.1 (caBX).
"""

from __future__ import annotations

import re
import zlib

from workers.media.metadata import iptc
from workers.media.metadata.source import BLOCK_LIMIT, Blocks, Broken, Source
from workers.media.metadata.text import decoded

INFLATE_LIMIT = 4 * 1024 * 1024
"""Longest inflated text (bytes); beyond it the text is ignored, however small it was deflated."""
_CHUNKS_LIMIT = 100_000
_WANTED = {b"eXIf", b"iTXt", b"tEXt", b"zTXt", b"caBX"}
_TEXTS = {"Author": "artist", "Copyright": "copyright", "Title": "title", "Description": "description"}
_HEX = re.compile(rb"[0-9A-Fa-f]*\Z")


def read(source: Source, blocks: Blocks) -> None:
    """Collect the metadata chunks; `Broken` when chunks overrun the file."""
    place = 8
    for _ in range(_CHUNKS_LIMIT):
        if place + 12 > source.size:
            return
        head = source.take(place, 8)
        length, kind = int.from_bytes(head[:4], "big"), head[4:]
        if kind == b"IEND":
            return
        if kind in _WANTED:
            if length > BLOCK_LIMIT:
                blocks.warn("metadata_ignored")
            else:
                _chunk(kind, source.take(place + 8, length), blocks)
        place += 12 + length


def _chunk(kind: bytes, data: bytes, blocks: Blocks) -> None:
    if kind == b"eXIf":
        blocks.add_exif(data)
    elif kind == b"caBX":
        blocks.c2pa = True
    else:
        keyword, _, rest = data.partition(b"\0")
        try:
            value = _value(kind, rest)
        except Broken:
            blocks.warn("metadata_ignored")
            return
        _text(keyword.decode("latin-1"), value, blocks)


def _value(kind: bytes, rest: bytes) -> bytes:
    if kind == b"tEXt":
        return rest
    if kind == b"zTXt":
        return _inflated(rest[1:])
    compressed = rest[:1] == b"\1"
    text = rest[2:].split(b"\0", 2)[-1]
    return _inflated(text) if compressed else text


def _inflated(data: bytes) -> bytes:
    """Inflate at most `INFLATE_LIMIT` bytes; `Broken` for more and for what is no zlib stream."""
    machine = zlib.decompressobj()
    try:
        text = machine.decompress(data, INFLATE_LIMIT)
    except zlib.error as error:
        raise Broken("no zlib stream") from error
    if machine.unconsumed_tail or not machine.eof:
        raise Broken("too long")
    return text


def _text(keyword: str, value: bytes, blocks: Blocks) -> None:
    if keyword == "XML:com.adobe.xmp":
        blocks.add_xmp(value)
    elif keyword in _TEXTS:
        blocks.add_tag(_TEXTS[keyword], decoded(value[:BLOCK_LIMIT]))
    elif keyword.startswith("Raw profile type "):
        _raw_profile(keyword.removeprefix("Raw profile type ").lower(), value, blocks)


def _raw_profile(kind: str, value: bytes, blocks: Blocks) -> None:
    """Take a profile written as text: its name, its length, then hex digits in lines."""
    fields = value.split(None, 2)
    if len(fields) < 3 or kind not in ("exif", "app1", "xmp", "iptc"):
        return
    digits = b"".join(fields[2].split())
    if not _HEX.match(digits) or len(digits) % 2:
        blocks.warn("metadata_ignored")
        return
    data = bytes.fromhex(digits.decode("ascii"))
    if kind == "iptc":
        try:
            blocks.iptc = iptc.from_resources(data) if data[:4] == b"8BIM" else data
        except Broken:
            blocks.warn("iptc_damaged")
    elif data[:4] == b"Exif" or data[:2] in (b"II", b"MM"):
        blocks.add_exif(data)
    else:
        blocks.add_xmp(data.partition(b"\0")[2] if data.startswith(b"http") else data)
