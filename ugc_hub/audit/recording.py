"""Writes events: collected while a transaction runs, chained and written just before it commits.

The chain has one order, that of the commits. On SQLite there is one writer. On PostgreSQL a lock is taken at the last
moment, after everything else was sent to the database, so that transactions do not wait for each other while they work.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import event, insert, select, text, update
from sqlalchemy.orm import Session, SessionTransaction

from ugc_hub.models import Event, Meta

from .chain import HEAD, Head, Link, storable

KEY = "audit_key"
"""Where a session carries the secret that seals the head."""
_WAITING = "audit_waiting"
_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended('audit', 0))")


@dataclass(frozen=True)
class _Waiting:
    at: datetime
    actor: str | None
    kind: str
    object_id: str
    body: dict[str, Any]
    transaction: SessionTransaction | None
    """The innermost transaction that it belongs to: a savepoint may be rolled back alone."""


def record(session: Session, at: datetime, kind: str, object_id: str, **body: Any) -> None:
    """Append one event in the caller's transaction, so that it exists if and only if the change does.

    `body` may hold `actor` (a user id, kept in its own column) and plain JSON values; never secrets, bytes or personal
    data: an entry can never be erased. It can be read once the transaction was committed.

    Raises:
        TypeError: a value is not JSON.
    """
    details: Mapping[str, Any] = {name: value for name, value in body.items() if name != "actor"}
    inside = session.get_nested_transaction() or session.get_transaction()
    entry = _Waiting(at, body.get("actor"), kind, object_id, storable(dict(details)), inside)
    session.info.setdefault(_WAITING, []).append(entry)


@event.listens_for(Session, "before_commit")
def _write(session: Session) -> None:
    """Chain and write what was recorded; the end of a savepoint is not yet the time."""
    if session.in_nested_transaction():
        return
    waiting: list[_Waiting] = session.info.pop(_WAITING, [])
    if not waiting:
        return
    session.flush()  # what may fail or wait comes before the lock
    if session.get_bind().dialect.name == "postgresql":
        session.execute(_LOCK)
    key: bytes = session.info.get(KEY, b"")
    kept = session.scalar(select(Meta.value).where(Meta.name == HEAD))
    head = _resume(session) if kept is None else Head.read(kept)
    genuine = head.genuine(key)
    rows = []
    for entry in waiting:
        link = Link(head.sequence + 1, head.hash, entry.at, entry.actor, entry.kind, entry.object_id, entry.body)
        head = Head(link.sequence, link.digest())
        rows.append({**_columns(link), "hash": head.hash})
    session.execute(insert(Event), rows)
    # A head that was tampered with stays broken: sealing it again would hide that.
    written = (head.sealed(key) if genuine else head).write()
    if kept is None:
        session.execute(insert(Meta).values(name=HEAD, value=written))
    else:
        session.execute(update(Meta).where(Meta.name == HEAD).values(value=written))


def _resume(session: Session) -> Head:
    """Go on after the newest row where the head is gone; it is told of as broken from then on."""
    last = session.execute(select(Event.id, Event.hash).order_by(Event.id.desc()).limit(1)).one_or_none()
    return Head.read("") if last is None else Head(last.id, last.hash)


def _columns(link: Link) -> dict[str, Any]:
    return {
        "id": link.sequence,
        "prev_hash": link.prev_hash,
        "at": link.at,
        "actor": link.actor,
        "kind": link.kind,
        "object_id": link.object_id,
        "body": link.body,
    }


@event.listens_for(Session, "after_soft_rollback")
def _forget(session: Session, ended: SessionTransaction) -> None:
    """What was undone did not happen."""
    waiting: list[_Waiting] = session.info.get(_WAITING, [])
    if waiting:
        session.info[_WAITING] = [entry for entry in waiting if not _within(entry.transaction, ended)]


def _within(inner: SessionTransaction | None, outer: SessionTransaction) -> bool:
    """Whether a transaction is another or lies in it; one that was recorded before it began lies in the outermost."""
    while inner is not None:
        if inner is outer:
            return True
        inner = inner.parent
    return outer.parent is None
