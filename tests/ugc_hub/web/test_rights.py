"""Rights by API: answers, grants from the first proof to the last revocation, agreements, evidence, decisions."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from tests.ugc_hub.rows import asset_row
from tests.ugc_hub.web.conftest import Person
from ugc_hub.hub import Hub
from ugc_hub.models import DecisionRow

GRANT: dict[str, Any] = {
    "effect": "permit",
    "layer": "copyright",
    "channels": ["email"],
    "territories": ["DE", "FR"],
    "edits": ["crop"],
    "products": ["*"],
    "starts_at": "2020-01-01T00:00:00Z",
    "perpetual": True,
    "evidence_level": 2,
    "signed_at": "2020-01-01T00:00:00Z",
    "duties": [{"duty": "credit", "text": "@ana"}],
}
ANSWERS = {
    "digital_source_type": "digitalCapture",
    "is_testimonial": False,
    "compensation": "none",
    "people": [],
    "properties": [],
    "music": "none",
}
Program = Callable[..., Person]


def plain(answer: Any, status: int = 200) -> Any:
    assert answer.status_code == status, answer.get_data(as_text=True)
    return json.loads(answer.data)


@pytest.fixture
def manager(program: Program) -> Person:
    return program("content_manager")


@pytest.fixture
def asset(hub: Hub, manager: Person) -> str:
    made = asset_row(hub, creator="ana")
    path = f"/api/v1/assets/{made}/rights"
    plain(manager.ask("PUT", path, json=ANSWERS))
    assert plain(manager.ask("PUT", f"{path}/status", json={"status": "active"}))["status"] == "active"
    return made


def give(person: Person, asset: str, **change: Any) -> str:
    body = {"grant": {**GRANT, **change}, "assets": [asset], "agreement": {"kind": "licence"}, "text": "You may."}
    (made,) = plain(person.post("/api/v1/grants", json=body), 201)["items"]
    return str(made["id"])


def prove(person: Person, grant: str, data: bytes = b"yes", media_type: str = "text/plain", **query: Any) -> Any:
    path = f"/api/v1/grants/{grant}/evidence"
    known = {"kind": "clickwrap", "activate": "true", **query}
    return person.client.post(
        path, query_string=known, data=data, headers={**person.headers, "Content-Type": media_type}
    )


def ask(person: Person, asset: str, **use: Any) -> Any:
    body = {"channel": "email", "territories": ["DE"], **use}
    return plain(person.post(f"/api/v1/assets/{asset}/decisions", json=body))


def test_a_grant_from_its_first_proof_to_its_revocation(manager: Person, asset: str) -> None:
    grant = give(manager, asset)
    waiting = ask(manager, asset)
    assert waiting["decision"] == "deny"
    assert "NOT_ACTIVE:copyright" in waiting["reasons"]
    proof = plain(prove(manager, grant), 201)
    assert proof["sha256"] == hashlib.sha256(b"yes").hexdigest()
    allowed = ask(manager, asset, territories=["DE", "US"])
    assert allowed["territory_decisions"] == {"DE": "allow", "US": "deny"}
    assert ask(manager, asset)["duties"] == [{"duty": "credit", "text": "@ana"}]
    assert ask(manager, asset)["grants_used"] == [grant]
    seen = plain(manager.get(f"/api/v1/grants/{grant}"))
    assert seen["standing"] == "running"
    assert "e-mail" in seen["sentence"]
    ended = plain(manager.post(f"/api/v1/grants/{grant}/revoke", json={"basis": "platform_revoked"}))
    assert ended["exports"] == "takedown_now_this_channel_only"
    assert ask(manager, asset)["primary_reason"] == "REVOKED"
    assert plain(manager.get(f"/api/v1/grants/{grant}"))["standing"] == "revoked"


def test_a_new_version_waits_for_its_proof_while_the_old_one_serves(manager: Person, asset: str) -> None:
    old = give(manager, asset)
    prove(manager, old)
    path = f"/api/v1/grants/{old}/supersede"
    (new,) = plain(manager.post(path, json={"grant": {"territories": ["US"]}, "text": "US too."}), 201)["items"]
    assert new["state"] == "pending"
    assert ask(manager, asset)["decision"] == "allow"
    prove(manager, new["id"])
    assert ask(manager, asset)["decision"] == "deny"
    assert ask(manager, asset, territories=["US"])["decision"] == "allow"
    assert plain(manager.get(f"/api/v1/grants/{old}"))["superseded_by"] == new["id"]
    assert plain(manager.post(path, json={}), 409)["newer"] == new["id"]


def test_grants_of_an_asset_are_listed_page_by_page(manager: Person, asset: str) -> None:
    ids = [give(manager, asset) for _ in range(5)]
    found, cursor, pages = [], None, 0
    while pages == 0 or cursor:
        query = {"limit": 2, **({"cursor": cursor} if cursor else {})}
        page = plain(manager.get(f"/api/v1/assets/{asset}/grants", query_string=query))
        found += [item["id"] for item in page["items"]]
        cursor, pages = page["next_cursor"], pages + 1
    assert found == sorted(ids, reverse=True)
    assert pages == 3
    assert [one["id"] for one in plain(manager.get(f"/api/v1/assets/{asset}/rights"))["grants"]] == found


def test_a_decision_is_kept_only_where_it_is_handed_out(hub: Hub, manager: Person, asset: str) -> None:
    assert ask(manager, asset)["decision_id"] is None
    kept = ask(manager, asset, hand_out=True)["decision_id"]
    with hub.database.read() as session:
        assert session.scalars(select(DecisionRow.id)).all() == [kept]
    naive = manager.post(f"/api/v1/assets/{asset}/decisions", json={"channel": "email", "at": "2030-01-01T00:00:00"})
    assert plain(naive)["primary_reason"] == "INVALID_REQUEST"
    assert ask(manager, asset, channel="fax")["primary_reason"] == "INVALID_REQUEST"


def test_an_agreement_is_kept_with_its_text(hub: Hub, manager: Person) -> None:
    body = {"kind": "licence", "title": "Summer", "text": "You may – für immer.", "zone": "Europe/Berlin"}
    made = plain(manager.post("/api/v1/agreements", json=body), 201)
    again = plain(manager.post("/api/v1/agreements", json={**body, "agreement_id": made["agreement_id"]}), 201)
    assert (made["number"], again["number"]) == (1, 2)
    assert plain(manager.get(f"/api/v1/agreements/{made['id']}"))["title"] == "Summer"
    text = manager.get(f"/api/v1/agreements/{made['id']}/text")
    assert text.get_data(as_text=True) == "You may – für immer."
    assert text.headers["Content-Disposition"].startswith("attachment")
    assert plain(manager.post("/api/v1/agreements", json={**body, "kind": "handshake"}), 422)["code"] == "invalid"
    for path in ("/api/v1/agreements/agv_none", "/api/v1/agreements/agv_none/text"):
        assert manager.get(path).status_code == 404


def test_evidence_is_handed_out_as_it_came_and_never_runs(hub: Hub, manager: Person, asset: str) -> None:
    grant = give(manager, asset)
    page = b"<script>alert(1)</script>"
    made = plain(prove(manager, grant, page, "text/html"), 201)
    for query in ({}, {"inline": "1"}):
        got = manager.get(f"/api/v1/evidence/{made['id']}", query_string=query)
        assert got.data == page
        assert got.headers["Content-Type"] == "application/octet-stream"
        assert got.headers["Content-Disposition"].startswith("attachment")
        assert "sandbox" in got.headers["Content-Security-Policy"]
    picture = plain(prove(manager, grant, b"\x89PNG", "image/png", activate="false"), 201)
    shown = manager.get(f"/api/v1/evidence/{picture['id']}?inline=1")
    assert shown.headers["Content-Disposition"].startswith("inline")
    assert plain(manager.post(f"/api/v1/evidence/{made['id']}/verify"))["intact"] is True
    hub.storage.delete(f"evidence/{made['sha256']}")
    assert plain(manager.post(f"/api/v1/evidence/{made['id']}/verify"))["intact"] is False
    assert "EVIDENCE_BROKEN:copyright" in ask(manager, asset)["reasons"]
    assert manager.get("/api/v1/evidence/evd_none").status_code == 404
    assert manager.post("/api/v1/evidence/evd_none/verify").status_code == 404


def test_a_proof_that_is_nothing_or_too_much_is_refused(manager: Person, asset: str) -> None:
    grant = give(manager, asset)
    assert prove(manager, grant, b"").status_code == 411
    assert prove(manager, grant, kind="rumour").status_code == 422
    assert prove(manager, "grt_none").status_code == 404
    path = f"/api/v1/grants/{grant}/evidence?kind=note"
    huge = {"CONTENT_LENGTH": "60000000"}
    assert manager.client.post(path, headers=manager.headers, environ_overrides=huge).status_code == 413
    short = {"CONTENT_LENGTH": "10"}
    cut = manager.client.post(path, headers=manager.headers, data=b"123", environ_overrides=short)
    assert plain(cut, 400)["code"] == "upload_truncated"


def test_milestones_and_states_move_a_grant(manager: Person, asset: str) -> None:
    window = {"trigger": "delivery", "count": 6, "unit": "months", "zone": "Europe/Berlin"}
    terms = dict.fromkeys(("starts_at", "perpetual"))
    grant = give(manager, asset, window=window, **terms)
    prove(manager, grant)
    path = f"/api/v1/grants/{grant}"
    moved = plain(manager.post(f"{path}/milestones", json={"name": "delivered", "at": "2030-01-01T00:00:00Z"}))
    assert moved["terms"]["starts_at"] == "2030-01-01T00:00:00Z"
    assert plain(manager.ask("PUT", f"{path}/state", json={"state": "suspended"}))["standing"] == "suspended"
    assert manager.ask("PUT", f"{path}/state", json={"state": "gone"}).status_code == 422


def test_only_who_deals_with_legal_orders_sets_and_lifts_one(program: Program, manager: Person, asset: str) -> None:
    path, order = f"/api/v1/assets/{asset}/rights/status", {"status": "hold", "legal_order": True}
    assert manager.ask("PUT", path, json=order).status_code == 403
    legal = program("legal")
    assert plain(legal.ask("PUT", path, json=order))["legal_order"] is True
    assert manager.ask("PUT", path, json={"status": "active"}).status_code == 403
    assert plain(legal.ask("PUT", path, json={"status": "active"}))["status"] == "active"


def test_wrong_words_are_refused_with_their_member(manager: Person, asset: str) -> None:
    for change, field in (({"channels": ["fax"]}, "channels"), ({"territories": ["UK"]}, "territories")):
        body = {"grant": {**GRANT, **change}, "assets": [asset]}
        assert plain(manager.post("/api/v1/grants", json=body), 422)["errors"][0]["field"] == field
    proven = {"grant": {**GRANT, "evidence_ok": True}, "assets": [asset]}
    assert plain(manager.post("/api/v1/grants", json=proven), 422)["errors"][0]["field"] == "evidence_ok"
    path = f"/api/v1/assets/{asset}/rights"
    assert manager.ask("PUT", path, json={"compensation": "a lot"}).status_code == 422
    assert manager.ask("PUT", path, json={"colour": "red"}).status_code == 422


def test_who_may_look_may_not_change_and_a_creator_does_neither(program: Program, asset: str) -> None:
    viewer, creator = program("viewer"), program("creator")
    path = f"/api/v1/assets/{asset}/rights"
    assert viewer.get(path).status_code == 200
    assert viewer.ask("PUT", path, json={"music": "none"}).status_code == 403
    assert viewer.post("/api/v1/grants", json={"grant": GRANT, "assets": [asset]}).status_code == 403
    assert ask(viewer, asset)["decision"] == "deny"
    assert creator.get(path).status_code == 403
    assert creator.post(f"/api/v1/assets/{asset}/decisions", json={"channel": "email"}).status_code == 403


def test_answers_about_what_is_not_there_are_not_found(hub: Hub, manager: Person) -> None:
    for path in ("/api/v1/assets/ast_none/rights", "/api/v1/assets/ast_none/grants", "/api/v1/grants/grt_none"):
        assert plain(manager.get(path), 404)["code"] == "not_found"
    with hub.database.read() as session:
        assert session.scalar(select(func.count()).select_from(DecisionRow)) == 0


@pytest.mark.parametrize("role", ["viewer", "channel_team", "designer"])
def test_proofs_agreements_and_names_are_for_those_who_answer_for_rights(
    role: str, manager: Person, program: Program, browser: Program, asset: str
) -> None:
    kim = plain(manager.post("/api/v1/persons", json={"name": "Kim Secret", "is_adult": True}), 201)["id"]
    plain(manager.ask("PUT", f"/api/v1/assets/{asset}/rights", json={"people": [kim]}))
    body = {"grant": {**GRANT, "layer": "likeness", "subject": kim, "note": "Kim Secret said so"}, "assets": [asset]}
    body |= {"agreement": {"kind": "model_release", "licensor": "Kim Secret"}, "text": "Kim Secret agrees."}
    (made,) = plain(manager.post("/api/v1/grants", json=body), 201)["items"]
    proof = plain(prove(manager, made["id"], b"Kim Secret: yes", source_url="https://example.org/kimsecret"), 201)
    version, hidden = made["version_id"], ("Kim Secret", "kimsecret", proof["sha256"])
    papers = [f"/api/v1/evidence/{proof['id']}", f"/api/v1/agreements/{version}", f"/api/v1/agreements/{version}/text"]
    reader, page = program(role), browser(role)
    for path in papers:
        assert reader.get(path).status_code == 403
        assert manager.get(path).status_code == 200
    for path in (f"/api/v1/grants/{made['id']}", f"/api/v1/assets/{asset}/rights", f"/api/v1/assets/{asset}/grants"):
        seen = reader.get(path).get_data(as_text=True)
        assert not [word for word in hidden if word in seen], path
        assert "Kim Secret" in manager.get(path).get_data(as_text=True)
    (shown,) = plain(reader.get(f"/api/v1/grants/{made['id']}"))["evidence"]
    assert (shown["kind"], shown["sha256"]) == ("clickwrap", None)
    assert shown["captured_at"]
    for path in (f"/grants/{made['id']}", f"/assets/{asset}", f"/assets/{asset}/why?channel=print"):
        answer = page.get(path)
        assert answer.status_code == 200
        assert not [word for word in hidden if word in answer.get_data(as_text=True)], path


def test_legal_overrides_for_a_short_time_by_api(
    manager: Person, program: Program, browser: Program, asset: str
) -> None:
    path = f"/api/v1/assets/{asset}/overrides"
    body = {"channels": ["email"], "territories": ["DE"], "days": 5, "reason": "Until the hearing"}
    assert manager.post(path, json=body).status_code == 403
    legal = program("legal")
    assert legal.post(path, json={**body, "days": 90}).status_code == 422
    made = plain(legal.post(path, json=body), 201)["items"]
    assert {one["note"] for one in made} == {"Until the hearing"}
    assert ask(manager, asset)["decision"] == "allow"
    page = browser("content_manager").get(f"/grants/{made[0]['id']}").get_data(as_text=True)
    assert "An override by legal" in page
