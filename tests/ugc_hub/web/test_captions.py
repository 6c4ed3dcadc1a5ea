"""Captions by API and page."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.ugc_hub import test_sidecars as sidecars
from tests.ugc_hub.catalog.test_cueing import FILM, SRT
from tests.ugc_hub.jobs.test_transcribe import clip, listening, video, work
from tests.ugc_hub.licensing.rows import cleared
from tests.ugc_hub.rows import asset_row
from tests.ugc_hub.web.conftest import Person
from ugc_hub import catalog, licensing
from ugc_hub.accounts import SYSTEM
from ugc_hub.hub import Hub
from ugc_hub.models import AssetClip, Rendition
from workers.media.video.shapes import MEZZANINE_VERSION, Cue

__all__ = ["clip", "video"]


@pytest.fixture
def film(hub: Hub) -> str:
    return cleared(hub, asset_row(hub, "talk.mp4", facts=FILM, duration_s=7.0))


def test_a_program_keeps_edits_and_removes_captions(film: str, program: Callable[..., Person]) -> None:
    manager, address = program("content_manager"), f"/api/v1/assets/{film}/captions"
    assert manager.get(address).json == {"items": []}
    given = manager.ask("PUT", f"{address}/en", json={"track": SRT}).json
    assert given
    assert (given["source"], given["counts"], given["faults"]) == ("given", True, [])
    assert given["cues"][1] == {"start_s": 4.0, "end_s": 6.0, "text": "Come in"}
    cues = [{"start_s": 1, "end_s": 1.2, "text": "Short"}]
    seen = {"seen_source": "given", "seen_version": 1}
    edited = manager.ask("PUT", f"{address}/en", json={"cues": cues, **seen}).json
    assert edited
    assert [fault["code"] for fault in edited["faults"]] == ["too_fast", "too_short"]
    assert manager.ask("PUT", f"{address}/en", json={"cues": cues[:0], **seen}).status_code == 409
    half = {"cues": cues, "seen_version": 1}
    assert manager.ask("PUT", f"{address}/en", json=half).json["errors"][0]["field"] == "seen_version"  # type: ignore[index]
    assert manager.ask("POST", f"{address}/en/choose", json={"source": "given"}).json["counts"] is True  # type: ignore[index]
    assert manager.get(f"{address}/en").json["source"] == "given"  # type: ignore[index]
    assert manager.ask("PUT", f"{address}/en", json={"cues": cues, "track": SRT}).status_code == 422
    assert manager.ask("DELETE", f"{address}/en").status_code == 204
    assert manager.get(f"{address}/en").status_code == 404


@pytest.mark.req("R65")
def test_a_program_takes_a_file_where_the_grants_allow_it(hub: Hub, film: str, program: Callable[..., Person]) -> None:
    designer, address = program("designer"), f"/api/v1/assets/{film}/captions/en"
    designer.ask("PUT", address, json={"track": SRT})
    taken = designer.get(f"{address}/file?form=vtt&channel=email&start_s=3.5")
    assert (taken.status_code, taken.mimetype) == (200, "text/vtt")
    assert taken.text == "WEBVTT\n\n00:00:00.500 --> 00:00:02.500\nCome in\n"
    assert taken.headers["Rights-Usage"]
    assert 'filename="talk.en.vtt"' in taken.headers["Content-Disposition"]
    with hub.database.write() as session:
        licensing.set_status(hub, session, SYSTEM, asset_id=film, status="hold")
    denied = designer.get(f"{address}/file?form=vtt&channel=email")
    assert (denied.status_code, "Come in" in denied.text) == (403, False)


def rows(page: str) -> list[str]:
    return re.findall(r'name="text"[^>]*>([^<]*)<', page)


def form(page: str, *cues: tuple[str, str, str], do: str = "save") -> dict[str, Any]:
    """What the editor sends, with the version that the page was made of."""
    hidden = {name: _hidden(page, name) for name in ("source", "version", "language", "from")}
    start, end, text = (list(column) for column in zip(*cues, strict=True))
    return {**hidden, "start": start, "end": end, "text": text, "do": do}


def _hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"><input type="hidden" name="version"', page)
    return (found or re.search(rf'name="{name}" value="([^"]*)"', page) or [""] * 2)[1]


def test_the_page_takes_a_file_and_edits_it_row_by_row(film: str, browser: Callable[[str], Person]) -> None:
    person, address = browser("designer"), f"/assets/{film}/captions"
    assert "Add a language" in person.get(address).text
    sent = person.post(address, data={"new_language": "en", "file": (io.BytesIO(SRT.encode("utf-16")), "talk.srt")})
    assert (sent.status_code, sent.headers["Location"]) == (303, f"{address}?language=en")
    page = person.get(address).text
    assert rows(page) == ["The lantern is lit", "Come in"]
    cues = (("0:01.000", "0:03.000", "The lantern is lit"), ("4", "4,2", "Come <b>in</b> & sit"))
    sent = person.post(f"{address}/en", data=form(page, *cues))
    assert sent.status_code == 303
    page = person.get(address).text
    assert rows(page)[1] == "Come &lt;b&gt;in&lt;/b&gt; &amp; sit"
    assert "signs a second are too fast to read" in page
    assert "Edited here" in page
    sent = person.post(f"{address}/en", data=form(page, *cues, do="split:0"))
    assert sent.headers["Location"].endswith("#cue-0")
    page = person.get(address).text
    assert len(rows(page)) == 3
    assert person.post(f"{address}/en/choose", data={"source": "given"}).status_code == 303
    assert person.post(f"{address}/en/remove", data={"source": "edited"}).status_code == 303
    assert rows(person.get(address).text) == ["The lantern is lit", "Come in"]
    assert person.post(f"{address}/en/remove", data={"source": "given"}).status_code == 303
    assert person.post(address, data={"new_language": "de"}).status_code == 303
    assert rows(person.get(address).text) == [""], "an empty track to be written here"


def test_what_was_typed_stays_where_it_cannot_be_kept(film: str, browser: Callable[[str], Person]) -> None:
    person, address = browser("designer"), f"/assets/{film}/captions"
    person.ask("PUT", f"/api/v1/assets/{film}/captions/en", json={"track": SRT})
    page = person.get(address).text
    wrong = person.post(f"{address}/en", data=form(page, ("soon", "0:03", "My words")))
    assert wrong.status_code == 422
    assert rows(wrong.text) == ["My words"]
    assert "is no time such as" in wrong.text
    assert person.post(f"{address}/en", data=form(page, ("1", "3", "First"))).status_code == 303
    late = person.post(f"{address}/en", data=form(page, ("1", "3", "Second")))
    assert (late.status_code, rows(late.text)) == (409, ["Second"])
    assert person.post(f"{address}/en", data=form(late.text, ("1", "3", "Second"))).status_code == 409
    page = person.get(address).text
    assert person.post(f"{address}/en", data=form(page, ("1", "3", "Third"))).status_code == 303
    late = person.post(f"{address}/en", data=form(page, ("1", "3", "Fourth")))
    again = person.post(f"{address}/en", data=form(late.text, ("1", "3", "Fourth")))
    assert (again.status_code, rows(again.text)) == (409, ["Fourth"]), "what somebody else kept is not lost unseen"
    assert person.post(address, data={"new_language": "english"}).status_code == 422
    assert person.post(address, data={"new_language": "en"}).status_code == 409, "nothing takes their place unasked"


def test_a_track_that_is_not_in_use_is_shown_and_not_edited(film: str, browser: Callable[[str], Person]) -> None:
    person, address = browser("designer"), f"/assets/{film}/captions"
    person.ask("PUT", f"/api/v1/assets/{film}/captions/en", json={"track": SRT})
    person.post(f"{address}/en", data=form(person.get(address).text, ("1", "3", "Edited")))
    other = person.get(f"{address}?language=en&source=given").text
    assert rows(other) == []
    assert "The lantern is lit" in other
    assert "not in use" in other
    person.post(f"{address}/en/choose", data={"source": "given"})
    page = person.get(f"{address}?language=en&source=given").text
    assert person.post(f"{address}/en", data=form(page, ("1", "3", "Anew"))).status_code == 303


def test_a_long_track_is_edited_page_by_page(hub: Hub, film: str, browser: Callable[[str], Person]) -> None:
    person, address = browser("designer"), f"/assets/{film}/captions"
    catalog.edit_captions(hub, SYSTEM, film, "en", cues=[Cue(n, n + 1, f"w{n}") for n in range(250)])
    page = person.get(f"{address}?language=en&from=200").text
    assert (len(rows(page)), rows(page)[0]) == (50, "w200")
    person.post(f"{address}/en", data=form(page, ("200", "201", "last"), do="save"))
    kept = catalog.get_captions(hub, SYSTEM, film, "en").cues
    assert (len(kept), kept[199].text, kept[200].text) == (201, "w199", "last")


@pytest.mark.req("R65")
def test_the_page_hands_a_file_over_for_a_use_that_is_allowed(
    hub: Hub, film: str, browser: Callable[[str], Person]
) -> None:
    person, address = browser("designer"), f"/assets/{film}/captions"
    catalog.add_captions(hub, SYSTEM, film, SRT, language="en")
    use = {"form": "vtt", "use": "1", "use_channel": "email"}
    sent = person.post(f"{address}/en/take", data=use)
    assert sent.status_code == 303
    assert person.get(sent.headers["Location"]).text.startswith("WEBVTT")
    with hub.database.write() as session:
        licensing.set_status(hub, session, SYSTEM, asset_id=film, status="hold")
    denied = person.post(f"{address}/en/take", data=use)
    assert (denied.status_code, "lantern" in denied.text) == (403, False)


def test_who_may_only_look_sees_them_without_a_form(hub: Hub, film: str, browser: Callable[[str], Person]) -> None:
    catalog.add_captions(hub, SYSTEM, film, SRT, language="en")
    page = browser("viewer").get(f"/assets/{film}/captions").text
    assert "The lantern is lit" in page
    assert "<textarea" not in page
    assert f'href="/assets/{film}/captions"' in browser("viewer").get(f"/assets/{film}").text


def test_a_program_has_a_video_heard(hub: Hub, video: str, program: Callable[..., Person]) -> None:
    designer, address = program("designer"), f"/api/v1/assets/{video}/transcription"
    assert designer.get(address).status_code == 404
    asked = designer.ask("POST", address, json={"language": "en"})
    assert (asked.status_code, asked.json["status"], asked.json["language"]) == (202, "queued", "en")  # type: ignore[index]
    assert designer.ask("DELETE", address).json["status"] == "cancelled"  # type: ignore[index]
    designer.ask("POST", address, json={})
    work(hub)
    done = designer.get(address).json
    assert done
    assert (done["status"], done["cues"], done["progress"]) == ("done", 1, 1.0)
    (track,) = designer.get(f"/api/v1/assets/{video}/captions").json["items"]  # type: ignore[index]
    assert (track["source"], track["reader"], track["cues"][0]["text"]) == ("heard", "recorded/1 en-GB", "Hello there")
    listening(hub, "")
    refused = designer.ask("POST", address, json={})
    assert (refused.status_code, refused.json["code"]) == (409, "no_recogniser")  # type: ignore[index]


def test_the_page_has_a_video_heard_and_says_that_nobody_checked_it(
    hub: Hub, video: str, browser: Callable[[str], Person]
) -> None:
    person, address = browser("designer"), f"/assets/{video}/captions"
    assert "Have it heard" in person.get(address).text
    assert person.post(f"/assets/{video}/transcription", data={"hint": "klingon"}).status_code == 422
    assert person.post(f"/assets/{video}/transcription", data={"hint": ""}).status_code == 303
    assert "waits for its turn" in person.get(address).text
    waiting = person.get(f"/assets/{video}/transcription")
    assert ("HX-Refresh" in waiting.headers, "every 1500ms" in waiting.text) == (False, True)
    assert person.post(f"/assets/{video}/transcription", data={"do": "stop"}).status_code == 303
    assert "It was stopped." in person.get(address).text
    person.post(f"/assets/{video}/transcription", data={"hint": ""})
    work(hub)
    assert person.get(f"/assets/{video}/transcription").headers["HX-Refresh"] == "true"
    page = person.get(address).text
    assert rows(page) == ["Hello there"]
    assert "A program heard this (recorded/1 en-GB) and nobody has checked it." in page
    person.post(f"{address}/en-GB", data=form(page, ("0:00.000", "0:00.900", "Hello there")))
    assert "nobody has checked it" not in person.get(address).text
    listening(hub, "")
    assert "Have it heard" not in person.get(address).text


def test_a_program_and_a_page_take_the_captions_of_a_version(
    hub: Hub, film: str, program: Callable[..., Person], browser: Callable[[str], Person]
) -> None:
    with hub.database.write() as session:
        clip = sidecars.CLIP.dump()
        session.add(AssetClip(asset_id=film, version=MEZZANINE_VERSION, status="ready", clip=clip))
    catalog.add_captions(hub, SYSTEM, film, SRT.replace("Come in", "Komm herein"), language="de")
    made = sidecars.version(hub, film)
    with hub.database.write() as session:
        session.get_one(Rendition, made).media_type = "video/mp4"
    film_of = {"captions": True, "language": "DE", "start_s": 3.5, "seconds": 3.4}
    order = {"preset_ids": [sidecars.WEB], "film": film_of}
    planned = program("designer").ask("POST", f"/api/v1/assets/{film}/plans", json=order).json
    assert planned
    assert [cue["text"] for cue in planned["items"][0]["plans"][0]["captions"]["cues"]] == ["Komm herein"]
    sent = program("designer").get(f"/api/v1/renditions/{made}/captions?language=de&channel=website")
    assert (sent.status_code, sent.mimetype) == (200, "application/x-subrip")
    assert "Komm herein" in sent.text
    assert sent.headers["Rights-Usage"]
    person = browser("designer")
    answer = person.post(
        f"/renditions/{made}/captions/take", data={"form": "vtt", "use": "1", "use_channel": "website"}
    )
    assert answer.status_code == 303
    assert person.get(answer.headers["Location"]).text.startswith("WEBVTT")
