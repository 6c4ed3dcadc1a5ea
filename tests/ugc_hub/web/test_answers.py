"""The page of a request's link: what strangers can do with it, and what nobody can."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from sqlalchemy import select

from tests.ugc_hub.permissions.rows import SCOPE, asked, grants_of, link_in, own_asset, pass_days, work_off, yes
from tests.ugc_hub.rows import with_clock
from tests.ugc_hub.web.conftest import Person
from ugc_hub import licensing, permissions
from ugc_hub.accounts import SYSTEM
from ugc_hub.hub import Hub
from ugc_hub.models import Asset, Event, RightsRequest
from ugc_hub.web.app import create_app

HERE = {"Sec-Fetch-Site": "same-origin"}
FORM: dict[str, Any] = {
    "channels": SCOPE["channels"],
    "territories": SCOPE["territories"],
    "edits": SCOPE["edits"],
}


def sign(person: Person, token: str, **form: Any) -> Any:
    """Press the button on the first page, and then on the second with what it holds."""
    checked = person.post(f"/r/{token}/check", data={**FORM, **form}, headers=HERE)
    assert checked.status_code == 200
    return person.post(f"/r/{token}/agree", data={**hidden(checked.text), "name": "Ana", "agreed": "1"}, headers=HERE)


def hidden(page: str) -> dict[str, list[str]]:
    fields: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page):
        fields.setdefault(name, []).append(html.unescape(value))
    return fields


def state_of(hub: Hub, request_id: str) -> str:
    with hub.database.read() as session:
        return session.get_one(RightsRequest, request_id).state


def preview(hub: Hub, asset_id: str, data: bytes) -> None:
    hub.storage.put(f"previews/{asset_id}.jpg", data, content_type="image/jpeg")
    with hub.database.write() as session:
        plain = {"key": f"previews/{asset_id}.jpg", "media_type": "image/jpeg", "width": 80, "height": 60}
        session.get_one(Asset, asset_id).previews = {"preview": plain}


def test_a_stranger_reads_narrows_and_agrees(hub: Hub, stranger: Person) -> None:
    asset = own_asset(hub)
    request_id, token = asked(hub, asset)
    page = stranger.get(f"/r/{token}")
    assert page.status_code == 200
    assert "E-mails and newsletters" in page.text
    assert page.headers["Cache-Control"] == "no-store"
    assert page.headers["X-Robots-Tag"] == "noindex"
    checked = stranger.post(f"/r/{token}/check", data={**FORM, "channels": ["email"]}, headers=HERE)
    assert "E-mails and newsletters" in checked.text
    assert "Our website" not in checked.text
    assert re.search(r'name="agreed" value="1" required>', checked.text)
    assert "checked" not in checked.text
    assert sign(stranger, token, channels=["email"]).status_code == 303
    assert state_of(hub, request_id) == "granted"
    (grant,) = grants_of(hub, asset)
    assert grant.body["channels"] == ["email"]
    assert "Thank you" in stranger.get(f"/r/{token}").text


def test_the_page_speaks_the_language_of_the_request(hub: Hub, stranger: Person) -> None:
    _, token = asked(hub, own_asset(hub), locale="fr")
    page = stranger.get(f"/r/{token}").text
    assert '<html lang="fr"' in page
    assert "Dans quels pays" in page


@pytest.mark.parametrize(
    "form",
    [
        {"channels": ["email", "tv"]},
        {"territories": ["WORLD"]},
        {"edits": ["ai_training"]},
        {"exclusive": "1"},
        {"likeness": "1"},
    ],
)
def test_a_form_that_widens_the_request_keeps_nothing(hub: Hub, stranger: Person, form: dict[str, Any]) -> None:
    asset = own_asset(hub)
    request_id, token = asked(hub, asset)
    assert stranger.post(f"/r/{token}/check", data={**FORM, **form}, headers=HERE).status_code == 422
    fields = hidden(stranger.post(f"/r/{token}/check", data=FORM, headers=HERE).text)
    tampered = {**fields, **form, "name": "Eve", "agreed": "1"}
    assert stranger.post(f"/r/{token}/agree", data=tampered, headers=HERE).status_code == 422
    assert grants_of(hub, asset) == []
    assert state_of(hub, request_id) == "sent"


def test_a_form_that_narrows_after_the_text_was_shown_keeps_nothing(hub: Hub, stranger: Person) -> None:
    asset = own_asset(hub)
    _, token = asked(hub, asset)
    fields = hidden(stranger.post(f"/r/{token}/check", data=FORM, headers=HERE).text)
    tampered = {**fields, "channels": ["email"], "name": "Eve", "agreed": "1"}
    answer = stranger.post(f"/r/{token}/agree", data=tampered, headers=HERE)
    assert answer.status_code == 409
    assert "not the one you saw" in answer.text
    assert grants_of(hub, asset) == []


@pytest.mark.parametrize("form", [{"name": ""}, {"agreed": ""}, {"agreed": "0"}, {"text_sha256": ""}])
def test_what_is_missing_is_asked_for_again(hub: Hub, stranger: Person, form: dict[str, str]) -> None:
    asset = own_asset(hub)
    _, token = asked(hub, asset)
    fields = hidden(stranger.post(f"/r/{token}/check", data=FORM, headers=HERE).text)
    whole = {**fields, "name": "Ana", "agreed": "1", **form}
    answer = stranger.post(f"/r/{token}/agree", data=whole, headers=HERE)
    assert answer.status_code in {409, 422}
    assert 'role="alert"' in answer.text
    assert grants_of(hub, asset) == []


def test_nothing_is_answered_twice(hub: Hub, stranger: Person) -> None:
    asset = own_asset(hub)
    _, token = asked(hub, asset)
    fields = hidden(stranger.post(f"/r/{token}/check", data=FORM, headers=HERE).text)
    whole = {**fields, "name": "Ana", "agreed": "1"}
    assert stranger.post(f"/r/{token}/agree", data=whole, headers=HERE).status_code == 303
    for path, data in (("agree", whole), ("decline", {"words": "no"}), ("check", FORM)):
        assert stranger.post(f"/r/{token}/{path}", data=data, headers=HERE).status_code == 409, path
    assert len(grants_of(hub, asset)) == 1


def test_a_no_is_kept_with_its_words(hub: Hub, stranger: Person) -> None:
    request_id, token = asked(hub, own_asset(hub))
    assert stranger.post(f"/r/{token}/decline", data={"words": "<b>no</b>"}, headers=HERE).status_code == 303
    assert state_of(hub, request_id) == "declined"
    assert "You declined" in stranger.get(f"/r/{token}").text


def test_an_expired_link_says_so_and_does_nothing(hub: Hub) -> None:
    hub, clock = with_clock(hub)
    stranger = Person(create_app(hub).test_client(), "", {})
    asset = own_asset(hub)
    _, token = asked(hub, asset)
    _, german = asked(hub, own_asset(hub), locale="de")
    fields = hidden(stranger.post(f"/r/{token}/check", data=FORM, headers=HERE).text)
    pass_days(clock, 22)
    over = stranger.get(f"/r/{german}").text
    assert "Die Zeit für eine Antwort ist vorbei." in over
    assert '<html lang="de"' in over
    for method, path in (("GET", ""), ("POST", "/check"), ("POST", "/agree"), ("POST", "/decline")):
        data = {**fields, "name": "Ana", "agreed": "1"} if method == "POST" else None
        answer = stranger.ask(method, f"/r/{token}{path}", data=data, headers=HERE)
        assert answer.status_code == 410
        assert "does not work any more" in answer.text
    assert grants_of(hub, asset) == []


def test_a_link_that_nobody_made_leads_nowhere(stranger: Person) -> None:
    for token in ("x", "a" * 22, "%00", "a" * 3000):
        answer = stranger.get(f"/r/{token}")
        assert answer.status_code == 404
        assert stranger.post(f"/r/{token}/agree", data={}, headers=HERE).status_code == 404


def test_another_site_can_press_no_button(hub: Hub, stranger: Person) -> None:
    request_id, token = asked(hub, own_asset(hub))
    fields = hidden(stranger.post(f"/r/{token}/check", data=FORM, headers=HERE).text)
    whole = {**fields, "name": "Ana", "agreed": "1"}
    for headers in ({}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        for path in ("agree", "decline", "check"):
            assert stranger.post(f"/r/{token}/{path}", data=whole, headers=headers).status_code == 403
    assert state_of(hub, request_id) == "sent"


def test_looking_at_a_link_answers_nothing(hub: Hub, stranger: Person) -> None:
    request_id, token = asked(hub, own_asset(hub))
    for path in ("", "/pictures/0"):
        stranger.get(f"/r/{token}{path}")
        stranger.ask("HEAD", f"/r/{token}{path}")
    assert stranger.get(f"/r/{token}/agree").status_code == 405
    assert state_of(hub, request_id) == "sent"


def test_a_link_shows_its_own_pictures_as_previews_and_no_other(hub: Hub, stranger: Person) -> None:
    mine, other = own_asset(hub), own_asset(hub, "ben")
    preview(hub, mine, b"mine")
    preview(hub, other, b"other")
    _, token = asked(hub, mine)
    asked(hub, other, email="ben@example.org")
    assert stranger.get(f"/r/{token}/pictures/0").data == b"mine"
    for path in ("pictures/1", "pictures/-1", f"pictures/{other}"):
        assert stranger.get(f"/r/{token}/{path}").status_code == 404
    assert stranger.get(f"/api/v1/assets/{mine}/original").status_code == 401


def test_pictures_are_shown_by_a_link_only_while_it_waits_for_an_answer(hub: Hub) -> None:
    hub, clock = with_clock(hub)
    stranger = Person(create_app(hub).test_client(), "", {})
    asset = own_asset(hub)
    preview(hub, asset, b"mine")
    (_, answered), (_, late), (taken_back, over) = asked(hub, asset), asked(hub, asset), asked(hub, asset)
    for token in (answered, late, over):
        shown = stranger.get(f"/r/{token}/pictures/0")
        assert (shown.status_code, shown.headers["Cache-Control"]) == (200, "private, no-store")
    sign(stranger, answered)
    receipt = link_in(work_off(hub)[-1]).rpartition("/")[2]
    permissions.take_back(hub, SYSTEM, taken_back)
    for token in (answered, receipt, over):
        assert stranger.get(f"/r/{token}/pictures/0").status_code == 410
        assert "/pictures/" not in stranger.get(f"/r/{token}").text
    pass_days(clock, 400)
    assert stranger.get(f"/r/{late}/pictures/0").status_code == 410


@pytest.mark.parametrize("status", ["hold", "taken_down"])
@pytest.mark.parametrize("legal", [False, True])
def test_pictures_that_are_closed_are_shown_by_no_link(hub: Hub, stranger: Person, status: str, legal: bool) -> None:
    asset = own_asset(hub)
    preview(hub, asset, b"mine")
    _, token = asked(hub, asset)
    with hub.database.write() as session:
        licensing.set_status(hub, session, SYSTEM, asset_id=asset, status=status, note="x", legal_order=legal)
    page = stranger.get(f"/r/{token}").text
    assert "File 1 of 1: it cannot be shown at the moment" in page
    assert "/pictures/" not in page, "a picture that is refused looks broken"
    answer = stranger.get(f"/r/{token}/pictures/0")
    assert answer.status_code == (451 if legal else 410)
    assert b"mine" not in answer.data


def test_the_receipt_takes_back_what_was_allowed(hub: Hub, stranger: Person) -> None:
    request_id, token = asked(hub, own_asset(hub), scope={**SCOPE, "notice_days": 0})
    sign(stranger, token)
    receipt = link_in(work_off(hub)[-1]).rpartition("/")[2]
    older = stranger.get(f"/r/{receipt}")
    assert (older.status_code, older.headers["Location"]) == (303, f"/w/{receipt}"), "as older mails say"
    page = stranger.get(f"/w/{receipt}").text
    assert "Ends at once." in page
    assert "Take it back" in page
    assert "Take it back" not in stranger.get(f"/r/{token}").text
    assert stranger.get(f"/w/{token}").status_code == 404
    assert stranger.post(f"/r/{receipt}/agree", data={}, headers=HERE).status_code in {409, 422}
    nothing = stranger.post(f"/w/{receipt}", data={"words": "a tired pony"}, headers=HERE)
    assert (nothing.status_code, "Choose what you take back." in nothing.text) == (422, True)
    assert "a tired pony" in nothing.text, "what was typed stays"
    data = {"layer": "copyright", "words": "enough"}
    assert stranger.post(f"/w/{receipt}", data=data, headers=HERE).status_code == 303
    assert state_of(hub, request_id) == "withdrawn"
    for path in (f"/w/{receipt}", f"/r/{token}"):
        assert "You took it back" in stranger.get(path).text
    assert stranger.post(f"/w/{receipt}", data=data, headers=HERE).status_code == 409


def test_a_part_of_what_was_allowed_is_taken_back_in_the_language_of_the_request(hub: Hub, stranger: Person) -> None:
    request_id, token = asked(hub, own_asset(hub), locale="de", scope={**SCOPE, "likeness": True})
    yes(hub, token)
    receipt = link_in(work_off(hub)[-1]).rpartition("/")[2]
    page = stranger.get(f"/w/{receipt}").text
    assert "Darin zu sehen und zu hören sein" in page
    assert page.count("Endet sofort.") == page.count("nach der Frist, der du zugestimmt hast.") == 1
    assert stranger.post(f"/w/{receipt}", data={"layer": "likeness"}, headers=HERE).status_code == 303
    assert state_of(hub, request_id) == "granted"
    left = stranger.get(f"/w/{receipt}").text
    assert "Wir haben festgehalten" in left
    assert "Die Inhalte nutzen" in left
    assert "Darin zu sehen" not in left
    assert stranger.post(f"/w/{receipt}", data={"layer": "copyright"}, headers=HERE).status_code == 303
    assert state_of(hub, request_id) == "withdrawn"
    said = [one["Subject"] for one in work_off(hub)]
    assert said.count("Was du zurückgenommen hast") == 2


def test_a_link_that_was_taken_back_by_the_brand_is_over(hub: Hub, stranger: Person) -> None:
    request_id, token = asked(hub, own_asset(hub))
    permissions.take_back(hub, SYSTEM, request_id)
    assert stranger.get(f"/r/{token}").status_code == 410


def test_what_was_typed_into_a_request_stays_text(hub: Hub, stranger: Person) -> None:
    hostile = "<script>alert(1)</script>{{ 7*7 }}"
    _, token = asked(hub, own_asset(hub), name=hostile, scope={**SCOPE, "products": [hostile]})
    for page in (
        stranger.get(f"/r/{token}").text,
        stranger.post(f"/r/{token}/check", data=FORM, headers=HERE).text,
    ):
        assert "<script>alert" not in page
        assert "{{ 7*7 }}" in html.unescape(page)


def test_the_log_of_events_holds_no_token_and_no_address(hub: Hub, stranger: Person) -> None:
    _, token = asked(hub, own_asset(hub))
    sign(stranger, token)
    with hub.database.read() as session:
        said = " ".join(str(body) for body in session.scalars(select(Event.body)))
    assert token not in said
    assert "ana@example.org" not in said
    assert "127.0.0.1" not in said
