"""Says of a search without hits which clause excluded the nearest ones."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ugc_hub.search.engine import Engine, Request
from ugc_hub.search.tree import And, Everything, Node

from .facets import CHANNEL, with_channels

MOST = 12
"""Clauses that are tried without."""


@dataclass(frozen=True)
class Excluded:
    """A clause, or what was chosen of a facet, and how many assets there would be without it."""

    clause: str
    count: int
    facet: str = ""
    """The facet whose choice it is; empty for a clause of the query."""
    text: str = ""
    """The query without the clause."""


def excluded(engine: Engine, request: Request, query: tuple[Node, frozenset[str]]) -> tuple[Excluded, ...]:
    """Return what would be found without each of the clauses in turn, most first; only what helps is told.

    `query` is the tree of the query alone, and the channels that were chosen beside it.
    """
    tree, channels = query
    plain = replace(request, limit=0, cursor=None, facets=())
    found = []
    for clause, rest in _without(tree):
        count = engine.search(replace(plain, tree=with_channels(rest, channels))).total
        found.append(Excluded(str(clause), count, text=_text(rest)))
    if channels:
        count = engine.search(replace(plain, tree=tree)).total
        found.append(Excluded(", ".join(sorted(channels)), count, CHANNEL, _text(tree)))
    for name, values in request.chosen.items():
        others = {other: chosen for other, chosen in request.chosen.items() if other != name}
        count = engine.search(replace(plain, chosen=others)).total
        found.append(Excluded(", ".join(sorted(values)), count, name, _text(tree)))
    return tuple(sorted((one for one in found if one.count), key=lambda one: -one.count))


def _text(tree: Node) -> str:
    return "" if isinstance(tree, Everything) else str(tree)


def _without(tree: Node) -> list[tuple[Node, Node]]:
    """Each clause that has to match, with what is left without it."""
    if isinstance(tree, Everything):
        return []
    if not isinstance(tree, And):
        return [(tree, Everything())]
    parts = tree.parts[:MOST]
    rests = [tree.parts[:place] + tree.parts[place + 1 :] for place in range(len(parts))]
    return [(part, rest[0] if len(rest) == 1 else And(rest)) for part, rest in zip(parts, rests, strict=True)]
