"""Counts of what was found, by kind, creator, channel and so on."""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from ugc_hub.accounts import Actor, may
from ugc_hub.errors import HubError, Invalid
from ugc_hub.hub import Hub
from ugc_hub.licensing import Use, allowing, channels_of_situations, singly_by_channel
from ugc_hub.licensing.channels import asked as asked_channels
from ugc_hub.loading import LOADING
from ugc_hub.search import documents
from ugc_hub.search.engine import Engine, Request, Result
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
FEW = 20_000
"""Hits up to which their situations are looked at one by one: there are as many at most."""


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
    if _says_more(tree):
        return documents.CLEARANCE
    return "" if kept is None else documents.CHANNELS


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


def _by_channel(hub: Hub, session: Session, actor: Actor, asked: Counting) -> Counter[str]:
    base = asked.tree if asked.chosen.get(CHANNEL) else asked.result.tree
    if _says_more(base):
        return _as_asked(hub, session, actor, replace(asked, tree=base))
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


def _as_asked(hub: Hub, session: Session, actor: Actor, asked: Counting) -> Counter[str]:
    """Count what would be found with each channel in turn, in the place, until the day and so on that are asked for.

    Where each channel only adds one use to what is asked already, the situations of the hits are looked at once for all
    channels; a search for each takes several times as long.
    """
    whole = with_channels(asked.tree, ())
    names = tuple(asked_channels(hub, actor))
    uses = _uses_added(hub, actor, asked.tree, names)
    tree, cleared = asked.ask(whole)
    plain = replace(asked.request, tree=tree, limit=0, cursor=None, facets=(documents.CLEARANCE,), cleared=cleared)
    result = asked.result if documents.CLEARANCE in asked.request.facets else asked.engine.search(plain)
    plain, total = replace(plain, facets=()), result.total
    counts: Counter[str] = Counter()
    if None in uses.values() or total > FEW:
        for name in names:
            tree, cleared = asked.ask(with_channels(asked.tree, (name,)))
            counts[name] = asked.engine.search(replace(plain, tree=tree, cleared=cleared)).total
        return +counts
    found = result.facets[documents.CLEARANCE]
    counts.update(dict.fromkeys({*names} - uses.keys(), total))  # asked for already
    situations = {int(number): count for number, count in found}
    allowed, singly = allowing(hub, session, {name: use for name, use in uses.items() if use}, situations)
    for number, names in allowed.items():
        for name in names:
            counts[name] += situations[number]
    for name, ids in singly.items():
        if ids:
            some = {**plain.cleared, _SOME: Cleared(frozenset(), ids)}
            counts[name] += asked.engine.search(replace(plain, tree=And((tree, _SOME)), cleared=some)).total
    return +counts


def _uses_added(hub: Hub, actor: Actor, tree: Node, names: Iterable[str]) -> dict[str, Use | None]:
    """What each channel adds, see `_added`, but for those that add nothing: of a channel that the query does not name
    itself it is what any other one adds."""
    whole = with_channels(tree, ())
    named = {one.channel for one in usables(tree)}
    found: dict[str, Use | None] = {}
    for name in names:
        alike = next((one for one in found if one not in named), None) if name not in named else None
        if alike is not None:
            use = found[alike]
            found[name] = None if use is None else replace(use, channel=name)
            continue
        asked = with_channels(tree, (name,))
        if asked != whole:
            found[name] = _added(hub, actor, (whole, asked), name)
    return found


def _added(hub: Hub, actor: Actor, trees: tuple[Node, Node], name: str) -> Use | None:
    """The one use that a chosen channel adds to all that is asked, if that is all it changes; it begins now."""
    old, new = (frozenset(one.parts if isinstance(one, And) else (one,)) for one in trees)
    added = new - old
    use = next(iter(added), None)
    if len(added) != 1 or not isinstance(use, Usable) or use.channel != name or use.platform or use.until:
        return None
    if not old - new <= {replace(use, channel=""), Everything()}:
        return None
    try:
        (meant,) = uses_of(hub, actor, use)
    except (HubError, ValueError):
        return None
    return meant
