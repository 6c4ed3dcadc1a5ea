"""GIF: the application extensions that carry XMP and provenance (GIF89a; ISO 16684-3; C2PA 2.1)."""

from __future__ import annotations

from workers.media.metadata.source import BLOCK_LIMIT, Blocks, Broken, Source

_SUBBLOCKS_LIMIT = 300_000
_TRAILER = b"\1\xff\xfe"
"""Start of the 258 bytes that let a reader which knows nothing of XMP step over it as sub-blocks."""


class _Walk:
    """A place in the file and the number of sub-blocks that may still be stepped over."""

    def __init__(self, source: Source, place: int) -> None:
        self.source = source
        self.place = place
        self._left = _SUBBLOCKS_LIMIT

    def byte(self) -> int:
        """Return the next byte."""
        value = self.source.number(self.place, 1)
        self.place += 1
        return value

    def skip(self) -> None:
        """Step over sub-blocks up to and with their terminator."""
        while length := self.byte():
            self.place += length
            self._left -= 1
            if self._left < 0:
                raise Broken("too many sub-blocks")


def _table(flags: int) -> int:
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def read(source: Source, blocks: Blocks) -> None:
    """Collect the application extensions; `Broken` when blocks overrun the file."""
    walk = _Walk(source, 13 + _table(source.number(10, 1)))
    while (kind := walk.byte()) != 0x3B:
        if kind == 0x2C:
            walk.place += 9 + _table(source.number(walk.place + 8, 1)) + 1
            walk.skip()
        elif kind == 0x21:
            _extension(walk, blocks)
        else:
            raise Broken("no block")


def _extension(walk: _Walk, blocks: Blocks) -> None:
    label = walk.byte()
    length = walk.source.number(walk.place, 1)
    if label != 0xFF or length != 11:
        walk.skip()
        return
    name = walk.source.take(walk.place + 1, 11)
    walk.place += 12
    start = walk.place
    walk.skip()
    if name.startswith(b"C2PA_GIF"):
        blocks.c2pa = True
    elif name == b"XMP DataXMP":
        if walk.place - start > BLOCK_LIMIT:
            blocks.warn("metadata_ignored")
            return
        packet = walk.source.take(start, walk.place - start)
        blocks.add_xmp(packet[: packet.rfind(_TRAILER)] if _TRAILER in packet[-260:] else packet)
