"""Counts of what was found, by kind, creator, channel and so on."""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from ugc_hub.accounts import Actor, may
from ugc_hub.errors import Invalid
from ugc_hub.hub import Hub
from ugc_hub.licensing import channels_of_situations, singly_by_channel
from ugc_hub.licensing.channels import asked as asked_channels
from ugc_hub.loading import LOADING
from ugc_hub.search import documents
from ugc_hub.search.engine import Engine, Request, Result
from ugc_hub.search.names import MEANT, VALUES
from ugc_hub.search.plan import Cleared
from ugc_hub.search.tree import And, Everything, Node, Nothing, Or, Usable, usables

from .allowing import Asking

CHANNEL = "usable"
"""The facet of the channels in which an asset may be used now."""
FACETS = (*documents.FACETS, CHANNEL)
CUSTOM = documents.CUSTOM
"""How facets begin that are fields of campaigns: `custom:colour`."""
OFFERED = "custom"
"""Counts the choices, and the answers yes and no, in the fields of the campaigns that a search is about."""
_SOME = Usable(channel="some")


MEASURED = ("pending_review", "active", "hold", "taken_down")
"""What has the status `ready`, by what may be done with it."""


@dataclass(frozen=True)
class Count:
    """A value of a facet, how many assets have it, and whether it was chosen."""

    value: str
    count: int
    chosen: bool = False


def facet(name: str, said_in: str = "facets") -> str:
    """Return a facet as the index knows it: names of fields may be written in any way.

    Raises:
        Invalid: there is no such facet.
    """
    if name in FACETS:
        return name
    field = documents.spelled(name.removeprefix(CUSTOM)) if name.startswith(CUSTOM) else ""
    if not field or "=" in field:
        words = f"A facet is one of {', '.join(FACETS)}, or {CUSTOM} and the name of a field of a campaign."
        raise Invalid(words, extra={"field": said_in})
    return CUSTOM + field


def meant(name: str, values: Iterable[str]) -> frozenset[str]:
    """Return values that are chosen of a facet as the index knows them, whichever way somebody wrote them."""
    given = {unicodedata.normalize("NFC", value).strip() for value in values} - {""}
    if name == "creator":
        given = {value.removeprefix("@").lower() or value for value in given}
    if name == "tag":
        given = {value.removeprefix("#").strip() or value for value in given}
    if name in VALUES:
        given = {MEANT.get((name, value.lower()), value.lower()) for value in given}
    if name == "status" and "ready" in given:
        given = {*given, *MEASURED} - {"ready"}
    return frozenset(given)


def engine_facets(names: Iterable[str], *, kept: bool) -> tuple[str, ...]:
    """Return what the index counts by itself; with `kept`, also channels."""
    asked = (name for name in names if name != OFFERED and (name != CHANNEL or kept))
    named = (documents.CHANNELS if name == CHANNEL else name for name in asked)
    return tuple(dict.fromkeys(named))


def with_channels(tree: Node, channels: Collection[str]) -> Node:
    """Return a tree that also asks for any of some channels, as if they had been typed: in the place, until the day and
    with the edits that are asked for beside them. Nothing where that is more than can be asked (`TOO_MANY`).
    """
    if not channels and not usables(tree):
        return tree
    with LOADING:
        from ugc_hub.search.joining import TooMany, all_of, multiplied
    try:
        return multiplied(all_of(_beside(tree, channels)) or tree)
    except TooMany:
        return Nothing()


def _beside(tree: Node, channels: Collection[str]) -> list[Node]:
    parts = tree.parts if isinstance(tree, And) else () if isinstance(tree, Everything) else (tree,)
    chosen = tuple(Usable(channel=one.lower()) for one in sorted(channels))
    return [*parts, *(chosen if len(chosen) < 2 else (Or(chosen),))]


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
    kept: tuple[str, ...] | None
    """The channels of which the index knows what is allowed now, see `licensing.kept_for`."""
    ask: Asking


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
        counts = _by_channel(hub, session, actor, asked)
        told[CHANNEL] = tuple(
            Count(name, counts[name], name in chosen)
            for name in sorted({*counts, *chosen}, key=lambda name: (-counts[name], name))
        )
    return {name: told[name] for name in asked.facets if name in told}


def _by_channel(hub: Hub, session: Session, actor: Actor, asked: Counting) -> Counter[str]:
    base = asked.tree if asked.chosen.get(CHANNEL) else asked.result.tree
    if _says_more(base):
        return _each_asked(hub, actor, asked, base)
    tree, cleared = asked.ask(with_channels(base, ()))
    plain = replace(asked.request, tree=tree, limit=0, cursor=None, facets=(), cleared=cleared)
    counts: Counter[str] = Counter()
    numbers: dict[str, list[int]] = defaultdict(list)
    if asked.kept is not None:
        found = asked.result.facets.get(documents.CHANNELS)
        if found is None:
            found = asked.engine.search(replace(plain, facets=(documents.CHANNELS,))).facets[documents.CHANNELS]
        counts.update({name: count for name, count in found if name in asked.kept})
    else:
        for number, names in channels_of_situations(hub, session, actor).items():
            for name in names:
                numbers[name].append(number)
    singly = singly_by_channel(hub, session, actor)
    for name in numbers.keys() | singly.keys():
        some = Cleared(frozenset(numbers[name]), singly.get(name, frozenset()))
        within = replace(plain, tree=And((tree, _SOME)), cleared={**plain.cleared, _SOME: some})
        counts[name] += asked.engine.search(within).total
    return +counts


def _says_more(tree: Node) -> bool:
    """Whether a query says of a use what a channel that is chosen beside it would have to allow as well."""
    return any(replace(one, channel="") != Usable() for one in usables(tree))


def _each_asked(hub: Hub, actor: Actor, asked: Counting, base: Node) -> Counter[str]:
    """Count what would be found with each channel in turn, in the place, until the day and so on that are asked for."""
    counts: Counter[str] = Counter()
    for name in asked_channels(hub, actor):
        tree, cleared = asked.ask(with_channels(base, (name,)))
        plain = replace(asked.request, tree=tree, limit=0, cursor=None, facets=(), cleared=cleared)
        counts[name] = asked.engine.search(plain).total
    return +counts
