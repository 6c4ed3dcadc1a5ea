"""Duties that have to be done before a use (approval, payment): who confirmed them, with what proof."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ugc_hub.accounts import Actor, require
from ugc_hub.audit import record
from ugc_hub.errors import Conflict, Invalid, NotFound
from ugc_hub.hub import Hub
from ugc_hub.models import DutyFulfilment, User
from ugc_hub.models import Grant as GrantRow
from ugc_hub.rights import write_instant

from .changes import grants_changed
from .duties import confirmation, duty_words
from .evidence import Proof, evidence_key, keep_proof

LONGEST_NOTE = 2000


def fulfil(
    hub: Hub, session: Session, actor: Actor, *, grant_id: str, duty: str, note: str = "", proof: Proof | None = None
) -> DutyFulfilment:
    """Keep that what a grant asks for before a use was done; new uses are allowed from then on.

    `duty` is the name of a duty of the grant with phase `pre`; it counts for every use by this grant.

    Raises:
        Invalid: the grant has no such duty before a use, or the file cannot be kept (see `keep_proof`).
        Conflict: it was confirmed before.
        NotFound: there is no such grant.
    """
    require(actor, "rights.edit")
    row = _locked(hub, session, grant_id)
    asked = [str(one["duty"]) for one in before_use(row)]
    if duty not in asked:
        known = f"It is {', '.join(asked)}." if asked else "It asks for nothing before a use."
        raise Invalid(f"This grant does not ask for “{duty}” before a use. {known}", extra={"field": "duty"})
    if _kept(session, grant_id, duty) is not None:
        raise Conflict("This was confirmed before.", code="duty_confirmed")
    sha256 = keep_proof(hub, proof) if proof is not None else None
    done = DutyFulfilment(
        id=hub.new_id("dty"),
        created_at=hub.now(),
        grant_id=grant_id,
        duty=duty,
        by=actor.user_id,
        note=note.strip()[:LONGEST_NOTE],
        proof_key=evidence_key(sha256) if sha256 else None,
    )
    session.add(done)
    session.flush()
    record(session, hub.now(), "duty.fulfilled", grant_id, actor=actor.user_id, duty=duty, proof=sha256)
    grants_changed(hub, session, [grant_id])
    return done


def take_back(hub: Hub, session: Session, actor: Actor, *, grant_id: str, duty: str) -> None:
    """Take back that a duty was done: no new use begins until it is confirmed again; what is live is not touched.

    Raises:
        NotFound: there is no such grant, or it was not confirmed.
    """
    require(actor, "rights.edit")
    _locked(hub, session, grant_id)
    kept = _kept(session, grant_id, duty)
    if kept is None:
        raise NotFound("Nobody has confirmed this, so there is nothing to take back.")
    session.delete(kept)
    session.flush()
    record(session, hub.now(), "duty.taken_back", grant_id, actor=actor.user_id, duty=duty)
    grants_changed(hub, session, [grant_id])


def _locked(hub: Hub, session: Session, grant_id: str) -> GrantRow:
    session.flush()
    hub.database.serialise(session, f"grant:{grant_id}")
    row = session.get(GrantRow, grant_id, populate_existing=True)
    if row is None:
        raise NotFound("There is no such grant.")
    return row


def _kept(session: Session, grant_id: str, duty: str) -> DutyFulfilment | None:
    kept = select(DutyFulfilment).where(DutyFulfilment.grant_id == grant_id, DutyFulfilment.duty == duty)
    return session.scalar(kept.limit(1))


def before_use(row: GrantRow) -> list[Mapping[str, Any]]:
    """Return the duties of a grant that have to be done before a use."""
    return [duty for duty in row.body.get("duties") or () if duty.get("phase") == "pre"]


def conditions(session: Session, rows: Sequence[GrantRow]) -> dict[str, list[dict[str, Any]]]:
    """Return by grant what has to be done before a use, in words, and whether, when and by whom it was confirmed."""
    asked = {row.id: before_use(row) for row in rows}
    ids = [grant_id for grant_id, duties in asked.items() if duties]
    kept: dict[tuple[str, str], DutyFulfilment] = {}
    names: dict[str, str] = {}
    if ids:
        found = select(DutyFulfilment, User).outerjoin(User, User.id == DutyFulfilment.by)
        for one, user in session.execute(found.where(DutyFulfilment.grant_id.in_(ids)).order_by(DutyFulfilment.id)):
            kept[one.grant_id, one.duty] = one
            names[one.id] = (user.name or user.email) if user else ""
    told: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for grant_id in ids:
        for duty in asked[grant_id]:
            told[grant_id].append(_told(duty, kept.get((grant_id, str(duty["duty"]))), names))
    return told


def _told(duty: Mapping[str, Any], done: DutyFulfilment | None, names: Mapping[str, str]) -> dict[str, Any]:
    return {
        "duty": str(duty["duty"]),
        "words": duty_words(duty),
        "confirms": confirmation(duty),
        "met": done is not None,
        "confirmed_at": write_instant(done.created_at) if done else None,
        "confirmed_by": names[done.id] if done else "",
        "note": done.note if done else "",
        "proof_id": done.id if done and done.proof_key else None,
    }
