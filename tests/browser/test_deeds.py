"""Duties before a use and limits in a browser: confirmed with a file, stated, shown on every screen."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, Visitor
from tests.browser.pages import give
from tests.browser.test_takedowns import fits
from tests.pictures import jpeg
from tests.serving import Served
from tests.ugc_hub.licensing.rows import clear
from tests.ugc_hub.rows import asset_row

PAY = {"duty": "pay", "phase": "pre", "amount_micros": 250_000_000, "currency": "EUR"}
APPROVAL = {"duty": "approval", "phase": "pre"}
LIMITS = {"max_impressions": 100_000, "impressions": 0, "max_placements": 3, "placements": 1}


def test_a_payment_is_confirmed_where_it_stands_in_the_way_and_a_total_ends_the_term(
    visit: Visitor, site: Served, photo: Any
) -> None:
    asset = give(site, jpeg(900, 1200, 8801), "paid-first.jpg")
    grant = clear(site.hub, asset, duties=[PAY], **LIMITS)
    someone = visit("content_manager")
    page = someone.page
    someone.go(f"/assets/{asset}?channel=email&territory=DE")
    page.get_by_role("link", name="Confirm on this page").click()
    asked = page.get_by_role("list", name="Before a use").get_by_role("listitem")
    expect(asked).to_contain_text("By confirming you state: 250.00 EUR was paid.")
    asked.get_by_label("Note").fill("Bank, 3 May")
    asked.get_by_label("Proof").set_input_files(photo("receipt.jpg"))
    asked.get_by_role("button", name="Confirm").click()
    expect(asked).to_contain_text("“Bank, 3 May” The file that proves it")
    someone.go(f"/grants/{grant}")
    page.get_by_label("Who counted").fill("Meta Ads")
    page.get_by_label("Impressions all since the beginning").fill("100000")
    page.get_by_role("button", name="State the total").click()
    expect(page.locator("#limits")).to_contain_text("100,000 of 100,000 Used up")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ended")


@pytest.mark.parametrize("look", ["light", "dark", "phone", "narrow"])
def test_duties_and_limits_fit_every_screen(visit: Visitor, site: Served, look: str) -> None:
    asset = asset_row(site.hub, "a-rather-long-name-of-a-picture-as-cameras-and-people-give-them.jpg")
    grant = clear(site.hub, asset, duties=[PAY, APPROVAL], **LIMITS)
    looks: dict[str, dict[str, Any]] = {
        "light": {"color_scheme": "light"},
        "dark": {"color_scheme": "dark"},
        "phone": {"viewport": PHONE, "is_mobile": True, "has_touch": True},
        "narrow": {"viewport": {"width": 360, "height": 640}},
    }
    someone = visit("content_manager", **looks[look])
    someone.go(f"/assets/{asset}")
    fits(someone, f"{look}-duty-asset")
    someone.go(f"/grants/{grant}")
    someone.page.get_by_role("button", name="Confirm").first.click()
    expect(someone.page.get_by_text("This was a mistake")).to_be_visible()
    fits(someone, f"{look}-duty-grant")
