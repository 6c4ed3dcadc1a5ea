"""Saying yes or no on a phone, by a link and without an account."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, Visit, Visitor
from tests.browser.pages import give, wide_by
from tests.browser.test_look import problems
from tests.pictures import jpeg
from tests.serving import Served
from tests.ugc_hub.permissions.rows import SCOPE
from ugc_hub import licensing, permissions
from ugc_hub.accounts import SYSTEM
from ugc_hub.creators import creator_by_handle
from ugc_hub.models import Grant, RightsRequest
from ugc_hub.permissions import things

ON_PHONE: dict[str, Any] = {"viewport": PHONE, "is_mobile": True, "has_touch": True}
Asked = Callable[..., tuple[str, str]]


@pytest.fixture
def asked(site: Served) -> Asked:
    """A function that sends a request for new photos and returns its id and the path of its link."""

    def send(handle: str, seeds: tuple[int, ...], **known: Any) -> tuple[str, str]:
        assets = [give(site, jpeg(900, 1200, seed), f"{handle}-{seed}.jpg", creator=handle) for seed in seeds]
        scope = {**SCOPE, "likeness": True, "fee_micros": 150_000_000, "currency": "EUR", **known.pop("scope", {})}
        ask = permissions.Ask(scope, asset_ids=assets, email=f"{handle}@example.org", **known)
        row = permissions.draft(site.hub, SYSTEM, ask)
        _, link = permissions.send(site.hub, SYSTEM, row.id, copied=True)
        return row.id, link.removeprefix(site.hub.settings.address)

    return send


def shot(someone: Visit, name: str) -> None:
    """Keep a picture of the page where somebody wants to look at it."""
    folder = os.environ.get("SCREENSHOTS")
    if folder:
        someone.page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def fits(someone: Visit, name: str) -> None:
    """The page is as wide as the screen and can be read by everybody."""
    shot(someone, name)
    assert wide_by(someone.page) <= 0, name
    assert problems(someone.page) == [], name


def grants(site: Served, request_id: str) -> list[Grant]:
    from sqlalchemy import select

    with site.hub.database.read() as session:
        row = session.get_one(RightsRequest, request_id)
        return list(session.scalars(select(Grant).where(Grant.version_id == row.version_id).order_by(Grant.id)))


def test_somebody_allows_less_than_was_asked_on_a_phone(visit: Visitor, site: Served, asked: Asked) -> None:
    request_id, path = asked("mila", (601, 602), name="Mila")
    someone = visit("", **ON_PHONE)
    page = someone.page
    someone.go(path)
    expect(page.get_by_role("heading", level=1)).to_have_text("Hello Mila")
    for picture in page.locator(".ask-pictures img").all():
        assert picture.evaluate("image => image.complete && image.naturalWidth > 0")
    fits(someone, "ask-phone")
    page.get_by_label("E-mails and newsletters").uncheck()
    page.get_by_label("Austria").uncheck()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Please check, then agree")
    expect(page.locator("#text")).to_contain_text("Our website and shop")
    expect(page.locator("#text")).not_to_contain_text("E-mails")
    box = page.get_by_label("I have read this and agree")
    expect(box).not_to_be_checked()
    fits(someone, "sign-phone")
    page.get_by_role("button", name="I agree").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Please check, then agree")
    page.get_by_label("Your name").fill("Mila M.")
    box.check()
    page.get_by_role("button", name="I agree").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you!")
    fits(someone, "thanks-phone")
    copyright_, likeness = grants(site, request_id)
    assert (copyright_.layer, likeness.layer) == ("copyright", "likeness")
    assert copyright_.body["channels"] == ["organic_social.instagram", "website"]
    assert copyright_.body["territories"] == ["DE"]


@pytest.mark.parametrize("look", ["light", "dark"])
def test_the_pages_of_a_link_are_readable_in_every_look_and_language(visit: Visitor, asked: Asked, look: str) -> None:
    someone = visit("", color_scheme=look, viewport={"width": 360, "height": 640})
    for number, locale in enumerate(("de", "es", "fr")):
        _, path = asked(f"lia-{look}-{locale}", (610 + number + 10 * (look == "dark"),), locale=locale)
        someone.go(path)
        fits(someone, f"ask-{locale}-{look}")
        someone.page.locator("#ask .ask-go").click()
        expect(someone.page.locator("#text")).to_be_visible()  # the next page, whatever it is called in this language
        fits(someone, f"sign-{locale}-{look}")


def test_somebody_declines_with_words_and_without_scripts(visit: Visitor, site: Served, asked: Asked) -> None:
    request_id, path = asked("noa", (640,))
    someone = visit("", java_script_enabled=False, **ON_PHONE)
    page = someone.page
    page.goto(f"{someone.address}{path}")
    page.get_by_text("No, I decline").click()
    page.get_by_label("say why").fill("Not for ads, please.")
    page.get_by_role("button", name="Decline").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You declined")
    shot(someone, "declined-phone")
    with site.hub.database.read() as session:
        row = session.get_one(RightsRequest, request_id)
    assert (row.state, row.words) == ("declined", "Not for ads, please.")


def test_everything_can_be_reached_by_keyboard(visit: Visitor, asked: Asked) -> None:
    _, path = asked("kit", (650,))
    someone = visit("")
    page = someone.page
    someone.go(path)
    reached: list[str] = []
    for _ in range(16):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.name || document.activeElement.textContent.trim()"))
    for name in ("channels", "territories", "edits", "until", "likeness", "Continue", "No, I decline"):
        assert name in reached, (name, reached)


def test_a_link_that_is_over_says_so(visit: Visitor) -> None:
    someone = visit("", **ON_PHONE)
    someone.expected = {404}
    someone.go("/r/AAAAAAAAAAAAAAAAAAAAAA")
    expect(someone.page.get_by_role("heading", level=1)).to_have_text("This link does not work any more")
    fits(someone, "over-phone")


@pytest.fixture(scope="module")
def kept(site: Served) -> list[str]:
    """The pages of those who ask, with something on each."""
    hub = site.hub
    asset = give(site, jpeg(900, 1200, 660), "vera.jpg", creator="vera")
    row = permissions.draft(hub, SYSTEM, permissions.Ask(SCOPE, asset_ids=[asset], email="vera@example.org"))
    permissions.send(hub, SYSTEM, row.id, copied=True)
    with hub.database.write() as session:
        data = licensing.PersonData(name="Kim", born=date(2018, 5, 1), guardian_name="Pat")
        person = licensing.add_person(hub, session, SYSTEM, data).id
        creator = creator_by_handle(hub, session, "vera").id
    things.add_track(hub, SYSTEM, "Song", "licensed", artist="Band")
    things.add_property(hub, SYSTEM, "Mural", owner="Mo")
    given = permissions.Authorisation(asset, "tiktok", "7123", "#secret", 30, hub.now())
    permissions.add_code(hub, SYSTEM, given)
    permissions.add_partnership(hub, SYSTEM, permissions.Terms("vera", "paid", hub.now().date()))
    fixed = ["/rights", "/rights/replies/new", "/rights/persons", "/rights/tracks", "/rights/properties"]
    more = ["/rights/codes", "/rights/templates", "/creators", f"/creators/{creator}", f"/rights/persons/{person}"]
    return [*fixed, *more, f"/rights/requests/{row.id}", f"/rights/requests/new?asset={asset}"]


@pytest.mark.parametrize("look", ["light", "dark"])
def test_the_pages_of_those_who_ask_are_readable(visit: Visitor, kept: list[str], look: str) -> None:
    size = {"width": 360, "height": 640} if look == "dark" else {"width": 1280, "height": 800}
    someone = visit("content_manager", color_scheme=look, viewport=size)
    for number, path in enumerate(kept):
        someone.go(path)
        for summary in someone.page.locator("details:not([open]) > summary").all():
            if summary.is_visible():
                summary.click()
        fits(someone, f"manager-{look}-{number}")


def test_a_manager_asks_for_permission_with_a_few_clicks(visit: Visitor, site: Served, kept: list[str]) -> None:
    someone = visit("content_manager")
    someone.expected = {422}
    page = someone.page
    someone.go(kept[-1])
    page.get_by_role("button", name="Keep the draft").click()
    expect(page.locator(".toast")).to_contain_text("Choose at least one")
    # htmx says in its own words what the test provoked.
    someone.complaints = [one for one in someone.complaints if "Status Error Code 422" not in one]
    page.get_by_label("E-mails and newsletters").check()
    page.get_by_role("button", name="Keep the draft").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("@vera")
    page.get_by_role("button", name="Make a link to hand on").click()
    link = page.locator("#link").inner_text()
    stranger = visit("", **ON_PHONE)
    stranger.page.goto(link)
    expect(stranger.page.get_by_role("heading", level=1)).to_contain_text("Hello")


def test_a_signed_release_is_sent_with_its_file(visit: Visitor, kept: list[str], tmp_path: Path) -> None:
    signed = tmp_path / "signed.pdf"
    signed.write_bytes(b"%PDF-1.7 signed")
    someone = visit("content_manager")
    page = someone.page
    someone.go(next(path for path in kept if "/persons/prs" in path))
    page.get_by_text("Keep a release that was signed").click()
    form = page.locator("form[enctype]")
    form.get_by_label("Our website and shop", exact=True).check()
    form.get_by_label("Signed on").fill("2026-01-02")
    form.get_by_label("Signed by").select_option("guardian")
    form.get_by_label("Signed file").set_input_files(signed)
    form.get_by_role("button", name="Keep it").click()
    expect(page.locator(".chip.good", has_text="In force")).to_be_visible()
