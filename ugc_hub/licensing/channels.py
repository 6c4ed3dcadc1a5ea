"""In which channels may assets be used now? For the assets of a page, and for whole situations at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from ugc_hub.accounts import SYSTEM, Actor
from ugc_hub.database.among import among
from ugc_hub.errors import Forbidden
from ugc_hub.hub import Hub
from ugc_hub.models import AssetClearance, ClearanceBox
from ugc_hub.rights import AssetFacts
from ugc_hub.rights.questions import ask as read_question

from .bounding import bounded
from .deciding import Use, allowed_among, request_of
from .encoding import channels_in, condition_in_some_channel, edition, now
from .loading import for_all_assets
from .missing import trashed
from .overview import roots
from .recalling import recalled, still_true
from .usable import barred, single_assets

MOST = 64
"""Statements kept: there is one for each way in which tokens are bound."""
_KEPT = "channels of assets"


def channels_now(
    hub: Hub, session: Session, actor: Actor, asset_ids: Collection[str], *, in_use: bool = False
) -> dict[str, tuple[str, ...]]:
    """Return in which public channels of the first rank each asset may be used now; a fixed number of statements.

    The question is about the hub's own territories, without edits, as far as the actor's token reaches. `in_use`: it
    is known already that none lies in the trash, nor was composed of anything that does.
    """
    uses = _uses(hub, session, actor)
    asked = {"ids": list(asset_ids), **now(hub.now())}
    found: dict[str, int] = defaultdict(int)
    single: list[str] = []
    for group in _alike(uses):
        # All at once: one by one, each row of a page is a call to the database.
        for asset_id, number, mask in session.connection().execute(_of_assets(hub, group), asked).all():
            found[asset_id] |= mask or 0
            if number is None:
                single.append(asset_id)
    known = {mask: _named(hub, mask, uses) for mask in set(found.values())}
    told = {asset_id: known[mask] for asset_id, mask in found.items()}
    if single:
        allowed = {name: allowed_among(hub, session, single, use) for name, use in uses.items()}
        told |= {one: tuple(name for name in uses if one in allowed[name]) for one in single}
    return told if in_use else told | dict.fromkeys(told.keys() & trashed(session, asset_ids).keys(), ())


def _of_assets(hub: Hub, use: Use) -> Select[Any]:
    """The statement for the assets of a page, built once for all pages that ask the same at different times."""
    kept = cast(dict[object, Select[Any]], hub.kept.setdefault(_KEPT, {}))
    key = (edition(hub.settings.party, hub.words), tuple(hub.settings.territories), replace(use, channel=""))
    statement = kept.get(key)
    if statement is None:
        box = ClearanceBox.clearance_id == AssetClearance.clearance_id
        wanted = select(AssetClearance.asset_id, AssetClearance.clearance_id, ClearanceBox.channels)
        wanted = wanted.outerjoin(ClearanceBox, box & _condition(hub, use))
        if len(kept) >= MOST:
            kept.clear()
        statement = cast(Select[Any], wanted.where(among(AssetClearance.asset_id)))
        kept[key] = statement
    return statement


def channels_of_situations(hub: Hub, session: Session, actor: Actor) -> Mapping[int, tuple[str, ...]]:
    """Return the same for every situation, by its number; those that allow none are left out."""
    uses = _uses(hub, session, actor)
    return recalled(hub, session, ("channels", *uses.items()), lambda: _of_situations(hub, session, uses))


def allowing(
    hub: Hub, session: Session, uses: Mapping[str, Use], numbers: Collection[int]
) -> tuple[Mapping[int, tuple[str, ...]], Mapping[str, frozenset[str]]]:
    """Return which of some uses, by their channels, some situations allow, and what is decided singly, by channel.

    The uses begin now and have no end.
    """
    bars = for_all_assets(session)
    asked_of = {name: use for name, use in uses.items() if not barred(hub, bars, use)}
    known: dict[int, tuple[str, ...]] = recalled(hub, session, ("allowing", *asked_of.items()), dict)
    fresh = [number for number in numbers if number not in known]
    if fresh:
        found = _of_situations(hub, session, asked_of, ClearanceBox.clearance_id.in_(fresh))
        known.update((number, found.get(number, ())) for number in fresh)
    single = single_assets(session)
    singly = {name: allowed_among(hub, session, single, use) for name, use in asked_of.items()} if single else {}
    return {number: known[number] for number in numbers}, singly


def kept_channels(hub: Hub, session: Session, numbers: Collection[int]) -> Mapping[int, tuple[str, ...]]:
    """Return what some situations allow now to whoever is bound to nothing; what is barred for all assets not minded.

    An index keeps it (see `kept_for`).
    """
    some = ClearanceBox.clearance_id.in_(list(numbers))
    return _of_situations(hub, session, asked(hub, SYSTEM), some) if numbers else {}


def kept_for(hub: Hub, session: Session, actor: Actor, known: tuple[int, str]) -> tuple[str, ...] | None:
    """Return of which channels what an index keeps is what the actor may be told; None where it is not.

    `known` is told by the index, see `still_true`. It is not for a token that is bound to other places either.
    """
    if not still_true(hub, session, known):
        return None
    uses, plain = _uses(hub, session, actor), asked(hub, SYSTEM)
    return tuple(uses) if all(plain[name] == use for name, use in uses.items()) else None


def _of_situations(
    hub: Hub, session: Session, uses: dict[str, Use], some: ColumnElement[bool] | None = None
) -> dict[int, tuple[str, ...]]:
    found: dict[int, int] = defaultdict(int)
    for group in _alike(uses):
        wanted = select(ClearanceBox.clearance_id, ClearanceBox.channels).where(_condition(hub, group))
        if some is not None:
            wanted = wanted.where(some)
        for number, mask in session.execute(wanted, now(hub.now())):
            found[number] |= mask
    told = {mask: _named(hub, mask, uses) for mask in set(found.values())}
    return {number: told[mask] for number, mask in found.items() if told[mask]}


def singly_by_channel(hub: Hub, session: Session, actor: Actor) -> dict[str, frozenset[str]]:
    """Return, by channel, the assets that have to be decided one by one and may be used there now."""
    ids = single_assets(session)
    if not ids:
        return {}
    return {name: allowed_among(hub, session, ids, use) for name, use in _uses(hub, session, actor).items()}


def _uses(hub: Hub, session: Session, actor: Actor) -> dict[str, Use]:
    """The questions that the actor may ask and that no prohibition for all assets answers already."""
    bars = for_all_assets(session)
    return {name: use for name, use in asked(hub, actor).items() if not barred(hub, bars, use)}


def asked(hub: Hub, actor: Actor) -> dict[str, Use]:
    """Return the questions that the actor may ask, by public channel of the first rank."""
    found: dict[str, Use] = {}
    for channel in roots():
        if not channel.public:
            continue
        with suppress(Forbidden):
            found[channel.name] = bounded(hub, actor, Use(channel.name))
    return found


def _alike(uses: dict[str, Use]) -> Iterable[Use]:
    """One of each kind of uses that differ in nothing but the channel."""
    return {replace(use, channel=""): use for use in uses.values()}.values()


def _condition(hub: Hub, use: Use) -> ColumnElement[bool]:
    question = read_question(request_of(hub, "any", use), {"any": AssetFacts("any")}, hub.words)
    return condition_in_some_channel(question, hub.settings.party, hub.words, at_once=True)


def _named(hub: Hub, mask: int, uses: dict[str, Use]) -> tuple[str, ...]:
    named = set(channels_in(mask, hub.words))
    return tuple(name for name in uses if name in named)
