"""Videos in a browser: looked through without playing."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitor
from tests.browser.pages import give
from tests.serving import Served
from tests.waiting import wait_until
from tests.workers.media import clips
from ugc_hub.accounts import SYSTEM
from ugc_hub.renditions.clips import clip_of

pytestmark = pytest.mark.xdist_group("browser")


@pytest.fixture(scope="module")
def video(site: Served, tmp_path_factory: pytest.TempPathFactory) -> str:
    """Three seconds with a square that moves from left to right, a cut, and a tone that falls silent."""
    path = tmp_path_factory.mktemp("video") / "walk.mp4"
    scenes = (
        "color=0x39424e:s=640x360:r=25:d=2[a];color=0xe0a030:s=90x180:r=25:d=2[b];[a][b]overlay=x='40+n*8':y=90[one];"
        "color=0x7a4b3a:s=640x360:r=25:d=1[c];color=0xf2e9da:s=120x120:r=25:d=1[d];[c][d]overlay=x=430:y=120[two];"
        "[one][two]concat=n=2:v=1[v];sine=f=330:r=48000:d=3,volume='if(lt(t,2),1,0)':eval=frame[s]"
    )
    words = ("-map", "[v]", "-map", "[s]", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")
    data = clips.made(path, "-filter_complex", scenes, *words, "-c:a", "aac").read_bytes()
    asset_id = give(site, data, "walk.mp4", creator="walker", campaign="Spring", own=True)
    wait_until(lambda: clip_of(site.hub, SYSTEM, asset_id).status == "ready")
    return asset_id


def test_a_video_is_looked_through_with_the_pointer_and_with_keys(visit: Visitor, video: str) -> None:
    someone = visit("viewer")
    someone.go("/?q=walk")
    page = someone.page
    tile = page.locator(f"[data-scrub='{video}']")
    picture = tile.locator("svg.scrub")
    views = []
    for share in (0.05, 0.5, 0.95):
        box = tile.bounding_box()
        assert box is not None
        page.mouse.move(box["x"] + box["width"] * share, box["y"] + box["height"] / 2)
        expect(picture).to_have_css("opacity", "1")
        views.append(picture.get_attribute("viewBox"))
    assert len(set(views)) == 3
    page.mouse.move(2, 2)
    expect(picture).to_have_css("opacity", "0")
    page.locator(".tile-link", has=tile).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(picture).to_have_css("opacity", "1")
    expect(page.locator("[data-live]").first).to_contain_text("of 0:03")


def test_whoever_wants_less_motion_looks_through_with_keys_alone(visit: Visitor, video: str) -> None:
    someone = visit("viewer", reduced_motion="reduce")
    someone.go(f"/assets/{video}")
    page = someone.page
    stage = page.locator("[data-stage]")
    stage.hover()
    stage.focus()
    expect(stage.locator("svg.scrub")).to_have_count(0)
    page.keyboard.press("ArrowRight")
    expect(stage.locator("svg.scrub")).to_have_css("opacity", "1")
