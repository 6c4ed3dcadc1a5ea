"""Every page: readable by everybody, on every screen, in both looks, without a complaint of the browser."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pytest
from PIL import Image
from playwright.sync_api import Page, ViewportSize, expect

from tests.browser.conftest import DESKTOP, PHONE, Visit, Visitor
from tests.browser.pages import give, granted, wide_by
from tests.pictures import encoded, jpeg
from tests.serving import Served
from ugc_hub import catalog, packs
from ugc_hub.accounts import SYSTEM
from ugc_hub.catalog import Definition

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
RUN = """async () => (await axe.run(document, { resultTypes: ["violations"] })).violations
  .filter((found) => ["serious", "critical"].includes(found.impact))
  .map((found) => `${found.id}: ${found.nodes.map((node) => node.target.join(" ")).join(", ")}`)"""
DECODE = """async (hash) => {
  const { decode } = await import("/static/js/thumbhash.js");
  const { width, height, pixels } = decode(Uint8Array.from(atob(hash), (letter) => letter.charCodeAt(0)));
  const middle = 4 * Math.floor(height / 2) * width;
  const at = (x) => [...pixels.slice(middle + 4 * x, middle + 4 * x + 4)];
  return [[width, height], at(3), at(width - 4)];
}"""
PRESETS = ["meta.ig_feed.image.4x5", "email.hero.600.1x"]


CALM = """() => Promise.allSettled(
  document.getAnimations().filter((one) => one instanceof CSSTransition).map((one) => one.finished))"""


@dataclass(frozen=True, slots=True)
class Look:
    """How somebody looks at a page; a browser changes to another without loading the page anew."""

    size: ViewportSize
    scheme: Literal["light", "dark"] = "light"
    phone: bool = False

    def options(self) -> dict[str, Any]:
        """Return what opens a browser in this look."""
        return {"viewport": self.size, "color_scheme": self.scheme, "is_mobile": self.phone, "has_touch": self.phone}

    def put_on(self, someone: Visit) -> None:
        """Change to this look, and wait until the page shows it."""
        page = someone.page
        page.emulate_media(color_scheme=self.scheme)
        browser = someone.context.new_cdp_session(page)
        browser.send("Emulation.setDeviceMetricsOverride", {**self.size, "deviceScaleFactor": 1, "mobile": self.phone})
        browser.send("Emulation.setTouchEmulationEnabled", {"enabled": self.phone})
        someone.settle()
        page.evaluate(CALM)
        matches = "(query) => matchMedia(query).matches"
        for query in (f"(width: {self.size['width']}px)", f"(prefers-color-scheme: {self.scheme})"):
            assert page.evaluate(matches, query), query
        assert page.evaluate(matches, "(pointer: coarse)") == self.phone


LIGHT, DARK = Look(DESKTOP), Look(DESKTOP, "dark")
NARROW, ON_A_PHONE = Look({"width": 360, "height": 640}), Look(PHONE, phone=True)
LOOKS = {
    name: look.options() for name, look in {"light": LIGHT, "dark": DARK, "phone": ON_A_PHONE, "narrow": NARROW}.items()
}


def problems(page: Page) -> list[str]:
    """Return what axe finds serious or critical on the page."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE)
    found: list[str] = page.evaluate(RUN)
    return found


def in_both(someone: Visit) -> list[str]:
    """Return what axe finds in the light and in the dark look; what is open on the page stays open."""
    found = problems(someone.page)
    DARK.put_on(someone)
    found += [f"dark: {one}" for one in problems(someone.page)]
    LIGHT.put_on(someone)
    return found


@pytest.fixture(scope="module")
def addresses(site: Served) -> list[str]:
    """Every kind of page, with something on it."""
    asset = give(site, jpeg(1500, 2000, 400), "look.jpg", creator="look", campaign="Look", own=True)
    give(site, jpeg(1500, 2000, 400, quality=60), "look-again.jpg")
    pack = packs.make(site.hub, SYSTEM, name="Look", asset_ids=[asset], preset_ids=PRESETS)
    fixed = [
        "/",
        "/upload",
        "/packs",
        "/presets",
        "/presets?channel=email",
        "/brands",
        "/brands/new",
        "/jobs",
        "/account",
    ]
    rights = [f"/grants/{granted(site, asset)}", f"/grants/new?asset={asset}", f"/grants?asset={asset}"]
    found = ["/?q=look&kind=image", "/?q=look+kind:video", "/tags", "/trash", "/edits", f"/assets/{asset}/similar"]
    collection, _ = catalog.collect_as(site.hub, SYSTEM, "Look", catalog.Selection((asset,)))
    for field in (Definition("Colour", "choice", True, ("red", "dark blue")), Definition("Shot on", "date", True)):
        catalog.add_field(site.hub, SYSTEM, "Look", field)
    found += ["/fields", "/collections", f"/collections/{collection}", f"/collections/{collection}?arrange=1"]
    admin = site.sign_in("admin").actor
    catalog.save(site.hub, admin, "Look", catalog.Question("look"), shared=True, alert="mail")
    found += ["/searches"]
    others = [f"/assets/{asset}", f"/packs/{pack.id}", "/presets/meta.stories.image.9x16", "/nowhere"]
    return [*fixed, *rights, *others, *found]


@pytest.mark.parametrize("looks", [(LIGHT, DARK), (NARROW, ON_A_PHONE)], ids=["desktop", "phone"])
@pytest.mark.req("R95")
def test_pages_fit_the_screen_and_are_accessible(
    visit: Visitor, addresses: list[str], looks: tuple[Look, Look]
) -> None:
    # Both looks of a page would be loaded alike: its scripts ask only whether there is room for filters at the side.
    someone = visit("admin", viewport=looks[0].size)
    someone.expected = {404}
    for address in addresses:
        looks[0].put_on(someone)
        someone.go(address)
        for look in looks:
            look.put_on(someone)
            assert wide_by(someone.page) <= 0, f"{address} is too wide: {look}"
            assert problems(someone.page) == [], f"{address}: {look}"


@pytest.mark.req("R95")
def test_what_opens_on_a_page_is_accessible_too(visit: Visitor, addresses: list[str]) -> None:
    someone = visit("admin")
    page = someone.page
    someone.go("/")
    page.locator("[data-select]").first.check(force=True)
    assert in_both(someone) == []
    page.get_by_role("button", name="Make a pack").click()
    page.get_by_text("Or choose single presets").click()
    assert in_both(someone) == []
    someone.go(next(address for address in addresses if address.startswith("/assets/")))
    page.get_by_role("button", name="Social feeds").click()
    page.get_by_text("Options", exact=True).click()
    page.get_by_label("Fill the frame").select_option("contain")
    page.locator("[data-preset]").nth(3).hover()
    expect(page.locator("[data-crop-words]")).to_be_visible()
    assert in_both(someone) == []
    page.get_by_text("Fill in the fields").click()
    assert in_both(someone) == []
    someone.go("/fields")
    page.get_by_text("Colour").click()
    page.get_by_text("Add a field").first.click()
    assert in_both(someone) == []
    # Of the field that is a choice, and not of a new one, which begins as a text.
    assert page.get_by_label("Choices").evaluate_all("all => all.filter((one) => one.checkVisibility()).length") == 1
    someone.go("/presets")
    page.get_by_text("New custom preset").click()
    page.get_by_text("Limits and quality").click()
    assert in_both(someone) == []


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


def test_the_dark_look_is_remembered(visit: Visitor, addresses: list[str]) -> None:
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
    someone.go(next(address for address in addresses if address.startswith("/assets/")))
    page.get_by_role("button", name="Dark look").click()
    assert page.evaluate(background) == dark, "a script that runs twice would take it back"


def test_without_scripts_no_control_is_shown_that_would_do_nothing(visit: Visitor, addresses: list[str]) -> None:
    someone = visit("admin", java_script_enabled=False)
    someone.expected = {404}
    for address in addresses:
        someone.page.goto(f"{someone.address}{address}")
        for button in someone.page.locator("button[type=button]").all():
            assert not button.is_visible(), address
    someone.page.goto(f"{someone.address}/upload")
    expect(someone.page.get_by_text("Uploading on this page needs JavaScript")).to_be_visible()


def test_the_placeholder_of_a_picture_has_its_colours_in_their_places(visit: Visitor, site: Served) -> None:
    halves = Image.new("RGB", (400, 200), (200, 40, 40))
    halves.paste((40, 40, 200), (200, 0, 400, 200))
    asset = catalog.get(site.hub, SYSTEM, give(site, encoded(halves, "PNG"), "halves.png"))
    assert asset.facts is not None
    someone = visit("viewer")
    someone.go("/")
    size, left, right = someone.page.evaluate(DECODE, asset.facts.thumbhash)
    assert 1.5 < size[0] / size[1] < 2.5
    assert left[0] > 150 > 100 > left[2]
    assert right[2] > 150 > 100 > right[0]


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
