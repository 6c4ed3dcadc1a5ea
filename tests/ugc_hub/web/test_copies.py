"""The ledger as a page, as a sheet and in the API; one copy with its decision; where it runs and that it stopped."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.ugc_hub.licensing.copies import revoke, usage, usage_row
from tests.ugc_hub.licensing.rows import clear, free_row
from tests.ugc_hub.rows import asset_row
from tests.ugc_hub.web.conftest import Person, user_of
from ugc_hub.hub import Hub
from ugc_hub.licensing import Use

Browser = Callable[[str], Person]


def sheet(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_the_page_shows_what_left_to_whom_and_until_when(hub: Hub, browser: Browser) -> None:
    asset = free_row(hub, "beach.jpg", creator="ana", campaign="Summer")
    usage_row(hub, asset, by=user_of(hub, "designer"), external_ref="ad 17", use=Use("email", ("DE", "AT")))
    page = browser("channel_team").get("/usages").text
    for words in ("beach.jpg", "E-mail · Austria and Germany", "by designer@example.org", "ad 17", "no known end"):
        assert words in page


def test_without_a_copy_the_page_says_what_will_stand_there(browser: Browser) -> None:
    page = browser("legal").get("/usages").text
    assert "Nothing has left yet" in page
    assert "CSV" not in page


def test_filters_are_kept_by_the_links_of_the_page(hub: Hub, browser: Browser) -> None:
    asset = free_row(hub, "beach.jpg", creator="ana", campaign="Summer")
    usage_row(hub, asset, valid_until=hub.now() + timedelta(days=3))
    usage_row(hub, free_row(hub, "wood.jpg"))
    person = browser("content_manager")
    page = person.get("/usages?ending=7&campaign=Summer&creator=@ana&channel=email").text
    assert "beach.jpg" in page
    assert "wood.jpg" not in page
    assert "/usages.csv?" in page
    assert "state=ended&amp;" in page
    assert "None of these" in person.get("/usages?state=ended").text
    assert person.get("/usages?ending=soon").status_code == 422
    assert person.get("/usages?state=nonsense").status_code == 200


def test_long_ledgers_are_read_page_by_page(hub: Hub, browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ugc_hub.web.pages.copies.PAGE_SIZE", 2)
    asset = free_row(hub)
    made = [usage_row(hub, asset) for _ in range(3)]
    person = browser("designer")
    first = person.get("/usages?state=live").text
    assert [one in first for one in made] == [False, True, True]
    assert f"before={made[1]}&amp;state=live" in first
    rest = person.get(f"/usages?state=live&before={made[1]}").text
    assert [f'/usages/{one}"' in rest for one in made] == [True, False, False]
    assert "Back to the newest" in rest


def test_the_sheet_holds_every_copy_that_the_filters_leave(hub: Hub, browser: Browser) -> None:
    asset = free_row(hub, "beach.jpg", creator="ana")
    mine = usage_row(hub, asset, by=user_of(hub, "designer"), use=Use("email", ("DE", "AT")))
    usage_row(hub, free_row(hub), status="stopped", ended_at=hub.now())
    answer = browser("channel_team").get("/usages.csv?state=live")
    assert answer.mimetype == "text/csv"
    assert "attachment" in answer.headers["Content-Disposition"]
    (row,) = sheet(answer.text)
    assert (row["usage_id"], row["file_name"], row["creator"], row["state"]) == (mine, "beach.jpg", "ana", "live")
    assert (row["channel"], sorted(row["territories"].split())) == ("email", ["AT", "DE"])
    assert row["taken_by"] == "designer@example.org"


def test_no_cell_of_the_sheet_is_a_formula(hub: Hub, browser: Browser) -> None:
    usage_row(hub, free_row(hub, "=cmd.jpg"), external_ref="@SUM(1)")
    (row,) = sheet(browser("legal").get("/usages.csv").text)
    assert (row["file_name"], row["external_ref"]) == ("'=cmd.jpg", "'@SUM(1)")


def test_one_copy_shows_its_decision_and_why_it_is_not_covered_any_more(hub: Hub, browser: Browser) -> None:
    asset = asset_row(hub, "beach.jpg", creator="ana")
    grant = clear(hub, asset, duties=[{"duty": "credit", "phase": "during", "text": "Photo: Ana"}])
    mine = usage_row(hub, asset, by=user_of(hub, "designer"))
    person = browser("viewer")
    assert person.get(f"/usages/{mine}").status_code == 403
    person = browser("channel_team")
    page = person.get(f"/usages/{mine}").text
    assert usage(hub, mine).decision_id in page
    assert f"/grants/{grant}" in page
    assert "Photo: Ana" in page
    assert "It may go on" in page
    assert "does not run any more" not in page
    with hub.database.write() as session:
        from ugc_hub.models import Grant

        session.get_one(Grant, grant).state = "suspended"
    page = person.get(f"/usages/{mine}").text
    assert "It is not covered any more" in page
    revoke(hub, grant)
    assert "The platform ended its permission" in person.get(f"/usages/{mine}").text


def test_a_copy_is_placed_and_stopped_on_its_page(hub: Hub, browser: Browser) -> None:
    mine = usage_row(hub, free_row(hub), by=user_of(hub, "channel_team"))
    person = browser("channel_team")
    assert person.post(f"/usages/{mine}", data={"external_ref": "ad 17"}).status_code == 303
    assert (usage(hub, mine).external_ref, usage(hub, mine).status) == ("ad 17", "live")
    assert person.post(f"/usages/{mine}", data={"external_ref": " ", "stopped": "1"}).status_code == 422
    assert browser("designer").post(f"/usages/{mine}", data={"external_ref": "x"}).status_code == 403
    assert person.post(f"/usages/{mine}", data={"external_ref": "ad 18", "stopped": "1"}).status_code == 303
    assert (usage(hub, mine).external_ref, usage(hub, mine).status) == ("ad 18", "stopped")
    page = person.get(f"/usages/{mine}").text
    assert "Somebody stopped it" in page
    assert 'name="stopped"' not in page


def test_programs_filter_place_and_stop_as_well(hub: Hub, program: Callable[..., Person]) -> None:
    mine = usage_row(hub, free_row(hub, creator="ana"), valid_until=hub.now() + timedelta(days=3))
    usage_row(hub, free_row(hub))
    someone = program("content_manager")
    for query in ("creator=ana", "ending_days=7", "ending_days=7&state=live&channel=email"):
        page = someone.get(f"/api/v1/usages?{query}").json
        assert page is not None
        assert [row["id"] for row in page["items"]] == [mine]
    assert someone.get("/api/v1/usages?state=nonsense").status_code == 422
    answer = someone.ask("PATCH", f"/api/v1/usages/{mine}", json={"external_ref": "ad 17"})
    assert answer.json is not None
    assert (answer.json["external_ref"], answer.json["status"]) == ("ad 17", "live")
    answer = someone.post(f"/api/v1/usages/{mine}/stopped", json={"external_ref": "ad 17"})
    assert answer.json is not None
    assert (answer.json["status"], answer.json["ended_why"]) == ("stopped", "stopped_by_hand")
    assert someone.post(f"/api/v1/usages/{mine}/stopped", json={"external_ref": "ad 17"}).status_code == 409


def test_creators_see_their_own_copies_without_who_took_them(hub: Hub, browser: Browser) -> None:
    someone = browser("creator")
    mine = usage_row(hub, free_row(hub, "own.jpg", creator="self"), by=user_of(hub, "designer"))
    other = usage_row(hub, free_row(hub, "other.jpg", creator="ana"))
    page = someone.get("/usages").text
    assert "own.jpg" in page
    assert "other.jpg" not in page
    assert "designer@example.org" not in page
    assert "designer@example.org" not in someone.get(f"/usages/{mine}").text
    assert "designer@example.org" not in someone.get("/usages.csv").text
    assert someone.get(f"/usages/{other}").status_code == 404
