"""Font files: where those of the house lie, and how wide words are in one, read from its tables without drawing.

Tables as in the OpenType specification 1.9: `head`, `hhea`, `hmtx`, `cmap` (formats 4 and 12) and the family of `name`.
Nothing but that is read, each within its table, so that a font of a stranger can be measured anywhere; it is drawn with
in a child.
"""

from __future__ import annotations

import functools
import math
import struct
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from workers.media.errors import Damaged, PlanImpossible, Unsupported

FAMILIES = {
    "DejaVu Sans": ("DejaVuSans.ttf", "DejaVuSans-Bold.ttf"),
    "DejaVu Serif": ("DejaVuSerif.ttf", "DejaVuSerif-Bold.ttf"),
    "DejaVu Sans Mono": ("DejaVuSansMono.ttf", "DejaVuSansMono-Bold.ttf"),
}
"""The plain and the bold file of each family that the house draws with."""
FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts")
MOST_BYTES = 8 << 20
_KINDS = (b"\x00\x01\x00\x00", b"OTTO", b"true")
_MOST_TABLES = 64
_MOST_GLYPHS = 65_536
_MOST_NAMES = 1000
_MOST_NAMED = 8
_WINDOWS, _FAMILY, _ENGLISH = 3, 1, 0x409


@dataclass(frozen=True)
class Face:
    """What of a font decides how much room words take."""

    units: int
    """To the height of the letters (the em)."""
    rise: int
    """Above the line that letters stand on; `fall` below it, both positive."""
    fall: int
    advances: Mapping[int, int]
    """By code point."""
    family: str = ""
    """Its name as captions are burned in by it; empty where it has none that can stand in their script."""
    bold: bool = False

    def width(self, text: str, size: int) -> float:
        """Return how wide one line is at most, in pixels; the drawing library rounds each letter to whole ones."""
        return sum(self.advances.get(ord(sign), self.units) for sign in text) * size / self.units + 0.5 * len(text)

    def leading(self, size: int) -> int:
        """Return the height of a line in pixels; the drawing library takes whole ones above and below its ground."""
        drawn = math.ceil(size * self.rise / self.units) + math.ceil(size * self.fall / self.units)
        return max(drawn, round(size * max(1.2, (self.rise + self.fall) / self.units + 0.02)))

    def lacking(self, text: str) -> str:
        """Return the letters that the font does not have, each once; signs that are not drawn count as well."""
        return "".join(dict.fromkeys(sign for sign in text if sign != "\n" and ord(sign) not in self.advances))


@functools.cache
def house_file(family: str, *, bold: bool) -> Path:
    """Return the file of a family that the house knows.

    Raises `PlanImpossible` (`no_font`): it is not known, or not on this machine.
    """
    names = FAMILIES.get(family)
    if names is not None:
        for folder in FOLDERS:
            found = next(iter(sorted(Path(folder).rglob(names[bold]))), None)
            if found is not None:
                return found
    raise PlanImpossible(
        f"The font {family} is not on this machine. Install it (fonts-dejavu-core has DejaVu Sans), or choose another.",
        code="no_font",
    )


@functools.cache
def house_face(family: str, *, bold: bool) -> Face:
    """Return the measures of a family that the house knows; raises as `house_file` does."""
    return face(house_file(family, bold=bold).read_bytes())


def face(data: bytes) -> Face:
    """Return the measures of a TrueType or OpenType font file.

    Raises `Unsupported` for another kind of file, `Damaged` where its tables cannot be read.
    """
    if data[:4] not in _KINDS:
        raise Unsupported("Fonts are taken as TTF or OTF files.", code="unsupported_font")
    try:
        tables = _tables(data)
        units = _number(tables["head"], 18)
        rise, fall = struct.unpack_from(">hh", tables["hhea"], 4)
        widths = _widths(tables["hmtx"], _number(tables["hhea"], 34))
        codes = _codes(tables["cmap"])
        family = _family(tables["name"]) if "name" in tables else ""
        bold = bool(_number(tables["head"], 44) & 1)
    except (struct.error, KeyError, IndexError) as error:
        raise _broken() from error
    if not 16 <= units <= 16_384 or not codes or not widths:
        raise _broken()
    last = len(widths) - 1
    advances = {code: widths[min(glyph, last)] for code, glyph in codes.items()}
    return Face(units, max(0, rise), max(0, -fall), advances, family, bold)


def letters_missing(found: Face, named: str, texts: Iterable[str]) -> PlanImpossible | None:
    """Return why captions cannot be burned in by a font: letters of theirs would be empty boxes; None where none would.

    `named` is what people call the font.
    """
    lacking = [sign for sign in found.lacking("".join(texts)) if not unseen(sign)]
    if not lacking:
        return None
    return PlanImpossible(
        f"There is no {listed(lacking)} in {named}, so captions with it cannot be burned in. Write it otherwise, give "
        "the captions along as a file, or upload a font to the brand kit that has it.",
        code="letters_missing",
    )


def listed(letters: Sequence[str]) -> str:
    """Return the first few of some letters as a sentence names them."""
    shown, more = " ".join(letters[:_MOST_NAMED]), len(letters) - _MOST_NAMED
    return f"{shown} (and {more} more)" if more > 0 else shown


def unseen(sign: str) -> bool:
    """Tell whether a sign only says how those beside it are drawn, or separates them."""
    return unicodedata.category(sign)[0] in "CZ" or "\ufe00" <= sign <= "\ufe0f"


def _family(table: bytes) -> str:
    """Return the name of the family (ID 1), in English where there are several, of those that libass reads."""
    found: dict[bool, str] = {}
    for index in range(min(_number(table, 2), _MOST_NAMES)):
        platform, _, language, name, length, start = struct.unpack_from(">6H", table, 6 + 12 * index)
        if (platform, name) == (_WINDOWS, _FAMILY):
            said = table[_number(table, 4) + start :][:length]
            found[language != _ENGLISH] = said.decode("utf-16-be", "replace").strip()
    named = min(found.items())[1] if found else ""
    return named if named.isprintable() and "," not in named and "\ufffd" not in named else ""


def _broken() -> Damaged:
    return Damaged("The font file is damaged. Export it again as TTF or OTF and send that.", code="damaged_font")


def _number(table: bytes, at: int) -> int:
    return int(struct.unpack_from(">H", table, at)[0])


def _tables(data: bytes) -> dict[str, bytes]:
    count = min(_number(data, 4), _MOST_TABLES)
    found = {}
    for index in range(count):
        tag, _, start, length = struct.unpack_from(">4sLLL", data, 12 + 16 * index)
        if start + length > len(data):
            raise _broken()
        found[tag.decode("latin-1")] = data[start : start + length]
    return found


def _widths(table: bytes, count: int) -> list[int]:
    return [_number(table, 4 * index) for index in range(count)]


def _codes(table: bytes) -> dict[int, int]:
    """Return the glyph of each code point, of the richest table for Unicode."""
    found: dict[int, dict[int, int]] = {}
    for index in range(min(_number(table, 2), _MOST_TABLES)):
        platform, _, start = struct.unpack_from(">HHL", table, 4 + 8 * index)
        form = _number(table, start)
        if platform in (0, 3) and form in (4, 12):
            found[form] = _format4(table[start:]) if form == 4 else _format12(table[start:])
    codes = found.get(12) or found.get(4) or {}
    return {code: glyph for code, glyph in codes.items() if glyph}


def _format4(table: bytes) -> dict[int, int]:
    count = _number(table, 6) // 2
    ends, starts = 14, 16 + 2 * count
    found = {}
    for index in range(count):
        at = 2 * index
        end, start = _number(table, ends + at), _number(table, starts + at)
        shift, offset = _number(table, starts + 2 * count + at), _number(table, starts + 4 * count + at)
        for code in range(start, min(end, 0xFFFE) + 1):
            if not offset:
                found[code] = (code + shift) % 65_536
                continue
            place = starts + 4 * count + at + offset + 2 * (code - start)
            glyph = _number(table, place) if place + 2 <= len(table) else 0
            found[code] = (glyph + shift) % 65_536 if glyph else 0
    return found


def _format12(table: bytes) -> dict[int, int]:
    (count,) = struct.unpack_from(">L", table, 12)
    found: dict[int, int] = {}
    for index in range(count):
        start, end, glyph = struct.unpack_from(">LLL", table, 16 + 12 * index)
        if end > 0x10FFFF or len(found) + end - start > 4 * _MOST_GLYPHS:
            raise _broken()
        found |= {code: glyph + code - start for code in range(start, end + 1)}
    return found
