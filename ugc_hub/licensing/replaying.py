"""Makes kept decisions again and names those that are not as they were handed out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from ugc_hub.models import DecisionInput, DecisionRow, Event
from ugc_hub.rights import RULE_VERSION, decide, read_request, write_decision

from .canonical import digest
from .deciding import contents, read_rows

KEPT = "decision.kept"
SCRUBBED = "decision.scrubbed"
"""An erasure took a name out of it; the hash is that of what it left."""
CHUNK = 500


@dataclass(frozen=True)
class Deviation:
    """A kept decision that is wrong: edited, removed, its rows edited, or answered otherwise today."""

    id: str
    code: str
    words: str


def decided_otherwise(session: Session) -> Iterator[Deviation]:
    """Yield what is wrong with kept decisions: each is compared with the audit, and made again.

    Memory does not grow with their number. Decisions from before the audit knew of them are only made again, and those
    of an older rule only compared.
    """
    read = _reader(session)
    for row, body in _rows(session):
        found = deviation_of(row, body, read(row.input_sha256))
        if found is not None:
            yield found
    after = 0
    there = exists().where(DecisionRow.id == Event.object_id)
    gone = select(Event.id, Event.object_id).where(Event.kind == KEPT, ~there).order_by(Event.id).limit(CHUNK)
    while rows := session.execute(gone.where(Event.id > after)).all():
        for event_id, decision_id in rows:
            yield Deviation(decision_id, "removed", f"Decision {decision_id} was handed out and is gone.")
            after = event_id


def _rows(session: Session) -> Iterator[tuple[DecisionRow, dict[str, Any] | None]]:
    """Yield kept decisions with what the audit says of each, in their order."""
    after = ""
    wanted = select(DecisionRow).order_by(DecisionRow.id).limit(CHUNK)
    while rows := session.scalars(wanted.where(DecisionRow.id > after)).all():
        said = said_of(session, rows)
        for row in rows:
            yield row, said.get(row.id)
            after = row.id


def said_of(session: Session, rows: Sequence[DecisionRow]) -> dict[str, dict[str, Any]]:
    """Return what the audit said last of decisions, by id; those from before it knew of them are left out."""
    ids = [row.id for row in rows]
    said = select(Event).where(Event.kind.in_((KEPT, SCRUBBED)), Event.object_id.in_(ids)).order_by(Event.id)
    return {event.object_id: event.body for event in session.scalars(said)}


def _reader(session: Session) -> Any:
    """Return a function that reads rows by their hash; decisions of one time are often of the same."""

    @lru_cache(maxsize=32)
    def read(sha256: str) -> Any:
        body = session.scalar(select(DecisionInput.body).where(DecisionInput.sha256 == sha256))
        if body is None or digest(body) != sha256:
            return None
        return read_rows(body)

    return read


def deviation_of(row: DecisionRow, body: dict[str, Any] | None, rows: Any) -> Deviation | None:
    """Return what is wrong with a decision: `body` is what the audit says of it, `rows` what it was made of."""
    if body is not None and body.get("sha256") != digest(contents(row)):
        return Deviation(row.id, "edited", f"Decision {row.id} is not as it was handed out.")
    if rows is None:
        return Deviation(row.id, "input_edited", f"The grants and facts of decision {row.id} are not those it was of.")
    if row.rule_version != RULE_VERSION:
        return None  # an older rule cannot be asked again; that nothing was edited is known by the hashes
    again = write_decision(decide(read_request(row.request), *rows))
    if again != row.result:
        words = f"Decision {row.id}, made by rule {row.rule_version}, gets another answer today."
        return Deviation(row.id, "answer", words)
    return None
