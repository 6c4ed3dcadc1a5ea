"""Takedown tasks, ends that are coming, the feed, and what everybody may know of a copy."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.ugc_hub.licensing.copies import revoke, tasks, usage_row
from tests.ugc_hub.licensing.rows import clear
from tests.ugc_hub.rows import asset_row
from tests.ugc_hub.web.conftest import Person, user_of
from ugc_hub import licensing
from ugc_hub.accounts import SYSTEM
from ugc_hub.hub import Hub
from ugc_hub.models import Creator, TakedownTask, Usage

Browser = Callable[[str], Person]


def ended(hub: Hub, role: str = "channel_team", name: str = "beach.jpg") -> tuple[str, str]:
    """A copy whose grant was taken back: its asset and its id."""
    asset = asset_row(hub, name, creator="ana")
    grant = clear(hub, asset)
    mine = usage_row(hub, asset, by=user_of(hub, role), external_ref="ad 17")
    revoke(hub, grant, "platform_revoked")
    return asset, mine


def late(hub: Hub) -> None:
    with hub.database.write() as session:
        for task in session.query(TakedownTask):
            task.due_at = hub.now() - timedelta(hours=1)


# Pages


def test_a_task_is_shown_to_its_owner_with_what_to_do_and_is_confirmed_with_a_note(hub: Hub, browser: Browser) -> None:
    ended(hub)
    person = browser("channel_team")
    page = person.get("/takedowns").text
    assert "beach.jpg" in page
    assert "The platform ended its permission" in page
    assert "E-mail · the whole world · ad 17" in page
    assert "It is done" in page
    task = tasks(hub)[0]
    answer = person.post(f"/takedowns/{task.id}", data={"note": "Stopped the ad."})
    assert answer.status_code == 303
    assert "Stopped the ad." in person.get("/takedowns?state=done").text
    assert "Nothing to take down" in person.get("/takedowns").text


def test_whoever_takes_down_a_copy_of_what_was_erased_finds_it_by_the_copy(hub: Hub, browser: Browser) -> None:
    asset, copy = ended(hub)
    licensing.erase_asset(hub, SYSTEM, asset, reason="Asked for")
    with hub.database.write() as session:
        session.get_one(Usage, copy).stamped_sha256 = "c" * 64
    person = browser("channel_team")
    page = person.get("/takedowns").text
    assert "An erased asset" in page
    assert f'href="/assets/{asset}"' not in page, "nothing is there any more"
    assert f'href="/usages/{copy}"' in page
    shown = person.get(f"/usages/{copy}").text
    assert "An erased asset" in shown
    assert f'href="/assets/{asset}"' not in shown
    assert "c" * 64 in shown
    assert "An erased asset" in person.get("/usages").text


def test_a_file_proves_it_as_well(hub: Hub, browser: Browser) -> None:
    ended(hub)
    task = tasks(hub)[0]
    data = {"note": "", "proof": (io.BytesIO(b"\x89PNG picture"), "proof.png")}
    answer = browser("content_manager").post(f"/takedowns/{task.id}", data=data, content_type="multipart/form-data")
    assert answer.status_code == 303
    key = tasks(hub)[0].proof_key
    assert key is not None
    with hub.storage.open(key) as stream:
        assert stream.read() == b"\x89PNG picture"


def test_without_note_and_file_nothing_is_confirmed(hub: Hub, browser: Browser) -> None:
    ended(hub)
    assert browser("content_manager").post(f"/takedowns/{tasks(hub)[0].id}", data={}).status_code == 422
    assert tasks(hub)[0].state == "open"


@pytest.mark.parametrize("role", ["designer", "viewer"])
def test_others_see_a_task_and_cannot_confirm_it(hub: Hub, browser: Browser, role: str) -> None:
    ended(hub)
    person = browser(role)
    page = person.get("/takedowns").text
    assert "beach.jpg" in page
    assert "It is done" not in page
    assert person.post(f"/takedowns/{tasks(hub)[0].id}", data={"note": "done"}).status_code == 403


def test_overdue_tasks_have_a_tab_with_their_number(hub: Hub, browser: Browser) -> None:
    ended(hub)
    late(hub)
    person = browser("legal")
    assert "Overdue since" in person.get("/takedowns?state=overdue").text
    assert "beach.jpg" not in person.get("/takedowns?state=open").text
    assert "beach.jpg" not in person.get("/takedowns?state=done").text
    assert person.get("/takedowns?state=nonsense").status_code == 200


def test_ends_that_are_coming_are_grouped_by_campaign(hub: Hub, browser: Browser) -> None:
    asset = asset_row(hub, "summer.jpg", campaign="Summer")
    end = hub.now() + timedelta(days=5)
    clear(hub, asset, perpetual=False, ends_at=end.isoformat())
    usage_row(hub, asset)
    clear(hub, asset_row(hub, "far.jpg"), perpetual=False, ends_at=(end + timedelta(days=300)).isoformat())
    page = browser("viewer").get("/rights/expiring").text
    assert "Summer" in page
    assert "5 days" in page
    assert "1 live use" in page
    assert "far.jpg" not in page


def test_pages_without_anything_say_so(browser: Browser) -> None:
    person = browser("content_manager")
    assert "Nothing to take down" in person.get("/takedowns").text
    assert "Nothing ends soon" in person.get("/rights/expiring").text


# For everybody


def test_everybody_may_ask_whether_a_copy_may_be_used_and_learns_nothing_else(hub: Hub, stranger: Person) -> None:
    asset = asset_row(hub, "secret-name.jpg", creator="ana", campaign="Secret campaign")
    with hub.database.write() as session:
        for creator in session.query(Creator):
            creator.credit_line = "Photo: Ana"
    grant = clear(hub, asset)
    mine = usage_row(hub, asset, by=user_of(hub, "designer"), external_ref="ad 17")
    answer = stranger.get(f"/api/v1/usages/{mine}/status")
    assert answer.json == {"status": "good", "valid_until": None, "ended_at": None, "credit": "Photo: Ana"}
    page = stranger.get(f"/u/{mine}")
    assert page.headers["Cache-Control"] == "no-store"
    for text in (page.text, answer.text):
        assert not [word for word in ("secret", "Secret", "ad 17", asset, grant, "designer", "email") if word in text]
    assert "This copy may be used" in page.text
    assert "Photo: Ana" in page.text
    revoke(hub, grant)
    assert stranger.get(f"/api/v1/usages/{mine}/status").json["status"] == "ended"  # type: ignore[index]
    assert "must not be used any more" in stranger.get(f"/u/{mine}").text


def test_a_copy_that_nobody_knows_is_unknown_and_not_an_error(stranger: Person) -> None:
    assert stranger.get("/api/v1/usages/use_nothing/status").json["status"] == "unknown"  # type: ignore[index]
    assert "Nothing is known" in stranger.get("/u/use_nothing").text


def test_the_credit_goes_when_the_asset_is_taken_down(hub: Hub, stranger: Person) -> None:
    asset = asset_row(hub, creator="ana")
    clear(hub, asset)
    mine = usage_row(hub, asset)
    assert "@ana" in stranger.get(f"/u/{mine}").text
    with hub.database.write() as session:
        licensing.set_status(hub, session, SYSTEM, asset_id=asset, status="taken_down")
    assert "ana" not in stranger.get(f"/u/{mine}").text


# API


def test_the_feed_is_read_on_from_where_it_ended(hub: Hub, program: Callable[..., Person]) -> None:
    someone = program("channel_team")
    first, mine = ended(hub)
    page = someone.get("/api/v1/revocations").json
    assert page is not None
    [entry] = page["items"]
    assert (entry["asset_id"], entry["usages"], entry["kind"]) == (first, [mine], "ended")
    since = page["next_since"]
    assert someone.get(f"/api/v1/revocations?since={since}").json == {"items": [], "next_since": since}
    second, _ = ended(hub)
    later = someone.get(f"/api/v1/revocations?since={since}&limit=1").json
    assert later is not None
    assert [entry["asset_id"] for entry in later["items"]] == [second]
    assert someone.get("/api/v1/revocations?since=-1").status_code == 422


def test_the_ledger_is_listed_by_page_and_filter(hub: Hub, program: Callable[..., Person]) -> None:
    someone = program("legal")
    uses = [ended(hub)[1] for _ in range(3)]
    page = someone.get("/api/v1/usages?limit=2").json
    assert page is not None
    assert [row["id"] for row in page["items"]] == uses[:0:-1]
    rest = someone.get(f"/api/v1/usages?limit=2&cursor={page['next_cursor']}").json
    assert rest is not None
    assert [row["id"] for row in rest["items"]] == uses[:1]
    assert rest["next_cursor"] is None
    assert someone.get("/api/v1/usages?status=live").json["items"] == []  # type: ignore[index]
    one = someone.get(f"/api/v1/usages/{uses[0]}").json
    assert one is not None
    assert (one["status"], one["ended_why"], one["external_ref"]) == ("stopped", "platform_revoked", "ad 17")
    assert someone.get("/api/v1/usages/use_nothing").status_code == 404


def test_a_creator_sees_copies_of_their_own_assets_alone(hub: Hub, browser: Browser) -> None:
    someone = browser("creator")
    asset = asset_row(hub, creator="self")
    clear(hub, asset)
    mine = usage_row(hub, asset)
    _, other = ended(hub)
    assert [row["id"] for row in someone.get("/api/v1/usages").json["items"]] == [mine]  # type: ignore[index]
    assert someone.get(f"/api/v1/usages/{other}").status_code == 404
    assert someone.get("/api/v1/revocations").json["items"] == []  # type: ignore[index]
    assert someone.get("/takedowns").status_code == 403


def test_the_description_of_the_api_says_that_the_status_needs_no_token(stranger: Person) -> None:
    spec = stranger.get("/api/v1/openapi.json").json
    assert spec is not None
    assert spec["paths"]["/api/v1/usages/{usage_id}/status"]["get"]["security"] == []
    assert "security" not in spec["paths"]["/api/v1/usages"]["get"]
