import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tests.pictures import jpeg
from tests.ugc_hub.licensing.rows import clear, person_row
from tests.ugc_hub.rows import asset_row, creator_actor, user_row, with_clock
from ugc_hub import accounts, catalog, licensing, renditions
from ugc_hub.accounts import SYSTEM, actor_of
from ugc_hub.creators import the_creator
from ugc_hub.errors import Conflict, Forbidden, Gone, Invalid, NotFound, SignInNeeded
from ugc_hub.hub import Hub
from ugc_hub.jobs.collect import collect
from ugc_hub.jobs.doctor import examine
from ugc_hub.jobs.local import finish
from ugc_hub.licensing import Proof, Statement, Use, Verdict
from ugc_hub.models import Asset, Claim, Creator, DataKey, Erasure, Event, Evidence, HashBand, Rendition, User
from workers.queue.jobs import find
from workers.queue.shapes import Query

SAID = Statement("shows_me", "Kim Example", "kim@example.org", "https://brand.example/shop", "I never agreed to this.")


def work(hub: Hub) -> None:
    with hub.database.read() as session:
        ids = [job.id for job in find(session.connection(), Query(state="queued", limit=1000))]
    finish(hub, ids)


@pytest.mark.req("R90")
def test_an_erased_asset_leaves_no_byte_and_no_description_and_its_file_is_not_taken_again(
    hub: Hub, send: Callable[..., str]
) -> None:
    data = jpeg(1600, 2000, 7)
    asset = send(data, "ana-on-the-beach.jpg", creator="ana")
    clear(hub, asset)
    renditions.request(hub, SYSTEM, asset, ["meta.ig_feed.image.4x5"])
    work(hub)
    assert len(list(hub.storage.list("renditions/"))) == 1
    licensing.erase_asset(hub, SYSTEM, asset, reason="She asked for it")
    with pytest.raises(Gone):
        catalog.get(hub, SYSTEM, asset)
    work(hub)
    for folder in ("originals/", "previews/", "renditions/"):
        assert list(hub.storage.list(folder)) == []
    with hub.database.read() as session:
        row = session.get_one(Asset, asset)
        assert (row.file_name, row.facts, row.previews, row.perceptual_hash) == ("", None, {}, None)
        assert session.scalar(select(func.count()).select_from(Rendition)) == 0
        assert session.scalar(select(func.count()).select_from(HashBand)) == 0
        proof = session.scalars(select(Erasure)).one()
        assert (proof.kind, proof.object_id, proof.reason) == ("asset", asset, "She asked for it")
        assert licensing.ask(hub, session, asset, Use("email")).primary_reason == "ASSET_ERASED"
    assert catalog.find(hub, SYSTEM, catalog.Query()).items == []
    with pytest.raises(Gone, match="not taken again"):
        send(data)
    assert [found for found in examine(hub) if found.level != "ok"] == []
    with pytest.raises(Conflict):
        licensing.erase_asset(hub, SYSTEM, asset, reason="Again")


@pytest.mark.req("R90")
def test_the_proof_of_an_erasure_has_an_end_and_the_audit_goes_on_telling_of_it(hub: Hub) -> None:
    hub, clock = with_clock(hub)
    licensing.erase_asset(hub, SYSTEM, asset_row(hub), reason="Ana asked for it")
    with hub.database.read() as session:
        proof = session.scalars(select(Erasure)).one()
    assert proof.keep_until == clock.at + timedelta(days=hub.settings.erasure_proof_days)
    clock.go_on(days=hub.settings.erasure_proof_days - 1)
    collect(hub)
    with hub.database.read() as session:
        assert session.scalars(select(Erasure.id)).all() == [proof.id]
    clock.go_on(days=1)
    collect(hub)
    collect(hub)
    with hub.database.read() as session:
        assert session.scalars(select(Erasure.id)).all() == []
        told = session.scalars(select(Event).where(Event.object_id.in_([proof.id, proof.object_id]))).all()
        assert [one.kind for one in told if "erasure" in one.kind] == ["asset.erasure", "erasure.forgotten"]
        assert list(licensing.deviations(session)) == []


def test_a_preview_that_another_asset_has_too_stays(hub: Hub, send: Callable[..., str]) -> None:
    first = send(jpeg(800, 600, 1))
    other = send(jpeg(800, 600, 1, comment=b"other bytes, same pixels"))
    licensing.erase_asset(hub, SYSTEM, first, reason="A mistake")
    work(hub)
    with hub.database.read() as session:
        kept = session.get_one(Asset, other).previews
    assert all(hub.storage.exists(preview["key"]) for preview in kept.values())
    assert [found.code for found in examine(hub) if found.level == "error"] == []


def test_what_shows_a_person_goes_with_them(hub: Hub) -> None:
    person = person_row(hub)
    shown, other = asset_row(hub), asset_row(hub)
    clear(hub, shown, other)
    with hub.database.write() as session:
        licensing.answer(hub, session, SYSTEM, asset_id=shown, answers={"people": [person]})
    assert licensing.erase_shown(hub, SYSTEM, person, reason="GDPR") == 1
    with hub.database.read() as session:
        assert [session.get_one(Asset, one).status for one in (shown, other)] == ["erased", "ready"]
        assert licensing.read_person(hub, session, person) is None


def test_an_erased_creator_cannot_be_named_found_or_sign_in(hub: Hub) -> None:
    actor = creator_actor(hub, "ana")
    assets = [asset_row(hub, creator="ana"), asset_row(hub, creator="ana"), asset_row(hub, creator="ben")]
    assert actor.creator_id is not None
    link = accounts.request_link(hub, "ana@example.org")
    assert link is not None
    assert licensing.erase_creator(hub, SYSTEM, actor.creator_id, reason="Asked by mail") == 2
    with pytest.raises(NotFound):
        the_creator(hub, "ana")
    with pytest.raises(SignInNeeded):
        accounts.sign_in_with_link(hub, link.rsplit("/", 1)[1])
    with hub.database.read() as session:
        creator = session.get_one(Creator, actor.creator_id)
        assert creator.handle.startswith("erased-")
        assert "ana" not in session.get_one(User, actor.user_id).email
        assert [session.get_one(Asset, one).status for one in assets] == ["erased", "erased", "ready"]


def test_captured_posts_go_and_signed_proofs_stay(hub: Hub) -> None:
    asset = asset_row(hub)
    grant = clear(hub, asset)
    with hub.database.write() as session:
        shot = licensing.attach(hub, session, SYSTEM, grant_id=grant, proof=Proof("screenshot", b"picture"))
        signed = licensing.attach(hub, session, SYSTEM, grant_id=grant, proof=Proof("esign_pdf", b"contract"))
    licensing.erase_asset(hub, SYSTEM, asset, reason="GDPR")
    work(hub)
    assert not hub.storage.exists(shot.storage_key)
    assert hub.storage.exists(signed.storage_key)
    with hub.database.read() as session:
        assert session.scalars(select(Evidence.id)).all() == [signed.id]


def test_only_legal_erases_and_never_without_a_reason(hub: Hub) -> None:
    asset = asset_row(hub, creator="ana")
    manager = actor_of(user_row(hub, "content_manager"))
    creator = the_creator(hub, "ana").id
    with pytest.raises(Forbidden):
        licensing.erase_asset(hub, manager, asset, reason="x")
    with pytest.raises(Forbidden):
        licensing.erase_creator(hub, manager, creator, reason="x")
    with pytest.raises(Forbidden):
        licensing.erase_shown(hub, manager, person_row(hub), reason="x")
    with pytest.raises(Invalid):
        licensing.erase_asset(hub, SYSTEM, asset, reason="  ")
    for call in (licensing.erase_asset, licensing.erase_creator, licensing.erase_shown):
        with pytest.raises(NotFound):
            call(hub, SYSTEM, "nothing", reason="x")


def test_a_creator_gets_everything_of_their_own_and_nothing_of_others(hub: Hub) -> None:
    ana = creator_actor(hub, "ana")
    asset = asset_row(hub, "mine.jpg", creator="ana", campaign="Summer")
    other = asset_row(hub, "theirs.jpg", creator="ben", campaign="Summer")
    clear(hub, asset)
    catalog.add_field(hub, SYSTEM, "Summer", catalog.Definition("Model"))
    for one, name in ((asset, "Ana"), (other, "Ben")):
        catalog.describe(hub, SYSTEM, one, catalog.Description(tags=["beach"], fields={"Model": name}))
    assert ana.creator_id is not None
    held = json.loads(json.dumps(licensing.export_creator(hub, ana, ana.creator_id)))
    assert held["creator"]["handle"] == "ana"
    assert [one["file_name"] for one in held["assets"]] == ["mine.jpg"]
    assert len(held["grants"]) == 1
    assert held["asset_tags"] == [{"asset_id": asset, "tag": "beach"}]
    assert held["field_values"] == [{"asset_id": asset, "field": "Model", "value": "Ana"}]
    assert "password_hash" not in held["users"][0]
    with pytest.raises(Forbidden):
        licensing.export_creator(hub, ana, the_creator(hub, "ben").id)
    with pytest.raises(NotFound):
        licensing.export_creator(hub, SYSTEM, "crt_none")


def test_a_claim_is_sealed_finds_its_asset_and_has_a_time(hub: Hub) -> None:
    hub, clock = with_clock(hub)
    asset = asset_row(hub)
    number = licensing.intake(hub, Statement(**{**SAID.__dict__, "where": f"https://hub.example/assets/{asset}"}))
    licensing.intake(hub, SAID)
    with hub.database.read() as session:
        row = session.get_one(Claim, number)
        assert row.asset_id == asset
        assert b"Kim" not in row.sealed
        assert (row.due_at - clock()).total_seconds() == hub.settings.takedown_s
        assert session.scalar(select(func.count()).select_from(DataKey)) == 2
    (first, second) = licensing.list_claims(hub, SYSTEM)
    assert first.statement is not None
    assert first.statement.name == "Kim Example"
    assert second.asset_id is None


@pytest.mark.parametrize(
    ("decision", "reason"),
    [("hold", "ASSET_ON_HOLD"), ("legal_order", "ASSET_TAKEN_DOWN"), ("erase", "ASSET_ERASED"), ("dismiss", None)],
)
def test_a_decision_about_a_claim_is_carried_out(hub: Hub, decision: str, reason: str | None) -> None:
    asset = asset_row(hub)
    clear(hub, asset)
    number = licensing.intake(hub, SAID)
    licensing.decide_claim(hub, SYSTEM, number, Verdict(decision, "Looked at it", asset))
    with hub.database.read() as session:
        assert licensing.ask(hub, session, asset, Use("email")).primary_reason == reason
    (claim,) = licensing.list_claims(hub, SYSTEM)
    assert claim.note == "Looked at it"


def test_a_claim_that_makes_no_sense_is_told_and_changes_nothing(hub: Hub) -> None:
    for wrong in ({"ground": "mood"}, {"name": " "}, {"email": "nobody"}, {"words": "x" * 10_001}, {"where": ""}):
        with pytest.raises(Invalid):
            licensing.intake(hub, Statement(**{**SAID.__dict__, **wrong}))
    assert licensing.list_claims(hub, SYSTEM) == []
    number = licensing.intake(hub, SAID)
    with pytest.raises(Conflict, match="which asset"):
        licensing.decide_claim(hub, SYSTEM, number, Verdict("hold", "why"))
    with pytest.raises(Invalid):
        licensing.decide_claim(hub, SYSTEM, number, Verdict("burn", "why"))
    with pytest.raises(Invalid):
        licensing.decide_claim(hub, SYSTEM, number, Verdict("dismiss", ""))
    with pytest.raises(NotFound):
        licensing.decide_claim(hub, SYSTEM, "clm_none", Verdict("dismiss", "why"))
    with pytest.raises(Forbidden):
        licensing.list_claims(hub, actor_of(user_row(hub, "content_manager")))
    licensing.decide_claim(hub, SYSTEM, number, Verdict("dismiss", "Not ours"))
    with pytest.raises(Conflict, match="before"):
        licensing.decide_claim(hub, SYSTEM, number, Verdict("erase", "why", asset_row(hub)))
