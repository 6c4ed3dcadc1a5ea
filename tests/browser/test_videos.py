"""Videos in a browser: looked through without playing, and planned on a storyboard before anything is made."""

from __future__ import annotations

import io
from collections.abc import Sequence

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visitor
from tests.browser.pages import give, wide_by
from tests.browser.test_look import LOOKS, problems
from tests.serving import Served
from tests.ugc_hub.licensing.test_beds import licence
from tests.waiting import wait_until
from tests.workers.media import clips
from ugc_hub import renditions
from ugc_hub.accounts import SYSTEM
from ugc_hub.catalog import add_captions
from ugc_hub.licensing import StatedUse
from ugc_hub.permissions.music import Music, send_music
from ugc_hub.permissions.things import add_track
from ugc_hub.renditions.clips import clip_of


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
    for title in ("Morning light", "A long way home"):
        track = add_track(site.hub, SYSTEM, title, "licensed").id
        send_music(site.hub, SYSTEM, io.BytesIO(clips.tone()), Music(track, f"{title}.wav"))
        if title == "Morning light":
            licence(site.hub, track)
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


TALL, WIDE, LARGE = "meta.fb_feed.video.4x5", "amazon.sponsored_brands.video.16x9", "youtube.bumper.video.16x9"


def test_a_part_and_a_window_are_chosen_with_keys_and_all_versions_made(visit: Visitor, video: str) -> None:
    someone = visit("designer")
    someone.go(f"/assets/{video}/storyboard?storyboard=1&preset={TALL}&preset={WIDE}&preset={LARGE}")
    page = someone.page
    places = page.locator("#board-list")
    ends = [one.evaluate("one => one.getBoundingClientRect().bottom") for one in (places, places.locator(".."))]
    assert ends[1] - ends[0] < 40, "the list leaves no room below it empty"
    page.get_by_role("slider", name="Beginning of the part").focus()
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    expect(page.get_by_label("Begins at")).to_have_value("0.2")
    card = page.locator(f"[data-version='{TALL}']")
    expect(card).to_contain_text("2.8 s, 25 pictures a second")
    expect(card).to_contain_text("Follows what is to be seen")
    moment = card.get_by_role("slider", name="Moment")
    expect(moment).to_have_attribute("min", "0.2")  # that of the last key: one that came later would take the focus
    edge = card.locator("[data-edge]").first
    before = float(edge.get_attribute("x") or 0)
    moment.focus()
    for _ in range(20):
        page.keyboard.press("ArrowRight")
    wait_until(lambda: float(edge.get_attribute("x") or 0) > before)
    card.get_by_role("group", name="Window of").focus()
    for _ in range(10):
        page.keyboard.press("Shift+ArrowRight")
    card.get_by_role("button", name="Jump here").click()
    expect(card).to_contain_text("Set by hand")
    expect(card.get_by_role("button", name="Jump 1.0 s")).to_be_visible()
    expect(page.locator(f"[data-version='{LARGE}']")).to_contain_text("at least 1280 x 720 are needed")
    assert problems(page) == []
    page.get_by_role("button", name="Make these 2 versions").click()
    files = page.locator("#renditions")
    expect(files.get_by_role("button", name="Download walk")).to_have_count(2)
    expect(files).to_contain_text("2.8 s · 25 pictures a second · H.264")
    assert problems(page) == []


@pytest.mark.parametrize("look", ["dark", "narrow"])
def test_the_storyboard_fits_the_screen_and_is_dragged(visit: Visitor, video: str, look: str) -> None:
    someone = visit("designer", **LOOKS[look])
    someone.go(f"/assets/{video}/storyboard?storyboard=1&preset={TALL}")
    page = someone.page
    assert wide_by(page) <= 0
    page.locator("select[name=bed]").select_option(label="Morning light · 0:00")
    page.get_by_label("Keep the sound of the video").check()
    expect(page.locator(f"[data-version='{TALL}']")).to_contain_text("Music under it")
    page.get_by_text("Why one track cannot be used here").click()
    assert wide_by(page) <= 0
    assert problems(page) == []
    page.locator("[data-line]").scroll_into_view_if_needed()
    line, end = page.locator("[data-line]").bounding_box(), page.locator("[data-handle=end]").bounding_box()
    assert line is not None
    assert end is not None
    page.mouse.move(end["x"] + end["width"] / 2, end["y"] + 20)
    page.mouse.down()
    page.mouse.move(line["x"] + line["width"] / 2, end["y"] + 20, steps=4)
    page.mouse.up()
    expect(page.locator(f"[data-version='{TALL}']")).to_contain_text("1.5 s, 25 pictures a second")
    assert wide_by(page) <= 0


def test_the_video_of_a_page_opens_on_a_narrow_screen_and_is_copied(site: Served, visit: Visitor, video: str) -> None:
    film = "web.file.h264.720p"
    renditions.request(site.hub, SYSTEM, video, [film], stated=StatedUse("website", ("US",)))
    wait_until(lambda: any(one.status == "ready" and film in one.presets for one in made_of(site, video)))
    someone = visit("designer", **LOOKS["narrow"], permissions=["clipboard-read", "clipboard-write"])
    someone.go(f"/assets/{video}?use=1&use_channel=website&use_territories=US")
    page = someone.page
    page.get_by_role("button", name="For a web page").click()
    expect(page.get_by_role("heading", name="A video for your page")).to_be_visible()
    assert wide_by(page) <= 0
    assert problems(page) == []
    page.get_by_role("button", name="Copy", exact=True).click()
    expect(page.get_by_text("Copied.")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("<video")
    assert f"{site.address}/d/" in copied
    page.get_by_role("link", name="Back").click()
    expect(page.locator("#renditions")).to_be_visible()


def test_captions_that_are_said_at_once_are_both_seen_on_the_storyboard(
    site: Served, visit: Visitor, video: str
) -> None:
    said = "WEBVTT\n\n00:00.000 --> 00:02.000\nComing?\n\n00:00.500 --> 00:02.500\nIn a minute.\n"
    add_captions(site.hub, SYSTEM, video, said, language="en")
    someone = visit("designer")
    someone.go(f"/assets/{video}/storyboard?storyboard=1&preset={TALL}&captions=en")
    said_now = someone.page.locator(f"[data-version='{TALL}'] [data-said]")
    expect(said_now).to_have_text("Coming?")
    someone.page.locator(f"[data-version='{TALL}']").get_by_role("slider", name="Moment").fill("1")
    assert said_now.inner_text() == "In a minute.\nComing?"


def made_of(site: Served, asset_id: str) -> Sequence[renditions.RenditionView]:
    return renditions.of_asset(site.hub, SYSTEM, asset_id)
