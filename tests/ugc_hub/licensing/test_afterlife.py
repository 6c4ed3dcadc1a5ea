"""After a copy has left: what ends, what is scheduled, who has to take it down, and what others hear of it."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.ugc_hub.licensing.copies import revoke, tasks, told, usage, usage_row
from tests.ugc_hub.licensing.rows import clear, person_row
from tests.ugc_hub.rows import Clock, asset_row, creator_actor, user_row, with_clock
from ugc_hub import licensing
from ugc_hub.accounts import SYSTEM, actor_of
from ugc_hub.errors import Forbidden, NotFound
from ugc_hub.hub import Hub
from ugc_hub.licensing import Agreed, Use, Withdrawal
from ugc_hub.models import Grant

DAY = timedelta(days=1)


@pytest.fixture
def timed(hub: Hub) -> tuple[Hub, Clock]:
    return with_clock(hub)


def come_due(hub: Hub) -> None:
    after: str | None = ""
    while after is not None:
        with hub.database.write() as session:
            after = licensing.come_due(hub, session, after)


def with_notice(hub: Hub, grant: str, days: int) -> None:
    with hub.database.write() as session:
        version = licensing.agree(hub, session, SYSTEM, Agreed("licence", revocable="with_notice", notice_days=days))
        session.get_one(Grant, grant).version_id = version.id


def status(hub: Hub, asset: str, value: str) -> None:
    with hub.database.write() as session:
        licensing.set_status(hub, session, SYSTEM, asset_id=asset, status=value)


def standing(hub: Hub, usage_id: str) -> tuple[str, datetime | None]:
    with hub.database.read() as session:
        found = licensing.standing(hub, session, usage_id)
    return found.status, found.valid_until


def used(hub: Hub) -> tuple[str, str, str]:
    """An asset with a grant, and a copy of it in use; return their ids."""
    asset = asset_row(hub)
    grant = clear(hub, asset)
    return asset, grant, usage_row(hub, asset)


# Ending


def test_a_revocation_ends_live_uses_in_the_same_transaction_and_makes_tasks_for_whoever_took_them(
    timed: tuple[Hub, Clock],
) -> None:
    hub, clock = timed
    user_row(hub, "content_manager")
    taker = user_row(hub, "channel_team")
    asset, other = asset_row(hub), asset_row(hub)
    grant = clear(hub, asset)
    clear(hub, other)
    mine, theirs = usage_row(hub, asset, by=taker), usage_row(hub, other)
    revoke(hub, grant, "platform_revoked")
    ended = usage(hub, mine)
    assert (ended.status, ended.ended_at, ended.ended_why) == ("stopped", clock.at, "platform_revoked")
    assert usage(hub, theirs).status == "live"
    [task] = tasks(hub)
    assert (task.usage_id, task.owner_id, task.action, task.reason) == (mine, taker.id, "take_down", "platform_revoked")
    assert task.due_at == clock.at + timedelta(seconds=hub.settings.takedown_s)
    [entry] = told(hub)
    assert (entry["kind"], entry["asset_id"], entry["basis"], entry["usages"]) == (
        "ended",
        asset,
        "platform_revoked",
        [mine],
    )
    assert (entry["sha256s"], entry["channels"], entry["territories"]) == ([ended.sha256], ["email"], ["WORLD"])
    assert entry["effective_at"] == clock.at.isoformat()


def test_what_is_rolled_back_ends_nothing(timed: tuple[Hub, Clock]) -> None:
    hub, _ = timed
    _, grant, mine = used(hub)
    with pytest.raises(LookupError):
        _revoke_and_fail(hub, grant)
    assert usage(hub, mine).status == "live"
    assert tasks(hub) == []
    assert told(hub) == []


def _revoke_and_fail(hub: Hub, grant: str) -> None:
    with hub.database.write() as session:
        licensing.revoke(hub, session, SYSTEM, grant_id=grant, withdrawal=Withdrawal("platform_revoked"))
        raise LookupError


def test_another_grant_that_covers_it_keeps_a_use_live(timed: tuple[Hub, Clock]) -> None:
    hub, _ = timed
    asset = asset_row(hub)
    first = clear(hub, asset)
    mine = usage_row(hub, asset)
    clear(hub, asset)
    revoke(hub, first)
    assert usage(hub, mine).status == "live"
    assert tasks(hub) == []
    # Others may have copies that the ledger does not know.
    [entry] = told(hub)
    assert (entry["asset_id"], entry["usages"]) == (asset, [])


def test_notice_ends_a_use_when_it_has_run_and_says_so_at_once(timed: tuple[Hub, Clock]) -> None:
    hub, clock = timed
    asset = asset_row(hub)
    grant = clear(hub, asset)
    with_notice(hub, grant, 30)
    mine = usage_row(hub, asset)
    revoke(hub, grant, "contract_notice")
    end = clock.at + 30 * DAY
    scheduled = usage(hub, mine)
    assert (scheduled.status, scheduled.ended_at, scheduled.valid_until) == ("live", end, end)
    [task] = tasks(hub)
    assert (task.effective_at, task.due_at) == (end, end + DAY)
    [entry] = told(hub)
    assert (entry["effective_at"], entry["basis"]) == (end.isoformat(), "contract_notice")
    assert standing(hub, mine) == ("good", end)
    clock.go_on(days=30)
    assert standing(hub, mine) == ("ended", None)  # before any job has run
    come_due(hub)
    come_due(hub)
    assert (usage(hub, mine).status, usage(hub, mine).ended_at) == ("stopped", end)
    assert len(tasks(hub)) == len(told(hub)) == 1


def test_an_announced_end_is_taken_back_where_a_new_grant_covers_it(timed: tuple[Hub, Clock]) -> None:
    hub, clock = timed
    asset = asset_row(hub)
    grant = clear(hub, asset)
    with_notice(hub, grant, 30)
    mine = usage_row(hub, asset)
    revoke(hub, grant, "contract_notice")
    clear(hub, asset)
    assert (usage(hub, mine).status, usage(hub, mine).ended_at) == ("live", None)
    assert [task.state for task in tasks(hub)] == ["moot"]
    assert [entry["kind"] for entry in told(hub)] == ["ended", "restored"]
    clock.go_on(days=31)
    come_due(hub)
    assert usage(hub, mine).status == "live"
    assert standing(hub, mine) == ("good", None)


@pytest.mark.parametrize(
    ("value", "why"), [("hold", "hold"), ("taken_down", "taken_down"), ("erased", "erasure_request")]
)
def test_an_asset_that_is_closed_ends_its_uses(timed: tuple[Hub, Clock], value: str, why: str) -> None:
    hub, _ = timed
    asset = asset_row(hub)
    clear(hub, asset)
    mine = usage_row(hub, asset)
    status(hub, asset, value)
    assert (usage(hub, mine).status, usage(hub, mine).ended_why) == ("stopped", why)
    assert [task.action for task in tasks(hub)] == ["take_down"]


def test_a_claim_is_told_as_a_claim_though_the_asset_goes_on_hold_with_it(timed: tuple[Hub, Clock]) -> None:
    hub, _ = timed
    _, grant, mine = used(hub)
    revoke(hub, grant, "legal_claim")
    assert usage(hub, mine).ended_why == "legal_claim"
    assert [entry["basis"] for entry in told(hub)] == ["legal_claim"]


def test_notice_to_a_licence_that_cannot_be_revoked_is_looked_at_first(timed: tuple[Hub, Clock]) -> None:
    hub, _ = timed
    asset, grant, mine = used(hub)
    revoke(hub, grant, "contract_notice")
    assert usage(hub, mine).status == "unknown"
    assert standing(hub, mine) == ("unknown", None)
    assert [(task.action, task.reason) for task in tasks(hub)] == [("review", "contract_notice")]
    assert told(hub) == []
    come_due(hub)
    assert usage(hub, mine).status == "unknown"
    with hub.database.write() as session:
        session.get_one(Grant, grant).revoked = False
    status(hub, asset, "active")
    assert usage(hub, mine).status == "live"
    assert [task.state for task in tasks(hub)] == ["moot"]


def test_what_was_looked_at_and_then_taken_down_becomes_a_task_to_take_down(timed: tuple[Hub, Clock]) -> None:
    hub, _ = timed
    asset, grant, mine = used(hub)
    revoke(hub, grant, "contract_notice")
    status(hub, asset, "taken_down")
    assert usage(hub, mine).status == "stopped"
    assert [(task.action, task.state) for task in tasks(hub)] == [("take_down", "open")]


def test_a_person_found_in_a_picture_ends_what_their_release_does_not_cover(timed: tuple[Hub, Clock]) -> None:
    hub, _ = timed
    asset = asset_row(hub)
    clear(hub, asset)
    public, inside = usage_row(hub, asset), usage_row(hub, asset, use=Use("internal"))
    person = person_row(hub)
    with hub.database.write() as session:
        licensing.answer(hub, session, SYSTEM, asset_id=asset, answers={"people": [person]})
    assert usage(hub, public).status == "stopped"
    assert usage(hub, inside).status == "live"


# Terms


def test_a_term_that_is_over_ends_its_uses_once_the_job_runs_and_asks_show_it_before(timed: tuple[Hub, Clock]) -> None:
    hub, clock = timed
    end = clock.at + 10 * DAY
    asset = asset_row(hub)
    clear(hub, asset, perpetual=False, ends_at=end.isoformat())
    mine = usage_row(hub, asset)
    assert standing(hub, mine) == ("good", end)
    clock.go_on(days=10, hours=1)
    assert standing(hub, mine) == ("ended", None)
    for _ in range(3):
        come_due(hub)
    row = usage(hub, mine)
    assert (row.status, row.ended_at, row.ended_why) == ("stopped", end, "expired")
    [task] = tasks(hub)
    assert (task.reason, task.due_at) == ("expired", end + DAY)
    assert [entry["effective_at"] for entry in told(hub)] == [end.isoformat()]


def test_a_use_that_its_contract_lets_remain_goes_on(timed: tuple[Hub, Clock]) -> None:
    hub, clock = timed
    end = clock.at + 10 * DAY
    asset = asset_row(hub)
    remain = {"mode": "may_remain", "channels": ["organic_social"]}
    clear(hub, asset, perpetual=False, ends_at=end.isoformat(), wind_down=remain)
    post, letter = usage_row(hub, asset, use=Use("organic_social.instagram")), usage_row(hub, asset)
    clock.go_on(days=11)
    come_due(hub)
    assert usage(hub, post).status == "live"
    assert usage(hub, letter).status == "stopped"


def test_a_term_that_was_renewed_goes_on(timed: tuple[Hub, Clock]) -> None:
    hub, clock = timed
    asset = asset_row(hub)
    clear(hub, asset, perpetual=False, ends_at=(clock.at + 10 * DAY).isoformat())
    mine = usage_row(hub, asset)
    clear(hub, asset, perpetual=False, ends_at=(clock.at + 40 * DAY).isoformat())
    clock.go_on(days=11)
    come_due(hub)
    row = usage(hub, mine)
    assert (row.status, row.valid_until) == ("live", clock.at + 29 * DAY)
    assert tasks(hub) == []


def test_many_uses_are_gone_through_in_parts(timed: tuple[Hub, Clock], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ugc_hub.licensing.afterlife.BATCH", 3)
    hub, clock = timed
    assets = [asset_row(hub) for _ in range(4)]
    clear(hub, *assets, perpetual=False, ends_at=(clock.at + DAY).isoformat())
    uses = [usage_row(hub, asset) for asset in assets for _ in range(2)]
    clock.go_on(days=2)
    come_due(hub)
    assert {usage(hub, one).status for one in uses} == {"stopped"}
    assert len(told(hub)) >= 4


# The feed


def test_the_feed_is_read_on_from_a_cursor_and_skips_nothing_however_many_write(timed: tuple[Hub, Clock]) -> None:
    hub, _ = timed
    pairs = []
    for _ in range(8):
        asset = asset_row(hub)
        pairs.append((asset, clear(hub, asset)))
        usage_row(hub, asset)
    seen: list[dict[str, Any]] = []
    done = threading.Event()

    def poll() -> None:
        while True:
            last = done.is_set()
            cursor = seen[-1]["cursor"] if seen else 0
            with hub.database.read() as session:
                found = licensing.feed(session, SYSTEM, since=cursor, limit=2)
            seen.extend(found)
            if last and not found:
                return

    with ThreadPoolExecutor(5) as pool:
        reader = pool.submit(poll)
        list(pool.map(lambda pair: revoke(hub, pair[1]), pairs))
        done.set()
        reader.result()
    assert sorted(entry["asset_id"] for entry in seen) == sorted(asset for asset, _ in pairs)
    assert [entry["cursor"] for entry in seen] == sorted(entry["cursor"] for entry in seen)


def test_creators_see_what_became_of_their_own_alone(timed: tuple[Hub, Clock]) -> None:
    hub, _ = timed
    ana = creator_actor(hub, "ana")
    own, other = asset_row(hub, creator="ana"), asset_row(hub, creator="ben")
    grants = [clear(hub, own), clear(hub, other)]
    uses = [usage_row(hub, own), usage_row(hub, other)]
    for grant in grants:
        revoke(hub, grant)
    with hub.database.read() as session:
        assert [entry["asset_id"] for entry in licensing.feed(session, ana)] == [own]
        assert [row.id for row in licensing.find_usages(hub, session, ana, licensing.Wanted())] == [uses[0]]
        with pytest.raises(NotFound):
            licensing.get_usage(session, ana, uses[1])
        with pytest.raises(Forbidden):
            licensing.feed(session, actor_of(user_row(hub, "viewer")))
