"""Every page: readable by everybody, on every screen, in both looks, without a complaint of the browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Visitor
from tests.browser.pages import give, wide_by
from tests.pictures import jpeg
from tests.serving import Served
from ugc_hub import packs
from ugc_hub.accounts import SYSTEM

pytestmark = pytest.mark.xdist_group("browser")

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
RUN = """async () => (await axe.run(document, { resultTypes: ["violations"] })).violations
  .filter((found) => ["serious", "critical"].includes(found.impact))
  .map((found) => `${found.id}: ${found.nodes.map((node) => node.target.join(" ")).join(", ")}`)"""
PRESETS = ["meta.ig_feed.image.4x5", "email.hero.600.1x"]


def problems(page: Page) -> list[str]:
    """Return what axe finds serious or critical on the page."""
    page.evaluate(AXE)
    found: list[str] = page.evaluate(RUN)
    return found


@pytest.fixture(scope="module")
def addresses(site: Served) -> list[str]:
    """Every kind of page, with something on it."""
    asset = give(site, jpeg(1500, 2000, 400), "look.jpg", creator="look", campaign="Look")
    give(site, jpeg(1500, 2000, 400, quality=60), "look-again.jpg")
    pack = packs.make(site.hub, SYSTEM, name="Look", asset_ids=[asset], preset_ids=PRESETS)
    fixed = ["/", "/upload", "/packs", "/presets", "/presets?channel=email", "/jobs", "/account"]
    return [*fixed, f"/assets/{asset}", f"/packs/{pack.id}", "/presets/meta.stories.image.9x16", "/nowhere"]


LOOKS: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "phone": {"viewport": PHONE, "is_mobile": True, "has_touch": True},
    "narrow": {"viewport": {"width": 360, "height": 640}},
}


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.req("R95")
def test_pages_fit_the_screen_and_are_accessible(visit: Visitor, addresses: list[str], look: str) -> None:
    someone = visit("admin", **LOOKS[look])
    someone.expected = {404}
    for address in addresses:
        someone.go(address)
        assert wide_by(someone.page) <= 0, f"{address} is too wide"
        assert problems(someone.page) == [], address


def test_the_judge_of_accessibility_sees_a_fault(visit: Visitor) -> None:
    someone = visit("viewer")
    someone.go("/")
    someone.page.evaluate("document.querySelector('main').append(document.createElement('input'))")
    assert any(problem.startswith("label") for problem in problems(someone.page))


@pytest.mark.req("R95")
def test_the_door_is_accessible(visit: Visitor) -> None:
    someone = visit("")
    for address in ("/sign-in", "/sign-in/some-token"):
        someone.go(address)
        assert problems(someone.page) == [], address


def test_the_dark_look_is_remembered(visit: Visitor) -> None:
    someone = visit("viewer", color_scheme="light")
    someone.go("/")
    page = someone.page
    background = "getComputedStyle(document.documentElement).backgroundColor"
    light = page.evaluate(background)
    page.get_by_role("button", name="Dark look").click()
    dark = page.evaluate(background)
    assert dark != light
    someone.go("/presets")
    assert page.evaluate(background) == dark
    page.get_by_role("button", name="Light look").click()
    assert page.evaluate(background) == light


def test_the_first_tab_stop_skips_to_the_content(visit: Visitor, addresses: list[str]) -> None:
    someone = visit()
    someone.go("/")
    page = someone.page
    page.keyboard.press("Tab")
    skip = page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_on_a_phone_the_library_shows_two_pictures_side_by_side(visit: Visitor, addresses: list[str]) -> None:
    someone = visit(viewport={"width": 360, "height": 740})
    someone.go("/")
    boxes = [tile.bounding_box() for tile in someone.page.locator(".tile").all()[:2]]
    assert boxes[0] is not None
    assert boxes[1] is not None
    assert boxes[0]["y"] == boxes[1]["y"]
    assert boxes[0]["width"] > 140


def test_the_navigation_of_a_phone_stays_at_the_bottom(visit: Visitor, addresses: list[str]) -> None:
    someone = visit(**LOOKS["phone"])
    someone.go("/presets")
    someone.page.mouse.wheel(0, 3000)
    upload = someone.page.get_by_role("navigation", name="Main").get_by_role("link", name="Upload")
    expect(upload).to_be_in_viewport()
    upload.tap()
    expect(someone.page).to_have_url(f"{someone.address}/upload")
