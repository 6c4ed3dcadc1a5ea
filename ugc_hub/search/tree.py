"""What somebody searches for, as a tree: frozen, hashable, and printable back into the language.

`str(node)` is text that the language reads as the same tree again. Numbers of dates are milliseconds since 1970 UTC,
durations seconds, rates fractions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field as member
from datetime import UTC, date, datetime

TEXT = "text"
"""The name of all searched texts together; the other fields are keywords and numbers."""
DATES = frozenset({"created", "submitted", "expires"})
PERCENT = frozenset({"er", "ctr"})
_PLAIN = re.compile(r"""(?![-+!])[^\s"'()\[\]{}:~*?<>=^,\u055e\u061f\u1367]+""")
_OPERATORS = frozenset({"AND", "OR", "NOT", "ANDNOT", "ANDMAYBE", "REQUIRE", "TO"})


class Node:
    """Part of a query."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Everything(Node):
    """All documents."""

    def __str__(self) -> str:
        return "*:*"


@dataclass(frozen=True, slots=True)
class Nothing(Node):
    """No document; what a clause becomes that cannot be read."""

    def __str__(self) -> str:
        return "NOT *:*"


@dataclass(frozen=True, slots=True)
class Word(Node):
    """A word in any of its forms; of several parts ("t-shirt") it is a phrase."""

    text: str

    def __str__(self) -> str:
        return plain(self.text)


@dataclass(frozen=True, slots=True)
class Phrase(Node):
    """Words exactly so, one after the other."""

    text: str

    def __str__(self) -> str:
        return quoted(self.text)


@dataclass(frozen=True, slots=True)
class Prefix(Node):
    """Words, or values of a keyword field, that begin so; in texts also the word itself in any of its forms."""

    text: str
    field: str = TEXT

    def __str__(self) -> str:
        return f"{_named(self.field)}{self.text}*"


@dataclass(frozen=True, slots=True)
class Wildcard(Node):
    """Words, or values of a keyword field, of a pattern: `?` is one character, `*` any number of them."""

    text: str
    field: str = TEXT

    def __str__(self) -> str:
        return f"{_named(self.field)}{self.text}"


@dataclass(frozen=True, slots=True)
class Fuzzy(Node):
    """Words that differ in at most `distance` (1 or 2) letters, swapped neighbours counting as one.

    With `prefix`, words that only begin like that are found as well.
    """

    text: str
    distance: int = 1
    prefix: bool = False

    def __str__(self) -> str:
        return f"{self.text}~{self.distance}{'*' if self.prefix else ''}"


@dataclass(frozen=True, slots=True)
class Term(Node):
    """A value of a keyword field; case and accents make no difference. A colour may be a distance: `#e4002b~20`."""

    field: str
    value: str

    def __str__(self) -> str:
        return f"{self.field}:{plain(self.value)}"


@dataclass(frozen=True, slots=True)
class Range(Node):
    """Numbers or dates from `low` to `high`; None is open."""

    field: str
    low: float | None
    high: float | None
    with_low: bool = True
    with_high: bool = True
    said: str = member(default="", compare=False, repr=False)
    """How somebody wrote it, where that is easier to read: `created:yesterday` is two instants in UTC."""

    def __str__(self) -> str:
        if self.said:
            return self.said
        low, high = (None if end is None else written(self.field, end) for end in (self.low, self.high))
        if low is not None and high is None:
            return f"{self.field}:>{'=' if self.with_low else ''}{low}"
        if low is None and high is not None:
            return f"{self.field}:<{'=' if self.with_high else ''}{high}"
        if low == high and self.with_low and self.with_high and self.field not in DATES and low is not None:
            return f"{self.field}:{low}"
        ends = "TO" if low is None else f"{low} TO {high}"
        return f"{self.field}:{'[' if self.with_low else '{'}{ends}{']' if self.with_high else '}'}"


@dataclass(frozen=True, slots=True)
class Amount(Node):
    """Numbers, or days, that a field of a campaign says, from `low` to `high`; None is open, on one side at most.

    A day is its number in the calendar (`date.toordinal`).
    """

    name: str
    low: float | None
    high: float | None
    with_low: bool = True
    with_high: bool = True
    days: bool = False

    def __str__(self) -> str:
        name = f"custom:{plain(self.name)}:"
        low, high = (None if end is None else self._written(end) for end in (self.low, self.high))
        if high is None:
            return f"{name}>{'=' if self.with_low else ''}{low}"
        if low is None:
            return f"{name}<{'=' if self.with_high else ''}{high}"
        return f"{name}{'[' if self.with_low else '{'}{low} TO {high}{']' if self.with_high else '}'}"

    def shown(self, value: float) -> str:
        """Return an end as the values of fields are shown."""
        return date.fromordinal(int(value)).isoformat() if self.days else written("", value)

    def _written(self, value: float) -> str:
        return f"'{self.shown(value)}'" if self.days else self.shown(value)


@dataclass(frozen=True, slots=True)
class Usable(Node):
    """Assets that may be used so: a question to the grants, which whoever searches asks before (see `Cleared`).

    Empty members are not asked for. `until` is a day, as written; the use ends with it.
    """

    channel: str = ""
    platform: str = ""
    territory: str = ""
    until: str = ""
    edits: tuple[str, ...] = ()

    def __str__(self) -> str:
        named = (("usable", self.channel), ("platform", self.platform), ("territory", self.territory))
        parts = [f"{name}:{plain(value)}" for name, value in (*named, ("until", self.until)) if value]
        return " ".join([*parts, *(f"edits:{plain(one)}" for one in self.edits)]) or "usable:any"


@dataclass(frozen=True, slots=True)
class And(Node):
    """What matches all parts."""

    parts: tuple[Node, ...]

    def __str__(self) -> str:
        return " ".join(_grouped(part) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Or(Node):
    """What matches any part."""

    parts: tuple[Node, ...]

    def __str__(self) -> str:
        return " OR ".join(_grouped(part) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Not(Node):
    """What does not match the part."""

    part: Node

    def __str__(self) -> str:
        return f"NOT {_grouped(self.part)}"


def walk(node: Node) -> Iterator[Node]:
    """Yield a tree's nodes, each before its parts."""
    waiting = [node]
    while waiting:
        one = waiting.pop()
        yield one
        if isinstance(one, And | Or):
            waiting += reversed(one.parts)
        elif isinstance(one, Not):
            waiting.append(one.part)


def pruned(node: Node) -> Node:
    """Return a tree that finds the same, without parts that find nothing; `Nothing` where the whole finds none."""
    match node:
        case And(parts):
            kept = tuple(one for one in map(pruned, parts) if one != Everything())
            if Nothing() in kept:
                return Nothing()
            return And(kept) if len(kept) > 1 else kept[0] if kept else Everything()
        case Or(parts):
            kept = tuple(one for one in map(pruned, parts) if one != Nothing())
            return Or(kept) if len(kept) > 1 else kept[0] if kept else Nothing()
        case Not(part):
            rest = pruned(part)
            return Everything() if rest == Nothing() else Nothing() if rest == Everything() else Not(rest)
    return node


def told(node: Node) -> str:
    """Return what somebody is told that a query was read as: "nothing" where it can find none."""
    rest = pruned(node)
    return "nothing" if rest == Nothing() else str(rest)


def usables(node: Node) -> tuple[Usable, ...]:
    """Return the questions to the grants that a tree asks, each once."""
    return tuple(dict.fromkeys(one for one in walk(node) if isinstance(one, Usable)))


def quoted(text: str) -> str:
    """Return a text in quotes; the language knows no quote within quotes."""
    return '"' + text.replace('"', " ") + '"'


def plain(text: str) -> str:
    """Return a text as it may stand in a query: in quotes unless it reads as one word."""
    return text if _PLAIN.fullmatch(text) and text not in _OPERATORS else quoted(text)


def written(field: str, value: float) -> str:
    """Return a number of a field as the language writes it."""
    if field in DATES:
        when = datetime.fromtimestamp(value / 1000, UTC)
        return f"'{when.isoformat(timespec='milliseconds').replace('+00:00', 'Z')}'"
    if field in PERCENT:
        percent = f"{value * 100:.6f}".rstrip("0").rstrip(".")
        return f"{percent}%" if abs(value) < 1e15 and float(percent) / 100 == value else f"{value!r}x"
    return repr(int(value)) if abs(value) < 1e15 and value == int(value) else repr(value)


def _named(field: str) -> str:
    return "" if field == TEXT else f"{field}:"


def _grouped(node: Node) -> str:
    wide = isinstance(node, And | Or | Not | Nothing) or (isinstance(node, Usable) and str(node).count(" ") > 0)
    return f"({node})" if wide else str(node)
