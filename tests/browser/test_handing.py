"""Handing in on a phone: from the link to the receipt, and on to the manager's review."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Route, expect

from tests.browser.conftest import Visitor
from tests.browser.pages import wide_by
from tests.browser.test_look import problems
from tests.serving import Served
from ugc_hub import submissions
from ugc_hub.accounts import SYSTEM
from ugc_hub.submissions import Brief, NewLink

SMALL: dict[str, Any] = {"viewport": {"width": 360, "height": 740}, "is_mobile": True, "has_touch": True}
ANSWERS = (
    ("Who can be recognised?", "Only me"),
    ("Can private property", "No"),
    ("Is there music?", "No music"),
    ("Was it made or changed", "No, it was filmed or photographed"),
    ("What did you get", "Something for free"),
    ("Do you say or show", "No"),
    ("Are you 18", "Yes"),
)


def test_a_creator_hands_in_on_a_phone_and_a_manager_approves(
    visit: Visitor, site: Served, photo: Callable[..., Path], tmp_path: Path
) -> None:
    brief = Brief("Outdoors, please.", orientation="portrait", min_short_px=600)
    submissions.save_brief(site.hub, SYSTEM, "Phone", brief=brief)
    link = submissions.make_link(site.hub, SYSTEM, NewLink(campaign="Phone")).url
    someone = visit("", **SMALL)
    someone.expected = {422}
    page = someone.page
    someone.go(link.removeprefix(site.address))
    assert (wide_by(page), problems(page)) == (0, [])
    page.get_by_label("Your name").fill("Ana Lima")
    page.get_by_label("Your handle").fill("@ana.phone")
    page.get_by_label("Your e-mail address").fill("ana@example.org")
    page.get_by_role("button", name="Go on").click()
    chooser = page.locator("[data-files]")
    chooser.set_input_files(photo("wide.jpg", 900, 700, 801))
    words = "It should be taller than wide; it has 900 × 700 pixels."
    expect(page.locator("[data-sending]").get_by_text(words)).to_be_visible()
    page.get_by_role("button", name="Remove wide.jpg").tap()
    chooser.set_input_files(photo("tall.jpg", 700, 900, 802))
    expect(page.get_by_text("Fits what was asked for.")).to_be_visible(timeout=45_000)
    assert (wide_by(page), problems(page)) == (0, [])
    expect(page.get_by_label("Which music?")).to_be_hidden()
    page.get_by_role("button", name="Hand in").tap()
    expect(page.get_by_text("Say who can be seen.")).to_be_visible()
    for question, answer in ANSWERS:
        page.get_by_role("group", name=question).get_by_role("radio", name=answer, exact=True).check()
    page.get_by_label("Type your name to sign").fill("Ana Lima")
    page.get_by_label("I have read this and agree").check()
    page.screenshot(path=tmp_path / "form.png", full_page=True)
    page.get_by_role("button", name="Hand in").tap()
    expect(page.get_by_text("It is handed in.")).to_be_visible()
    assert (wide_by(page), problems(page)) == (0, [])
    manager = visit("content_manager")
    manager.go("/submissions")
    card = manager.page.get_by_role("article", name="Submission of @ana.phone")
    expect(card.get_by_text("only the creator")).to_be_visible()
    assert problems(manager.page) == []
    card.get_by_role("button", name="Approve").click()
    expect(manager.page.get_by_role("article", name="Submission of @ana.phone")).to_have_count(0)
    for address in ("/submissions?state=approved", "/submissions/links", "/submissions/terms", "/submissions/briefs"):
        manager.go(address)
        assert (wide_by(manager.page), problems(manager.page)) == (0, []), address


def test_a_photo_chosen_on_a_slow_line_before_the_scripts_are_there_is_sent(
    visit: Visitor, site: Served, photo: Callable[..., Path]
) -> None:
    someone = visit("", **SMALL)
    page = someone.page
    held: list[Route] = []
    page.route("**/handing.js*", lambda route: held.append(route))
    page.goto(submissions.make_link(site.hub, SYSTEM, NewLink()).url, wait_until="commit")
    for label, words in (("Your name", "Cleo Ost"), ("Your handle", "@cleo.slow"), ("Your e-mail", "c@example.org")):
        page.get_by_label(label).fill(words)
    page.get_by_role("button", name="Go on").click(no_wait_after=True)
    page.wait_for_url("**/h/**", wait_until="commit")
    page.locator("[data-files]").set_input_files(photo("early.jpg", 700, 900, 803))
    assert held  # nobody listens yet
    for route in held:
        route.continue_()
    expect(page.get_by_text("Fits what was asked for.")).to_be_visible(timeout=45_000)
    expect(page.get_by_text("19 more files can be sent by this link.")).to_be_visible()


def test_somebody_hands_in_with_the_keyboard_alone(visit: Visitor, site: Served, photo: Callable[..., Path]) -> None:
    link = submissions.make_link(site.hub, SYSTEM, NewLink()).url
    someone = visit("", **SMALL)
    page = someone.page
    # Choosers are handed over from the start: a browser that is asked by the press itself may open one before it hears.
    page.on("filechooser", lambda _: None)
    someone.go(link.removeprefix(site.address))
    typed = {"name": "Bea Neu", "handle": "@bea.keys", "email": "bea@example.org", "signed_name": "Bea Neu"}

    def on(count: int = 40) -> None:
        """Go on by Tab until the button of the page, and fill in what is passed."""
        chosen: set[str] = set()
        for _ in range(count):
            page.keyboard.press("Tab")
            kind, name, text = page.evaluate(
                "(({type, name, textContent}) => [type ?? '', name ?? '', textContent.trim()])(document.activeElement)"
            )
            if name in typed:
                page.keyboard.type(typed[name])
            elif kind == "file":
                with page.expect_file_chooser() as chooser:
                    page.keyboard.press("Enter")
                chooser.value.set_files(photo("keys.jpg", 700, 900, 811))
                expect(page.get_by_text("Fits what was asked for.")).to_be_visible(timeout=45_000)
            elif kind in ("radio", "checkbox") and name not in chosen:
                chosen.add(name)
                page.keyboard.press("Space")
            elif text in ("Go on", "Hand in"):
                page.keyboard.press("Enter")
                return
        raise AssertionError("no button was reached")

    on()
    page.wait_for_url("**/h/**")
    on()
    expect(page.get_by_text("It is handed in.")).to_be_visible()
