"""IPTC-IIM: the older press metadata, inside Photoshop image resources.

Formats: IPTC-NAA Information Interchange Model 4.2; Adobe Photoshop File Formats, "Image Resource Blocks".
"""

from __future__ import annotations

from dataclasses import dataclass, field

from workers.media.metadata.source import Broken, Source
from workers.media.metadata.text import decoded

_RESOURCE_IPTC = 0x0404
_SETS_LIMIT = 5_000
_NAMES = {5: "title", 55: "date", 60: "time", 80: "byline", 110: "credit", 116: "copyright", 120: "description"}


@dataclass
class Iptc:
    """The data sets that the hub wants; a repeated one has several texts."""

    texts: dict[str, list[str]] = field(default_factory=dict)
    damaged: bool = False

    def first(self, name: str) -> str | None:
        """Return the first text of that name."""
        found = self.texts.get(name)
        return found[0] if found else None


def from_resources(data: bytes) -> bytes | None:
    """Return the IPTC-IIM bytes out of Photoshop image resources, or None; `Broken` when they overrun."""
    source = Source.over(data)
    place = 0
    while place + 12 <= source.size and source.take(place, 4) in (b"8BIM", b"PHUT", b"DCSR", b"AgHg", b"MeSa"):
        identity = source.number(place + 4, 2)
        name_length = 1 + source.number(place + 6, 1)
        start = place + 6 + name_length + name_length % 2
        length = source.number(start, 4)
        if identity == _RESOURCE_IPTC:
            return source.take(start + 4, length)
        place = start + 4 + length + length % 2
    return None


def parse(data: bytes) -> Iptc:
    """Read the data sets of records 1 and 2; never raises, damage sets `damaged` and keeps what came before."""
    iptc = Iptc()
    source = Source.over(data)
    place = 0
    unicode_said = False
    try:
        for _ in range(_SETS_LIMIT):
            if place + 5 > source.size or source.number(place, 1) != 0x1C:
                break
            record, kind = source.take(place + 1, 2)
            length = source.number(place + 3, 2)
            place += 5
            if length & 0x8000:
                width = length & 0x7FFF
                if width > 4:
                    raise Broken("data set too long")
                length = source.number(place, width)
                place += width
            value = source.take(place, length)
            place += length
            if (record, kind) == (1, 90):
                unicode_said = value == b"\x1b%G"
            elif record == 2 and kind in _NAMES:
                text = value.decode("utf-8", "replace") if unicode_said else decoded(value)
                iptc.texts.setdefault(_NAMES[kind], []).append(text)
    except Broken:
        iptc.damaged = True
    return iptc
