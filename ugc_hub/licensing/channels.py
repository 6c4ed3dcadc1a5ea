"""In which channels may assets be used now? For the assets of a page, and for whole situations at once."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Set
from contextlib import suppress
from dataclasses import replace
from functools import cache
from types import MappingProxyType
from typing import Any, cast

from sqlalchemy import ColumnElement, Executable, select
from sqlalchemy.orm import Session

from ugc_hub.accounts import SYSTEM, Actor
from ugc_hub.database.among import among
from ugc_hub.errors import Forbidden
from ugc_hub.hub import Hub
from ugc_hub.models import AssetClearance, ClearanceBox
from ugc_hub.rights import AssetFacts, Malformed
from ugc_hub.rights.boxes import mask_of, scale_of
from ugc_hub.rights.questions import ask as read_question

from .bounding import bounded
from .deciding import Use, allowed_among, request_of
from .encoding import channels_in, condition_in_some_channel, edition, now
from .loading import for_all_assets
from .missing import trashed
from .overview import roots
from .recalling import recalled, still_true
from .usable import barred, single_assets, singly

MOST = 64
"""Statements kept: there is one for each way in which tokens are bound."""
_KEPT = "channels of assets"


def channels_now(
    hub: Hub,
    session: Session,
    actor: Actor,
    asset_ids: Collection[str],
    *,
    like: Use | None = None,
    in_use: bool = False,
) -> dict[str, tuple[str, ...]]:
    """Return in which public channels of the first rank each asset may be used now; a fixed number of statements.

    The question is that of `like`, whatever its channel, else about the hub's own territories, without edits, as far as
    the actor's token reaches. `in_use`: it is known already that none lies in the trash, nor was composed of anything
    that does.
    """
    uses = _uses(hub, session, actor, like)
    asked = {"ids": list(asset_ids), **now(hub.now())}
    found: dict[str, int] = defaultdict(int)
    single: list[str] = []
    for alike in _alike(uses.values()):
        # All at once: one by one, each row of a page is a call to the database.
        for asset_id, number, mask in session.connection().execute(_of_assets(hub, alike[0]), asked).all():
            found[asset_id] |= mask or 0
            if number is None:
                single.append(asset_id)
    known = {mask: _named(hub, mask, uses) for mask in set(found.values())}
    told = {asset_id: known[mask] for asset_id, mask in found.items()}
    if single:
        allowed = {name: allowed_among(hub, session, single, use) for name, use in uses.items()}
        told |= {one: tuple(name for name in uses if one in allowed[name]) for one in single}
    return told if in_use else told | dict.fromkeys(told.keys() & trashed(session, asset_ids).keys(), ())


def _of_assets(hub: Hub, use: Use) -> Executable:
    """The statement for the assets of a page."""

    def built() -> Executable:
        box = ClearanceBox.clearance_id == AssetClearance.clearance_id
        wanted = select(AssetClearance.asset_id, AssetClearance.clearance_id, ClearanceBox.channels)
        return wanted.outerjoin(ClearanceBox, box & _condition(hub, use)).where(among(AssetClearance.asset_id))

    return _once(hub, ("assets", use), built)


def _once(hub: Hub, asked: tuple[str, Use], build: Callable[[], Executable]) -> Executable:
    """A statement, built once for all that ask the same at different times, whatever the channel."""
    kept = cast(dict[object, Executable], hub.kept.setdefault(_KEPT, {}))
    kind, use = asked
    key = (kind, edition(hub.settings.party, hub.words), tuple(hub.settings.territories), replace(use, channel=""))
    statement = kept.get(key)
    if statement is None:
        if len(kept) >= MOST:
            kept.clear()
        kept[key] = statement = build()
    return statement


def count_allowed(
    hub: Hub, session: Session, uses: Mapping[str, Collection[Use]], situations: Mapping[int, int]
) -> Counter[str]:
    """Count, by name, the assets in some situations that allow any of its uses; `situations`: number -> assets in it.

    The uses begin now, and no two names share a channel. What has to be decided singly is not counted.
    """
    free = _free(hub, session, uses)
    allowed = _allowed(hub, session, [use for some in free.values() for use in some], situations.keys())
    alike: Counter[int] = Counter()  # there are some dozens of answers to thousands of situations
    for number, count in situations.items():
        alike[allowed[number]] += count
    bits = {name: _bits(hub, some) for name, some in free.items()}
    return Counter({name: sum(alike[one] for one in alike if one & bit) for name, bit in bits.items()})


def _allowed(hub: Hub, session: Session, uses: Collection[Use], numbers: Set[int]) -> Mapping[int, int]:
    """Of situations, and maybe of others, the bits of the channels whose uses they allow; each is asked of once."""
    known: dict[int, int] = recalled(hub, session, ("allowed", frozenset(uses)), dict)
    if fresh := [number for number in numbers if number not in known]:
        found = dict.fromkeys(fresh, 0)
        for alike in _alike(uses):
            bits = _bits(hub, alike)
            for number, mask in _rows(hub, session, alike[0], fresh):
                found[number] |= mask & bits
        known.update(found)
    return known


def _rows(hub: Hub, session: Session, use: Use, numbers: list[int]) -> Iterable[Any]:
    """The boxes of some situations that allow a use in channels that they name: the situation, and their bits."""

    def built() -> Executable:
        wanted = select(ClearanceBox.clearance_id, ClearanceBox.channels)
        return wanted.where(among(ClearanceBox.clearance_id), _condition(hub, use))

    try:
        statement = _once(hub, ("situations", use), built)
    except Malformed:  # what cannot be asked is not allowed
        return ()
    return session.connection().execute(statement, {"ids": numbers, **now(hub.now())}).all()


def _bits(hub: Hub, uses: Iterable[Use]) -> int:
    return mask_of(scale_of(hub.words).channels, {use.channel for use in uses})


def singly_allowed(hub: Hub, session: Session, uses: Mapping[str, Collection[Use]]) -> dict[str, frozenset[str]]:
    """Return, by name, the assets that have to be decided one by one and may be used in any of its uses."""
    if not single_assets(session):
        return {}
    free = _free(hub, session, uses)
    return {name: frozenset(one for use in some for one in singly(hub, session, use)) for name, some in free.items()}


def _free(hub: Hub, session: Session, uses: Mapping[str, Collection[Use]]) -> dict[str, list[Use]]:
    """The uses that can be asked of all assets and that no prohibition for all of them answers already."""
    bars, own, moment = for_all_assets(session), {frozenset[str](), frozenset({hub.settings.party})}, hub.now()

    def is_free(use: Use) -> bool:
        asked = use.parties in own and (use.ends_at is None or use.ends_at > moment)
        return asked and not barred(hub, bars, use)

    return {name: [use for use in some if is_free(use)] for name, some in uses.items()}


def kept_channels(hub: Hub, session: Session, numbers: Collection[int]) -> Mapping[int, tuple[str, ...]]:
    """Return what some situations allow now to whoever is bound to nothing; what is barred for all assets not minded.

    An index keeps it (see `kept_for`). Those that allow none are left out.
    """
    uses = asked(hub, SYSTEM)
    found: dict[int, int] = defaultdict(int)
    for alike in _alike(uses.values()) if numbers else ():
        for number, mask in _rows(hub, session, alike[0], list(numbers)):
            found[number] |= mask
    told = {mask: _named(hub, mask, uses) for mask in set(found.values())}
    return {number: told[mask] for number, mask in found.items() if told[mask]}


def kept_for(hub: Hub, session: Session, actor: Actor, known: tuple[int, str]) -> tuple[str, ...] | None:
    """Return of which channels what an index keeps is what the actor may be told; None where it is not.

    `known` is told by the index, see `still_true`. It is not for a token that is bound to other places either.
    """
    if not still_true(hub, session, known):
        return None
    uses, plain = _uses(hub, session, actor), asked(hub, SYSTEM)
    return tuple(uses) if all(plain[name] == use for name, use in uses.items()) else None


def _uses(hub: Hub, session: Session, actor: Actor, like: Use | None = None) -> dict[str, Use]:
    """The questions that the actor may ask and that no prohibition for all assets answers already."""
    bars = for_all_assets(session)
    return {name: use for name, use in asked(hub, actor, like).items() if not barred(hub, bars, use)}


def asked(hub: Hub, actor: Actor, like: Use | None = None) -> Mapping[str, Use]:
    """Return the questions that the actor may ask, by public channel of the first rank; see `channels_now`."""
    plain = _unbound() if like is None else {name: replace(like, channel=name) for name in _unbound()}
    if actor.bounds is None:
        return plain
    found: dict[str, Use] = {}
    for name, use in plain.items():
        with suppress(Forbidden):
            found[name] = bounded(hub, actor, use)
    return found


@cache
def _unbound() -> Mapping[str, Use]:
    return MappingProxyType({channel.name: Use(channel.name) for channel in roots() if channel.public})


def _alike(uses: Iterable[Use]) -> Collection[list[Use]]:
    """Uses put together that differ in nothing but the channel."""
    found: dict[Use, list[Use]] = defaultdict(list)
    for use in uses:
        found[replace(use, channel="")].append(use)
    return found.values()


def _condition(hub: Hub, use: Use) -> ColumnElement[bool]:
    question = read_question(request_of(hub, "any", use), {"any": AssetFacts("any")}, hub.words)
    return condition_in_some_channel(question, hub.settings.party, hub.words, at_once=True)


def _named(hub: Hub, mask: int, uses: Mapping[str, Use]) -> tuple[str, ...]:
    named = set(channels_in(mask, hub.words))
    return tuple(name for name in uses if name in named)
