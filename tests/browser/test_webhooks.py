"""Webhooks in a browser: made by keyboard, the secret shown once, readable on every screen."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, Visitor
from tests.browser.test_takedowns import fits
from tests.serving import Served
from ugc_hub import webhooks
from ugc_hub.accounts import SYSTEM
from ugc_hub.models import Webhook, WebhookMessage


def test_an_administrator_finds_webhooks_at_the_account_and_adds_one(visit: Visitor, site: Served) -> None:
    someone = visit("admin")
    page = someone.page
    someone.go("/account")
    page.get_by_role("link", name="Webhooks").click()
    page.get_by_label("Address").fill("https://93.184.216.34/hook")
    page.get_by_label("Name").fill("Ads manager")
    page.get_by_label("An asset was put on hold or taken down rights.hold").uncheck()
    page.get_by_role("button", name="Add it").press("Enter")
    expect(page.locator("#secret")).to_contain_text("whsec_")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ads manager")
    page.get_by_role("link", name="Webhooks").first.click()
    expect(page.get_by_role("link", name="Ads manager")).to_contain_text("rights.revoked")
    expect(page.get_by_role("link", name="Ads manager")).not_to_contain_text("rights.hold")


@pytest.mark.parametrize("look", ["light", "dark", "phone", "narrow"])
def test_the_pages_fit_every_screen(visit: Visitor, site: Served, look: str) -> None:
    hub = site.hub
    with hub.database.write() as session:
        url = "https://93.184.216.34/" + "a-long-path/" * 12
        hook = webhooks.add(hub, session, SYSTEM, url=url, kinds=webhooks.KINDS).id
        for number, state in enumerate(("delivered", "failed", "delivered"), 1):
            row = WebhookMessage(
                id=hub.new_id("msg"),
                created_at=hub.now(),
                webhook_id=hook,
                event_id=-number,
                kind="rights.revoked",
                body={"type": "rights.revoked", "data": {"grant_id": "grt_1", "assets": ["ast_1" * 20]}},
                state=state,
                attempts=number,
                last_error="The answer was 503." if state == "failed" else "",
            )
            session.add(row)
        session.get_one(Webhook, hook).disabled_at = hub.now()
    looks: dict[str, dict[str, Any]] = {
        "light": {"color_scheme": "light"},
        "dark": {"color_scheme": "dark"},
        "phone": {"viewport": PHONE, "is_mobile": True, "has_touch": True},
        "narrow": {"viewport": {"width": 360, "height": 640}},
    }
    someone = visit("admin", **looks[look])
    someone.go("/webhooks")
    fits(someone, f"{look}-webhooks")
    someone.go(f"/webhooks/{hook}")
    someone.page.get_by_text("Did not arrive").click()
    fits(someone, f"{look}-webhook")
