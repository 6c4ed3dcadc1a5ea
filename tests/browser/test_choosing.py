"""Choosing all that a search finds, and a colour beside it, in a browser."""

from __future__ import annotations

import re

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, Visitor
from tests.browser.pages import give, wide_by
from tests.pictures import encoded, jpeg
from tests.serving import Served
from tests.waiting import wait_until
from ugc_hub import catalog
from ugc_hub.accounts import SYSTEM
from ugc_hub.catalog import Search


@pytest.fixture(scope="module")
def shoot(site: Served) -> list[str]:
    """Four photos of one word, which the index knows, one of them by somebody else."""
    ids = [
        give(site, jpeg(320, 240, 9300 + number), f"harbour-{number}.jpg", creator="ben" if number == 3 else "ana")
        for number in range(4)
    ]
    wait_until(lambda: catalog.search(site.hub, SYSTEM, Search("harbour")).total == 4)
    return ids


def test_all_that_is_found_is_tagged_after_the_question_was_changed(
    visit: Visitor, site: Served, shoot: list[str]
) -> None:
    someone = visit("designer")
    someone.go("/?q=harbour")
    page = someone.page
    page.get_by_role("checkbox", name="@ana").check()
    expect(page.locator(".tile")).to_have_count(3)
    page.locator("[data-select]").first.check(force=True)
    page.get_by_role("button", name="Select all 3").click()
    expect(page.get_by_text("All 3 selected", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Rights")).to_be_hidden()
    page.get_by_role("button", name="Edit").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Add tags").fill("quay, ")
    dialog.get_by_role("button", name="Change 3 assets").click()
    expect(page.get_by_role("heading", name="3 assets changed")).to_be_visible()
    assert [catalog.get(site.hub, SYSTEM, one).tags for one in shoot] == [("quay",)] * 3 + [()]


def test_another_question_ends_the_choice_of_all(visit: Visitor, shoot: list[str]) -> None:
    someone = visit("designer")
    someone.go("/?q=harbour")
    page = someone.page
    page.locator("[data-select]").first.check(force=True)
    page.get_by_role("button", name="Select all 4").click()
    page.get_by_role("checkbox", name="@ben").check()
    expect(page.locator(".tile")).to_have_count(1)
    expect(page.get_by_text("1 selected", exact=True)).to_be_visible()


@pytest.mark.parametrize("options", [{}, {"viewport": PHONE}], ids=["wide", "phone"])
def test_a_colour_is_picked_beside_what_is_found(visit: Visitor, site: Served, options: dict[str, object]) -> None:
    name = "tinted-wide" if not options else "tinted-phone"
    for number, colour in enumerate(("#d7192b", "#1f5fd0")):
        give(site, encoded(Image.new("RGB", (320 + len(name), 240), colour)), f"{name}-{number}.jpg")
    wait_until(lambda: catalog.search(site.hub, SYSTEM, Search(name)).total == 2)
    someone = visit("viewer", **options)
    someone.go(f"/?q={name}")
    page = someone.page
    facet = page.locator("[data-facet=colour]")
    if facet.get_attribute("open") is None:
        facet.locator("summary").first.click()
    assert wide_by(page) <= 0
    swatches = facet.locator(".near-swatch")
    expect(swatches).to_have_count(2)
    field = page.get_by_role("combobox", name="Search the library")
    facet.get_by_label("Colour as #rrggbb").fill("#1f5fd0")
    facet.get_by_role("button", name="Find").click()
    expect(page.locator(".tile-name")).to_have_text([f"{name}-1.jpg"])
    expect(field).to_have_value(f"{name} colour:#1f5fd0~10")
    page.locator(".near-far input").fill("50")
    expect(field).to_have_value(f"{name} colour:#1f5fd0~50")
    page.locator(".near-swatch").first.click()
    expect(field).to_have_value(re.compile(rf"{name} colour:#[0-9a-f]{{6}}~50"))
    expect(page).to_have_url(re.compile("colour:%23"))
