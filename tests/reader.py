"""Text readers as somebody else would write them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from workers.media.errors import MediaError
from workers.media.reading import Word


class Tells:
    """Tells the size of what it was shown, and some words that nobody should keep."""

    name = "tells"
    version = 3

    def languages(self) -> Iterable[str]:
        """Return two."""
        return ("de", "en")

    def read(self, picture: Any, languages: Sequence[str]) -> Iterable[Word]:
        """Return two lines, with a doubtful word and one of no letters among them."""
        size = f"{picture.mode}{picture.width}x{picture.height}"
        return [
            Word("Summer", 0.9),
            Word("sa1e", 0.59),
            Word("sale", 0.7),
            Word("--", 1.0, 1),
            Word(size, 0.8, 2),
            *(Word(language, 0.8, 2) for language in languages),
        ]


class GivesUp(Tells):
    """Cannot read any picture."""

    name = "gives-up"

    def read(self, picture: Any, languages: Sequence[str]) -> Iterable[Word]:
        """Give up."""
        raise MediaError("This picture cannot be read.", code="unreadable_text")


class Careless(Tells):
    """Tells what no database takes, more than anybody wants to keep, and a line within a word."""

    def read(self, picture: Any, languages: Sequence[str]) -> Iterable[Word]:
        """Return three lines."""
        return [
            Word("Cafe\u0301\x00\ud800", 1.0),
            Word("two\nwords", 1.0, 1),
            Word("a" * 1_000_000, 1.0, 2),
        ]


class Absent(Tells):
    """Not installed."""

    def languages(self) -> Iterable[str]:
        """Return nothing."""
        return ()
