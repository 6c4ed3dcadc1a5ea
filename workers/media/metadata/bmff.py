"""AVIF, HEIC, MP4, MOV and their relatives: which boxes carry metadata."""

from __future__ import annotations

from workers.media.metadata import items, movie
from workers.media.metadata.boxes import Box, body, boxes
from workers.media.metadata.source import Blocks, Broken, Source

_XMP = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
_C2PA = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")


def read(source: Source, blocks: Blocks) -> None:
    """Collect the metadata of all boxes at the top; `Broken` when a box overruns the file."""
    for box in boxes(source, 0, source.size):
        try:
            _top(source, box, blocks)
        except Broken:
            blocks.warn("metadata_damaged")


def _top(source: Source, box: Box, blocks: Blocks) -> None:
    if box.kind == b"meta":
        items.read(source, box, blocks)
    elif box.kind == b"moov":
        movie.read(source, box, blocks)
    elif box.kind == b"uuid" and box.extended == _XMP:
        blocks.add_xmp(body(source, box))
    elif box.kind == b"uuid" and box.extended == _C2PA:
        blocks.c2pa = True
