"""The audit in a browser: found, filtered, opened, verified, on every screen."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, Visitor
from tests.browser.test_takedowns import fits
from tests.serving import Served
from tests.ugc_hub.licensing.rows import clear
from tests.ugc_hub.rows import asset_row


def test_what_happened_is_found_by_its_object_and_the_record_is_verified_by_a_button(
    visit: Visitor, site: Served
) -> None:
    asset = asset_row(site.hub, "beach.jpg")
    grant = clear(site.hub, asset)
    someone = visit("legal")
    page = someone.page
    someone.go("/rights")
    page.get_by_role("navigation", name="Rights").get_by_role("link", name="Audit").click()
    page.get_by_label("To what").fill(grant)
    page.get_by_role("button", name="Filter").click()
    entry = page.get_by_role("list", name="Entries, newest first").get_by_role("listitem").first
    expect(entry).to_contain_text("A grant was given")
    entry.get_by_text("Entry").click()
    expect(entry).to_contain_text("copyright")
    page.get_by_role("button", name="Verify now").click()
    expect(page.get_by_text("Whole", exact=True)).to_be_visible()
    page.get_by_label("To what").fill("grt_none")
    page.get_by_role("button", name="Filter").click()
    expect(page.get_by_role("heading", name="Nothing matches")).to_be_visible()
    page.get_by_role("link", name="Show everything").first.click()
    expect(page.get_by_role("list", name="Entries, newest first")).to_be_visible()


@pytest.mark.parametrize("look", ["light", "dark", "phone", "narrow"])
def test_the_audit_fits_every_screen(visit: Visitor, site: Served, look: str) -> None:
    for number in range(3):
        clear(site.hub, asset_row(site.hub, f"{number}.jpg"))
    looks: dict[str, dict[str, Any]] = {
        "light": {"color_scheme": "light"},
        "dark": {"color_scheme": "dark"},
        "phone": {"viewport": PHONE, "is_mobile": True, "has_touch": True},
        "narrow": {"viewport": {"width": 360, "height": 640}},
    }
    someone = visit("legal", **looks[look])
    someone.expected.add(422)
    for name, path in (("audit", "/audit"), ("audit-none", "/audit?object=nothing"), ("audit-wrong", "/audit?from=x")):
        someone.go(path)
        if name == "audit":
            someone.page.locator("summary").first.click()
        fits(someone, f"{look}-{name}")
