"""The library in a browser: the wall, endless scroll, selecting, packs."""

from __future__ import annotations

import re
import zipfile

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitor
from tests.browser.pages import give, send
from tests.pictures import jpeg
from tests.serving import Served
from tests.waiting import wait_until
from ugc_hub import catalog
from ugc_hub.accounts import SYSTEM
from ugc_hub.web.pages import library


@pytest.fixture(scope="module")
def many(site: Served) -> int:
    """More assets of one campaign than a page holds."""
    count = library.PAGE_SIZE + 5
    sent = [
        send(site, jpeg(160, 120 + number, 1000 + number), f"many-{number:03}.jpg", campaign="Many")
        for number in range(count)
    ]
    wait_until(lambda: all(catalog.get(site.hub, SYSTEM, asset_id).status == "ready" for asset_id in sent))
    return count


@pytest.mark.both_databases
def test_scrolling_down_loads_the_rest_of_the_wall(visit: Visitor, many: int) -> None:
    someone = visit("viewer")
    someone.go("/?campaign=Many")
    tiles = someone.page.locator(".tile")
    expect(tiles).to_have_count(library.PAGE_SIZE)
    someone.page.keyboard.press("End")
    expect(tiles).to_have_count(many)
    names = someone.page.locator(".tile-name").all_inner_texts()
    assert names == sorted(set(names), reverse=True)
    expect(someone.page.get_by_role("link", name="Load more")).to_have_count(0)


def test_without_scripts_a_link_leads_to_the_next_page(visit: Visitor, many: int) -> None:
    someone = visit("viewer", java_script_enabled=False)
    someone.page.goto(f"{someone.address}/?campaign=Many")
    someone.page.get_by_role("link", name="Load more").click()
    expect(someone.page.locator(".tile")).to_have_count(many - library.PAGE_SIZE)
    someone.page.get_by_role("link", name="Back to the newest").click()
    expect(someone.page.locator(".tile")).to_have_count(library.PAGE_SIZE)


def test_a_search_that_finds_nothing_offers_a_way_back(visit: Visitor, many: int) -> None:
    someone = visit("viewer")
    someone.go("/")
    someone.page.get_by_role("combobox", name="Search the library").fill("no such picture anywhere")
    someone.page.keyboard.press("Enter")
    expect(someone.page.get_by_role("heading", name="Nothing matches")).to_be_visible()
    someone.page.get_by_role("link", name="Show everything").click()
    expect(someone.page.locator(".tile").first).to_be_visible()


@pytest.mark.both_databases
def test_selected_assets_become_a_pack_that_can_be_downloaded(visit: Visitor, site: Served) -> None:
    for number in range(3):
        give(site, jpeg(1300, 1700, 2000 + number), f"pack-{number}.jpg", campaign="Pack", own=True)
    someone = visit("channel_team")
    someone.go("/?campaign=Pack")
    page = someone.page
    for number in (0, 2):
        page.get_by_role("checkbox", name=f"Select pack-{number}.jpg").check(force=True)
    expect(page.get_by_text("2 selected", exact=True)).to_be_visible()
    page.get_by_role("button", name="Make a pack").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="Make the pack")).to_be_in_viewport()
    dialog.get_by_label("Name").fill("Letters of spring")
    for kit in dialog.locator("[name=kit]:checked").all():
        kit.uncheck()
    dialog.get_by_role("checkbox", name="E-mail").check()
    dialog.get_by_role("button", name="Make the pack").click()
    expect(page.get_by_role("heading", name="Letters of spring")).to_be_visible()
    download_link = page.get_by_role("button", name=re.compile(r"Download \d+ files"))
    expect(download_link).to_be_visible(timeout=60_000)
    with page.expect_download() as waiting:
        download_link.click()
    assert waiting.value.suggested_filename == "Letters of spring.zip"
    with zipfile.ZipFile(waiting.value.path()) as archive:
        names = archive.namelist()
        assert archive.testzip() is None
    assert "manifest.json" in names
    assert {name.split("_")[0] for name in names} >= {"pack-0", "pack-2"}
    assert not any(name.startswith("pack-1") for name in names)


def test_the_pack_dialog_keeps_the_focus_and_closes_with_escape(visit: Visitor, many: int) -> None:
    someone = visit()
    someone.go("/?campaign=Many")
    page = someone.page
    page.locator("[data-select]").first.check(force=True)
    page.get_by_role("button", name="Make a pack").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    for _ in range(30):
        page.keyboard.press("Tab")
        # In a modal dialog the focus stays inside, or leaves the page for the browser's own bars.
        assert page.evaluate("document.activeElement === document.body || !!document.activeElement.closest('dialog')")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
