"""Uploading in a browser: by the file chooser, by dropping, with results in words."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from pathlib import Path

import pillow_heif
import pytest
from PIL import Image
from playwright.sync_api import Route, expect

from tests.browser.conftest import Visitor
from tests.pictures import jpeg, picture
from tests.serving import Served
from ugc_hub import catalog, creators, licensing
from ugc_hub.accounts import SYSTEM
from ugc_hub.catalog import Definition

DROP = """([zone, files]) => {
  const transfer = new DataTransfer();
  for (const [name, data] of files) {
    const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
    transfer.items.add(new File([bytes], name, { type: "image/jpeg" }));
  }
  for (const type of ["dragenter", "dragover", "drop"]) {
    zone.dispatchEvent(new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer: transfer }));
  }
}"""


@pytest.mark.both_databases
def test_files_chosen_become_assets_of_their_creator_and_campaign(visit: Visitor, photo: Callable[..., Path]) -> None:
    someone = visit()
    someone.go("/upload")
    page = someone.page
    page.get_by_label("Creator").fill("@Lena.Makes")
    page.get_by_label("Campaign").fill("Spring launch")
    page.get_by_label("Choose files").set_input_files([photo(f"chosen-{n}.jpg", 400, 300, 100 + n) for n in range(5)])
    expect(page.locator("[data-state=ready]")).to_have_count(5, timeout=60_000)
    expect(page.locator("[data-summary]")).to_have_text("5 of 5 in the library")
    page.locator("[data-state=ready]").first.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("chosen-")
    expect(page.get_by_role("link", name="@lena.makes")).to_be_visible()
    expect(page.get_by_role("link", name="Spring launch")).to_be_visible()


def test_a_file_chosen_before_the_scripts_are_there_is_uploaded(visit: Visitor, photo: Callable[..., Path]) -> None:
    someone = visit("designer")
    page = someone.page
    held: list[Route] = []
    page.route("**/upload.js*", lambda route: held.append(route))
    page.goto(f"{someone.address}/upload", wait_until="commit")
    page.get_by_label("Choose files").set_input_files(photo("early.jpg", 400, 300, 120))
    assert held  # nobody listens yet
    for route in held:
        route.continue_()
    expect(page.locator("[data-state=ready]")).to_have_count(1, timeout=60_000)


def test_files_dropped_on_the_page_are_uploaded(visit: Visitor) -> None:
    someone = visit("designer")
    someone.go("/upload")
    files = [[f"dropped-{n}.jpg", base64.b64encode(jpeg(300, 200, 200 + n)).decode()] for n in range(2)]
    zone = someone.page.locator("[data-drop]").element_handle()
    someone.page.evaluate(DROP, [zone, files])
    expect(someone.page.locator("[data-state=ready]")).to_have_count(2, timeout=60_000)


@pytest.mark.both_databases
def test_a_duplicate_leads_to_the_asset_and_a_refusal_says_why(
    visit: Visitor, photo: Callable[..., Path], tmp_path: Path
) -> None:
    someone = visit()
    someone.expected = {415}
    page = someone.page
    broken, page_file = tmp_path / "cut.jpg", tmp_path / "page.jpg"
    broken.write_bytes(jpeg(800, 600, 301)[:2000])
    page_file.write_bytes(b"<!doctype html><script>alert(1)</script>")
    first = photo("first.jpg", 500, 400, 300)
    someone.go("/upload")
    page.get_by_label("Choose files").set_input_files(first)
    expect(page.locator("[data-state=ready]")).to_have_count(1, timeout=60_000)
    page.get_by_label("Choose files").set_input_files([first, broken, page_file])
    expect(page.locator("[data-state=same]")).to_contain_text("already in the library")
    expect(page.locator("[data-state=same]").get_by_role("link")).to_be_visible()
    expect(page.locator("[data-state=refused]")).to_have_count(2, timeout=60_000)
    for row in page.locator("[data-state=refused] [data-words]").all():
        assert len(row.inner_text()) > 20
    expect(page.locator("[data-summary]")).to_have_text("2 of 4 in the library, 2 not taken")


def test_a_photo_that_the_browser_cannot_open_is_shown_as_the_hub_sees_it(visit: Visitor, tmp_path: Path) -> None:
    phone = tmp_path / "phone.heic"
    pillow_heif.from_pillow(picture(640, 480, 330)).save(phone)
    someone = visit()
    page = someone.page
    someone.go("/upload")
    for state in ("ready", "same"):  # the second time it is the same file
        page.get_by_label("Choose files").set_input_files(phone)
        shown = page.locator(f"[data-state={state}] .upload-picture img")
        expect(shown).to_have_attribute("src", re.compile(r"/previews/thumb$"), timeout=60_000)
        shown.evaluate("picture => picture.decode()")  # fails where there is no picture behind the address


def test_an_upload_can_be_cancelled_and_tried_again(visit: Visitor, photo: Callable[..., Path]) -> None:
    someone = visit()
    page = someone.page
    held: list[Route] = []
    # Later requests pass through the same route: one sent while Chromium takes a route away may be answered by nobody.
    page.route("**/api/v1/uploads?*", lambda route: route.continue_() if held else held.append(route))
    someone.go("/upload")
    with page.expect_request("**/api/v1/uploads?*"):
        page.get_by_label("Choose files").set_input_files(photo("slow.jpg", 500, 400, 310))
    row = page.locator("[data-state]").filter(has_text="slow.jpg")
    expect(row).to_have_attribute("data-state", "sending")
    assert held
    page.get_by_role("button", name="Cancel slow.jpg").click()
    expect(row).to_contain_text("Cancelled")
    page.get_by_role("button", name="Try slow.jpg again").click()
    expect(row).to_have_attribute("data-state", "ready", timeout=60_000)


@pytest.mark.req("R55")
def test_hostile_names_and_metadata_stay_text(visit: Visitor, site: Served) -> None:
    hostile = '"><img src=x onerror=alert(1)>'
    exif = Image.Exif()
    for tag in (0x010E, 0x010F, 0x0110, 0x013B, 0x8298):
        exif[tag] = f"{hostile}<script>alert(1)</script>"
    data = jpeg(500, 400, 320, exif=exif)
    someone = visit()
    page = someone.page
    someone.go("/upload")
    page.get_by_label("Creator").fill("<b>x</b>'\"")
    page.get_by_label("Campaign").fill(hostile)
    page.get_by_label("Choose files").set_input_files(
        {"name": f"{hostile}.jpg", "mimeType": "image/jpeg", "buffer": data}
    )
    expect(page.locator("[data-state=ready]")).to_have_count(1, timeout=60_000)
    page.locator("[data-state=ready]").get_by_role("link").click()
    expect(page.get_by_text("Claims in the file")).to_be_visible()
    for address in ("/", "/jobs", "/packs", "/account"):
        someone.go(address)
        assert page.locator("img[src=x]").count() == 0
    assert catalog.find(site.hub, SYSTEM, catalog.Query(campaign=hostile)).items


@pytest.mark.parametrize("options", [{}, {"viewport": {"width": 360, "height": 740}}], ids=["wide", "phone"])
def test_what_a_campaign_asks_is_asked_where_its_files_are_sent(
    visit: Visitor, photo: Callable[..., Path], site: Served, options: dict[str, object]
) -> None:
    name = f"Autumn {len(options)}"
    with site.hub.database.write() as session:
        creators.campaign_by_name(site.hub, session, name)
    for definition in (Definition("Colour", "choice", True, ("red", "blue")), Definition("Shot on", "date", True)):
        catalog.add_field(site.hub, SYSTEM, name, definition)
    someone = visit("designer", **options)
    someone.go("/upload")
    page = someone.page
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/upload?campaign=" in request.url else None)
    page.get_by_label("Campaign").fill(name)
    page.get_by_label("Colour").select_option("blue")
    page.get_by_label("Shot on").focus()  # leaving the campaign asks for nothing again, which would empty the fields
    page.get_by_label("Choose files").set_input_files(
        [photo(f"asked-{len(options)}.jpg", 400, 300, 400 + len(options))]
    )
    row = page.locator("[data-state=ready]")
    expect(row).to_contain_text("Required and missing: Shot on.", timeout=60_000)
    assert len(asked) == 1
    row.get_by_role("link").click()
    expect(page.locator("#fields .notice")).to_contain_text("Required and missing: Shot on.")
    expect(page.locator("#fields dd").first).to_have_text("blue")


def test_files_declared_own_can_be_used_at_once(visit: Visitor, photo: Callable[..., Path], site: Served) -> None:
    someone = visit("content_manager")
    someone.go("/upload")
    page = someone.page
    page.get_by_label("These are our own").check()
    page.get_by_label("Choose files").set_input_files([photo("own.jpg", 400, 300, 300)])
    expect(page.locator("[data-state=ready]")).to_have_count(1, timeout=45_000)
    asset_id = str(page.locator("[data-state=ready] [data-open]").get_attribute("href")).rsplit("/", 1)[1]
    with site.hub.database.read() as session:
        assert licensing.ask(site.hub, session, asset_id, licensing.Use("email")).allowed
    designer = visit("designer")
    designer.go("/upload")
    expect(designer.page.get_by_label("These are our own")).to_have_count(0)
