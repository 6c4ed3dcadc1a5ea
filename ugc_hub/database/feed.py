"""Reads which assets changed, so that no change is ever missed, however late its transaction commits.

A place in the feed is one number: everything before it is known. On SQLite, which has one writer at a time, it is the
number of an entry. On PostgreSQL it is the number of a transaction: all before the oldest that is still open
(`pg_snapshot_xmin`) have ended, so no entry can appear before it any more. What is visible behind it is read as well,
and again until the older transactions have ended.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import BigInteger, ColumnElement, Select, delete, func, select, text, type_coerce
from sqlalchemy.orm import Session

from ugc_hub.models import AssetChange, Meta

from .engine import Database

MOST = 200_000
"""Changes after which building anew is quicker than following."""
KEPT = timedelta(days=7)
PRUNED = "changes.pruned"
"""The place before which entries may be missing."""


@dataclass(frozen=True, slots=True)
class Change:
    """One entry: its number, its place and the asset."""

    id: int
    place: int
    asset_id: str


@dataclass(frozen=True, slots=True)
class Changes:
    """What came at or after a place, and the place up to which everything is known then."""

    entries: tuple[Change, ...]
    upto: int


def upto(database: Database, session: Session) -> int:
    """Return the place up to which everything is visible to the session; whatever it reads afterwards is no older."""
    if database.sqlite:
        last = session.scalar(text("SELECT seq FROM sqlite_sequence WHERE name = 'asset_changes'"))
        return int(last or 0) + 1
    return int(session.scalar(text("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")) or 1)


def changes(database: Database, session: Session, since: int) -> Changes | None:
    """Return the changes at or after a place; None where they are not known any more, or too many to follow.

    Then whatever follows has to be built anew.
    """
    until = upto(database, session)
    if not _pruned(session) <= since <= until:
        return None  # pruned meanwhile, or of another database
    place = _place(database)
    wanted = select(AssetChange.id, place.label("place"), AssetChange.asset_id).where(place >= since)
    rows = session.execute(wanted.order_by(place, AssetChange.id).limit(MOST + 1)).all()
    if len(rows) > MOST:
        return None
    return Changes(tuple(Change(id_, where, asset_id) for id_, where, asset_id in rows), until)


def changed(database: Database, session: Session, since: int, until: int) -> Select[str] | None:
    """Return the question for the ids of assets that changed at or after a place and before another.

    None where it is not known any more, as with `changes`.
    """
    if not _pruned(session) <= since <= upto(database, session):
        return None
    place = _place(database)
    return select(AssetChange.asset_id).where(place >= since, place < until)


@dataclass(frozen=True, slots=True)
class Backlog:
    """How many changes wait at a place, and since when the oldest of them does."""

    count: int
    since: datetime | None


def backlog(database: Database, session: Session, since: int) -> Backlog | None:
    """Return what waits for somebody who knows everything before a place; None where `changes` would be None."""
    if not _pruned(session) <= since <= upto(database, session):
        return None
    waiting = select(AssetChange.at).where(_place(database) >= since).limit(MOST + 1).subquery()
    count, oldest = session.execute(select(func.count(), func.min(waiting.c.at))).one()
    if count > MOST:
        return None
    return Backlog(count, None if oldest is None else datetime.fromtimestamp(oldest, UTC))


def prune(database: Database, session: Session, now: datetime) -> int:
    """Remove entries older than `KEPT` and return how many; who has not read them builds anew."""
    place = _place(database)
    old = AssetChange.at < int((now - KEPT).timestamp())
    last = session.scalar(select(func.max(place)).where(old))
    if last is None:
        return 0
    session.merge(Meta(name=PRUNED, value=str(max(int(last) + 1, _pruned(session)))))
    found = select(func.count()).select_from(AssetChange).where(old)
    count = session.scalar(found) or 0
    session.execute(delete(AssetChange).where(old))
    return count


def _place(database: Database) -> ColumnElement[int]:
    return type_coerce(AssetChange.id if database.sqlite else AssetChange.tx, BigInteger)


def _pruned(session: Session) -> int:
    return int(session.scalar(select(Meta.value).where(Meta.name == PRUNED)) or 1)
