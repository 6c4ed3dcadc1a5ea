"""Collections in a browser: into one from the library, arranged by keyboard, made into a pack."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, Visitor
from tests.browser.pages import give, wide_by
from tests.pictures import jpeg
from tests.serving import Served
from ugc_hub import catalog
from ugc_hub.accounts import SYSTEM
from ugc_hub.catalog import Selection


@pytest.fixture(scope="module")
def shoot(site: Served) -> list[str]:
    """Three assets of one shoot."""
    return [
        give(site, jpeg(320, 240, 9100 + number), f"shoot-{number}.jpg", campaign="Shoot", own=True)
        for number in range(3)
    ]


def test_what_is_selected_goes_into_a_new_collection(visit: Visitor, shoot: list[str]) -> None:
    someone = visit("designer")
    someone.go("/?campaign=Shoot")
    page = someone.page
    for number in (2, 0):
        page.get_by_role("checkbox", name=f"Select shoot-{number}.jpg").check(force=True)
    page.get_by_role("button", name="Add to collection").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Collection").fill("Chosen by hand")
    dialog.get_by_role("button", name="Make it and add").click()
    expect(page.get_by_role("heading", name="Chosen by hand")).to_be_visible()
    expect(page.locator(".tile-name")).to_have_text(["shoot-2.jpg", "shoot-0.jpg"])


def test_tiles_are_moved_and_taken_out_by_keyboard(visit: Visitor, site: Served, shoot: list[str]) -> None:
    collection, _ = catalog.collect_as(site.hub, SYSTEM, "By keyboard", Selection(tuple(shoot)))
    someone = visit("designer", viewport=PHONE)
    someone.go(f"/collections/{collection}")
    page = someone.page
    page.get_by_role("link", name="Arrange").click()
    later = page.get_by_role("button", name="Move later: shoot-0.jpg")
    expect(later).to_be_visible()
    page.wait_for_load_state()  # before its scripts are there the form itself would move the tile
    assert wide_by(page) == 0
    later.focus()
    names = page.locator(".tile-name")
    page.keyboard.press("Enter")
    expect(names).to_have_text(["shoot-1.jpg", "shoot-0.jpg", "shoot-2.jpg"])
    expect(page.locator("[data-live]")).to_have_text("Moved to place 2")
    expect(later).to_be_focused()
    page.keyboard.press("Enter")
    expect(names).to_have_text(["shoot-1.jpg", "shoot-2.jpg", "shoot-0.jpg"])
    assert catalog.asset_ids(site.hub, SYSTEM, collection, most=9) == [shoot[1], shoot[2], shoot[0]]
    page.get_by_role("button", name="Take out: shoot-2.jpg").focus()
    page.keyboard.press("Enter")
    expect(names).to_have_text(["shoot-1.jpg", "shoot-0.jpg"])
    expect(page.get_by_role("button", name="Take out: shoot-0.jpg")).to_be_focused()
    expect(page.locator("[data-collection-count]")).to_have_text("2 assets")
    page.get_by_role("link", name="Done").click()
    expect(names).to_have_text(["shoot-1.jpg", "shoot-0.jpg"])


def test_a_pack_is_made_of_the_whole_collection(visit: Visitor, site: Served, shoot: list[str]) -> None:
    collection, _ = catalog.collect_as(site.hub, SYSTEM, "To pack", Selection(tuple(shoot[:2])))
    someone = visit("channel_team")
    someone.go(f"/collections/{collection}")
    page = someone.page
    page.get_by_role("button", name="Make a pack").first.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("Of 2 assets.")).to_be_visible()
    dialog.get_by_label("Name").fill("All of it")
    dialog.get_by_role("button", name="Make the pack").click()
    expect(page.get_by_role("heading", name="All of it")).to_be_visible()
    expect(page.locator(".pack-asset")).to_have_count(2)
