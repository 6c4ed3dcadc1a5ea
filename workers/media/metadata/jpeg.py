"""JPEG: the application segments in front of the picture.

Formats: ITU-T T.81 annex B; CIPA DC-008 (APP1 Exif); ISO 16684-3 (APP1 XMP and its extension); Photoshop (APP13);
ISO 19566-5 and C2PA 2.1, "Embedding manifests into JPEG" (APP11).
"""

from __future__ import annotations

import hashlib

from workers.media.metadata import iptc
from workers.media.metadata.source import Blocks, Broken, Excessive, Source
from workers.media.metadata.xmp import PACKET_LIMIT

_SEGMENTS_LIMIT = 5_000
_XMP = b"http://ns.adobe.com/xap/1.0/\0"
_EXTENSION = b"http://ns.adobe.com/xmp/extension/\0"
_PHOTOSHOP = b"Photoshop 3.0\0"
_C2PA = bytes.fromhex("6332706100110010800000aa00389b71")
_START_OF_SCAN, _END = 0xDA, 0xD9
_STANDALONE = {0x01, *range(0xD0, 0xD9)}


class _Extension:
    """The parts of an extended XMP packet, put together when they fit."""

    def __init__(self) -> None:
        self._parts: dict[bytes, dict[int, bytes]] = {}
        self._lengths: dict[bytes, int] = {}
        self._room = PACKET_LIMIT

    def add(self, payload: bytes) -> None:
        """Remember one part: MD5 in 32 hex digits, full length, offset, bytes; `Excessive` beyond the limit."""
        if len(payload) < 40:
            raise Broken("no part")
        self._room -= len(payload)
        if self._room < 0:
            self._parts.clear()
            raise Excessive("too large")
        digest = payload[:32].upper()
        self._lengths.setdefault(digest, int.from_bytes(payload[32:36], "big"))
        self._parts.setdefault(digest, {})[int.from_bytes(payload[36:40], "big")] = payload[40:]

    def __bool__(self) -> bool:
        return bool(self._parts)

    def joined(self) -> bytes | None:
        """Return the whole packet, or None where parts are missing, overlap or are altered."""
        for digest, parts in self._parts.items():
            whole = b"".join(parts[offset] for offset in sorted(parts))
            # MD5 is what the format asks for; here it only detects accidents.
            found = hashlib.md5(whole, usedforsecurity=False).hexdigest().upper()
            if len(whole) == self._lengths[digest] and found.encode() == digest:
                return whole
        return None


def read(source: Source, blocks: Blocks) -> None:
    """Collect the metadata blocks in front of the first scan; `Broken` when the segments overrun."""
    photoshop: list[bytes] = []
    extension = _Extension()
    try:
        _segments(source, blocks, photoshop, extension)
    finally:
        _finish(blocks, photoshop, extension)


def _segments(source: Source, blocks: Blocks, photoshop: list[bytes], extension: _Extension) -> None:
    place = 2
    for _ in range(_SEGMENTS_LIMIT):
        if source.number(place, 1) != 0xFF:
            raise Broken("no marker")
        marker = source.number(place + 1, 1)
        if marker == 0xFF:
            place += 1
            continue
        if marker in (_START_OF_SCAN, _END):
            return
        place += 2
        if marker in _STANDALONE:
            continue
        length = source.number(place, 2)
        if length < 2:
            raise Broken("segment without length")
        if marker in (0xE1, 0xEB, 0xED):
            payload = source.take(place + 2, length - 2)
            if payload.startswith(_EXTENSION):
                _extend(extension, payload[len(_EXTENSION) :], blocks)
            elif marker == 0xED and payload.startswith(_PHOTOSHOP):
                photoshop.append(payload[len(_PHOTOSHOP) :])
            else:
                _segment(marker, payload, blocks)
        place += length


def _extend(extension: _Extension, payload: bytes, blocks: Blocks) -> None:
    try:
        extension.add(payload)
    except Excessive:
        blocks.warn("xmp_ignored")
    except Broken:
        blocks.warn("xmp_damaged")


def _segment(marker: int, payload: bytes, blocks: Blocks) -> None:
    if marker == 0xE1 and payload[:6] in (b"Exif\0\0", b"Exif\0\xff"):
        blocks.add_exif(payload)
    elif marker == 0xE1 and payload.startswith(_XMP):
        blocks.add_xmp(payload[len(_XMP) :])
    elif marker == 0xEB and payload[:2] == b"JP" and payload[12:16] == b"jumb" and _C2PA in payload[16:48]:
        blocks.c2pa = True


def _finish(blocks: Blocks, photoshop: list[bytes], extension: _Extension) -> None:
    if photoshop:
        try:
            blocks.iptc = iptc.from_resources(b"".join(photoshop))
        except Broken:
            blocks.warn("iptc_damaged")
    if extension:
        blocks.xmp_extended = extension.joined()
        if blocks.xmp_extended is None:
            blocks.warn("xmp_damaged")
