"""XMP in MP4 and MOV: one `uuid` box at the end of the file (XMP specification part 3, 2020, section 1.1.7).

Written last, because ffmpeg drops the box whenever it copies a movie. Some players expect the end of a fragmented file
to be a fragment, so there it stands near the beginning.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator

from workers.media.errors import MediaError

XMP_UUID = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
_HEAD = 8


def boxes(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Yield kind, start and end of each box at the top.

    Raises `MediaError` (`output_invalid`) where a box overruns the file.
    """
    at = 0
    while at < len(data):
        if at + _HEAD > len(data):
            raise _broken(at)
        length, kind = struct.unpack_from(">I4s", data, at)
        if length == 1 and at + 16 <= len(data):
            length = struct.unpack_from(">Q", data, at + _HEAD)[0]
        elif length == 0:
            length = len(data) - at
        if length < _HEAD or at + length > len(data):
            raise _broken(at)
        yield kind, at, at + length
        at += length


def replace(data: bytes, packet: bytes) -> bytes:
    """Return the movie with this packet as its only XMP at the top; all other boxes stay byte for byte.

    Raises `MediaError` (`output_invalid`): not an MP4 or MOV, cut, or fragmented.
    """
    found = list(boxes(data))
    kinds = [kind for kind, _, _ in found]
    if b"ftyp" not in kinds[:1] or b"moov" not in kinds or b"moof" in kinds:
        raise MediaError("The movie cannot take metadata at its end.", code="output_invalid")
    kept = bytearray()
    for kind, start, end in found:
        if kind == b"uuid" and data[start + _HEAD : start + _HEAD + 16] == XMP_UUID:
            continue
        # A length of 0 means "to the end of the file", which is no longer true once something follows.
        open_ended = data[start : start + 4] == bytes(4)
        kept += (struct.pack(">I", end - start) + data[start + 4 : end]) if open_ended else data[start:end]
    return bytes(kept) + tail(packet)


def insert(data: bytes, packet: bytes) -> bytes:
    """Return the fragmented movie with this packet as its only XMP, after its first box; all others stay as they are.

    What refers to fragments by their place in the file has to be written anew.
    Raises `MediaError` (`output_invalid`): not an MP4, cut, or with an index that names places (`sidx`, `mfra`).
    """
    found = list(boxes(data))
    kinds = [kind for kind, _, _ in found]
    if b"ftyp" not in kinds[:1] or b"moof" not in kinds or {b"sidx", b"mfra"} & set(kinds):
        raise MediaError("The movie cannot take metadata at its beginning.", code="output_invalid")
    kept = [
        data[start:end]
        for kind, start, end in found
        if not (kind == b"uuid" and data[start + _HEAD : start + _HEAD + 16] == XMP_UUID)
    ]
    box = struct.pack(">I4s", _HEAD + 16 + len(packet), b"uuid") + XMP_UUID + packet
    return b"".join([kept[0], box, *kept[1:]])


Slice = Callable[[int, int], bytes]
"""Gives the bytes of a file from one place to before another."""


def cut_of(size: int, part: Slice) -> int | None:
    """Return after how many bytes of a movie its packet begins, or is to be put; only the heads of boxes are read.

    None where the packet lies elsewhere than at the end, so that all of the file has to be written anew. Raises
    `MediaError` (`output_invalid`) as `replace`.
    """
    at, kinds, found = 0, [], None
    while at < size:
        if found is not None:
            return None
        head = part(at, min(at + _HEAD + 16, size))
        if len(head) < _HEAD:
            raise _broken(at)
        length, kind = struct.unpack_from(">I4s", head)
        if length == 1 and len(head) >= 16:
            length = struct.unpack_from(">Q", head, _HEAD)[0]
        elif length == 0:
            return None  # to the end of the file, which is no longer true once something follows
        if length < _HEAD or at + length > size:
            raise _broken(at)
        kinds.append(kind)
        if kind == b"uuid" and head[_HEAD : _HEAD + 16] == XMP_UUID:
            found = at
        at += length
    if b"ftyp" not in kinds[:1] or b"moov" not in kinds or b"moof" in kinds:
        raise MediaError("The movie cannot take metadata at its end.", code="output_invalid")
    return size if found is None else found


def tail(packet: bytes) -> bytes:
    """Return the box that ends a movie with its packet."""
    return struct.pack(">I4s", _HEAD + 16 + len(packet), b"uuid") + XMP_UUID + packet


def _broken(at: int) -> MediaError:
    return MediaError("The file is not a complete movie.", code="output_invalid", detail=f"box at {at}")
