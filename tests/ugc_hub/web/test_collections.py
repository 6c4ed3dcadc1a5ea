"""Collections by pages and API."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.ugc_hub.rows import asset_row
from tests.ugc_hub.web.conftest import Person
from ugc_hub import catalog
from ugc_hub.accounts import SYSTEM
from ugc_hub.catalog import LiveQuery, Selection
from ugc_hub.catalog.indexing import rebuild
from ugc_hub.hub import Hub
from ugc_hub.web.pages import collections

Make = Callable[[str], Person]
PRESET = "email.hero.600.1x"


def filled(hub: Hub, *ids: str, name: str = "Spring") -> str:
    return catalog.collect_as(hub, SYSTEM, name, Selection(ids))[0]


def tiles(page: str) -> list[str]:
    """The ids of the tiles of a page, in its order."""
    return re.findall(r'data-asset="([^"]+)"', page)


def test_a_program_makes_fills_arranges_and_removes(hub: Hub, program: Callable[..., Person]) -> None:
    manager, ids = program("content_manager"), [asset_row(hub, f"{number}.jpg") for number in range(3)]

    def told(method: str, path: str, json: Any = None) -> Any:
        answer = manager.ask(method, f"/api/v1/collections{path}", json=json)
        assert answer.status_code < 300, answer.text
        return answer.json if answer.data else None

    made = told("POST", "", {"name": "Spring", "description": "Said"})
    one = f"/{made['id']}"
    assert {**made, "id": "", "created_at": ""} == {
        "id": "",
        "created_at": "",
        "name": "Spring",
        "description": "Said",
        "live": None,
        "count": 0,
        "cover": None,
        "problem": "",
    }
    added = told("POST", f"{one}/items", {"asset_ids": [*ids[:2], ids[0], "ast_0"]})
    assert added == {"added": 2, "known": 0, "passed_over": 1}
    assert told("POST", f"{one}/items", {"query": {"status": "ready"}}) == {"added": 1, "known": 2, "passed_over": 0}
    told("POST", f"{one}/items/move", {"asset_ids": [ids[2]], "before": ids[0]})
    told("POST", f"{one}/items/move", {"asset_ids": [ids[0]], "by": 1})
    first = told("GET", f"{one}/items?limit=2")
    assert ([row["id"] for row in first["items"]], first["total"]) == ([ids[2], ids[1]], 3)
    rest = told("GET", f"{one}/items?cursor={first['next_cursor']}")
    assert ([row["id"] for row in rest["items"]], rest["next_cursor"]) == ([ids[0]], None)
    assert told("PATCH", one, {"cover": ids[1], "name": "Summer"})["cover"] == ids[1]
    assert told("POST", f"{one}/items/remove", {"asset_ids": [ids[1]]}) == {"taken_out": 1}
    assert (told("GET", one)["cover"], told("GET", one)["count"]) == (ids[2], 2)
    told("DELETE", one)
    assert told("GET", "") == {"items": [], "next_cursor": None}


def test_a_program_keeps_a_search_as_a_live_collection(hub: Hub, program: Callable[..., Person]) -> None:
    manager, asset = program("content_manager"), asset_row(hub, "beach.jpg", creator="ana")
    rebuild(hub)
    live = {"q": "beach", "chosen": {"creator": ["@Ana"], "status": ["ready"]}, "sort": "newest"}
    made = manager.post("/api/v1/collections", json={"name": "Live", "live": live}).json
    assert made
    kept = {"creator": ["ana"], "status": ["active", "hold", "pending_review", "taken_down"]}
    assert made["live"] == {"q": "beach", "chosen": kept, "sort": "newest"}
    assert (made["count"], made["cover"]) == (1, asset)
    path = f"/api/v1/collections/{made['id']}"
    changed = manager.ask("PATCH", path, json={"live": {"q": "beach kind:"}}).json
    assert changed
    assert changed["live"] == {"q": "beach kind:", "chosen": {}, "sort": ""}
    assert (made["problem"], changed["problem"]) == ("", "kind: needs a value.")
    found = manager.get(f"{path}/items").json
    assert found
    assert ([row["id"] for row in found["items"]], found["problems"][0]["start"]) == ([asset], 6)
    assert manager.post(f"{path}/items", json={"asset_ids": [asset]}).status_code == 409
    wrong = {"name": "x", "live": {"q": "a", "chosen": {"hair": ["red"]}}}
    assert manager.post("/api/v1/collections", json=wrong).status_code == 422


def test_lists_go_on_where_they_ended_and_names_are_taken_once(hub: Hub, program: Callable[..., Person]) -> None:
    manager = program("designer")
    for name in ("b", "a", "c & d/é?"):
        assert manager.post("/api/v1/collections", json={"name": name}).status_code == 201
    taken = manager.post("/api/v1/collections", json={"name": "A"})
    assert (taken.status_code, (taken.json or {})["code"]) == (409, "collection_taken")
    seen: list[str] = []
    cursor = None
    while len(seen) < 9:
        page = manager.get(
            "/api/v1/collections", query_string={"limit": 1, **({"cursor": cursor} if cursor else {})}
        ).json
        assert page
        seen += [row["name"] for row in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == ["a", "b", "c & d/é?"]


def test_a_selection_of_the_library_goes_into_a_collection_of_a_name(hub: Hub, browser: Make) -> None:
    person, ids = browser("designer"), [asset_row(hub, f"{number}.jpg", campaign="Summer") for number in range(3)]
    library = person.get("/").text
    assert "Add to collection" in library
    assert 'id="collect-dialog"' in library
    assert "Add to collection" not in browser("channel_team").get("/").text
    sent = person.post("/collections/items", data={"asset": [ids[2], ids[0]], "name": "Spring <b>"})
    assert sent.status_code == 303
    page = person.get(sent.headers["Location"]).text
    assert "2 assets added" in page
    assert "Spring &lt;b&gt;" in page
    assert tiles(page) == [ids[2], ids[0]]
    again = person.post("/collections/items", data={"all": "1", "q-campaign": "Summer", "name": "spring <B>"})
    page = person.get(again.headers["Location"]).text
    assert "1 asset added. 2 were in it before." in page
    assert tiles(page) == [ids[2], ids[0], ids[1]]
    assert person.get("/collections/names?text=spr").json == {"items": ["Spring <b>"]}
    assert "Spring &lt;b&gt;" in person.get("/collections").text


def test_a_collection_is_arranged_by_buttons(hub: Hub, browser: Make) -> None:
    person, ids = browser("content_manager"), [asset_row(hub, f"{number}.jpg") for number in range(3)]
    path = f"/collections/{filled(hub, *ids)}"
    assert "data-place" not in person.get(path).text
    page = person.get(f"{path}?arrange=1").text
    assert page.count("data-place") == 3
    assert "data-select-bar" not in page
    for act, asset, left in (
        ("later", ids[0], [1, 0, 2]),
        ("first", ids[2], [2, 1, 0]),
        ("earlier", ids[0], [2, 0, 1]),
        ("last", ids[2], [0, 1, 2]),
    ):
        sent = person.post(f"{path}/items", data={"act": act, "asset": asset, "arrange": "1"})
        assert sent.headers["Location"] == f"{path}?arrange=1#place-{asset}"
        assert tiles(person.get(f"{path}?arrange=1").text) == [ids[one] for one in left]
    person.post(f"{path}/items", data={"act": "cover", "asset": ids[1]})
    assert page.count('aria-pressed="true"') == 0
    assert person.get(f"{path}?arrange=1").text.count('aria-pressed="true"') == 1
    person.post(f"{path}/items", data={"act": "out", "asset": ids[:2]})
    assert tiles(person.get(path).text) == [ids[2]]
    assert person.post(f"{path}/items", data={"act": "fly", "asset": ids[2]}).status_code == 422
    assert person.post(f"{path}/items", data={"act": "cover"}).status_code == 422
    scripted = person.post(f"{path}/items", data={"act": "last", "asset": ids[2]}, headers={"HX-Request": "true"})
    assert scripted.status_code == 204


def test_who_only_looks_finds_nothing_to_change(hub: Hub, browser: Make) -> None:
    viewer, collection = browser("viewer"), filled(hub, asset_row(hub))
    for path in ("/collections", f"/collections/{collection}", f"/collections/{collection}?arrange=1"):
        page = viewer.get(path).text
        assert 'method="post" action="/collections' not in page
        assert "Arrange" not in page
    assert ">Collections</a>" in viewer.get("/").text
    creator = browser("creator")
    assert creator.get("/collections").status_code == 403
    assert "Collections" not in creator.get("/").text


def test_a_search_is_kept_as_a_live_collection_and_changed(hub: Hub, browser: Make) -> None:
    person, asset = browser("designer"), asset_row(hub, "beach.jpg", creator="ana")
    asset_row(hub, "beach two.jpg", creator="ben")
    rebuild(hub)
    page = person.get("/?q=beach&creator=ana&sort=oldest").text
    form = page.partition("Keep as a live collection")[2].partition("</form>")[0]
    fields = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form))
    fields.pop("csrf")
    assert fields == {"live": "1", "q": "beach", "sort": "oldest", "creator": "ana"}
    assert "Keep as a live collection" not in person.get("/").text
    sent = person.post("/collections", data={**fields, "name": "Live"})
    page = person.get(sent.headers["Location"]).text
    assert tiles(page) == [asset]
    assert 'href="/?q=beach&amp;sort=oldest&amp;creator=ana"' in page
    assert "Arrange" not in page
    assert "Take out" not in page
    changed = {"live": "1", "name": "Live", "description": "", "q": "beach two", "sort": ""}
    person.post(sent.headers["Location"], data={**changed, "act": "change"})
    (view,) = catalog.list_collections(hub, SYSTEM).items
    assert view.query == LiveQuery("beach two")
    words = "cannot be read as it is written"
    assert words not in person.get("/collections").text
    person.post(sent.headers["Location"], data={**changed, "q": "beach kind:", "act": "change"})
    assert words in person.get("/collections").text
    wrong = person.post(sent.headers["Location"], data={**changed, "name": ""})
    assert wrong.status_code == 422
    assert "A collection has a name" in wrong.text
    assert person.post("/collections", data={"name": "live"}).status_code == 409


def test_a_collection_is_removed_by_a_form_of_its_own(hub: Hub, browser: Make) -> None:
    person, asset = browser("designer"), asset_row(hub)
    path = f"/collections/{filled(hub, asset)}"
    forms = re.findall(rf'<form[^>]+action="{path}">.*?</form>', person.get(path).text, re.DOTALL)
    # Enter in a field of a form presses the first button of that form.
    assert [re.findall(r'name="act" value="(\w+)"', form) for form in forms] == [["change"], ["remove"]]
    gone = person.post(path, data={"act": "remove"})
    assert gone.headers["Location"] == "/collections"
    assert person.get(path).status_code == 404
    assert person.get(f"/assets/{asset}").status_code == 200


def test_without_an_index_the_page_says_so(hub: Hub, browser: Make) -> None:
    asset_row(hub, "beach.jpg")
    made = catalog.make_collection(hub, SYSTEM, "Live", query=LiveQuery("beach"))
    page = browser("viewer").get(f"/collections/{made.id}").text
    assert "The index of the search is being built" in page
    assert tiles(page) == []
    assert "The index is being built" in browser("viewer").get("/collections").text


def test_a_wall_goes_on_page_by_page(hub: Hub, browser: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collections, "PAGE_SIZE", 2)
    monkeypatch.setattr(collections, "LIST_SIZE", 1)
    person, ids = browser("designer"), [asset_row(hub, f"{number}.jpg") for number in range(3)]
    path = f"/collections/{filled(hub, *ids)}"
    filled(hub, ids[0], name="Summer")
    page = person.get(f"{path}?arrange=1").text
    more = re.search(r'hx-get="([^"]+/tiles[^"]+)"', page)
    assert more
    rest = person.get(more[1].replace("&amp;", "&")).text
    assert (tiles(page), tiles(rest)) == (ids[:2], ids[2:])
    assert "data-place" in rest
    assert "3 assets" in page
    link = re.search(r'href="([^"]+)">Next collections', person.get("/collections").text)
    assert link
    assert "Summer" in person.get(link[1].replace("&amp;", "&")).text


def test_a_pack_is_made_of_a_whole_collection_in_its_order(hub: Hub, browser: Make) -> None:
    ids = [asset_row(hub, f"{number}.jpg") for number in range(3)]
    collection = filled(hub, ids[1], ids[2], ids[0])
    person = browser("channel_team")
    page = person.get(f"/collections/{collection}").text
    assert f'name="collection" value="{collection}"' in page
    assert 'name="captions"' in page
    asked = {"name": "All", "preset": PRESET, "collection": collection, "captions": "de, pt_br"}
    sent = person.post("/packs", data=asked)
    pack = sent.headers["Location"].rpartition("/")[2]
    (items,) = [person.get(f"/api/v1/packs/{pack}").json["items"]]  # type: ignore[index]
    assert [item["asset_id"] for item in items] == [ids[1], ids[2], ids[0]]
    assert {tuple(item["captions"]) for item in items} == {("de", "pt-BR")}
    some = person.post("/packs", data={"name": "One", "preset": PRESET, "collection": collection, "asset": ids[0]})
    pack = some.headers["Location"].rpartition("/")[2]
    assert [item["asset_id"] for item in person.get(f"/api/v1/packs/{pack}").json["items"]] == [ids[0]]  # type: ignore[index]
    nothing = {"name": "None", "preset": PRESET, "collection": filled(hub, ids[0], name="x")}
    catalog.take_out(hub, SYSTEM, nothing["collection"], [ids[0]])
    assert person.post("/packs", data=nothing).status_code == 422


def test_a_tile_that_is_being_measured_keeps_its_buttons(hub: Hub, browser: Make) -> None:
    asset = asset_row(hub, status="received", facts=None)
    collection = filled(hub, asset)
    person = browser("designer")
    page = person.get(f"/collections/{collection}?arrange=1").text
    again = re.search(r'hx-get="(/library/tiles/[^"]+)"', page)
    assert again
    assert "data-place" in person.get(again[1].replace("&amp;", "&")).text
    assert "data-place" not in person.get(f"/library/tiles/{asset}").text
