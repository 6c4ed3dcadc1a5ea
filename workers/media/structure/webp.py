"""The structure of a WebP (RFC 9649): canvas, frames, and whether it ends."""

from __future__ import annotations

from collections.abc import Iterator

from workers.media.limits import Limits
from workers.media.structure.header import Bytes, Header, check, check_metadata, corrupt, truncated

_METADATA = {b"ICCP", b"EXIF", b"XMP "}


def read(data: Bytes, limits: Limits) -> Header:
    """Return what the chunks say; raises `Damaged` when the file is shorter than it states, and `TooLarge`."""
    end = 8 + int.from_bytes(data[4:8], "little")
    if end > len(data):
        raise truncated(f"{len(data)} of {end} bytes")
    size: tuple[int, int] | None = None
    frames, metadata, alpha = 0, 0, False
    for kind, length, body in _chunks(data, end):
        if size is None:
            size, alpha = _size(kind, body)
            check(Header(*size), limits)
        if kind == b"ANMF":
            frames += 1
        elif kind in _METADATA:
            metadata += length
    if size is None:
        raise corrupt("no picture")
    check_metadata(metadata, limits)
    # RFC 9649: a file may be padded to an even length
    trailing = len(data) > end + (end & 1)
    return Header(
        size[0], size[1], max(1, frames), 8, 4 if alpha else 3, warnings=("trailing_data",) if trailing else ()
    )


def _chunks(data: Bytes, end: int) -> Iterator[tuple[bytes, int, bytes]]:
    at = 12
    while at + 8 <= end:
        length = int.from_bytes(data[at + 4 : at + 8], "little")
        if at + 8 + length > end:
            raise truncated("chunk")
        yield data[at : at + 4], length, data[at + 8 : at + 8 + min(length, 16)]
        at += 8 + length + (length & 1)


def _size(kind: bytes, body: bytes) -> tuple[tuple[int, int], bool]:
    """Return the canvas and whether there is alpha, from whichever of three chunks comes first."""
    if kind == b"VP8X" and len(body) >= 10:
        width, height = int.from_bytes(body[4:7], "little") + 1, int.from_bytes(body[7:10], "little") + 1
        return (width, height), bool(body[0] & 0x10)
    if kind == b"VP8 " and len(body) >= 10 and body[3:6] == b"\x9d\x01\x2a":
        width, height = (int.from_bytes(body[at : at + 2], "little") & 0x3FFF for at in (6, 8))
        return (width, height), False
    if kind == b"VP8L" and len(body) >= 5 and body[0] == 0x2F:
        bits = int.from_bytes(body[1:5], "little")
        return ((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1), bool(bits >> 28 & 1)
    raise corrupt(f"first chunk {kind!r}")
