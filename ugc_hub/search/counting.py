"""Exact counts of facets from Tantivy.

Its aggregations are fastest where a document has one value, and read every value of every document where it may have
several; there the lists of the values are intersected with the hits. Both were measured (docs/explanation/search.md).
"""

from __future__ import annotations

from dataclasses import dataclass

from tantivy import Query, Searcher

from .documents import CLEARANCE, FACETS, OPTION, SEVERAL, SITUATIONS, column
from .listing import EXACT, FOLDED, SPELLED, looked_up, value_of
from .plan import AnyOf
from .queries import chosen as chosen_of
from .queries import constant, query_of, together, total

MOST = SITUATIONS
"""Values that an aggregation keeps."""
WHOLE = frozenset({OPTION, CLEARANCE})
"""Columns of which all values are read: what is asked for is a part of them, or all."""
Counts = tuple[tuple[str, int], ...]


FEW = 8
"""Where one document in so many is a hit, or less, the columns are read; else the lists of values."""


NARROW = 500
"""So many hits have most values about as often as one another, so that no few of them come first."""
MOST_VALUES = 8
"""Values of a facet that a document seldom has more of."""


@dataclass(frozen=True, slots=True)
class Hits:
    """What is counted: the documents of a query, and how many they are at most."""

    searcher: Searcher
    query: Query
    most: int
    costly: bool
    """Whether finding them costs more than counting, so that it is better done once."""


def counted(hits: Hits, fields: list[str], size: int) -> dict[str, Counts]:
    """Return the values of some facets with how many hits have them, most first, then by name."""
    searcher, query = hits.searcher, hits.query
    found: dict[str, Counts] = {}
    few = hits.costly or hits.most * FEW <= searcher.num_docs
    read = [name for name in fields if few or column(name)[0] not in SEVERAL]
    asked = _buckets(hits, size)
    for name, buckets in _aggregated(searcher, query, read, asked).items():
        if name == CLEARANCE:
            found[name] = tuple(buckets)
        elif len(buckets) < asked or buckets[size - 1][1] != buckets[-1][1] or column(name)[0] in WHOLE:
            found[name] = tuple(buckets[:size])
    for name in fields:
        if name not in found:
            found[name] = _listed(searcher, query, name, size)
    return found


def _buckets(hits: Hits, size: int) -> int:
    """Some more than asked for, so that those alike at the end can be told apart; of few hits, all that they have."""
    return max(2 * size, MOST_VALUES * hits.most) if hits.most <= NARROW else 2 * size


def _aggregated(searcher: Searcher, query: Query, fields: list[str], size: int) -> dict[str, list[tuple[str, int]]]:
    if not fields:
        return {}
    sizes = {name: MOST if name in WHOLE else size for name in {column(facet)[0] for facet in fields}}
    # Of several segments each has to tell all of its values, so that the sums are exact.
    each = MOST if searcher.num_segments > 1 else 0
    asked = {
        name: {"terms": {"field": name, "size": most, "segment_size": max(most, each)}} for name, most in sizes.items()
    }
    answer = searcher.aggregate(query, asked)
    found = {}
    for name in fields:
        kept_in, start = column(name)
        counts = [(str(one["key"]), one["doc_count"]) for one in answer[kept_in]["buckets"]]
        if name != CLEARANCE:  # of which there are thousands, and no few that come first
            counts = [(value.removeprefix(start), count) for value, count in counts if value.startswith(start)]
            counts.sort(key=lambda bucket: (-bucket[1], bucket[0]))
        found[name] = counts
    return found


def _listed(searcher: Searcher, query: Query, field: str, size: int) -> Counts:
    kept_in, start = column(field)
    if kept_in in FACETS:
        begun = (f"{kept_in}{sign}" for sign in (SPELLED, EXACT))
        lists = (searcher.terms_with_prefix("marks", beginning, query, size) for beginning in begun)
        counts = [(value_of(token), count) for some in lists for token, count in some if count]
        return tuple(sorted(counts, key=lambda one: (-one[1], one[0]))[:size])
    found = searcher.terms_with_prefix(kept_in, start, query, size)
    return tuple((value.removeprefix(start), count) for value, count in found if count)


def with_chosen(searcher: Searcher, query: Query, counts: dict[str, Counts], chosen: dict[str, list[str]]) -> None:
    """Add chosen values to the counts of their facets where they are not among them."""
    for name, values in chosen.items():
        known = {value for value, _ in counts.get(name, ())}
        for value in values if name in counts else ():
            if value not in known:
                kept_in, start = column(name)
                term = constant(chosen_of(kept_in, [start + value]), 0)
                counts[name] += ((value, total(searcher.search(together(query, term), 1))),)


def suggested(searcher: Searcher, query: Query, beginning: str, limit: int) -> Counts:
    """Return the values of the marks that begin so, with how many hits have them, most first, then by name."""
    plain, *folded = looked_up(beginning)
    others = [one for start in folded for one in searcher.terms_with_prefix("marks", start, query) if one[1]]
    found = {token.replace(FOLDED, SPELLED, 1): count for token, count in others}
    for mark in found:
        if searcher.doc_freq("marks", mark):  # some spell it as it is looked up, some otherwise, and some both ways
            found[mark] = total(searcher.search(together(query, query_of(AnyOf("marks", (mark,)), scored=False)), 1))
    spelled = searcher.terms_with_prefix("marks", plain, query, limit + len(found))
    found |= {mark: count for mark, count in spelled if count and mark not in found}
    values = ((mark.partition(SPELLED)[2], count) for mark, count in found.items())
    return tuple(sorted(values, key=lambda one: (-one[1], one[0]))[:limit])
