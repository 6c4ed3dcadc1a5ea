"""The structure of HEIF and AVIF (ISO 23008-12): size, rotation and depth of the primary picture."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from workers.media.limits import Limits
from workers.media.metadata.boxes import Box, body, children
from workers.media.metadata.source import Broken, Source
from workers.media.structure import outer
from workers.media.structure.header import Header, check, corrupt, truncated

_ROTATED = {0: 1, 1: 8, 2: 3, 3: 6}
"""EXIF orientation of `irot`: quarter turns against the clock."""
_MIRRORED = {(0, 0): 4, (0, 1): 2, (1, 0): 5, (1, 1): 7, (2, 0): 2, (2, 1): 4, (3, 0): 7, (3, 1): 5}
"""EXIF orientation of `irot` followed by `imir` with axis 0 (top and bottom change places) or 1 (left and right)."""

Properties = dict[bytes, bytes]


def read(path: Path, limits: Limits) -> Header:
    """Return what the boxes say of the primary picture; raises `Damaged` and `TooLarge`."""
    with path.open("rb") as stream:
        source = Source(stream, stream.seek(0, 2))
        try:
            header = _header(source)
        except Broken as error:
            raise truncated(str(error)) from error
    check(header, limits)
    return header


def _header(source: Source) -> Header:
    top, litter = outer.top(source)
    if b"meta" not in top:
        raise corrupt("no meta box")
    parts = {box.kind: box for box in reversed(list(children(source, top[b"meta"], skip=4)))}
    if b"pitm" not in parts or b"iprp" not in parts:
        raise corrupt("no primary picture")
    own, all_ = _properties(source, parts)
    if b"iloc" in parts:
        _check_places(Source.over(body(source, parts[b"iloc"])), source.size)
    if b"ispe" not in own or len(own[b"ispe"]) < 12:
        raise corrupt("no size")
    return Header(
        width=int.from_bytes(own[b"ispe"][4:8]),
        height=int.from_bytes(own[b"ispe"][8:12]),
        bit_depth=_depth(own) or _depth(all_),
        components=own[b"pixi"][4] if len(own.get(b"pixi", b"")) > 4 else _colours(own) or _colours(all_),
        orientation=_orientation(own),
        warnings=("trailing_data",) if litter else (),
    )


def _properties(source: Source, parts: dict[bytes, Box]) -> tuple[Properties, Properties]:
    """Return the properties of the primary picture, and the first of each kind in the file (those of its tiles)."""
    primary_box = parts[b"pitm"]
    primary = source.number(primary_box.start + 4, 2 if source.number(primary_box.start, 1) == 0 else 4)
    tables = {box.kind: box for box in reversed(list(children(source, parts[b"iprp"])))}
    if b"ipco" not in tables or b"ipma" not in tables:
        raise corrupt("no properties")
    kept = {b"ispe", b"irot", b"imir", b"pixi", b"av1C", b"hvcC"}
    listed = [(box.kind, body(source, box) if box.kind in kept else b"") for box in children(source, tables[b"ipco"])]
    numbers = _associated(Source.over(body(source, tables[b"ipma"])), primary)
    own: Properties = {}
    for number in numbers:
        if 0 < number <= len(listed):
            own.setdefault(*listed[number - 1])
    return own, _first(listed)


def _check_places(table: Source, size: int) -> None:
    """Refuse a file in which an item lies beyond the end (8.11.3): decoders show grey tiles instead."""
    version, sizes = table.number(0, 1), table.number(4, 2)
    offset_width, length_width, base_width = sizes >> 12, sizes >> 8 & 15, sizes >> 4 & 15
    index_width = sizes & 15 if version in (1, 2) else 0
    id_width = 4 if version == 2 else 2
    count, place = table.number(6, id_width), 6 + id_width
    for _ in range(min(count, 20_000)):
        place += id_width
        method = table.number(place, 2) & 15 if version else 0
        place += 4 if version else 2
        base, extents = table.number(place, base_width), table.number(place + base_width, 2)
        place += base_width + 2
        for _extent in range(min(extents, 20_000)):
            start = base + table.number(place + index_width, offset_width)
            length = table.number(place + index_width + offset_width, length_width)
            place += index_width + offset_width + length_width
            if method == 0 and start + length > size:
                raise truncated(f"an item ends at {start + length} of {size}")


def _first(listed: Iterable[tuple[bytes, bytes]]) -> Properties:
    found: Properties = {}
    for kind, content in listed:
        found.setdefault(kind, content)
    return found


def _associated(table: Source, item: int) -> list[int]:
    """Return the numbers of the properties that the association box gives to an item, in order."""
    version, wide = table.number(0, 1), bool(table.number(3, 1) & 1)
    id_width, width = (2 if version < 1 else 4), (2 if wide else 1)
    count, place = table.number(4, 4), 8
    for _ in range(min(count, 10_000)):
        identity, entries = table.number(place, id_width), table.number(place + id_width, 1)
        place += id_width + 1
        if identity == item:
            mask = 0x7FFF if wide else 0x7F
            return [table.number(place + index * width, width) & mask for index in range(entries)]
        place += entries * width
    return []


def _depth(properties: Properties) -> int | None:
    """Bits a colour: from `pixi`, else from the decoder configuration (AV1 ISOBMFF 2.3, ISO 14496-15 8.3.3)."""
    pixi, av1, hevc = (properties.get(kind, b"") for kind in (b"pixi", b"av1C", b"hvcC"))
    if len(pixi) > 5 and pixi[4]:
        return max(pixi[5 : 5 + pixi[4]], default=0) or None
    if len(av1) > 2:
        return (12 if av1[2] & 0x20 else 10) if av1[2] & 0x40 else 8
    if len(hevc) > 17:
        return (hevc[17] & 7) + 8
    return None


def _colours(properties: Properties) -> int | None:
    av1, hevc = properties.get(b"av1C", b""), properties.get(b"hvcC", b"")
    if len(av1) > 2:
        return 1 if av1[2] & 0x10 else 3
    if len(hevc) > 16:
        return 1 if hevc[16] & 3 == 0 else 3
    return None


def _orientation(properties: Properties) -> int:
    turns = properties[b"irot"][0] & 3 if properties.get(b"irot") else 0
    if not properties.get(b"imir"):
        return _ROTATED[turns]
    return _MIRRORED[turns, properties[b"imir"][0] & 1]
