"""The search in a browser: hits as one types, choices, chips, the way out of a search that finds nothing."""

from __future__ import annotations

import pytest
from playwright.sync_api import Route, expect

from tests.browser.conftest import PHONE, Visitor
from tests.browser.pages import give, wide_by
from tests.pictures import jpeg
from tests.serving import Served
from tests.waiting import wait_until
from ugc_hub import catalog
from ugc_hub.accounts import SYSTEM


@pytest.fixture(scope="module")
def shore(site: Served) -> None:
    """Three assets that the index knows."""
    for number, name in enumerate(("shoreline dawn", "shoreline dusk", "harbour dusk")):
        give(site, jpeg(320, 240, 7000 + number), f"{name}.jpg", creator="mira" if number else "noor")
    wait_until(lambda: (catalog.search(site.hub, SYSTEM, catalog.Search("dusk OR dawn")).total or 0) >= 3)


def test_hits_come_as_one_types_and_choices_narrow_them(visit: Visitor, shore: None) -> None:
    someone = visit("viewer")
    someone.go("/")
    page = someone.page
    page.keyboard.press("/")
    page.keyboard.type("shorel")
    tiles = page.locator(".tile")
    expect(tiles).to_have_count(2)
    expect(page.locator(".tile mark").first).to_have_text("shoreline")
    expect(page.get_by_role("combobox", name="Search the library")).to_be_focused()
    page.get_by_role("checkbox", name="@noor").check()
    expect(tiles).to_have_count(1)
    assert "creator=noor" in page.url
    page.get_by_role("link", name="Remove Creator: @noor").click()
    expect(tiles).to_have_count(2)


def test_typing_on_while_hits_are_on_their_way_shows_the_later_ones(visit: Visitor, shore: None) -> None:
    someone = visit("viewer")
    someone.go("/")
    page = someone.page
    held: list[Route] = []
    page.route("**/?q=harb*", lambda route: held.append(route))
    with page.expect_request("**/?q=harb*"):
        page.get_by_role("combobox", name="Search the library").fill("harb")
    page.get_by_role("combobox", name="Search the library").fill("shorel")
    expect(page.locator(".tile mark").first).to_have_text("shoreline")
    expect(page.locator(".tile")).to_have_count(2)
    assert any("htmx:sendAbort" in one for one in someone.complaints)
    assert someone.went_wrong() == []


def test_a_search_without_hits_leaves_out_what_excluded_them(visit: Visitor, shore: None) -> None:
    someone = visit("viewer", viewport=PHONE)
    someone.go("/?q=shoreline+kind:video")
    someone.page.get_by_role("link", name="kind:video 2 assets").click()
    expect(someone.page.locator(".tile")).to_have_count(2)
    assert wide_by(someone.page) == 0


def test_a_clause_to_leave_out_is_as_it_was_typed_and_stands_in_the_middle(visit: Visitor, shore: None) -> None:
    someone = visit("viewer", viewport={"width": 360, "height": 740})
    someone.go("/?q=shoreline+harbour+created:from+12+january+2024+to+15+february+2024+kind:image")
    page = someone.page
    way = page.get_by_role("link", name="harbour + created:from 12 january 2024 to 15 february 2024 2 assets")
    box, around = way.bounding_box(), page.locator(".empty").bounding_box()
    assert box is not None
    assert around is not None
    left, right = box["x"] - around["x"], around["x"] + around["width"] - box["x"] - box["width"]
    assert (abs(left - right) <= 1, left > 20, wide_by(page)) == (True, True, 0)
    assert way.locator(".clip").evaluate("one => one.scrollWidth <= one.clientWidth")


def test_how_a_search_may_go_on_is_offered_and_taken_by_keys(visit: Visitor, shore: None) -> None:
    someone = visit("content_manager", viewport=PHONE)
    someone.go("/")
    page = someone.page
    field = page.get_by_role("combobox", name="Search the library")
    field.focus()
    page.keyboard.type("dawn creator:noo")
    offered = page.locator(".offers").get_by_role("option")
    expect(offered).to_have_text(["creator:noor1"])
    assert wide_by(page) == 0
    page.keyboard.press("ArrowDown")
    expect(offered).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(field).to_have_value("dawn creator:noor ")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(page.locator(".tile")).to_have_count(1)
    page.keyboard.type("ki")
    expect(offered.first).to_be_visible()
    page.keyboard.press("Escape")
    expect(offered.first).to_be_hidden()
