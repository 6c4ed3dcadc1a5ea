"""Fields of campaigns by pages and API."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

from tests.pictures import jpeg
from tests.ugc_hub.rows import asset_row
from tests.ugc_hub.web.conftest import Person
from ugc_hub.hub import Hub
from ugc_hub.models import Asset

PIECES = {"campaign": "Summer", "name": "Pieces", "kind": "number", "required": True}


def test_a_program_defines_fills_and_edits(hub: Hub, program: Callable[..., Person]) -> None:
    manager, asset = program("content_manager"), asset_row(hub, campaign="Summer")
    made = manager.post("/api/v1/fields", json=PIECES)
    assert made.json
    assert made.status_code == 201
    field = made.json
    assert manager.post("/api/v1/fields", json={**PIECES, "name": "New", "kind": "yes_no"}).status_code == 201
    seen = manager.get(f"/api/v1/assets/{asset}").json
    assert seen
    assert seen["missing"] == ["Pieces", "New"]
    sent = manager.ask("PATCH", f"/api/v1/assets/{asset}", json={"fields": {"pieces": 2.5, "New": True}})
    assert sent.json
    assert [one["value"] for one in sent.json["fields"]] == [2.5, True]
    assert sent.json["missing"] == []
    wrong = manager.ask("PATCH", f"/api/v1/assets/{asset}", json={"fields": {"pieces": "many"}})
    assert wrong.json
    assert (wrong.status_code, wrong.json["code"]) == (422, "no_such_value")
    edit = manager.post("/api/v1/edits", json={"asset_ids": [asset], "fields": {"Pieces": 3, "New": None}})
    assert edit.status_code == 201
    listed = manager.get("/api/v1/assets").json
    assert listed
    assert [one["value"] for one in listed["items"][0]["fields"]] == [3, None]
    manager.post(f"/api/v1/edits/{edit.json['id']}/undo")  # type: ignore[index]
    used = manager.ask("PATCH", f"/api/v1/fields/{field['id']}", json={"kind": "date"})
    assert used.json
    assert (used.status_code, used.json["code"], used.json["assets"]) == (409, "field_in_use", 1)
    changed = manager.ask("PATCH", f"/api/v1/fields/{field['id']}", json={"kind": "text", "required": False})
    assert changed.json == {**field, "kind": "text", "required": False, "assets": 1}
    assert manager.get("/api/v1/fields?campaign=Summer").json["items"][0] == changed.json  # type: ignore[index]
    assert manager.get("/api/v1/fields?campaign=Autumn").status_code == 404
    assert manager.ask("DELETE", f"/api/v1/fields/{field['id']}").status_code == 409
    assert manager.ask("DELETE", f"/api/v1/fields/{field['id']}?values=true").json == {"assets": 1}


def test_an_upload_says_what_fields_say_and_hears_what_is_missing(hub: Hub, program: Callable[..., Person]) -> None:
    manager = program("content_manager")
    asset_row(hub, campaign="Summer")
    for name in ("Pieces", "Weight"):
        manager.post("/api/v1/fields", json={**PIECES, "name": name})
    address = "/api/v1/uploads?campaign=Summer&fields="
    sent = manager.post(address + quote('{"pieces": 3}'), data=jpeg())
    assert sent.json
    assert (sent.status_code, sent.json["missing"]) == (201, ["Weight"])
    state = manager.get(f"/api/v1/uploads/{sent.json['asset_id']}").json
    assert state
    assert (state["status"], state["missing"]) == ("received", ["Weight"])
    seen = manager.get(f"/api/v1/assets/{sent.json['asset_id']}").json
    assert seen
    assert [one["value"] for one in seen["fields"]] == [3, None]
    for wrong, status in (("{", 422), ("[1]", 422), ('{"pieces": [1]}', 422), ('{"colour": "red"}', 422)):
        assert manager.post(address + quote(wrong), data=jpeg(seed=9)).status_code == status


def test_the_page_of_uploads_asks_what_the_campaign_asks(hub: Hub, browser: Callable[[str], Person]) -> None:
    manager = browser("content_manager")
    asset_row(hub, campaign="<Summer>")
    for name, required in (("Pieces", "1"), ("<Note>", "")):
        form = {"campaign": "<Summer>", "name": name, "kind": "number", "required": required}
        assert manager.post("/fields", data=form).status_code == 303
    page = manager.get("/upload?campaign=%3CSummer%3E").text
    assert "Pieces <span" in page
    assert "&lt;Note&gt;" in page
    assert "1 more field" in page
    for address in ("/upload", "/upload?campaign=Autumn", f"/upload?campaign={'x' * 999}", "/upload?campaign=%00"):
        assert "asks this of every asset" not in manager.get(address).text


def test_the_page_defines_fields_and_says_what_went_wrong(hub: Hub, browser: Callable[[str], Person]) -> None:
    manager = browser("content_manager")
    assert "No campaigns yet" in manager.get("/fields").text
    asset = asset_row(hub, campaign="Summer")
    form = {
        "campaign": "Summer",
        "name": "<Colour>",
        "kind": "choice",
        "choices": "red, dark\r\nblue\r\n",
        "required": "1",
    }
    assert manager.post("/fields", data=form).status_code == 303
    (field,) = manager.get("/api/v1/fields").json["items"]  # type: ignore[index]
    assert (field["choices"], field["required"]) == (["red, dark", "blue"], True)
    page = manager.get("/fields").text
    assert "&lt;Colour&gt;" in page
    assert "Incomplete assets" in page
    again = manager.post("/fields", data=form)
    assert again.status_code == 409
    assert "already" in again.text
    assert again.text.count("red, dark\nblue</textarea>") == 2, "that of the field, and what was typed"
    manager.post(f"/assets/{asset}/fields", data={f"field-{field['id']}": "blue"})
    goal, change = f"/fields/{field['id']}", {"act": "change", "name": "Colour", "kind": "choice"}
    used = manager.post(goal, data={**change, "choices": "red"})
    assert used.status_code == 409
    assert "1 asset has a value" in used.text
    assert ">red</textarea>" in used.text
    assert manager.post(goal, data={**change, "choices": "red\nblue"}).status_code == 303
    assert manager.post(goal, data={"act": "fly"}).status_code == 422
    assert manager.post(goal, data={"act": "remove"}).status_code == 409
    assert "<form" not in browser("viewer").get("/fields").text.split("<h1>Fields")[1]
    assert manager.post(goal, data={"act": "remove", "values": "1"}).status_code == 303


def test_the_page_of_an_asset_shows_fills_and_names_what_is_missing(hub: Hub, browser: Callable[[str], Person]) -> None:
    manager, asset = browser("content_manager"), asset_row(hub, campaign="Summer")
    assert 'id="fields"' not in manager.get(f"/assets/{asset}").text
    manager.post("/fields", data={"campaign": "Summer", "name": "Pieces", "kind": "number", "required": "1"})
    assert "Required and missing: Pieces." in manager.get(f"/assets/{asset}").text
    (field,) = manager.get("/api/v1/fields").json["items"]  # type: ignore[index]
    designer = browser("designer")
    assert designer.post(f"/assets/{asset}/fields", data={f"field-{field['id']}": "12"}).status_code == 303
    page = designer.get(f"/assets/{asset}").text
    assert 'value="12"' in page
    assert "Required and missing" not in page
    assert f"field-{field['id']}" not in browser("viewer").get(f"/assets/{asset}").text
    gone = designer.post(f"/assets/{asset}/fields", data={"field-fld_gone": "1"})
    assert gone.status_code == 422
    assert "A field was removed meanwhile" in gone.text


def test_the_edit_dialog_sets_a_field_where_it_was_ticked(hub: Hub, browser: Callable[[str], Person]) -> None:
    manager, asset = browser("content_manager"), asset_row(hub, campaign="Summer")
    manager.post("/fields", data={"campaign": "Summer", "name": "Pieces", "kind": "number"})
    assert "<option>Pieces</option>" in manager.get("/").text
    form = {"asset": asset, "set-title": "1", "title": "T", "field": "Pieces", "value": "7"}
    manager.post("/edits", data=form)
    sent = manager.post("/edits", data={**form, "set-value": "1"})
    assert "Fields" in manager.get(sent.headers["Location"]).text
    values = [one["value"] for one in manager.get(f"/api/v1/assets/{asset}").json["fields"]]  # type: ignore[index]
    assert values == [7]


def test_the_page_of_fields_counts_what_is_found_and_asks_before_what_the_trash_says_goes(
    hub: Hub, browser: Callable[[str], Person]
) -> None:
    manager, asset = browser("content_manager"), asset_row(hub, campaign="Summer")
    manager.post("/fields", data={"campaign": "Summer", "name": "Pieces", "kind": "number"})
    (field,) = manager.get("/api/v1/fields").json["items"]  # type: ignore[index]
    manager.post(f"/assets/{asset}/fields", data={f"field-{field['id']}": "12"})
    with hub.database.write() as session:
        session.get_one(Asset, asset).trashed_at = hub.now()
    page = manager.get("/fields").text
    assert "0 assets" in page
    assert "Its 1 value may go as well" in page
    assert browser("viewer").get("/api/v1/fields").json["items"][0]["assets"] == 0  # type: ignore[index]
    assert manager.post(f"/fields/{field['id']}", data={"act": "remove"}).status_code == 409
