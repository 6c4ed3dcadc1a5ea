"""The plug-in point for words in pictures: whatever reads what is written in one.

A plug-in is named as `module:attribute`; the attribute is a `TextReader`, or a class whose instances are. It runs in a
child process of its own for each file, under the limits of all media work, and gets pixels, never a file of a stranger.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Protocol

from workers.media.plugins import plugin
from workers.media.shapes import TextRead

SHIPPED = "workers.media.tesseract:Tesseract"
SIDE = 2400
"""Pixels of the longer side that a picture is read in, at most."""
SURE = 0.6
"""Words that a reader trusts less are left out: guesses at textures would be found by everybody's searches."""
MOST_CHARACTERS = 20_000


@dataclass(frozen=True)
class Word:
    """One word of a picture: how sure its reader is of it (0..1), and a number that all words of its line have."""

    text: str
    confidence: float
    line: int = 0


class TextReader(Protocol):
    """Reads what is written in pictures. Whoever reads the same picture differently has another version."""

    name: str
    """A word without blanks or slashes, at most 60 letters."""
    version: int

    def languages(self) -> Iterable[str]:
        """Return what it can read on this machine, as ISO 639-1 where there is one; nothing where it cannot read."""

    def read(self, picture: Any, languages: Sequence[str]) -> Iterable[Word]:
        """Return the words of an upright RGB Pillow picture, line by line; at least one of its languages is given."""


def load(name: str) -> TextReader:
    """Return the reader of a name; the shipped one for an empty one.

    Raises: as `plugin`.
    """
    made: TextReader = plugin(name or SHIPPED)
    return made


def usable(name: str, wanted: Sequence[str]) -> tuple[str, ...]:
    """Return those of the languages that a reader can read on this machine, in their order.

    Raises: as `load`.
    """
    there = frozenset(load(name).languages())
    return tuple(language for language in wanted if language in there)


def title(name: str, languages: Sequence[str]) -> str:
    """Return who read, and in which languages, as it stands beside the words: `tesseract/1 de+en`."""
    made = load(name)
    return f"{made.name}/{made.version} {'+'.join(sorted(languages))}"


def read(name: str, pictures: Iterable[Any], languages: Sequence[str]) -> TextRead:
    """Return what is written in some pictures of one asset; a line that several of them show counts once.

    Raises: as `load`, and whatever the reader raises.
    """
    lines: dict[str, list[float]] = {}
    for picture in pictures:
        sure = [word for word in load(name).read(picture, languages) if _counts(word)]
        for _, words in groupby(sure, key=lambda word: word.line):
            line = list(words)
            lines.setdefault(" ".join(map(_plain, line)), [word.confidence for word in line])
    confidences = [one for line in lines.values() for one in line]
    return TextRead(
        "\n".join(lines)[:MOST_CHARACTERS],
        round(min(1.0, sum(confidences) / len(confidences)), 3) if confidences else None,
    )


def _plain(word: Word) -> str:
    """What no database takes, and what would tear its line, is left out; an accent is one sign with its letter."""
    text = word.text[:MOST_CHARACTERS].encode("utf-8", "ignore").decode().replace("\x00", "")
    return " ".join(unicodedata.normalize("NFC", text).split())


def _counts(word: Word) -> bool:
    return word.confidence >= SURE and any(letter.isalnum() for letter in word.text)
