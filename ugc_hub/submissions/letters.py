"""Mails about submissions: written down as jobs in the transaction that is their reason, composed when they are sent.

The job holds a name and an id; addresses and tokens are put together by whoever sends it, so that no table keeps them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ugc_hub.hub import Hub
from ugc_hub.licensing import read_person
from ugc_hub.licensing.documents import Scope, terms_version
from ugc_hub.models import Campaign, ConsentRecord, RightsRequest, Submission, SubmissionForm, TermsVersion
from ugc_hub.permissions.links import own_page
from ugc_hub.permissions.wording import LOCALES, channel, day, edit, phrase, place
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


def _to_sender(hub: Hub, session: Session, submission_id: str, *, name: str) -> Letter | None:
    row = session.get(SubmissionForm, submission_id)
    data = read_person(hub, session, row.person_id) if row else None
    if row is None or data is None or not data.email:
        return None
    submission = session.get_one(Submission, submission_id)
    campaign = session.get(Campaign, submission.campaign_id) if submission.campaign_id else None
    base = hub.settings.address
    locale = language(session, row.terms_version_id, submission.creator_id)
    return Letter(
        data.email,
        phrase("mail", f"submission_{name}", locale),
        _template(name, locale),
        {
            "brand": hub.settings.brand,
            "campaign": campaign.name if campaign else "",
            "note": row.note,
            "confirm": f"{base}/c/{sign(hub, 'confirm', submission_id)}",
            "form": f"{base}/h/{sign(hub, 'form', submission_id)}",
            "verified": row.verified_at is not None,
        },
    )


def _mine(name: str) -> Callable[[Hub, Session, str], Letter | None]:
    return lambda hub, session, thing_id: _to_sender(hub, session, thing_id, name=name)


def language(session: Session, version_id: str, creator_id: str | None) -> str:
    """Return the language in which somebody asked this creator last, else that of the terms; English for others."""
    asked = select(RightsRequest.locale).where(
        RightsRequest.creator_id == creator_id, RightsRequest.role == "creator", RightsRequest.kind != "reply"
    )
    newest = session.scalar(asked.order_by(RightsRequest.id.desc()).limit(1)) if creator_id else None
    known = newest or session.get_one(TermsVersion, version_id).locale
    language = known.lower().partition("-")[0]
    return language if language in LOCALES else "en"


def language_of(hub: Hub, person_id: str) -> str:
    """Return the language of the page of a person: that of their newest mail."""
    agreed = select(ConsentRecord).where(ConsentRecord.person_id == person_id, ConsentRecord.role == "creator")
    asked = select(RightsRequest.locale).where(RightsRequest.person_id == person_id, RightsRequest.kind != "reply")
    with hub.database.read() as session:
        newest = session.scalar(asked.order_by(RightsRequest.id.desc()).limit(1))
        record = session.scalar(agreed.order_by(ConsentRecord.id.desc()).limit(1))
        if newest is not None or record is None:
            return newest if newest in LOCALES else "en"
        submission = session.get(Submission, record.submission_id) if record.submission_id else None
        return language(session, record.terms_version_id, submission.creator_id if submission else None)


def _template(name: str, locale: str) -> str:
    return f"mail/{name}.txt" if locale == "en" else f"mail/{locale}/{name}.txt"


def _about_consent(hub: Hub, session: Session, record_id: str, *, name: str) -> Letter | None:
    """A mail to whoever speaks in a consent record: the creator, or the guardian of a minor."""
    record = session.get(ConsentRecord, record_id)
    data = read_person(hub, session, record.person_id) if record else None
    if record is None or data is None:
        return None
    to = data.guardian_email if record.role == "guardian" else data.email
    terms = terms_version(hub, session, record.terms_version_id)
    base = hub.settings.address
    submission = session.get(Submission, record.submission_id) if record.submission_id else None
    locale = language(session, terms.id, submission.creator_id if submission else None)
    return (
        Letter(
            to,
            phrase("mail", f"submission_{name}", locale),
            _template(name, locale),
            {
                "brand": hub.settings.brand,
                "person": data.name,
                "sender": _handle(session, record),
                "record": record,
                "terms": terms,
                "agreed": day(record.created_at.date(), locale),
                "months": terms.scope.months,
                **_spoken(record, terms.scope, locale),
                "confirm": _confirm(hub, session, record),
                "withdraw": f"{base}/w/{sign(hub, 'withdraw', record.id)}",
                "mine": own_page(hub, record.person_id) if record.role == "creator" else "",
                "guardian": f"{base}/g/{sign(hub, 'guardian', record.id)}",
            },
        )
        if to
        else None
    )


def _spoken(record: ConsentRecord, scope: Scope, locale: str) -> dict[str, str]:
    """Return what was agreed to, in the words of a language."""
    covered = [phrase("page", f"end_{layer}", locale) for layer in record.layers]
    places = ", ".join(place(one, locale) for one in scope.territories)
    spared = ", ".join(place(one, locale) for one in scope.exclude_territories)
    return {
        "covered": "; ".join(covered),
        "channels": "; ".join(channel(one, locale) for one in scope.channels),
        "territories": phrase("phrases", "but_not", locale, places=places, spared=spared) if spared else places,
        "edits": "; ".join(edit(one, locale) for one in scope.edits) or phrase("phrases", "no_edits", locale),
    }


def _confirm(hub: Hub, session: Session, record: ConsentRecord) -> str:
    """Return the address that confirms the creator's own, where that is still to be done; only they get it."""
    form = session.get(SubmissionForm, record.submission_id) if record.submission_id else None
    if form is None or form.verified_at is not None or record.person_id != form.person_id or record.role != "creator":
        return ""
    return f"{hub.settings.address}/c/{sign(hub, 'confirm', form.submission_id)}"


def _handle(session: Session, record: ConsentRecord) -> str:
    form = session.get(SubmissionForm, record.submission_id) if record.submission_id else None
    return form.handle if form else ""


def _of_record(name: str) -> Callable[[Hub, Session, str], Letter | None]:
    return lambda hub, session, thing_id: _about_consent(hub, session, thing_id, name=name)


_LETTERS: Mapping[str, Callable[[Hub, Session, str], Letter | None]] = {
    **{name: _mine(name) for name in ("confirm", "approved", "asked", "declined")},
    **{name: _of_record(name) for name in ("receipt", "guardian", "withdrawn")},
}
