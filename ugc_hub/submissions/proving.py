"""How firmly it is known who hands in: who reads the mails of an address, and whether a handle is theirs."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from ugc_hub.accounts.users import mailbox
from ugc_hub.hub import Hub
from ugc_hub.licensing import PersonData, consent, read_person
from ugc_hub.licensing.documents import terms_version
from ugc_hub.models import (
    ConsentRecord,
    Creator,
    Person,
    PersonAccount,
    Submission,
    SubmissionForm,
    SubmissionLink,
    User,
)

from .answers import Answers

VERIFIED, CLAIMED = 2, 1
"""Evidence levels: click-wrap by a verified account; said by somebody at an address, or under a handle, of no proof."""
YOUNG = "This is your own address. Write that of a parent or guardian: they decide, not you."


def proven(session: Session, form: SubmissionForm) -> bool:
    """Tell whether the account of a form's handle sent or showed its code (see `accounts`)."""
    own = select(PersonAccount.id).where(PersonAccount.person_id == form.person_id, PersonAccount.handle == form.handle)
    return session.scalar(own.limit(1)) is not None


def missing(hub: Hub, session: Session, form: SubmissionForm) -> str:
    """Return what keeps a form from the evidence level of a verified account: `address`, `handle`, or nothing.

    A mail proves an address. By an open link anybody may type any handle: one that the brand knows is theirs only with
    an address by which it knows them. Whoever proved the account of the handle itself (see `accounts`) needs neither.
    """
    if proven(session, form):
        return ""
    if form.verified_at is None:
        return "address"
    link = session.get(SubmissionLink, form.link_id) if form.link_id else None
    if link is None or link.creator_id is not None:
        return ""
    creator = session.scalar(select(Creator).where(Creator.handle == form.handle))
    sender = read_person(hub, session, form.person_id) or PersonData()
    if creator is None or mailbox(sender.email) in mailboxes_of(hub, session, creator.id):
        return ""
    return "handle"


def level_of(hub: Hub, session: Session, form: SubmissionForm) -> int:
    """Return the evidence level of what is agreed to by a form, or by a guardian whom it names."""
    return CLAIMED if missing(hub, session, form) else VERIFIED


def mailboxes_of(hub: Hub, session: Session, creator_id: str) -> set[str]:
    """Return the mailboxes by which a creator is known: those of their person and of their accounts."""
    persons = session.scalars(select(Person.id).where(Person.creator_id == creator_id)).all()
    known = (read_person(hub, session, person_id) for person_id in persons)
    accounts = session.scalars(select(User.email).where(User.creator_id == creator_id)).all()
    return {mailbox(email) for email in (*(one.email for one in known if one), *accounts) if email}


def own_guardians(hub: Hub, session: Session, form: SubmissionForm, answers: Answers) -> dict[str, str]:
    """Return in words where somebody who is not of age names a mailbox of their own as that of a guardian."""
    if answers.of_age != "no":
        return {}
    submission = session.get_one(Submission, form.submission_id)
    sender = read_person(hub, session, form.person_id) or PersonData()
    own = {mailbox(sender.email)}
    if submission.creator_id is not None:
        own |= mailboxes_of(hub, session, submission.creator_id)
    wrong = {"guardian_email": YOUNG} if mailbox(answers.guardian_email) in own else {}
    others = (one.guardian_email for one in answers.others)
    return wrong | {
        f"others.{number}.guardian_email": YOUNG
        for number, email in enumerate(others)
        if email and mailbox(email) in own
    }


def raise_evidence(hub: Hub, session: Session, form: SubmissionForm, *, method: str = "mail") -> None:
    """Raise what was agreed to by a form before it was known whose it is, once nothing is missing any more.

    `method` is how it became known, a key of `consent.METHODS`.
    """
    if missing(hub, session, form):
        return
    for record in _records(session, form):
        terms = terms_version(hub, session, record.terms_version_id)
        consent.confirm(hub, session, record, terms=terms, method=method)


def _records(session: Session, form: SubmissionForm) -> Iterable[ConsentRecord]:
    found = select(ConsentRecord).where(ConsentRecord.submission_id == form.submission_id)
    return session.scalars(found.order_by(ConsentRecord.id)).all()
