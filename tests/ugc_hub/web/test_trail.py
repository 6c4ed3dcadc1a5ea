"""The page of the audit: in words, by what one looks for, page by page, and verified by a button."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.support import ROOT
from tests.ugc_hub.licensing.rows import clear
from tests.ugc_hub.rows import asset_row
from tests.ugc_hub.web.conftest import Person, user_of
from ugc_hub import audit
from ugc_hub.accounts import actor_of
from ugc_hub.audit import Query
from ugc_hub.hub import Hub
from ugc_hub.jobs import verify
from ugc_hub.jobs.local import finish
from ugc_hub.licensing import facts
from ugc_hub.licensing.afterlife import ENDED, RESTORED
from ugc_hub.permissions.states import FOLLOWING
from ugc_hub.web import entries
from ugc_hub.web.pages import trail

Browser = Callable[[str], Person]
CONSENTS = ("expired", "given", "notice_shown", "reconfirmed", "refused", "withdrawn")
BUILT = {
    "asset": ("pending_review", "active", "hold", "taken_down", "erased", "erasure"),
    "person": ("erasure",),
    "creator": ("erasure",),
    "grant": ("active", "pending", "rejected", "suspended"),
    "consent": CONSENTS,
    "submission": ("approved", "asked", "declined"),
    "rights_request": tuple(FOLLOWING),
}
"""Kinds whose second half is put in while the hub runs."""


def recorded() -> set[str]:
    """Every kind of entry that the product writes: first the text in each call, then what is put together."""
    found = {ENDED, RESTORED}
    for path in (ROOT / "ugc_hub").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = getattr(node.func, "id", getattr(node.func, "attr", "")) if isinstance(node, ast.Call) else ""
            if name.startswith("record"):
                for part in ast.walk(node):
                    if isinstance(part, ast.Constant) and isinstance(part.value, str):
                        found |= set(re.findall(r"^[a-z_]+\.[a-z_]+$", part.value))
    return found | {f"{thing}.{what}" for thing, whats in BUILT.items() for what in whats}


def test_every_kind_of_entry_has_words_and_a_group_and_none_is_named_that_is_not_written() -> None:
    kinds = recorded()
    assert sorted(kinds - set(entries.WORDS)) == []
    assert sorted(set(entries.WORDS) - kinds) == []
    assert {kind.partition(".")[0] for kind in kinds} == set(entries.GROUPS)


def test_entries_are_in_words_with_a_link_to_their_object_and_who_did_it(hub: Hub, browser: Browser) -> None:
    asset = asset_row(hub, "beach.jpg")
    grant = clear(hub, asset)
    person = browser("legal")
    data = {"status": "hold", "note": "Looked at"}
    browser("content_manager").post(f"/assets/{asset}/rights/status", data=data)
    page = person.get("/audit").text
    assert "An asset was put on hold" in page
    assert f'href="/assets/{asset}"' in page
    assert "beach.jpg" in page
    assert f'href="/grants/{grant}"' in page
    assert "content_manager@example.org" in page
    assert "Looked at" not in page
    assert page.index("An asset was put on hold") < page.index("A grant was given")


@pytest.mark.parametrize("role", ["content_manager", "designer", "viewer", "creator"])
def test_others_neither_see_nor_verify_it(browser: Browser, role: str) -> None:
    person = browser(role)
    assert person.get("/audit").status_code == 403
    assert person.post("/audit/verify").status_code == 403
    if role != "creator":
        assert "/audit" not in person.get("/rights").text


def test_it_is_filtered_by_object_person_kind_and_day(hub: Hub, browser: Browser) -> None:
    first, second = asset_row(hub), asset_row(hub)
    clear(hub, first)
    clear(hub, second)
    manager = actor_of(user_of(hub, "content_manager"))
    with hub.database.write() as session:
        facts.set_status(hub, session, manager, asset_id=first, status="hold")
    person = browser("legal")
    assert first not in person.get(f"/audit?object={second}").text
    mine = person.get(f"/audit?actor={manager.user_id}").text
    assert "An asset was put on hold" in mine
    assert "A grant was given" not in mine
    assert "An asset was put on hold" not in person.get("/audit?actor=hub").text
    assert "A grant was given" not in person.get("/audit?kind=asset").text
    assert person.get("/audit?kind=asset.hold").text.count("An asset was put on hold") == 3, "choice, entry, link"
    today = hub.now().date()
    assert "An asset was put on hold" in person.get(f"/audit?from={today}&until={today}&kind=asset").text
    empty = person.get(f"/audit?until={today - timedelta(days=1)}")
    assert (empty.status_code, "Nothing matches" in empty.text) == (200, True)
    wrong = person.get("/audit?from=yesterday")
    assert (wrong.status_code, "Give a day, such as" in wrong.text) == (422, True)


def test_pages_follow_one_another_without_a_gap(hub: Hub, browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trail, "PAGE_SIZE", 3)
    for _ in range(4):
        clear(hub, asset_row(hub))
    person = browser("legal")
    with hub.database.read() as session:
        expected = [f"Entry {event.id:,}" for event in audit.find(session, Query(kind="grant.", limit=100))]
    seen: list[str] = []
    address = "/audit?kind=grant"
    while address:
        page = person.get(address).text
        seen += re.findall(r"<summary>(Entry [\d,]+)</summary>", page)
        older = re.search(r'href="([^"]*)">Older entries', page)
        address = older[1].replace("&amp;", "&") if older else ""
    assert seen == expected


def test_a_check_is_asked_for_and_its_result_shown(hub: Hub, browser: Browser) -> None:
    clear(hub, asset_row(hub))
    person = browser("legal")
    assert "It was not verified here yet" in person.get("/audit").text
    assert person.post("/audit/verify").headers["Location"] == "/audit"
    assert "Being checked" in person.get("/audit").text
    finish(hub, [verify.ask_to_verify(hub, actor_of(user_of(hub, "legal")))])
    part = person.get("/audit/verification").text
    assert "Whole" in part
    assert "hx-trigger" not in part


def test_an_object_without_a_page_has_no_link(browser: Browser) -> None:
    browser("legal")
    page = browser("legal").get("/audit?kind=session").text
    assert "Somebody signed in" in page
    assert 'aria-label="Open usr_' not in page
