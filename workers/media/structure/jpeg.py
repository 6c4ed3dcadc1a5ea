"""The structure of a JPEG (ITU-T T.81 annex B): frame, scans, and whether the end is there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from workers.media.errors import TooLarge, Unsupported
from workers.media.limits import Limits
from workers.media.structure.header import Bytes, Header, check, check_metadata, corrupt, truncated

SOI, EOI, SOS, DHT, DAC = 0xD8, 0xD9, 0xDA, 0xC4, 0xCC
_FRAMES = {*range(0xC0, 0xD0)} - {DHT, DAC, 0xC8}
_PROGRESSIVE = {0xC2, 0xC6, 0xCA, 0xCE}
_ARITHMETIC = {*range(0xC9, 0xD0)}
_ALONE = {0x01, *range(0xD0, 0xD8)}
"""Markers without a length: TEM and the restart markers."""
_NEXT = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")
"""The first marker after coded data: not a stuffed zero, not a restart marker."""
APP1, APP2 = 0xE1, 0xE2
_XMP = b"http://ns.adobe.com/xap/1.0/\0"
_METADATA = {*range(0xE0, 0xF0), 0xFE}


@dataclass(frozen=True)
class Scan:
    """One scan: its components and which bits of which coefficients it brings (T.81 G.1.1)."""

    components: tuple[int, ...]
    first: int
    last: int
    high: int
    low: int


@dataclass
class Layout:
    """Where the parts of the first picture in a JPEG file lie."""

    frame: int = 0
    """Offset of the frame header's marker; 0 when there is none."""
    coding: int = 0
    precision: int = 0
    width: int = 0
    height: int = 0
    components: tuple[tuple[int, int, int], ...] = ()
    """Identifier and sampling factors, across and down, of each colour component."""
    scans: tuple[Scan, ...] = ()
    metadata: int = 0
    index: int = 0
    """Offset of the multi-picture index (CIPA DC-007); 0 when there is none."""
    packets: tuple[bytes, ...] = ()
    """XMP packets."""
    end: int | None = None
    """Offset after the end marker; None when the file ends without one."""

    @property
    def progressive(self) -> bool:
        """Whether coefficients come in several scans."""
        return self.coding in _PROGRESSIVE

    @property
    def single(self) -> bool:
        """Whether the first scan brings the whole picture."""
        return not self.progressive and len(self.scans) == 1 and len(self.scans[0].components) == len(self.components)

    @property
    def arithmetic(self) -> bool:
        """Whether the coding is arithmetic instead of Huffman's."""
        return self.coding in _ARITHMETIC


def read(data: Bytes, limits: Limits) -> tuple[Header, Layout]:
    """Return what the markers say; raises `Damaged`, `TooLarge` (`too_many_scans`), `Unsupported`."""
    layout = Layout()
    for marker, start, end in _segments(data, layout):
        _take(layout, marker, data[start:end], start)
        if len(layout.scans) > limits.jpeg_scans:
            raise TooLarge(
                f"The picture is coded in more than {limits.jpeg_scans} passes, which no camera or program does. "
                "Export it again and send that.",
                code="too_many_scans",
            )
    check_metadata(layout.metadata, limits)
    if not layout.frame:
        raise truncated("no frame header")
    if layout.precision != 8:
        raise Unsupported(
            f"The picture has {layout.precision} bits a colour, which JPEG readers do not support. "
            "Export it as an ordinary JPEG with 8 bits.",
            code="unsupported_precision",
        )
    if not layout.scans:
        raise truncated("no scan")
    trailing = layout.end is not None and layout.end < len(data)
    header = Header(
        width=layout.width,
        height=layout.height,
        bit_depth=layout.precision,
        components=len(layout.components),
        complete=layout.end is not None,
        warnings=("trailing_data",) if trailing else (),
    )
    check(header, limits)
    _check_weight(layout, len(data))
    return header, layout


def _segments(data: Bytes, layout: Layout) -> Iterator[tuple[int, int, int]]:
    """Yield marker, start and end of each segment's content up to the end marker or the end of the file."""
    at = 2
    while True:
        found = _NEXT.search(data, at)
        if found is None:
            return
        marker, at = data[found.end() - 1], found.end()
        if marker == EOI:
            layout.end = at
            return
        if marker in _ALONE or marker == SOI:
            continue
        end = at + int.from_bytes(data[at : at + 2])
        if end > len(data):
            return
        if end - at < 2:
            raise corrupt(f"segment {marker:#x} at {found.start()}")
        yield marker, at + 2, end
        at = end
        if marker == SOS and layout.single:
            # Coded data holds the end marker only as such; to look for it alone is many times as fast.
            closing = data.find(b"\xff\xd9", at)
            layout.end = closing + 2 if closing >= 0 else None
            return


def _take(layout: Layout, marker: int, body: bytes, start: int) -> None:
    if marker in _METADATA:
        layout.metadata += len(body)
        if marker == APP2 and body.startswith(b"MPF\0") and not layout.index:
            layout.index = start + 4
        elif marker == APP1 and body.startswith(_XMP):
            layout.packets += (body,)
    elif marker in _FRAMES and not layout.frame:
        if len(body) < 6 or len(body) < 6 + 3 * body[5]:
            raise corrupt("frame header")
        layout.frame, layout.coding, layout.precision = start - 4, marker, body[0]
        layout.height, layout.width = int.from_bytes(body[1:3]), int.from_bytes(body[3:5])
        parts = (body[at : at + 3] for at in range(6, 6 + 3 * body[5], 3))
        layout.components = tuple((part[0], part[1] >> 4, part[1] & 15) for part in parts)
    elif marker == SOS:
        count = body[0] if body else 0
        if len(body) < 4 + 2 * count:
            raise corrupt("scan header")
        named = tuple(body[1 + 2 * index] for index in range(count))
        first, last, bits = body[1 + 2 * count : 4 + 2 * count]
        layout.scans += (Scan(named, first, last, bits >> 4, bits & 15),)


def _check_weight(layout: Layout, size: int) -> None:
    """Refuse a file with fewer bits than blocks: each 8 x 8 block takes at least one bit of Huffman code."""
    if layout.arithmetic or layout.width * layout.height == 0:
        return
    if blocks(layout) > size * 8:
        raise truncated(f"{size} bytes for {blocks(layout)} blocks")


def blocks(layout: Layout) -> int:
    """Return how many 8 x 8 blocks the picture has (T.81 A.1.1 and A.2)."""
    across = max((part[1] for part in layout.components), default=1) or 1
    down = max((part[2] for part in layout.components), default=1) or 1
    total = 0
    for _, wide, high in layout.components:
        columns = -(-layout.width * wide // (8 * across))
        rows = -(-layout.height * high // (8 * down))
        total += columns * rows
    return total


def brings_all_bits(layout: Layout) -> bool:
    """Whether the scans that are there bring every bit of every coefficient of every component."""
    low: dict[int, dict[int, int]] = {part[0]: {} for part in layout.components}
    for scan in layout.scans:
        for component in scan.components:
            bits = low.setdefault(component, {})
            for coefficient in range(scan.first, min(scan.last, 63) + 1):
                bits[coefficient] = scan.low
    return all(all(bits.get(index) == 0 for index in range(64)) for bits in low.values())
