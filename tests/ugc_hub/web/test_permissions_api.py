"""Getting permission by program: the same as by hand, with nothing in answers that should stay secret."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.ugc_hub.licensing.rows import clear, person_row
from tests.ugc_hub.permissions.rows import SCOPE, allowed, link_in, own_asset, work_off, yes
from tests.ugc_hub.rows import asset_row
from tests.ugc_hub.web.conftest import Person
from tests.workers.media.clips import tone
from ugc_hub import licensing, permissions
from ugc_hub.accounts import SYSTEM
from ugc_hub.hub import Hub
from ugc_hub.jobs.local import finish
from ugc_hub.licensing import PersonData
from ugc_hub.models import TrackFile

PDF = b"%PDF-1.7 signed"
Program = Callable[..., Person]


def made(answer: Any, status: int = 201) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    plain: dict[str, Any] = answer.json
    return plain


def test_a_request_is_made_sent_and_answered(hub: Hub, program: Program) -> None:
    manager, asset = program("content_manager"), own_asset(hub)
    body = {"scope": SCOPE, "asset_ids": [asset], "email": "ana@example.org", "name": "Ana", "send": "mail"}
    row = made(manager.post("/api/v1/rights-requests", json=body))
    assert (row["state"], row["link"], row["delivery"]) == ("sent", "", "mail")
    yes(hub, link_in(work_off(hub)[-1]).rpartition("/")[2])
    seen = made(manager.get(f"/api/v1/rights-requests/{row['id']}"), 200)
    assert (seen["state"], seen["answer"]["channels"]) == ("granted", sorted(SCOPE["channels"]))
    assert allowed(hub, asset, "email")


def test_a_link_is_handed_out_once_and_only_where_it_is_to_be_handed_on(hub: Hub, program: Program) -> None:
    manager = program("content_manager")
    body = {"scope": SCOPE, "asset_ids": [own_asset(hub)], "email": "ana@example.org"}
    row = made(manager.post("/api/v1/rights-requests", json=body))
    assert row["state"] == "draft"
    path = f"/api/v1/rights-requests/{row['id']}"
    link = made(manager.post(f"{path}/send", json={"by": "link"}), 200)["link"]
    assert "/r/" in link
    token = link.rpartition("/")[2]
    for answer in (manager.get(path), manager.get("/api/v1/rights-requests"), program("admin").get(path)):
        assert token not in answer.text
        assert "ana@example.org" not in answer.text
    assert made(manager.post(f"{path}/withdraw"), 200)["state"] == "withdrawn"
    assert manager.post(f"{path}/send", json={}).status_code == 409


def test_lists_are_read_page_by_page_and_filtered(hub: Hub, program: Program) -> None:
    viewer, assets = program("viewer"), [own_asset(hub, handle) for handle in ("ana", "ben", "cleo")]
    rows = [permissions.draft(hub, SYSTEM, permissions.Ask(SCOPE, asset_ids=[one])) for one in assets]
    first = made(viewer.get("/api/v1/rights-requests?limit=2"), 200)
    second = made(viewer.get(f"/api/v1/rights-requests?limit=2&cursor={first['next_cursor']}"), 200)
    assert [one["id"] for one in (*first["items"], *second["items"])] == [row.id for row in reversed(rows)]
    assert second["next_cursor"] is None
    for query in ("creator=@Ben", f"asset_id={assets[1]}"):
        found = made(viewer.get(f"/api/v1/rights-requests?{query}"), 200)["items"]
        assert [one["id"] for one in found] == [rows[1].id]
    assert made(viewer.get("/api/v1/rights-requests?state=sent"), 200)["items"] == []


@pytest.mark.parametrize("body", [{}, {"scope": {}}, {"scope": {**SCOPE, "channels": ["*"]}}, {"scope": SCOPE, "x": 1}])
def test_what_is_wrong_is_named(hub: Hub, program: Program, body: dict[str, Any]) -> None:
    answer = program("content_manager").post("/api/v1/rights-requests", json={"asset_ids": [own_asset(hub)], **body})
    assert answer.status_code == 422
    assert answer.json is not None
    assert answer.json["errors"]


def test_a_reply_is_kept_with_its_screenshot_and_confirmed(hub: Hub, program: Program) -> None:
    manager, asset = program("content_manager"), own_asset(hub)
    query = {
        "assets": asset,
        "platform": "instagram",
        "post_url": "https://www.instagram.com/p/abc",
        "handle": "ana",
        "keyword": "#yesBrand",
        "replied_at": "2026-01-01T10:00:00+00:00",
    }
    path = f"/api/v1/rights-replies?{urlencode(query)}"
    refused = manager.post(path, data=b"no thanks", headers={"Content-Type": "text/plain"})
    assert refused.status_code == 422
    row = made(manager.post(path, data=b"\x89PNG shot", headers={"Content-Type": "image/png"}))
    assert row["state"] == "granted"
    invited = made(manager.post(f"/api/v1/rights-requests/{row['id']}/invite", json={"email": "ana@example.org"}))
    assert (invited["state"], invited["confirms_id"], invited["link"]) == ("sent", row["id"], "")
    gone = made(manager.post(f"/api/v1/rights-requests/{row['id']}/gone", json={"note": "deleted"}), 200)
    assert gone["reply"]["gone_at"]


def test_a_code_is_listed_without_itself_and_revealed_to_those_who_may(hub: Hub, program: Program) -> None:
    manager, viewer, asset = program("content_manager"), program("viewer"), asset_row(hub, creator="ana")
    body = {
        "asset_id": asset,
        "platform": "tiktok",
        "post_id": "71",
        "code": "#very-secret",
        "duration_days": 30,
        "starts_at": "2026-01-01T00:00:00Z",
    }
    row = made(manager.post("/api/v1/platform-codes", json=body))
    for answer in (manager.get("/api/v1/platform-codes"), viewer.get(f"/api/v1/platform-codes?asset_id={asset}")):
        assert answer.status_code == 200
        assert row["id"] in answer.text
        assert "very-secret" not in answer.text
    path = f"/api/v1/platform-codes/{row['id']}"
    assert viewer.post(f"{path}/reveal").status_code == 403
    assert made(manager.post(f"{path}/reveal"), 200)["code"] == "#very-secret"
    assert made(manager.post(f"{path}/revoked"), 200)["remote_state"] == "revoked"


def test_a_partnership_with_its_contract(hub: Hub, program: Program) -> None:
    manager = program("content_manager")
    body = {"creator": "ana", "kind": "gifting", "starts_on": "2026-01-01", "product_value_micros": 80_000_000}
    assert manager.post("/api/v1/partnerships", json=body).status_code == 422
    row = made(manager.post("/api/v1/partnerships", json={**body, "currency": "EUR"}))
    scope = json.dumps({**SCOPE, "window": {"perpetual": True}})
    path = f"/api/v1/partnerships/{row['id']}"
    bad = manager.post(f"{path}/contract?{urlencode({'scope': '[]'})}", data=PDF)
    assert bad.status_code == 422
    sent = {"data": PDF, "headers": {"Content-Type": "application/pdf"}}
    contract = made(manager.post(f"{path}/contract?{urlencode({'scope': scope})}", **sent))
    listed = made(manager.get(f"/api/v1/partnerships?creator_id={row['creator_id']}"), 200)["items"]
    assert [one["agreement_id"] for one in listed] == [contract["agreement_id"]]
    assert made(manager.post(f"{path}/end"), 200)["ended_at"]


def test_what_is_known_of_a_person_is_for_those_who_may_change_it(hub: Hub, program: Program) -> None:
    manager, viewer = program("content_manager"), program("viewer")
    body = {"name": "Kim", "born": "2018-05-01", "guardian_name": "Pat", "guardian_email": "pat@example.org"}
    row = made(manager.post("/api/v1/persons", json=body))
    assert (row["is_adult"], row["private"]["guardian_email"]) == (False, "pat@example.org")
    for path in ("/api/v1/persons", f"/api/v1/persons/{row['id']}"):
        answer = viewer.get(path)
        assert row["id"] in answer.text
        for secret in ("pat@example.org", "2018", "Pat", "Kim"):
            assert secret not in answer.text
    assert viewer.ask("PUT", f"/api/v1/persons/{row['id']}", json=body).status_code == 403
    changed = made(manager.ask("PUT", f"/api/v1/persons/{row['id']}", json={"name": "Kim", "is_adult": True}), 200)
    assert changed["is_adult"] is True


def test_a_person_is_tied_to_the_creator_who_they_are(hub: Hub, program: Program) -> None:
    manager, viewer = program("content_manager"), program("viewer")
    asset_row(hub, creator="ana")
    row = made(manager.post("/api/v1/persons", json={"name": "Ana", "creator": "@Ana"}))
    assert row["creator"] == "ana"
    path = f"/api/v1/persons/{row['id']}"
    assert made(manager.ask("PUT", path, json={"name": "Ana Lima"}), 200)["creator"] == "ana"
    terms = {"creator": "ana", "kind": "paid", "starts_on": hub.now().date().isoformat()}
    partnership = made(manager.post("/api/v1/partnerships", json=terms))
    asked = urlencode({"scope": json.dumps(SCOPE), "person_id": row["id"]})
    sent = {"data": PDF, "headers": {"Content-Type": "application/pdf"}}
    made(manager.post(f"/api/v1/partnerships/{partnership['id']}/contract?{asked}", **sent))
    assert made(manager.ask("PUT", path, json={"name": "Ana", "creator": ""}), 200)["creator"] is None
    nobody = manager.post("/api/v1/persons", json={"name": "Ben", "creator": "ben"})
    assert (nobody.status_code, nobody.get_json()["field"]) == (422, "creator")
    assert viewer.ask("PUT", path, json={"name": "Ana", "creator": "ana"}).status_code == 403


def test_a_release_waits_for_its_file_and_then_counts(hub: Hub, program: Program) -> None:
    manager, asset = program("content_manager"), asset_row(hub, creator="ana")
    clear(hub, asset)
    with hub.database.write() as session:
        person = licensing.add_person(hub, session, SYSTEM, PersonData(name="Pia"), is_adult=True).id
        licensing.answer(hub, session, SYSTEM, asset_id=asset, answers={"people": [person]})
    body = {
        "kind": "model_release",
        "subject_id": person,
        "scope": SCOPE,
        "signed_at": "2026-01-02T00:00:00Z",
        "signed_by_role": "person",
        "asset_ids": [asset],
    }
    row = made(manager.post("/api/v1/releases", json=body))
    assert row["state"] == "pending"
    path = f"/api/v1/releases/{row['id']}/file"
    html = {"data": b"<html>", "headers": {"Content-Type": "text/html"}}
    assert manager.ask("PUT", path, **html).status_code == 422
    sent = {"data": PDF, "headers": {"Content-Type": "application/pdf"}}
    assert made(manager.ask("PUT", path, **sent), 200)["state"] == "active"
    assert allowed(hub, asset, "email")
    listed = made(manager.get(f"/api/v1/releases?subject_id={person}"), 200)["items"]
    assert [one["id"] for one in listed] == [row["id"]]


def test_music_and_property_are_lists_to_choose_from(hub: Hub, program: Program) -> None:
    manager = program("content_manager")
    made(manager.post("/api/v1/tracks", json={"title": "Song", "source": "licensed", "owner": "Label"}))
    made(manager.post("/api/v1/properties", json={"name": "Mural", "owner": "Mo"}))
    assert [one["title"] for one in made(manager.get("/api/v1/tracks"), 200)["items"]] == ["Song"]
    assert [one["name"] for one in made(manager.get("/api/v1/properties"), 200)["items"]] == ["Mural"]
    assert manager.post("/api/v1/tracks", json={"title": "Song", "source": "stolen"}).status_code == 422
    assert manager.post("/api/v1/properties", json={"name": "\u200b \n"}).status_code == 422


def test_the_file_of_music_is_sent_told_and_taken_away(hub: Hub, program: Program) -> None:
    manager = program("content_manager")
    track = made(manager.post("/api/v1/tracks", json={"title": "Song", "source": "licensed"}))["id"]
    path = f"/api/v1/tracks/{track}/file"
    answer = made(manager.ask("PUT", f"{path}?filename=song.wav", data=tone()))
    assert (answer["file"]["status"], answer["file"]["file_name"]) == ("received", "song.wav")
    with hub.database.read() as session:
        finish(hub, [session.get_one(TrackFile, track).job_id or 0])
    (listed,) = made(manager.get("/api/v1/tracks"), 200)["items"]
    assert (listed["file"]["status"], listed["file"]["seconds"]) == ("ready", 0.6)
    assert manager.ask("PUT", path, data=b"words, and no sound at all").status_code == 415
    assert program("viewer").ask("PUT", path, data=tone()).status_code == 403
    assert manager.ask("DELETE", path).status_code == 204
    assert manager.ask("DELETE", path).status_code == 404
    assert made(manager.get("/api/v1/tracks"), 200)["items"][0]["file"] is None


def test_ids_of_other_things_lead_nowhere(hub: Hub, program: Program) -> None:
    manager, asset, person = program("content_manager"), own_asset(hub), person_row(hub)
    grant = clear(hub, asset)
    for other in (asset, person, grant, "x" * 300):
        for path in ("rights-requests", "persons", "platform-codes", "partnerships"):
            if (path, other) != ("persons", person):
                assert manager.get(f"/api/v1/{path}/{other}").status_code in {404, 405}
        for path in (
            f"platform-codes/{other}/reveal",
            f"partnerships/{other}/end",
            f"rights-requests/{other}/withdraw",
        ):
            assert manager.post(f"/api/v1/{path}").status_code == 404, path
    sent = {"data": PDF, "headers": {"Content-Type": "application/pdf"}}
    assert manager.ask("PUT", f"/api/v1/releases/{grant}/file", **sent).status_code == 404


def test_a_creator_sees_nothing_of_what_others_are_asked(hub: Hub, program: Program) -> None:
    creator = program("creator")
    row = permissions.draft(hub, SYSTEM, permissions.Ask(SCOPE, asset_ids=[own_asset(hub, "self")]))
    for path in ("rights-requests", f"rights-requests/{row.id}", "persons", "releases", "platform-codes", "tracks"):
        assert creator.get(f"/api/v1/{path}").status_code == 403
