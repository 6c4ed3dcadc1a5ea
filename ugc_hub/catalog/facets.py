"""Counts of what was found, by kind, creator, channel and so on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from ugc_hub.accounts import Actor, may
from ugc_hub.hub import Hub
from ugc_hub.licensing import channels_of_situations, singly_by_channel
from ugc_hub.search import documents
from ugc_hub.search.engine import CLEARANCE, Engine, Request, Result
from ugc_hub.search.plan import Cleared
from ugc_hub.search.tree import And, Everything, Node, Or, Usable

CHANNEL = "usable"
"""The facet of the channels in which an asset may be used now."""
FACETS = (*documents.FACETS, CHANNEL)
ALL_SITUATIONS = 1_000_000
_SINGLY = Usable(channel="singly")


@dataclass(frozen=True)
class Count:
    """A value of a facet, how many assets have it, and whether it was chosen."""

    value: str
    count: int
    chosen: bool = False


def engine_facets(names: Iterable[str]) -> tuple[str, ...]:
    """Return what the index counts by itself."""
    return tuple(dict.fromkeys(name for name in names if name != CHANNEL))


def with_channels(tree: Node, channels: Iterable[str]) -> Node:
    """Return a tree that also asks whether an asset may be used now in any of some channels."""
    chosen = [Usable(channel=one.lower()) for one in sorted(channels)]
    if not chosen:
        return tree
    part: Node = chosen[0] if len(chosen) == 1 else Or(tuple(chosen))
    if isinstance(tree, Everything):
        return part
    return And((*(tree.parts if isinstance(tree, And) else (tree,)), part))


@dataclass(frozen=True)
class Counting:
    """What was searched for, and what is to be counted of it."""

    engine: Engine
    request: Request
    result: Result
    tree: Node
    """The query without what was chosen of the channels."""
    facets: tuple[str, ...]
    chosen: Mapping[str, frozenset[str]]


def counted(hub: Hub, session: Session, actor: Actor, asked: Counting) -> Mapping[str, tuple[Count, ...]]:
    """Return the counts that were asked for; those of a facet follow all filters but what was chosen of itself."""
    request, result = asked.request, asked.result
    told = {
        name: tuple(Count(value, count, value in asked.chosen.get(name, ())) for value, count in result.facets[name])
        for name in request.facets
        if name in result.facets
    }
    if CHANNEL in asked.facets and may(actor, "rights.view"):
        chosen = asked.chosen.get(CHANNEL, frozenset())
        base = asked.tree if chosen else result.tree
        plain = replace(request, tree=base, limit=0, cursor=None, facets=(CLEARANCE,), facet_size=ALL_SITUATIONS)
        counts = _by_channel(hub, session, actor, (asked.engine, plain))
        told[CHANNEL] = tuple(
            Count(name, counts[name], name in chosen)
            for name in sorted({*counts, *chosen}, key=lambda name: (-counts[name], name))
        )
    return {name: told[name] for name in asked.facets if name in told}


def _by_channel(hub: Hub, session: Session, actor: Actor, asked: tuple[Engine, Request]) -> Counter[str]:
    engine, request = asked
    situations = channels_of_situations(hub, session, actor)
    counts: Counter[str] = Counter()
    for number, count in engine.search(request).facets[CLEARANCE]:
        for name in situations.get(int(number), ()):
            counts[name] += count
    for name, singly in singly_by_channel(hub, session, actor).items():
        cleared = {**request.cleared, _SINGLY: Cleared(frozenset(), singly)}
        plain = replace(request, tree=And((request.tree, _SINGLY)), cleared=cleared, facets=())
        counts[name] += engine.search(plain).total
    return +counts
