"""Taking copies down in a browser: the list of tasks, a proof, the public page of a copy."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, Visit, Visitor
from tests.browser.pages import give, wide_by
from tests.browser.test_look import problems
from tests.pictures import jpeg
from tests.serving import Served
from tests.ugc_hub.licensing.copies import revoke, usage, usage_row
from tests.ugc_hub.licensing.rows import clear
from tests.ugc_hub.rows import asset_row
from ugc_hub.accounts import find_user
from ugc_hub.models import TakedownTask


def fits(someone: Visit, name: str) -> None:
    """The page is as wide as the screen and can be read by everybody; keep a picture where somebody wants to look."""
    folder = os.environ.get("SCREENSHOTS")
    if folder:
        someone.page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
    assert wide_by(someone.page) <= 0, name
    assert problems(someone.page) == [], name


def ended(site: Served, name: str, seed: int) -> str:
    asset = give(site, jpeg(900, 1200, seed), name, creator="ana", campaign="Summer")
    grant = clear(site.hub, asset)
    site.sign_in("channel_team")
    taker = find_user(site.hub, "channel_team@example.org")
    mine = usage_row(site.hub, asset, by=taker, external_ref="https://ads.example/campaigns/17")
    revoke(site.hub, grant, "platform_revoked")
    return mine


def test_whoever_took_a_copy_confirms_with_a_picture_that_it_is_down(visit: Visitor, site: Served, photo: Any) -> None:
    mine = ended(site, "beach-at-sunset.jpg", 7701)
    someone = visit("channel_team")
    page = someone.page
    someone.go("/takedowns")
    task = page.get_by_role("article", name="beach-at-sunset.jpg in e-mail")
    expect(task).to_contain_text("The platform ended its permission")
    task.get_by_label("What was done").fill("Stopped the ad")
    task.get_by_label("Proof").set_input_files(photo("proof.jpg"))
    task.get_by_role("button", name="It is done: beach-at-sunset.jpg in e-mail").click()
    expect(page).to_have_url(f"{site.address}/takedowns?state=done")
    done = page.get_by_role("article", name="beach-at-sunset.jpg in e-mail")
    expect(done).to_contain_text("Stopped the ad · with a file as proof")
    with site.hub.database.read() as session:
        [row] = session.query(TakedownTask).where(TakedownTask.usage_id == mine)
        assert row.proof_key is not None
    assert usage(site.hub, mine).status == "stopped"


@pytest.mark.parametrize("look", ["light", "dark", "phone", "narrow"])
def test_the_pages_fit_every_screen(visit: Visitor, site: Served, look: str) -> None:
    mine = ended(site, "a-rather-long-name-of-a-picture-as-cameras-and-people-give-them.jpg", 7710)
    soon = asset_row(
        site.hub, "another-long-name-of-a-picture-whose-licence-ends.jpg", campaign="Spring of the long names"
    )
    clear(site.hub, soon, perpetual=False, ends_at=(site.hub.now() + timedelta(days=5)).isoformat())
    looks: dict[str, dict[str, Any]] = {
        "light": {"color_scheme": "light"},
        "dark": {"color_scheme": "dark"},
        "phone": {"viewport": PHONE, "is_mobile": True, "has_touch": True},
        "narrow": {"viewport": {"width": 360, "height": 640}},
    }
    someone = visit("content_manager", **looks[look])
    for name, path in (
        ("takedowns", "/takedowns"),
        ("done", "/takedowns?state=done"),
        ("overdue", "/takedowns?state=overdue"),
        ("expiring", "/rights/expiring"),
        ("copy", f"/u/{mine}"),
        ("copy-unknown", "/u/use_nothing"),
    ):
        someone.go(path)
        fits(someone, f"{look}-{name}")
