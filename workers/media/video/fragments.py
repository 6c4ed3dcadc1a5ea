"""Reads the fragments of an MP4 (ISO 14496-12, 8.8): where each lies, its length, and whether one may begin there."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

from workers.media.errors import MediaError

_IDR = 5
_DURATION, _SIZE, _FLAGS, _OFFSET = 0x100, 0x200, 0x400, 0x800
_HEAD_DURATION, _HEAD_SIZE = 0x8, 0x10
_HEAD_FIELDS = ((0x1, 8), (0x2, 4))
"""Optional fields of `tfhd` before the duration: base of the data, and description of the samples."""


@dataclass(frozen=True)
class Fragment:
    """One `moof` with its `mdat`."""

    start: int
    """In bytes of the file."""
    length: int
    begins_s: Fraction
    """When its first picture is shown: decoded then, and shifted by what its sample says."""
    lasts_s: Fraction
    clean: bool
    """Whether its first picture is an IDR picture of H.264, before which a player needs nothing; sound is always so."""


@dataclass(frozen=True)
class Fragmented:
    """What a file is made of: `head` bytes that say how to decode, then fragments."""

    head: int
    codec: str
    """As playlists name it (RFC 6381)."""
    fragments: tuple[Fragment, ...]


@dataclass(frozen=True)
class _Box:
    kind: bytes
    start: int
    """Of its contents."""
    end: int
    begins: int


def read(path: Path) -> Fragmented:
    """Read a file of our own with one track. Raises `MediaError` (`output_invalid`) for what is no such file."""
    return parse(path.read_bytes())


def parse(data: bytes) -> Fragmented:
    """Do the same with the bytes of such a file."""
    try:
        return _read(data)
    except (struct.error, StopIteration, IndexError, ZeroDivisionError) as error:
        raise MediaError(
            "The pieces of the video cannot be read again. Try again.", code="output_invalid", detail=repr(error)
        ) from error


def _read(data: bytes) -> Fragmented:
    top = list(_boxes(data, 0, len(data)))
    moov = next(box for box in top if box.kind == b"moov")
    media = _inside(data, moov, b"trak", b"mdia")
    scale = _timescale(data, _inside(data, media, b"mdhd"))
    usual = struct.unpack_from(">I", data, _inside(data, moov, b"mvex", b"trex").start + 12)[0]
    codec = _codec(data, _inside(data, media, b"minf", b"stbl", b"stsd"))
    fragments = tuple(
        _fragment(data, box, after, (scale, usual), video=codec.startswith("avc"))
        for box, after in pairwise(top)
        if box.kind == b"moof" and after.kind == b"mdat"
    )
    return Fragmented(moov.end, codec, fragments)


def _boxes(data: bytes, at: int, end: int) -> Iterator[_Box]:
    while at + 8 <= end:
        length, kind = struct.unpack_from(">I4s", data, at)
        head = 8
        if length == 1:
            (length,) = struct.unpack_from(">Q", data, at + 8)
            head = 16
        yield _Box(kind, at + head, at + length, at)
        at += max(length, head)


def _inside(data: bytes, box: _Box, *way: bytes) -> _Box:
    for kind in way:
        box = next(one for one in _boxes(data, box.start, box.end) if one.kind == kind)
    return box


def _timescale(data: bytes, header: _Box) -> int:
    return int(struct.unpack_from(">I", data, header.start + (20 if data[header.start] == 1 else 12))[0])


def _codec(data: bytes, described: _Box) -> str:
    """Return the name of the only sample description: profile and level of H.264 stand in its `avcC`."""
    entry = next(_boxes(data, described.start + 8, described.end))
    if entry.kind != b"avc1":
        return "mp4a.40.2"
    inner = next(box for box in _boxes(data, entry.start + 78, entry.end) if box.kind == b"avcC")
    return "avc1." + data[inner.start + 1 : inner.start + 4].hex()


def _fragment(data: bytes, moof: _Box, mdat: _Box, usual: tuple[int, int], *, video: bool) -> Fragment:
    scale, duration = usual
    track = _inside(data, moof, b"traf")
    head, run = _inside(data, track, b"tfhd"), _inside(data, track, b"trun")
    began = _inside(data, track, b"tfdt")
    begins = struct.unpack_from(">Q" if data[began.start] == 1 else ">I", data, began.start + 4)[0]
    flags = struct.unpack_from(">I", data, head.start)[0] & 0xFFFFFF
    at, size = head.start + 8 + sum(length for bit, length in _HEAD_FIELDS if flags & bit), 0
    if flags & _HEAD_DURATION:
        duration = struct.unpack_from(">I", data, at)[0]
        at += 4
    if flags & _HEAD_SIZE:
        size = struct.unpack_from(">I", data, at)[0]
    lasts, where, first, shift = _run(data, run, duration, size)
    start = moof.begins + where
    clean = not video or _idr(data, start, start + first)
    begins_s = Fraction(begins + shift, scale)
    return Fragment(moof.begins, mdat.end - moof.begins, begins_s, Fraction(lasts, scale), clean)


def _run(data: bytes, run: _Box, duration: int, size: int) -> tuple[int, int, int, int]:
    """Return how long a run lasts, where its data begin from the fragment on; of its first sample size and shift."""
    flags, count = struct.unpack_from(">II", data, run.start)
    flags &= 0xFFFFFF
    at, where = run.start + 8, 0
    if flags & 0x1:
        where = struct.unpack_from(">i", data, at)[0]
        at += 4
    at += 4 if flags & 0x4 else 0
    present = [bit for bit in (_DURATION, _SIZE, _FLAGS, _OFFSET) if flags & bit]
    lasts, first, shift = 0, size, 0
    for number in range(count):
        values = dict(zip(present, struct.unpack_from(f">{len(present)}I", data, at), strict=True))
        at += 4 * len(present)
        lasts += values.get(_DURATION, duration)
        if number == 0:
            first, shift = values.get(_SIZE, size), values.get(_OFFSET, 0)
    # Version 1 counts with a sign: what is decoded before it is shown need not be shown later for that.
    signed = shift - (1 << 32) if data[run.start] == 1 and shift >> 31 else shift
    return lasts, where, first, signed


def _idr(data: bytes, at: int, end: int) -> bool:
    """Whether a sample holds an IDR picture: its units have four bytes of length before them (ISO 14496-15)."""
    while at + 5 <= end:
        if data[at + 4] & 0x1F == _IDR:
            return True
        at += 4 + int(struct.unpack_from(">I", data, at)[0])
    return False
