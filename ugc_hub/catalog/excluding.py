"""Says of a search without hits which clause excluded the nearest ones."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import combinations

from ugc_hub.search.engine import Engine, Request
from ugc_hub.search.shapes import Problem
from ugc_hub.search.tree import And, Everything, Node, Nothing, Range, Term, walk

from .facets import CHANNEL, with_channels

MOST = 12
"""Clauses that are tried without."""
PAIRED = 6
"""Clauses and choices of which two are tried without, where leaving out one does not help."""


@dataclass(frozen=True)
class Excluded:
    """A clause, or what was chosen of a facet, or both, and how many assets there would be without it."""

    clause: str
    count: int
    facet: str = ""
    """The facet whose choice it is; empty for clauses of the query."""
    text: str = ""
    """The query without the clause."""


@dataclass(frozen=True)
class _Part:
    """A clause with its place in the query, or what was chosen of a facet."""

    said: str
    place: int = -1
    facet: str = ""


@dataclass(frozen=True)
class _Asked:
    """All that hits have to be."""

    clauses: tuple[Node, ...]
    channels: frozenset[str]
    chosen: Mapping[str, frozenset[str]]

    def parts(self) -> list[_Part]:
        clauses = [(place, one) for place, one in enumerate(self.clauses) if one != Nothing()]
        found = [_Part(str(one), place) for place, one in clauses[:MOST]]
        chosen = [(CHANNEL, self.channels), *self.chosen.items()]
        return found + [_Part(", ".join(sorted(values)), facet=name) for name, values in chosen if values]


def excluded(engine: Engine, request: Request, query: tuple[Node, frozenset[str]]) -> tuple[Excluded, ...]:
    """Return what would be found without each of the clauses in turn, most first; only what helps is told.

    Where nothing does, two are left out at a time. `query` is the tree of the query alone, and the channels that were
    chosen beside it.
    """
    tree, channels = query
    clauses = tree.parts if isinstance(tree, And) else () if isinstance(tree, Everything) else (tree,)
    asked = _Asked(clauses, channels, request.chosen)
    plain = replace(request, limit=0, cursor=None, facets=())
    parts = asked.parts()
    found = [_without(engine, plain, asked, (one,)) for one in parts]
    if not any(one.count for one in found):
        pairs = [pair for pair in combinations(parts[:PAIRED], 2) if not all(one.facet for one in pair)]
        found = [_without(engine, plain, asked, pair) for pair in pairs if len(parts) > 2]
    return tuple(sorted((one for one in found if one.count), key=lambda one: -one.count))


def _without(engine: Engine, plain: Request, asked: _Asked, left: tuple[_Part, ...]) -> Excluded:
    places, facets = {one.place for one in left}, {one.facet for one in left}
    rest = tuple(one for place, one in enumerate(asked.clauses) if place not in places)
    tree: Node = Everything() if not rest else rest[0] if len(rest) == 1 else And(rest)
    chosen = {name: values for name, values in asked.chosen.items() if name not in facets}
    channels = () if CHANNEL in facets else asked.channels
    count = engine.search(replace(plain, tree=with_channels(tree, channels), chosen=chosen)).total
    text = "" if isinstance(tree, Everything) else str(tree)
    return Excluded(" + ".join(one.said for one in left), count, max(facets), text)


def unfilled(engine: Engine, request: Request, query: tuple[Node, str]) -> tuple[Problem, ...]:
    """Return which numbers and dates a query asks for that no asset has which the searcher may see, with their places.

    `query` is the tree and the text that it was read from.
    """
    tree, text = query
    names = dict.fromkeys(one.field for one in walk(tree) if isinstance(one, Range) and one.field != "created")
    found = []
    for name in names:
        if not engine.search(Request(request.sight, Term("has", name), limit=0)).total:
            place = re.search(rf"\b{name}\s*:", text, re.IGNORECASE)
            start, end = place.span() if place else (0, len(text))
            found.append(Problem(f"No asset has a value of {name}: yet.", start, end))
    return tuple(found)
