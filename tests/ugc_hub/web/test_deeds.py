"""Confirming what a grant asks for before a use, and takedown tasks for programs."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.ugc_hub.licensing.copies import revoke, tasks, usage_row
from tests.ugc_hub.licensing.rows import clear
from tests.ugc_hub.rows import asset_row
from tests.ugc_hub.web.conftest import Person, user_of
from ugc_hub.hub import Hub
from ugc_hub.models import TakedownTask

Browser = Callable[[str], Person]
Program = Callable[..., Person]
PAY = {"duty": "pay", "phase": "pre", "amount_micros": 250_000_000, "currency": "EUR"}


def asking(hub: Hub) -> tuple[str, str]:
    asset = asset_row(hub, "beach.jpg")
    return asset, clear(hub, asset, duties=[PAY])


def test_the_page_of_the_asset_says_what_is_confirmed_and_keeps_it(hub: Hub, browser: Browser) -> None:
    asset, grant = asking(hub)
    person = browser("content_manager")
    page = person.get(f"/assets/{asset}").text
    assert "Pay 250.00 EUR." in page
    assert "250.00 EUR was paid." in page
    why = person.get(f"/assets/{asset}/why?channel=email&territory=DE").text
    assert f'href="#before-{grant}-pay"' in why
    data = {"asset": asset, "note": "Bank", "proof": (io.BytesIO(b"receipt"), "receipt.pdf")}
    answer = person.post(f"/grants/{grant}/duties/pay", data=data, content_type="multipart/form-data")
    assert answer.status_code == 303
    assert answer.headers["Location"].endswith(f"/assets/{asset}#before-{grant}-pay")
    page = person.get(f"/assets/{asset}").text
    assert "“Bank”" in page
    assert "The file that proves it" in page
    assert person.get(f"/assets/{asset}/why?channel=email&territory=DE").text.count("Allowed")


def test_it_is_taken_back_on_the_page_of_the_grant(hub: Hub, browser: Browser) -> None:
    _, grant = asking(hub)
    person = browser("content_manager")
    assert person.post(f"/grants/{grant}/duties/pay", data={}).headers["Location"].startswith(f"/grants/{grant}")
    assert "This was a mistake" in person.get(f"/grants/{grant}").text
    script = person.post(f"/grants/{grant}/duties/pay/take-back", headers={"HX-Request": "true"})
    assert (script.status_code, script.headers["HX-Refresh"]) == (204, "true")
    assert "This was a mistake" not in person.get(f"/grants/{grant}").text


def test_who_does_not_edit_rights_sees_what_is_missing_and_no_button(hub: Hub, browser: Browser) -> None:
    asset, grant = asking(hub)
    person = browser("viewer")
    page = person.get(f"/assets/{asset}").text
    assert "until somebody who edits rights confirms this" in page
    assert f"/grants/{grant}/duties/pay" not in page
    assert person.post(f"/grants/{grant}/duties/pay").status_code == 403


def test_programs_confirm_with_a_note_or_a_file_and_take_back(hub: Hub, program: Program) -> None:
    _, grant = asking(hub)
    someone = program("content_manager")
    path = f"/api/v1/grants/{grant}/duties/pay"
    made = someone.post(f"{path}?note=Bank", data=b"receipt", content_type="application/pdf")
    assert made.status_code == 201
    [one] = made.json["conditions"]  # type: ignore[index]
    assert (one["met"], one["note"]) == (True, "Bank")
    file = someone.get(f"/api/v1/duties/{one['proof_id']}/proof")
    assert (file.data, file.mimetype) == (b"receipt", "application/octet-stream")
    again = someone.post(path)
    assert (again.status_code, again.json["code"]) == (409, "duty_confirmed")  # type: ignore[index]
    assert someone.ask("DELETE", path).json["conditions"][0]["met"] is False  # type: ignore[index]
    without = someone.post(path).json["conditions"][0]  # type: ignore[index]
    assert (without["met"], without["proof_id"]) == (True, None)
    assert someone.post(f"/api/v1/grants/{grant}/duties/credit").status_code == 422
    assert someone.get("/api/v1/duties/dty_none/proof").status_code == 404


def ended(hub: Hub, hours_ago: int = 0) -> str:
    asset = asset_row(hub, "beach.jpg")
    grant = clear(hub, asset)
    usage_row(hub, asset, by=user_of(hub, "channel_team"), external_ref="ad 17")
    revoke(hub, grant)
    task = tasks(hub)[-1].id
    with hub.database.write() as session:
        session.get_one(TakedownTask, task).due_at = hub.now() - timedelta(hours=hours_ago or -24 * len(tasks(hub)))
    return task


@pytest.mark.parametrize(("state", "hours"), [("open", 0), ("overdue", 5)])
def test_tasks_are_listed_by_page_the_most_urgent_first(hub: Hub, program: Program, state: str, hours: int) -> None:
    made = [ended(hub, hours) for _ in range(3)]
    someone = program("channel_team")
    seen: list[str] = []
    cursor = ""
    while True:
        page: Any = someone.get(f"/api/v1/takedowns?state={state}&limit=2&cursor={cursor}").json
        seen += [one["id"] for one in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == made
    one: Any = someone.get(f"/api/v1/takedowns/{made[0]}").json
    said = (one["file_name"], one["external_ref"], one["action"], one["has_proof"], one["owner"])
    assert said == ("beach.jpg", "ad 17", "take_down", False, "channel_team@example.org")
    assert someone.get("/api/v1/takedowns/tdt_none").status_code == 404
    assert someone.get("/api/v1/takedowns?state=moot").status_code == 422


def test_a_program_confirms_that_a_copy_is_down_and_finds_it_among_the_done(hub: Hub, program: Program) -> None:
    first, second = ended(hub), ended(hub)
    someone = program("channel_team")
    assert someone.post(f"/api/v1/takedowns/{first}/done").status_code == 422
    done: Any = someone.post(f"/api/v1/takedowns/{first}/done", data=b"\x89PNG", content_type="image/png").json
    assert (done["state"], done["has_proof"]) == ("done", True)
    assert someone.get(f"/api/v1/takedowns/{first}/proof").data == b"\x89PNG"
    assert someone.post(f"/api/v1/takedowns/{first}/done?note=again").status_code == 409
    assert someone.post(f"/api/v1/takedowns/{second}/done?note=Stopped").json["note"] == "Stopped"  # type: ignore[index]
    assert someone.get(f"/api/v1/takedowns/{second}/proof").status_code == 404
    page: Any = someone.get("/api/v1/takedowns?state=done&limit=1").json
    rest: Any = someone.get(f"/api/v1/takedowns?state=done&limit=1&cursor={page['next_cursor']}").json
    assert [one["id"] for one in (*page["items"], *rest["items"])] == [second, first]
    assert rest["next_cursor"] is None


def test_somebody_elses_task_is_not_confirmed_by_a_program(hub: Hub, program: Program) -> None:
    task = ended(hub)
    assert program("designer").post(f"/api/v1/takedowns/{task}/done?note=x").status_code == 403
    assert program("creator").get("/api/v1/takedowns").status_code == 403


# Limits


def test_a_total_is_stated_on_the_page_and_shows_what_is_used_up(hub: Hub, browser: Browser) -> None:
    asset = asset_row(hub)
    grant = clear(hub, asset, max_impressions=1000, impressions=0, max_spend_micros=50_000_000, spend_micros=0)
    person = browser("content_manager")
    day = f"{hub.now():%Y-%m-%d}"
    data = {"source": "Meta Ads", "day": day, "impressions": "400", "spend": "12.50"}
    assert person.post(f"/grants/{grant}/totals", data=data).headers["Location"].endswith(f"/grants/{grant}#limits")
    page = person.get(f"/grants/{grant}").text
    assert "400 of 1,000" in page
    assert "12.50 of 50.00" in page
    assert "Used up" not in page
    wrong = person.post(f"/grants/{grant}/totals", data={**data, "impressions": "many"})
    assert (wrong.status_code, "Give a whole number." in wrong.text) == (422, True)
    assert person.post(f"/grants/{grant}/totals", data={**data, "day": ""}).status_code == 422
    person.post(f"/grants/{grant}/totals", data={**data, "impressions": "1000"})
    assert "Used up" in person.get(f"/grants/{grant}").text
    assert browser("viewer").post(f"/grants/{grant}/totals", data=data).status_code == 403


def test_programs_state_totals_as_often_as_they_like(hub: Hub, program: Program) -> None:
    grant = clear(hub, asset_row(hub), max_impressions=1000, impressions=0)
    someone = program("content_manager")
    path, day = f"/api/v1/grants/{grant}/totals", f"{hub.now():%Y-%m-%d}"
    for _ in range(2):
        told: Any = someone.post(path, json={"source": "Meta Ads", "date": day, "impressions": 400}).json
        assert told["limits"] == [{"name": "impressions", "cap": 1000, "used": 400}]
    [kept] = someone.get(path).json["items"]  # type: ignore[index]
    assert (kept["source"], kept["date"], kept["impressions"], kept["spend_micros"]) == ("Meta Ads", day, 400, None)
    fell = someone.post(path, json={"source": "Meta Ads", "date": "2020-01-01", "impressions": 500})
    assert (fell.status_code, fell.json["code"]) == (422, "total_fell")  # type: ignore[index]
    assert someone.post(path, json={"source": "Meta Ads", "day": day, "impressions": 1}).status_code == 422
    full: Any = someone.post(path, json={"source": "TikTok", "date": day, "impressions": 600}).json
    assert full["terms"]["ends_at"] is not None
    assert someone.get("/api/v1/grants/grt_none/totals").status_code == 404
