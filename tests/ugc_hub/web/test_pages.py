"""The pages, as HTML: what they show to whom, and that nothing of a stranger runs in them."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from apiflask import APIFlask

from tests.pictures import encoded, jpeg, picture
from tests.ugc_hub.conftest import make_hub
from tests.ugc_hub.licensing.rows import clear
from tests.ugc_hub.rows import asset_row, facts_of
from tests.ugc_hub.web.conftest import Person, user_of
from ugc_hub import accounts, ingest, licensing, packs, renditions
from ugc_hub.accounts import SYSTEM
from ugc_hub.errors import Invalid
from ugc_hub.hub import Hub
from ugc_hub.jobs.local import finish
from ugc_hub.models import Asset
from ugc_hub.renditions import all_presets
from ugc_hub.renditions.asking import only_channel
from ugc_hub.web.app import create_app
from ugc_hub.web.assets import FOLDER
from ugc_hub.web.choices import Chosen, kits, preset_ids
from ugc_hub.web.context import cookie_name
from workers.queue.jobs import find
from workers.queue.shapes import Query

PRESETS = ["meta.ig_feed.image.4x5", "email.hero.600.1x"]
SAME_FILE = ["linkedin.single.image.191x1", "x.image.191x1"]
HOSTILE = "\"><img src=x onerror=alert(1)>'{{7*7}}"


@pytest.fixture
def put(hub: Hub) -> Callable[..., str]:
    """A function that puts a file into the hub, clears it for every use, and returns the id of its asset."""

    def take(data: bytes, name: str = "photo.jpg", *, look: bool = True, **known: Any) -> str:
        upload = ingest.Upload(file_name=name, door="api", size_bytes=len(data), **known)
        accepted = ingest.accept(hub, SYSTEM, io.BytesIO(data), upload)
        if look and accepted.job_id is not None:
            finish(hub, [accepted.job_id])
            with hub.database.read() as session:
                kept = session.get(Asset, accepted.asset_id) is not None
            if kept:
                clear(hub, accepted.asset_id)
        return accepted.asset_id

    return take


def html(person: Person, path: str, status: int = 200) -> str:
    """Return a page."""
    answer = person.get(path)
    assert answer.status_code == status, answer.get_data(as_text=True)
    return answer.get_data(as_text=True)


def test_a_preset_of_several_kinds_of_places_offers_them(
    hub: Hub, browser: Callable[[str], Person], put: Callable[..., str]
) -> None:
    asset, designer = put(jpeg(1400, 1400)), browser("designer")
    preset = "google.pmax.image.1x1"
    page = html(designer, f"/assets/{asset}?use=1&use_territories=DE")
    assert "state the channel of the use, such as display ads or paid social (YouTube)." in page
    address = f"/assets/{asset}?use=1&amp;use_channel=display&amp;use_territories=DE"
    assert f'<a href="{address}">display ads</a>' in page
    (framing,) = renditions.plan(hub, SYSTEM, asset, [preset], stated=licensing.StatedUse("display", ("DE",)))
    assert framing.outcome != "refused"
    assert "Used as" not in html(designer, address.replace("&amp;", "&"))
    with pytest.raises(Invalid, match=r"such as display ads or paid social") as told:
        only_channel([all_presets(hub)[preset]], licensing.StatedUse())
    assert told.value.extra["choices"] == ["display", "paid_social.youtube"]


def test_an_empty_library_invites_those_who_may_upload(browser: Callable[[str], Person]) -> None:
    assert "Upload the first files" in html(browser("designer"), "/")
    assert "Upload" not in html(browser("viewer"), "/")


def test_an_asset_that_is_being_measured_says_so_and_keeps_asking(
    browser: Callable[[str], Person], put: Callable[..., str]
) -> None:
    asset = put(jpeg(), look=False)
    viewer = browser("viewer")
    assert "Being measured" in html(viewer, "/")
    assert f'hx-get="/library/tiles/{asset}"' in html(viewer, f"/library/tiles/{asset}")
    assert f'hx-get="/assets/{asset}/wait"' in html(viewer, f"/assets/{asset}")


def test_a_waiting_page_is_loaded_again_once_the_asset_is_ready(
    hub: Hub, browser: Callable[[str], Person], put: Callable[..., str]
) -> None:
    asset = put(jpeg(), look=False)
    viewer = browser("viewer")
    assert "HX-Refresh" not in viewer.get(f"/assets/{asset}/wait").headers
    finish(hub, [1])
    assert viewer.get(f"/assets/{asset}/wait").headers["HX-Refresh"] == "true"
    assert "hx-get" not in html(viewer, f"/library/tiles/{asset}")


def test_a_refused_file_has_a_page_that_says_why(browser: Callable[[str], Person], put: Callable[..., str]) -> None:
    asset = put(jpeg(900, 700)[:3000])
    viewer = browser("viewer")
    page = html(viewer, f"/assets/{asset}", 410)
    assert "This file was not taken" in page
    assert "Refused" in html(viewer, f"/library/tiles/{asset}")


def test_the_facts_are_told_in_words(browser: Callable[[str], Person], put: Callable[..., str]) -> None:
    asset = put(encoded(picture(1500, 1000), "PNG"), "chart.png")
    text = html(browser("viewer"), f"/assets/{asset}")
    for words in ("PNG", "1500 × 1000 pixels, 1.5 megapixels", "3:2 landscape", "Creator unknown"):
        assert words in text


@pytest.mark.req("R55")
def test_text_of_strangers_is_escaped_on_every_page(
    hub: Hub, browser: Callable[[str], Person], put: Callable[..., str]
) -> None:
    asset = put(jpeg(1300, 1700), f"{HOSTILE}.jpg", creator="<b>'\"", campaign=HOSTILE)
    pack = packs.make(hub, SYSTEM, name=HOSTILE, asset_ids=[asset], preset_ids=PRESETS)
    admin = browser("admin")
    pages = ("/", f"/assets/{asset}", f"/packs/{pack.id}", "/packs", "/upload", f"/library/tiles/{asset}")
    for path in (*pages, "/?text=%22%3E%3Cimg+src%3Dx%3E", "/sign-in?next=%22%3E%3Cimg+src%3Dx%3E"):
        text = html(admin, path) if not path.startswith("/sign-in") else admin.get(path).get_data(as_text=True)
        assert "<img src=x" not in text
        assert "<b>" not in text
        assert "49" not in re.findall(r"'(\d+)", text)


def test_links_lead_somewhere(
    hub: Hub, app: APIFlask, browser: Callable[[str], Person], put: Callable[..., str]
) -> None:
    asset = put(jpeg(1300, 1700), creator="ann", campaign="Spring")
    put(jpeg(1300, 1700, quality=50), "again.jpg")
    pack = packs.make(hub, SYSTEM, name="Kit", asset_ids=[asset], preset_ids=PRESETS)
    admin, seen, waiting = browser("admin"), set[str](), ["/", f"/assets/{asset}", f"/packs/{pack.id}"]
    while waiting:
        path = waiting.pop()
        seen.add(path)
        answer = admin.get(path)
        assert answer.status_code in {200, 302}, path
        if answer.mimetype != "text/html" or path.startswith("/presets/"):
            continue
        found = re.findall(r'(?:href|src|hx-get)="(/[^"#]*)', answer.get_data(as_text=True))
        waiting += sorted({link.replace("&amp;", "&") for link in found} - seen - set(waiting))
    assert len(seen) > 100


def test_every_role_sees_only_what_it_may_do(browser: Callable[[str], Person], put: Callable[..., str]) -> None:
    asset = put(jpeg(1300, 1700))
    marks = {
        "data-focal": {"admin", "content_manager", "designer"},
        "data-picker": {"admin", "content_manager", "designer", "channel_team"},
        "/take": {"admin", "content_manager", "designer", "legal"},
        'href="/jobs"': {"admin", "content_manager", "designer", "channel_team", "legal"},
    }
    for role in ("admin", "content_manager", "designer", "channel_team", "legal", "viewer"):
        text = html(browser(role), f"/assets/{asset}")
        for mark, roles in marks.items():
            assert (mark in text) == (role in roles), (role, mark)


def test_a_creator_sees_the_page_of_their_own_asset_and_no_other(
    browser: Callable[[str], Person], put: Callable[..., str]
) -> None:
    person = browser("creator")
    own = put(jpeg(300, 200, 1), "own.jpg", creator="self")
    other = put(jpeg(300, 200, 2), "other.jpg", creator="ann")
    text = html(person, "/")
    assert ("own.jpg" in text, "other.jpg" in text) == (True, False)
    page = html(person, f"/assets/{own}")
    assert "What it is" in page
    assert "Make formats" not in page
    assert "@ann" not in html(person, "/hand-in")
    html(person, f"/assets/{other}", 404)


def test_a_form_without_scripts_renders_and_returns_to_the_page(
    hub: Hub, browser: Callable[[str], Person], put: Callable[..., str]
) -> None:
    asset = put(jpeg(1300, 1700))
    person = browser("designer")
    form = {"csrf": person.csrf, "preset": PRESETS, "fit": "contain", "backdrop": "blur", "colour": "#102030"}
    made = person.post(f"/assets/{asset}/renditions", data=form)
    assert made.status_code == 303
    finish(hub, [2])
    text = html(person, f"/assets/{asset}")
    assert text.count('class="file"') == 2
    packed = person.post(f"/assets/{asset}/pack")
    assert packed.status_code == 303
    assert person.post(f"/assets/{asset}/renditions", data={"csrf": person.csrf}).status_code == 422
    assert person.post(f"/assets/{asset}/renditions", data={**form, "fit": "stretch"}).status_code == 422


def test_a_pack_needs_assets_and_presets(browser: Callable[[str], Person], put: Callable[..., str]) -> None:
    asset = put(jpeg(1300, 1700))
    person = browser("designer")
    for form in ({"asset": asset}, {"kit": "social_kit"}, {"asset": asset, "kit": "no such kit"}):
        assert person.post("/packs", data={"name": "x", **form}).status_code == 422
    made = person.post("/packs", data={"name": "Kit", "asset": asset, "kit": "social_kit", "preset": PRESETS})
    assert made.status_code == 303
    text = html(person, made.headers["Location"])
    assert "hx-get" in text
    assert "0 of" in text


def test_a_preset_form_names_what_is_wrong(browser: Callable[[str], Person]) -> None:
    person = browser("designer")
    wrong = person.post("/presets", data={"name": "x", "id": "Bad Id", "channel": "web", "width": "many"})
    assert wrong.status_code == 422
    assert "whole number" in wrong.get_data(as_text=True)
    form = {"name": "Teaser", "id": "teaser", "channel": "web", "width": "600", "fit": "cover", "format": "webp"}
    assert person.post("/presets", data=form).status_code == 303
    again = person.post("/presets", data=form)
    assert (again.status_code, "already" in again.get_data(as_text=True)) == (409, True)


def test_a_preset_names_no_quality_where_its_format_has_none(hub: Hub, browser: Callable[[str], Person]) -> None:
    person, sheet = browser("viewer"), {"name": "Sheet", "channel": "print", "width": 600, "height": 300}
    said = {"tiff": "TIFF, without loss, version 1", "png": "PNG, version 1", "gif": "GIF, version 1"}
    for name, words in {**said, "webp": "WEBP, quality 85 down to 40, version 1", "hevc": "MP4, H.265"}.items():
        renditions.save_preset(hub, SYSTEM, {**sheet, "id": f"custom.{name}", "format": name})
        assert words in html(person, f"/presets/custom.{name}")


def test_the_chosen_look_comes_with_the_page(browser: Callable[[str], Person]) -> None:
    person = browser("viewer")
    person.client.set_cookie("theme", "dark")
    assert 'data-theme="dark"' in html(person, "/")
    person.client.set_cookie("theme", 'x" onload="')
    assert "data-theme=" not in html(person, "/").split("<body")[0]


def test_static_files_are_kept_by_browsers_until_they_change(browser: Callable[[str], Person]) -> None:
    page = html(browser("viewer"), "/")
    address = re.search(r'href="(/static/css/tokens\.css\?v=[0-9a-f]{8})"', page)
    assert address is not None
    kept = browser("viewer").get(address.group(1)).headers
    assert "immutable" in kept["Cache-Control"]
    assert "no-cache" in browser("viewer").get("/static/js/api.js").headers["Cache-Control"]


def test_every_icon_that_is_used_is_drawn() -> None:
    drawn = set(re.findall(r'symbol id="([a-z]+)"', (FOLDER / "icons.svg").read_text()))
    templates = Path(__file__).resolve().parents[3] / "templates"
    used = set()
    for path in templates.rglob("*.html"):
        used |= set(re.findall(r'icon\("([a-z]+)"\)', path.read_text()))
    assert used
    assert used <= drawn


KIT = """schema = 1

[[pack]]
id = "house_kit"
name = "The house kit"
description = "What this house always asks for."
presets = ["meta.ig_feed.image.4x5"]
"""


def test_kits_of_the_hubs_own_folder_are_offered_and_made(tmp_path: Path) -> None:
    folder = tmp_path / "presets"
    folder.mkdir()
    (folder / "house.toml").write_text(KIT)
    hub = make_hub(tmp_path / "var", presets_dir=folder)
    try:
        assert "house_kit" in {kit.id for kit in kits(hub)}
        assert preset_ids(hub, Chosen(("house_kit",), ())) == ["meta.ig_feed.image.4x5"]
        user, client = user_of(hub, "designer"), create_app(hub).test_client()
        link = accounts.request_link(hub, user.email)
        assert link is not None
        client.set_cookie(cookie_name(hub), accounts.sign_in_with_link(hub, link.rsplit("/", 1)[1]).cookie)
        asset_row(hub)
        asset_id = asset_row(hub, facts=facts_of(1600, 2000))
        for path in ("/", f"/assets/{asset_id}"):
            assert "The house kit" in client.get(path).get_data(as_text=True)
    finally:
        hub.close()


def test_a_pack_counts_a_file_that_serves_two_presets_once(
    hub: Hub, browser: Callable[[str], Person], put: Callable[..., str]
) -> None:
    asset = put(jpeg(1300, 1700))
    pack = packs.make(hub, SYSTEM, name="Twice", asset_ids=[asset], preset_ids=SAME_FILE)
    with hub.database.read() as session:
        ids = [job.id for job in find(session.connection(), Query(state="queued"))]
    finish(hub, ids)
    text = html(browser("designer"), f"/packs/{pack.id}")
    assert "Download 1 file<" in text
    assert "the zip holds it once" in text
