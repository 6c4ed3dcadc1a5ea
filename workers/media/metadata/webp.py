"""WebP: the metadata chunks of its RIFF container (Google, "WebP Container Specification"; C2PA 2.1)."""

from __future__ import annotations

from workers.media.metadata.source import BLOCK_LIMIT, Blocks, Source

_CHUNKS_LIMIT = 50_000


def read(source: Source, blocks: Blocks) -> None:
    """Collect the metadata chunks; `Broken` when chunks overrun the file."""
    place = 12
    for _ in range(_CHUNKS_LIMIT):
        if place + 8 > source.size:
            return
        head = source.take(place, 8)
        kind, length = head[:4], int.from_bytes(head[4:], "little")
        if kind == b"C2PA":
            blocks.c2pa = True
        elif kind in (b"EXIF", b"XMP "):
            if length > BLOCK_LIMIT:
                blocks.warn("metadata_ignored")
            else:
                data = source.take(place + 8, length)
                (blocks.add_exif if kind == b"EXIF" else blocks.add_xmp)(data)
        place += 8 + length + length % 2
