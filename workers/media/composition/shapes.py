"""What a composition says of itself: a sentence, how many clips it takes, and its parameters with their types."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from workers.media.records import Record

SIZES = {"9:16": (9, 16), "4:5": (4, 5), "1:1": (1, 1), "16:9": (16, 9)}
"""Shapes by name, as width to height."""
MOST_CLIPS = 12
"""Each is decoded while the others are: more of them would need more memory than a child has."""
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")

Value = str | float


class Wrong(ValueError):
    """A value that a parameter does not take; the message is a sentence about it."""


@dataclass(frozen=True)
class Parameter(Record):
    """Something that whoever uses a composition may say; see `text`, `colour`, `seconds`, `number` and `choice`."""

    name: str
    title: str
    """What it is called on a page."""
    kind: Literal["text", "colour", "seconds", "number", "choice"]
    default: Value
    least: float = 0.0
    most: float = 0.0
    """Largest value; of a text its length in letters."""
    lines: int = 1
    """Of a text: how many; where there is one for each clip, those after the last are left out."""
    options: tuple[str, ...] = ()
    """Of a choice."""
    hint: str = ""

    def read(self, given: object) -> Value:
        """Return the value that is meant by what somebody gave.

        Raises:
            Wrong: it does not take that.
        """
        if self.kind in ("seconds", "number"):
            return self._number(given)
        if not isinstance(given, str):
            raise Wrong(f"{self.title} is a text.")
        value = given.replace("\r\n", "\n").replace("\r", "\n").strip()
        if self.kind == "text":
            return self._text(value)
        if self.kind == "choice" and value not in self.options:
            raise Wrong(f"{self.title} is one of {', '.join(self.options)}.")
        if self.kind == "colour" and not _COLOUR.fullmatch(value):
            raise Wrong(f"{self.title} is a colour such as #1a2b3c.")
        return value.lower() if self.kind == "colour" else value

    def _text(self, value: str) -> str:
        if len(value) > self.most:
            raise Wrong(f"{self.title} has at most {self.most:.0f} letters.")
        if value.count("\n") >= self.lines:
            words = "one line" if self.lines == 1 else f"at most {self.lines} lines"
            raise Wrong(f"{self.title} has {words}.")
        if not all(letter.isprintable() or letter == "\n" for letter in value):
            raise Wrong(f"{self.title} has a sign that cannot be shown.")
        return value

    def _number(self, given: object) -> float:
        try:
            value = float(given) if isinstance(given, str | int | float) else float("nan")
        except ValueError:
            value = float("nan")
        if not self.least <= value <= self.most:
            unit = " seconds" if self.kind == "seconds" else ""
            raise Wrong(f"{self.title} is a number from {self.least:g} to {self.most:g}{unit}.")
        return value


@dataclass(frozen=True)
class About(Record):
    """What a composition is."""

    title: str
    """What it is called on a page."""
    sentence: str
    """What it makes, for whoever chooses among several."""
    clips: tuple[int, int] = (1, 1)
    """How many clips it takes, at least and at most."""
    parameters: tuple[Parameter, ...] = ()
    edits: tuple[str, ...] | None = None
    """What it does to its clips, in the words of rights such as `crop`; None: it may do anything."""

    def read(self, given: Mapping[str, object]) -> dict[str, Value]:
        """Return the values of all parameters; those that nobody gave are as the composition says.

        Raises:
            Wrong: there is no such parameter, or it does not take the value.
        """
        known = {one.name: one for one in self.parameters}
        if strange := [name for name in given if name not in known]:
            there = f"There are {', '.join(known)}." if known else "It has none."
            raise Wrong(f"There is no parameter {', '.join(strange)}. {there}")
        return {name: one.read(given[name]) if name in given else one.default for name, one in known.items()}


def text(name: str, title: str, *, default: str = "", most: int = 120, lines: int = 1, hint: str = "") -> Parameter:
    """Words that are shown, of at most `most` letters."""
    return Parameter(name, title, "text", default, most=float(most), lines=lines, hint=hint)


def colour(name: str, title: str, *, default: str, hint: str = "") -> Parameter:
    """A colour as `#rrggbb`."""
    return Parameter(name, title, "colour", default, hint=hint)


def seconds(name: str, title: str, *, default: float, least: float, most: float, hint: str = "") -> Parameter:
    """How long something lasts."""
    return Parameter(name, title, "seconds", default, least, most, hint=hint)


def number(name: str, title: str, *, default: float, least: float, most: float, hint: str = "") -> Parameter:
    """Any other number."""
    return Parameter(name, title, "number", default, least, most, hint=hint)


def choice(name: str, title: str, options: tuple[str, ...], *, default: str, hint: str = "") -> Parameter:
    """One of some words."""
    return Parameter(name, title, "choice", default, options=options, hint=hint)


AS_FIRST = "as the first video"
SHAPE = choice("shape", "Shape", (*SIZES, AS_FIRST), default="9:16", hint="Width to height of what comes out.")
"""The parameter that says how large the canvas of a `Stage` is; without it a canvas is as the first clip."""


PHOTO = seconds("photo_s", "Seconds that a photo is shown", default=4.0, least=0.5, most=30.0)
"""Known to every composition that has no parameter of this name: a photo among its parts becomes a clip as long."""


@dataclass(frozen=True)
class Composed(Record):
    """A finished composition, as it was read again."""

    path: str
    """Relative to the work folder."""
    sha256: str
    size_bytes: int
    width: int
    height: int
    frames: int
    rate: tuple[int, int]
    """Frames a second as a fraction."""
    duration_s: float
    has_sound: bool
