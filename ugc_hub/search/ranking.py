"""Pages of hits by score, then newest first, from Tantivy.

Tantivy gives hits by score times recency, which is one number for what came in within some days; in which order it
gives those alike, it leaves open. A library that was taken in at once is one such tie. So ties at the ends of what was
read are not followed to their ends: they are read newest first, and those that have their score are kept.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import repeat
from typing import Any

from tantivy import DocAddress, Query, Searcher

from .engine import NEWEST, Key
from .fields import RECENCY, TIE, came_in, weighed
from .ordering import CREATED, Page, Row, by_columns, newest_between
from .plan import Between
from .queries import between, constant, together, total

SLACK = 32
"""Hits that are looked at before and behind a page, so that short ties at its ends are among them."""
BLUR = 2.5e-7
"""Scores that differ by less, as a share of them, may be alike: they are 32-bit numbers."""
UNSURE = 1e-6
"""How far a score as it is worked out here may be from the one that Tantivy gives, with that."""
Place = tuple[float, int, int]


def by_score(searcher: Searcher, query: Query, wanted: int, after: tuple[Key, int] | None) -> Page:
    """Return hits by score, then newest first.

    Scores cannot be asked for. How many hits come before a page is in its cursor, and says about where it begins.
    """
    key, seen = after or (None, 0)
    scored = _Scored(searcher, query, wanted)
    most = searcher.num_docs + 1
    start = min(max(seen - SLACK, 0), most) if key else 0
    limit = min(seen - start + wanted + SLACK, most)
    while True:
        found = searcher.search(query, limit, offset=start, weight_by_field=RECENCY)
        hits = found.hits
        if key and start and (not hits or hits[0][0] < weighed(key[0] or 0, key[1]) * (1 - UNSURE)):
            start, limit = 0, min(seen + wanted + SLACK, most)  # there are fewer hits than there were
            continue
        rows = scored.rows(_Part(hits, start > 0, len(hits) < limit), key)
        if len(rows) >= wanted or len(hits) < limit:
            return Page(rows[:wanted], total(found))
        limit = min(4 * limit, most)


@dataclass(frozen=True, slots=True)
class _Part:
    """Hits by score times recency, and whether there are others before and none behind them."""

    hits: list[Any]
    within: bool
    last: bool


@dataclass(frozen=True, slots=True)
class _Scored:
    """What is read by score."""

    searcher: Searcher
    query: Query
    wanted: int

    def rows(self, part: _Part, key: Key | None) -> list[Row]:
        """Return what comes behind a place, as far as a part of all hits tells, with the ties that it cuts off."""
        if not part.hits:
            return []
        first, end = part.hits[0][0], part.hits[-1][0]
        rows: list[Row] = []
        if key and part.within and first <= weighed(key[0] or 0, key[1]) * (1 + UNSURE):
            since, _ = came_in(key[0] or 1, first * (1 - BLUR))
            rows = self._alike(key[0] or 0, (since, None), key, self.wanted)
        place = rows[-1][0] if rows else key
        if len(rows) < self.wanted:
            high = first * (1 - BLUR) if part.within else first + 1
            low = 0.0 if part.last else end * (1 + BLUR)
            rows += _behind(place, self._keyed([hit for hit in part.hits if low < hit[0] < high], part, key))
        if part.last or len(rows) >= self.wanted:
            return rows
        place, score = rows[-1][0] if rows else key, float(int(end))
        if place is None or (place[0] or 0) >= score:
            same = place if place and place[0] == score else None
            rows += self._alike(score, came_in(score, end), same, self.wanted - len(rows))
        return rows

    def _keyed(self, hits: list[Any], part: _Part, key: Key | None) -> list[Row]:
        all_there_is = key is None and part.last and len(hits) < self.wanted
        if all_there_is and len({int(score) for score, _ in hits}) == len(hits):
            return [((float(int(score)), 0, 0), address) for score, address in hits]  # scores alone tell their order
        addresses = [address for _, address in hits]
        dates = self.searcher.fast_field_values(CREATED, addresses)
        places = [(float(int(score)), int(created or 0)) for (score, _), created in zip(hits, dates, strict=True)]
        if all_there_is and len({*places}) == len(hits):
            ties: Iterable[Any] = repeat(0, len(hits))  # no two are alike, and nothing comes after them
        else:
            ties = self.searcher.fast_field_values(TIE, addresses)
        return [((*place, int(tie or 0)), address) for place, address, tie in zip(places, addresses, ties, strict=True)]

    def _alike(self, score: float, dates: tuple[int | None, int | None], key: Key | None, wanted: int) -> list[Row]:
        """What has a score, newest first, of what came in between two dates, behind a place.

        It is read in parts that grow: most of what lies there may have another score.
        """
        low, high = dates
        asked = together(self.query, constant(between(Between(CREATED, low, high)), 0)) if low or high else self.query
        rows: list[Row] = []
        size = 2 * wanted
        while len(rows) < wanted:
            some = by_columns(self.searcher, asked, size, (NEWEST, key)).rows
            if not some:
                break
            span = together(asked, constant(newest_between(key, some[-1][0]), 0))
            scores = {_number(address): found for found, address in self.searcher.search(span, len(some)).hits}
            key = some[-1][0]
            rows += [
                ((score, place[1], place[2]), address)
                for place, address in some
                if int(scores.get(_number(address), 0)) == score
            ]
            if len(some) < size:
                break
            size *= 2
        return rows[:wanted]


def _behind(key: Key | None, rows: list[Row]) -> list[Row]:
    ordered = sorted(rows, key=lambda row: _negative(row[0]))
    return ordered if key is None else [row for row in ordered if _negative(row[0]) > _negative(key)]


def _negative(key: Key) -> Place:
    return -(key[0] or 0), -key[1], -key[2]


def _number(address: DocAddress) -> tuple[int, int]:
    return address.segment_ord, address.doc
