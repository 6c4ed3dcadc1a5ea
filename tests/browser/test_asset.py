"""The page of one asset: focal point, crop preview, picker, renditions."""

from __future__ import annotations

import io
import subprocess
from itertools import count
from pathlib import Path

import pytest
from imageio_ffmpeg import get_ffmpeg_exe
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE, Visitor
from tests.browser.pages import give, wide_by
from tests.pictures import jpeg
from tests.serving import Served
from tests.ugc_hub.licensing.rows import clear, cleared
from tests.waiting import wait_until
from ugc_hub import catalog, renditions
from ugc_hub.accounts import SYSTEM
from ugc_hub.models import Rendition

SEEDS = count(5000)
STORY = "meta.stories.image.9x16"


@pytest.fixture
def asset(site: Served) -> str:
    """A photo that nothing was done to yet."""
    seed = next(SEEDS)
    return cleared(site.hub, give(site, jpeg(3000, 2600, seed), f"asset-{seed}.jpg"))


@pytest.mark.parametrize("options", [{"viewport": PHONE}, {"viewport": {"width": 360, "height": 740}}])
def test_on_a_phone_rights_come_before_formats(
    visit: Visitor, asset: str, options: dict[str, object], tmp_path: Path
) -> None:
    someone = visit("content_manager", **options)
    someone.go(f"/assets/{asset}")
    page = someone.page
    boxes = [page.locator(name).bounding_box() for name in (".asset-picture", "#rights", ".asset-tools")]
    tops = [box["y"] for box in boxes if box is not None]
    assert len(tops) == 3
    assert tops == sorted(tops)
    assert wide_by(page) == 0
    page.screenshot(path=tmp_path / "asset.png", full_page=True)


def test_on_a_narrow_phone_there_is_room_to_say_why_a_version_failed(visit: Visitor, site: Served, asset: str) -> None:
    (name,) = renditions.request(site.hub, SYSTEM, asset, ["email.hero.600.1x"])[0].renditions
    wait_until(lambda: renditions.get_many(site.hub, SYSTEM, [name])[name].status == "ready")
    with site.hub.database.write() as session:
        row = session.get_one(Rendition, name)
        row.status, row.code, row.message = "failed", "letters_missing", "There is no letter in the font. " * 4
    someone = visit("content_manager", viewport={"width": 360, "height": 740})
    someone.go(f"/assets/{asset}")
    body, again = someone.page.locator(".file-body"), someone.page.get_by_role("button", name="again")
    said, below = body.bounding_box(), again.bounding_box()
    assert said is not None
    assert below is not None
    assert said["width"] > 180
    assert below["y"] >= said["y"] + said["height"]


@pytest.mark.parametrize("options", [{}, {"viewport": {"width": 360, "height": 740}}])
def test_one_key_leads_past_the_rights_to_the_formats(visit: Visitor, asset: str, options: dict[str, object]) -> None:
    someone = visit("content_manager", **options)
    someone.go(f"/assets/{asset}")
    page = someone.page
    page.get_by_role("link", name="Make formats").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Make formats")).to_be_in_viewport()
    page.keyboard.press("Tab")
    expect(page.get_by_placeholder("Search: story, banner, 1080")).to_be_focused()
    assert wide_by(page) == 0


@pytest.mark.both_databases
def test_the_focal_point_follows_the_mouse_and_is_kept(visit: Visitor, site: Served, asset: str) -> None:
    someone = visit("designer")
    someone.go(f"/assets/{asset}")
    page = someone.page
    box = page.locator("[data-stage]").bounding_box()
    assert box is not None
    handle = page.locator("[data-focal]").bounding_box()
    assert handle is not None
    page.mouse.move(handle["x"] + handle["width"] / 2, handle["y"] + handle["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.5, steps=4)
    page.mouse.move(box["x"] + box["width"] * 0.25, box["y"] + box["height"] * 0.75, steps=4)
    page.mouse.up()
    expect(page.locator("[data-live]")).to_contain_text("Saved. Focal point, 25 % from the left, 75 % from the top")
    kept = catalog.get(site.hub, SYSTEM, asset)
    assert kept.focal_point_by_hand
    assert kept.focal_point is not None
    assert kept.focal_point.x == pytest.approx(0.25, abs=0.01)
    assert kept.focal_point.y == pytest.approx(0.75, abs=0.01)
    page.get_by_role("button", name="Back to the measured point").click()
    wait_until(lambda: not catalog.get(site.hub, SYSTEM, asset).focal_point_by_hand)


def test_the_focal_point_follows_the_arrow_keys(visit: Visitor, site: Served, asset: str) -> None:
    before = catalog.get(site.hub, SYSTEM, asset).focal_point
    assert before is not None
    someone = visit()
    someone.go(f"/assets/{asset}")
    page = someone.page
    page.get_by_role("button", name="Focal point").focus()
    right = before.x < 0.5
    for _ in range(3):
        page.keyboard.press("ArrowRight" if right else "ArrowLeft")
    expect(page.locator("[data-live]")).to_contain_text("Saved.")
    # A slow browser may have saved the first step before it heard of the third.
    there = pytest.approx((before.x + (0.03 if right else -0.03), before.y), abs=0.002)
    wait_until(lambda: (kept := catalog.get(site.hub, SYSTEM, asset).focal_point) and (kept.x, kept.y) == there)


def swipe(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Draw a finger over the screen."""
    touch = page.context.new_cdp_session(page)
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": start[0], "y": start[1]}]})
    for step in range(1, 9):
        x, y = (a + (b - a) * step / 8 for a, b in zip(start, end, strict=True))
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": x, "y": y}]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})


def test_a_finger_on_the_picture_scrolls_and_on_the_focal_point_drags(visit: Visitor, site: Served, asset: str) -> None:
    someone = visit("designer", viewport=PHONE, is_mobile=True, has_touch=True)
    someone.go(f"/assets/{asset}")
    page = someone.page
    handle, stage = page.locator("[data-focal]"), page.locator("[data-stage]").bounding_box()
    assert stage is not None
    before = handle.get_attribute("data-x"), handle.get_attribute("data-y")
    # Away from the handle, which begins near the middle.
    bottom = (stage["x"] + 20, stage["y"] + stage["height"] - 20)
    swipe(page, bottom, (bottom[0], 120))
    wait_until(lambda: page.evaluate("scrollY") > 0)
    assert (handle.get_attribute("data-x"), handle.get_attribute("data-y")) == before
    # Afresh: the page of a phone rolls on after the finger has left.
    page.evaluate("scrollTo(0, 0)")
    someone.go(f"/assets/{asset}")
    wait_until(lambda: page.evaluate("scrollY") == 0)
    box = handle.bounding_box()
    assert box is not None
    there = (stage["x"] + stage["width"] * 0.25, stage["y"] + stage["height"] * 0.25)
    swipe(page, (box["x"] + box["width"] / 2, box["y"] + box["height"] / 2), there)
    expect(page.locator("[data-live]")).to_contain_text("Saved.")
    kept = catalog.get(site.hub, SYSTEM, asset).focal_point
    assert kept is not None
    assert (kept.x, kept.y) == pytest.approx((0.25, 0.25), abs=0.02)


def test_a_point_moved_by_keys_is_kept_when_one_goes_on_at_once(visit: Visitor, site: Served, asset: str) -> None:
    someone = visit()
    someone.go(f"/assets/{asset}")
    someone.page.get_by_role("button", name="Focal point").focus()
    someone.page.keyboard.press("ArrowUp")
    someone.page.keyboard.press("Tab")
    wait_until(lambda: catalog.get(site.hub, SYSTEM, asset).focal_point_by_hand)


def test_the_crop_of_a_preset_is_drawn_and_moves_with_the_focal_point(visit: Visitor, asset: str) -> None:
    someone = visit()
    someone.go(f"/assets/{asset}")
    page = someone.page
    page.locator(f"[data-preset='{STORY}']").hover()
    edge = page.locator("[data-overlay] .edge")
    expect(edge).to_have_count(1)
    expect(page.locator("[data-crop-words]")).to_contain_text("Stories 9:16")
    width, height = (float(edge.get_attribute(name) or 0) for name in ("width", "height"))
    assert width / height == pytest.approx(9 / 16, rel=0.02)
    page.get_by_role("button", name="Focal point").focus()
    for _ in range(10):
        page.keyboard.press("Shift+ArrowLeft")
    wait_until(lambda: edge.get_attribute("x") == "0")
    for _ in range(10):
        page.keyboard.press("Shift+ArrowRight")
    wait_until(lambda: float(edge.get_attribute("x") or 0) == pytest.approx(3000 - width, abs=1))


@pytest.mark.both_databases
def test_chosen_presets_are_rendered_and_downloaded(visit: Visitor, asset: str) -> None:
    someone = visit("channel_team")
    someone.go(f"/assets/{asset}")
    page = someone.page
    page.get_by_role("searchbox", name="Search presets by platform, place or size").fill("instagram 4:5")
    page.locator("[data-preset='meta.ig_feed.image.4x5']").get_by_role("checkbox").check()
    page.get_by_role("searchbox", name="Search presets by platform, place or size").fill("")
    page.get_by_text("E-mail", exact=True).first.click()
    page.locator("[data-preset='email.hero.600.1x']").get_by_role("checkbox").check()
    page.get_by_role("button", name="Render 2").click()
    downloads = page.locator("#renditions").get_by_role("button", name="Download asset-")
    expect(downloads).to_have_count(2, timeout=60_000)
    with page.expect_download() as waiting:
        downloads.first.click()
    with Image.open(io.BytesIO(waiting.value.path().read_bytes())) as made:
        assert made.format == "JPEG"
    assert waiting.value.suggested_filename.endswith(f"_{made.width}x{made.height}.jpg")
    page.get_by_role("button", name="Download all").click()
    expect(page.get_by_role("button", name="Download 2 files")).to_be_visible(timeout=60_000)


def test_a_picture_too_small_for_a_preset_is_refused_before_anything_is_rendered(visit: Visitor, site: Served) -> None:
    small = give(site, jpeg(320, 240, 6000), "small.jpg")
    someone = visit()
    someone.go(f"/assets/{small}")
    row = someone.page.locator(f"[data-preset='{STORY}']")
    expect(row.get_by_role("checkbox")).to_be_disabled()
    why = row.locator("[data-why]")
    expect(why).to_contain_text("320 x 240")
    assert why.evaluate("part => part.scrollHeight <= part.clientHeight"), "the reason is cut off"


def test_showing_everything_changes_what_fits(visit: Visitor, site: Served) -> None:
    small = give(site, jpeg(700, 500, 6001), "options.jpg", own=True)
    someone = visit()
    someone.go(f"/assets/{small}")
    page = someone.page
    boxes = page.locator("[data-picker] [name=preset]:disabled")
    expect(boxes).not_to_have_count(0)
    before = boxes.count()
    page.get_by_text("Options", exact=True).click()
    page.get_by_label("Fill the frame").select_option("contain")
    wait_until(lambda: boxes.count() < before)
    expect(page.get_by_label("Behind it")).to_be_visible()


def test_what_nobody_allowed_says_why_and_offers_nothing(visit: Visitor, site: Served) -> None:
    bare = give(site, jpeg(1600, 1300, 6002), "bare.jpg")
    someone = visit()
    someone.go(f"/assets/{bare}")
    page = someone.page
    expect(page.locator("[data-picker] [role=status]").first).to_contain_text("has not been reviewed")
    expect(page.locator("[data-picker] [name=preset]:enabled")).to_have_count(0)
    expect(page.locator("[data-kit]:enabled")).to_have_count(0)


def test_a_use_is_stated_once_and_its_duties_are_read_before_the_download(visit: Visitor, site: Served) -> None:
    credited = give(site, jpeg(1600, 1300, 6003), "credited.jpg")
    duty = [{"duty": "credit", "text": "Photo: @ana", "phase": "during"}]
    clear(site.hub, credited, channels=["email"], ends_at="2091-01-01T00:00:00Z", perpetual=False, duties=duty)
    someone = visit()
    someone.go(f"/assets/{credited}")
    page = someone.page
    page.get_by_text("Where will it be used?").click()
    page.get_by_role("textbox", name="Places").fill("US")
    page.get_by_role("button", name="Show what is allowed").click()
    expect(page.locator("[data-preset='web.srcset.w640'] input")).to_be_disabled()
    page.locator("[data-preset='email.hero.600.1x'] input").check()
    page.get_by_role("button", name="Render 1").click()
    download = page.locator("#renditions").get_by_role("button", name="Download credited")
    expect(download).to_be_visible(timeout=60_000)
    expect(page.locator("#renditions")).to_contain_text("may be used until 31 Dec 2090")
    someone.go(f"/assets/{credited}")
    expect(page.locator(".use")).to_contain_text("US")
    someone.expected.add(409)
    download.click()
    expect(page.get_by_text("Name the creator: “Photo: @ana”.")).to_be_visible()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Got it, download").click()
    assert waiting.value.suggested_filename.endswith(".jpg")
    assert wide_by(page) == 0


def test_who_may_only_look_sees_no_tools(visit: Visitor, asset: str) -> None:
    someone = visit("viewer")
    someone.go(f"/assets/{asset}")
    page = someone.page
    expect(page.get_by_role("heading", name="What it is")).to_be_visible()
    for tool in ("[data-focal]", "[data-picker]", "a[download]"):
        expect(page.locator(tool)).to_have_count(0)


@pytest.mark.parametrize(("role", "may_download"), [("designer", True), ("viewer", False)])
def test_the_page_of_a_video_says_that_it_does_not_play(
    visit: Visitor, site: Served, tmp_path: Path, role: str, may_download: bool
) -> None:
    clip = tmp_path / "clip.mp4"
    command = ["-y", "-loglevel", "error", "-f", "lavfi", "-i", "testsrc2=size=320x240:rate=10:duration=1", str(clip)]
    subprocess.run([get_ffmpeg_exe(), *command], check=True, timeout=60)
    someone = visit(role)
    someone.go(f"/assets/{give(site, clip.read_bytes(), 'clip.mp4')}")
    caption = someone.page.locator("[data-caption]")
    expect(caption).to_contain_text("does not play on this page")
    assert ("download the original" in caption.inner_text()) == may_download
    expect(someone.page.get_by_role("link", name="Storyboard")).to_be_visible()
