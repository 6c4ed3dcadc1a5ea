"""Handing in: answers, agreement, grants, evidence and receipt, all in one transaction or not at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ugc_hub import licensing
from ugc_hub.accounts import SYSTEM
from ugc_hub.audit import record
from ugc_hub.errors import Conflict, HubError, Invalid
from ugc_hub.hub import Hub
from ugc_hub.licensing import PersonData, consent, keep_person, read_person, row_of
from ugc_hub.licensing.consent import Given, Sought
from ugc_hub.licensing.documents import TermsView, terms_version
from ugc_hub.models import Asset, Person, Property, Submission, SubmissionFile, SubmissionForm, Track

from .answers import Answers, clean_person, read_answers
from .briefs import brief_of
from .forms import form_row, keep_answers, own_consent
from .letters import language, post
from .proving import level_of, own_guardians, raise_evidence
from .receiving import FileView, views
from .tokens import read


class NotHandedIn(HubError):
    """Something is missing or does not fit the brief; what was sent is kept, and `extra` says what to change."""

    code = "not_handed_in"
    status = 422


@dataclass(frozen=True)
class Signed:
    """How somebody accepts: what they typed and ticked, and from where."""

    name: str
    ticked: bool
    terms_version_id: str
    """The version that the page showed."""
    address: str = ""
    browser: str = ""


def hand_in(hub: Hub, token: str, answers: Mapping[str, Any], signed: Signed) -> str:
    """Hand a form in and return the id of its submission. What was sent is kept in any case.

    Raises:
        NotFound, Gone: see `forms.form_row`.
        NotHandedIn: answers, files, name or tick are missing, or a file differs from the brief; `extra["fields"]`
            tells each in words.
    """
    keep_answers(hub, token, answers)
    wrong: dict[str, str] = {}
    read_in: Answers | None = None
    try:
        read_in = read_answers(answers)
    except Invalid as error:
        wrong |= error.extra.get("fields") or {"": error.message}
    name = _signature(signed, wrong)
    with hub.database.write() as session:
        form = form_row(hub, session, token, to_change=True)
        files = views(session, form)
        wrong |= _files_wrong(files)
        wrong |= _late(hub, session, form)
        wrong |= own_guardians(hub, session, form, read_in) if read_in else {}
        if signed.terms_version_id != form.terms_version_id:
            wrong["terms"] = "The terms changed while the page was open. Read them again, then hand in."
        if wrong or read_in is None:
            raise NotHandedIn("Not handed in yet: some things are missing. Nothing is lost.", extra={"fields": wrong})
        _hand_in(hub, session, form, files=files, answers=read_in, signed=signed, name=name)
        submission_id = form.submission_id
    hub.ring()
    return submission_id


def _signature(signed: Signed, wrong: dict[str, str]) -> str:
    if not signed.ticked:
        wrong["agree"] = "Tick the box to say that you agree."
    try:
        return clean_person(signed.name, "signed_name")
    except Invalid:
        wrong["signed_name"] = "Type your name to sign."
        return ""


def _files_wrong(files: Sequence[FileView]) -> dict[str, str]:
    whole = [one for one in files if one.state != "refused"]
    if not whole:
        return {"files": "Add at least one photo or video."}
    if any(one.state == "looking" for one in whole):
        return {"files": "We are still looking at a file. Wait a moment, then hand in again."}
    differ = [one for one in whole if not one.settled]
    return {f"file.{one.id}": one.words for one in differ} | (
        {"files": "A file does not fit what was asked for."} if differ else {}
    )


def _late(hub: Hub, session: Session, form: SubmissionForm) -> dict[str, str]:
    brief = brief_of(session, session.get_one(Submission, form.submission_id).campaign_id).brief
    if form.state == "draft" and brief.deadline is not None and brief.deadline <= hub.now():
        return {"deadline": "The time for handing in is over. Ask the brand."}
    return {}


def _hand_in(
    hub: Hub,
    session: Session,
    form: SubmissionForm,
    *,
    files: Sequence[FileView],
    answers: Answers,
    signed: Signed,
    name: str,
) -> None:
    terms = terms_version(hub, session, form.terms_version_id)
    whole = [one for one in files if one.state != "refused"]
    assets = tuple(one.id for one in whole)
    for one in whole:
        row = session.get_one(SubmissionFile, (form.submission_id, one.id))
        row.failures = [failure.plain() for failure in one.failures]
    others, minors = _people(hub, session, form, answers)
    for asset_id in assets:
        if row_of(hub, session, asset_id).status == "pending_review":
            of_it = answers.of(asset_id)
            shown = [form.person_id] if of_it.shows_creator else []
            _answer(hub, session, asset_id, answers=of_it, people=shown + (others if of_it.others else []))
    own = own_consent(session, form.submission_id)
    consent.suspend(hub, session, SYSTEM, own)
    adult = answers.of_age == "yes"
    own.layers = ["copyright", "likeness"] if answers.shows_creator else ["copyright"]
    given = _given(session, form, assets=assets, signed=signed, name=name, hub=hub, answers=answers)
    if adult:
        consent.give(hub, session, own, terms=terms, given=given)
        post(hub, session, "receipt", own.id)
    _ask_guardians(hub, session, form, terms=terms, people=[*minors, *([] if adult else [form.person_id])])
    form.state, form.handed_in_at = "handed_in", hub.now()
    cover(hub, session, assets)
    record(session, hub.now(), "submission.handed_in", form.submission_id, assets=list(assets), terms=terms.id)
    if terms.scope.cleared_on_arrival:
        clear(hub, session, form, asset_ids=assets)


def _given(
    session: Session,
    form: SubmissionForm,
    *,
    hub: Hub,
    assets: tuple[str, ...],
    signed: Signed,
    name: str,
    answers: Answers,
) -> Given:
    submission = session.get_one(Submission, form.submission_id)
    data = read_person(hub, session, form.person_id) or PersonData()
    said = {key: value for key, value in answers.plain().items() if isinstance(value, str)}
    personal = ("guardian_name", "guardian_email", "property_what", "music_title")
    return Given(
        assets=assets,
        licensor=f"@{form.handle}",
        signed_name=name,
        level=level_of(hub, session, form),
        creator_id=submission.creator_id,
        address=signed.address,
        browser=signed.browser[:500],
        email=data.email,
        details={
            "submission": form.submission_id,
            "box_ticked": True,
            "name_typed": True,
            "answers": {key: value for key, value in said.items() if key not in personal},
        },
    )


def _people(hub: Hub, session: Session, form: SubmissionForm, answers: Answers) -> tuple[list[str], list[str]]:
    """Make the persons who can be seen beside the creator; return their ids, and of these the minors."""
    person = session.get_one(Person, form.person_id)
    licensing.set_adult(hub, session, SYSTEM, person_id=person.id, is_adult=answers.of_age == "yes")
    if answers.of_age == "no":
        data = read_person(hub, session, person.id) or PersonData()
        with_guardian = PersonData(
            data.name, data.email, data.born, answers.guardian_name, answers.guardian_email, data.country
        )
        licensing.update_person(hub, session, SYSTEM, person_id=person.id, data=with_guardian)
    seen, minors = [], []
    for other in answers.others:
        data = PersonData(other.name, guardian_name=other.guardian_name, guardian_email=other.guardian_email)
        made = keep_person(hub, session, data, is_adult=other.is_adult)
        seen.append(made.id)
        minors += [] if other.is_adult else [made.id]
    return seen, minors


def _answer(hub: Hub, session: Session, asset_id: str, *, answers: Answers, people: list[str]) -> None:
    properties, tracks = [], []
    if answers.belongings == "some":
        place = Property(id=hub.new_id("prp"), created_at=hub.now(), name=answers.property_what)
        session.add(place)
        properties.append(place.id)
    if answers.music == "present":
        track = Track(id=hub.new_id("trk"), created_at=hub.now(), title=answers.music_title)
        session.add(track)
        tracks.append(track.id)
    session.flush()
    facts = {
        "people": people,
        "properties": properties,
        "music": answers.music,
        "tracks": tracks,
        "digital_source_type": answers.source,
        "compensation": answers.compensation,
        "is_testimonial": answers.testimonial == "yes",
    }
    licensing.answer(hub, session, SYSTEM, asset_id=asset_id, answers=facts)


def _ask_guardians(
    hub: Hub, session: Session, form: SubmissionForm, *, terms: TermsView, people: Sequence[str]
) -> None:
    for person_id in people:
        own = person_id == form.person_id
        layers = tuple(own_consent(session, form.submission_id).layers) if own else ("likeness",)
        asked = consent.seek(hub, session, terms, Sought(person_id, "guardian", layers, form.submission_id))
        post(hub, session, "guardian", asked.id)


def cover(hub: Hub, session: Session, asset_ids: Sequence[str]) -> None:
    """Bring what was handed in under the agreements over months of its creator, where it is known who that is."""
    for asset in session.scalars(select(Asset).where(Asset.id.in_(list(asset_ids))).order_by(Asset.id)):
        licensing.cover(hub, session, asset)


def clear(hub: Hub, session: Session, form: SubmissionForm, *, asset_ids: Sequence[str]) -> None:
    """Open the assets of a submission that still wait for a review."""
    for asset_id in asset_ids:
        if row_of(hub, session, asset_id).status == "pending_review":
            note = "Handed in and accepted"
            licensing.set_status(hub, session, SYSTEM, asset_id=asset_id, status="active", note=note)


def language_to_confirm(hub: Hub, token: str) -> str:
    """Return the language of the page where an address is confirmed.

    Raises:
        NotFound: the hub did not make the token.
    """
    submission_id = read(hub, "confirm", token)
    with hub.database.read() as session:
        form, submission = session.get(SubmissionForm, submission_id), session.get(Submission, submission_id)
        return language(session, form.terms_version_id, submission.creator_id) if form and submission else "en"


def confirm_address(hub: Hub, token: str) -> str:
    """Keep that the address of a form was confirmed by a mailed link; return the id of the submission.

    What was handed in before counts as agreed by a verified account from now on, unless the handle is that of somebody
    whom the brand knows by another address. Doing it twice changes nothing.

    Raises:
        NotFound: there is no such form.
    """
    submission_id = read(hub, "confirm", token)
    with hub.database.write() as session:
        hub.database.serialise(session, f"form:{submission_id}")
        form = session.get(SubmissionForm, submission_id)
        if form is None:
            raise Conflict("There is no such submission any more.")
        if form.verified_at is None:
            form.verified_at = hub.now()
            record(session, hub.now(), "submission.address_confirmed", submission_id)
            raise_evidence(hub, session, form)
    return submission_id
