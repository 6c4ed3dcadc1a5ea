"""Copies that have left: the ledger for those who may see it, and for everybody whether one may still be used."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from ugc_hub.accounts import Actor, require
from ugc_hub.accounts.actors import only_own
from ugc_hub.errors import NotFound
from ugc_hub.hub import Hub
from ugc_hub.models import Asset, AssetRights, Campaign, Creator, DecisionRow, Event, Usage
from ugc_hub.rights import Decision, decide, read_request

from .afterlife import ENDED, RESTORED
from .loading import situation

GONE = ("taken_down", "erased")


@dataclass(frozen=True)
class Standing:
    """Whether a copy may be used: `good`, `ended` or `unknown`; nothing else is told of it."""

    status: str
    valid_until: datetime | None = None
    """Of one that is good; None is no known end."""
    ended_at: datetime | None = None
    credit: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        return dict(self.__dict__)


def copy_page(hub: Hub, usage_id: str) -> str:
    """Return the address of the public page of a copy; it is what a file names as its statement of rights."""
    return f"{hub.settings.address}/u/{usage_id}"


def standing(hub: Hub, session: Session, usage_id: str) -> Standing:
    """Return how a copy stands at this moment; one that the hub does not know is `unknown`.

    Where its time has come and the hourly job has not, it is asked again here.
    """
    usage, now = session.get(Usage, usage_id), hub.now()
    if usage is None or usage.status == "unknown":
        return Standing("unknown")
    credit = _credit(session, usage.asset_id)
    until = usage.valid_until
    if usage.status == "stopped" or (usage.ended_at is not None and usage.ended_at <= now):
        return Standing("ended", ended_at=usage.ended_at, credit=credit)
    if until is not None and until <= now:
        decision = asked_again(hub, session, usage)
        if not decision.allowed:
            return Standing("ended", ended_at=until, credit=credit)
        until = decision.valid_until
    return Standing("good", until if usage.ended_at is None else usage.ended_at, credit=credit)


def asked_again(hub: Hub, session: Session, usage: Usage) -> Decision:
    """Return whether the use that a copy left for may go on now."""
    now = hub.now()
    request = read_request(session.get_one(DecisionRow, usage.decision_id).request)
    found = situation(session, [usage.asset_id, *request.ingredients], beds=request.beds)
    again = replace(
        request,
        at=now,
        now=now,
        starts_at=None,
        ends_at=None,
        operation="continue",
        duty_state=found.duty_state,
    )
    return decide(again, found.grants, found.facts, hub.words)


def _credit(session: Session, asset_id: str) -> str:
    """Return whom to name, as long as the asset has not been taken down or erased."""
    row = session.execute(
        select(Creator.credit_line, Creator.handle, AssetRights.status)
        .select_from(Asset)
        .join(Creator, Creator.id == Asset.creator_id)
        .outerjoin(AssetRights, AssetRights.asset_id == Asset.id)
        .where(Asset.id == asset_id)
    ).one_or_none()
    if row is None or row.status in GONE:
        return ""
    return row.credit_line or f"@{row.handle}"


STATES = ("live", "ended", "unknown")
"""As people ask for them: still covered, ended in whatever way, or looked at by somebody."""


@dataclass(frozen=True)
class Wanted:
    """Which copies: of an asset, on a channel, in a status, of a file; `before` is the id of the last one seen."""

    asset_id: str = ""
    channel: str = ""
    """With its children."""
    status: str = ""
    before: str = ""
    limit: int = 50
    sha256: str = ""
    """Of the stored file, or of the one that left."""
    state: str = ""
    """One of `STATES`."""
    creator: str = ""
    """Handle of who made it."""
    campaign: str = ""
    ending_days: int | None = None
    """Those that are live and end within so many days."""


def find_usages(hub: Hub, session: Session, actor: Actor, wanted: Wanted) -> list[Usage]:
    """Return copies that the actor may see, newest first; a creator sees those of their own assets."""
    found = _visible(actor).order_by(Usage.id.desc()).limit(wanted.limit)
    found = found.where(*_conditions(wanted, hub.now()))
    if wanted.before:
        found = found.where(Usage.id < wanted.before)
    return list(session.scalars(found))


def _conditions(wanted: Wanted, now: datetime) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [
        column == value for column, value in ((Usage.asset_id, wanted.asset_id), (Usage.status, wanted.status)) if value
    ]
    if wanted.channel:
        below = Usage.channel.startswith(f"{wanted.channel}.", autoescape=True)
        conditions.append(or_(Usage.channel == wanted.channel, below))
    if wanted.creator:
        handle = wanted.creator.strip().removeprefix("@").lower()
        made = select(Asset.id).join(Creator, Creator.id == Asset.creator_id).where(Creator.handle == handle)
        conditions.append(Usage.asset_id.in_(made))
    if wanted.campaign:
        made = select(Asset.id).join(Campaign, Campaign.id == Asset.campaign_id).where(Campaign.name == wanted.campaign)
        conditions.append(Usage.asset_id.in_(made))
    if wanted.sha256:
        conditions.append(or_(Usage.sha256 == wanted.sha256, Usage.stamped_sha256 == wanted.sha256))
    if wanted.state:
        conditions.append(_in_state(wanted.state, now))
    if wanted.ending_days is not None:
        last = now + timedelta(days=wanted.ending_days)
        conditions += [_in_state("live", now), or_(Usage.valid_until <= last, Usage.ended_at <= last)]
    return conditions


def _in_state(state: str, now: datetime) -> ColumnElement[bool]:
    if state == "unknown":
        return Usage.status == "unknown"
    over = or_(func.coalesce(Usage.ended_at <= now, False), func.coalesce(Usage.valid_until <= now, False))
    if state == "ended":
        return or_(Usage.status == "stopped", and_(Usage.status == "live", over))
    return and_(Usage.status == "live", ~over)


def get_usage(session: Session, actor: Actor, usage_id: str) -> Usage:
    """Return one copy.

    Raises:
        NotFound: there is none of this id, or the actor may not see it.
    """
    usage = session.scalar(_visible(actor).where(Usage.id == usage_id))
    if usage is None:
        raise NotFound("There is no such use.")
    return usage


def _visible(actor: Actor) -> Select[Usage]:
    require(actor, "usage.view")
    own = only_own(actor, "usage.view")
    if own is None:
        return select(Usage)
    return select(Usage).where(Usage.asset_id.in_(select(Asset.id).where(Asset.creator_id == own)))


def feed(session: Session, actor: Actor, *, since: int = 0, limit: int = 100) -> list[dict[str, Any]]:
    """Return what ended after a cursor, oldest first, in the order in which it was committed; nothing is ever skipped.

    An entry's `cursor` is what to go on after. `kind` is `ended` or `restored`: an end that was announced was taken
    back. `channels` and `territories` empty means all of them; `usages` may be empty where the ledger knows of no copy.
    """
    require(actor, "usage.view")
    wanted = select(Event).where(Event.kind.in_((ENDED, RESTORED)), Event.id > since)
    own = only_own(actor, "usage.view")
    if own is not None:
        wanted = wanted.where(Event.object_id.in_(select(Asset.id).where(Asset.creator_id == own)))
    return [
        {
            "cursor": row.id,
            "at": row.at,
            "kind": row.kind.removeprefix("rights."),
            "asset_id": row.object_id,
            **row.body,
        }
        for row in session.scalars(wanted.order_by(Event.id).limit(limit))
    ]
