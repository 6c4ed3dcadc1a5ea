"""Looking at events."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ugc_hub.models import Event


@dataclass(frozen=True)
class Query:
    """Which events: since an instant, of a kind (`asset.received`, or `asset.` for all of them), of an object."""

    since: datetime | None = None
    kind: str = ""
    object_id: str = ""
    limit: int = 100


def find(session: Session, query: Query) -> list[Event]:
    """Return the newest events that a query asks for, newest first."""
    wanted = select(Event).order_by(Event.id.desc()).limit(query.limit)
    if query.since is not None:
        wanted = wanted.where(Event.at >= query.since)
    if query.kind.endswith("."):
        wanted = wanted.where(Event.kind.startswith(query.kind, autoescape=True))
    elif query.kind:
        wanted = wanted.where(Event.kind == query.kind)
    if query.object_id:
        wanted = wanted.where(Event.object_id == query.object_id)
    return list(session.scalars(wanted))
