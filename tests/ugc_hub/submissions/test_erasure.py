"""What remains of a creator who asked, granted, worked with the brand and handed in, once they are erased."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from tests.ugc_hub.licensing.rows import clear
from tests.ugc_hub.permissions.rows import SCOPE, TRACE, asked, link_in, own_asset, work_off, yes
from tests.ugc_hub.rows import creator_actor, user_row
from tests.ugc_hub.submissions.acts import ANA, ANSWERS, begun, give, handed_in
from ugc_hub import catalog, licensing, notify, permissions, submissions
from ugc_hub.accounts import SYSTEM, Actor, actor_of
from ugc_hub.catalog import LiveQuery, Question
from ugc_hub.errors import Gone, NotFound
from ugc_hub.hub import Hub
from ugc_hub.jobs.local import finish
from ugc_hub.licensing import Proof
from ugc_hub.models import (
    AgreementVersion,
    Base,
    DataKey,
    Erasure,
    Partnership,
    PlatformCode,
    RightsRequest,
    SubmissionForm,
    TermsVersion,
)
from ugc_hub.permissions import Authorisation, Reply, Terms
from workers.queue.jobs import find
from workers.queue.shapes import Query

WRITTEN = (
    "Ana Lima",
    "ana@example.org",
    "dearest colleague",
    "not on Sundays",
    "instagram.com/p/",
    "#yesBrand",
    "ANA-20-OFF",
    "likes tea",
    "post-4711",
    "very-secret-code",
    "paid to her sister",
    "203.0.113",
)
"""Words that only this creator's records hold."""
DECIDED = {("decision_inputs", "body"), ("decisions", "result")}
"""What was decided is proof that triggers keep from any change; it names how the creator is credited."""


def a_creator(hub: Hub) -> tuple[Actor, dict[str, str]]:
    """A creator with every kind of record: who they are when they act, and links that were mailed to them."""
    ana = creator_actor(hub, "ana.makes")
    asset = own_asset(hub, "ana.makes")
    _, open_link = asked(hub, asset, message="My dearest colleague, may we? {link}", name="Ana Lima")
    request, token = asked(hub, asset, name="Ana Lima")
    yes(hub, token, name="Ana Lima")
    receipt = link_in(work_off(hub)[-1]).rpartition("/")[2]
    _, declined = asked(hub, asset, name="Ana Lima")
    permissions.decline(hub, declined, "Please not on Sundays.", TRACE)
    said = Reply([asset], "instagram", "https://www.instagram.com/p/abc/", "ana.makes", "#yesBrand", hub.now())
    permissions.capture(hub, SYSTEM, Reply(**{**vars(said), "text": "Ana Lima says #yesBrand"}))
    today = hub.now().date()
    terms = Terms("ana.makes", "affiliate", today, affiliate_code="ANA-20-OFF", note="Ana Lima likes tea")
    permissions.add_partnership(hub, SYSTEM, terms)
    given = Authorisation(asset, "tiktok", "post-4711", "#very-secret-code", 30, hub.now())
    permissions.add_code(hub, SYSTEM, given)
    paid = clear(hub, asset, duties=[{"duty": "pay", "phase": "pre"}])
    with hub.database.write() as session:
        proof = Proof("note", b"to Ana Lima")
        licensing.fulfil(hub, session, SYSTEM, grant_id=paid, duty="pay", note="paid to her sister", proof=proof)
    asked_for = LiveQuery("creator:@ana.makes", {"creator": frozenset({"ana.makes"})})
    catalog.make_collection(hub, SYSTEM, "Ours", query=asked_for)
    colleague = actor_of(user_row(hub, "viewer"))
    for someone in (ana, colleague):
        catalog.save(hub, someone, "Pictures by Ana Lima", Question("sea"), alert="hub")
        catalog.save(hub, someone, "Hers", Question("", {"creator": frozenset({"ana.makes"})}))
        catalog.remember(hub, someone, Question("creator:@ana.makes"))
        catalog.remember(hub, someone, Question("ana lima beach"))
    form = begun(hub, ANA, creator="ana.makes", label="Link of Ana Lima")
    give(hub, form, name="Ana Lima at sea.jpg")
    handed_in(hub, form)
    return ana, {"open": open_link, "receipt": receipt, "form": form, "request": request}


def written(hub: Hub) -> dict[tuple[str, str], set[str]]:
    """Where in the database words of the creator stand."""
    found: dict[tuple[str, str], set[str]] = {}
    with hub.database.read() as session:
        for table in Base.metadata.sorted_tables:
            for row in session.execute(select(table)).mappings():
                for column, value in row.items():
                    text = json.dumps(value, default=repr, ensure_ascii=False)
                    words = {one for one in (*WRITTEN, "ana.makes") if one in text}
                    if words:
                        found.setdefault((table.name, str(column)), set()).update(words)
    return found


def stored(hub: Hub, folder: str) -> bytes:
    data = b""
    for stat in hub.storage.list(folder):
        with hub.storage.open(stat.key) as stream:
            data += stream.read()
    return data


NAMES = (b"Ana Lima", b"ana@example.org", b"ana.makes")


def files_of(hub: Hub) -> list[Path]:
    """Every file in the data folder but the database, whose pages are looked at row by row."""
    return [path for path in hub.settings.data_dir.rglob("*") if path.is_file() and ".sqlite" not in path.name]


@pytest.mark.req("R90")
def test_mails_in_the_outbox_that_name_an_erased_creator_go_and_others_stay(hub: Hub) -> None:
    ana, _ = a_creator(hub)
    asked(hub, own_asset(hub, "ben"), email="ben@example.org", name="Ben")
    work_off(hub)
    outbox = notify.outbox(hub)
    assert any(b"ana@example.org" in path.read_bytes() for path in outbox.glob("*.eml"))
    assert ana.creator_id is not None
    licensing.erase_creator(hub, SYSTEM, ana.creator_id, reason="Asked for by mail")
    with hub.database.read() as session:
        waiting = [job.id for job in find(session.connection(), Query(state="queued", kind="erase", limit=100))]
    finish(hub, waiting)
    left = [path.read_bytes() for path in outbox.glob("*.eml")]
    assert left
    assert all(b"ben@example.org" in mail for mail in left)
    assert not any(name in mail for mail in left for name in NAMES)


@pytest.mark.req("R90")
def test_a_text_that_names_an_erased_creator_goes_and_its_hash_stays(hub: Hub) -> None:
    ana, links = a_creator(hub)
    with hub.database.read() as session:
        row = session.get_one(RightsRequest, links["request"])
        sha256 = session.get_one(AgreementVersion, row.version_id).text_sha256 or ""
    assert "Ana Lima" in licensing.read_text(hub, sha256)
    assert ana.creator_id is not None
    licensing.erase_creator(hub, SYSTEM, ana.creator_id, reason="Asked for by mail")
    with hub.database.read() as session:
        waiting = [job.id for job in find(session.connection(), Query(state="queued", kind="erase", limit=100))]
    finish(hub, waiting)
    with pytest.raises(Gone):
        licensing.read_text(hub, sha256)
    with hub.database.read() as session:
        assert session.get_one(AgreementVersion, row.version_id).text_sha256 == sha256
        terms = session.scalars(select(TermsVersion.text_sha256)).all()
    assert all(licensing.read_text(hub, one) for one in terms), "words that everybody agrees to stay"


@pytest.mark.req("R90")
def test_a_person_who_handed_in_under_no_known_creator_leaves_no_name_either(hub: Hub) -> None:
    form = begun(hub, ANA)
    give(hub, form, name="Ana Lima at sea.jpg")
    submission = handed_in(hub, form)
    with hub.database.read() as session:
        person = session.get_one(SubmissionForm, submission).person_id
    licensing.erase_shown(hub, SYSTEM, person, reason="Asked for by mail")
    assert written(hub) == {}


@pytest.mark.req("R90")
def test_nothing_that_was_written_of_an_erased_creator_is_left_but_what_was_agreed(hub: Hub) -> None:
    ana, links = a_creator(hub)
    before = set().union(*written(hub).values())
    assert {"dearest colleague", "not on Sundays", "ANA-20-OFF", "post-4711", "paid to her sister"} <= before
    assert ana.creator_id is not None
    licensing.erase_creator(hub, SYSTEM, ana.creator_id, reason="Asked for by mail")
    with hub.database.read() as session:
        waiting = [job.id for job in find(session.connection(), Query(state="queued", kind="erase", limit=100))]
    finish(hub, waiting)
    left = {place: words for place, words in written(hub).items() if place not in DECIDED}
    assert left == {}
    assert set().union(*written(hub).values()) <= {"ana.makes"}
    assert b"Ana Lima" not in stored(hub, "originals/")
    assert b"to Ana Lima" not in stored(hub, "evidence/")
    assert b"instagram.com" not in stored(hub, "evidence/")
    for folder in ("texts/", "originals/", "previews/", "renditions/", "evidence/"):
        data = stored(hub, folder)
        assert not [word for word in (*WRITTEN, "ana.makes") if word.encode() in data], folder
    assert not [path for path in files_of(hub) if any(word in path.read_bytes() for word in NAMES)]
    for link in ("open", "receipt"):
        with pytest.raises(NotFound):
            permissions.opened(hub, links[link])
    with pytest.raises((NotFound, Gone)):
        submissions.take_out(hub, links["form"], "ast_any")


@pytest.mark.req("R90")
def test_a_search_for_an_erased_creator_goes_and_one_for_the_word_that_they_were_called_by_stays(hub: Hub) -> None:
    viewer, creator = actor_of(user_row(hub, "viewer")), creator_actor(hub, "summer")
    kept = [Question("summer beach"), Question("", {"tag": frozenset({"summer"})})]
    gone = [
        Question("by @summer"),
        Question('creator:(ben OR "Summer")'),
        Question("", {"creator": frozenset({"summer"})}),
    ]
    for number, question in enumerate((*kept, *gone)):
        catalog.remember(hub, viewer, question)
        catalog.save(hub, viewer, str(number), question)
    assert creator.creator_id is not None
    licensing.erase_creator(hub, SYSTEM, creator.creator_id, reason="Asked for by mail")
    assert catalog.recent(hub, viewer) == kept[::-1]
    assert [one.question for one in catalog.list_searches(hub, viewer)] == kept


@pytest.mark.req("R90")
def test_what_was_asked_and_agreed_when_stays_as_proof_without_a_name(hub: Hub) -> None:
    ana, links = a_creator(hub)
    assert ana.creator_id is not None
    licensing.erase_creator(hub, SYSTEM, ana.creator_id, reason="Asked for by mail")
    with hub.database.read() as session:
        kept = session.get_one(RightsRequest, links["request"])
        assert (kept.state, kept.version_id is not None, kept.answered_at is not None) == ("granted", True, True)
        assert kept.asked["channels"] == sorted(SCOPE["channels"])
        states = session.scalars(select(RightsRequest.state)).all()
        assert sorted(states) == ["declined", "granted", "granted", "withdrawn"]
        reply = session.scalars(select(RightsRequest.reply).where(RightsRequest.kind == "reply")).one()
        assert set(reply or {}) == {"platform", "replied_at"}
        partnership = session.scalars(select(Partnership)).one()
        assert (partnership.kind, partnership.ended_at) == ("affiliate", partnership.ended_at) != ("affiliate", None)
        code = session.scalars(select(PlatformCode)).one()
        assert (code.platform, code.duration_days, code.remote_state) == ("tiktok", 30, "ended")
        assert session.get_one(DataKey, code.key_id).sealed is None
        proof = session.scalars(select(Erasure).where(Erasure.kind == "creator")).one()
        assert proof.details == {
            "assets": 2,
            "accounts": 1,
            "requests": 4,
            "partnerships": 1,
            "codes": 1,
            "forms": 1,
        }
    with pytest.raises(Gone):
        permissions.reveal(hub, SYSTEM, code.id)
    assert permissions.due(hub).as_dict() == {"reminded": [], "expired": [], "ending": [], "ended": []}


def test_a_person_who_is_erased_leaves_no_words_in_the_requests_that_asked_them(hub: Hub) -> None:
    request, token = asked(hub, own_asset(hub), message="My dearest colleague, may we? {link}")
    row = permissions.opened(hub, token).row
    assert row.person_id is not None
    licensing.erase_shown(hub, SYSTEM, row.person_id, reason="Asked for by mail")
    with hub.database.read() as session:
        kept = session.get_one(RightsRequest, request)
    assert (kept.state, kept.message, kept.subject, kept.token_sha256) == ("withdrawn", "", "", None)


def test_an_export_holds_what_was_asked_agreed_and_given_and_no_secret(hub: Hub) -> None:
    ana, links = a_creator(hub)
    assert ana.creator_id is not None
    held: dict[str, Any] = json.loads(json.dumps(licensing.export_creator(hub, ana, ana.creator_id)))
    assert links["request"] in [one["id"] for one in held["rights_requests"]]
    assert "Please not on Sundays." in [one["words"] for one in held["rights_requests"]]
    assert [one["affiliate_code"] for one in held["partnerships"]] == ["ANA-20-OFF"]
    assert [one["post_id"] for one in held["platform_codes"]] == ["post-4711"]
    assert [one["note"] for one in held["duty_fulfilments"]] == ["paid to her sister"]
    assert {one["name"] for one in held["persons"]} == {"Ana Lima"}
    assert "given" in {one["kind"] for one in held["consent_events"]}
    assert len(held["request_assets"]) == 4
    assert {one["name"] for one in held["saved_searches"]} == {"Pictures by Ana Lima", "Hers"}
    assert {one["text"] for one in held["recent_searches"]} == {"creator:@ana.makes", "ana lima beach"}
    text = json.dumps(held)
    for secret in ("sha256_of", "receipt_sha256", "token_sha256", "very-secret-code", "sealed"):
        assert secret not in text


def test_the_one_who_handed_in_by_an_open_link_belongs_to_the_creator_they_were_found_to_be(hub: Hub) -> None:
    form = begun(hub)
    give(hub, form)
    submission = handed_in(hub, form)
    submissions.decide(hub, SYSTEM, submission, decision="approve")
    ana = creator_actor(hub, "ana.makes")
    assert ana.creator_id is not None
    held = licensing.export_creator(hub, SYSTEM, ana.creator_id)
    assert [one["email"] for one in held["persons"]] == ["ana@example.org"]
    (answered,) = held["submission_forms"]
    assert (answered["handle"], answered["answers"]["music"]) == ("ana.makes", ANSWERS["music"])
    assert [one["file_name"] for one in held["submission_files"]] == ["beach.jpg"]
    assert "203.0.113.9" in json.dumps([one["said"] for one in held["consent_records"]])
    assert {one["kind"] for one in held["evidence"]} == {"clickwrap"}
    licensing.erase_creator(hub, SYSTEM, ana.creator_id, reason="Asked for by mail")
    assert not [place for place, words in written(hub).items() if "Ana Lima" in words]
