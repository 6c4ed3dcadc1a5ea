"""The pages of those who ask for permission: the whole way by forms, and nothing shown that should stay secret."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from tests.ugc_hub.licensing.rows import clear
from tests.ugc_hub.permissions.rows import allowed, link_in, own_asset, work_off, yes
from tests.ugc_hub.rows import asset_row
from tests.ugc_hub.web.conftest import Person
from tests.workers.media.clips import tone
from ugc_hub import licensing
from ugc_hub.accounts import SYSTEM
from ugc_hub.creators import creator_by_handle
from ugc_hub.hub import Hub
from ugc_hub.jobs.local import finish
from ugc_hub.licensing import PersonData
from ugc_hub.models import Creator, Grant, Partnership, PlatformCode, Property, RightsRequest, Track, TrackFile

Browser = Callable[[str], Person]
USES: dict[str, Any] = {
    "channels": ["email", "website"],
    "territories": "DE, AT",
    "edits": ["crop"],
    "length": "months",
    "months": "12",
    "zone": "Europe/Berlin",
    "credit": "1",
    "notice_days": "30",
}


def file(name: str = "signed.pdf", data: bytes = b"%PDF-1.7 signed") -> tuple[io.BytesIO, str]:
    return io.BytesIO(data), name


def multipart(form: dict[str, str], picture: bytes) -> dict[str, Any]:
    """A form with a picture larger than other forms may be, as bytes: the test client leaves large ones open."""
    head = 'Content-Disposition: form-data; name="{}"{}\r\n\r\n'
    parts = [(head.format(name, "") + value).encode() for name, value in form.items()]
    parts.append(head.format("screenshot", '; filename="shot.png"\r\nContent-Type: image/png').encode() + picture)
    data = b"".join(b"--line\r\n" + part + b"\r\n" for part in parts) + b"--line--\r\n"
    return {"data": data, "content_type": "multipart/form-data; boundary=line"}


def only(hub: Hub, table: Any) -> Any:
    with hub.database.read() as session:
        return session.scalars(select(table)).one()


def test_a_manager_asks_by_forms_and_sees_what_became_of_it(hub: Hub, browser: Browser) -> None:
    manager, asset = browser("content_manager"), own_asset(hub)
    assert "Nobody was asked yet" in manager.get("/rights").text
    page = manager.get(f"/rights/requests/new?asset={asset}")
    assert 'name="channels" value="email"' in page.text
    form = {**USES, "asset": asset, "email": "ana@example.org", "name": "Ana", "fee": "49,90", "currency": "eur"}
    answer = manager.post("/rights/requests", data=form)
    assert answer.status_code == 303
    row = only(hub, RightsRequest)
    assert (row.asked["fee_micros"], row.asked["currency"]) == (49_900_000, "EUR")
    assert manager.post(f"/rights/requests/{row.id}/send").status_code == 303
    yes(hub, link_in(work_off(hub)[-1]).rpartition("/")[2], channels=("email",))
    seen = manager.get(f"/rights/requests/{row.id}").text
    assert "They allowed less" in seen
    assert "ana@example.org" not in seen
    assert "@ana" in manager.get("/rights?state=granted").text
    assert allowed(hub, asset, "email") is False  # the fee comes first


def test_a_link_to_hand_on_is_shown_once(hub: Hub, browser: Browser) -> None:
    manager = browser("content_manager")
    manager.post("/rights/requests", data={**USES, "asset": own_asset(hub), "email": "ana@example.org"})
    path = f"/rights/requests/{only(hub, RightsRequest).id}"
    page = manager.post(f"{path}/link")
    assert "/r/" in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert "/r/" not in manager.get(path).text
    assert manager.post(f"{path}/withdraw").status_code == 303
    assert "Withdrawn" in manager.get(path).text


def test_a_form_that_is_wrong_says_what(hub: Hub, browser: Browser) -> None:
    manager, asset = browser("content_manager"), own_asset(hub)
    for change, words in (
        ({"channels": []}, "at least one"),
        ({"territories": "UK"}, "UK"),
        ({"months": "many"}, "whole number"),
        ({"fee": "NaN"}, "number such as"),
        ({"length": "until", "until": ""}, "how long"),
    ):
        answer = manager.post("/rights/requests", data={**USES, "asset": asset, **change})
        assert answer.status_code == 422, change
        assert words in answer.text


def test_an_answer_on_a_platform_comes_with_its_screenshot(hub: Hub, browser: Browser) -> None:
    manager, asset = browser("content_manager"), own_asset(hub)
    assert 'name="screenshot"' in manager.get(f"/rights/replies/new?asset={asset}").text
    form = {
        "asset": asset,
        "platform": "instagram",
        "post_url": "https://www.instagram.com/p/abc",
        "handle": "@ana",
        "keyword": "#yesBrand",
        "replied_at": "2026-01-02",
    }
    answer = manager.post("/rights/replies", **multipart(form, b"\x89PNG" + b"x" * 1_500_000))
    assert answer.status_code == 303, answer.text
    row = only(hub, RightsRequest)
    path = f"/rights/requests/{row.id}"
    assert "Invite to confirm" in manager.get(path).text
    assert manager.post(f"{path}/invite", data={"email": "ana@example.org"}).status_code == 303
    assert len(work_off(hub)) == 1
    assert manager.post(f"{path}/gone").status_code == 303
    with hub.database.read() as session:
        assert session.scalars(select(Grant.state)).all() == ["suspended"]


def test_an_answer_that_is_wrong_is_shown_again_as_it_was_typed(hub: Hub, browser: Browser) -> None:
    manager, asset = browser("content_manager"), own_asset(hub)
    form = {"asset": asset, "platform": "tiktok", "post_url": "https://t.example/1", "handle": "@ana", "text": "yes"}
    again = manager.post("/rights/replies", data={**form, "keyword": "#yes", "replied_at": "2026-01-02"})
    assert again.status_code == 422
    assert "it is no yes" in again.text
    for typed in ('value="@ana"', 'value="tiktok" selected', 'value="2026-01-02"', ">yes</textarea>", asset):
        assert typed in again.text
    script = manager.post("/rights/replies", data=form, headers={"HX-Request": "true"})
    assert (script.status_code, "<form" in script.text) == (422, False)


def test_a_person_is_added_released_and_shown_to_others_without_name_and_address(hub: Hub, browser: Browser) -> None:
    manager = browser("content_manager")
    fields = {"name": "Kim", "born": "2018-05-01", "guardian_name": "Pat", "guardian_email": "pat@example.org"}
    path = manager.post("/rights/persons", data=fields).headers["Location"]
    assert "Not of age" in manager.get(path).text
    assert "pat@example.org" in manager.get(path).text
    viewer = browser("viewer")
    for page in (viewer.get(path).text, viewer.get("/rights/persons").text):
        assert "Without a name" in page
        assert "Kim" not in page
        assert "pat@example.org" not in page
        assert "2018" not in page
    asset = asset_row(hub, creator="ana")
    clear(hub, asset)
    person = path.rpartition("/")[2]
    with hub.database.write() as session:
        licensing.answer(hub, session, SYSTEM, asset_id=asset, answers={"people": [person]})
    form = {**USES, "kind": "model_release", "subject": person, "signed_on": "2026-01-02"}
    multipart = {"content_type": "multipart/form-data"}
    child = manager.post("/rights/releases", data={**form, "signed_by_role": "person", "file": file()}, **multipart)
    assert child.status_code == 422
    signed = {**form, "signed_by_role": "guardian", "file": file()}
    assert manager.post("/rights/releases", data=signed, **multipart).status_code == 303
    assert allowed(hub, asset, "email")
    assert manager.post(path, data={"name": "Kim K.", "is_adult": "yes"}).status_code == 303
    assert "Kim K." in manager.get(path).text


def test_music_and_property_are_kept_with_their_licences(hub: Hub, browser: Browser) -> None:
    manager = browser("content_manager")
    multipart = {"content_type": "multipart/form-data"}
    assert manager.post("/rights/tracks", data={"title": "Song", "source": "licensed"}).status_code == 303
    assert manager.post("/rights/properties", data={"name": "Mural", "owner": "Mo"}).status_code == 303
    for kind, table, page in (("music_licence", Track, "tracks"), ("property_release", Property, "properties")):
        form = {**USES, "kind": kind, "subject": only(hub, table).id, "signed_on": "2026-01-02"}
        answer = manager.post("/rights/releases", data={**form, "signed_by_role": "owner", "file": file()}, **multipart)
        assert answer.headers["Location"] == f"/rights/{page}"
        assert "In force" in manager.get(f"/rights/{page}").text


def test_the_page_of_music_takes_a_file_and_says_what_became_of_it(hub: Hub, browser: Browser) -> None:
    manager = browser("content_manager")
    manager.post("/rights/tracks", data={"title": "Song", "source": "licensed"})
    path = f"/rights/tracks/{only(hub, Track).id}/file"
    multipart = {"content_type": "multipart/form-data"}

    def send(data: bytes) -> int:
        return int(manager.post(path, data={"file": (io.BytesIO(data), "song.wav")}, **multipart).status_code)

    assert send(tone()) == 303
    assert "Being measured" in manager.get("/rights/tracks").text
    finish(hub, [only(hub, TrackFile).job_id or 0])
    page = manager.get("/rights/tracks").text
    assert "Can be laid under videos" in page
    assert "0:00 · -" in page
    assert send(b"words, and no sound at all") == 415
    assert send(tone()[:2000]) == 303
    finish(hub, [only(hub, TrackFile).job_id or 0])
    assert "The end of the music is missing" in manager.get("/rights/tracks").text
    assert manager.post(path, data={}, **multipart).status_code == 422
    assert manager.post(f"{path}/remove").status_code == 303
    assert "song.wav" not in manager.get("/rights/tracks").text
    assert "Send the file" not in browser("viewer").get("/rights/tracks").text


def test_a_code_is_shown_once_to_those_who_may(hub: Hub, browser: Browser) -> None:
    manager = browser("content_manager")
    form = {
        "asset": asset_row(hub, creator="ana"),
        "platform": "tiktok",
        "post_id": "71",
        "code": "#very-secret",
        "duration_days": "30",
    }
    assert manager.post("/rights/codes", data=form).status_code == 303
    path = f"/rights/codes/{only(hub, PlatformCode).id}"
    assert "very-secret" not in manager.get("/rights/codes").text
    revealed = manager.post(f"{path}/reveal")
    assert "#very-secret" in revealed.text
    assert revealed.headers["Cache-Control"] == "no-store"
    viewer = browser("viewer")
    assert "Show" not in viewer.get("/rights/codes").text
    assert viewer.post(f"{path}/reveal").status_code == 403
    assert manager.post(f"{path}/revoked").status_code == 303
    assert "Taken back" in manager.get("/rights/codes").text


def test_a_partnership_is_kept_signed_and_ended_on_the_page_of_its_creator(hub: Hub, browser: Browser) -> None:
    manager = browser("content_manager")
    own_asset(hub)
    creator = only(hub, Creator).id
    with hub.database.write() as session:
        person = licensing.add_person(
            hub, session, SYSTEM, PersonData(name="Ana"), is_adult=True, creator_id=creator
        ).id
    assert "@ana" in manager.get("/creators").text
    path = f"/creators/{creator}"
    form = {
        "kind": "paid",
        "starts_on": "2026-01-01",
        "ends_on": "2099-12-31",
        "fee": "500",
        "currency": "EUR",
        "arrival": "answered",
        "people": "creator",
        "active": "1",
    }
    assert manager.post(f"{path}/partnerships", data=form).status_code == 303
    assert "Not signed" in manager.get(path).text
    row = only(hub, Partnership)
    assert row.arrival["answers"]["people"] == [person]
    contract = {**USES, "likeness": "1", "person": person, "file": file()}
    multipart = {"content_type": "multipart/form-data"}
    bad = {**contract, "file": file("x.pdf", b"<html>")}
    assert manager.post(f"/partnerships/{row.id}/contract", data=bad, **multipart).status_code == 422
    assert manager.post(f"/partnerships/{row.id}/contract", data=contract, **multipart).status_code == 303
    assert "what arrives is covered" in manager.get(path).text
    assert manager.post(f"/partnerships/{row.id}/end").status_code == 303
    assert "Ended" in manager.get(path).text


def test_templates_are_kept_in_versions(hub: Hub, browser: Browser) -> None:
    manager = browser("content_manager")
    assert "starter" in manager.get("/rights/templates").text
    form = {"name": "licence", "locale": "de", "subject": "Hallo", "message": "{link}", "terms": "{name}: {channels}"}
    assert manager.post("/rights/templates", data=form).status_code == 303
    assert "version 2" in manager.get("/rights/templates").text
    assert manager.post("/rights/templates", data={**form, "terms": "{secret}"}).status_code == 422


@pytest.mark.parametrize("role", ["designer", "viewer", "channel_team"])
def test_whoever_may_only_look_gets_no_buttons(hub: Hub, browser: Browser, role: str) -> None:
    with hub.database.write() as session:
        creator = creator_by_handle(hub, session, "ana").id
    person = browser(role)
    for path in ("/rights", "/rights/codes", "/rights/tracks", "/rights/properties", f"/creators/{creator}"):
        page = person.get(path)
        assert page.status_code == 200, path
        assert page.text.count("<form") == 1, path  # signing out
    assert person.get("/rights/requests/new").status_code == 403


def test_nothing_of_this_is_a_creators_to_see(hub: Hub, browser: Browser) -> None:
    someone = browser("creator")
    for path in ("/rights", "/rights/persons", "/rights/codes", "/creators", "/creators/crt_self"):
        assert someone.get(path).status_code == 403


def test_what_is_not_there_is_not_found(browser: Browser) -> None:
    manager = browser("content_manager")
    for path in ("/rights/requests/req_none", "/rights/persons/prs_none", "/creators/crt_none"):
        assert manager.get(path).status_code == 404
    for path in ("/rights/requests/x/send", "/rights/codes/x/reveal", "/partnerships/x/end"):
        assert manager.post(path).status_code == 404
