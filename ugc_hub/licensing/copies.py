"""Copies that have left: the ledger for those who may see it, and for everybody whether one may still be used."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from ugc_hub.accounts import Actor, require
from ugc_hub.accounts.actors import only_own
from ugc_hub.errors import NotFound
from ugc_hub.hub import Hub
from ugc_hub.models import Asset, AssetRights, Creator, DecisionRow, Event, Usage
from ugc_hub.rights import decide, read_request

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
        kept = session.get_one(DecisionRow, usage.decision_id)
        request = read_request(kept.request)
        found = situation(session, [usage.asset_id, *request.ingredients])
        again = replace(request, at=now, now=now, starts_at=None, ends_at=None, operation="continue")
        decision = decide(again, found.grants, found.facts)
        if not decision.allowed:
            return Standing("ended", ended_at=until, credit=credit)
        until = decision.valid_until
    return Standing("good", until if usage.ended_at is None else usage.ended_at, credit=credit)


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


@dataclass(frozen=True)
class Wanted:
    """Which copies: of an asset, on a channel, in a status, of a file; `before` is the id of the last one seen."""

    asset_id: str = ""
    channel: str = ""
    status: str = ""
    before: str = ""
    limit: int = 50
    sha256: str = ""
    """Of the stored file, or of the one that left."""


def find_usages(session: Session, actor: Actor, wanted: Wanted) -> list[Usage]:
    """Return copies that the actor may see, newest first; a creator sees those of their own assets."""
    found = _visible(actor).order_by(Usage.id.desc()).limit(wanted.limit)
    for column, value in (
        (Usage.asset_id, wanted.asset_id),
        (Usage.channel, wanted.channel),
        (Usage.status, wanted.status),
    ):
        found = found.where(column == value) if value else found
    if wanted.sha256:
        found = found.where(or_(Usage.sha256 == wanted.sha256, Usage.stamped_sha256 == wanted.sha256))
    if wanted.before:
        found = found.where(Usage.id < wanted.before)
    return list(session.scalars(found))


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
