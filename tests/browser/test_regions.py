"""Faces over the picture in a browser: chosen with the keyboard, framed while a name is focused, on every screen."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, Visitor
from tests.browser.pages import give
from tests.browser.test_takedowns import fits
from tests.pictures import jpeg
from tests.serving import Served
from ugc_hub.models import Asset, AssetPerson

FACES = [{"x": 160, "y": 120, "width": 160, "height": 200}, {"x": 800, "y": 600, "width": 120, "height": 150}]


def with_faces(site: Served, name: str, seed: int) -> str:
    """An asset in which the hub found two faces."""
    asset = give(site, jpeg(1600, 1200, seed), name, creator="ana")
    with site.hub.database.write() as session:
        row = session.get_one(Asset, asset)
        row.facts = {**(row.facts or {}), "faces": FACES}
    return asset


def test_a_face_is_chosen_with_the_keyboard_and_framed_where_it_is(visit: Visitor, site: Served) -> None:
    asset = with_faces(site, "two-faces.jpg", 8801)
    someone = visit("content_manager")
    page = someone.page
    someone.go(f"/assets/{asset}")
    frame = page.locator("[data-regions] .region")
    expect(frame).to_have_count(0)
    page.locator("select[name=people_state]").select_option("listed")
    page.get_by_label("Add a person").fill("Pia")
    choices = page.get_by_role("group", name="Which face is this person?")
    choices.get_by_label("Not said").focus()
    page.keyboard.press("ArrowUp")
    expect(choices.get_by_label("Face 2")).to_be_checked()
    expect(frame).to_have_attribute("x", "0.5")
    page.keyboard.press("ArrowUp")
    expect(choices.get_by_label("Face 1")).to_be_checked()
    expect(frame).to_have_attribute("x", "0.1")
    page.get_by_role("button", name="Save the answers").click()
    name = page.locator(".person").filter(has_text="Pia")
    expect(name).to_be_visible()
    with site.hub.database.read() as session:
        assert session.query(AssetPerson).where(AssetPerson.asset_id == asset).one().region is not None
    page.mouse.move(0, 0)
    expect(frame).to_have_count(0)
    name.hover()
    expect(frame).to_have_attribute("y", "0.1")


@pytest.mark.parametrize("look", ["light", "dark", "phone", "narrow"])
def test_the_choice_fits_every_screen(visit: Visitor, site: Served, look: str) -> None:
    asset = with_faces(site, f"faces-{look}.jpg", 8810 + len(look))
    looks: dict[str, dict[str, Any]] = {
        "light": {"color_scheme": "light"},
        "dark": {"color_scheme": "dark"},
        "phone": {"viewport": PHONE, "is_mobile": True, "has_touch": True},
        "narrow": {"viewport": {"width": 360, "height": 640}},
    }
    someone = visit("content_manager", **looks[look])
    someone.go(f"/assets/{asset}")
    someone.page.get_by_label("Face 1").first.check()
    fits(someone, f"{look}-faces")
