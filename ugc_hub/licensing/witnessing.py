"""Compares what rights rest on with the audit: grants, revocations, proofs and copies are as they were written.

Triggers keep the hub itself from changing them; whoever takes the triggers away is found here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased

from ugc_hub.models import Asset as AssetRow
from ugc_hub.models import Event, Evidence, Grant, GrantAsset, GrantMilestone, Revocation, Usage
from ugc_hub.rights import DateRefused, Malformed, Milestones, read_instant, write_instant

from .canonical import digest
from .replaying import Deviation, decided_otherwise
from .terms import term_of
from .tracking import drifted

CHUNK = 500
SCRUBBED, UNNOTED = "grant.scrubbed", "grant.note_erased"
ADDED, REVOKED, ATTACHED, LEFT, DROPPED = (
    "grant.added",
    "grant.revoked",
    "evidence.attached",
    "copy.left",
    "evidence.erased",
)
_MAY_CHANGE = {
    Evidence: {"checked_at"},
    Revocation: {"scrubbed_at"},
    Usage: {
        *("sha256", "stamped_sha256", "stamp", "credentials", "perceptual_hash", "valid_until"),
        *("external_ref", "status", "ended_at", "ended_why"),
    },
}
"""Columns that the hub itself changes later; all others are part of what the audit keeps the hash of."""


def row_digest(row: Evidence | Revocation | Usage) -> str:
    """Return the hash of what must never change of a row; the audit keeps it."""
    names = [one.name for one in row.__table__.columns if one.name not in _MAY_CHANGE[type(row)]]
    return digest({name: _plain(getattr(row, name)) for name in names})


def _plain(value: Any) -> Any:
    return write_instant(value) if isinstance(value, datetime) else value


def deviations(session: Session) -> Iterator[Deviation]:
    """Yield what is wrong with kept decisions, and then with the rows that rights rest on.

    Memory does not grow with their number. Rows from before the audit knew of them are compared as far as it did.
    """
    yield from decided_otherwise(session)
    kinds: Mapping[str, Callable[[Session, list[Event]], Iterator[Deviation]]] = {
        ADDED: _grants,
        REVOKED: _revocations,
        ATTACHED: _evidence,
        LEFT: _usages,
    }
    for kind, compare in kinds.items():
        for events in _events(session, kind):
            yield from compare(session, events)
    yield from _forged(session)
    yield from _unmarked(session)
    yield from drifted(session)


def _events(session: Session, kind: str) -> Iterator[list[Event]]:
    after = 0
    wanted = select(Event).where(Event.kind == kind).order_by(Event.id).limit(CHUNK)
    while events := list(session.scalars(wanted.where(Event.id > after))):
        yield events
        after = events[-1].id


def _found(session: Session, table: Any, ids: Iterable[Any]) -> dict[str, Any]:
    """The rows as they lie in the database now, by id."""
    wanted = select(table).where(table.id.in_(sorted({one for one in ids if one})))
    return {row.id: row for row in session.scalars(wanted.execution_options(populate_existing=True))}


def _grants(session: Session, events: list[Event]) -> Iterator[Deviation]:
    rows = _found(session, Grant, (event.object_id for event in events))
    happened: dict[str, dict[str, datetime]] = {}
    for one in session.scalars(select(GrantMilestone).where(GrantMilestone.grant_id.in_(rows))):
        happened.setdefault(one.grant_id, {})[f"{one.name}_at"] = one.at
    scrubbed = _left(session, SCRUBBED, "body_sha256", [row.id for row in rows.values() if row.scrubbed_at is not None])
    for event in events:
        row = rows.get(event.object_id)
        if row is None:
            yield Deviation(event.object_id, "removed", f"Grant {event.object_id} was given and is gone.")
        elif not _as_agreed(row, event.body, scrubbed.get(row.id)):
            yield Deviation(row.id, "edited", f"Grant {row.id} does not say what was agreed.")
        elif not _as_dated(row, happened.get(row.id, {})):
            yield Deviation(row.id, "dates_edited", f"Grant {row.id} does not begin or end when its words say.")


def _left(session: Session, kind: str, name: str, ids: list[str]) -> dict[str, str]:
    """The hash of what the last erasure left of grants, or of their revocations, by id."""
    said = select(Event).where(Event.kind == kind, Event.object_id.in_(ids)).order_by(Event.id)
    return {event.body.get("revocation", event.object_id): str(event.body.get(name)) for event in session.scalars(said)}


def _as_agreed(row: Grant, said: Mapping[str, Any], scrubbed: str | None) -> bool:
    """Whether a grant says what was agreed, or what an erasure left of it."""
    named = all(row.body.get(name) == getattr(row, name) for name in ("effect", "layer", "subject") if name in row.body)
    left = scrubbed or row.content_hash
    same = said.get("content_hash", row.content_hash) == row.content_hash and digest(row.body) == left
    return named and same and said.get("effect", row.effect) == row.effect


def _as_dated(row: Grant, happened: Mapping[str, datetime]) -> bool:
    """Whether the columns say what the words of the term mean with all that has happened."""
    window = row.body.get("window")
    try:
        so_far = Milestones(signed_at=read_instant(row.body.get("signed_at")), **happened)
        term = term_of({"window": window} if window else row.body.get("term") or {}, so_far, row.created_at)
    except (DateRefused, Malformed):
        return False
    return (row.starts_at, row.ends_at, row.perpetual) == (term.starts_at, term.ends_at, term.perpetual)


def _revocations(session: Session, events: list[Event]) -> Iterator[Deviation]:
    rows = _found(session, Revocation, (event.body.get("revocation") for event in events))
    grants = {event.object_id for event in events if "revocation" not in event.body}
    older = session.execute(select(Revocation.grant_id, Revocation.basis).where(Revocation.grant_id.in_(grants)))
    known = {(grant_id, basis) for grant_id, basis in older}
    left = _left(session, UNNOTED, "row", [row.grant_id for row in rows.values() if row.scrubbed_at is not None])
    for event in events:
        named = event.body.get("revocation")
        there = named in rows if named else (event.object_id, event.body.get("basis")) in known
        if not there:
            yield Deviation(event.object_id, "removed", f"A revocation of grant {event.object_id} is gone.")
        elif named and row_digest(rows[named]) != left.get(named, event.body.get("row")):
            yield Deviation(named, "edited", f"Revocation {named} is not as it was written.")


def _evidence(session: Session, events: list[Event]) -> Iterator[Deviation]:
    rows = _found(session, Evidence, (event.body.get("evidence") for event in events))
    for event in events:
        named = str(event.body.get("evidence"))
        row = rows.get(named)
        if row is None:
            if not _dropped(session, named, event.object_id):
                yield Deviation(named, "removed", f"Proof {named} of grant {event.object_id} is gone.")
        elif row.sha256 != event.body.get("sha256") or event.body.get("row", row_digest(row)) != row_digest(row):
            yield Deviation(named, "edited", f"Proof {named} of grant {event.object_id} is another one than was kept.")


def _dropped(session: Session, evidence_id: str, grant_id: str) -> bool:
    """Whether a proof was erased with what it showed; before the audit named it, all assets of its grant are erased."""
    if session.scalar(select(Event.id).where(Event.kind == DROPPED, Event.object_id == evidence_id)) is not None:
        return True
    of_grant = select(AssetRow.status).join(GrantAsset, GrantAsset.asset_id == AssetRow.id)
    states = set(session.scalars(of_grant.where(GrantAsset.grant_id == grant_id)))
    return states == {"erased"}


def _usages(session: Session, events: list[Event]) -> Iterator[Deviation]:
    rows = _found(session, Usage, (event.body.get("usage") for event in events))
    for event in events:
        named = str(event.body.get("usage"))
        row = rows.get(named)
        if row is None:
            yield Deviation(named, "removed", f"Copy {named} left the hub and is gone from the ledger.")
            continue
        said = {"exit": row.exit, "channel": row.channel, "decision": row.decision_id}
        same = all(event.body.get(name, value) == value for name, value in said.items())
        if not same or row.asset_id != event.object_id or event.body.get("row", row_digest(row)) != row_digest(row):
            yield Deviation(named, "edited", f"Copy {named} is not as it was written into the ledger.")


def _forged(session: Session) -> Iterator[Deviation]:
    """Grants that nobody gave: without an entry, and not the copy of one for a further asset either."""
    other = aliased(Grant)

    def told(grant: Any) -> Any:
        return exists().where(Event.kind == ADDED, Event.object_id == grant.id)

    alike = exists().where(other.version_id == Grant.version_id, other.content_hash == Grant.content_hash, told(other))
    for one in session.scalars(select(Grant.id).where(~told(Grant), ~alike).order_by(Grant.id)):
        yield Deviation(one, "forged", f"Grant {one} was given by nobody that the audit knows of.")


def _unmarked(session: Session) -> Iterator[Deviation]:
    """Grants with a revocation that do not say so: nobody would look for it."""
    ended = exists().where(Revocation.grant_id == Grant.id)
    for one in session.scalars(select(Grant.id).where(ended, Grant.revoked.is_(False)).order_by(Grant.id)):
        yield Deviation(one, "edited", f"Grant {one} was revoked and does not say so.")
