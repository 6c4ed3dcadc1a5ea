"""Words in a picture: written down on its page, found and marked in the library."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import DESKTOP, Visitor
from tests.browser.pages import give, wide_by
from tests.pictures import jpeg
from tests.serving import Served
from tests.waiting import wait_until
from ugc_hub import catalog
from ugc_hub.accounts import SYSTEM

NARROW = {"width": 360, "height": 760}


@pytest.mark.parametrize("size", [DESKTOP, NARROW], ids=["desktop", "narrow"])
def test_words_that_are_written_down_stand_on_the_page_and_are_marked_in_the_library(
    site: Served, visit: Visitor, size: dict[str, int]
) -> None:
    word = f"zebras{size['width']}"
    asset = give(site, jpeg(640, 480, size["width"]), "sign.jpg")
    someone = visit(viewport=size)
    page = someone.page
    someone.go(f"/assets/{asset}")
    card = page.locator("#texts")
    card.get_by_text("Write them down").click()
    card.get_by_label("Words").fill(f"For everybody who waited so long: the {word} are back")
    card.get_by_role("button", name="Keep them").click()
    expect(page.locator("#texts")).to_contain_text("Written by hand")
    assert wide_by(page) == 0
    wait_until(lambda: catalog.search(site.hub, SYSTEM, catalog.Search(word)).total == 1)
    someone.go(f"/?q={word}")
    mark = page.locator(".tile-part mark")
    expect(mark).to_have_text(word)
    box, part = mark.bounding_box(), page.locator(".tile-part").bounding_box()
    assert box
    assert part
    assert part["y"] <= box["y"] <= box["y"] + box["height"] <= part["y"] + part["height"] + 1, "it is not cut off"
    assert wide_by(page) == 0
