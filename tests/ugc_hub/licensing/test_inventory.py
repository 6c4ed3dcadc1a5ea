"""The ledger as people read it, and what they say of a copy: where it runs, and that it stopped."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.ugc_hub.licensing.copies import revoke, tasks, usage, usage_row
from tests.ugc_hub.licensing.rows import clear, free_row
from tests.ugc_hub.rows import asset_row, creator_actor, statements, user_row, with_clock
from ugc_hub import licensing
from ugc_hub.accounts import SYSTEM, Actor, actor_of
from ugc_hub.errors import Conflict, Forbidden, Invalid, NotFound
from ugc_hub.hub import Hub
from ugc_hub.licensing import Use, Wanted
from ugc_hub.models import Grant


def lines(hub: Hub, actor: Actor = SYSTEM, **wanted: Any) -> list[licensing.Line]:
    with hub.database.read() as session:
        return licensing.find_lines(hub, session, actor, Wanted(**wanted))


def ids(hub: Hub, **wanted: Any) -> list[str]:
    return [line.usage.id for line in lines(hub, **wanted)]


def stop(hub: Hub, actor: Actor, usage_id: str, reference: str = "ad 17") -> None:
    with hub.database.write() as session:
        licensing.stop(hub, session, actor, usage_id=usage_id, external_ref=reference)


def place(hub: Hub, actor: Actor, usage_id: str, reference: str = "ad 17") -> None:
    with hub.database.write() as session:
        licensing.place(hub, session, actor, usage_id=usage_id, external_ref=reference)


def test_a_line_names_the_file_who_made_it_for_what_and_who_took_it(hub: Hub) -> None:
    asset = free_row(hub, "beach.jpg", creator="ana", campaign="Summer")
    mine = usage_row(hub, asset, by=user_row(hub, "designer"))
    (line,) = lines(hub)
    assert (line.usage.id, line.file_name, line.creator, line.campaign) == (mine, "beach.jpg", "ana", "Summer")
    assert line.taker == "designer@example.org"
    assert line.state(hub.now()) == "live"


def test_each_filter_leaves_what_it_names(hub: Hub) -> None:
    first = free_row(hub, "one.jpg", creator="ana", campaign="Summer")
    second = free_row(hub, "two.jpg", creator="ben", campaign="Winter")
    mine, other = usage_row(hub, first), usage_row(hub, second, use=Use("paid_social.meta"))
    assert ids(hub, asset_id=first) == [mine]
    assert ids(hub, creator="@Ana") == [mine]
    assert ids(hub, campaign="Winter") == [other]
    assert ids(hub, channel="paid_social") == [other]
    assert ids(hub, channel="paid_social.meta") == [other]
    assert ids(hub, channel="paid") == []
    assert ids(hub, creator="ana", campaign="Winter") == []


def test_what_is_live_what_ended_and_what_ends_soon_are_told_by_the_clock(hub: Hub) -> None:
    hub, clock = with_clock(hub)
    forever = usage_row(hub, free_row(hub))
    asset = free_row(hub)
    soon = usage_row(hub, asset, valid_until=hub.now() + timedelta(days=5))
    announced = usage_row(hub, asset, ended_at=hub.now() + timedelta(days=20))
    gone = usage_row(hub, asset, status="stopped", ended_at=hub.now() - timedelta(days=1))
    looked_at = usage_row(hub, asset, status="unknown")
    assert ids(hub, state="live") == [announced, soon, forever]
    assert ids(hub, state="ended") == [gone]
    assert ids(hub, state="unknown") == [looked_at]
    assert ids(hub, ending_days=7) == [soon]
    assert ids(hub, ending_days=30) == [announced, soon]
    clock.go_on(days=6)
    assert ids(hub, state="live") == [announced, forever]
    assert ids(hub, state="ended") == [gone, soon]
    assert ids(hub, ending_days=30) == [announced]
    states = {line.usage.id: line.state(hub.now()) for line in lines(hub)}
    assert states == {
        forever: "live",
        soon: "ended",
        announced: "live",
        gone: "ended",
        looked_at: "unknown",
    }


def test_a_page_of_copies_takes_the_same_statements_however_long_it_is(hub: Hub) -> None:
    asset = free_row(hub)
    usage_row(hub, asset)
    with statements(hub) as few:
        lines(hub)
    for _ in range(6):
        usage_row(hub, free_row(hub), by=None)
    with statements(hub) as many:
        assert len(lines(hub)) == 7
    assert len(few) == len(many)


def test_all_copies_are_gone_through_in_batches(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ugc_hub.licensing.inventory.BATCH", 2)
    asset = free_row(hub)
    made = [usage_row(hub, asset) for _ in range(5)]
    with hub.database.read() as session:
        found = [line.usage.id for line in licensing.every_line(hub, session, SYSTEM, Wanted())]
    assert found == made[::-1]


def test_a_creator_sees_copies_of_their_own_and_not_who_took_them(hub: Hub) -> None:
    ana = creator_actor(hub, "ana")
    mine = usage_row(hub, free_row(hub, creator="ana"), by=user_row(hub, "designer"))
    other = usage_row(hub, free_row(hub, creator="ben"))
    (line,) = lines(hub, ana)
    assert (line.usage.id, line.taker) == (mine, "")
    with pytest.raises(NotFound):
        stop(hub, ana, other)
    with pytest.raises(Forbidden):
        stop(hub, ana, mine)


# Stopped


def test_who_took_a_copy_says_that_it_stopped_and_where_it_ran(hub: Hub) -> None:
    taker = user_row(hub, "channel_team")
    mine = usage_row(hub, free_row(hub), by=taker)
    stop(hub, actor_of(taker), mine, "  ad\n 17 ")
    kept = usage(hub, mine)
    assert (kept.status, kept.external_ref, kept.ended_why) == ("stopped", "ad 17", "stopped_by_hand")
    assert kept.ended_at is not None
    with pytest.raises(Conflict):
        stop(hub, actor_of(taker), mine)


def test_somebody_elses_copy_is_stopped_by_who_edits_rights_alone(hub: Hub) -> None:
    mine = usage_row(hub, free_row(hub), by=user_row(hub, "channel_team"))
    with pytest.raises(Forbidden, match="Somebody else"):
        stop(hub, actor_of(user_row(hub, "designer")), mine)
    with pytest.raises(Invalid):
        stop(hub, SYSTEM, mine, "  ")
    stop(hub, actor_of(user_row(hub, "content_manager")), mine)
    assert usage(hub, mine).status == "stopped"


def test_a_task_to_take_it_down_is_done_with_it(hub: Hub) -> None:
    asset = free_row(hub)
    mine = usage_row(hub, asset)
    with hub.database.write() as session:
        licensing.review(hub, session, [asset], "evidence_broken")
    (task,) = tasks(hub)
    assert (task.usage_id, task.state) == (mine, "open")
    stop(hub, SYSTEM, mine, "ad 17")
    (task,) = tasks(hub)
    assert (task.state, task.note) == ("done", "ad 17")
    assert task.confirmed_at is not None


def test_what_stopped_needs_no_task_when_its_grant_ends(hub: Hub) -> None:
    asset = asset_row(hub)
    grant = clear(hub, asset)
    mine = usage_row(hub, asset)
    stop(hub, SYSTEM, mine)
    revoke(hub, grant)
    assert tasks(hub) == []
    assert usage(hub, mine).ended_why == "stopped_by_hand"


def test_where_it_runs_counts_as_one_placement_however_often_it_is_said(hub: Hub) -> None:
    asset = asset_row(hub)
    grant = clear(hub, asset, max_placements=5)
    with hub.database.write() as session:
        session.get_one(Grant, grant).counters = {"placements": 0}
    taker = user_row(hub, "designer")
    mine = usage_row(hub, asset, by=taker)
    for reference in ("ad 17", "ad 17", "ad 18"):
        place(hub, actor_of(taker), mine, reference)
    with hub.database.read() as session:
        assert session.get_one(Grant, grant).counters == {"placements": 1}
    assert (usage(hub, mine).external_ref, usage(hub, mine).status) == ("ad 18", "live")
