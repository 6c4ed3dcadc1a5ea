"""What guardians say by a link that was mailed to them: they agree or refuse."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from ugc_hub.errors import Conflict, Gone, Invalid, NotFound
from ugc_hub.hub import Hub
from ugc_hub.licensing import PersonData, consent, read_person
from ugc_hub.licensing.consent import Given
from ugc_hub.licensing.documents import TermsView, terms_version
from ugc_hub.models import (
    Asset,
    AssetPerson,
    ConsentRecord,
    GrantAsset,
    Submission,
    SubmissionFile,
    SubmissionForm,
)

from .answers import clean_person
from .handing import Signed
from .letters import language, post
from .proving import level_of
from .tokens import read


@dataclass(frozen=True)
class ConsentView:
    """What the page of a guardian's link shows."""

    id: str
    role: str
    person: str
    handle: str
    standing: str
    """open, given, refused or withdrawn."""
    layers: tuple[str, ...]
    terms: TermsView
    assets: tuple[str, ...]
    locale: str = "en"


def look(hub: Hub, token: str) -> ConsentView:
    """Return what a guardian is asked about.

    Raises:
        NotFound: there is no such consent, or the person was erased.
    """
    with hub.database.read() as session:
        row = _row(hub, session, token)
        data = read_person(hub, session, row.person_id)
        if data is None:
            raise NotFound("What this link is about was erased.")
        form = session.get(SubmissionForm, row.submission_id) if row.submission_id else None
        submission = session.get(Submission, row.submission_id) if row.submission_id else None
        return ConsentView(
            id=row.id,
            role=row.role,
            person=data.name,
            handle=form.handle if form else "",
            standing=consent.standing(session, row.id),
            layers=tuple(row.layers),
            terms=terms_version(hub, session, row.terms_version_id),
            assets=_whole(session, _assets(session, row)),
            locale=language(session, row.terms_version_id, submission.creator_id if submission else None),
        )


def _row(hub: Hub, session: Session, token: str) -> ConsentRecord:
    row = session.get(ConsentRecord, read(hub, "guardian", token))
    if row is None or row.role != "guardian":
        raise NotFound("This link is not valid. Open it again from the mail, whole.")
    return row


def _assets(session: Session, row: ConsentRecord) -> tuple[str, ...]:
    """Return what a consent is about: what its grants name, or else what it is asked for."""
    named = select(GrantAsset.asset_id).where(GrantAsset.grant_id.in_(row.grants)).distinct()
    if not row.grants:
        named = select(SubmissionFile.asset_id).where(SubmissionFile.submission_id == row.submission_id)
        if row.layers == ["likeness"]:
            shown = select(AssetPerson.asset_id).where(AssetPerson.person_id == row.person_id)
            named = named.where(SubmissionFile.asset_id.in_(shown))
    return tuple(sorted(session.scalars(named)))


def pictured(hub: Hub, token: str, number: int) -> str:
    """Return the id of the asset, counted from 0, that a guardian is asked about; only as long as they are asked.

    Raises:
        NotFound: there is no such consent, or not so many assets.
        Gone: it was answered.
    """
    with hub.database.read() as session:
        row = _row(hub, session, token)
        assets = _whole(session, _assets(session, row))
        if consent.standing(session, row.id) != "open":
            raise Gone("This was answered already.", code="answered")
        if not 0 <= number < len(assets):
            raise NotFound("There is no such picture.")
        return assets[number]


def guardian_says(hub: Hub, token: str, signed: Signed, *, agrees: bool) -> None:
    """Keep that a guardian agrees or refuses; with an agreement the grants for the minor begin.

    Raises:
        NotFound: there is no such consent.
        Conflict: it was answered already.
        Invalid: no name was typed, or the box was not ticked.
    """
    name = clean_person(signed.name, "signed_name") if agrees else ""
    if agrees and not signed.ticked:
        raise Invalid("Tick the box to say that you agree.", extra={"field": "agree"})
    with hub.database.write() as session:
        row = _row(hub, session, token)
        hub.database.serialise(session, f"consent:{row.id}")
        if consent.standing(session, row.id) != "open":
            raise Conflict("This was answered already.", code="answered")
        terms = terms_version(hub, session, row.terms_version_id)
        consent.note(session, hub, row, kind="notice_shown", method=consent.METHODS["mail"], entity="hub", at=terms)
        if not agrees:
            consent.refuse(hub, session, row, terms=terms)
            return
        data = read_person(hub, session, row.person_id) or PersonData()
        form = session.get_one(SubmissionForm, row.submission_id)
        given = Given(
            assets=_whole(session, _assets(session, row)),
            licensor=f"@{form.handle}",
            signed_name=name,
            # The link was mailed to the guardian, but the address came from whoever handed in.
            level=level_of(hub, session, form),
            method="mail",
            creator_id=session.get_one(Submission, form.submission_id).creator_id,
            address=signed.address,
            browser=signed.browser[:500],
            email=data.guardian_email,
            details={"submission": form.submission_id, "box_ticked": True, "name_typed": True},
        )
        consent.give(hub, session, row, terms=terms, given=given)
        post(hub, session, "receipt", row.id)
    hub.ring()


def _whole(session: Session, ids: Sequence[str]) -> tuple[str, ...]:
    """Leave out files that were refused after they came: they are no assets any more."""
    return tuple(session.scalars(select(Asset.id).where(Asset.id.in_(list(ids))).order_by(Asset.id)))
