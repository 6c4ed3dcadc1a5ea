"""Signing in and out, passwords, tokens and custom presets in a browser."""

from __future__ import annotations

import urllib.request

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitor
from tests.serving import Served
from tests.waiting import wait_until
from ugc_hub import accounts, notify
from ugc_hub.errors import SignInNeeded


def mails_to(site: Served, address: str) -> list[str]:
    """Return the mails to this address that are written to their ends."""
    mails = [path.read_text() for path in notify.outbox(site.hub).glob("*.eml")]
    return [mail for mail in mails if f"To: {address}" in mail]


@pytest.mark.both_databases
def test_a_mailed_link_signs_in_only_once(visit: Visitor, site: Served) -> None:
    site.sign_in("designer", "mailed@example.org")
    someone = visit("")
    page = someone.page
    someone.go("/packs")
    page.get_by_label("E-mail address").first.fill("mailed@example.org")
    page.get_by_role("button", name="Send me a sign-in link").click()
    expect(page.get_by_role("status").first).to_contain_text("on its way")
    wait_until(lambda: mails_to(site, "mailed@example.org"))
    (mail,) = mails_to(site, "mailed@example.org")
    link = next(line for line in mail.splitlines() if line.startswith(f"{site.address}/sign-in/"))
    # A scanner that looks at the link does not use it up.
    with urllib.request.urlopen(link) as answer:
        assert answer.status == 200
    page.goto(link)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Library")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    someone.expected = {401}
    page.goto(link)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("used before or has expired")


@pytest.mark.both_databases
def test_a_password_set_on_the_account_page_signs_in(visit: Visitor, site: Served) -> None:
    someone = visit("legal")
    page = someone.page
    someone.go("/account")
    for label in ("New password", "The same again"):
        page.get_by_label(label).fill("four plain words here")
    page.get_by_role("button", name="Set the password").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.get_by_text("Use a password instead").click()
    form = page.locator("details form")
    form.get_by_label("E-mail address").fill("legal@example.org")
    form.get_by_label("Password").fill("not this one at all")
    someone.expected = {401}
    form.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_contain_text("wrong")
    form.get_by_label("Password").fill("four plain words here")
    form.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Library")


@pytest.mark.both_databases
def test_a_token_is_shown_once_and_works_until_it_is_revoked(visit: Visitor, site: Served) -> None:
    someone = visit("designer")
    page = someone.page
    someone.go("/account")
    page.get_by_role("textbox", name="Name").fill("Export")
    page.get_by_role("button", name="Make a token").click()
    secret = page.locator("#secret").inner_text()
    assert accounts.token_actor(site.hub, secret).role == "designer"
    someone.go("/account")
    assert secret not in page.content()
    page.get_by_role("button", name="Revoke the token Export").click()
    expect(page.get_by_text("Export", exact=True)).to_have_count(0)
    with pytest.raises(SignInNeeded):
        accounts.token_actor(site.hub, secret)


@pytest.mark.both_databases
def test_a_custom_preset_is_made_changed_and_withdrawn(visit: Visitor) -> None:
    someone = visit("designer")
    page = someone.page
    someone.go("/presets")
    page.get_by_text("New custom preset").click()
    page.get_by_role("textbox", name="Name").fill("Shop teaser")
    page.get_by_role("textbox", name="Id small letters").fill("shop-teaser")
    page.get_by_role("textbox", name="Width pixels", exact=True).fill("800")
    page.get_by_role("textbox", name="Height empty").fill("450")
    page.get_by_role("button", name="Save preset").click()
    expect(page.get_by_role("heading", name="Shop teaser")).to_be_visible()
    page.get_by_text("Change it").click()
    page.get_by_role("textbox", name="Width pixels", exact=True).fill("960")
    page.get_by_role("button", name="Save a new version").click()
    expect(page.get_by_text("Version 2, ")).to_be_visible()
    page.get_by_role("button", name="Withdraw").click()
    expect(page.get_by_text("This preset was withdrawn")).to_be_visible()
