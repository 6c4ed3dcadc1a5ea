"""Looking at events."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ugc_hub.models import Event

HUB = "hub"
"""Stands for the hub itself where a user is named."""


@dataclass(frozen=True)
class Query:
    """Which events: in a time, of a kind (`asset.received`, or `asset.` for all of them), of an object, by an actor.

    `actor` is a user id, or `hub` for the hub itself; `before` the number of the last one seen.
    """

    since: datetime | None = None
    kind: str = ""
    object_id: str = ""
    limit: int = 100
    actor: str = ""
    until: datetime | None = None
    before: int = 0


def find(session: Session, query: Query) -> list[Event]:
    """Return the newest events that a query asks for, newest first."""
    wanted = select(Event).order_by(Event.id.desc()).limit(query.limit)
    if query.since is not None:
        wanted = wanted.where(Event.at >= query.since)
    if query.kind.endswith("."):
        wanted = wanted.where(Event.kind.startswith(query.kind, autoescape=True))
    elif query.kind:
        wanted = wanted.where(Event.kind == query.kind)
    if query.until is not None:
        wanted = wanted.where(Event.at < query.until)
    if query.before:
        wanted = wanted.where(Event.id < query.before)
    if query.actor:
        wanted = wanted.where(Event.actor.is_(None) if query.actor == HUB else Event.actor == query.actor)
    if query.object_id:
        wanted = wanted.where(Event.object_id == query.object_id)
    return list(session.scalars(wanted))
