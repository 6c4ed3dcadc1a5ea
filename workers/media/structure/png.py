"""The structure of a PNG or APNG (PNG specification, third edition): chunks, size, frames, and whether it ends."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from workers.media.errors import Damaged
from workers.media.limits import Limits
from workers.media.structure.header import Bytes, Header, check, check_metadata, corrupt, truncated

_COMPONENTS = {0: 1, 2: 3, 3: 3, 4: 2, 6: 4}
"""Colours of a colour type; a palette (3) holds three."""
_DEPTHS = {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}
_METADATA = {b"tEXt", b"zTXt", b"iTXt", b"iCCP", b"eXIf", b"caBX"}
_READ = _METADATA | {b"IHDR", b"acTL"}
"""Chunks whose content is looked at; pixels stay where they are."""
_COMPRESSED = {b"iCCP", b"zTXt", b"iTXt"}
_CHUNKS_LIMIT = 100_000


def read(data: Bytes, limits: Limits) -> Header:
    """Return what the chunks say; raises `Damaged` (also when data follows no closing chunk) and `TooLarge`."""
    header: Header | None = None
    frames, metadata, pixels_seen, end = 1, 0, False, 0
    for kind, body, after in _chunks(data):
        if header is None:
            header = _size(kind, body)
            check(header, limits)  # before anything else of the file is looked at
        elif kind == b"acTL" and not pixels_seen:
            frames = max(1, int.from_bytes(body[:4]))
        elif kind == b"IDAT":
            pixels_seen = True
        elif kind in _METADATA:
            metadata += len(body) + _inflated(kind, bytes(body), limits.metadata_bytes)
            check_metadata(metadata, limits)
        elif kind == b"IEND":
            end = after
    if header is None or not end or not pixels_seen:
        raise truncated("no closing chunk")
    return Header(
        header.width,
        header.height,
        frames,
        header.bit_depth,
        header.components,
        warnings=("trailing_data",) if end < len(data) else (),
    )


def _chunks(data: Bytes) -> Iterator[tuple[bytes, bytes, int]]:
    """Yield name, content and the offset after each chunk, up to and with the closing one."""
    at = 8
    for _ in range(_CHUNKS_LIMIT):
        if at + 12 > len(data):
            return
        length, kind = int.from_bytes(data[at : at + 4]), bytes(data[at + 4 : at + 8])
        after = at + 12 + length
        if after > len(data):
            if kind == b"IHDR":
                raise corrupt("IHDR")
            return
        yield kind, data[at + 8 : at + 8 + (length if kind in _READ else 0)], after
        if kind == b"IEND":
            return
        at = after
    raise corrupt("too many chunks")


def _size(kind: bytes, body: bytes) -> Header:
    if kind != b"IHDR" or len(body) != 13:
        raise corrupt("no IHDR")
    width, height, depth, colour = int.from_bytes(body[:4]), int.from_bytes(body[4:8]), body[8], body[9]
    if depth not in _DEPTHS.get(colour, ()):
        raise Damaged(
            "The picture states a colour type that PNG does not have. Export it again and send that.",
            code="corrupt",
            detail=f"colour type {colour}, depth {depth}",
        )
    return Header(width, height, bit_depth=depth, components=_COMPONENTS[colour])


def _inflated(kind: bytes, body: bytes, limit: int) -> int:
    """Return how large a compressed text or profile becomes, looking at no more than `limit` bytes of it."""
    if kind not in _COMPRESSED:
        return 0
    start = body.find(b"\0") + 1
    if kind == b"iTXt":
        if body[start : start + 1] != b"\1":
            return 0
        language_end = body.find(b"\0", start + 2) + 1
        start = body.find(b"\0", language_end) + 1
    else:
        start += 1
    machine = zlib.decompressobj()
    try:
        return len(machine.decompress(body[start:], limit + 1))
    except zlib.error:
        return 0  # the decoder says what it thinks of it
