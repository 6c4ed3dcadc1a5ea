"""The small pictures of a video: a preview like others, by the same exit, and told where each of them lies."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from tests.pictures import jpeg
from tests.ugc_hub.conftest import Send
from tests.ugc_hub.web.conftest import Person
from tests.workers.media.clips import little
from ugc_hub import licensing
from ugc_hub.accounts import SYSTEM
from ugc_hub.hub import Hub
from ugc_hub.jobs.local import finish
from ugc_hub.renditions.clips import clip_of

Browser = Callable[[str], Person]


@pytest.fixture
def video(hub: Hub, send: Send, tmp_path: Path) -> str:
    asset_id = send(little(tmp_path), "clip.mp4", own=True)
    finish(hub, [clip_of(hub, SYSTEM, asset_id).job_id or 0])
    return asset_id


@pytest.mark.req("R65")
def test_the_sheet_of_a_video_leaves_as_other_previews_do(
    hub: Hub, browser: Browser, stranger: Person, video: str
) -> None:
    paths = (f"/api/v1/assets/{video}/sheet", f"/api/v1/assets/{video}/previews/sheet")
    assert {stranger.get(path).status_code for path in paths} == {401}
    person = browser("viewer")
    told, shown = person.get(paths[0]).json, person.get(paths[1])
    assert told is not None
    assert told["url"] == paths[1]
    assert (told["count"], told["width"], told["height"], told["duration_s"]) == (2, 160, 90, 1.0)
    with Image.open(io.BytesIO(shown.data)) as picture:
        assert picture.size == (told["columns"] * told["width"], told["height"])
        assert max(picture.size) <= 1280
    thumb = person.get(f"/api/v1/assets/{video}/previews/thumb")
    for name in ("Cache-Control", "Content-Security-Policy", "Accept-Ranges"):
        assert shown.headers[name] == thumb.headers[name]
    with hub.database.write() as session:
        order = {"status": "taken_down", "note": "court", "legal_order": True}
        licensing.set_status(hub, session, SYSTEM, asset_id=video, **order)  # type: ignore[arg-type]
    for role, status in (("viewer", 451), ("content_manager", 451), ("legal", 200)):
        assert {browser(role).get(path).status_code for path in paths} == {status}, role


def test_what_has_no_sheet_says_so_without_an_error(browser: Browser, send: Send) -> None:
    photo = send(jpeg(300, 200, 1))
    person = browser("viewer")
    told = person.get(f"/api/v1/assets/{photo}/sheet").json
    assert told is not None
    assert (told["count"], told["url"]) == (0, None)
    assert person.get(f"/api/v1/assets/{photo}/previews/sheet").status_code == 404
    assert "data-scrub" not in person.get("/").text


def test_tile_and_page_of_a_video_can_be_looked_through(browser: Browser, video: str) -> None:
    person = browser("viewer")
    assert f'data-scrub="{video}"' in person.get("/").text
    assert f'data-scrub="{video}" tabindex="0"' in person.get(f"/assets/{video}").text
