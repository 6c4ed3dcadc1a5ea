"""The form for takedowns, the list of claims, erasing and exporting: who may, and what strangers can do."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tests.ugc_hub.licensing.copies import usage_row
from tests.ugc_hub.licensing.rows import clear
from tests.ugc_hub.rows import asset_row
from tests.ugc_hub.web.conftest import Person
from ugc_hub import licensing
from ugc_hub.accounts import SYSTEM
from ugc_hub.creators import the_creator
from ugc_hub.hub import Hub
from ugc_hub.jobs.local import finish
from ugc_hub.licensing import Use
from ugc_hub.models import Asset
from workers.queue.jobs import find
from workers.queue.shapes import Query

SAME = {"Sec-Fetch-Site": "same-origin"}
SAID = {
    "ground": "shows_me",
    "name": "Kim <script>",
    "email": "kim@example.org",
    "where": "your shop",
    "words": "<b>Please</b> take it down.",
}


def test_a_stranger_asks_for_a_takedown_and_legal_decides(
    hub: Hub, stranger: Person, browser: Callable[[str], Person]
) -> None:
    asset = asset_row(hub)
    assert "Ask for a takedown" in stranger.get("/takedown?where=here").get_data(as_text=True)
    answer = stranger.client.post("/takedown", data=SAID, headers=SAME)
    assert "We have received your request" in answer.get_data(as_text=True)
    (claim,) = licensing.list_claims(hub, SYSTEM)
    legal = browser("legal")
    page = legal.get("/claims").get_data(as_text=True)
    assert "Kim &lt;script&gt;" in page
    assert "<b>Please</b>" not in page
    for data in ({"decision": "hold", "note": "x"}, {"decision": "hold", "note": "x", "asset_id": asset}):
        moved = legal.post(f"/claims/{claim.id}", data={**data, "csrf": legal.csrf})
        assert moved.status_code == 303
    assert "Dismiss after all" in legal.get("/claims").get_data(as_text=True)
    again = {"decision": "release", "note": "Not theirs", "csrf": legal.csrf}
    assert legal.post(f"/claims/{claim.id}", data=again).status_code == 303
    page = legal.get("/claims").get_data(as_text=True)
    assert "dismissed</span>" in page
    assert "Dismiss after all" not in page


def test_what_was_typed_stays_where_a_part_is_wrong(stranger: Person) -> None:
    answer = stranger.client.post("/takedown", data={**SAID, "email": "nobody"}, headers=SAME)
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert "not an e-mail address" in page
    assert "your shop" in page
    assert 'aria-invalid="true"' in page


def test_erasing_is_decided_on_the_page_and_only_by_whoever_says_that_it_is_for_good(
    hub: Hub, stranger: Person, browser: Callable[[str], Person]
) -> None:
    asset = asset_row(hub)
    hub.storage.put(f"originals/{_row(hub, asset).sha256}", b"picture")
    stranger.client.post("/takedown", data={**SAID, "where": f"{hub.settings.address}/assets/{asset}"}, headers=SAME)
    (claim,) = licensing.list_claims(hub, SYSTEM)
    legal = browser("legal")
    decided = {"decision": "erase", "note": "She is right", "csrf": legal.csrf}
    moved = legal.post(f"/claims/{claim.id}", data=decided)
    assert "Nothing was erased." in legal.get(moved.headers["Location"]).get_data(as_text=True)
    assert (_row(hub, asset).status, licensing.list_claims(hub, SYSTEM)[0].state) == ("ready", "open")
    assert legal.post(f"/claims/{claim.id}", data={**decided, "sure": "1"}).headers["Location"] == "/claims"
    assert (_row(hub, asset).status, licensing.list_claims(hub, SYSTEM)[0].state) == ("erased", "erased")
    with hub.database.read() as session:
        jobs = [job.id for job in find(session.connection(), Query(state="queued", kind="erase", limit=9))]
    finish(hub, jobs)  # who goes on reading keeps it from emptying the log
    assert list(hub.storage.list("originals/")) == []


@pytest.mark.parametrize(
    "form", ["{asset}", " https://hub.example/assets/{asset}#rights", "the copy /u/{usage}, I think"]
)
def test_the_asset_of_a_claim_is_named_by_its_id_or_an_address(
    hub: Hub, browser: Callable[[str], Person], form: str
) -> None:
    asset = asset_row(hub)
    clear(hub, asset)
    claim = licensing.intake(hub, licensing.Statement(**SAID))
    said = form.format(asset=asset, usage=usage_row(hub, asset))
    legal = browser("legal")
    legal.post(f"/claims/{claim}", data={"decision": "hold", "note": "x", "asset_id": said, "csrf": legal.csrf})
    (found,) = licensing.list_claims(hub, SYSTEM)
    assert (found.state, found.asset_id) == ("held", asset)
    with hub.database.read() as session:
        assert licensing.ask(hub, session, asset, Use("email")).primary_reason == "ASSET_ON_HOLD"


def _row(hub: Hub, asset: str) -> Asset:
    with hub.database.read() as session:
        return session.get_one(Asset, asset)


@pytest.mark.parametrize(
    "email", ["kim@x", "kim@example.", "kim@.example.org", "k..im@example.org", "kim@-x.org", "kim@10.0.0.1", "kim@x.y"]
)
def test_an_address_that_no_mail_reaches_is_asked_for_again(hub: Hub, stranger: Person, email: str) -> None:
    answer = stranger.client.post("/takedown", data={**SAID, "email": email}, headers=SAME)
    assert (answer.status_code, licensing.list_claims(hub, SYSTEM)) == (422, [])
    assert "is not a whole e-mail address" in answer.get_data(as_text=True)


def test_addresses_of_every_script_are_taken(hub: Hub, stranger: Person) -> None:
    for email in ("o'neil+x@mail.example.org", "zoë@münchen.example", "kim@उदाहरण.परीक्षा"):
        assert stranger.client.post("/takedown", data={**SAID, "email": email}, headers=SAME).status_code == 200
    assert len(licensing.list_claims(hub, SYSTEM)) == 3


def test_nobody_floods_the_form(hub: Hub, stranger: Person) -> None:
    codes = [stranger.client.post("/takedown", data=SAID, headers=SAME).status_code for _ in range(8)]
    assert codes[0] == 200
    assert codes[-1] == 429
    assert len(licensing.list_claims(hub, SYSTEM)) < 8


def test_another_site_cannot_send_the_form(stranger: Person) -> None:
    assert stranger.client.post("/takedown", data=SAID).status_code == 403


@pytest.mark.parametrize("role", ["content_manager", "designer", "channel_team", "viewer", "creator"])
def test_claims_are_for_legal_only(role: str, hub: Hub, browser: Callable[[str], Person]) -> None:
    person = browser(role)
    assert person.get("/claims").status_code == 403
    assert person.post("/claims/clm_1", data={"csrf": person.csrf}).status_code == 403
    asset = asset_row(hub)
    assert person.post(f"/api/v1/assets/{asset}/erasure", json={"reason": "x"}).status_code == 403


def test_an_asset_is_erased_by_api_and_then_gone(hub: Hub, program: Callable[..., Person]) -> None:
    asset = asset_row(hub)
    legal = program("legal")
    assert legal.post(f"/api/v1/assets/{asset}/erasure", json={"reason": ""}).status_code == 422
    assert legal.post(f"/api/v1/assets/{asset}/erasure", json={"reason": "GDPR"}).status_code == 204
    gone = legal.get(f"/api/v1/assets/{asset}")
    assert gone.status_code == 410
    assert json.loads(gone.data)["code"] == "asset_erased"


def test_a_creator_exports_their_own_records_only(hub: Hub, program: Callable[..., Person]) -> None:
    creator = program("creator")
    own = creator.get("/api/v1/creators/crt_self/export")
    assert json.loads(own.data)["creator"]["handle"] == "self"
    asset_row(hub, creator="other")
    other = the_creator(hub, "other").id
    assert creator.get(f"/api/v1/creators/{other}/export").status_code == 403
    assert program("legal").get(f"/api/v1/creators/{other}/export").status_code == 200


def test_programs_list_decide_and_answer_claims(hub: Hub, program: Callable[..., Person]) -> None:
    asset = asset_row(hub)
    number = licensing.intake(hub, licensing.Statement(**SAID))
    legal = program("legal")
    (claim,) = legal.get("/api/v1/claims").json["items"]  # type: ignore[index]
    assert (claim["id"], claim["state"], claim["statement"]["words"]) == (number, "open", SAID["words"])
    path = f"/api/v1/claims/{number}"
    assert legal.post(f"{path}/answers", json={"words": ""}).status_code == 422
    assert legal.post(f"{path}/answers", json={"words": "We look at it."}).status_code == 204
    assert legal.post(f"{path}/decision", json={"decision": "hold", "note": "shows her"}).status_code == 409
    said = {"decision": "hold", "note": "shows her", "asset_id": asset}
    assert legal.post(f"{path}/decision", json=said).status_code == 204
    (claim,) = legal.get("/api/v1/claims").json["items"]  # type: ignore[index]
    assert (claim["state"], claim["asset_id"], claim["answers"]) == ("held", asset, ["We look at it."])
    assert legal.get(f"/api/v1/assets/{asset}/rights").json["status"] == "hold"  # type: ignore[index]
    assert legal.post("/api/v1/claims/clm_1/answers", json={"words": "x"}).status_code == 404
    assert program("content_manager").get("/api/v1/claims").status_code == 403
