"""All that a search of the library finds can be meant, and a colour that somebody picks becomes a part of the query."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.ugc_hub.licensing.rows import free_row
from tests.ugc_hub.rows import asset_row, facts_of
from tests.ugc_hub.web.conftest import Person
from ugc_hub import catalog, packs
from ugc_hub.accounts import SYSTEM
from ugc_hub.catalog import Change, Query, Search, Selection
from ugc_hub.catalog.indexing import rebuild
from ugc_hub.errors import Invalid
from ugc_hub.hub import Hub
from ugc_hub.web.pages import library
from ugc_hub.web.pages.choosing import near, nearness

Make = Callable[[str], Person]
THUMB = {"thumb": {"key": "k", "media_type": "image/webp", "width": 1, "height": 1}}


def offered(person: Person, address: str) -> tuple[int, dict[str, str | list[str]]]:
    """How many assets "select all" means on a page, and the fields that its forms send for them."""
    page = person.get(address).text
    (count,), (given,) = (re.findall(rf'data-{name}="([^"]*)"', page) for name in ("selectable", "given"))
    known: dict[str, Any] = json.loads(html.unescape(given))
    return int(count), {"all": "1", **{f"q-{name}": value for name, value in known.items()}}


@pytest.fixture
def shoot(hub: Hub) -> dict[str, str]:
    """Five assets that an index knows: beaches by two creators, one of them a film, and a hill."""
    found = {
        name: free_row(hub, f"{name}.jpg", creator=creator)
        for name, creator in (("beach one", "ana"), ("beach two", "ben"), ("beach three", "cara"), ("hill", "ana"))
    }
    found["film"] = asset_row(hub, "beach.mp4", creator="ana", facts=facts_of(kind="video", duration_s=9.0))
    rebuild(hub)
    return found


def test_a_search_with_its_choices_is_edited_as_a_whole(hub: Hub, browser: Make, shoot: dict[str, str]) -> None:
    person = browser("designer")
    count, fields = offered(person, "/?q=beach&creator=ana&creator=ben&kind=image")
    assert count == 2
    sent = person.post("/edits", data={**fields, "add_tags": "sea"})
    assert sent.status_code == 303
    assert "2 assets changed" in person.get(sent.headers["Location"]).text
    tagged = {name for name, one in shoot.items() if catalog.get(hub, SYSTEM, one).tags}
    assert tagged == {"beach one", "beach two"}


def test_what_is_still_being_typed_means_what_is_shown(hub: Hub, browser: Make, shoot: dict[str, str]) -> None:
    person = browser("designer")
    count, fields = offered(person, "/?q=bea&typing=1")
    assert (count, fields["q-typing"]) == (4, "1")
    person.post("/edits", data={**fields, "trash": "in"})
    assert [one.id for one in catalog.find(hub, SYSTEM, catalog.Query()).items] == [shoot["hill"]]


def test_a_search_goes_into_a_collection_and_into_a_pack(hub: Hub, browser: Make, shoot: dict[str, str]) -> None:
    person = browser("designer")
    _, fields = offered(person, "/?q=beach+usable:paid_social&sort=oldest")
    made = person.post("/collections/items", data={**fields, "name": "Beach"})
    collection = made.headers["Location"].partition("?")[0].rpartition("/")[2]
    wanted = [shoot["beach one"], shoot["beach two"], shoot["beach three"]]
    assert catalog.asset_ids(hub, SYSTEM, collection, most=9) == wanted
    pack = person.post("/packs", data={**fields, "name": "Beach", "preset": "email.hero.600.1x"})
    assert pack.status_code == 303
    items = packs.get(hub, SYSTEM, pack.headers["Location"].rpartition("/")[2]).items
    assert {item["asset_id"] for item in items} == set(wanted)


def test_who_only_makes_packs_is_offered_all_as_well_and_who_only_looks_is_not(
    browser: Make, shoot: dict[str, str]
) -> None:
    page = browser("channel_team").get("/?q=beach").text
    assert 'data-selectable="4"' in page
    assert f'data-most="{packs.MOST_ASSETS}"' in page
    assert "data-select-bar" not in browser("viewer").get("/?q=beach").text


def test_without_an_index_a_search_is_not_offered_as_a_whole(hub: Hub, browser: Make) -> None:
    asset = asset_row(hub, "beach.jpg")
    person = browser("designer")
    assert offered(person, "/?q=beach")[0] == 0
    assert offered(person, "/")[0] == 1
    assert person.post("/edits", data={"all": "1", "q-q": "beach", "trash": "in"}).status_code == 503
    assert catalog.get(hub, SYSTEM, asset).trashed_at is None


def test_a_program_means_a_search(hub: Hub, program: Make, shoot: dict[str, str]) -> None:
    manager = program("content_manager")
    search = {"q": "beach", "chosen": {"creator": ["@Ana", "ben"], "kind": ["image"]}}
    made = manager.post("/api/v1/edits", json={"search": search, "add_tags": ["sea"]})
    assert made.json
    assert (made.status_code, made.json["chosen"]) == (201, 2)
    collection = manager.post("/api/v1/collections", json={"name": "Sea"}).json["id"]  # type: ignore[index]
    added = manager.post(f"/api/v1/collections/{collection}/items", json={"search": {"q": "tag:none"}})
    assert added.status_code == 422
    rebuild(hub)
    added = manager.post(f"/api/v1/collections/{collection}/items", json={"search": {"q": "tag:sea"}})
    assert added.json == {"added": 2, "known": 0, "passed_over": 0}
    for body in ({"search": search, "query": {}}, {"search": {**search, "chosen": {"hair": ["red"]}}}):
        assert manager.post("/api/v1/edits", json={**body, "title": "T"}).status_code == 422


EMPTY: list[dict[str, Any]] = [
    {"search": {}},
    {"search": {"q": "  "}},
    {"search": {"chosen": {"tag": []}}},
    {"search": {"chosen": {"tag": [""]}}},
    {"search": {"q": "beach", "chosen": {"tag": [" "]}}},
    {"search": {"q": "*", "chosen": {"kind": []}}},
    {"search": {"q": "kind:image", "chosen": {"creator": []}}},
    {"search": {"q": "*", "chosen": {"custom:colour": [], "kind": ["image"]}}},
    {"query": {}},
    {"query": {"kind": None, "creator": None}},
    {"query": {"campaign": ""}},
    {"query": {"creator": " "}},
    {"query": {"text": "beach " * 9}},
]


def test_what_a_program_left_empty_does_not_mean_the_whole_library(
    hub: Hub, program: Make, shoot: dict[str, str]
) -> None:
    manager = program("content_manager")
    collection = manager.post("/api/v1/collections", json={"name": "Sea"}).json["id"]  # type: ignore[index]
    for meant in EMPTY:
        assert manager.post("/api/v1/edits", json={**meant, "trash": True}).status_code == 422, meant
        assert manager.post(f"/api/v1/collections/{collection}/items", json=meant).status_code == 422, meant
    assert catalog.count(hub, SYSTEM, Query()) == len(shoot)
    assert manager.post("/api/v1/edits", json={"search": {"q": "*"}, "title": "T"}).json["chosen"] == 5  # type: ignore[index]


def test_a_facet_without_a_value_and_a_query_without_a_filter_are_named(
    hub: Hub, program: Make, shoot: dict[str, str]
) -> None:
    manager, left = program("content_manager"), {"q": "*", "chosen": {"kind": []}}
    refused = manager.post("/api/v1/edits", json={"search": left, "add_tags": ["t1"]}).json
    assert refused
    assert [one["field"] for one in refused["errors"]] == ["search.chosen"]
    assert "kind names no value; leave it out" in refused["errors"][0]["message"]
    refused = manager.post("/api/v1/edits", json={"query": {}, "trash": True, "dry_run": True}).json
    assert refused
    assert [one["field"] for one in refused["errors"]] == ["query"]
    assert 'send "search": {"q": "*"}' in refused["detail"]
    for path, name in (("collections", "live"), ("searches", "question")):
        assert manager.post(f"/api/v1/{path}", json={"name": "All", name: left}).status_code == 422
    with pytest.raises(Invalid, match="kind names no value"):
        catalog.edit_many(hub, SYSTEM, Selection(search=Search("*", {"kind": frozenset()})), Change(title="T"))
    manager.post("/api/v1/edits", json={"search": {"q": "hill"}, "trash": True})
    back = manager.post("/api/v1/edits", json={"query": {"trash": True}, "trash": False}).json
    assert back
    assert back["changed"] == 1


def test_what_fields_say_is_chosen_by_page_and_in_both_ways_by_a_program(
    hub: Hub, program: Make, browser: Make
) -> None:
    manager, asset = program("content_manager"), asset_row(hub, campaign="Summer")
    asset_row(hub, campaign="Summer")
    choice = {"campaign": "Summer", "name": "Main colour", "kind": "choice", "choices": ["red", "blue"]}
    manager.post("/api/v1/fields", json=choice)
    manager.ask("PATCH", f"/api/v1/assets/{asset}", json={"fields": {"main colour": "red"}})
    rebuild(hub)
    for name, chosen in enumerate(({"custom": ["Main colour=red"]}, {"custom:main colour": ["red"]})):
        edit = {"search": {"chosen": chosen}, "title": f"T{name}"}
        made = manager.post("/api/v1/edits", json=edit).json
        assert made
        assert (made["chosen"], catalog.get(hub, SYSTEM, asset).title) == (1, f"T{name}")
        live = {"name": f"Red {name}", "live": {"chosen": chosen}}
        kept = manager.post("/api/v1/collections", json=live).json
        assert kept
        assert (kept["live"]["chosen"], kept["count"]) == ({"custom:main_colour": ["red"]}, 1)
    person = browser("designer")
    count, fields = offered(person, "/?campaign=Summer&custom:main_colour=red")
    assert count == 1
    assert person.post("/edits", data={**fields, "add_tags": "sea"}).status_code == 303
    assert [one.tags for one in catalog.find(hub, SYSTEM, Query()).items] == [(), ("sea",)]
    sent = person.post("/collections", data={"live": "1", "name": "Page", "custom:main_colour": "red"})
    assert person.get(sent.headers["Location"]).text.count('class="tile"') == 1


@pytest.mark.parametrize(
    ("text", "colour", "far", "query"),
    [
        ("", "#e4002b", "20", "colour:#e4002b~20"),
        ("beach", "#E4002B", "5", "beach colour:#E4002B~5"),
        ("beach", "#e4002b", "", "beach colour:#e4002b"),
        ("colour:#112233~5 beach", "#e4002b", "20", "beach colour:#e4002b~20"),
        ("a color:#123 b", "#e4002b", "20", "a b colour:#e4002b~20"),
        ('"a  b" colour:red', "#e4002b", "20", '"a  b" colour:red colour:#e4002b~20'),
        ("beach", "e4002b", "20", "beach"),
        ("beach", "#e4002", "20", "beach"),
        ("beach", "#e4002b", "51", "beach"),
        ("beach", "#e4002b OR x", "5", "beach"),
        ("beach", "", "5", "beach"),
    ],
)
def test_a_colour_becomes_a_part_of_the_query_in_place_of_the_one_before(
    text: str, colour: str, far: str, query: str
) -> None:
    assert near(text, colour, far) == query


def test_the_colour_of_a_query_is_known_again() -> None:
    assert nearness("beach colour:#E4002B~5") == ("#e4002b", 5)
    assert nearness("color:#e40") == ("#ee4400", 10)
    assert nearness("colour:red xcolour:#e4002b") is None
    assert nearness("colour:#e4002b~99") is None


def test_a_picked_colour_is_searched_and_offered_again(hub: Hub, browser: Make) -> None:
    for name, palette in (("red", ("#d7192b",)), ("rose", ("#d92f3e",)), ("blue", ("#1f5fd0",))):
        asset_row(hub, f"{name}.jpg", facts=facts_of(palette=palette), previews=THUMB)
    rebuild(hub)
    person = browser("viewer")
    page = person.get("/?q=jpg").text
    assert re.findall(r'<rect width="10" height="10" fill="([^"]+)"', page) == ["#d92f3e", "#1f5fd0"]
    found = person.get("/?q=jpg&near=%23d7192b&far=8")
    assert found.headers["HX-Push-Url"] == "/?q=jpg+colour:%23d7192b~8"
    assert 'data-q="jpg colour:#d7192b~8"' in found.text
    assert re.findall(r'class="tile-name clip">(?:<mark>)?(\w+)', found.text) == ["rose", "red"]
    assert re.search(r'name="near" value="#d7192b"', found.text)
    assert re.search(r'name="far"[^>]+ value="8"', found.text)


def test_colours_of_a_picture_that_is_hidden_are_not_offered(hub: Hub, browser: Make) -> None:
    asset_row(hub, "red.jpg", facts=facts_of(palette=("#d7192b",)))
    asset_row(hub, "blue.jpg", facts=facts_of(palette=("#1f5fd0",)), previews=THUMB)
    rebuild(hub)
    page = browser("viewer").get("/?q=jpg").text
    assert re.findall(r'<rect width="10" height="10" fill="([^"]+)"', page) == ["#1f5fd0"]


def test_a_page_offers_a_handful_of_colours(hub: Hub, browser: Make) -> None:
    digits = "06f"
    many = [f"#{r}{r}{g}{g}{b}{b}" for r in digits for g in digits for b in digits]
    for colour in many:
        asset_row(hub, "any.jpg", facts=facts_of(palette=(colour,)), previews=THUMB)
    rebuild(hub)
    page = browser("viewer").get("/?q=any").text
    assert len(re.findall(r'class="near-swatch"', page)) == library.SWATCHES
