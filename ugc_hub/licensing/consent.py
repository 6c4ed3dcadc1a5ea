"""Consent: who was shown what, agreed or refused, and withdrew; with the grants that rest on it.

Records have the members of ISO/IEC TS 27560. Events are appended; how a consent stands is what its last event says.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ugc_hub.accounts import SYSTEM, Actor
from ugc_hub.audit import record as record_event
from ugc_hub.hub import Hub
from ugc_hub.models import ConsentEvent, ConsentRecord, DataKey, Grant, GrantSupersession, Person
from ugc_hub.rights import RevocationEffect, read_instant

from .agreements import Agreed, agree
from .canonical import canonical
from .descent import standing_of, take_all_back
from .documents import TermsView
from .evidence import Proof, attach
from .grants import Draft, add
from .sealing import seal
from .versions import Change, supersede

SCHEMA = "ISO/IEC TS 27560:2023"
CATEGORIES = ("name", "e-mail address", "handle", "network address", "browser", "image and voice")
METHODS = {
    "page": "click-wrap on a page of the hub",
    "mail": "link that was mailed to the person",
    "account": "code that their account sent or showed",
}


@dataclass(frozen=True)
class Sought:
    """A consent that is to be asked for."""

    person_id: str
    role: str
    """`creator`, or `guardian` of the person."""
    layers: tuple[str, ...]
    submission_id: str | None = None


@dataclass(frozen=True)
class Given:
    """How somebody agreed. What says who they are is sealed under the person's key."""

    assets: tuple[str, ...]
    licensor: str
    signed_name: str
    level: int
    """Evidence level: 2 where a link mailed to them was followed, else 1."""
    method: str = "page"
    creator_id: str | None = None
    address: str = ""
    browser: str = ""
    email: str = ""
    details: dict[str, Any] | None = None
    """What else was stated with it, without personal data; kept in the evidence."""


def seek(hub: Hub, session: Session, terms: TermsView, sought: Sought) -> ConsentRecord:
    """Open a record before anything is agreed to, in the caller's transaction."""
    row = ConsentRecord(
        id=hub.new_id("cns"),
        created_at=hub.now(),
        submission_id=sought.submission_id,
        person_id=sought.person_id,
        role=sought.role,
        terms_version_id=terms.id,
        grants=[],
        layers=sorted(sought.layers),
        body={
            "schema_version": SCHEMA,
            "controller": hub.settings.party,
            "purposes": sorted(terms.scope.channels),
            "pii_information": list(CATEGORIES),
            "lawful_basis": {"copyright": "contract", "likeness": "consent"},
            "recipients": [hub.settings.party],
            "storage_location": "the hub of the controller",
            "retention_period": "while the permission lasts, and afterwards as proof",
            "withdrawal_method": "the link in the receipt",
            "jurisdiction": sorted(terms.scope.territories),
        },
    )
    session.add(row)
    session.flush()
    return row


def note(
    session: Session, hub: Hub, record: ConsentRecord, *, kind: str, method: str, entity: str, at: TermsView
) -> None:
    """Append one event of a consent."""
    session.add(
        ConsentEvent(
            id=hub.new_id("cev"),
            created_at=hub.now(),
            record_id=record.id,
            kind=kind,
            terms_version_id=at.id,
            language=at.locale,
            purposes=sorted(at.scope.channels),
            method=method,
            entity=entity,
        )
    )
    session.flush()
    record_event(session, hub.now(), f"consent.{kind}", record.id, person=record.person_id, role=record.role)


def events(session: Session, record_id: str) -> Sequence[ConsentEvent]:
    """Return what happened to a consent, oldest first."""
    found = select(ConsentEvent).where(ConsentEvent.record_id == record_id)
    return session.scalars(found.order_by(ConsentEvent.created_at, ConsentEvent.id)).all()


def standing(session: Session, record_id: str) -> str:
    """Return how a consent stands: `open`, `given`, `refused` or `withdrawn`."""
    said = [event.kind for event in events(session, record_id) if event.kind != "notice_shown"]
    last = said[-1] if said else "open"
    return "given" if last == "reconfirmed" else last


def give(hub: Hub, session: Session, record: ConsentRecord, *, terms: TermsView, given: Given) -> list[Grant]:
    """Keep that somebody agreed: agreement, grants, evidence and event, in the caller's transaction."""
    now = hub.now()
    key = session.get_one(DataKey, session.get_one(Person, record.person_id).key_id)
    who = {"name": given.signed_name, "email": given.email, "address": given.address, "browser": given.browser}
    record.sealed = seal(hub, key, who)
    agreed = Agreed(
        "model_release" if record.layers == ["likeness"] else "terms",
        terms.title,
        creator_id=given.creator_id,
        person_id=record.person_id,
        licensor=given.licensor,
        revocable=terms.scope.revocable,
        notice_days=terms.scope.notice_days,
        text_sha256=terms.text_sha256,
        locale=terms.locale,
        signed_at=now,
        signed_by_role=record.role,
    )
    version = agree(hub, session, SYSTEM, agreed)
    record.agreement_version_id, record.terms_version_id = version.id, terms.id
    grants = [
        add(hub, session, SYSTEM, Draft(_plain(hub, record, terms, layer=layer, given=given), given.assets, version.id))
        for layer in record.layers
    ]
    record.grants = [*record.grants, *(grant.id for grant in grants)]
    before = standing(session, record.id)
    note(
        session,
        hub,
        record,
        kind="given" if before in ("open", "refused") else "reconfirmed",
        method=METHODS[given.method],
        entity=record.role,
        at=terms,
    )
    proof = Proof(
        "clickwrap", canonical(_clickwrap(record, terms, given=given, at=now.isoformat())), "application/json"
    )
    for grant in grants:
        attach(hub, session, SYSTEM, grant_id=grant.id, proof=proof)
    return grants


def _plain(hub: Hub, record: ConsentRecord, terms: TermsView, *, layer: str, given: Given) -> dict[str, Any]:
    now = hub.now().isoformat()
    plain = terms.scope.grant(layer) | {
        "state": "active",
        "subject": record.person_id if layer == "likeness" else None,
        "evidence_level": given.level,
        "signed_at": now,
        "signed_by_role": record.role,
        "note": f"{terms.title}, version {terms.number}",
    }
    if "duties" in plain:
        plain["duties"] = [{**duty, "text": given.licensor} for duty in plain["duties"]]
    if "window" not in plain:
        plain |= {"starts_at": now, "perpetual": True}
    return plain


def _clickwrap(record: ConsentRecord, terms: TermsView, *, given: Given, at: str) -> dict[str, Any]:
    """Return what proves that the button was pressed; names and addresses only sealed, so that they can be erased."""
    return {
        "record": record.id,
        "person": record.person_id,
        "role": record.role,
        "terms": {
            "version": terms.id,
            "number": terms.number,
            "locale": terms.locale,
            "text_sha256": terms.text_sha256,
            "binding_sha256": terms.binding_sha256,
            "scope": terms.scope.plain(),
        },
        "layers": list(record.layers),
        "assets": list(given.assets),
        "accepted_at": at,
        "method": METHODS[given.method],
        "evidence_level": given.level,
        "details": given.details or {},
        "sealed": (record.sealed or b"").hex(),
    }


def refuse(hub: Hub, session: Session, record: ConsentRecord, *, terms: TermsView) -> None:
    """Keep that somebody was asked and did not agree."""
    note(session, hub, record, kind="refused", method=METHODS["mail"], entity=record.role, at=terms)


def confirm(hub: Hub, session: Session, record: ConsentRecord, *, terms: TermsView, method: str = "mail") -> None:
    """Raise the evidence of what was agreed before it was known by whom: new versions of its grants, level 2.

    `method`, a key of `METHODS`, is how that became known.
    """
    raised = []
    rows = _in_force(session, record)
    newer = select(GrantSupersession.older_id).join(Grant, Grant.id == GrantSupersession.newer_id)
    # Another version stands or waits in the place of these; whoever wrote it decides what it rests on.
    passed = set(session.scalars(newer.where(GrantSupersession.older_id.in_([row.id for row in rows]), _KEPT)))
    for row in rows:
        if int(row.body.get("evidence_level") or 0) >= 2 or row.id in passed or row.revoked:
            continue
        change = Change({"evidence_level": 2}, terms.text_sha256, _signed_at(row))
        raised += supersede(hub, session, SYSTEM, grant_id=row.id, change=change)
    if not raised:
        return
    said = {"record": record.id, "confirmed_at": hub.now().isoformat(), "method": METHODS[method]}
    proof = Proof("clickwrap", canonical({**said, "sealed": (record.sealed or b"").hex()}), "application/json")
    for row in raised:
        attach(hub, session, SYSTEM, grant_id=row.id, proof=proof)
    record.grants = [*record.grants, *(row.id for row in raised)]
    note(session, hub, record, kind="reconfirmed", method=METHODS[method], entity=record.role, at=terms)


_KEPT = Grant.state != "rejected"


def _signed_at(row: Grant) -> datetime:
    """The day of the signature, which a version that only narrows has kept."""
    return read_instant(row.body.get("signed_at")) or row.created_at


def _in_force(session: Session, record: ConsentRecord) -> list[Grant]:
    return [row for row in standing_of(session, record.grants) if row.state == "active"]


def withdraw(
    hub: Hub, session: Session, record: ConsentRecord, *, terms: TermsView, layers: Sequence[str]
) -> list[tuple[Grant, RevocationEffect]]:
    """End what rests on a consent, for layers: being shown ends at once, the licence as its agreement says.

    Doing it twice changes nothing.
    """
    words = f"Withdrawn by the {record.role} by the link in the receipt."
    done = take_all_back(hub, session, SYSTEM, ids=record.grants, layers=layers, note=words)
    if done:
        note(session, hub, record, kind="withdrawn", method=METHODS["mail"], entity=record.role, at=terms)
    return done


def suspend(hub: Hub, session: Session, actor: Actor, record: ConsentRecord) -> list[str]:
    """Take the grants of a consent out of force, because it is to be given anew; return their ids."""
    rows = _in_force(session, record)
    for row in rows:
        row.state = "suspended"
        record_event(session, hub.now(), "grant.suspended", row.id, actor=actor.user_id, consent=record.id)
    session.flush()
    return [row.id for row in rows]


def as_record(session: Session, record: ConsentRecord) -> dict[str, Any]:
    """Return a consent record with its events as plain JSON, in the members of ISO/IEC TS 27560."""
    happened = [
        {
            "event_time": event.created_at.isoformat(),
            "event_type": event.kind,
            "privacy_notice": event.terms_version_id,
            "language": event.language,
            "purposes": list(event.purposes),
            "collection_method": event.method,
            "entity": event.entity,
        }
        for event in events(session, record.id)
    ]
    return {**record.body, "record_id": record.id, "pii_principal_id": record.person_id, "events": happened}
