"""Pictures and videos behind the first picture of a JPEG: whether what the file lists is there.

Listed by a multi-picture index (CIPA DC-007, 5.2), by a container directory in XMP (Google's Ultra HDR and Motion
Photo formats) or by the older distance from the end of the file to its video. Programs keep XMP when they drop what
it lists, so a list in XMP counts only where something follows the first picture. What follows without being listed
may be cut without anybody being able to tell.
"""

from __future__ import annotations

import re
import struct

from workers.media.structure.header import Bytes, truncated
from workers.media.structure.jpeg import Layout

_ENTRIES = 0xB002
_MOST = 1_000
_ITEM = re.compile(rb"<\w+:Item\b[^>]*>")
_PRIMARY = re.compile(rb"""Item:Semantic\s*=\s*["']Primary["']""")
_LENGTH = re.compile(rb"""Item:Length\s*=\s*["'](\d{1,12})["']""")
_OFFSET = re.compile(rb"""MicroVideoOffset(?:\s*=\s*["']|>)\s*(\d{1,12})""")


def check(data: Bytes, layout: Layout) -> None:
    """Refuse a file that ends before what it lists does; raises `Damaged` (`truncated`)."""
    start, end = _last_indexed(data, layout.index) if layout.index else (0, 0)
    # Writers of three pictures or more are known to state too much for the last one: its end marker counts as well.
    if start >= len(data) or (end > len(data) and data[len(data) - 2 :] != b"\xff\xd9"):
        raise truncated(f"a further picture lies at {start} to {end} of {len(data)}")
    behind = len(data) - layout.end if layout.end is not None else 0
    for packet in layout.packets if behind else ():
        listed = max(_listed(packet), *(int(found[1]) for found in _OFFSET.finditer(packet)), 0)
        if listed > behind:
            raise truncated(f"{behind} of {listed} bytes behind the picture")


def _last_indexed(data: Bytes, base: int) -> tuple[int, int]:
    """Return start and end of the further picture that lies last; zeros for an index that cannot be read."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(data[base : base + 4])
    if order is None:
        return 0, 0
    try:
        directory = base + struct.unpack(f"{order}I", data[base + 4 : base + 8])[0]
        (count,) = struct.unpack(f"{order}H", data[directory : directory + 2])
        for at in range(directory + 2, directory + 2 + 12 * min(count, _MOST), 12):
            tag, _, length, place = struct.unpack(f"{order}HHII", data[at : at + 12])
            if tag == _ENTRIES:
                places = range(base + place, base + place + min(length, 16 * _MOST) // 16 * 16, 16)
                pairs = [struct.unpack(f"{order}II", data[entry + 4 : entry + 12]) for entry in places]
                return max(((base + at, base + at + size) for size, at in pairs if at and size), default=(0, 0))
    except struct.error:
        return 0, 0
    return 0, 0


def _listed(packet: bytes) -> int:
    """Return how many bytes the items after the first picture take together."""
    items = [item for item in _ITEM.findall(packet) if not _PRIMARY.search(item)]
    return sum(int(found[1]) for item in items if (found := _LENGTH.search(item)))
