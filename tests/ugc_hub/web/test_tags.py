"""Words and tags by pages and API."""

from __future__ import annotations

from collections.abc import Callable

from tests.ugc_hub.rows import asset_row
from tests.ugc_hub.web.conftest import Person
from ugc_hub.hub import Hub
from ugc_hub.models import Asset


def test_a_program_describes_tags_and_orders(hub: Hub, program: Callable[..., Person]) -> None:
    manager, asset = program("content_manager"), asset_row(hub)
    words = {"title": "Lake", "description": "At the lake", "language": "en", "tags": ["Lakes", "lake"]}
    made = manager.ask("PATCH", f"/api/v1/assets/{asset}", json=words)
    assert made.status_code == 200
    assert {name: made.json[name] for name in words} == {**words, "tags": ["lake", "Lakes"]}  # type: ignore[index]
    tags = {row["name"]: row["id"] for row in manager.get("/api/v1/tags").json["items"]}  # type: ignore[index]
    merged = manager.post(f"/api/v1/tags/{tags['Lakes']}/merge", json={"into": tags["lake"]})
    assert merged.json == {"assets": 1}
    changed = manager.ask("PATCH", f"/api/v1/tags/{tags['lake']}", json={"name": "Lake", "synonyms": ["See", "lakes"]})
    assert changed.json == {"id": tags["lake"], "name": "Lake", "count": 1, "synonyms": ["lakes", "See"]}
    assert manager.get("/api/v1/tags/suggestions?text=se").json == {"items": ["Lake"]}
    assert manager.ask("DELETE", f"/api/v1/tags/{tags['lake']}").json == {"assets": 1}
    assert manager.get("/api/v1/assets").json["items"][0]["tags"] == []  # type: ignore[index]


def test_a_tag_gets_its_name_and_its_synonyms_or_neither(hub: Hub, program: Callable[..., Person]) -> None:
    manager = program("content_manager")
    manager.ask("PATCH", f"/api/v1/assets/{asset_row(hub)}", json={"tags": ["Alpha", "Beta"]})
    tags = {row["name"]: row["id"] for row in manager.get("/api/v1/tags").json["items"]}  # type: ignore[index]
    address = f"/api/v1/tags/{tags['Alpha']}"
    for refused in ({"name": "Gamma", "synonyms": ["Beta"]}, {"name": "beta", "synonyms": ["first"]}):
        assert manager.ask("PATCH", address, json=refused).status_code == 409
        assert [row["name"] for row in manager.get("/api/v1/tags").json["items"]] == ["Alpha", "Beta"]  # type: ignore[index]
        assert manager.get("/api/v1/tags").json["items"][0]["synonyms"] == []  # type: ignore[index]
    changed = manager.ask("PATCH", address, json={"name": "Gamma", "synonyms": ["first", "gamma"]}).json
    assert changed == {"id": tags["Alpha"], "name": "Gamma", "count": 1, "synonyms": ["Alpha", "first"]}


def test_a_list_of_tags_goes_on_after_its_last_name(hub: Hub, program: Callable[..., Person]) -> None:
    manager = program("content_manager")
    manager.ask("PATCH", f"/api/v1/assets/{asset_row(hub)}", json={"tags": ["c", "a", "b"]})
    first = manager.get("/api/v1/tags?limit=2").json
    assert first
    assert [row["name"] for row in first["items"]] == ["a", "b"]
    rest = manager.get(f"/api/v1/tags?limit=2&after={first['next_after']}").json
    assert rest
    assert [row["name"] for row in rest["items"]] == ["c"]
    assert rest["next_after"] is None


def test_the_page_of_an_asset_keeps_its_words(hub: Hub, browser: Callable[[str], Person]) -> None:
    person, asset = browser("designer"), asset_row(hub)
    form = {"title": "Lake", "description": "<b>Deep</b>", "language": "en", "tags": "water, #blue , ,"}
    sent = person.post(f"/assets/{asset}/words", data=form)
    assert sent.status_code == 303
    page = person.get(f"/assets/{asset}").text
    assert "Lake" in page
    assert "&lt;b&gt;Deep" in page
    assert ">blue</li>" in page
    assert ">water</li>" in page
    assert 'name="title"' not in browser("viewer").get(f"/assets/{asset}").text


def test_the_page_of_tags_renames_merges_and_says_what_went_wrong(hub: Hub, browser: Callable[[str], Person]) -> None:
    manager = browser("content_manager")
    assert "No tags yet" in manager.get("/tags").text
    manager.post(f"/assets/{asset_row(hub)}/words", data={"tags": "shoe, shoes"})
    tags = {row["name"]: row["id"] for row in manager.get("/api/v1/tags").json["items"]}  # type: ignore[index]
    taken = manager.post(f"/tags/{tags['shoe']}", data={"act": "rename", "name": "Shoes"})
    assert taken.status_code == 409
    assert "Merge the two instead" in taken.text
    gone = manager.post(f"/tags/{tags['shoe']}", data={"act": "merge", "name": "nothing"})
    assert gone.status_code == 404
    assert manager.post(f"/tags/{tags['shoes']}", data={"act": "merge", "name": "SHOE"}).status_code == 303
    page = manager.get("/tags").text
    assert "also shoes" in page
    assert "1 asset" in page
    assert "No tag matches" in manager.get("/tags?text=hat").text
    assert "<form" not in browser("viewer").get("/tags").text.split("tag-lines")[1].split("</ul>")[0]
    assert manager.post(f"/tags/{tags['shoe']}", data={"act": "remove"}).status_code == 303
    assert manager.post(f"/tags/{tags['shoe']}", data={"act": "fly"}).status_code == 422


def test_a_tag_under_a_legal_order_shows_to_legal_alone(
    hub: Hub, browser: Callable[[str], Person], program: Callable[..., Person]
) -> None:
    asset, admin = asset_row(hub), program("admin")
    admin.ask("PATCH", f"/api/v1/assets/{asset}", json={"tags": ["zebratag"]})
    hold = {"status": "hold", "legal_order": True}
    assert admin.ask("PUT", f"/api/v1/assets/{asset}/rights/status", json=hold).status_code < 300
    viewer, legal = program("viewer"), program("legal")
    assert viewer.get("/api/v1/tags").json["items"] == []  # type: ignore[index]
    assert viewer.get("/api/v1/tags/suggestions?text=zeb").json == {"items": []}
    assert "zebratag" not in browser("channel_team").get("/tags").text
    assert [row["name"] for row in legal.get("/api/v1/tags").json["items"]] == ["zebratag"]  # type: ignore[index]
    assert legal.get("/api/v1/tags/suggestions?text=zeb").json == {"items": ["zebratag"]}


def test_the_page_says_what_a_search_finds_and_its_button_from_how_many_a_tag_goes(
    hub: Hub, browser: Callable[[str], Person]
) -> None:
    manager, asset = browser("content_manager"), asset_row(hub)
    manager.post(f"/assets/{asset}/words", data={"tags": "shoe"})
    with hub.database.write() as session:
        session.get_one(Asset, asset).trashed_at = hub.now()
    page = manager.get("/tags").text
    assert "0 assets" in page
    assert "Remove it from 1 asset" in page
    shown = browser("viewer").get("/tags").text
    assert "0 assets" in shown
    assert "1 asset" not in shown
