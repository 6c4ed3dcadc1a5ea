"""Goes through the whole chain and names the first entry that is not as it was written."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, Text, cast, select, type_coerce
from sqlalchemy.orm import Session

from ugc_hub.models import Event, Meta

from .chain import GENESIS, HEAD, Head, Link

CHUNK = 1000
"""Rows in memory at once."""
# As they lie in the table: what somebody wrote there by hand may be no time and no JSON.
_COLUMNS = (
    Event.id,
    Event.prev_hash,
    Event.hash,
    type_coerce(Event.at, Text).label("at"),
    Event.actor,
    Event.kind,
    Event.object_id,
    cast(Event.body, Text).label("body"),
)


@dataclass(frozen=True)
class Broken:
    """The first entry that is wrong, and what is wrong with it: edited, removed, rewritten or unsealed."""

    sequence: int
    code: str
    words: str


@dataclass(frozen=True)
class Verdict:
    """How many entries were in order, the newest of them, and what is broken."""

    events: int
    head: Head
    broken: Broken | None


def verify(session: Session, key: bytes, *, known: Head | None = None) -> Verdict:
    """Check every entry, its place in the chain, and the seal of the newest one by the hub's secret.

    `known` is a head that was noted earlier, elsewhere: it must still be part of the chain. Memory does not grow with
    the number of entries.
    """
    kept = session.scalar(select(Meta.value).where(Meta.name == HEAD))
    last, count = Head(0, GENESIS), 0
    for row in _rows(session):
        broken = _compare(row, last, known)
        if broken is not None:
            return Verdict(count, last, broken)
        last, count = Head(row.id, row.hash), count + 1
    return Verdict(count, last, _end(last, kept, key) or _reached(last, known))


def _rows(session: Session) -> Iterator[Row[Any]]:
    after = None
    while True:
        wanted = select(*_COLUMNS).order_by(Event.id).limit(CHUNK)
        rows: Any = session.execute(wanted if after is None else wanted.where(Event.id > after)).all()
        if not rows:
            return
        yield from rows
        after = rows[-1].id


def _compare(row: Row[Any], last: Head, known: Head | None) -> Broken | None:
    if row.prev_hash != last.hash:
        gap = row.id - last.sequence > 1
        words = f"What came before entry {row.id} was removed." if gap else f"Entry {row.id} does not follow the last."
        return Broken(row.id, "removed" if gap else "reordered", words)
    digest = _digest(row)
    if digest is None or digest != row.hash:
        return Broken(row.id, "edited", f"Entry {row.id} is not as it was written.")
    if known is not None and row.id == known.sequence and row.hash != known.hash:
        return Broken(row.id, "rewritten", f"Entry {row.id} is another one than was noted: the chain was rewritten.")
    return None


def _digest(row: Row[Any]) -> str | None:
    """Return the hash that the content of a row has; None where it cannot be read."""
    try:
        at = row.at if isinstance(row.at, datetime) else datetime.fromisoformat(row.at)
        at = at.replace(tzinfo=UTC) if at.tzinfo is None else at
        body = json.loads(row.body)
        return Link(row.id, row.prev_hash, at, row.actor, row.kind, row.object_id, body).digest()
    except (ValueError, TypeError, RecursionError):
        return None


def _end(last: Head, kept: str | None, key: bytes) -> Broken | None:
    """Compare the end of the chain with its head."""
    if kept is None:
        return Broken(last.sequence, "unsealed", "The head of the chain is gone: nothing tells whether its end is.")
    head = Head.read(kept)
    if not head.genuine(key):
        words = "The head of the chain was not sealed by this hub: its end may be cut, or all of it rewritten."
        return Broken(head.sequence, "unsealed", words)
    if last.sequence < head.sequence:
        return Broken(last.sequence + 1, "removed", f"The newest entries are gone: {head.sequence} was the last one.")
    if (last.sequence, last.hash) != (head.sequence, head.hash):
        words = f"Entry {last.sequence} is not the newest one that this hub has written."
        return Broken(last.sequence, "rewritten", words)
    return None


def _reached(last: Head, known: Head | None) -> Broken | None:
    if known is None or last.sequence >= known.sequence:
        return None
    return Broken(last.sequence + 1, "removed", f"Entry {known.sequence}, which was noted, is gone.")
