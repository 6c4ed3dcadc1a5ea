"""What reading a query takes and gives."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo

from .tree import Node

MOST_WORDS = 5
"""Words that a sentence about several problems names."""
MOST_USES = 64
"""Ways in which alternatives about rights may go together: each is a question to the grants."""
TOO_MANY = (
    f"This asks about more than {MOST_USES} ways to use an asset, each channel in each place and so on; "
    "nothing is shown. Name fewer of them."
)
_QUOTED = re.compile(r"'[^']*'")
_EITHER = re.compile(r'"[^"]*"|(?<=\s)(?!OR)(?P<sign>(?i:or|oder|ou))(?=\s+[^\s)])')


@dataclass(frozen=True, slots=True)
class Problem:
    """What could not be read: a sentence, and the characters from `start` to before `end`."""

    message: str
    start: int
    end: int
    facet: str = ""
    """Of what was chosen: the facet; it then has no place in the text."""


def alternatives(text: str) -> tuple[Problem, ...]:
    """Return where a text says `or` in small letters, which means nothing.

    That is told where nothing was found or much depends on it, for `rain or shine` finds what both words stand in.
    """
    places = [match.span() for match in _EITHER.finditer(text) if match["sign"]]
    message = "Alternatives are written with OR in capitals. As a word, put this in quotes."
    return tuple(Problem(message, start, end) for start, end in places)


def alike(problems: Iterable[Problem]) -> list[Problem]:
    """Return problems that differ in one quoted word alone as one, with all words, at the first place."""
    return [one for one, _ in together(problems)]


def together(problems: Iterable[Problem]) -> list[tuple[Problem, list[tuple[int, int]]]]:
    """Return each of `alike` with all of its places, in order and apart."""
    groups: dict[str, list[Problem]] = {}
    for one in problems:
        groups.setdefault(_QUOTED.sub("''", one.message), []).append(one)
    return [(_joined(group), _apart((one.start, one.end) for one in group)) for group in groups.values()]


def _joined(group: list[Problem]) -> Problem:
    words = list(dict.fromkeys(word for one in group for word in _QUOTED.findall(one.message)))
    if len(words) < 2 or len(_QUOTED.findall(group[0].message)) > 1:
        return group[0]
    said = ", ".join(words[:MOST_WORDS]) + (f" and {len(words) - MOST_WORDS} more" if len(words) > MOST_WORDS else "")
    return replace(group[0], message=_QUOTED.sub(lambda _: said, group[0].message))


def _apart(places: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for start, end in sorted(places):
        if not found or start >= found[-1][1]:
            found.append((start, end))
    return found


@dataclass(frozen=True, slots=True)
class Reading:
    """The tree that a query was read as, and what of it could not be read, in order."""

    tree: Node
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Clock:
    """Now, and where people are: the hub's, not the machine's."""

    now: datetime
    zone: tzinfo = UTC
    ahead: bool = False
    """Whether `friday` and `march` are the next ones, where only what is to come can be meant; else the last ones."""

    @property
    def today(self) -> datetime:
        """The first instant of today."""
        return self.now.astimezone(self.zone).replace(hour=0, minute=0, second=0, microsecond=0)
