"""Composing by page and by API: what there is, what is asked for, and who may see it; the making itself is a job."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.ugc_hub.rows import asset_row
from tests.ugc_hub.web.conftest import Person
from ugc_hub import compositions
from ugc_hub.hub import Hub
from ugc_hub.models import Piece
from workers.media.composition.finding import find


@pytest.fixture(autouse=True)
def there(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is made here, so MoviePy need not be there."""
    monkeypatch.setattr(compositions, "installed", lambda: True)


@pytest.fixture
def videos(hub: Hub) -> list[str]:
    return [asset_row(hub, name, kind="video", duration_s=2.0) for name in ("first.mp4", "second.mp4")]


def told(answer: TestResponse) -> dict[str, Any]:
    plain: dict[str, Any] = answer.get_json()
    return plain


def test_a_page_asks_for_a_clip_of_videos_in_their_places(
    hub: Hub, browser: Callable[[str], Person], videos: list[str]
) -> None:
    editor = browser("designer")
    page = editor.get(f"/compose?composition=beforeafter&asset={videos[1]}").text
    assert "Before and after" in page
    assert page.index("second.mp4") < page.index("first.mp4"), "what the address names comes first"
    assert re.search(rf'name="place-{videos[1]}".*?<option selected>1</option>', page, re.S)
    form = {"composition": "beforeafter", "title": "Both", "set-before": "Then", "csrf": editor.csrf}
    places = {f"place-{videos[1]}": "1", f"place-{videos[0]}": "2"}
    answer = editor.post("/compose", data={**form, **places})
    assert answer.status_code == 303
    with hub.database.read() as session:
        piece = session.get_one(Piece, answer.location.rsplit("/", 1)[1])
    assert (piece.parts, piece.title, piece.values["before"]) == (videos[::-1], "Both", "Then")
    shown = editor.get(answer.location).text
    assert "It waits for a worker" in shown
    assert "first.mp4" in shown
    assert "Both" in editor.get("/compose").text
    same = {f"place-{one}": "1" for one in videos}
    assert "same place" in editor.post("/compose", data={**form, **same}).text


def test_a_program_lists_asks_and_watches(hub: Hub, program: Callable[..., Person], videos: list[str]) -> None:
    editor = program("designer")
    items = told(editor.get("/api/v1/compositions"))["items"]
    assert [one["name"] for one in items] == ["beforeafter", "testimonials", "titlecard"]
    assert items[0]["clips"] == [2, 2]
    assert {"name", "kind", "default", "options"} <= items[0]["parameters"][0].keys()
    body = {"composition": "beforeafter", "asset_ids": videos, "values": {"shape": "1:1"}}
    made = editor.post("/api/v1/pieces", json=body)
    assert made.status_code == 202
    assert told(made)["status"] == "queued"
    assert told(editor.get(f"/api/v1/pieces/{told(made)['id']}"))["parts"] == videos
    assert [one["id"] for one in told(editor.get("/api/v1/pieces"))["items"]] == [told(made)["id"]]
    wrong = editor.post("/api/v1/pieces", json={**body, "values": {"shape": "7:3"}})
    assert (wrong.status_code, told(wrong)["field"]) == (422, "values")
    assert editor.post("/api/v1/pieces", json={**body, "composition": "none"}).status_code == 404
    few = editor.post("/api/v1/pieces", json={**body, "asset_ids": videos[:1]})
    assert "takes 2 videos" in told(few)["detail"]


def test_without_moviepy_it_is_told_how_to_install_it(
    browser: Callable[[str], Person], videos: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compositions, "installed", lambda: False)
    editor = browser("designer")
    assert "make compose" in editor.get("/compose").text
    form = {"composition": "titlecard", f"place-{videos[0]}": "1", "csrf": editor.csrf}
    answer = editor.post("/compose", data=form)
    assert answer.status_code == 409
    assert "make compose" in answer.text


def test_broken_compositions_are_named_and_the_others_offered(
    hub: Hub, browser: Callable[[str], Person], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "mine.py").write_text("def compose(", encoding="utf-8")
    monkeypatch.setattr(compositions, "find", lambda _: find(tmp_path))
    page = browser("designer").get("/compose").text
    assert "The composition mine is broken. Line 1 is no Python" in page
    assert "Testimonials" in page
