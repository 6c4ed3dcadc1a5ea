"""The records of what is drawn over a picture or a clip. All lengths are pixels of the canvas, times seconds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from workers.media.records import Record

MATERIALS = "materials"
"""The folder within a work folder in which the files lie that overlays name, each under its SHA-256."""


def is_file(name: str) -> bool:
    """Whether a font or picture is named by the SHA-256 of a file."""
    return len(name) == 64 and not name.strip("0123456789abcdef")


@dataclass(frozen=True)
class Overlay(Record):
    """One thing that is drawn, fully decided: a box, lines of text or a picture, within `x`, `y`, `width`, `height`."""

    piece: str
    """What it is a part of: logo, lower_third, call_to_action, label, intro, end."""
    kind: Literal["box", "text", "image"]
    x: int
    y: int
    width: int
    height: int
    colour: str = "#000000"
    """`#rrggbb`, of a box or of letters."""
    opacity: float = 1.0
    radius: int = 0
    """Of the corners of a box."""
    text: str = ""
    """Lines are parted by a newline; each has the same share of the height."""
    size: int = 0
    """Of the letters."""
    font: str = "DejaVu Sans"
    """A family that the house knows, or the SHA-256 of a font file."""
    bold: bool = False
    """Of a family that the house knows."""
    align: Literal["left", "centre", "right"] = "left"
    image: str = ""
    """SHA-256 of a PNG file."""
    from_s: float | None = None
    """When it appears in a clip, from the first picture of the part that is shown; None: from the beginning."""
    until_s: float | None = None
    """When it is gone again; None: it stays."""


@dataclass(frozen=True)
class Card(Record):
    """Pictures before or after a clip that show one ground with something on it, in silence."""

    frames: int
    """How many pictures it lasts, at the rate of the version."""
    colour: str = "#000000"
    overlays: tuple[Overlay, ...] = ()
