"""Handing in: consent, grants and evidence in one go; nothing is lost; withdrawing is as easy as giving."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DBAPIError

from tests.pictures import jpeg
from tests.ugc_hub.rows import creator_actor, with_clock
from tests.ugc_hub.submissions.acts import ANA, ANSWERS, begun, give, handed_in, signed
from ugc_hub import licensing, submissions
from ugc_hub.accounts import SYSTEM
from ugc_hub.errors import Conflict, Gone, Invalid, NotFound
from ugc_hub.hub import Hub
from ugc_hub.licensing import Use, consent
from ugc_hub.licensing.sealing import unseal
from ugc_hub.models import AssetRights, ConsentEvent, ConsentRecord, DataKey, Evidence, Grant, Person, SubmissionForm
from ugc_hub.submissions import Brief, NotHandedIn, sign
from workers.queue.jobs import find as find_jobs
from workers.queue.shapes import Query


def says(hub: Hub, asset_id: str, channel: str) -> str | None:
    """The first reason against a use, or None where it is allowed."""
    with hub.database.read() as session:
        return licensing.ask(hub, session, asset_id, Use(channel, edits=frozenset({"crop"}))).primary_reason


def records(hub: Hub, submission_id: str, role: str = "creator") -> list[ConsentRecord]:
    with hub.database.read() as session:
        found = select(ConsentRecord).where(ConsentRecord.submission_id == submission_id, ConsentRecord.role == role)
        return list(session.scalars(found.order_by(ConsentRecord.id)))


def letters(hub: Hub) -> list[str]:
    with hub.database.read() as session:
        jobs = find_jobs(session.connection(), Query(kind="mail", limit=100))
    return sorted(str(job.payload["letter"]) for job in jobs)


def test_what_is_handed_in_waits_for_a_review_and_may_then_be_used_as_agreed(hub: Hub) -> None:
    token = begun(hub)
    asset = give(hub, token)
    submission = handed_in(hub, token)
    assert says(hub, asset, "organic_social.instagram") == "ASSET_NOT_APPROVED"
    submissions.decide(hub, SYSTEM, submission, decision="approve")
    assert says(hub, asset, "organic_social.instagram") is None
    assert says(hub, asset, "tv") in ("EVIDENCE_INSUFFICIENT", "CHANNEL_NOT_GRANTED")
    assert letters(hub) == ["approved", "confirm", "receipt"]


def test_an_unconfirmed_address_proves_too_little_for_advertisements_until_it_is_confirmed(hub: Hub) -> None:
    token = begun(hub)
    asset = give(hub, token)
    submission = handed_in(hub, token)
    submissions.decide(hub, SYSTEM, submission, decision="approve")
    assert says(hub, asset, "email") == "EVIDENCE_INSUFFICIENT"
    submissions.confirm_address(hub, sign(hub, "confirm", submission))
    submissions.confirm_address(hub, sign(hub, "confirm", submission))
    assert says(hub, asset, "email") is None
    with hub.database.read() as session:
        kinds = [event.kind for event in consent.events(session, records(hub, submission)[0].id)]
    assert kinds == ["notice_shown", "given", "reconfirmed"]


def test_an_address_confirmed_before_handing_in_counts_at_once(hub: Hub) -> None:
    token = begun(hub)
    submission = "sub_" + token.partition(".")[0]
    submissions.confirm_address(hub, sign(hub, "confirm", submission))
    asset = give(hub, token)
    handed_in(hub, token)
    submissions.decide(hub, SYSTEM, submission, decision="approve")
    assert says(hub, asset, "email") is None


def test_the_proof_names_terms_scope_and_files_and_nobody_by_name(hub: Hub) -> None:
    token = begun(hub)
    give(hub, token)
    submission = handed_in(hub, token)
    record = records(hub, submission)[0]
    with hub.database.write() as session:
        proof = session.scalars(select(Evidence).where(Evidence.grant_id.in_(record.grants))).first()
        assert proof is not None
        with hub.storage.open(proof.storage_key) as stream:
            data = stream.read()
        shown = licensing.documents.terms_version(hub, session, record.terms_version_id)
        key = session.get_one(DataKey, session.get_one(Person, record.person_id).key_id)
        who = licensing.sealing.unseal(hub, key, record.sealed or b"")
        assert licensing.verify(hub, session) == []
    said = json.loads(data)
    assert said["terms"]["binding_sha256"] == licensing.documents.binding(shown.scope, shown.text_sha256)
    assert said["evidence_level"] == 1
    for personal in (b"Ana", b"ana@", b"203.0.113.9"):
        assert personal not in data
    assert who == {"name": "Ana Lima", "email": "ana@example.org", "address": "203.0.113.9", "browser": "Phone"}


def test_missing_answers_keep_the_submission_open_and_lose_nothing(hub: Hub) -> None:
    token = begun(hub)
    give(hub, token)
    half: dict[str, Any] = {**ANSWERS, "music": "present", "people": ""}
    with pytest.raises(NotHandedIn) as caught:
        submissions.hand_in(hub, token, half, signed(hub, ticked=False, name=" "))
    assert set(caught.value.extra["fields"]) == {"people", "music_title", "agree", "signed_name"}
    form = submissions.see(hub, token)
    assert (form.state, form.answers) == ("draft", half)
    assert len(submissions.files_of(hub, token)) == 1
    with hub.database.read() as session:
        assert session.scalars(select(Grant)).all() == []


def test_other_terms_than_those_shown_are_not_accepted(hub: Hub) -> None:
    token = begun(hub)
    give(hub, token)
    with pytest.raises(NotHandedIn) as caught:
        submissions.hand_in(hub, token, ANSWERS, signed(hub, terms_version_id="trv_other"))
    assert "terms" in caught.value.extra["fields"]


def test_a_file_that_differs_from_the_brief_is_told_and_goes_in_only_with_a_reason(hub: Hub) -> None:
    brief = Brief(orientation="landscape", min_short_px=2000, may_override=("orientation",))
    submissions.save_brief(hub, SYSTEM, "Spring", brief=brief)
    token = begun(hub, campaign="Spring")
    asset = give(hub, token)
    with pytest.raises(NotHandedIn) as caught:
        handed_in(hub, token)
    words = caught.value.extra["fields"][f"file.{asset}"]
    assert "wider than tall" in words
    assert "2,000 pixels" in words
    with pytest.raises(Invalid):
        submissions.give_reason(hub, token, asset, "It is nicer so.")
    submissions.save_brief(hub, SYSTEM, "Spring", brief=Brief(orientation="landscape", may_override=("orientation",)))
    with pytest.raises(NotHandedIn):
        handed_in(hub, token)
    submissions.give_reason(hub, token, asset, "It is nicer so.")
    submission = handed_in(hub, token)
    seen = submissions.see_review(hub, SYSTEM, submission)
    assert [one.reason for one in seen.files] == ["It is nicer so."]
    with pytest.raises(Gone):
        submissions.take_out(hub, token, asset)


def test_a_refused_file_does_not_hold_up_the_others(hub: Hub) -> None:
    token = begun(hub)
    asset = give(hub, token)
    refused = give(hub, token, jpeg(900, 900, 3)[:3000], "cut.jpg")
    states = {one.id: one.state for one in submissions.files_of(hub, token)}
    assert states == {asset: "fine", refused: "refused"}
    submission = handed_in(hub, token)
    with hub.database.read() as session:
        assert session.get_one(SubmissionForm, submission).state == "handed_in"


def test_answers_become_what_is_known_of_the_asset(hub: Hub) -> None:
    token = begun(hub)
    asset = give(hub, token)
    others = [{"name": "Ben", "is_adult": "yes"}, {"name": "", "is_adult": ""}]
    handed_in(
        hub,
        token,
        people="others",
        me_too="1",
        others=others,
        music="present",
        music_title="Song",
        belongings="some",
        property_what="A mural",
    )
    with hub.database.read() as session:
        facts = session.get_one(AssetRights, asset)
        shown = licensing.load_facts(session, [asset])[asset]
    assert (facts.status, facts.music, facts.compensation, facts.is_testimonial) == (
        "pending_review",
        "present",
        "gifted",
        False,
    )
    assert (len(facts.tracks), len(facts.properties), facts.digital_source_type) == (1, 1, "digitalCapture")
    assert [one.is_adult for one in shown.people or ()] == [True, True]


def test_one_file_may_differ_from_what_is_said_of_all(hub: Hub) -> None:
    token = begun(hub)
    same, other, third = give(hub, token), give(hub, token, jpeg(1200, 1600, 8)), give(hub, token, jpeg(1200, 1600, 9))
    files = {
        same: {"people": "", "music": "", "music_title": "", "source": ""},
        other: {"people": "nobody", "music": "present", "music_title": "A song", "source": "trainedAlgorithmicMedia"},
        third: {"people": "me"},
        "ast_unknown": {"people": "nobody"},
    }
    others = [{"name": "Ben", "is_adult": "yes"}]
    handed_in(hub, token, people="others", others=others, files=files)
    with hub.database.read() as session:
        rows = {name: session.get_one(AssetRights, name) for name in (same, other, third)}
        shown = licensing.load_facts(session, [same, other, third])
    assert [len(shown[name].people or ()) for name in (same, other, third)] == [1, 0, 1]
    assert (shown[same].people or ())[0].id != (shown[third].people or ())[0].id, "Ben in one, whoever hands in alone"
    assert [rows[name].music for name in (same, other, third)] == ["none", "present", "none"]
    assert [len(rows[name].tracks) for name in (same, other, third)] == [0, 1, 0]
    assert [rows[name].digital_source_type for name in (same, other, third)] == [
        "digitalCapture",
        "trainedAlgorithmicMedia",
        "digitalCapture",
    ]
    assert says(hub, third, "organic_social") == "ASSET_NOT_APPROVED"


def test_what_is_said_of_one_file_is_checked_like_the_rest(hub: Hub) -> None:
    token = begun(hub)
    asset = give(hub, token)
    with pytest.raises(NotHandedIn) as caught:
        handed_in(hub, token, files={asset: {"music": "present", "people": "others", "source": "magic"}})
    wrong = {f"files.{asset}.{name}" for name in ("music_title", "people", "source")}
    assert set(caught.value.extra["fields"]) == wrong


def test_a_minor_is_not_shown_until_a_guardian_agrees_by_a_mailed_link(hub: Hub) -> None:
    token = begun(hub)
    asset = give(hub, token)
    child = {"name": "Kim", "is_adult": "no", "guardian_name": "Pat", "guardian_email": "pat@example.org"}
    submission = handed_in(hub, token, people="others", others=[child])
    submissions.decide(hub, SYSTEM, submission, decision="approve")
    assert says(hub, asset, "organic_social") == "NO_GRANT"
    asked = records(hub, submission, "guardian")[0]
    with hub.database.read() as session:
        mail = submissions.compose(hub, session, "guardian", asked.id)
    assert mail is not None
    assert mail.to == "pat@example.org"
    guardian = sign(hub, "guardian", asked.id)
    with pytest.raises(Invalid):
        submissions.guardian_says(hub, guardian, signed(hub, ticked=False), agrees=True)
    submissions.guardian_says(hub, guardian, signed(hub, name="Pat Roe"), agrees=True)
    assert says(hub, asset, "organic_social") is None
    with pytest.raises(Conflict):
        submissions.guardian_says(hub, guardian, signed(hub), agrees=False)
    submissions.withdraw(hub, sign(hub, "withdraw", asked.id), ["likeness"])
    assert says(hub, asset, "organic_social") == "REVOKED"


def test_a_creator_who_is_not_of_age_gives_nothing_without_a_guardian(hub: Hub) -> None:
    token = begun(hub)
    asset = give(hub, token)
    submission = handed_in(hub, token, of_age="no", guardian_name="Pat", guardian_email="pat@example.org")
    submissions.decide(hub, SYSTEM, submission, decision="approve")
    assert says(hub, asset, "organic_social") == "NO_GRANT"
    asked = records(hub, submission, "guardian")[0]
    assert asked.layers == ["copyright", "likeness"]
    submissions.guardian_says(hub, sign(hub, "guardian", asked.id), signed(hub, name="Pat"), agrees=False)
    assert says(hub, asset, "organic_social") == "NO_GRANT"


def test_withdrawing_ends_being_shown_at_once_and_the_licence_with_notice(hub: Hub) -> None:
    hub, clock = with_clock(hub)
    token = begun(hub)
    asset = give(hub, token)
    submission = handed_in(hub, token)
    submissions.decide(hub, SYSTEM, submission, decision="approve")
    record = records(hub, submission)[0]
    link = sign(hub, "withdraw", record.id)
    foreseen = {"copyright": clock() + timedelta(days=30), "likeness": clock()}
    assert submissions.look_at_receipt(hub, link).ends == foreseen
    assert submissions.withdraw(hub, link, ["copyright", "likeness"], "I moved on.") == foreseen
    assert submissions.look_at_receipt(hub, link).taken_back
    with hub.database.read() as session:
        row = session.get_one(ConsentRecord, record.id)
        key = session.get_one(DataKey, session.get_one(Person, row.person_id).key_id)
        assert (unseal(hub, key, row.sealed or b"") or {})["said_at_withdrawal"] == "I moved on."
    assert says(hub, asset, "organic_social") == "REVOKED"
    assert submissions.withdraw(hub, link, ["copyright"]) == {}
    assert letters(hub).count("withdrawn") == 1


def test_a_submission_sent_back_is_out_of_force_until_it_is_handed_in_again(hub: Hub) -> None:
    token = begun(hub)
    asset = give(hub, token)
    submission = handed_in(hub, token)
    with pytest.raises(Invalid):
        submissions.decide(hub, SYSTEM, submission, decision="ask")
    submissions.decide(hub, SYSTEM, submission, decision="ask", note="Please without the cup.")
    assert submissions.see(hub, token).note == "Please without the cup."
    second = give(hub, token, jpeg(1200, 1600, 99), "again.jpg")
    submissions.take_out(hub, token, asset)
    handed_in(hub, token)
    submissions.decide(hub, SYSTEM, submission, decision="approve")
    assert says(hub, second, "organic_social") is None
    assert says(hub, asset, "organic_social") == "ASSET_NOT_APPROVED"
    with pytest.raises(Conflict):
        submissions.decide(hub, SYSTEM, submission, decision="decline")


def test_a_declined_submission_stays_closed(hub: Hub) -> None:
    token = begun(hub)
    asset = give(hub, token)
    submission = handed_in(hub, token)
    submissions.decide(hub, SYSTEM, submission, decision="decline", note="Thank you!")
    assert says(hub, asset, "organic_social") == "ASSET_ON_HOLD"
    with hub.database.read() as session:
        mail = submissions.compose(hub, session, "declined", submission)
    assert mail is not None
    assert mail.values["note"] == "Thank you!"


def test_terms_may_clear_what_arrives(hub: Hub) -> None:
    scope = licensing.documents.Scope(channels=("organic_social",), edits=("crop",), cleared_on_arrival=True)
    wording = licensing.documents.Wording("Open terms", "Everything at once.", scope)
    licensing.documents.write_terms(hub, SYSTEM, wording)
    token = begun(hub)
    asset = give(hub, token)
    handed_in(hub, token)
    assert says(hub, asset, "organic_social") is None


def test_a_creator_who_signs_in_answers_the_same_questions_and_is_verified(hub: Hub) -> None:
    ana = creator_actor(hub, "ana")
    token = submissions.begin_signed_in(hub, ana, None, "Ana Lima")
    asset = give(hub, token)
    submission = handed_in(hub, token)
    submissions.decide(hub, SYSTEM, submission, decision="approve")
    assert says(hub, asset, "email") is None
    assert submissions.see_review(hub, SYSTEM, submission).form.creator_id == ana.creator_id


def test_a_claimed_handle_is_tied_to_the_creator_only_by_approval(hub: Hub) -> None:
    creator_actor(hub, "ana.makes")
    token = begun(hub)
    give(hub, token)
    submission = handed_in(hub, token)
    assert submissions.see_review(hub, SYSTEM, submission).claimed
    submissions.decide(hub, SYSTEM, submission, decision="approve")
    assert not submissions.see_review(hub, SYSTEM, submission).claimed


def test_what_happened_to_a_consent_cannot_be_changed_or_removed(hub: Hub) -> None:
    begun(hub)
    for change in (update(ConsentEvent).values(kind="given"), delete(ConsentEvent)):
        with pytest.raises(DBAPIError, match="only ever appended"), hub.database.write() as session:
            session.execute(change)
    with hub.database.read() as session:
        assert session.scalar(text("SELECT count(*) FROM consent_events")) == 1


def test_a_consent_record_has_the_members_of_its_standard(hub: Hub) -> None:
    token = begun(hub)
    give(hub, token)
    record = records(hub, handed_in(hub, token))[0]
    with hub.database.read() as session:
        plain = consent.as_record(session, record)
    for member in ("schema_version", "record_id", "pii_principal_id", "purposes", "controller", "withdrawal_method"):
        assert plain[member]
    assert [event["event_type"] for event in plain["events"]] == ["notice_shown", "given"]


def test_a_token_is_good_for_one_thing_and_one_purpose(hub: Hub) -> None:
    token = begun(hub)
    submission = "sub_" + token.partition(".")[0]
    for wrong in (
        sign(hub, "confirm", submission),
        token[:-1],
        token + "x",
        "",
        ".",
        "ü.x",
        sign(hub, "form", "sub_0"),
    ):
        with pytest.raises(NotFound):
            submissions.see(hub, wrong)
    with pytest.raises(NotFound):
        submissions.withdraw(hub, token, ["copyright"])


def test_names_carry_no_messages_into_mails(hub: Hub) -> None:
    for name in ("Visit http://evil.example", "a@b.example", "x/y", "", "n" * 101, "a\u202eb"):
        with pytest.raises(Invalid) as caught:
            begun(hub, submissions.Sender(name, ANA.handle, ANA.email))
        assert set(caught.value.extra["fields"]) == {"name"}
