"""The interface of an index, what it is asked and what it answers. Both engines pass one suite of tests."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from ugc_hub.errors import Invalid

from .documents import CHANNELS, CLEARANCE, CUSTOM, FACETS, FRACTIONS, RANDOM_COLUMNS, WHOLE_NUMBERS, Document
from .plan import Plan
from .tree import Everything, Node, Usable

MOST_HITS = 1000
_MOST = 2**62
"""No number of a cursor is greater: columns hold 64 bits with a sign."""


@dataclass(frozen=True, slots=True)
class Sight:
    """Who searches: the documents of any of these viewers exist for them, the others do not, not even as a number."""

    viewers: frozenset[str] = frozenset()
    everything: bool = False
    """Sees all documents, whosoever they are."""


@dataclass(frozen=True, slots=True)
class Sort:
    """In which order. Documents without a number come last; documents that are alike, newest first."""

    by: str = "relevance"
    """`relevance`, `newest`, `random`, or the name of a number."""
    descending: bool = True
    seed: int = 0
    """Of `random`: the same seed gives the same order."""

    def __post_init__(self) -> None:
        if self.by not in ("relevance", "newest", "random", *WHOLE_NUMBERS, *FRACTIONS):
            raise Invalid(f"There is no order by {self.by!r}.", extra={"field": "sort"})

    @property
    def order(self) -> int:
        """Which of the kept orders by chance the seed names."""
        return self.seed % RANDOM_COLUMNS

    @property
    def backwards(self) -> bool:
        """Whether the seed reads it from its end."""
        return bool(self.seed // RANDOM_COLUMNS % 2)

    @property
    def start(self) -> int:
        """Where in it the seed begins, 0..2^31."""
        return (self.seed // (2 * RANDOM_COLUMNS) * 0x9E3779B1) & 0x7FFFFFFF


RELEVANCE = Sort()
NEWEST = Sort("newest")
Key = tuple[float | None, int, int]
"""Where a document stands: its score or number, when it came in, and what decides between those alike."""


@dataclass(frozen=True, slots=True)
class Request:
    """What to look for. `sight` is asked for on purpose: there is no search without it."""

    sight: Sight
    tree: Node = field(default_factory=Everything)
    chosen: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Facet -> values, any of which a hit has. What a facet counts does not depend on what is chosen of itself."""
    facets: tuple[str, ...] = ()
    """What to count: names in `FACETS` and of fields of campaigns (`CUSTOM`), `CHANNELS`, or `CLEARANCE`."""
    facet_size: int = 50
    """Values of a facet at most, those with most documents first; chosen ones are always among them."""
    sort: Sort = RELEVANCE
    limit: int = 50
    """Hits, 0..1000. With 0 it only counts."""
    cursor: str | None = None
    """`next_cursor` of the page before."""
    cleared: Mapping[Usable, Plan] = field(default_factory=dict)
    """The answers to `tree.usables`: which situations and single assets may be used so, or what tells of the words
    that documents carry (`Cleared`, `Telling`)."""

    def __post_init__(self) -> None:
        if not 0 <= self.limit <= MOST_HITS:
            raise Invalid(f"limit is between 0 and {MOST_HITS}.", extra={"field": "limit"})
        named = {name for name in (*self.chosen, *self.facets) if not name.startswith(CUSTOM)}
        unknown = (named & {*self.chosen}) - {*FACETS} or named - {*FACETS, CHANNELS, CLEARANCE}
        if unknown:
            raise Invalid(f"There is no facet {sorted(unknown)[0]!r}.", extra={"field": "facets"})


@dataclass(frozen=True, slots=True)
class Hit:
    """A document that was found. `score` counts only in the order by relevance, else it is 0."""

    id: str
    score: int = 0


@dataclass(frozen=True, slots=True)
class Result:
    """Some hits, and what there is of all of them."""

    hits: tuple[Hit, ...]
    total: int
    facets: Mapping[str, tuple[tuple[str, int], ...]]
    """Values and how many documents have them, most first. Exact. They may still be counted: looking at them waits, and
    raises what searching would have raised."""
    next_cursor: str | None
    stamp: int
    """How far the index knows the records: what `commit` was told."""
    tree: Node
    """What was looked for in the end; see `finding.find`."""
    corrected: Mapping[str, str] = field(default_factory=dict)
    """Words that nothing matched -> how they were read."""


class Writer(Protocol):
    """Takes documents in."""

    def update(self, documents: Iterable[Document], deleted: Iterable[str] = ()) -> None:
        """Take documents in, in place of those with the same ids, and remove others; seen after `commit`."""
        ...

    def commit(self, stamp: int) -> None:
        """Let everything since the last commit be seen and survive, all of it at once.

        `stamp` says how far the index knows the records now. After a crash it may be older than what is there, never
        newer: what comes after it is brought in once more.
        """
        ...


class Aside(Writer, Protocol):
    """A new index beside the one in use. Documents have to be new in their first `update`, which is faster."""

    def swap(self) -> None:
        """Put it in the place of the one in use, at once and for all processes."""
        ...

    def drop(self) -> None:
        """Remove it."""
        ...


class Engine(Writer, Protocol):
    """An index. Threads may share it; one process at a time may write, and holds a lock from its first update on.

    Opening raises `Corrupt` where files are missing or cut off.
    """

    def search(self, request: Request) -> Result:
        """Return what matches.

        Raises:
            Invalid: the cursor is not one of this order.
        """
        ...

    def suggest(self, sight: Sight, field: str, beginning: str, limit: int) -> tuple[tuple[str, int], ...]:
        """Return values of a keyword field that begin so, as they are written, and how many documents have them.

        `id` has too many, and `has` is asked for one by one.
        """
        ...

    def stamp(self) -> int:
        """Return how far the index knows the records; 0 is not at all."""
        ...

    def check(self) -> None:
        """Read every file.

        Raises:
            Corrupt: something in them has changed.
        """
        ...

    def aside(self) -> Aside:
        """Begin a new index beside this one; one at a time."""
        ...

    def close(self) -> None:
        """Let go of files and lock; what was not committed is forgotten."""
        ...


def cursor_of(sort: Sort, key: Key, seen: int) -> str:
    """Return the cursor behind a document."""
    content = json.dumps([sort.by, sort.descending, sort.seed, *key, seen], separators=(",", ":"))
    return base64.urlsafe_b64encode(content.encode()).decode().rstrip("=")


def read_cursor(sort: Sort, cursor: str) -> tuple[Key, int]:
    """Return where a cursor stands, and how many hits came before.

    Raises:
        Invalid: it is not a cursor of this order.
    """
    wrong = Invalid("The cursor does not belong to this search; begin at the first page.", extra={"field": "cursor"})
    try:
        content: Any = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        by, descending, seed, first, created, tie, seen = content
    except (ValueError, TypeError, RecursionError):
        raise wrong from None
    whole = _is_whole(created, -_MOST) and _is_whole(tie, 0) and _is_whole(seen, 0)
    if [by, descending, seed] != [sort.by, sort.descending, sort.seed] or not whole or not _is_first(sort, first):
        raise wrong
    return (first, created, tie), seen


def _is_whole(value: object, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= _MOST


def _is_first(sort: Sort, value: object) -> bool:
    """Whether the key of a document in an order can begin so."""
    if sort.by in ("newest", "created"):
        return value is None
    if sort.by in ("relevance", "random"):
        return _is_number(value, 0)
    return value is None or _is_number(value, -_MOST)


def _is_number(value: object, least: int) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and least <= value <= _MOST


Kind = Literal["tantivy", "whoosh"]
