"""Saved and last searches by page and API."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from time import monotonic
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from tests.ugc_hub.rows import asset_row
from tests.ugc_hub.web.conftest import Person, user_of
from ugc_hub import catalog
from ugc_hub.accounts import actor_of
from ugc_hub.catalog import Question
from ugc_hub.catalog.indexing import rebuild
from ugc_hub.hub import Hub
from ugc_hub.models import SearchHit

Make = Callable[..., Person]
ASKED = {"q": "beach", "chosen": {"kind": ["image"]}, "sort": "newest"}


def told(person: Person, method: str, path: str, body: Any = None, status: int = 200) -> Any:
    answer = person.ask(method, f"/api/v1/searches{path}", json=body)
    assert answer.status_code == status, answer.get_data(as_text=True)
    return json.loads(answer.data)


def last(hub: Hub, role: str) -> list[Question]:
    return catalog.recent(hub, actor_of(user_of(hub, role)))


def test_a_program_saves_changes_and_removes_searches(program: Make) -> None:
    viewer = program("viewer")
    made = told(viewer, "POST", "", {"name": "Beach", "question": ASKED, "alert": "hub"}, 201)
    assert made["question"] == {**ASKED, "address": "q=beach&kind=image&sort=newest"}
    assert (made["mine"], made["alert"], made["new"], made["shared"]) == (True, "hub", 0, False)
    changed = told(viewer, "PATCH", f"/{made['id']}", {"name": "Sea", "shared": True})
    assert (changed["name"], changed["shared"], changed["question"]) == ("Sea", True, made["question"])
    assert [one["id"] for one in told(program("legal"), "GET", "")["items"]] == [made["id"]]
    assert told(viewer, "POST", f"/{made['id']}/looked")["new"] == 0
    told(program("legal"), "DELETE", f"/{made['id']}", status=403)
    assert told(viewer, "DELETE", f"/{made['id']}") == {"items": []}
    told(viewer, "GET", f"/{made['id']}", status=404)


def test_who_takes_a_search_of_others_back_is_answered_with_it(program: Make) -> None:
    made = told(program("viewer"), "POST", "", {"name": "Beach", "question": ASKED, "shared": True}, 201)
    manager = program("content_manager")
    assert told(manager, "PATCH", f"/{made['id']}", {"shared": False})["shared"] is False
    told(manager, "GET", f"/{made['id']}", status=404)


@pytest.mark.parametrize(
    "body",
    [
        {"name": "a", "question": {}},
        {"name": "", "question": {"q": "a"}},
        {"name": "a", "question": {"q": "a", "chosen": {"hair": ["red"]}}},
        {"name": "a", "question": {"q": "a", "sort": "best"}},
        {"name": "a", "question": {"q": "a"}, "alert": "fax"},
    ],
)
def test_what_cannot_be_saved_is_refused_with_its_name(program: Make, body: dict[str, Any]) -> None:
    told(program("viewer"), "POST", "", body, 422)


def test_the_library_offers_to_save_what_it_shows_and_the_list_leads_back(hub: Hub, browser: Make) -> None:
    asset_row(hub, "beach.jpg")
    rebuild(hub)
    viewer = browser("viewer")
    assert "Save this search" not in viewer.get("/").text
    page = viewer.get("/", query_string={"q": "beach", "kind": "image", "sort": "oldest"}).text
    form = page.split('action="/searches"')[1].split("</form>")[0]
    sent = dict(re.findall(r'type="hidden" name="(q|kind|sort)" value="([^"]*)"', form))
    assert sent == {"q": "beach", "kind": "image", "sort": "oldest"}
    saved = viewer.post("/searches", data={**sent, "name": "<b>Beach", "shared": "1", "alert": "mail"})
    assert saved.status_code == 303
    assert saved.headers["Location"].startswith("/searches#sch_")
    listed = viewer.get("/searches").text
    assert 'href="/?q=beach&amp;kind=image&amp;sort=oldest"' in listed
    assert "&lt;b&gt;Beach" in listed
    assert "<b>Beach" not in listed
    again = viewer.post("/searches", data={**sent, "name": "<b>Beach"})
    assert again.status_code == 409
    assert "already" in again.text
    [made] = catalog.list_searches(hub, actor_of(user_of(hub, "viewer")))
    assert (made.shared, made.alert) == (True, "mail")


def test_the_list_changes_withdraws_and_removes(hub: Hub, browser: Make) -> None:
    viewer, manager = browser("viewer"), browser("content_manager")
    actor = actor_of(user_of(hub, "viewer"))
    made = catalog.save(hub, actor, "Beach", Question("beach"), shared=True)
    assert "No longer share" in manager.get("/searches").text
    assert "No longer share" not in browser("legal").get("/searches").text
    assert manager.post(f"/searches/{made}", data={"act": "withdraw"}).status_code == 303
    assert not catalog.get_search(hub, actor, made).shared
    assert manager.post(f"/searches/{made}", data={"act": "remove"}).status_code == 404
    wrong = viewer.post(f"/searches/{made}", data={"act": "keep", "name": " "})
    assert wrong.status_code == 422
    assert "A name has" in wrong.text
    kept = viewer.post(f"/searches/{made}", data={"act": "keep", "name": "Sea", "alert": "hub", "shared": "1"})
    assert kept.status_code == 303
    now = catalog.get_search(hub, actor, made)
    assert (now.name, now.alert, now.shared) == ("Sea", "hub", True)
    assert viewer.post(f"/searches/{made}", data={"act": "dance"}).status_code == 422
    viewer.post(f"/searches/{made}", data={"act": "remove"})
    assert "No search is saved" in viewer.get("/searches").text


def test_a_creator_is_not_offered_to_share(hub: Hub, browser: Make) -> None:
    creator = browser("creator")
    assert 'name="shared"' not in creator.get("/", query_string={"q": "beach"}).text
    assert 'name="shared"' in browser("viewer").get("/", query_string={"q": "beach"}).text
    refused = creator.post("/searches", data={"q": "beach", "name": "a", "shared": "1"})
    assert refused.status_code == 403


def test_new_ones_are_counted_on_the_page_until_the_search_is_opened(hub: Hub, browser: Make) -> None:
    viewer, asset = browser("viewer"), asset_row(hub, "beach.jpg")
    rebuild(hub)
    made = catalog.save(hub, actor_of(user_of(hub, "viewer")), "Beach", Question("beach"), alert="hub")
    with hub.database.write() as session:
        session.add(SearchHit(search_id=made, asset_id=asset, found_at=hub.now()))
    for path in ("/", "/searches"):
        assert "1 new" in viewer.get(path).text
    assert viewer.get("/", query_string={"q": "beach"}).status_code == 200
    for path in ("/", "/searches"):
        assert "1 new" not in viewer.get(path).text


def test_what_is_asked_is_kept_among_the_last_and_what_is_being_typed_is_not(hub: Hub, browser: Make) -> None:
    asset_row(hub, "beach.jpg")
    rebuild(hub)
    viewer = browser("viewer")
    for query in ({"q": "bea", "typing": "1"}, {}, {"sort": "oldest"}, {"q": "x" * 1001}, {"q": "a\0b"}):
        assert viewer.get("/", query_string=query).status_code in (200, 422)
    assert [one.text for one in last(hub, "viewer") if "\0" not in one.text] == []
    catalog.forget_recent(hub, actor_of(user_of(hub, "viewer")))
    viewer.get("/", query_string={"q": "beach", "kind": "image"})
    viewer.get("/", query_string={"q": "beach", "kind": "image"})
    assert viewer.post("/searches/recent", data={"q": "sea", "typing": "1"}).status_code == 204
    assert viewer.post("/searches/recent", data={"q": " "}).status_code == 204
    assert last(hub, "viewer") == [Question("sea"), Question("beach", {"kind": frozenset({"image"})})]
    assert last(hub, "legal") == []
    page = viewer.get("/searches").text
    assert page.index('href="/?q=sea"') < page.index('href="/?q=beach&amp;kind=image"')
    assert viewer.post("/searches/recent/forget").status_code == 303
    assert last(hub, "viewer") == []


def test_a_program_lists_and_forgets_the_last_searches(hub: Hub, program: Make) -> None:
    viewer = program("viewer")
    catalog.remember(hub, actor_of(user_of(hub, "viewer")), Question("beach"))
    only = {"q": "beach", "chosen": {}, "sort": "", "address": "q=beach"}
    assert told(viewer, "GET", "/recent") == {"items": [only]}
    assert told(viewer, "DELETE", "/recent") == {"items": []}


def test_a_token_that_only_looks_reads_what_its_owner_keeps_and_changes_none_of_it(hub: Hub, program: Make) -> None:
    asset_row(hub, "beach.jpg")
    rebuild(hub)
    owner = actor_of(user_of(hub, "viewer"))
    made = catalog.save(hub, owner, "Beach", Question("beach"))
    catalog.remember(hub, owner, Question("beach"))
    narrow = program("viewer", "asset.view")
    refused = told(narrow, "POST", "", {"name": "Sea", "question": ASKED}, 403)
    assert refused["action"] == "account.edit"
    for method, path, body in (
        ("PATCH", f"/{made}", {"name": "Sea"}),
        ("PATCH", f"/{made}", {"alert": "mail"}),
        ("POST", f"/{made}/looked", None),
        ("DELETE", f"/{made}", None),
        ("DELETE", "/recent", None),
    ):
        told(narrow, method, path, body, 403)
    assert narrow.get("/api/v1/assets?q=beach").json["total"] == 1  # type: ignore[index]
    assert [one["name"] for one in told(narrow, "GET", "")["items"]] == ["Beach"]
    assert [one["q"] for one in told(narrow, "GET", "/recent")["items"]] == ["beach"]
    wider = program("viewer", "asset.view", "account.edit")
    told(wider, "PATCH", f"/{made}", {"name": "Sea"})
    assert told(wider, "DELETE", "/recent") == {"items": []}


def test_a_search_that_cannot_be_kept_is_answered_all_the_same(
    hub: Hub, browser: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OperationalError("INSERT", {}, Exception("database or disk is full"))

    asset_row(hub, "beach.jpg")
    rebuild(hub)
    monkeypatch.setattr(catalog, "remember", full)
    assert "beach" in browser("viewer").get("/", query_string={"q": "beach"}).text


def test_who_searches_does_not_wait_for_others_who_write(hub: Hub, browser: Make) -> None:
    asset_row(hub, "beach.jpg")
    rebuild(hub)
    viewer, user = browser("viewer"), user_of(hub, "viewer")
    with hub.database.write() as session:
        hub.database.serialise(session, f"recent:{user.id}")
        began = monotonic()
        assert ">beach</mark>" in viewer.get("/", query_string={"q": "beach"}).text
        assert viewer.post("/searches/recent", data={"q": "sea"}).status_code == 503
        assert monotonic() - began < 10
    assert last(hub, "viewer") == []
    viewer.get("/", query_string={"q": "beach"})
    assert last(hub, "viewer") == [Question("beach")]
