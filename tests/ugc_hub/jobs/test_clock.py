"""What happens by the clock: one job for each period, mails that are sent once, overdue tasks that are passed on."""

from __future__ import annotations

import email
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

from tests.sandboxes import lent_for
from tests.ugc_hub.licensing.copies import tasks, usage, usage_row
from tests.ugc_hub.licensing.rows import clear
from tests.ugc_hub.rows import Clock, asset_row, user_row, with_clock
from tests.waiting import wait_until
from ugc_hub import catalog, licensing, notify
from ugc_hub.accounts import SYSTEM
from ugc_hub.catalog import Change, Selection
from ugc_hub.hub import Hub
from ugc_hub.jobs.handlers import handlers
from ugc_hub.jobs.schedule import Ticker, tick
from ugc_hub.licensing import Whole, Withdrawal
from ugc_hub.models import Grant, User
from workers.queue.jobs import enqueue, find
from workers.queue.runner import RunnerOptions, drain
from workers.queue.shapes import Query

DAY = timedelta(days=1)


@pytest.fixture
def timed(hub: Hub) -> tuple[Hub, Clock]:
    hub, clock = with_clock(hub)
    hub.runs.mkdir(parents=True, exist_ok=True)
    return hub, clock


@pytest.fixture
def run(timed: tuple[Hub, Clock], tmp_path: Path) -> Callable[..., None]:
    """A function that asks for jobs and runs all that is queued."""
    hub, _ = timed

    def work(*kinds: str) -> None:
        with hub.database.write() as session:
            for kind in kinds:
                enqueue(session.connection(), kind, {})
        with lent_for(hub.settings) as sandbox:
            drain(hub.database.engine, handlers(hub, sandbox), RunnerOptions(folder=hub.runs))
        assert queued(hub, state="dead") == queued(hub, state="failed") == queued(hub, state="queued") == []

    return work


def queued(hub: Hub, **query: str) -> list[str]:
    with hub.database.read() as session:
        return sorted(job.kind for job in find(session.connection(), Query(limit=1000, **query)))  # type: ignore[arg-type]


def mails(hub: Hub) -> list[EmailMessage]:
    paths = sorted(notify.outbox(hub).glob("*.eml"))
    return [email.message_from_bytes(path.read_bytes(), policy=default) for path in paths]


def text(message: EmailMessage) -> str:
    part = message.get_body()
    assert part is not None
    return str(part.get_content())


# The schedule


def test_nothing_is_due_in_a_new_hub_and_then_each_period_has_one_job(timed: tuple[Hub, Clock]) -> None:
    hub, clock = timed
    assert tick(hub) == tick(hub) == []
    clock.go_on(hours=1)
    assert sorted(tick(hub)) == ["afterlife", "alerts", "due"]
    assert tick(hub) == []
    clock.go_on(days=3)
    assert sorted(tick(hub)) == ["afterlife", "alerts", "collect", "digest", "drafts", "due", "empty", "proofs"]
    # The job of the hour before still waits, so there is one of each.
    assert queued(hub) == ["afterlife", "alerts", "collect", "digest", "drafts", "due", "empty", "proofs"]


def test_however_many_workers_look_a_period_has_one_job(timed: tuple[Hub, Clock]) -> None:
    hub, clock = timed
    tick(hub)
    for _ in range(5):
        clock.go_on(hours=1)
        with ThreadPoolExecutor(6) as pool:
            asked = [kind for kinds in pool.map(lambda _: tick(hub), range(6)) for kind in kinds]
        assert sorted(asked) == ["afterlife", "alerts", "due"]


def test_a_clock_that_goes_back_asks_for_nothing_twice(timed: tuple[Hub, Clock]) -> None:
    hub, clock = timed
    tick(hub)
    clock.go_on(hours=1)
    assert tick(hub)
    clock.go_on(hours=-1)
    assert tick(hub) == []
    clock.go_on(hours=1)
    assert tick(hub) == []


def test_the_ticker_looks_as_long_as_its_worker_runs(timed: tuple[Hub, Clock]) -> None:
    hub, clock = timed
    with Ticker(hub) as ticker:
        pass
    assert not ticker._thread.is_alive()
    clock.go_on(days=1)
    with Ticker(hub):
        pass
    assert queued(hub) == ["afterlife", "alerts", "collect", "digest", "drafts", "due", "empty", "proofs"]


def test_the_ticker_goes_on_after_an_error_of_any_kind(
    timed: tuple[Hub, Clock], monkeypatch: pytest.MonkeyPatch
) -> None:
    hub, _ = timed
    calls: list[int] = []

    def fail_once(_hub: Hub) -> None:
        calls.append(1)
        if len(calls) == 1:
            raise KeyError("ugc_hub.licensing")

    monkeypatch.setattr("ugc_hub.jobs.schedule.tell", fail_once)
    monkeypatch.setattr("ugc_hub.jobs.schedule.LOOK_S", 0.01)
    with Ticker(hub):
        wait_until(lambda: len(calls) > 1, 20)


# Ends that are coming


def ends_in(hub: Hub, days: float, **known: Any) -> tuple[str, str]:
    asset = asset_row(hub, **known)
    end = hub.now() + timedelta(days=days)
    return asset, clear(hub, asset, perpetual=False, ends_at=end.isoformat())


def test_a_digest_tells_of_ends_by_campaign_with_what_is_live_to_those_who_edit_rights(
    timed: tuple[Hub, Clock], run: Callable[..., None]
) -> None:
    hub, _ = timed
    for role in ("content_manager", "designer", "legal"):
        user_row(hub, role)
    summer, _ = ends_in(hub, 6.5, name="beach.jpg", campaign="Summer")
    ends_in(hub, 25, name="snow.jpg")
    ends_in(hub, 31, name="later.jpg", campaign="Summer")
    usage_row(hub, summer)
    usage_row(hub, summer)
    run("digest")
    sent = mails(hub)
    assert sorted(str(mail["To"]) for mail in sent) == ["content_manager@example.org", "legal@example.org"]
    assert sent[0]["Subject"] == "Permissions that end soon: 2, the first in 7 days"
    said = text(sent[0])
    assert said.index("Summer") < said.index("beach.jpg") < said.index("Without a campaign") < said.index("snow.jpg")
    assert "in 7 days; 2 live uses" in said
    assert "in 25 days; no live uses" in said
    assert "later.jpg" not in said
    assert "/rights/expiring" in said


def test_each_threshold_is_told_once_whatever_happens(timed: tuple[Hub, Clock], run: Callable[..., None]) -> None:
    hub, clock = timed
    user_row(hub, "content_manager")
    ends_in(hub, 40)
    told: list[int] = []
    for day in range(41):
        run("digest", "digest")
        if len(mails(hub)) > len(told):
            told.append(40 - day)
        clock.go_on(days=1)
    assert told == [30, 14, 7, 1]
    assert len(mails(hub)) == 4


def test_an_end_that_is_found_late_is_told_once_and_one_that_is_moved_again(
    timed: tuple[Hub, Clock], run: Callable[..., None]
) -> None:
    hub, clock = timed
    user_row(hub, "content_manager")
    _, grant = ends_in(hub, 5)
    run("digest")
    run("digest")
    assert len(mails(hub)) == 1
    with hub.database.write() as session:
        session.get_one(Grant, grant).ends_at = clock.at + 20 * DAY
    run("digest")
    assert len(mails(hub)) == 2


def test_an_announced_revocation_is_an_end_as_well_and_what_is_taken_down_is_none(
    timed: tuple[Hub, Clock], run: Callable[..., None]
) -> None:
    hub, clock = timed
    user_row(hub, "content_manager")
    asset, grant = ends_in(hub, 300, name="noticed.jpg")
    gone, _ = ends_in(hub, 3, name="gone.jpg")
    with hub.database.write() as session:
        version = licensing.agree(
            hub, session, SYSTEM, licensing.Agreed("licence", revocable="with_notice", notice_days=10)
        )
        session.get_one(Grant, grant).version_id = version.id
        licensing.revoke(hub, session, SYSTEM, grant_id=grant, withdrawal=Withdrawal("contract_notice"))
        licensing.set_status(hub, session, SYSTEM, asset_id=gone, status="taken_down")
    with hub.database.read() as session:
        [found] = licensing.endings(hub, session, days=30)
    assert (found.asset_id, found.revoked, found.ends_at) == (asset, True, clock.at + 10 * DAY)
    run("digest")
    assert "noticed.jpg: copyright, ends 11 Jan 2030, 00:00 UTC (withdrawn), in 10 days" in text(mails(hub)[0])


def test_a_name_with_line_ends_stays_one_line_of_a_mail(timed: tuple[Hub, Clock], run: Callable[..., None]) -> None:
    hub, _ = timed
    user_row(hub, "content_manager")
    ends_in(hub, 5, name="a.jpg\n\nClick here")
    run("digest")
    assert "a.jpg Click here:" in text(mails(hub)[0])


# Over


def test_the_hourly_job_ends_terms_and_passes_overdue_tasks_on_once(
    timed: tuple[Hub, Clock], run: Callable[..., None]
) -> None:
    hub, clock = timed
    people = {role: user_row(hub, role) for role in ("admin", "legal", "channel_team", "content_manager")}
    asset, _ = ends_in(hub, 2, name="over.jpg")
    mine = usage_row(hub, asset, by=people["channel_team"], external_ref="ad 17")
    clock.go_on(days=2, minutes=1)
    run("afterlife", "afterlife")
    assert usage(hub, mine).status == "stopped"
    assert [task.state for task in tasks(hub)] == ["open"]
    assert mails(hub) == []
    clock.go_on(days=1)
    run("afterlife", "afterlife")
    assert [task.state for task in tasks(hub)] == ["escalated"]
    sent = mails(hub)
    assert sorted(str(mail["To"]) for mail in sent) == ["admin@example.org", "legal@example.org"]
    assert sent[0]["Subject"] == "Copies that should have been taken down: 1"
    assert "over.jpg on email (ad 17): expired, due 4 Jan 2030, 00:00 UTC, channel_team@example.org" in text(sent[0])


def test_a_use_that_began_while_a_part_went_into_the_trash_ends_within_the_hour(
    timed: tuple[Hub, Clock], run: Callable[..., None]
) -> None:
    hub, _ = timed
    part, whole = (asset_row(hub, f"{name}.mp4", kind="video") for name in ("part", "whole"))
    with hub.database.write() as session:
        licensing.declare_composed(hub, session, SYSTEM, asset_id=whole, whole=Whole([part], {"crop"}))
    clear(hub, part)
    edit = catalog.edit_many(hub, SYSTEM, Selection((part,)), Change(trash=True))
    copies = usage_row(hub, whole), usage_row(hub, part)  # as one does that was asked for before, and kept after
    run("afterlife")
    assert [(usage(hub, one).status, usage(hub, one).ended_why) for one in copies] == [
        ("stopped", "part_in_trash"),
        ("live", ""),
    ]
    assert [(task.usage_id, task.action) for task in tasks(hub)] == [(copies[0], "take_down")]
    catalog.undo(hub, SYSTEM, edit.id)
    assert usage(hub, copies[0]).status == "live"


def test_whoever_left_gets_no_mail_and_what_was_done_meanwhile_is_not_told(
    timed: tuple[Hub, Clock], run: Callable[..., None]
) -> None:
    hub, clock = timed
    legal = user_row(hub, "legal")
    asset, _ = ends_in(hub, 2)
    usage_row(hub, asset)
    clock.go_on(days=2, minutes=1)
    run("afterlife")
    with hub.database.write() as session:
        session.get_one(User, legal.id).disabled_at = datetime(2030, 1, 1, tzinfo=UTC)
    clock.go_on(days=2)
    run("afterlife")
    assert [task.state for task in tasks(hub)] == ["escalated"]
    assert mails(hub) == []


def test_a_daily_look_reaches_uses_that_nothing_pointed_to(timed: tuple[Hub, Clock], run: Callable[..., None]) -> None:
    hub, clock = timed
    asset, part = asset_row(hub), asset_row(hub)
    grant = clear(hub, part)
    clear(hub, asset)
    with hub.database.write() as session:
        licensing.answer(hub, session, SYSTEM, asset_id=asset, answers={"ingredients": [part]})
    mine = usage_row(hub, asset)
    clock.go_on(days=1)
    with hub.database.write() as session:
        licensing.revoke(hub, session, SYSTEM, grant_id=grant, withdrawal=Withdrawal("platform_revoked"))
    run("digest")
    assert usage(hub, mine).status == "stopped"
