"""A creator at their own page in a browser: where it runs, what ends, by keyboard and on every screen."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from tests.browser.conftest import PHONE, Visitor
from tests.browser.pages import give
from tests.browser.test_takedowns import fits
from tests.pictures import jpeg
from tests.serving import Served
from tests.ugc_hub.licensing.copies import usage_row
from tests.ugc_hub.licensing.rows import FREE, clear
from tests.ugc_hub.permissions.rows import asked, yes
from tests.ugc_hub.rows import asset_row
from ugc_hub import licensing
from ugc_hub.accounts import SYSTEM
from ugc_hub.licensing import Use
from ugc_hub.models import Creator, User


def tied(site: Served) -> str:
    """Tie the creator who signs in to a creator record, and return its handle."""
    site.sign_in("creator")
    with site.hub.database.write() as session:
        user = session.scalars(select(User).where(User.email == "creator@example.org")).one()
        if user.creator_id is None:
            row = Creator(id=site.hub.new_id("crt"), created_at=site.hub.now(), handle="mina", display_name="Mina")
            session.add(row)
            session.flush()
            user.creator_id = row.id
        return session.get_one(Creator, user.creator_id).handle


def with_use(site: Served, asset: str) -> None:
    with site.hub.database.write() as session:
        licensing.answer(site.hub, session, SYSTEM, asset_id=asset, answers=FREE)
    clear(site.hub, asset)
    usage_row(site.hub, asset, use=Use("organic_social.instagram", ("DE", "AT", "CH")))


def test_a_creator_sees_where_it_runs_and_withdraws_what_they_agreed_to(visit: Visitor, site: Served) -> None:
    handle = tied(site)
    asset = give(site, jpeg(900, 1200, 9101), "harbour.jpg", creator=handle)
    with_use(site, asset)
    _, token = asked(site.hub, asset, email="mina@example.org", name="Mina", copied=True)
    someone = visit("creator")
    page = someone.page
    someone.go("/upload")
    page.get_by_role("navigation", name="Main").get_by_role("link", name="My content").click()
    card = page.get_by_role("article", name="harbour.jpg")
    expect(card).to_contain_text("Organic social (Instagram) in Germany, Austria, Switzerland")
    expect(page.get_by_role("link", name="Look at it and answer").first).to_be_visible()
    yes(site.hub, token, name="Mina")
    page.reload()
    agreement = page.get_by_role("article", name="Agreement").first
    summary = agreement.get_by_text("End it", exact=True)
    summary.focus()
    page.keyboard.press("Enter")
    expect(agreement).to_contain_text("Whoever has a copy is told to take it down")
    agreement.get_by_role("link", name="Go on to withdraw").click()
    page.get_by_role("button").last.click()
    someone.go("/mine")
    expect(page.get_by_role("article", name="Agreement").first).to_contain_text("You withdrew it. It ends")
    expect(page.get_by_role("link", name="Look at it and answer")).to_have_count(0)


@pytest.mark.parametrize("look", ["light", "dark", "phone", "narrow"])
def test_it_fits_every_screen(visit: Visitor, site: Served, look: str) -> None:
    handle = tied(site)
    asset = asset_row(site.hub, "a-rather-long-name-of-a-picture-as-cameras-and-people-give-them.jpg", creator=handle)
    with_use(site, asset)
    _, token = asked(site.hub, asset, email="mina@example.org", name="Mina", copied=True)
    yes(site.hub, token, name="Mina")
    asked(site.hub, asset, email="mina@example.org", name="Mina", copied=True)
    looks: dict[str, dict[str, Any]] = {
        "light": {"color_scheme": "light"},
        "dark": {"color_scheme": "dark"},
        "phone": {"viewport": PHONE, "is_mobile": True, "has_touch": True},
        "narrow": {"viewport": {"width": 360, "height": 640}},
    }
    someone = visit("creator", **looks[look])
    someone.go("/mine")
    for summary in someone.page.get_by_text("End it", exact=True).all()[:1]:
        summary.click()
    fits(someone, f"{look}-mine")
