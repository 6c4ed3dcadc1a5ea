"""Edits of many assets and the trash, by pages and API."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.ugc_hub.licensing.copies import usage_row
from tests.ugc_hub.licensing.rows import clear
from tests.ugc_hub.rows import asset_row, creator_actor
from tests.ugc_hub.web.conftest import Person
from ugc_hub import catalog
from ugc_hub.accounts import SYSTEM, Actor
from ugc_hub.catalog import Change, Selection
from ugc_hub.catalog.indexing import rebuild
from ugc_hub.errors import NotFound
from ugc_hub.hub import Hub
from ugc_hub.models import AssetRights


def test_a_program_edits_many_assets_and_takes_it_back(hub: Hub, program: Callable[..., Person]) -> None:
    manager, ids = program("content_manager"), [asset_row(hub, f"{number}.jpg") for number in range(3)]
    made = manager.post("/api/v1/edits", json={"query": {"text": ".jpg"}, "add_tags": ["a"], "title": "T"})
    assert made.status_code == 201
    edit = made.json
    assert edit
    assert {name: edit[name] for name in ("chosen", "changed", "held", "undone_at", "kept")} == {
        "chosen": 3,
        "changed": 3,
        "held": 0,
        "undone_at": None,
        "kept": 0,
    }
    manager.ask("PATCH", f"/api/v1/assets/{ids[0]}", json={"title": "Mine"})
    undone = manager.post(f"/api/v1/edits/{edit['id']}/undo")
    assert undone.json
    assert (undone.json["undone"], undone.json["kept_assets"]) == (3, [[ids[0], "0.jpg"]])
    assert manager.post(f"/api/v1/edits/{edit['id']}/undo").status_code == 409
    assert manager.get(f"/api/v1/edits/{edit['id']}").json == undone.json
    assert manager.post("/api/v1/edits", json={"asset_ids": ids}).status_code == 422
    assert program("designer").post("/api/v1/edits", json={"asset_ids": ids, "creator": "a"}).status_code == 403


def test_a_program_rehearses_an_edit(hub: Hub, program: Callable[..., Person]) -> None:
    manager, ids = program("content_manager"), [asset_row(hub, f"{number}.jpg") for number in range(3)]
    asked = {"asset_ids": ids, "title": "T", "add_tags": ["a"]}
    told = manager.post("/api/v1/edits", json={**asked, "dry_run": True})
    assert told.json
    assert (told.status_code, told.json["id"], told.json["chosen"], told.json["changed"]) == (200, "", 3, 3)
    assert (catalog.get(hub, SYSTEM, ids[0]).title, catalog.list_edits(hub, SYSTEM)) == ("", [])
    wrong = {**asked, "language": "xx9", "dry_run": True}
    assert manager.post("/api/v1/edits", json=wrong).status_code == 422
    assert manager.post("/api/v1/edits", json=asked).status_code == 201


def test_an_error_names_the_field_by_which_assets_were_chosen(hub: Hub, program: Callable[..., Person]) -> None:
    manager, asset = program("content_manager"), asset_row(hub)
    with hub.database.write() as session:
        session.merge(AssetRights(asset_id=asset, legal_order=True, updated_at=hub.now()))
    rebuild(hub)
    made = manager.post("/api/v1/collections", json={"name": "A"}).json
    assert made
    items = f"/api/v1/collections/{made['id']}/items"
    nothing: dict[str, Any] = {"query": {"text": "none"}}

    def field(path: str, said: dict[str, Any]) -> object:
        answer = manager.post(path, json=said)
        assert answer.json
        assert (answer.status_code, answer.json["code"]) == (422, "invalid")
        return answer.json["field"]

    assert field("/api/v1/edits", {**nothing, "title": "T"}) == "query"
    assert field("/api/v1/edits", {"search": {"q": "photo"}, "title": "T"}) == "search"
    assert field("/api/v1/edits", {"asset_ids": [asset], "title": "T"}) == "asset_ids"
    assert field(items, nothing) == "query"
    assert field(items, {}) == "asset_ids"
    assert field(f"{items}/move", {"asset_ids": [asset, "ast_0"], "by": 1}) == "by"
    assert field(f"{items}/move", {"asset_ids": [asset], "before": asset}) == "before"


def test_a_program_moves_into_the_trash_and_out(hub: Hub, program: Callable[..., Person]) -> None:
    manager, asset = program("content_manager"), asset_row(hub)
    clear(hub, asset)
    usage_row(hub, asset)
    said = {"asset_ids": [asset], "trash": True}
    asked = manager.post("/api/v1/edits", json=said)
    assert asked.json
    assert (asked.status_code, asked.json["code"], asked.json["live"]) == (409, "live_uses", 1)
    assert manager.post("/api/v1/edits", json={**said, "live_too": True}).status_code == 201
    assert manager.get("/api/v1/assets").json["items"] == []  # type: ignore[index]
    (row,) = manager.get("/api/v1/assets?trash=true").json["items"]  # type: ignore[index]
    assert row["trashed_at"]
    gone = manager.get(f"/api/v1/assets/{asset}/original")
    assert gone.json
    assert (gone.status_code, gone.json["code"]) == (410, "in_trash")
    manager.post("/api/v1/edits", json={"query": {"trash": True}, "trash": False})
    assert manager.get("/api/v1/assets").json["items"][0]["trashed_at"] is None  # type: ignore[index]


def test_who_may_not_edit_does_not_see_the_trash(hub: Hub, program: Callable[..., Person]) -> None:
    catalog.edit_many(hub, SYSTEM, Selection((asset_row(hub),)), Change(trash=True))
    statuses = {
        role: program(role).get("/api/v1/assets?trash=true").status_code
        for role in ("designer", "viewer", "legal", "channel_team", "creator")
    }
    assert statuses == {"designer": 200, "viewer": 403, "legal": 403, "channel_team": 403, "creator": 403}


THERE = ("", "/similar", "/renditions", "/rights", "/policy.jsonld", "/previews/thumb", "/sheet", "/texts", "/captions")
"""What the API answers about an asset, by its address."""


def test_the_trash_does_not_open_by_address_for_who_may_not_rescue_from_it(
    hub: Hub, program: Callable[..., Person], browser: Callable[..., Person]
) -> None:
    asset, gone = asset_row(hub), {404}
    paths = [f"/api/v1/assets/{asset}{one}" for one in THERE]
    before = {path: program("viewer").get(path).status_code for path in paths}
    catalog.edit_many(hub, SYSTEM, Selection((asset,)), Change(trash=True))
    assert before[paths[0]] == before[f"{paths[0]}/rights"] == 200
    for role in ("viewer", "channel_team"):
        assert {program(role).get(path).status_code for path in paths} == gone, role
        assert browser(role).get(f"/assets/{asset}").status_code == 404, role
    asked = program("viewer").post(f"/api/v1/assets/{asset}/decisions", json={"channel": "internal"})
    assert asked.status_code == 404
    told, absent = (program("viewer").get(path).json for path in (paths[0], "/api/v1/assets/ast_none"))
    assert told
    assert absent
    assert {**told, "request_id": ""} == {**absent, "request_id": ""}
    for role in ("designer", "legal"):
        assert {path: program(role).get(path).status_code for path in paths} == before, role
        assert browser(role).get(f"/assets/{asset}").status_code == 200, role


def test_a_token_that_may_not_edit_does_not_open_the_trash(hub: Hub) -> None:
    asset = asset_row(hub)
    catalog.edit_many(hub, SYSTEM, Selection((asset,)), Change(trash=True))
    with pytest.raises(NotFound):
        catalog.get(hub, Actor(None, "content_manager", scopes=frozenset({"asset.view"})), asset)
    assert catalog.get(hub, Actor(None, "content_manager"), asset).trashed_at


def test_creators_open_what_they_handed_in_although_it_lies_in_the_trash(hub: Hub) -> None:
    asset, other = asset_row(hub, creator="ana"), asset_row(hub, creator="bea")
    catalog.edit_many(hub, SYSTEM, Selection((asset, other)), Change(trash=True))
    ana = creator_actor(hub, "ana")
    assert catalog.get(hub, ana, asset).trashed_at
    with pytest.raises(NotFound):
        catalog.get(hub, ana, other)


def test_the_form_changes_only_what_was_ticked(hub: Hub, browser: Callable[[str], Person]) -> None:
    person, asset = browser("designer"), asset_row(hub, campaign="Summer")
    form = {"asset": asset, "add_tags": "a, b", "set-title": "1", "title": "T", "campaign": "", "description": "no"}
    sent = person.post("/edits", data=form)
    assert sent.status_code == 303
    made = catalog.get(hub, SYSTEM, asset)
    assert (made.title, made.tags, made.campaign, made.description) == ("T", ("a", "b"), "Summer", "")
    page = person.get(sent.headers["Location"]).text
    assert "1 asset changed" in page
    assert "Title" in page
    goal = re.search(r'action="(/edits/[^"]+/undo)"', page)
    assert goal
    assert person.post(goal[1]).status_code == 303
    assert "Undone: 1 asset is again as before" in person.get(sent.headers["Location"]).text
    assert "Undone" in person.get("/edits").text
    assert catalog.get(hub, SYSTEM, asset).title == ""


def test_everything_that_filters_find_can_be_meant(hub: Hub, browser: Callable[[str], Person]) -> None:
    person = browser("content_manager")
    for number in range(3):
        asset_row(hub, f"{number}.jpg", campaign="Summer")
    other = asset_row(hub, "other.jpg")
    page = person.get("/?campaign=Summer").text
    assert 'data-selectable="3"' in page
    assert "{&#34;campaign&#34;: [&#34;Summer&#34;]}" in page
    person.post("/edits", data={"all": "1", "q-campaign": "Summer", "trash": "in"})
    assert [one.id for one in catalog.find(hub, SYSTEM, catalog.Query()).items] == [other]
    assert "Restore all 3" in person.get("/trash").text
    person.post("/edits", data={"all": "1", "q-trash": "1", "trash": "out"})
    assert catalog.count(hub, SYSTEM, catalog.Query()) == 4
    assert "The trash is empty" in person.get("/trash").text


def test_whoever_trashes_what_is_in_use_is_asked_first(hub: Hub, browser: Callable[[str], Person]) -> None:
    person, asset = browser("content_manager"), asset_row(hub)
    clear(hub, asset)
    usage_row(hub, asset)
    asked = person.post("/edits", data={"asset": asset, "trash": "in", "csrf": person.csrf})
    assert asked.status_code == 200
    assert "1 chosen asset has copies in use" in asked.text
    assert catalog.get(hub, SYSTEM, asset).trashed_at is None
    fields = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', asked.text))
    assert fields == {"asset": asset, "trash": "in", "live_too": "1", "csrf": person.csrf}
    person.post("/edits", data=fields)
    page = person.get(f"/assets/{asset}").text
    assert "is in the trash since" in page
    assert ">Restore</button>" in page
