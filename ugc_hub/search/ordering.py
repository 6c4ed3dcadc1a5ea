"""Pages of hits by columns from Tantivy, in an order in which every document has exactly one place.

Tantivy orders by one column (`ranking` by score), and leaves open in which order it gives those alike; a page must not
depend on that, or it would change when segments are merged. So those alike at its end are ordered by the next column.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from tantivy import DocAddress, Order, Query, Searcher

from .documents import FRACTIONS
from .engine import Key, Sort
from .fields import TIE, fraction
from .plan import Between
from .queries import between, either, together, total

CREATED = "created"
Column = tuple[str, bool]
"""A number that every document has, and whether the greatest come first."""
Row = tuple[Key, DocAddress]
_LAST: tuple[Column, ...] = ((CREATED, True), (TIE, True))


@dataclass(frozen=True, slots=True)
class Page:
    """Hits in order, and how many documents match in all where that was found out on the way."""

    rows: list[Row]
    total: int | None = None


@dataclass(frozen=True, slots=True)
class Arc:
    """Part of an order: documents that come before those of the next arc, and the columns they are ordered by."""

    query: Query | None
    columns: tuple[Column, ...]
    numbered: bool
    """Whether the first column is what the key begins with."""


def arcs(sort: Sort) -> list[Arc]:
    """Return the parts of an order other than by score."""
    if sort.by == "newest":
        return [Arc(None, ((CREATED, sort.descending), (TIE, True)), False)]
    if sort.by == CREATED:
        return [Arc(None, ((CREATED, sort.descending), (TIE, True)), False)]
    if sort.by == "random":
        name, start = f"chance{sort.order}", sort.start
        if sort.backwards:
            parts = Between(name, None, start), Between(name, start, None, with_low=False)
        else:
            parts = Between(name, start, None), Between(name, None, start, with_high=False)
        return [Arc(between(part), ((name, sort.backwards), *_LAST), True) for part in parts]
    known = between(Between(sort.by, None, None))
    unknown = Query.all_query().and_must_not_match(known)
    return [Arc(known, ((sort.by, sort.descending), *_LAST), True), Arc(unknown, _LAST, False)]


def by_columns(searcher: Searcher, query: Query, wanted: int, order: tuple[Sort, Key | None]) -> Page:
    """Return hits in an order other than by score, behind a place in it."""
    sort, key = order
    rows: list[Row] = []
    count = None
    parts = arcs(sort)
    for number, arc in enumerate(parts):
        narrowed = query if arc.query is None else together(query, arc.query)
        if key is not None:
            if number < _arc_of(sort, key):
                continue
            if number == _arc_of(sort, key):
                narrowed = together(narrowed, _behind(arc, key))
        found = _ordered(searcher, narrowed, arc.columns, wanted - len(rows))
        rows += _keyed(searcher, found.addresses, arc)
        if arc.query is None and key is None:
            count = found.total
        if len(rows) >= wanted:
            break
    return Page(rows, count)


def _arc_of(sort: Sort, key: Key) -> int:
    if sort.by == "random":
        place = key[0] or 0
        return 0 if place == sort.start or (place < sort.start) is sort.backwards else 1
    return 1 if key[0] is None and sort.by not in ("newest", CREATED) else 0


def _behind(arc: Arc, key: Key) -> Query:
    """What comes behind a place in an arc."""
    values = key if arc.numbered else key[1:]
    cases: list[Query] = []
    alike: list[Query] = []
    for (name, descending), value in zip(arc.columns, values, strict=True):
        low, high = (None, value) if descending else (value, None)
        cases.append(together(*alike, between(Between(name, low, high, with_low=False, with_high=False))))
        alike.append(between(Between(name, value, value)))
    return either(*cases)


def newest_between(key: Key | None, last: Key) -> Query:
    """Return what comes behind a place, newest first, as far as another one, and that as well."""
    newer = between(Between(CREATED, last[1], None, with_low=False))
    alike = together(between(Between(CREATED, last[1], last[1])), between(Between(TIE, last[2], None)))
    return (
        either(newer, alike) if key is None else together(either(newer, alike), _behind(Arc(None, _LAST, False), key))
    )


@dataclass(frozen=True, slots=True)
class _Found:
    addresses: list[DocAddress]
    total: int


def _ordered(searcher: Searcher, query: Query, columns: tuple[Column, ...], wanted: int) -> _Found:
    (name, descending), *rest = columns
    order = Order.Desc if descending else Order.Asc
    found = searcher.search(query, wanted + 1, order_by_field=name, order=order)
    meant = _meaning(name)
    hits = [(meant(value), address) for value, address in found.hits if value is not None]
    if len(hits) <= wanted:
        return _Found(_sorted(searcher, hits, columns), total(found))
    last, following = hits[wanted - 1][0], hits[wanted][0]
    hits = hits[:wanted]
    if last != following or not rest:
        return _Found(_sorted(searcher, hits, columns), total(found))
    before = [hit for hit in hits if hit[0] != last]
    alike = together(query, between(Between(name, last, last)))
    others = _ordered(searcher, alike, tuple(rest), wanted - len(before))
    return _Found(_sorted(searcher, before, columns) + others.addresses, total(found))


def _sorted(searcher: Searcher, hits: list[tuple[float, DocAddress]], columns: tuple[Column, ...]) -> list[DocAddress]:
    """Hits by all columns; the first one's values are with them."""
    addresses = [address for _, address in hits]
    values = [[value for value, _ in hits], *_values(searcher, addresses, [name for name, _ in columns[1:]])]
    signed = [
        [-value if descending else value for value in column]
        for column, (_, descending) in zip(values, columns, strict=True)
    ]
    places = sorted(range(len(hits)), key=lambda number: [column[number] for column in signed])
    return [addresses[number] for number in places]


def _values(searcher: Searcher, addresses: list[DocAddress], names: list[str]) -> Iterator[list[float]]:
    for name in names:
        meant = _meaning(name)
        yield [0 if value is None else meant(value) for value in searcher.fast_field_values(name, addresses)]


def _meaning(column: str) -> Callable[[Any], float]:
    """What turns a value of a column into the number that it stands for."""
    return fraction if column in FRACTIONS else _itself


def _itself(value: float) -> float:
    return value


def _keyed(searcher: Searcher, addresses: list[DocAddress], arc: Arc) -> list[Row]:
    columns = list(_values(searcher, addresses, [name for name, _ in arc.columns]))
    created, tie = columns[-2:]
    first: list[float | None] = [*columns[0]] if arc.numbered else [None] * len(addresses)
    keys = zip(first, map(int, created), map(int, tie), strict=True)
    return list(zip(keys, addresses, strict=True))
