"""The items of still pictures in ISO base media files: EXIF and XMP of AVIF and HEIF (ISO 14496-12, 23008-12)."""

from __future__ import annotations

from dataclasses import dataclass

from workers.media.metadata.boxes import Box, body, children
from workers.media.metadata.source import BLOCK_LIMIT, Blocks, Broken, Source

_ITEMS_LIMIT = 10_000
_EXTENTS_LIMIT = 256
_IN_FILE, _IN_BOX = 0, 1
"""Construction methods: offsets count from the start of the file, or of the `idat` box."""


@dataclass(frozen=True)
class _Place:
    method: int
    extents: tuple[tuple[int, int], ...]


def read(source: Source, meta: Box, blocks: Blocks) -> None:
    """Collect the EXIF and XMP items of a `meta` box; those that describe the primary picture come first."""
    parts = {box.kind: box for box in reversed(list(children(source, meta, skip=4)))}
    if b"iinf" not in parts or b"iloc" not in parts:
        return
    wanted = _wanted(source, parts[b"iinf"])
    described = _described(source, parts)
    places = _places(source, parts[b"iloc"], set(wanted))
    for identity in sorted(wanted, key=lambda identity: (identity not in described, identity)):
        if identity not in places:
            continue
        try:
            data = _bytes(source, places[identity], parts.get(b"idat"))
        except Broken:
            blocks.warn(f"{wanted[identity]}_damaged")
            continue
        if wanted[identity] == "exif":
            _add_exif(data, blocks)
        else:
            blocks.add_xmp(data)


def _add_exif(data: bytes, blocks: Blocks) -> None:
    """Keep an Exif item: four bytes say how far the TIFF header is from there (ISO 23008-12, A.2.1)."""
    start = 4 + int.from_bytes(data[:4], "big")
    if data[start : start + 2] not in (b"II", b"MM"):
        # Some writers state a wrong distance; the header is always near.
        near = [place for mark in (b"II*\0", b"MM\0*") if (place := data.find(mark, 0, 64)) >= 0]
        if not near:
            blocks.warn("exif_damaged")
            return
        start = min(near)
    blocks.add_exif(data[start:])


def _wanted(source: Source, info: Box) -> dict[int, str]:
    """Return which items are EXIF and which are XMP."""
    version = source.number(info.start, 1)
    found: dict[int, str] = {}
    for count, entry in enumerate(children(source, info, skip=6 if version == 0 else 8)):
        if count > _ITEMS_LIMIT:
            raise Broken("too many items")
        if entry.kind != b"infe" or source.number(entry.start, 1) < 2:
            continue
        width = 4 if source.number(entry.start, 1) >= 3 else 2
        place = entry.start + 4 + width + 2
        kind = source.take(place, 4)
        if kind == b"Exif":
            found[source.number(entry.start + 4, width)] = "exif"
        elif kind == b"mime":
            rest = source.take(place + 4, min(entry.end - place - 4, 256)).split(b"\0")
            # Name, content type, content encoding; an encoded item is not worth a decoder.
            if len(rest) > 1 and rest[1] == b"application/rdf+xml" and not b"".join(rest[2:3]):
                found[source.number(entry.start + 4, width)] = "xmp"
    return found


def _described(source: Source, parts: dict[bytes, Box]) -> set[int]:
    """Return the items that say (`cdsc`) that they describe the primary picture."""
    if b"pitm" not in parts or b"iref" not in parts:
        return set()
    pitm, iref = parts[b"pitm"], parts[b"iref"]
    primary = source.number(pitm.start + 4, 2 if source.number(pitm.start, 1) == 0 else 4)
    width = 2 if source.number(iref.start, 1) == 0 else 4
    found = set()
    for box in children(source, iref, skip=4):
        if box.kind == b"cdsc" and box.length >= 2 * width + 2:
            count = min(source.number(box.start + width, 2), _EXTENTS_LIMIT)
            targets = {source.number(box.start + width + 2 + index * width, width) for index in range(count)}
            if primary in targets:
                found.add(source.number(box.start, width))
    return found


def _places(source: Source, box: Box, wanted: set[int]) -> dict[int, _Place]:
    """Read the item location box, keeping only the wanted items."""
    table = Source.over(body(source, box))
    version = table.number(0, 1)
    sizes = table.number(4, 2)
    offset_width, length_width, base_width = sizes >> 12, sizes >> 8 & 15, sizes >> 4 & 15
    index_width = sizes & 15 if version in (1, 2) else 0
    id_width = 4 if version == 2 else 2
    if version > 2:
        raise Broken("unknown version")
    count, place = table.number(6, id_width), 6 + id_width
    found: dict[int, _Place] = {}
    for _ in range(min(count, _ITEMS_LIMIT)):
        identity, place = table.number(place, id_width), place + id_width
        method = 0
        if version:
            method, place = table.number(place, 2) & 15, place + 2
        base, place = table.number(place + 2, base_width), place + 2 + base_width
        extents_count, place = table.number(place, 2), place + 2
        width = index_width + offset_width + length_width
        if identity in wanted:
            if extents_count > _EXTENTS_LIMIT:
                raise Broken("too many extents")
            starts = [place + step * width + index_width for step in range(extents_count)]
            found[identity] = _Place(
                method,
                tuple(
                    (base + table.number(start, offset_width), table.number(start + offset_width, length_width))
                    for start in starts
                ),
            )
        place += extents_count * width
    return found


def _bytes(source: Source, place: _Place, inside: Box | None) -> bytes:
    if place.method == _IN_BOX:
        if inside is None:
            raise Broken("no idat")
        shift, end = inside.start, inside.end
    elif place.method == _IN_FILE:
        shift, end = 0, source.size
    else:
        raise Broken("unknown construction")
    if sum(length for _, length in place.extents) > BLOCK_LIMIT:
        raise Broken("item too large")
    pieces = []
    for offset, length in place.extents:
        start = shift + offset
        # A length of 0 means: up to the end.
        stop = start + length if length else end
        if stop > end or stop - start > BLOCK_LIMIT:
            raise Broken("extent overruns")
        pieces.append(source.take(start, stop - start))
    return b"".join(pieces)
