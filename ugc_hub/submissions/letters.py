"""Mails about submissions: written down as jobs in the transaction that is their reason, composed when they are sent.

The job holds a name and an id; addresses and tokens are put together by whoever sends it, so that no table keeps them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.orm import Session

from ugc_hub.hub import Hub
from ugc_hub.licensing import read_person
from ugc_hub.licensing.documents import terms_version
from ugc_hub.models import Campaign, ConsentRecord, Submission, SubmissionForm
from ugc_hub.permissions.links import own_page
from workers.queue.jobs import enqueue
from workers.queue.shapes import Options

from .tokens import sign


@dataclass(frozen=True)
class Letter:
    """A mail to be sent: the template under `mail/`, and its values."""

    to: str
    subject: str
    template: str
    values: Mapping[str, Any] = field(default_factory=dict)


def post(hub: Hub, session: Session, name: str, thing_id: str) -> None:
    """Ask for a mail in the caller's transaction: it is sent if and only if that is committed."""
    key = f"mail:{name}:{thing_id}:{hub.new_id('ltr')}"
    options = Options(key=key, max_attempts=hub.settings.job_attempts)
    enqueue(session.connection(), "mail", {"letter": name, "id": thing_id}, options=options)


def compose(hub: Hub, session: Session, name: str, thing_id: str) -> Letter | None:
    """Return the mail that a job asks for; None where there is nobody to send it to any more."""
    return _LETTERS[name](hub, session, thing_id)


def _to_sender(hub: Hub, session: Session, submission_id: str, *, name: str, subject: str) -> Letter | None:
    row = session.get(SubmissionForm, submission_id)
    data = read_person(hub, session, row.person_id) if row else None
    if row is None or data is None or not data.email:
        return None
    submission = session.get_one(Submission, submission_id)
    campaign = session.get(Campaign, submission.campaign_id) if submission.campaign_id else None
    base = hub.settings.address
    return Letter(
        data.email,
        subject,
        f"mail/{name}.txt",
        {
            "brand": hub.settings.party,
            "campaign": campaign.name if campaign else "",
            "note": row.note,
            "confirm": f"{base}/c/{sign(hub, 'confirm', submission_id)}",
            "form": f"{base}/h/{sign(hub, 'form', submission_id)}",
            "verified": row.verified_at is not None,
        },
    )


def _mine(name: str, subject: str) -> Callable[[Hub, Session, str], Letter | None]:
    return lambda hub, session, thing_id: _to_sender(hub, session, thing_id, name=name, subject=subject)


def _about_consent(hub: Hub, session: Session, record_id: str, *, name: str, subject: str) -> Letter | None:
    """A mail to whoever speaks in a consent record: the creator, or the guardian of a minor."""
    record = session.get(ConsentRecord, record_id)
    data = read_person(hub, session, record.person_id) if record else None
    if record is None or data is None:
        return None
    to = data.guardian_email if record.role == "guardian" else data.email
    terms = terms_version(hub, session, record.terms_version_id)
    base = hub.settings.address
    return (
        Letter(
            to,
            subject,
            f"mail/{name}.txt",
            {
                "brand": hub.settings.party,
                "person": data.name,
                "sender": _handle(session, record),
                "record": record,
                "terms": terms,
                "scope": terms.scope,
                "confirm": _confirm(hub, session, record),
                "withdraw": f"{base}/w/{sign(hub, 'withdraw', record.id)}",
                "mine": own_page(hub, record.person_id) if record.role == "creator" else "",
                "guardian": f"{base}/g/{sign(hub, 'guardian', record.id)}",
            },
        )
        if to
        else None
    )


def _confirm(hub: Hub, session: Session, record: ConsentRecord) -> str:
    """Return the address that confirms the creator's own, where that is still to be done; only they get it."""
    form = session.get(SubmissionForm, record.submission_id) if record.submission_id else None
    if form is None or form.verified_at is not None or record.person_id != form.person_id or record.role != "creator":
        return ""
    return f"{hub.settings.address}/c/{sign(hub, 'confirm', form.submission_id)}"


def _handle(session: Session, record: ConsentRecord) -> str:
    form = session.get(SubmissionForm, record.submission_id) if record.submission_id else None
    return form.handle if form else ""


def _of_record(name: str, subject: str) -> Callable[[Hub, Session, str], Letter | None]:
    return lambda hub, session, thing_id: _about_consent(hub, session, thing_id, name=name, subject=subject)


_LETTERS: Mapping[str, Callable[[Hub, Session, str], Letter | None]] = {
    "confirm": _mine("confirm", "Confirm your address"),
    "receipt": _of_record("receipt", "Your receipt: what you agreed to"),
    "guardian": _of_record("guardian", "Your consent is asked for"),
    "withdrawn": _of_record("withdrawn", "What you withdrew"),
    "approved": _mine("approved", "Your submission was approved"),
    "asked": _mine("asked", "Something in your submission has to change"),
    "declined": _mine("declined", "About your submission"),
}
