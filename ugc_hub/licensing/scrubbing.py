"""What is written of a person outside their sealed data, and how little of it remains once they are erased.

Requests, partnerships, codes, forms and agreements stay as rows, because they prove what was agreed when; every word
that somebody wrote, every name, handle, address of a post and way back in goes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlalchemy.orm import Session

from ugc_hub.audit import record
from ugc_hub.hub import Hub
from ugc_hub.models import (
    Agreement,
    Asset,
    Collection,
    DataKey,
    DutyFulfilment,
    Grant,
    GrantAsset,
    Partnership,
    Person,
    PersonAccount,
    PlatformCode,
    Refusal,
    RightsRequest,
    Submission,
    SubmissionFile,
    SubmissionForm,
    SubmissionLink,
    TakedownTask,
    Usage,
)

from .assigning import PENDING
from .sealing import destroy

WAITING = ("draft", "sent", "answered", "expired")
"""Requests that are not over: nobody is left who could answer."""
KEPT_OF_REPLY = ("platform", "replied_at", "gone_at")
BATCH = 500


def persons_of(session: Session, creator_id: str) -> list[str]:
    """Return the persons who are a creator: known as such, who handed in as them, or were asked as them."""
    handed_in = (
        select(SubmissionForm.person_id)
        .join(Submission, Submission.id == SubmissionForm.submission_id)
        .where(Submission.creator_id == creator_id)
    )
    asked = select(RightsRequest.person_id).where(
        RightsRequest.creator_id == creator_id, RightsRequest.role == "creator", RightsRequest.person_id.is_not(None)
    )
    found = or_(Person.creator_id == creator_id, Person.id.in_(handed_in), Person.id.in_(asked))
    return list(session.scalars(select(Person.id).where(found).order_by(Person.id)))


def scrub_requests(hub: Hub, session: Session, whose: ColumnElement[bool]) -> int:
    """Leave of requests what was asked and accepted when; those that wait are over, and no link works any more."""
    rows = session.scalars(select(RightsRequest).where(whose)).all()
    for row in rows:
        row.subject = row.message = row.words = ""
        row.token_sha256 = row.receipt_sha256 = None
        if row.reply is not None:
            row.reply = {name: row.reply[name] for name in KEPT_OF_REPLY if name in row.reply}
        if row.state in WAITING:
            row.state = "withdrawn"
    session.flush()
    return len(rows)


def scrub_creator(hub: Hub, session: Session, creator_id: str) -> dict[str, int]:
    """Remove what is written of a creator; return how many records of each kind that concerned."""
    mine = select(Submission.id).where(Submission.creator_id == creator_id)
    partnerships = session.scalars(select(Partnership).where(Partnership.creator_id == creator_id)).all()
    for row in partnerships:
        row.note, row.affiliate_code, row.ended_at = "", "", row.ended_at or hub.now()
    codes = session.scalars(select(PlatformCode).where(PlatformCode.creator_id == creator_id)).all()
    for code in codes:
        destroy(hub, session.get_one(DataKey, code.key_id))
        code.sealed, code.post_id = b"", ""
        code.remote_state = "ended" if code.remote_state == "valid" else code.remote_state
    for agreement in session.scalars(select(Agreement).where(Agreement.creator_id == creator_id)):
        agreement.licensor = agreement.title = ""
    for link in session.scalars(select(SubmissionLink).where(SubmissionLink.creator_id == creator_id)):
        link.label, link.revoked_at = "", link.revoked_at or hub.now()
    session.execute(update(Refusal).where(Refusal.submission_id.in_(mine)).values(file_name=""))
    forms = _scrub_forms(session, SubmissionForm.submission_id.in_(mine))
    requests = scrub_requests(hub, session, RightsRequest.creator_id == creator_id)
    return {"requests": requests, "partnerships": len(partnerships), "codes": len(codes), "forms": forms}


def scrub_person(session: Session, person_id: str) -> int:
    """Remove what is written of a person who handed in or agreed to something; return how many forms it was."""
    session.execute(delete(PersonAccount).where(PersonAccount.person_id == person_id))
    for agreement in session.scalars(select(Agreement).where(Agreement.person_id == person_id)):
        agreement.licensor = agreement.title = ""
    return _scrub_forms(session, SubmissionForm.person_id == person_id)


def forget_places(hub: Hub, session: Session) -> int:
    """Let go where copies of erased assets ran, once nothing is left to be taken down; return how many there were.

    The address of a post often holds the handle of who made it. Whoever takes a copy down needs it until that is done;
    that it was done, when and by whom stays. A note that names the address goes whole.
    """
    pending = select(TakedownTask.id).where(TakedownTask.usage_id == Usage.id, TakedownTask.state.in_(PENDING))
    over = (
        select(Usage)
        .join(Asset, Asset.id == Usage.asset_id)
        .where(Asset.status == "erased", Usage.external_ref != "", Usage.status == "stopped", ~pending.exists())
    )
    rows = session.scalars(over.order_by(Usage.id)).all()
    for row in rows:
        named = TakedownTask.note.contains(row.external_ref, autoescape=True)
        session.execute(update(TakedownTask).where(TakedownTask.usage_id == row.id, named).values(note=""))
        row.external_ref = ""
        record(session, hub.now(), "copy.place_erased", row.id)
    session.flush()
    return len(rows)


def _scrub_forms(session: Session, whose: ColumnElement[bool]) -> int:
    forms = session.scalars(select(SubmissionForm).where(whose)).all()
    for form in forms:
        form.handle, form.note, form.sealed = "", "", None
    ids = [form.submission_id for form in forms]
    session.execute(update(SubmissionFile).where(SubmissionFile.submission_id.in_(ids)).values(file_name="", reason=""))
    session.flush()
    return len(forms)


def scrub_duties(session: Session, asset_id: str) -> list[str]:
    """Remove notes and proofs of duties of grants that are about no other asset; return the keys of the files."""
    others = select(GrantAsset.grant_id).where(GrantAsset.asset_id != asset_id)
    own = select(GrantAsset.grant_id).where(GrantAsset.asset_id == asset_id, GrantAsset.grant_id.not_in(others))
    return _without_words(session, session.scalars(select(Grant.id).where(Grant.id.in_(own))).all())


def _without_words(session: Session, grant_ids: Sequence[str]) -> list[str]:
    keys: list[str] = []
    for start in range(0, len(grant_ids), BATCH):
        some = list(grant_ids[start : start + BATCH])
        for row in session.scalars(select(DutyFulfilment).where(DutyFulfilment.grant_id.in_(some))):
            keys += [row.proof_key] if row.proof_key else []
            row.note, row.proof_key = "", None
    session.flush()
    return keys


def scrub_queries(session: Session, handle: str, other: str) -> None:
    """Let live collections that ask for a creator by their handle ask for another, which stands for nobody.

    In words only what is said of a creator counts: `creator:` with what follows, and the handle behind an @.
    """
    name = rf"{re.escape(handle)}(?![\w-]|\.\w)"
    said = re.compile(rf'creator\s*:\s*(?:\([^)]*|"[^"]*|\S+)|@{name}', re.IGNORECASE)
    alone = re.compile(rf"(?<![\w.-]){name}", re.IGNORECASE)
    for row in session.scalars(select(Collection).where(Collection.live.is_(True))):
        row.query = said.sub(lambda clause: alone.sub(other, clause[0]), row.query)
        if handle in row.chosen.get("creator", ()):
            creators = {other if one == handle else one for one in row.chosen["creator"]}
            row.chosen = {**row.chosen, "creator": sorted(creators)}
