"""Reviewing: managers look at what was handed in, and approve it, send it back or decline it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ugc_hub import licensing
from ugc_hub.accounts import Actor, require
from ugc_hub.audit import record
from ugc_hub.creators import creator_by_handle
from ugc_hub.errors import Conflict, Invalid, NotFound
from ugc_hub.hub import Hub
from ugc_hub.licensing import consent
from ugc_hub.models import (
    Agreement,
    AgreementVersion,
    Asset,
    ConsentRecord,
    Creator,
    Person,
    Submission,
    SubmissionForm,
)

from .forms import ASKED_DAYS, FormView, own_consent, view
from .handing import clear, cover
from .letters import post
from .proving import proven
from .receiving import FileView, views

DECISIONS = ("approve", "ask", "decline")
LONGEST_NOTE = 2000


@dataclass(frozen=True)
class Review:
    """A submission as a manager sees it."""

    form: FormView
    files: tuple[FileView, ...]
    handed_in_at: datetime | None
    claimed: bool
    """The handle was typed by somebody with an open link, and nothing says that it is theirs; approving ties it."""
    guardians: tuple[Mapping[str, Any], ...]
    """Of each minor: the guardian consent's standing."""


def queue(hub: Hub, actor: Actor, state: str = "handed_in") -> list[Review]:
    """Return the submissions of a state, those handed in first at the top.

    Raises:
        Forbidden: the actor may not edit rights.
    """
    require(actor, "rights.edit")
    with hub.database.read() as session:
        rows = session.scalars(
            select(SubmissionForm)
            .where(SubmissionForm.state == state)
            .order_by(SubmissionForm.handed_in_at, SubmissionForm.submission_id)
            .limit(100)
        )
        return [_review(hub, session, row) for row in rows]


def _review(hub: Hub, session: Session, row: SubmissionForm) -> Review:
    asked = session.scalars(
        select(ConsentRecord).where(ConsentRecord.submission_id == row.submission_id, ConsentRecord.role == "guardian")
    )
    guardians = tuple({"person": one.person_id, "standing": consent.standing(session, one.id)} for one in asked)
    form = view(hub, session, row)
    return Review(
        form=form,
        files=tuple(views(session, row)),
        handed_in_at=row.handed_in_at,
        claimed=form.creator_id is None and (bool(form.missing) or not _known(session, row)),
        guardians=guardians,
    )


def _known(session: Session, row: SubmissionForm) -> bool:
    """Tell whether the handle of a form that lacks nothing is known; one that nobody knows yet lacks nothing either."""
    return proven(session, row) or session.scalar(select(Creator.id).where(Creator.handle == row.handle)) is not None


def see_review(hub: Hub, actor: Actor, submission_id: str) -> Review:
    """Return one submission.

    Raises:
        Forbidden: the actor may not edit rights.
        NotFound: there is none with a form.
    """
    require(actor, "rights.edit")
    with hub.database.read() as session:
        row = session.get(SubmissionForm, submission_id)
        if row is None:
            raise NotFound("There is no such submission.")
        return _review(hub, session, row)


def decide(hub: Hub, actor: Actor, submission_id: str, *, decision: str, note: str = "") -> None:
    """Approve a submission, send it back, or decline it; the creator is told by mail.

    Raises:
        Forbidden: the actor may not edit rights.
        NotFound: there is none.
        Conflict: it is not waiting for a decision.
        Invalid: the decision is none, or it needs words to the creator.
    """
    require(actor, "rights.edit")
    words = note.strip()
    if decision not in DECISIONS:
        raise Invalid(f"Decide by one of {', '.join(DECISIONS)}.", extra={"field": "decision"})
    if len(words) > LONGEST_NOTE or (decision == "ask" and not words):
        raise Invalid("Say to the creator what has to change, in at most 2,000 characters.", extra={"field": "note"})
    with hub.database.write() as session:
        hub.database.serialise(session, f"form:{submission_id}")
        row = session.get(SubmissionForm, submission_id)
        if row is None:
            raise NotFound("There is no such submission.")
        if row.state != "handed_in":
            raise Conflict("This submission is not waiting for a decision.", code="decided")
        row.note, row.decided_at, row.decided_by = words, hub.now(), actor.user_id
        {"approve": _approve, "ask": _ask, "decline": _decline}[decision](hub, session, actor, row)
        post(hub, session, row.state, submission_id)
        record(session, hub.now(), f"submission.{row.state}", submission_id, actor=actor.user_id)
    hub.ring()


def _assets(session: Session, row: SubmissionForm) -> list[str]:
    return [one.id for one in views(session, row) if one.state != "refused"]


def _approve(hub: Hub, session: Session, actor: Actor, row: SubmissionForm) -> None:
    ids = _assets(session, row)
    submission = session.get_one(Submission, row.submission_id)
    if submission.creator_id is None:
        fresh = session.scalar(select(Creator.id).where(Creator.handle == row.handle)) is None
        submission.creator_id = creator_by_handle(hub, session, row.handle).id
        if fresh:
            # Whoever came first under a handle is who the brand knows by it; nobody else becomes that by a click.
            session.get_one(Person, row.person_id).creator_id = submission.creator_id
        for asset in session.scalars(select(Asset).where(Asset.id.in_(ids), Asset.creator_id.is_(None))):
            asset.creator_id = submission.creator_id
        version = session.get(AgreementVersion, own_consent(session, row.submission_id).agreement_version_id or "")
        if version is not None:
            session.get_one(Agreement, version.agreement_id).creator_id = submission.creator_id
        session.flush()
        cover(hub, session, ids)
    clear(hub, session, row, asset_ids=ids)
    row.state = "approved"


def _ask(hub: Hub, session: Session, actor: Actor, row: SubmissionForm) -> None:
    """Let the creator change it; what was agreed so far is out of force until it is handed in again."""
    suspended = consent.suspend(hub, session, actor, own_consent(session, row.submission_id))
    if suspended:
        licensing.changes.changed(hub, session, _assets(session, row))
    row.state, row.expires_at = "asked", hub.now() + timedelta(days=ASKED_DAYS)


def _decline(hub: Hub, session: Session, actor: Actor, row: SubmissionForm) -> None:
    for asset_id in _assets(session, row):
        if licensing.row_of(hub, session, asset_id).status == "pending_review":
            note = "The submission was declined."
            licensing.set_status(hub, session, actor, asset_id=asset_id, status="hold", note=note)
    row.state = "declined"
