"""Running totals of impressions and spend: stated as often as one likes, and the term ends where a cap is reached."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.ugc_hub.licensing.copies import tasks, usage, usage_row
from tests.ugc_hub.licensing.rows import SIGNED, clear
from tests.ugc_hub.rows import Clock, asset_row, user_row, with_clock
from ugc_hub import licensing
from ugc_hub.accounts import SYSTEM, actor_of
from ugc_hub.errors import Forbidden, Invalid, NotFound
from ugc_hub.hub import Hub
from ugc_hub.licensing import Change, Spent, Total, Use
from ugc_hub.models import Event, Grant, GrantMilestone, GrantTotal, Usage

EMAIL = Use("email")
IMPRESSIONS = {"max_impressions": 1000, "impressions": 0}


@pytest.fixture
def timed(hub: Hub) -> tuple[Hub, Clock]:
    """A hub whose clock stands at noon of 2 January 2030."""
    hub, clock = with_clock(hub)
    clock.go_on(hours=36)
    return hub, clock


def state(hub: Hub, grant: str, day: int, impressions: int | None = None, **more: Any) -> GrantTotal:
    total = Total(more.pop("source", "Meta Ads"), date(2030, 1, day), impressions, **more)
    with hub.database.write() as session:
        return licensing.state_total(hub, session, SYSTEM, grant_id=grant, total=total)


def row(hub: Hub, grant: str) -> Grant:
    with hub.database.read() as session:
        return session.get_one(Grant, grant)


def reasons(hub: Hub, asset: str, operation: str = "publish") -> list[str]:
    with hub.database.read() as session:
        decision = licensing.ask(hub, session, asset, Use("email", operation=operation))
        return [one.code for one in decision.reasons]


def usable(hub: Hub) -> list[str]:
    with hub.database.read() as session:
        return licensing.usable(hub, session, EMAIL)


def test_at_the_cap_the_term_ends_and_with_it_new_uses_the_library_and_copies_that_are_out(
    timed: tuple[Hub, Clock],
) -> None:
    hub, clock = timed
    asset = asset_row(hub)
    grant = clear(hub, asset, **IMPRESSIONS)
    live = usage_row(hub, asset, use=EMAIL)
    state(hub, grant, 1, 999)
    assert (row(hub, grant).ends_at, usable(hub), usage(hub, live).status) == (None, [asset], "live")
    state(hub, grant, 2, 1000)
    assert row(hub, grant).ends_at == clock.at
    assert reasons(hub, asset) == ["EXPIRED", "CAP_REACHED"]
    assert reasons(hub, asset, "continue") == ["EXPIRED"]
    assert usable(hub) == []
    ended = usage(hub, live)
    assert (ended.status, ended.ended_at, ended.ended_why) == ("stopped", clock.at, "cap_reached")
    assert [(task.usage_id, task.reason) for task in tasks(hub)] == [(live, "cap_reached")]


def test_the_instant_is_the_end_of_the_day_on_which_it_was_reached_or_the_moment_it_was_stated(
    timed: tuple[Hub, Clock],
) -> None:
    hub, clock = timed
    late, same_day = (clear(hub, asset_row(hub), **IMPRESSIONS) for _ in range(2))
    state(hub, late, 1, 5000)
    assert row(hub, late).ends_at == datetime(2030, 1, 2, tzinfo=UTC)
    state(hub, same_day, 2, 5000)
    assert row(hub, same_day).ends_at == clock.at


def test_the_same_source_and_day_again_changes_nothing_and_other_numbers_take_its_place(
    timed: tuple[Hub, Clock],
) -> None:
    hub, _ = timed
    grant = clear(hub, asset_row(hub), **IMPRESSIONS)
    first = state(hub, grant, 1, 400)
    assert state(hub, grant, 1, 400).id == first.id
    assert row(hub, grant).counters == {"impressions": 400}
    assert state(hub, grant, 1, 450, source="  Meta   Ads ").id == first.id
    state(hub, grant, 2, 500)
    state(hub, grant, 2, 300, source="TikTok")
    assert row(hub, grant).counters == {"impressions": 800}
    with hub.database.read() as session:
        assert len(session.scalars(select(GrantTotal)).all()) == 3
        assert len(session.scalars(select(Event).where(Event.kind == "grant.total")).all()) == 4


def test_totals_of_several_sources_reach_a_cap_together_at_the_instant_of_the_last(timed: tuple[Hub, Clock]) -> None:
    hub, clock = timed
    clock.go_on(days=3)
    grant = clear(hub, asset_row(hub), **IMPRESSIONS)
    state(hub, grant, 4, 700)
    state(hub, grant, 2, 200, source="TikTok")
    assert row(hub, grant).ends_at is None
    state(hub, grant, 3, 600, source="TikTok")
    assert row(hub, grant).ends_at == datetime(2030, 1, 5, tzinfo=UTC)
    state(hub, grant, 1, 650)
    assert row(hub, grant).ends_at == datetime(2030, 1, 4, tzinfo=UTC), "it was reached earlier than was known"


def test_a_correction_below_the_cap_gives_the_agreed_term_back(timed: tuple[Hub, Clock]) -> None:
    hub, _ = timed
    asset = asset_row(hub)
    agreed = datetime(2031, 1, 1, tzinfo=UTC)
    grant = clear(hub, asset, perpetual=False, ends_at=agreed.isoformat(), **IMPRESSIONS)
    state(hub, grant, 1, 10_000)
    assert usable(hub) == []
    state(hub, grant, 1, 100)
    found = row(hub, grant)
    assert (found.ends_at, found.counters) == (agreed, {"impressions": 100})
    assert usable(hub) == [asset]
    with hub.database.read() as session:
        assert session.get(GrantMilestone, (grant, "cap_reached")) is None


def test_an_earlier_instant_that_somebody_stated_stays(timed: tuple[Hub, Clock]) -> None:
    hub, _ = timed
    grant = clear(hub, asset_row(hub), **IMPRESSIONS)
    told = datetime(2030, 1, 1, 6, tzinfo=UTC)
    with hub.database.write() as session:
        licensing.milestone(hub, session, SYSTEM, grant_id=grant, name="cap_reached", at=told)
    state(hub, grant, 1, 2000)
    assert row(hub, grant).ends_at == told
    state(hub, grant, 1, 10)
    assert row(hub, grant).ends_at == told


def test_spend_ends_a_window_that_waits_for_its_first_publication_as_well(timed: tuple[Hub, Clock]) -> None:
    hub, _ = timed
    window = {"trigger": "signature", "count": 12, "unit": "months", "zone": "Europe/Berlin"}
    caps = {"max_spend_micros": 5_000_000, "spend_micros": 0}
    grant = clear(hub, asset_row(hub), perpetual=False, starts_at=None, window=window, **caps)
    state(hub, grant, 1, spend_micros=5_000_000)
    assert row(hub, grant).ends_at == SIGNED + timedelta(days=366), "it had ended before"
    longer = clear(hub, asset_row(hub), perpetual=False, starts_at=None, window={**window, "count": 600}, **caps)
    state(hub, longer, 1, spend_micros=5_000_000)
    assert row(hub, longer).ends_at == datetime(2030, 1, 2, tzinfo=UTC)


def test_a_counter_that_nobody_knew_is_known_from_a_total_on(timed: tuple[Hub, Clock]) -> None:
    hub, _ = timed
    asset = asset_row(hub)
    grant = clear(hub, asset, max_impressions=1000)
    assert reasons(hub, asset) == ["CAP_UNKNOWN"]
    state(hub, grant, 1, 10)
    assert reasons(hub, asset) == []
    assert usable(hub) == [asset]


def test_numbers_that_are_added_and_totals_count_together(timed: tuple[Hub, Clock]) -> None:
    hub, clock = timed
    grant = clear(hub, asset_row(hub), **IMPRESSIONS)
    copy = Usage(grants_used=[grant], status="live", channel="email", external_ref="")
    state(hub, grant, 1, 400)
    with hub.database.write() as session:
        licensing.record_usage(hub, session, copy, Spent(impressions=500))
    state(hub, grant, 2, 450)
    assert (row(hub, grant).counters, row(hub, grant).ends_at) == ({"impressions": 950}, None)
    with hub.database.write() as session:
        licensing.record_usage(hub, session, copy, Spent(impressions=50))
    assert row(hub, grant).ends_at == clock.at


def test_the_last_placement_that_was_allowed_goes_on(timed: tuple[Hub, Clock]) -> None:
    hub, _ = timed
    asset = asset_row(hub)
    grant = clear(hub, asset, max_placements=1, placements=0)
    live = usage_row(hub, asset, use=EMAIL, external_ref="post 1")
    with hub.database.write() as session:
        licensing.record_usage(hub, session, session.get_one(Usage, live))
    assert (reasons(hub, asset), reasons(hub, asset, "continue")) == (["CAP_REACHED"], [])
    assert (row(hub, grant).ends_at, usage(hub, live).status, usable(hub)) == (None, "live", [])


def narrowed(hub: Hub, grant: str, **change: Any) -> str:
    with hub.database.write() as session:
        (new,) = licensing.supersede(hub, session, SYSTEM, grant_id=grant, change=Change(change))
        return new.id


def test_the_next_report_is_not_counted_on_top_of_what_an_older_version_knew(timed: tuple[Hub, Clock]) -> None:
    hub, _ = timed
    asset = asset_row(hub)
    old = clear(hub, asset, **IMPRESSIONS)
    state(hub, old, 1, 600)
    new = narrowed(hub, old, channels=["email"])
    state(hub, new, 2, 650)
    assert (row(hub, new).counters, row(hub, new).ends_at) == ({"impressions": 650}, None)
    state(hub, old, 2, 700)  # whoever reports still knows the old one
    assert (row(hub, old).counters, row(hub, new).counters) == ({"impressions": 700}, {"impressions": 700})
    with pytest.raises(Invalid, match="only grows"):
        state(hub, new, 2, 500)


def test_a_version_whose_limit_is_used_up_already_ends_what_is_live_and_a_correction_gives_it_back(
    timed: tuple[Hub, Clock],
) -> None:
    hub, _ = timed
    asset = asset_row(hub)
    old = clear(hub, asset, **IMPRESSIONS)
    live = usage_row(hub, asset, use=EMAIL)
    state(hub, old, 1, 600)
    new = narrowed(hub, old, max_impressions=500)
    assert reasons(hub, asset, "continue") == ["SUPERSEDED"], "the old version comes nearest"
    assert (usage(hub, live).status, usage(hub, live).ended_why, usable(hub)) == ("stopped", "cap_reached", [])
    state(hub, new, 1, 400)
    assert (row(hub, new).ends_at, reasons(hub, asset), usable(hub)) == (None, [], [asset])


def test_numbers_that_were_added_end_a_narrowed_version_at_once_and_count_for_one_that_waits(
    timed: tuple[Hub, Clock],
) -> None:
    hub, clock = timed
    asset = asset_row(hub)
    old = clear(hub, asset, max_uses=5, uses=0, **IMPRESSIONS)
    copy = Usage(grants_used=[old], status="live", channel="email", external_ref="")
    waits = narrowed(hub, old, max_impressions=2000)
    with hub.database.write() as session:
        licensing.record_usage(hub, session, copy)
        licensing.record_usage(hub, session, copy, Spent(impressions=900))
    assert row(hub, waits).counters == row(hub, old).counters == {"uses": 1, "impressions": 900}
    last = narrowed(hub, waits, max_impressions=900)
    assert row(hub, last).ends_at == clock.at


def test_what_is_no_running_total_is_refused(timed: tuple[Hub, Clock]) -> None:
    hub, _ = timed
    grant = clear(hub, asset_row(hub), **IMPRESSIONS)
    free = clear(hub, asset_row(hub))
    state(hub, grant, 1, 500)
    with pytest.raises(Invalid, match="only grows") as error:
        state(hub, grant, 2, 400)
    assert error.value.code == "total_fell"
    wrong: list[tuple[str, int, dict[str, Any]]] = [
        (grant, 3, {"impressions": 900}),
        (grant, 2, {}),
        (grant, 2, {"impressions": -1}),
        (grant, 2, {"impressions": 10**16}),
        (grant, 2, {"spend_micros": 5}),
        (grant, 2, {"impressions": 900, "source": " "}),
        (grant, 2, {"impressions": 900, "source": "a" * 101}),
        (free, 2, {"impressions": 900}),
    ]
    for one, day, given in wrong:
        with pytest.raises(Invalid):
            state(hub, one, day, **given)
    with pytest.raises(NotFound):
        state(hub, "grt_none", 1, 5)
    viewer = actor_of(user_row(hub, "viewer"))
    total = Total("Meta Ads", date(2030, 1, 2), 900)
    with pytest.raises(Forbidden), hub.database.write() as session:
        licensing.state_total(hub, session, viewer, grant_id=grant, total=total)
    assert row(hub, grant).counters == {"impressions": 500}
