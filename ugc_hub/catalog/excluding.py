"""Says of a search without hits which clause excluded the nearest ones."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import combinations

from ugc_hub.search.engine import Engine, Request
from ugc_hub.search.finding import find
from ugc_hub.search.shapes import Problem
from ugc_hub.search.tree import And, Everything, Node, Nothing, Range, Term, Usable, pruned, walk

from .allowing import Asking
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
    rest: Usable | None = None
    """Of a question about rights of which only a part is left out: what is still asked."""


@dataclass(frozen=True)
class _Asked:
    """All that hits have to be."""

    clauses: tuple[Node, ...]
    channels: frozenset[str]
    chosen: Mapping[str, frozenset[str]]

    def parts(self) -> list[_Part]:
        clauses = [(place, one) for place, one in enumerate(self.clauses) if one != Nothing()]
        found: list[_Part] = []
        for place, one in clauses[:MOST]:
            if isinstance(one, Usable):
                found += [_Part(said, place, rest=rest) for said, rest in _lesser(one)]
            found.append(_Part(str(one), place))
        chosen = [(CHANNEL, self.channels), *self.chosen.items()]
        return found + [_Part(", ".join(sorted(values)), facet=name) for name, values in chosen if values]


def excluded(engine: Engine, request: Request, query: tuple[Node, frozenset[str]], ask: Asking) -> tuple[Excluded, ...]:
    """Return what would be found without each of the clauses in turn, most first; only what helps is told.

    Of a question about rights its parts are clauses as well; what is left of it is asked anew. Where nothing helps, two
    clauses are left out at a time. What is counted is what would be found then, typing errors forgiven. `query` is the
    tree of the query alone, and the channels that were chosen beside it.
    """
    tree, channels = query
    clauses = tree.parts if isinstance(tree, And) else () if isinstance(tree, Everything) else (tree,)
    clauses = tuple(map(pruned, clauses))  # what cannot be read or asked is told as a problem, and is no way out
    asked = _Asked(clauses, channels, request.chosen)
    parts = asked.parts()
    plain = replace(request, limit=0, cursor=None, facets=())
    found = [_without(engine, plain, ask, (asked, (one,))) for one in parts]
    if not any(one.count for one in found):
        whole = [one for one in parts if one.rest is None]
        pairs = [pair for pair in combinations(whole[:PAIRED], 2) if not all(one.facet for one in pair)]
        found = [_without(engine, plain, ask, (asked, pair)) for pair in pairs if len(whole) > 2]
    return tuple(sorted((one for one in found if one.count), key=lambda one: -one.count))


def _lesser(asked: Usable) -> Iterator[tuple[str, Usable]]:
    """The parts of a question about rights, each with the question without it; none where it has only one."""
    found = [
        (Usable(channel=asked.channel), replace(asked, channel="")),
        (Usable(platform=asked.platform), replace(asked, platform="")),
        (Usable(territory=asked.territory), replace(asked, territory="")),
        (Usable(until=asked.until), replace(asked, until="")),
    ]
    for edit in asked.edits:
        found.append((Usable(edits=(edit,)), replace(asked, edits=tuple(one for one in asked.edits if one != edit))))
    said = [(str(part), rest) for part, rest in found if part != Usable()]
    yield from said[:PAIRED] if len(said) > 1 else ()


def _without(engine: Engine, plain: Request, ask: Asking, without: tuple[_Asked, tuple[_Part, ...]]) -> Excluded:
    asked, left = without
    places, facets = {one.place: one.rest for one in left}, {one.facet for one in left}
    kept = (places.get(place, one) for place, one in enumerate(asked.clauses))
    rest = tuple(one for one in kept if one is not None)
    tree: Node = Everything() if not rest else rest[0] if len(rest) == 1 else And(rest)
    chosen = {name: values for name, values in asked.chosen.items() if name not in facets}
    channels = () if CHANNEL in facets else asked.channels
    whole, cleared = ask(with_channels(tree, channels))
    count = find(engine, replace(plain, tree=whole, cleared=cleared, chosen=chosen)).total
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
