"""A hub in a local network: plain http and a name that is not localhost, where browsers send no Sec-Fetch-Site."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, Page, Response, expect

from tests.browser.conftest import ARGUMENTS
from tests.browser.test_handing import ANSWERS
from tests.serving import free_port, served
from tests.tools import need
from ugc_hub import accounts, submissions
from ugc_hub.accounts import SYSTEM
from ugc_hub.submissions import NewLink, sign

PHONE = {"width": 390, "height": 844}


def _hand_in(page: Page, link: str, picture: Path) -> str:
    """Go the whole way on a phone; return the token of the form."""
    page.goto(link)
    for label, words in (("Your name", "Ana Lima"), ("Your handle", "@ana"), ("Your e-mail address", "a@example.org")):
        page.get_by_label(label).fill(words)
    page.get_by_role("button", name="Go on").click()
    page.locator("[data-files]").set_input_files(picture)
    expect(page.get_by_text("Fits what was asked for.")).to_be_visible(timeout=45_000)
    expect(page.get_by_text("19 more files can be sent by this link.")).to_be_visible()
    for question, answer in ANSWERS:
        page.get_by_role("group", name=question).get_by_role("radio", name=answer, exact=True).check()
    page.get_by_label("Type your name to sign").fill("Ana Lima")
    page.get_by_label("I have read this and agree").check()
    page.get_by_role("button", name="Hand in").click()
    expect(page.get_by_text("It is handed in.")).to_be_visible()
    return page.url.rsplit("/", 1)[1].partition("#")[0]


def test_creators_hand_in_confirm_and_sign_in_over_plain_http(
    chromium: Browser, tmp_path: Path, photo: Callable[..., Path]
) -> None:
    port = free_port()
    address = f"http://hub.test:{port}"
    refused: list[str] = []

    def note(response: Response) -> None:
        if response.status >= 400:
            refused.append(f"{response.status} {response.url}")

    with served(tmp_path, port=str(port), base_url=address) as site:
        rules = f"--host-resolver-rules=MAP hub.test 127.0.0.1:{port}"
        browser = chromium.browser_type.launch(executable_path=need("chromium"), args=[*ARGUMENTS, rules])
        page = browser.new_context(viewport=PHONE).new_page()  # type: ignore[arg-type]
        page.on("response", note)
        link = submissions.make_link(site.hub, SYSTEM, NewLink()).url
        assert link.startswith(address)
        token = _hand_in(page, link, photo("tall.jpg", 900, 1200, 811))
        page.goto(f"{address}/c/{sign(site.hub, 'confirm', 'sub_' + token.partition('.')[0])}")
        page.get_by_role("button", name="Confirm").click()
        page.wait_for_url(f"{address}/h/*")
        assert submissions.see(site.hub, token).verified
        secret = token.partition(".")[2]
        accounts.create_user(site.hub, "mia@example.org", "viewer")
        entry = accounts.request_link(site.hub, "mia@example.org")
        assert entry is not None
        page.goto(entry)
        page.get_by_role("button").first.click()
        page.wait_for_url(lambda url: "/sign-in" not in url)
        page.goto(f"{address}/h/{token}/")
        browser.close()
        assert refused == [f"404 {address}/h/{token}/"]
        log = site.log.read_text()
        assert "answered" in log
        for hidden in (secret, link.rsplit("/", 1)[1], entry.rsplit("/", 1)[1]):
            assert hidden not in log
