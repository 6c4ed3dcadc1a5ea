"""The form that belongs to a submission: begun by a link or by a creator who signs in, kept until it is handed in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ugc_hub.accounts import Actor, require, tries
from ugc_hub.accounts.users import clean_outside
from ugc_hub.audit import record
from ugc_hub.creators import clean_handle
from ugc_hub.errors import Conflict, Gone, Invalid, NotFound
from ugc_hub.hub import Hub
from ugc_hub.licensing import PersonData, keep_person, read_person
from ugc_hub.licensing.consent import Sought, note, seek
from ugc_hub.licensing.documents import TermsView, current_terms, terms_version
from ugc_hub.licensing.sealing import seal, unseal
from ugc_hub.models import ConsentRecord, Creator, DataKey, Person, Submission, SubmissionForm, SubmissionLink

from .answers import clean_person
from .briefs import BriefView, brief_of
from .letters import language, post
from .links import demand_open, find_link
from .proving import missing
from .tokens import link_digest, read, sign

DAYS = 14
"""How long a form waits to be handed in; then it is removed with its files."""
ASKED_DAYS = 30
"""How long one waits that a manager sent back."""
OPEN = ("draft", "asked")


@dataclass(frozen=True)
class Sender:
    """Who begins a submission."""

    name: str
    handle: str
    email: str


@dataclass(frozen=True)
class FormView:
    """A form with everything that its page shows."""

    submission_id: str
    state: str
    token: str
    sender: Sender
    brief: BriefView
    terms: TermsView
    verified: bool
    expires_at: datetime
    note: str
    files_left: int | None
    """None: as many as one likes."""
    creator_id: str | None = None
    locale: str = "en"
    """The language of the terms, or in which this creator was asked last."""
    missing: str = ""
    """What keeps it from the evidence level of a verified account: `address`, `handle`, or nothing."""
    answers: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_open(self) -> bool:
        """Whether files and answers can still be changed."""
        return self.state in OPEN


@dataclass(frozen=True)
class LinkPage:
    """What the page of a link shows."""

    brief: BriefView
    terms: TermsView
    handle: str
    """Whom it is meant for; empty: whoever has it."""
    locale: str


def look(hub: Hub, token: str) -> LinkPage:
    """Return what a link asks for.

    Raises:
        NotFound, Gone: see `find_link`.
    """
    with hub.database.read() as session:
        link = find_link(hub, session, token)
        brief = brief_of(session, link.campaign_id)
        creator = session.get(Creator, link.creator_id) if link.creator_id else None
    terms = current_terms(hub, brief.terms_id)
    with hub.database.read() as session:
        locale = language(session, terms.id, link.creator_id)
    return LinkPage(brief, terms, creator.handle if creator else "", locale)


def may_begin(hub: Hub, token: str, address: str) -> bool:
    """Count that somebody at a network address begins a submission, and tell whether they may: each sends a mail."""
    sha256 = link_digest(hub, token)
    return sha256 is None or tries.count(hub, {f"begin:{sha256}": 100, f"begin from:{address}": 20}) is not None


def begin(hub: Hub, token: str, sender: Sender) -> str:
    """Begin a submission by a link, and mail a link that confirms the address; return the form's own token.

    Raises:
        NotFound, Gone: see `find_link`.
        Invalid: name, handle or address is none; `extra["fields"]` says which.
    """
    page = look(hub, token)
    with hub.database.write() as session:
        link = find_link(hub, session, token)
        creator = session.get(Creator, link.creator_id) if link.creator_id else None
        clean = _clean(sender, creator.handle if creator else "")
        submission = Submission(
            id=hub.new_id("sub"),
            created_at=hub.now(),
            # By an open link anybody could claim a handle: it is tied to a creator by whoever approves it.
            creator_id=link.creator_id,
            campaign_id=link.campaign_id,
            user_id=None,
            door="link",
        )
        session.add(submission)
        session.flush()
        row = _open(hub, session, submission, terms=page.terms, sender=clean)
        row.link_id = link.id
        row.expires_at = min(row.expires_at, link.expires_at)
        post(hub, session, "confirm", submission.id)
        record(session, hub.now(), "submission.begun", submission.id, link=link.id, campaign=link.campaign_id)
    hub.ring()
    return sign(hub, "form", submission.id)


def _clean(sender: Sender, handle: str) -> Sender:
    wrong: dict[str, str] = {}
    values: dict[str, str] = {}
    for name, text, clean in (
        ("name", sender.name, lambda one: clean_person(one, "name")),
        ("handle", handle or sender.handle, clean_handle),
        ("email", sender.email, clean_outside),
    ):
        try:
            values[name] = clean(text)
        except Invalid as error:
            wrong[name] = error.message
    if wrong:
        raise Invalid("Some values are missing or wrong.", extra={"fields": wrong})
    return Sender(**values)


def begin_signed_in(hub: Hub, actor: Actor, campaign_id: str | None, name: str = "") -> str:
    """Begin a submission of the creator who is signed in; return the form's token.

    Raises:
        Forbidden: the actor may not upload.
        Conflict: the actor is no creator, or not tied to one yet.
    """
    require(actor, "asset.upload")
    if actor.role != "creator" or actor.creator_id is None:
        raise Conflict("This page is for creators who are tied to a creator record. Ask the brand to do that.")
    with hub.database.read() as session:
        brief = brief_of(session, campaign_id)
        creator = session.get_one(Creator, actor.creator_id)
    terms = current_terms(hub, brief.terms_id)
    with hub.database.write() as session:
        submission = Submission(
            id=hub.new_id("sub"),
            created_at=hub.now(),
            creator_id=actor.creator_id,
            campaign_id=campaign_id,
            user_id=actor.user_id,
            door="web",
        )
        session.add(submission)
        session.flush()
        sender = Sender(name or actor.name or creator.handle, creator.handle, actor.email)
        row = _open(hub, session, submission, terms=terms, sender=sender)
        row.verified_at = hub.now()  # accounts are entered by links that are mailed to their address
        record(session, hub.now(), "submission.begun", submission.id, actor=actor.user_id, campaign=campaign_id)
    return sign(hub, "form", submission.id)


def _open(hub: Hub, session: Session, submission: Submission, *, terms: TermsView, sender: Sender) -> SubmissionForm:
    person = _person_of(hub, session, submission.creator_id, sender)
    row = SubmissionForm(
        submission_id=submission.id,
        state="draft",
        person_id=person.id,
        terms_version_id=terms.id,
        handle=sender.handle,
        expires_at=hub.now() + timedelta(days=DAYS),
    )
    session.add(row)
    session.flush()
    consent = seek(hub, session, terms, Sought(person.id, "creator", ("copyright",), submission.id))
    note(session, hub, consent, kind="notice_shown", method="page of the hub", entity="hub", at=terms)
    return row


def _person_of(hub: Hub, session: Session, creator_id: str | None, sender: Sender) -> Person:
    """Return the person who hands in: one of the creator's with the same name and address, or a new one."""
    if creator_id is not None:
        for one in session.scalars(select(Person).where(Person.creator_id == creator_id).order_by(Person.id)):
            data = read_person(hub, session, one.id)
            if data is not None and (data.name, data.email) == (sender.name, sender.email):
                return one
    return keep_person(hub, session, PersonData(name=sender.name, email=sender.email), creator_id=creator_id)


def form_row(hub: Hub, session: Session, token: str, *, to_change: bool = False) -> SubmissionForm:
    """Return the form of a token.

    Raises:
        NotFound: there is none.
        Gone: it waited too long, or its link was revoked; or it is to be changed and was handed in.
    """
    submission_id = read(hub, "form", token)
    if to_change:
        hub.database.serialise(session, f"form:{submission_id}")
    row = session.get(SubmissionForm, submission_id, populate_existing=to_change)
    if row is None:
        raise NotFound("There is no such submission.")
    if row.state == "draft":
        link = session.get(SubmissionLink, row.link_id) if row.link_id else None
        if link is not None:
            demand_open(hub, link)
    if row.state in OPEN and row.expires_at <= hub.now():
        raise Gone("This form waited too long. Ask the brand for a new link.", code="form_expired")
    if to_change and row.state not in OPEN:
        raise Gone("This was handed in already; nothing can be changed any more.", code="handed_in")
    return row


def view(hub: Hub, session: Session, row: SubmissionForm) -> FormView:
    """Return a form with what its page shows."""
    submission = session.get_one(Submission, row.submission_id)
    link = session.get(SubmissionLink, row.link_id) if row.link_id else None
    data = read_person(hub, session, row.person_id) or PersonData()
    return FormView(
        submission_id=row.submission_id,
        state=row.state,
        token=sign(hub, "form", row.submission_id),
        sender=Sender(data.name, row.handle, data.email),
        brief=brief_of(session, submission.campaign_id),
        terms=terms_version(hub, session, row.terms_version_id),
        verified=row.verified_at is not None,
        expires_at=row.expires_at,
        note=row.note,
        files_left=None if link is None else max(0, link.most_files - link.used_files),
        creator_id=submission.creator_id,
        locale=language(session, row.terms_version_id, submission.creator_id),
        missing=missing(hub, session, row),
        answers=answers_of(hub, session, row),
    )


def answers_of(hub: Hub, session: Session, row: SubmissionForm) -> dict[str, Any]:
    """Return the answers as they were last sent; empty where there are none, or the person was erased."""
    key = session.get_one(DataKey, session.get_one(Person, row.person_id).key_id)
    plain = unseal(hub, key, row.sealed) if row.sealed else None
    return plain or {}


def see(hub: Hub, token: str) -> FormView:
    """Return the form of a token.

    Raises:
        NotFound, Gone: see `form_row`.
    """
    with hub.database.read() as session:
        return view(hub, session, form_row(hub, session, token))


def keep_answers(hub: Hub, token: str, answers: Mapping[str, Any]) -> None:
    """Keep answers as they were sent, complete or not, so that nothing is lost.

    Raises:
        NotFound, Gone: see `form_row`.
        Invalid: they are longer than any form.
    """
    if len(json.dumps(answers)) > 50_000:
        raise Invalid("The answers are too long.")
    with hub.database.write() as session:
        row = form_row(hub, session, token, to_change=True)
        key = session.get_one(DataKey, session.get_one(Person, row.person_id).key_id)
        row.sealed = seal(hub, key, dict(answers))


def own_consent(session: Session, submission_id: str) -> ConsentRecord:
    """Return the record of whoever handed in."""
    found = select(ConsentRecord).where(ConsentRecord.submission_id == submission_id, ConsentRecord.role == "creator")
    return session.scalars(found.order_by(ConsentRecord.id)).one()
