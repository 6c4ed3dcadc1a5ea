"""Counts of what was found, by kind, creator, channel and so on."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from ugc_hub.accounts import Actor, may
from ugc_hub.errors import HubError, Invalid
from ugc_hub.hub import Hub
from ugc_hub.licensing import Use, count_allowed, singly_allowed
from ugc_hub.licensing.channels import asked as asked_channels
from ugc_hub.loading import LOADING
from ugc_hub.search import documents
from ugc_hub.search.engine import MOST_HITS, NEWEST, Engine, Request, Result
from ugc_hub.search.names import MEANT, VALUES
from ugc_hub.search.plan import Cleared
from ugc_hub.search.tree import And, Everything, Node, Nothing, Or, Usable, usables

from .allowing import Asking, uses_of

CHANNEL = "usable"
"""The facet of the channels in which an asset may be used now."""
FACETS = (*documents.FACETS, CHANNEL)
CUSTOM = documents.CUSTOM
"""How facets begin that are fields of campaigns: `custom:colour`."""
OFFERED = "custom"
"""Counts the choices, and the answers yes and no, in the fields of the campaigns that a search is about."""
_SOME = Usable(channel="some")
LISTED = 50
"""Values of a facet at most, those with most hits first, and chosen ones."""


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


def require_values(chosen: Mapping[str, Collection[str]]) -> None:
    """Do nothing where each facet that is chosen of has a value: one without would count for nothing.

    Raises:
        Invalid: one has none.
    """
    for name, values in chosen.items():
        if not values:
            words = f"{name[:40]} names no value; leave it out to mean assets with any."
            raise Invalid(words, extra={"field": "chosen"})


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


def unknown(chosen: Mapping[str, Collection[str]]) -> tuple[str, str] | None:
    """Return the first facet of which a value is chosen that there is not, and a sentence about it; None for none."""
    for name, values in chosen.items():
        if name in VALUES and (strange := sorted(meant(name, values) - {*VALUES[name]})):
            return name, f"{strange[0][:40]!r} is not a value of {name}; there are {', '.join(VALUES[name])}."
    return None


def engine_facets(names: Iterable[str], channels: str) -> tuple[str, ...]:
    """Return what the index counts by itself; `channels` is what it counts for those of channels, see below."""
    asked = (channels if name == CHANNEL else name for name in names if name != OFFERED)
    return tuple(dict.fromkeys(filter(None, asked)))


def counts_channels(tree: Node, chosen: Collection[str], kept: tuple[str, ...] | None) -> str:
    """Return what of the hits the index counts from which their channels follow, empty for nothing.

    What is chosen of channels does not count; `kept` as in `Counting`.
    """
    if chosen:
        return ""
    return documents.CLEARANCE if kept is None or _says_more(tree) else documents.CHANNELS


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
        if name in asked.facets and name in result.facets
    }
    if CHANNEL in asked.facets and may(actor, "rights.view"):
        chosen = asked.chosen.get(CHANNEL, frozenset())
        counts = _by_channel(hub, session, actor, asked)
        told[CHANNEL] = tuple(
            Count(name, counts[name], name in chosen)
            for name in sorted({*counts, *chosen}, key=lambda name: (-counts[name], name))
        )
    return {name: told[name] for name in asked.facets if name in told}


def listed(counts: Mapping[str, tuple[Count, ...]]) -> tuple[Mapping[str, tuple[Count, ...]], tuple[str, ...]]:
    """Return counts with as many values of each facet as are listed, and the facets that have more.

    Of one more than `LISTED` is asked, which tells whether there are any.
    """
    kept = {
        name: values
        if name == CHANNEL
        else tuple(one for place, one in enumerate(values) if place < LISTED or one.chosen)
        for name, values in counts.items()
    }
    return kept, tuple(name for name, values in counts.items() if len(kept[name]) < len(values))


def _by_channel(hub: Hub, session: Session, actor: Actor, asked: Counting) -> Counter[str]:
    base = asked.tree if asked.chosen.get(CHANNEL) else asked.result.tree
    if asked.kept is None or _says_more(base):
        return _as_asked(hub, session, actor, replace(asked, tree=base))
    tree, cleared = asked.ask(with_channels(base, ()))
    plain = replace(asked.request, tree=tree, limit=0, cursor=None, facets=(documents.CHANNELS,), cleared=cleared)
    found = asked.result.facets.get(documents.CHANNELS)
    if found is None:
        found = asked.engine.search(plain).facets[documents.CHANNELS]
    counts = Counter({name: count for name, count in found if name in asked.kept})
    singly = singly_allowed(hub, session, {name: (use,) for name, use in asked_channels(hub, actor).items()})
    return +(counts + _among_hits(asked.engine, plain, singly))


def _among_hits(engine: Engine, plain: Request, some: Mapping[str, frozenset[str]]) -> Counter[str]:
    """Count, by name, which of some assets are among the hits."""
    ids = sorted(frozenset[str]().union(*some.values()))
    counts: Counter[str] = Counter()
    for start in range(0, len(ids), MOST_HITS):
        asked = {**plain.cleared, _SOME: Cleared(frozenset(), frozenset(ids[start : start + MOST_HITS]))}
        whole = replace(plain, tree=And((plain.tree, _SOME)), cleared=asked, facets=(), limit=MOST_HITS, sort=NEWEST)
        hits = {hit.id for hit in engine.search(whole).hits}
        counts.update({name: len(hits & among) for name, among in some.items()})
    return counts


def _says_more(tree: Node) -> bool:
    """Whether a query says of a use what a channel that is chosen beside it would have to allow as well."""
    return any(replace(one, channel="") != Usable() for one in usables(tree))


def _as_asked(hub: Hub, session: Session, actor: Actor, asked: Counting) -> Counter[str]:
    """Count what would be found with each channel in turn, in the place, until the day and so on that are asked for.

    Where a channel only adds uses to what is asked already, and all situations of the hits were counted, these are
    looked at once for all such channels; a search for each takes several times as long.
    """
    names = tuple(asked_channels(hub, actor))
    added = _uses_added(hub, actor, asked.tree, names)
    tree, cleared = asked.ask(with_channels(asked.tree, ()))
    plain = replace(asked.request, tree=tree, limit=0, cursor=None, facets=(documents.CLEARANCE,), cleared=cleared)
    result = asked.result if documents.CLEARANCE in asked.request.facets else asked.engine.search(plain)
    counts = Counter(dict.fromkeys({*names} - added.keys(), result.total))  # asked for already
    found = result.facets[documents.CLEARANCE]
    whole = len(found) < documents.SITUATIONS
    uses = {name: some for name, some in added.items() if some is not None and whole}
    if uses:
        situations = {int(number): count for number, count in found}
        counts += count_allowed(hub, session, uses, situations)
        counts += _among_hits(asked.engine, plain, singly_allowed(hub, session, uses))
    for name in added.keys() - uses.keys():
        tree, cleared = asked.ask(with_channels(asked.tree, (name,)))
        counts[name] += asked.engine.search(replace(plain, tree=tree, facets=(), cleared=cleared)).total
    return +counts


def _uses_added(hub: Hub, actor: Actor, tree: Node, names: Iterable[str]) -> dict[str, tuple[Use, ...] | None]:
    """What each channel adds, any of which is enough, see `_added`, but for those that add nothing.

    Of a channel that the query does not name itself it is what any other one adds.
    """
    whole = with_channels(tree, ())
    named = {one.channel for one in usables(tree)}
    first, ways = "", None
    found: dict[str, tuple[Use, ...] | None] = {}
    for name in names:
        if name in named or not first:
            asked = with_channels(tree, (name,))
            if asked == whole:
                continue
            added = _added((whole, asked), name)
            found[name] = None if added is None else _meant(hub, actor, added)
            first, ways = (first, ways) if name in named else (name, added)
        elif ways and any(one.platform for one in ways):
            found[name] = _meant(hub, actor, [replace(one, channel=name) for one in ways])
        else:
            like = found[first]
            found[name] = None if like is None else tuple(replace(use, channel=name) for use in like)
    return found


def _meant(hub: Hub, actor: Actor, asked: Iterable[Usable]) -> tuple[Use, ...]:
    """The uses that some questions mean, without those that cannot be asked."""
    found: list[Use] = []
    for one in asked:
        with suppress(HubError):
            found += uses_of(hub, actor, one)
    return tuple(found)


def _added(trees: tuple[Node, Node], name: str) -> tuple[Usable, ...] | None:
    """The questions, any of which is enough, that a chosen channel adds to all that is asked; None where it changes
    more."""
    old, new = (frozenset(one.parts if isinstance(one, And) else (one,)) for one in trees)
    if len(new - old) != 1:
        return None
    (added,) = new - old
    ways = added.parts if isinstance(added, Or) else (added,)
    uses = tuple(one for one in ways if isinstance(one, Usable) and one.channel == name)
    before = tuple(replace(one, channel="") for one in uses)
    if uses != ways or not old - new <= {Or(before) if len(before) > 1 else before[0], Everything()}:
        return None
    return uses
