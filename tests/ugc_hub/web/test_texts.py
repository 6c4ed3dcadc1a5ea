"""The words in an asset by page and API."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.ugc_hub.rows import asset_row, facts_of
from tests.ugc_hub.web.conftest import Person
from ugc_hub.hub import Hub
from ugc_hub.models import AssetRights, AssetText


def test_a_program_writes_words_down_and_reads_them(hub: Hub, program: Callable[..., Person]) -> None:
    manager, asset = program("content_manager"), asset_row(hub)
    address = f"/api/v1/assets/{asset}/texts"
    assert manager.get(address).json == {"items": []}
    written = manager.ask("PUT", f"{address}/transcript", json={"words": "Hello there", "language": "EN"})
    assert written.status_code == 200
    assert written.json
    assert {name: written.json[name] for name in ("kind", "words", "language", "by_hand", "reader", "confidence")} == {
        "kind": "transcript",
        "words": "Hello there",
        "language": "en",
        "by_hand": True,
        "reader": "",
        "confidence": None,
    }
    assert manager.get(address).json == {"items": [written.json]}
    assert manager.ask("PUT", f"{address}/song", json={"words": "a"}).status_code == 404
    assert manager.ask("PUT", f"{address}/ocr", json={"words": "a", "language": "xyz"}).status_code == 422
    assert program("viewer").ask("PUT", f"{address}/ocr", json={"words": "a"}).status_code == 403
    assert program("viewer").get(address).json == {"items": [written.json]}


def test_the_page_shows_what_was_read_and_keeps_what_is_corrected(hub: Hub, browser: Callable[[str], Person]) -> None:
    person, asset = browser("designer"), asset_row(hub)
    assert "Nobody has looked for any yet." in person.get(f"/assets/{asset}").text
    with hub.database.write() as session:
        known = {"words": "SA1E <b>now</b>", "confidence": 0.714, "reader": "tells/3 en", "changed_at": hub.now()}
        session.add(AssetText(asset_id=asset, kind="ocr", **known))
    page = person.get(f"/assets/{asset}").text
    assert "SA1E &lt;b&gt;now&lt;/b&gt;" in page
    assert "Read by tells/3 en, 71 % sure" in page
    assert "Spoken" not in page
    sent = person.post(f"/assets/{asset}/texts/ocr", data={"words": "SALE", "language": "en"})
    assert (sent.status_code, sent.headers["Location"]) == (303, f"/assets/{asset}#texts")
    page = person.get(f"/assets/{asset}").text
    assert '<p class="words said" lang="en">SALE</p>' in page
    assert "Written by hand" in page
    person.post(f"/assets/{asset}/texts/ocr", data={"words": ""})
    assert "There are none." in person.get(f"/assets/{asset}").text
    assert f"/assets/{asset}/texts/" not in browser("viewer").get(f"/assets/{asset}").text


@pytest.mark.parametrize(("form", "field", "part"), [("words", "title", "words"), ("texts/ocr", "words", "texts")])
def test_a_script_that_keeps_words_shows_the_page_as_it_is_now(
    hub: Hub, browser: Callable[[str], Person], form: str, field: str, part: str
) -> None:
    person, asset = browser("designer"), asset_row(hub)
    for here, wanted in (
        (f"/assets/{asset}", {"HX-Refresh": "true"}),
        ("/", {"HX-Redirect": f"/assets/{asset}#{part}"}),
    ):
        sent = {"HX-Request": "true", "HX-Current-URL": f"http://localhost{here}"}
        answer = person.post(f"/assets/{asset}/{form}", data={field: here}, headers=sent)
        assert answer.status_code == 204
        assert {name: value for name, value in answer.headers.items() if name.startswith("HX-")} == wanted


def test_a_video_has_a_place_for_what_is_said(hub: Hub, browser: Callable[[str], Person]) -> None:
    facts = facts_of(kind="video", format="mp4", media_type="video/mp4", extension=".mp4", duration_s=7.0)
    person, asset = browser("designer"), asset_row(hub, "a.mp4", facts=facts)
    assert "Spoken" in person.get(f"/assets/{asset}").text
    words = "word " * 400
    person.post(f"/assets/{asset}/texts/transcript", data={"words": words})
    page = person.get(f"/assets/{asset}").text
    assert words.strip() in page, "whole in the form"
    assert page.count("word ") < 2 * 400, "and shortened above it"


def test_the_longest_words_of_any_script_fit_into_the_form(hub: Hub, browser: Callable[[str], Person]) -> None:
    person, asset = browser("designer"), asset_row(hub)
    sent = person.post(f"/assets/{asset}/texts/transcript", data={"words": "夜" * 100_000})
    assert sent.status_code == 303


def test_a_legal_order_takes_words_off_the_page_and_out_of_the_api(
    hub: Hub, browser: Callable[[str], Person], program: Callable[..., Person]
) -> None:
    asset = asset_row(hub, description="A SECRET pond", facts=facts_of(palette=("#e4002b",)))
    with hub.database.write() as session:
        row = session.get(AssetRights, asset) or AssetRights(asset_id=asset, updated_at=hub.now())
        row.legal_order = True
        session.add(row)
        session.add(AssetText(asset_id=asset, kind="ocr", words="SECRET", changed_at=hub.now()))
    page = browser("content_manager").get(f"/assets/{asset}")
    assert page.status_code == 200
    assert "SECRET" not in page.text
    assert "Words in it" not in page.text
    assert "#e4002b" not in page.text
    assert "A legal order hides what is said of it." in page.text
    assert "Describe and tag it" not in page.text
    assert "A legal order hides the picture." in page.text
    ways = (f"/assets/{asset}/similar", f"/assets/{asset}/take")
    assert not any(way in page.text for way in ways), "what an order refuses is not offered"
    answer = program("content_manager").ask("PATCH", f"/api/v1/assets/{asset}", json={"description": ""})
    assert answer.status_code == 451
    assert program("content_manager").get(f"/api/v1/assets/{asset}/texts").status_code == 451
    seen = browser("legal").get(f"/assets/{asset}").text
    assert all(word in seen for word in ("SECRET", "A SECRET pond", "#e4002b"))
    assert all(way in browser("admin").get(f"/assets/{asset}").text for way in ways)
