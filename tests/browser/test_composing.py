"""The page “Compose” in a browser: parts in an order, words, a clip that is being made, and what came of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitor
from tests.browser.pages import give, wide_by
from tests.browser.test_look import LOOKS, problems
from tests.pictures import jpeg
from tests.serving import Served
from tests.tools import unavailable
from tests.workers.media.clips import little
from ugc_hub import compositions

FREE = (8).to_bytes(4) + b"free"
"""An empty box: with it the video is another than the one that other tests give under a name of its own."""


@pytest.fixture(scope="module")
def parts(site: Served, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """A video and a photo."""
    if not compositions.installed():
        unavailable("MoviePy")
    folder: Path = tmp_path_factory.mktemp("parts")
    video = little(folder) + FREE
    return give(site, video, "before.mp4", own=True), give(site, jpeg(480, 270), "after.jpg", own=True)


def test_a_video_and_a_photo_are_put_in_order_and_composed(visit: Visitor, parts: tuple[str, str]) -> None:
    someone = visit("admin")
    someone.expected = {422}
    page = someone.page
    someone.go("/compose")
    page.get_by_role("link", name="Before and after").click()
    page.get_by_label("Place of before.mp4").select_option("1")
    page.get_by_label("Place of after.jpg").select_option("1")
    page.get_by_role("button", name="Compose").click()
    expect(page.locator("main")).to_contain_text("have the same place")
    page.go_back()
    page.get_by_label("Place of before.mp4").select_option("1")
    page.get_by_label("Place of after.jpg").select_option("2")
    page.get_by_label("Seconds that a photo is shown").fill("0.5")
    page.get_by_label("Shape").select_option("as the first video")
    page.get_by_label("Name of the new video").fill("Two in one")
    page.get_by_role("button", name="Compose").click()
    expect(page.get_by_role("heading", name="Two in one")).to_be_visible()
    expect(page.locator("main")).to_contain_text("before.mp4")
    page.get_by_role("link", name="Open the video").click(timeout=60_000)
    expect(page.get_by_role("heading", name="Two in one")).to_be_visible()


@pytest.mark.parametrize("look", ["dark", "narrow"])
def test_the_page_is_for_everybody(visit: Visitor, parts: tuple[str, str], look: str) -> None:
    someone = visit("designer", **LOOKS[look])
    someone.go(f"/compose?composition=beforeafter&asset={parts[0]}&asset={parts[1]}")
    expect(someone.page.get_by_label("Place of after.jpg")).to_have_value("2")
    assert wide_by(someone.page) <= 0
    assert problems(someone.page) == []
