"""EXIF: the few tags of the TIFF directories that the hub wants.

Format: CIPA DC-008 (Exif 2.32, 3.0) on TIFF 6.0; the XP tags are Microsoft's (UTF-16).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from workers.media.metadata.source import Broken, Source
from workers.media.metadata.text import decoded, utf16

_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 13: 4, 129: 1}
_VALUE_LIMIT = 64 * 1024
_ENTRIES_LIMIT = 2_000

_MAIN = {
    0x010E: "description",
    0x010F: "make",
    0x0110: "model",
    0x0112: "orientation",
    0x013B: "artist",
    0x8298: "copyright",
    0x8769: "exif",
    0x8825: "gps",
    0x9C9B: "xp_title",
    0x9C9C: "xp_comment",
    0x9C9D: "xp_author",
}
_EXIF = {0x9003: "original", 0x9004: "digitised", 0x9011: "offset", 0x9012: "digitised_offset"}
_GPS = {1: "latitude_ref", 2: "latitude", 3: "longitude_ref", 4: "longitude"}


@dataclass
class Exif:
    """What was found, undecoded where the type allows no other reading."""

    texts: dict[str, str] = field(default_factory=dict)
    orientation: int | None = None
    latitude: float | None = None
    """Degrees, south negative; not yet checked for range."""
    longitude: float | None = None
    damaged: bool = False


@dataclass(frozen=True)
class _Entry:
    kind: int
    raw: bytes


class _Directory:
    """One reading of a TIFF block: its byte order and the directories already seen."""

    def __init__(self, data: bytes) -> None:
        self._source = Source.over(data)
        mark = self._source.take(0, 4)
        if mark not in (b"II*\0", b"MM\0*"):
            raise Broken("no TIFF header")
        self.order = "little" if mark[:2] == b"II" else "big"
        self._seen: set[int] = set()
        self.damaged = False

    def number(self, raw: bytes) -> int:
        """Return an unsigned integer of this block's byte order."""
        return int.from_bytes(raw, "little" if self.order == "little" else "big")

    def first(self) -> int:
        """Return the offset of the first directory."""
        return self._source.number(4, 4, self.order)

    def entries(self, offset: int, wanted: dict[int, str]) -> dict[str, _Entry]:
        """Return the wanted entries of one directory; the first of a tag wins, broken ones are left out."""
        found: dict[str, _Entry] = {}
        if offset in self._seen:
            self.damaged = True
            return found
        self._seen.add(offset)
        try:
            count = self._source.number(offset, 2, self.order)
            for index in range(min(count, _ENTRIES_LIMIT)):
                head = self._source.take(offset + 2 + 12 * index, 12)
                name = wanted.get(self.number(head[:2]))
                if name is not None and name not in found:
                    self._keep(found, name, head)
        except Broken:
            self.damaged = True
        return found

    def _keep(self, found: dict[str, _Entry], name: str, head: bytes) -> None:
        kind = self.number(head[2:4])
        length = _SIZES.get(kind, 0) * self.number(head[4:8])
        if not 0 < length <= _VALUE_LIMIT:
            self.damaged = self.damaged or length > _VALUE_LIMIT or kind not in _SIZES
            return
        try:
            raw = head[8 : 8 + length] if length <= 4 else self._source.take(self.number(head[8:12]), length)
        except Broken:
            self.damaged = True
            return
        found[name] = _Entry(kind, raw)


def _text(entry: _Entry, name: str) -> str:
    if name.startswith("xp_"):
        return utf16(entry.raw)
    if name == "copyright":
        # Photographer and editor, separated by a NUL (Exif 2.32, 4.6.4).
        parts = [decoded(part).strip() for part in entry.raw.split(b"\0")[:2]]
        return "; ".join(part for part in parts if part)
    return decoded(entry.raw.split(b"\0", 1)[0])


def _degrees(directory: _Directory, entry: _Entry | None) -> float | None:
    if entry is None or entry.kind not in (5, 10) or len(entry.raw) < 24:
        return None
    parts: list[float] = []
    for index in range(3):
        top = directory.number(entry.raw[8 * index : 8 * index + 4])
        bottom = directory.number(entry.raw[8 * index + 4 : 8 * index + 8])
        if bottom == 0:
            # Cameras without seconds write 0/0 for them; degrees must be there.
            if index == 0 or top:
                return None
            parts.append(0.0)
        else:
            parts.append(top / bottom)
    return parts[0] + parts[1] / 60 + parts[2] / 3600


def _position(directory: _Directory, offset: int, exif: Exif) -> None:
    entries = directory.entries(offset, _GPS)
    for name, negative in (("latitude", b"Ss"), ("longitude", b"Ww")):
        degrees = _degrees(directory, entries.get(name))
        reference = entries.get(f"{name}_ref")
        if degrees is not None and reference is not None and reference.raw[:1] in (negative[:1], negative[1:]):
            degrees = -degrees
        setattr(exif, name, degrees)


def parse(data: bytes) -> Exif:
    """Read the main, Exif and GPS directories of a TIFF block; never raises, damage sets `damaged`."""
    exif = Exif()
    try:
        directory = _Directory(data)
        main = directory.entries(directory.first(), _MAIN)
    except Broken:
        exif.damaged = True
        return exif
    pointers = {name: directory.number(main.pop(name).raw[:4]) for name in ("exif", "gps") if name in main}
    orientation = main.pop("orientation", None)
    if orientation is not None and orientation.kind in (1, 3, 4):
        exif.orientation = directory.number(orientation.raw[: _SIZES[orientation.kind]])
    if "exif" in pointers:
        main |= directory.entries(pointers["exif"], _EXIF)
    if "gps" in pointers:
        _position(directory, pointers["gps"], exif)
    exif.texts = {name: _text(entry, name) for name, entry in main.items() if entry.kind in (1, 2, 7, 129)}
    exif.damaged = directory.damaged
    return exif
