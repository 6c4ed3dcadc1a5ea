"""The editor of captions in a browser: by keys alone, with the video beside what is typed."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitor
from tests.browser.pages import give
from tests.serving import Served
from tests.waiting import wait_until
from tests.workers.media.clips import little
from ugc_hub import catalog
from ugc_hub.accounts import SYSTEM
from ugc_hub.renditions.clips import clip_of

SAID = "1\n00:00:00,000 --> 00:00:00,400\nCome in\n\n2\n00:00:00,500 --> 00:00:00,900\nThe lantern is lit\n"


@pytest.fixture(scope="module")
def talk(site: Served, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A second of video with two captions."""
    asset = give(site, little(tmp_path_factory.mktemp("talk")), "talk.mp4", creator="talker", own=True)
    wait_until(lambda: clip_of(site.hub, SYSTEM, asset).status == "ready")
    catalog.add_captions(site.hub, SYSTEM, asset, SAID, language="en")
    return asset


def test_captions_are_put_right_with_keys_alone_beside_the_video(site: Served, visit: Visitor, talk: str) -> None:
    someone = visit("designer")
    someone.go(f"/assets/{talk}/captions")
    page = someone.page
    words, shown = page.locator("textarea[name=text]"), page.locator("[data-cue-said]")
    words.nth(0).focus()
    page.keyboard.press("Alt+ArrowDown")
    expect(words.nth(1)).to_be_focused()
    page.keyboard.press("Alt+ArrowUp")
    words.nth(0).fill("Come in, Ana")
    page.keyboard.press("Alt+P")
    expect(shown).to_have_text("Come in, Ana")
    expect(page.locator("[data-cue-stage] svg")).to_have_attribute("viewBox", "0 0 160 90")
    expect(page.locator("[data-cue-play]")).to_have_text("Play")
    page.keyboard.press("Alt+S")
    expect(words).to_have_count(3)
    expect(words.nth(0)).to_be_focused()
    expect(words.nth(0)).to_have_value("Come")
    page.keyboard.press("Alt+M")
    expect(words).to_have_count(2)
    expect(words.nth(0)).to_have_value("Come\nin, Ana")
    assert catalog.get_captions(site.hub, SYSTEM, talk, "en").cues[0].text == "Come\nin, Ana"
