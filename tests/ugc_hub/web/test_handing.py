"""Handing in over the web: without an account, without scripts, and against those who mean harm."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from apiflask import APIFlask
from sqlalchemy import select

from tests.pictures import jpeg
from tests.ugc_hub.submissions.acts import ANA, ANSWERS, begun, give, handed_in, link_token
from tests.ugc_hub.web.conftest import Person
from ugc_hub import licensing, submissions
from ugc_hub.accounts import SYSTEM
from ugc_hub.hub import Hub
from ugc_hub.licensing import documents
from ugc_hub.models import AssetRights, ConsentRecord
from ugc_hub.submissions import NewLink, sign
from ugc_hub.web.context import EXTENSION

OURS = {"Sec-Fetch-Site": "same-origin"}
WHO = {"name": ANA.name, "handle": ANA.handle, "email": ANA.email}


def filled(page: str, **more: str) -> dict[str, Any]:
    """The form of a page as somebody fills it in."""
    found = re.search(r'name="terms" value="([^"]+)"', page)
    assert found is not None
    return {**ANSWERS, "terms": found[1], "signed_name": "Ana Lima", "agree": "1", **more}


def send(person: Person, path: str, data: bytes, name: str = "a.jpg") -> Any:
    return person.post(f"{path}?filename={name}", data=data, headers=OURS, content_type="application/octet-stream")


def test_a_stranger_hands_in_and_withdraws_without_scripts(hub: Hub, stranger: Person) -> None:
    token = link_token(hub)
    assert "Who are you?" in stranger.get(f"/s/{token}").get_data(as_text=True)
    begun_at = stranger.post(f"/s/{token}", data=WHO, headers=OURS)
    assert begun_at.status_code == 303
    path = begun_at.headers["Location"]
    form_token = path.rsplit("/", 1)[1]
    files = [(io.BytesIO(jpeg(300, 400, seed)), f"{seed}.jpg") for seed in (1, 2)]
    sent = stranger.post(f"{path}/files", data={"files": files}, headers=OURS, content_type="multipart/form-data")
    assert sent.status_code == 303
    for one in submissions.files_of(hub, form_token):
        give(hub, form_token, jpeg(300, 400, int(one.name[0])), one.name)
    page = stranger.get(path).get_data(as_text=True)
    half = stranger.post(path, data=filled(page, music="present", agree=""), headers=OURS)
    assert half.status_code == 422
    words = half.get_data(as_text=True)
    assert "Say which music it is." in words
    assert "Tick the box" in words
    assert re.search(r'name="compensation" value="gifted" checked', words)
    assert not re.search(r'name="agree" value="1"[^>]*checked', words)
    done = stranger.post(path, data=filled(page), headers=OURS)
    assert done.status_code == 303
    assert "It is handed in" in stranger.get(path).get_data(as_text=True)
    submission = "sub_" + form_token.partition(".")[0]
    with hub.database.read() as session:
        record = submissions.forms.own_consent(session, submission).id
    end = f"/w/{sign(hub, 'withdraw', record)}"
    assert stranger.get(end).get_data(as_text=True).count(" checked>") == 2
    assert stranger.post(end, data={"layer": ["likeness", "copyright"]}, headers=OURS).status_code == 303
    assert "We have kept what you took back" in stranger.get(end).get_data(as_text=True)


def test_an_empty_form_says_what_is_asked_for(hub: Hub, stranger: Person) -> None:
    page = stranger.post(f"/s/{link_token(hub)}", data={}, headers=OURS)
    assert page.status_code == 422
    assert "Write an e-mail address." in page.text
    assert "&#39;&#39;" not in page.text


@pytest.mark.req("R77")
def test_a_link_gives_no_read_access(hub: Hub, stranger: Person) -> None:
    token = begun(hub)
    asset = give(hub, token)
    secret = {"Authorization": f"Bearer {token}"}
    for path in (f"/assets/{asset}", f"/api/v1/assets/{asset}", f"/api/v1/assets/{asset}/original", "/submissions"):
        assert stranger.get(path).status_code in (302, 401)
        assert stranger.get(path, headers=secret).status_code in (302, 401)
    page = stranger.get(f"/h/{token}").get_data(as_text=True)
    assert "/api/" not in page
    assert "previews" not in page


@pytest.mark.req("R77")
def test_a_link_that_ended_is_used_up_or_was_never_made_says_so(hub: Hub, stranger: Person) -> None:
    made = submissions.make_link(hub, SYSTEM, NewLink(most_files=1))
    form = submissions.begin(hub, made.url.rsplit("/", 1)[1], ANA)
    assert send(stranger, f"/h/{form}/files", jpeg(80, 60, 1)).status_code == 200
    full = send(stranger, f"/h/{form}/files", jpeg(80, 60, 2))
    assert (full.status_code, "takes no more files" in full.get_data(as_text=True)) == (429, True)
    submissions.revoke_link(hub, SYSTEM, made.id)
    for path in (made.url.removeprefix(hub.settings.address), f"/h/{form}"):
        ended = stranger.get(path)
        assert (ended.status_code, "This link has ended" in ended.get_data(as_text=True)) == (410, True)
    for path in ("/s/x", "/h/x", "/h/x.y", "/g/x", "/w/x", "/c/x", f"/c/{form}", f"/w/{form}", f"/g/{form}"):
        assert stranger.get(path).status_code == 404, path


def test_what_is_sent_twice_is_handed_in_once_and_says_so(hub: Hub, stranger: Person) -> None:
    form = begun(hub)
    kept = give(hub, form, jpeg(300, 400, 1), "1.jpg")
    page = stranger.get(f"/h/{form}").get_data(as_text=True)
    answers = [stranger.post(f"/h/{form}", data=filled(page), headers=OURS) for _ in range(2)]
    change = stranger.post(f"/h/{form}/files/{kept}", data={"action": "take_out"}, headers=OURS)
    for answer in (*answers, change):
        assert (answer.status_code, answer.headers["Location"].partition("#")[0]) == (303, f"/h/{form}")
    assert "It is handed in" in stranger.get(f"/h/{form}").get_data(as_text=True)
    assert len(submissions.files_of(hub, form)) == 1


def test_who_has_a_link_alone_reads_whose_page_it_is_and_is_sent_to_no_library(
    app: APIFlask, hub: Hub, stranger: Person, browser: Callable[[str], Person]
) -> None:
    path, wrong = f"/s/{link_token(hub)}", "/s/x"
    assert "UGC Hub</span>" in stranger.get(path).get_data(as_text=True)
    assert "To the library" in browser("viewer").get(wrong).get_data(as_text=True)
    settings = replace(hub.settings, brand_name="Nordlicht")
    app.extensions[EXTENSION] = replace(hub, settings=settings)
    for address in (path, wrong):
        page = stranger.get(address).get_data(as_text=True)
        assert "<span>Nordlicht</span>" in page, address
        assert "To the library" not in page, address
    assert "Nordlicht</title>" in stranger.get(path).get_data(as_text=True)


def test_a_form_is_no_way_to_the_files_of_another(hub: Hub, stranger: Person) -> None:
    mine, other = begun(hub), begun(hub)
    asset = give(hub, other)
    answer = stranger.post(f"/h/{mine}/files/{asset}", data={"action": "take_out"}, headers=OURS)
    assert answer.status_code == 404
    assert len(submissions.files_of(hub, other)) == 1


def test_another_site_cannot_act_by_a_link(hub: Hub, stranger: Person, browser: Callable[[str], Person]) -> None:
    form = begun(hub)
    for path in (f"/s/{link_token(hub)}", f"/h/{form}", f"/h/{form}/files", f"/c/{form}", f"/g/{form}", f"/w/{form}"):
        for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {}):
            assert stranger.post(path, data=WHO, headers=headers).status_code == 403, path
    manager = browser("content_manager")
    for path in ("/submissions/links", "/submissions/terms", "/submissions/briefs", "/submissions/sub_0"):
        answer = manager.client.post(path, data={"label": "x"}, headers=OURS)
        assert answer.status_code == 403, path


def test_a_form_asks_once_for_all_files_and_lets_one_differ(hub: Hub, stranger: Person) -> None:
    form = begun(hub)
    give(hub, form)
    assert "Does one of your files differ?" not in stranger.get(f"/h/{form}").text, "there is only one"
    second = give(hub, form, jpeg(1200, 1600, 8), "night.jpg")
    page = stranger.get(f"/h/{form}").text
    assert "18 more files can be sent" in stranger.get(f"/h/{form}/files").text
    assert "18 more files can be sent" in page
    wrong = stranger.post(f"/h/{form}", data=filled(page, **{f"file-{second}-music": "present"}), headers=OURS)
    assert (wrong.status_code, "Say which music it is." in wrong.text) == (422, True)
    assert re.search(r"<details open><summary>Does one", wrong.text)
    named = {f"file-{second}-music": "present", f"file-{second}-music_title": "A song"}
    assert stranger.post(f"/h/{form}", data=filled(wrong.text, **named), headers=OURS).status_code == 303
    with hub.database.read() as session:
        assert session.get_one(AssetRights, second).music == "present"


def test_browsers_that_send_no_fetch_metadata_hand_in_too(hub: Hub, stranger: Person) -> None:
    for headers in ({"Origin": hub.settings.address}, {"Referer": f"{hub.settings.address}/"}):
        answer = stranger.post(f"/s/{link_token(hub)}", data=WHO, headers=headers, base_url=hub.settings.address)
        assert answer.status_code == 303, headers
    foreign = {"Referer": f"https://evil.example/?{hub.settings.address}"}
    assert stranger.post(f"/s/{link_token(hub)}", data=WHO, headers=foreign).status_code == 403


def test_whoever_is_signed_in_may_use_a_link_as_well(hub: Hub, browser: Callable[[str], Person]) -> None:
    viewer = browser("viewer")
    answer = viewer.client.post(f"/s/{link_token(hub)}", data=WHO, headers=OURS)
    assert answer.status_code == 303


def test_what_is_too_large_or_no_picture_is_refused_in_words(hub: Hub, stranger: Person) -> None:
    form = begun(hub)
    page = send(stranger, f"/h/{form}/files", b"<!doctype html><script>alert(1)</script>", "x.jpg")
    assert (page.status_code, "web page" in page.get_data(as_text=True)) == (415, True)
    huge = {"CONTENT_LENGTH": str(10**13), "CONTENT_TYPE": "application/octet-stream"}
    answer = stranger.post(f"/h/{form}/files?filename=x", headers=OURS, environ_overrides=huge)
    assert answer.status_code == 413
    assert submissions.see(hub, form).files_left == 20


def test_without_scripts_every_file_that_is_not_taken_is_told(hub: Hub, stranger: Person) -> None:
    form = begun(hub)
    files = [(io.BytesIO(b"%PDF-1.7"), "one.pdf"), (io.BytesIO(jpeg()), "good.jpg"), (io.BytesIO(b""), "two.jpg")]
    page = stranger.post(f"/h/{form}/files", data={"files": files}, headers=OURS, content_type="multipart/form-data")
    told = page.get_data(as_text=True)
    assert (page.status_code, "one.pdf: " in told, "two.jpg: " in told) == (422, True, True)
    assert [one.name for one in submissions.files_of(hub, form)] == ["good.jpg"]


def test_names_stay_text_on_every_page(hub: Hub, stranger: Person, browser: Callable[[str], Person]) -> None:
    hostile = "<script>alert(1)<b>"
    handle, campaign = "<b>ana</b>'\"", '"><img src=x>'
    token = link_token(hub, label=hostile, campaign=campaign)
    begun_at = stranger.post(f"/s/{token}", data={**WHO, "name": "<b>Ana", "handle": handle}, headers=OURS)
    path = begun_at.headers["Location"]
    form = path.rsplit("/", 1)[1]
    give(hub, form, name=f"{hostile}.jpg")
    page = stranger.get(path).get_data(as_text=True)
    stranger.post(path, data=filled(page, belongings="some", property_what=hostile), headers=OURS)
    manager = browser("content_manager")
    pages = [stranger.get(path), stranger.get(f"/s/{token}")]
    pages += [manager.get(one) for one in ("/submissions", "/submissions/links", "/submissions/briefs")]
    for answer in pages:
        html = answer.get_data(as_text=True)
        assert answer.status_code == 200
        assert "<script>alert" not in html
        assert "<img src=x>" not in html
        assert "<b>" not in html
    assert "&lt;script&gt;alert(1)" in manager.get("/submissions").get_data(as_text=True)


def test_pages_with_secrets_are_not_kept_and_not_told_to_others(hub: Hub, stranger: Person) -> None:
    for path in (f"/s/{link_token(hub)}", f"/h/{begun(hub)}"):
        headers = stranger.get(path).headers
        assert headers["Cache-Control"] == "no-store"
        assert headers["Referrer-Policy"] == "strict-origin", "under no-referrer a form says Origin: null"
        assert "unsafe" not in headers["Content-Security-Policy"]


def test_a_mailed_link_does_nothing_by_being_looked_at(hub: Hub, stranger: Person) -> None:
    form = begun(hub)
    submission = "sub_" + form.partition(".")[0]
    confirm = f"/c/{sign(hub, 'confirm', submission)}"
    stranger.get(confirm)
    assert not submissions.see(hub, form).verified
    assert stranger.post(confirm, headers=OURS).headers["Location"].endswith(f"/h/{form}")
    assert submissions.see(hub, form).verified


def test_one_network_cannot_begin_without_end(hub: Hub, stranger: Person) -> None:
    token = link_token(hub)
    told = [stranger.post(f"/s/{token}", data=WHO, headers=OURS).status_code for _ in range(21)]
    assert told == [303] * 20 + [429]


def test_managers_make_list_and_revoke_links_write_briefs_and_terms(hub: Hub, browser: Callable[[str], Person]) -> None:
    manager = browser("content_manager")
    made = manager.post("/submissions/links", data={"label": "Ana", "creator": "@ana", "days": "5", "most_files": "3"})
    assert f"{hub.settings.address}/s/" in made.get_data(as_text=True)
    assert f"{hub.settings.address}/s/" not in manager.get("/submissions/links").get_data(as_text=True)
    link = submissions.list_links(hub, SYSTEM)[0]
    assert (link.creator, link.most_files) == ("ana", 3)
    assert manager.post("/submissions/links", data={"days": "many", "most_files": "3"}).status_code == 422
    manager.post(f"/submissions/links/{link.id}/revoke")
    assert submissions.list_links(hub, SYSTEM)[0].state == "revoked"
    brief = {"campaign": "Spring", "kind": ["image"], "orientation": "portrait", "sound": "any", "max_mb": "20"}
    assert manager.post("/submissions/briefs", data={**brief, "deadline": "2031-05-01"}).status_code == 303
    kept = submissions.list_briefs(hub, SYSTEM)[0].brief
    assert (kept.kinds, kept.max_bytes, kept.orientation) == (("image",), 20_000_000, "portrait")
    assert manager.post("/submissions/briefs", data={**brief, "kind": []}).status_code == 422
    words = {"title": "Ours", "text": "New words.", "territories": "DE, AT", "revocable": "any_time"}
    assert manager.post("/submissions/terms", data={**words, "channel": ["email"]}).status_code == 303
    assert "Ours, version 2" in manager.get("/submissions/terms").get_data(as_text=True)
    wrong = manager.post("/submissions/terms", data=words)
    assert (wrong.status_code, "New words." in wrong.get_data(as_text=True)) == (422, True)


def test_a_brief_that_is_kept_again_by_its_form_stays_what_it_was(hub: Hub, browser: Callable[[str], Person]) -> None:
    scope = documents.Scope(channels=("email",))
    terms = documents.write_terms(hub, SYSTEM, documents.Wording("Theirs", "Words.", scope)).terms_id
    brief = submissions.Brief("Go.", min_duration_s=2.5, max_duration_s=90, max_bytes=750_500)
    submissions.save_brief(hub, SYSTEM, "Spring", brief=brief, terms_id=terms)
    manager = browser("content_manager")
    page = manager.get("/submissions/briefs?campaign=Spring").text
    form = dict(re.findall(r'name="(min_duration_s|max_duration_s|max_mb)"[^>]* value="([^"]+)"', page))
    kinds = {"kind": ["image", "animation", "video"], "may_override": list(brief.may_override)}
    sent = {**form, **kinds, "campaign": "Spring", "words": "Go.", "orientation": "any", "sound": "any"}
    assert manager.post("/submissions/briefs", data=sent).status_code == 303
    kept = submissions.list_briefs(hub, SYSTEM)[0]
    assert (kept.brief, kept.terms_id) == (brief, terms)
    assert manager.post("/submissions/briefs", data={**sent, "max_mb": "-1"}).status_code == 422
    manager.ask("PUT", "/api/v1/campaigns/Spring/brief", json={"brief": {}})
    assert submissions.list_briefs(hub, SYSTEM)[0].terms_id == terms
    manager.ask("PUT", "/api/v1/campaigns/Spring/brief", json={"brief": {}, "terms_id": None})
    assert submissions.list_briefs(hub, SYSTEM)[0].terms_id is None


def test_programs_do_the_same(hub: Hub, program: Callable[..., Person]) -> None:
    manager = program("content_manager")
    made = manager.post("/api/v1/submission-links", json={"label": "a"})
    assert made.status_code == 201
    listed = manager.get("/api/v1/submission-links").json
    assert listed is not None
    assert [(one["id"], one["url"]) for one in listed["items"]] == [(made.json["id"], "")]  # type: ignore[index]
    form = submissions.begin(hub, made.json["url"].rsplit("/", 1)[1], ANA)  # type: ignore[index]
    asset = give(hub, form)
    terms = manager.get("/api/v1/terms").json
    assert terms is not None
    signed = submissions.Signed("Ana Lima", True, terms["id"])
    submission = submissions.hand_in(hub, form, ANSWERS, signed)
    found = manager.get("/api/v1/submissions").json
    assert found is not None
    assert [file["asset_id"] for one in found["items"] for file in one["files"]] == [asset]
    decided = manager.post(f"/api/v1/submissions/{submission}/decision", json={"decision": "approve"})
    assert decided.json["state"] == "approved"  # type: ignore[index]
    again = manager.post(f"/api/v1/submissions/{submission}/decision", json={"decision": "decline"})
    assert again.status_code == 409
    put = manager.ask("PUT", "/api/v1/campaigns/Spring/brief", json={"brief": {"orientation": "portrait"}})
    assert put.status_code == 200
    assert manager.get("/api/v1/campaigns/Spring/brief").json["brief"]["orientation"] == "portrait"  # type: ignore[index]
    scope = {"channels": ["email"], "months": 12}
    kept = manager.post("/api/v1/terms", json={"title": "Ours", "text": "Words.", "scope": scope})
    assert (kept.status_code, kept.json.get("number")) == (201, 2), kept.json  # type: ignore[union-attr]
    assert manager.ask("DELETE", f"/api/v1/submission-links/{made.json['id']}").status_code == 204  # type: ignore[index]


def test_creators_who_sign_in_are_asked_the_same(hub: Hub, browser: Callable[[str], Person]) -> None:
    creator = browser("creator")
    assert creator.get("/upload").headers["Location"] == "/hand-in"
    form = creator.post("/hand-in", data={"csrf": creator.csrf}).headers["Location"]
    page = creator.get(form).get_data(as_text=True)
    assert "What you agree to" in page
    assert "confirmed" in page


@pytest.mark.parametrize("of_age", ["yes", "no"])
def test_a_guardian_reads_who_is_named_and_sees_no_broken_picture(hub: Hub, stranger: Person, of_age: str) -> None:
    token = begun(hub)
    asset = give(hub, token)
    guardian = {"guardian_name": "Pat", "guardian_email": "pat@example.org"}
    child = {"name": "Kim", "is_adult": "no", **guardian}
    asked = {"of_age": "no", **guardian} if of_age == "no" else {"people": "others", "others": [child]}
    submission = handed_in(hub, token, **asked)
    with hub.database.read() as session:
        wanted = select(ConsentRecord).where(ConsentRecord.submission_id == submission)
        record = session.scalars(wanted.where(ConsentRecord.role == "guardian")).one()
    path = f"/g/{sign(hub, 'guardian', record.id)}"
    page = stranger.get(path).text
    assert "you are named" not in page
    assert (f"{ANA.handle.lower()} is named as the creator" in page) == (of_age == "no"), (
        "being shown in it names nobody"
    )
    assert "/pictures/0" in page
    with hub.database.write() as session:
        licensing.set_status(hub, session, SYSTEM, asset_id=asset, status="hold", note="x")
    page = stranger.get(path).text
    assert "File 1 of 1 cannot be shown at the moment." in page
    assert "/pictures/" not in page


def test_a_handle_is_proven_on_the_pages_by_a_code_that_only_the_form_shows(
    hub: Hub, stranger: Person, browser: Callable[[str], Person]
) -> None:
    token = begun(hub)
    give(hub, token)
    submission = handed_in(hub, token)
    shown = re.search(r"[A-Z2-7]{4}-[A-Z2-7]{4}", stranger.get(f"/h/{token}").text)
    assert shown is not None
    manager = browser("content_manager")
    queue = manager.get("/submissions").text
    assert f"Prove that @{ANA.handle.lower().removeprefix('@')} is theirs" in queue
    assert shown[0] not in queue
    path, said = f"/submissions/{submission}/handle", {"platform": "instagram", "method": "dm_code"}
    wrong = manager.post(path, data={**said, "code": "AAAA-AAAA"})
    assert (wrong.status_code, "This is not the code of this submission" in wrong.text) == (422, True)
    assert manager.post(path, data={**said, "code": shown[0]}).status_code == 303
    assert "is theirs" not in manager.get("/submissions").text
    assert shown[0] not in stranger.get(f"/h/{token}").text
