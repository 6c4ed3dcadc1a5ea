"""Plans as queries of Tantivy."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from collections.abc import Sequence as Several
from functools import lru_cache
from typing import Any, cast

from tantivy import FieldType, Occur, Query, SearchResult

from .documents import CLEARANCE, FACETS, FRACTIONS, is_amount
from .engine import Sight
from .fields import AMOUNTS, ID, VIEWERS, amount_key, rising, schema
from .listing import beginnings, exactly, looked_up
from .plan import (
    All,
    AnyOf,
    Between,
    Both,
    Chosen,
    Cleared,
    Either,
    Filled,
    Near,
    Pattern,
    Plan,
    Scored,
    Sequence,
    Weighed,
    Without,
)

FEW = 32
"""Tokens up to which a list is joined by OR; a longer one is looked up as a set."""
_SPECIAL = re.compile(r"[.+()|\[\]{}^$\\]")
_JOKERS = re.compile(r"[*?]")
_MUST, _SHOULD, _MUST_NOT = Occur.Must, Occur.Should, Occur.MustNot
Clause = tuple[Occur, Query]
_LEAST, _MOST = -(2**63), 2**63 - 1


def query_of(plan: Plan, *, scored: bool) -> Query:
    """Return a plan as a query; scores are whole numbers, or all 0."""
    match plan:
        case Scored() | Both() | Without():
            return within([], plan, scored=scored)
        case Weighed(parts, more):
            if not scored:
                return either(*(query_of(part, scored=False) for _, part in parts))
            return Query.boolean_query([*_bonuses(parts), *_bonuses(more)])
        case Either(parts):
            return Query.boolean_query([(_SHOULD, query_of(part, scored=scored)) for part in parts])
    return constant(_leaf(plan), 0)


def _bare(plan: Plan) -> Query:
    """A plan as a query whose scores are anything, for what gives all hits one: each query within another is copied."""
    if isinstance(plan, AnyOf):
        return _any_of(plan.field, plan.values)
    if isinstance(plan, Both) and not any(isinstance(part, Without) for part in plan.parts):
        return Query.boolean_query([(_MUST, _bare(part)) for part in plan.parts])
    return query_of(plan, scored=False)


def constant(query: Query, score: int) -> Query:
    """Return a query all of whose hits have one score."""
    return Query.const_score_query(query, float(score))


def total(found: SearchResult) -> int:
    """Return how many documents a search matched, which the library's types leave out."""
    return int(cast(Any, found).count or 0)


def together(*queries: Query) -> Query:
    """Return what matches all of some queries."""
    return Query.boolean_query([(_MUST, query) for query in queries]) if len(queries) > 1 else queries[0]


def either(*queries: Query) -> Query:
    """Return what matches any of some queries."""
    return Query.boolean_query([(_SHOULD, query) for query in queries]) if len(queries) > 1 else queries[0]


def seen_by(sight: Sight) -> Query:
    """Return what a searcher may know of."""
    return Query.all_query() if sight.everything else _any_of(VIEWERS, sorted(sight.viewers))


def within(others: Iterable[Query], plan: Plan, *, scored: bool) -> Query:
    """Return what matches all of some queries and a plan.

    A query is copied into each that it becomes part of, so nothing lies deeper than it has to.
    """
    clauses = [(_MUST, query) for query in others] + _clauses(plan, scored)
    if all(occur is not _MUST for occur, _ in clauses):
        clauses.append((_MUST, constant(Query.all_query(), 0)))
    return Query.boolean_query(clauses) if len(clauses) > 1 else clauses[0][1]


def _clauses(plan: Plan, scored: bool) -> list[Clause]:
    """A plan as clauses of a query that has others that must match."""
    match plan:
        case Both(parts):
            return [clause for part in parts for clause in _clauses(part, scored)]
        case Scored(part, base, bonuses) if scored:
            must = [(_MUST, constant(query_of(part, scored=True), base))] if base else _clauses(part, scored)
            return must + _bonuses(bonuses)
        case Scored(part):
            return _clauses(part, scored)
        case Without(part):
            return [(_MUST_NOT, query_of(part, scored=False))]
    return [(_MUST, query_of(plan, scored=scored))]


def _bonuses(parts: Iterable[tuple[int, Plan]]) -> list[Clause]:
    return [(_SHOULD, Query.const_score_query(_bare(part), count)) for count, part in parts]


def _leaf(plan: Plan) -> Query:
    match plan:
        case All():
            return Query.all_query()
        case AnyOf(field, values):
            return _any_of(field, values)
        case Sequence(values):
            return Query.phrase_query(schema(), "words", list(values))
        case Pattern("marks", text):
            return Query.regex_query(schema(), "marks", beginnings(text) + _regex(text.partition("=")[2]))
        case Pattern(field, text) if text.endswith("*") and not _JOKERS.search(text, endpos=len(text) - 1):
            return Query.fuzzy_term_query(schema(), field, text[:-1], 0, True, True)  # a regex takes 0.5 ms to be built
        case Pattern(field, text):
            return Query.regex_query(schema(), field, _regex(text))
        case Near(field, text, distance, prefix):
            return Query.fuzzy_term_query(schema(), field, text, distance, True, prefix)
        case Between():
            return between(plan)
        case Filled(field):
            return Query.exists_query(field)
        case Cleared():
            return allowed(plan)
        case Chosen(field, wanted):
            return chosen(field, wanted)
    return Query.empty_query()


@lru_cache(maxsize=64)
def allowed(plan: Cleared | AnyOf) -> Query:
    """Return what an answer about rights allows, without a score.

    Kept, because it names very many situations, and the same one is asked again and again. Every query that is made of
    another copies it, so it is best put into a whole query directly (see `plan.apart`).
    """
    if isinstance(plan, AnyOf):
        return constant(_any_of(plan.field, plan.values), 0)
    return constant(either(_set(CLEARANCE, sorted(plan.numbers)), _set(ID, sorted(plan.ids))), 0)


def chosen(column: str, values: Iterable[str]) -> Query:
    """Return documents with any of some values in the column of a facet."""
    if column in FACETS:
        return _looked_up("marks", [exactly(column, value) for value in sorted(values)])
    return _looked_up(column, sorted(values))


def _any_of(field: str, values: Several[str]) -> Query:
    if field == "marks":
        values = [token for mark in values for token in looked_up(mark)]
    return _looked_up(field, values)


def _looked_up(field: str, values: Several[str]) -> Query:
    if len(values) == 1:
        return Query.term_query(schema(), field, values[0], "basic")
    if not 0 < len(values) <= FEW:
        return _set(field, values)
    return Query.boolean_query([(_SHOULD, Query.term_query(schema(), field, one, "basic")) for one in values])


def _set(field: str, values: Several[str] | Several[int]) -> Query:
    return Query.term_set_query(schema(), field, list(values)) if values else Query.empty_query()


def _regex(pattern: str) -> str:
    escaped = _SPECIAL.sub(lambda match: "\\" + match.group(), pattern)
    return escaped.replace("*", ".*").replace("?", ".")


def between(plan: Between) -> Query:
    """Return documents with a number in a range."""
    if is_amount(plan.field):
        return _amount(plan)
    with_low, with_high = plan.with_low, plan.with_high
    if plan.field in FRACTIONS:
        low, high = (None if end is None else rising(end) for end in (plan.low, plan.high))
    else:
        low, high = _whole(plan.low, with_low, 1), _whole(plan.high, with_high, -1)
        with_low = with_high = True
    if low is not None and high is not None and low > high:
        return Query.empty_query()
    if low is None and high is None:
        return Query.exists_query(plan.field)
    included = (low is None or with_low, high is None or with_high)
    return Query.range_query(schema(), plan.field, FieldType.Integer, low, high, *included)


def _amount(plan: Between) -> Query:
    low, high = (-math.inf if plan.low is None else plan.low), (math.inf if plan.high is None else plan.high)
    if low > high:
        return Query.empty_query()
    ends = amount_key(plan.field, low), amount_key(plan.field, high)
    return Query.range_query(schema(), AMOUNTS, FieldType.IpAddr, *ends, plan.with_low, plan.with_high)


def _whole(value: float | None, included: bool, step: int) -> int | None:
    if value is None:
        return None
    rounded = math.ceil(value) if step > 0 else math.floor(value)
    if rounded == value and not included:
        rounded += step
    return min(max(rounded, _LEAST), _MOST)
