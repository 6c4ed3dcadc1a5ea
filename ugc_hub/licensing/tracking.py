"""Compares what changes in the life of grants, assets and persons with what the audit said of it last.

These columns and rows cannot be guarded by triggers, because the hub itself changes them. Whoever changes them past the
hub is found here: each change that it makes has an entry, so that the newest one says how things stand.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ugc_hub.models import (
    AgreementVersion,
    Asset,
    AssetPerson,
    AssetRights,
    DutyFulfilment,
    Event,
    Grant,
    GrantAsset,
    GrantSupersession,
    Person,
)

from .replaying import Deviation

CHUNK = 500
ADDED, COVERED, SIGNED = "grant.added", "asset.covered", "agreement.signed"
PROVEN, BROKEN = "evidence.intact", "evidence.broken"
ANSWERED, FULFILLED, TAKEN_BACK = "asset.rights_answered", "duty.fulfilled", "duty.taken_back"
STATES = {f"grant.{name}": name for name in ("active", "pending", "rejected", "suspended")}
STATUSES = {f"asset.{name}": name for name in ("pending_review", "active", "hold", "taken_down", "erased")}
ORDERS = ("legal_order", "legal_hold")
UNKEPT = frozenset({"copyright_notice", "people"})
"""Answers of which the audit keeps nothing, or that lie in rows of their own."""


def said_of(session: Session, row: Grant) -> dict[str, Any]:
    """Return what the audit keeps of a new grant: what it says by hash, how it stands, and what it reaches."""
    assets = select(GrantAsset.asset_id).where(GrantAsset.grant_id == row.id)
    older = select(GrantSupersession.older_id).where(GrantSupersession.newer_id == row.id)
    return {
        **{name: getattr(row, name) for name in ("effect", "layer", "state", "content_hash", "evidence_ok")},
        "version": row.version_id,
        "assets": sorted(session.scalars(assets)),
        "supersedes": sorted(session.scalars(older)),
    }


def drifted(session: Session) -> Iterator[Deviation]:
    """Yield what is not as the audit said last; memory does not grow with the number of rows.

    Rows from before the audit told of such a change are compared as far as it did.
    """
    kinds: Sequence[tuple[Callable[[Session, Sequence[Any]], Iterator[Deviation]], Any, Any]] = (
        (_grants, Grant, Grant.id),
        (_assets, AssetRights, AssetRights.asset_id),
        (_persons, Person, Person.id),
        (_duties, DutyFulfilment, DutyFulfilment.id),
    )
    for compare, table, key in kinds:
        after = ""
        wanted = select(table).order_by(key).limit(CHUNK).execution_options(populate_existing=True)
        while rows := session.scalars(wanted.where(key > after)).all():
            yield from compare(session, rows)
            after = getattr(rows[-1], key.key)
    for events in _events(session, COVERED):
        yield from _covered(session, events)
    for events in _events(session, SIGNED):
        yield from _signed(session, events)


def _events(session: Session, kind: str) -> Iterator[Sequence[Event]]:
    after = 0
    wanted = select(Event).where(Event.kind == kind).order_by(Event.id).limit(CHUNK)
    while events := session.scalars(wanted.where(Event.id > after)).all():
        yield events
        after = events[-1].id


def _told(session: Session, kinds: Iterable[str], ids: Iterable[str]) -> dict[str, list[Event]]:
    """What the audit says of objects, by their id and oldest first."""
    told: dict[str, list[Event]] = defaultdict(list)
    wanted = select(Event).where(Event.kind.in_(list(kinds)), Event.object_id.in_(list(ids))).order_by(Event.id)
    for event in session.scalars(wanted):
        told[event.object_id].append(event)
    return told


def _grants(session: Session, rows: Sequence[Grant]) -> Iterator[Deviation]:
    ids = [row.id for row in rows]
    told = _told(session, (ADDED, "grant.revoked", PROVEN, BROKEN, *STATES), ids)
    named = _pairs(session, GrantAsset.grant_id, GrantAsset.asset_id, ids)
    older = _pairs(session, GrantSupersession.newer_id, GrantSupersession.older_id, ids)
    there = set(session.scalars(select(Asset.id).where(Asset.id.in_(_first_assets(told)))))
    covered = _told(session, (COVERED,), {asset for one in named.values() for asset in one})
    for row in rows:
        said = _said_of_grant(told[row.id])
        for name in ("state", "evidence_ok", "version"):
            value = row.version_id if name == "version" else getattr(row, name)
            if name in said and said[name] != value:
                yield Deviation(row.id, "edited", f"Grant {row.id} has another {name} than the audit knows of.")
        if "assets" not in said:
            continue
        first = set(said["assets"])
        later = {
            event.object_id
            for asset in named[row.id] - first
            for event in covered[asset]
            if row.id in event.body["grants"]
        }
        if named[row.id] - first - later or (first & there) - named[row.id]:
            yield Deviation(row.id, "edited", f"Grant {row.id} names other assets than the audit knows of.")
        if older[row.id] != set(said["supersedes"]):
            yield Deviation(row.id, "edited", f"Grant {row.id} takes the place of others than the audit knows of.")


def _first_assets(told: Mapping[str, list[Event]]) -> set[str]:
    return {asset for events in told.values() for one in events for asset in one.body.get("assets") or ()}


def _pairs(session: Session, left: Any, right: Any, ids: Sequence[str]) -> defaultdict[str, set[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for one, other in session.execute(select(left, right).where(left.in_(ids))):
        found[one].add(other)
    return found


def _said_of_grant(events: Sequence[Event]) -> dict[str, Any]:
    said: dict[str, Any] = {}
    for event in events:
        if event.kind == ADDED:
            said |= {name: event.body[name] for name in ("state", "evidence_ok", "version") if name in event.body}
            said |= {name: event.body[name] for name in ("assets", "supersedes") if name in event.body}
        elif event.kind in STATES:
            said["state"] = STATES[event.kind]
        elif event.kind in (PROVEN, BROKEN):
            said["evidence_ok"] = event.kind == PROVEN
        elif "state" in event.body:
            said["state"] = event.body["state"]
    return said


def _assets(session: Session, rows: Sequence[AssetRights]) -> Iterator[Deviation]:
    ids = [row.asset_id for row in rows]
    told = _told(session, (ANSWERED, *STATUSES), ids)
    shown = _pairs(session, AssetPerson.asset_id, AssetPerson.person_id, ids)
    people = {one for events in told.values() for event in events for one in _people(event.body.get("answers") or {})}
    erased = set(session.scalars(select(Person.id).where(Person.id.in_(people), Person.erased_at.is_not(None))))
    for row in rows:
        status = next((one for one in reversed(told[row.asset_id]) if one.kind in STATUSES), None)
        known = {"status": STATUSES[status.kind], **status.body} if status else {"status": "pending_review"}
        if any(known.get(name, getattr(row, name)) != getattr(row, name) for name in ("status", *ORDERS)):
            yield Deviation(row.asset_id, "edited", f"Asset {row.asset_id} has another status than the audit knows of.")
        said: dict[str, Any] = {}
        for event in told[row.asset_id]:
            said |= event.body.get("answers") or {}
        wrong = [name for name in said if name not in UNKEPT and getattr(row, name, None) != said[name]]
        if "people" in said and row.status != "erased" and shown[row.asset_id] != _people(said) - erased:
            wrong.append("people")
        for name in wrong:
            words = f"What is known of asset {row.asset_id} ({name}) is not what somebody answered."
            yield Deviation(row.asset_id, "edited", words)


def _people(answers: Mapping[str, Any]) -> set[str]:
    return {one if isinstance(one, str) else one["id"] for one in answers.get("people") or ()}


def _persons(session: Session, rows: Sequence[Person]) -> Iterator[Deviation]:
    told = _told(session, ("person.added", "person.updated"), [row.id for row in rows])
    for row in rows:
        last = told[row.id][-1].body if told[row.id] else {}
        if last.get("is_adult", row.is_adult) != row.is_adult:
            yield Deviation(row.id, "edited", f"Person {row.id} is of another age than the audit knows of.")


def _duties(session: Session, rows: Sequence[DutyFulfilment]) -> Iterator[Deviation]:
    told = _told(session, (FULFILLED, TAKEN_BACK), {row.grant_id for row in rows})
    for row in rows:
        about = [event.kind for event in told[row.grant_id] if event.body.get("duty") == row.duty]
        if about[-1:] != [FULFILLED]:
            yield Deviation(row.id, "forged", f"Nobody confirmed {row.duty} of grant {row.grant_id}.")


def _covered(session: Session, events: Sequence[Event]) -> Iterator[Deviation]:
    """Assets that came under an agreement are still named by its grants."""
    ids = {event.object_id for event in events}
    there = set(session.scalars(select(Asset.id).where(Asset.id.in_(ids))))
    named = _pairs(session, GrantAsset.asset_id, GrantAsset.grant_id, sorted(ids))
    for event in events:
        for grant_id in set(event.body["grants"]) - named[event.object_id] if event.object_id in there else ():
            yield Deviation(grant_id, "edited", f"Grant {grant_id} names asset {event.object_id} no more.")


def _signed(session: Session, events: Sequence[Event]) -> Iterator[Deviation]:
    """Versions of agreements say what was signed."""
    wanted = select(AgreementVersion).where(AgreementVersion.id.in_([str(one.body["version"]) for one in events]))
    rows = {row.id: row for row in session.scalars(wanted.execution_options(populate_existing=True))}
    for event in events:
        named = str(event.body["version"])
        row = rows.get(named)
        if row is None:
            yield Deviation(named, "removed", f"Version {named} of an agreement was signed and is gone.")
            continue
        now = (row.agreement_id, row.number, row.text_sha256)
        if now != (event.object_id, event.body["number"], event.body["text_sha256"]):
            yield Deviation(named, "edited", f"Version {named} of an agreement is not as it was signed.")
