"""Walking the boxes of ISO base media files (ISO 14496-12), with limits on number and size."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from workers.media.metadata.source import BLOCK_LIMIT, Broken, Source

BOXES_LIMIT = 20_000


@dataclass(frozen=True)
class Box:
    """One box: its four-byte type and where its body lies."""

    kind: bytes
    start: int
    end: int
    extended: bytes = b""
    """The 16 bytes that name a `uuid` box."""

    @property
    def length(self) -> int:
        """Bytes of the body."""
        return self.end - self.start


def boxes(source: Source, start: int, end: int) -> Iterator[Box]:
    """Yield the boxes between two offsets; `Broken` when one overruns its parent or there are too many."""
    place = start
    for _ in range(BOXES_LIMIT):
        if place + 8 > end:
            return
        head = source.take(place, 8)
        size, kind, body = int.from_bytes(head[:4], "big"), head[4:], place + 8
        if size == 1:
            size, body = source.number(place + 8, 8), place + 16
        elif size == 0:
            size = end - place
        extended = b""
        if kind == b"uuid":
            extended, body = source.take(body, 16), body + 16
        if place + size < body or place + size > end:
            raise Broken("box overruns its parent")
        yield Box(kind, body, place + size, extended)
        place += size
    raise Broken("too many boxes")


def children(source: Source, parent: Box, *, skip: int = 0) -> Iterator[Box]:
    """Yield the boxes inside a box, after `skip` bytes of its own fields (4 for a full box)."""
    return boxes(source, parent.start + skip, parent.end)


def body(source: Source, box: Box) -> bytes:
    """Return the bytes of a box; `Broken` when there are too many."""
    if box.length > BLOCK_LIMIT:
        raise Broken("box too large")
    return source.take(box.start, box.length)
