"""The ledger in a browser: found by filter, opened, stopped, with the keyboard alone and on every screen."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, Visitor
from tests.browser.test_takedowns import fits
from tests.serving import Served
from tests.ugc_hub.licensing.copies import usage, usage_row
from tests.ugc_hub.licensing.rows import clear, free_row
from tests.ugc_hub.rows import asset_row
from ugc_hub.accounts import find_user
from ugc_hub.licensing import Use


def test_a_copy_is_found_and_stopped_with_the_keyboard(visit: Visitor, site: Served) -> None:
    asset = free_row(site.hub, "kite.jpg", creator="kim", campaign="Kites")
    site.sign_in("channel_team")
    taker = find_user(site.hub, "channel_team@example.org")
    mine = usage_row(site.hub, asset, by=taker, valid_until=site.hub.now() + timedelta(days=3))
    someone = visit("channel_team")
    page = someone.page
    someone.go("/usages")
    page.get_by_label("Campaign").select_option("Kites")
    page.get_by_label("Ends within").select_option("7")
    page.get_by_role("button", name="Show").press("Enter")
    line = page.get_by_role("link", name="kite.jpg")
    expect(line).to_have_count(1)
    line.focus()
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{site.address}/usages/{mine}")
    page.get_by_label("Ad id or address of the post").fill("https://ads.example/17")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Somebody stopped it")).to_be_visible()
    expect(page.get_by_role("heading", name="kite.jpg")).to_contain_text("Ended")
    assert usage(site.hub, mine).external_ref == "https://ads.example/17"


@pytest.mark.parametrize("look", ["light", "dark", "phone", "narrow"])
def test_the_ledger_fits_every_screen(visit: Visitor, site: Served, look: str) -> None:
    hub = site.hub
    asset = asset_row(hub, "a-rather-long-name-of-a-picture-as-cameras-and-people-give-them.jpg", creator="ana")
    clear(hub, asset, duties=[{"duty": "credit", "phase": "during", "text": "Photo: Ana"}])
    places = ("DE", "AT", "FR", "US-NY", "JP", "BR")
    use = Use("paid_social.meta", places, edits=frozenset({"crop", "subtitle"}))
    mine = usage_row(hub, asset, use=use, external_ref="https://ads.example/campaigns/" + "17" * 30)
    usage_row(hub, asset, valid_until=hub.now() + timedelta(days=6))
    usage_row(hub, asset, status="stopped", ended_at=hub.now(), ended_why="expired")
    usage_row(hub, asset, status="unknown")
    looks: dict[str, dict[str, Any]] = {
        "light": {"color_scheme": "light"},
        "dark": {"color_scheme": "dark"},
        "phone": {"viewport": PHONE, "is_mobile": True, "has_touch": True},
        "narrow": {"viewport": {"width": 360, "height": 640}},
    }
    someone = visit("content_manager", **looks[look])
    for name, path in (
        ("copies", f"/usages?asset={asset}"),
        ("copies-none", f"/usages?asset={asset}&creator=nobody"),
        ("copy", f"/usages/{mine}"),
    ):
        someone.go(path)
        fits(someone, f"{look}-{name}")
