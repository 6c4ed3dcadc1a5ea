"""Overrides by legal: short, with a reason, known for what they are, and stronger than nothing that forbids."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.ugc_hub.licensing.rows import FREE, clear, free_row, person_row
from tests.ugc_hub.rows import Clock, asset_row, user_row, with_clock
from ugc_hub import audit, licensing
from ugc_hub.accounts import SYSTEM, Actor, actor_of
from ugc_hub.errors import Conflict, Forbidden, Invalid, RightsDenied
from ugc_hub.hub import Hub
from ugc_hub.licensing import Draft, Use
from ugc_hub.licensing.overriding import Override, override
from ugc_hub.models import Evidence

WISH = Override(("tv.linear",), ("DE",), 10, "The court allowed it until the hearing.")


@pytest.fixture
def timed(hub: Hub) -> tuple[Hub, Clock]:
    return with_clock(hub)


def open_row(hub: Hub, **answers: Any) -> str:
    asset = asset_row(hub)
    with hub.database.write() as session:
        licensing.answer(hub, session, SYSTEM, asset_id=asset, answers={**FREE, **answers})
        licensing.set_status(hub, session, SYSTEM, asset_id=asset, status="active")
    return asset


def reason(hub: Hub, asset_id: str, channel: str = "tv.linear") -> str | None:
    with hub.database.read() as session:
        return licensing.ask(hub, session, asset_id, Use(channel, ("DE",))).primary_reason


def make(hub: Hub, actor: Actor, asset_id: str, wish: Override = WISH) -> list[str]:
    with hub.database.write() as session:
        return [row.id for row in override(hub, session, actor, asset_id=asset_id, wish=wish)]


def test_legal_allows_a_use_of_every_layer_for_some_days(timed: tuple[Hub, Clock]) -> None:
    hub, clock = timed
    asset = open_row(hub, people=[person_row(hub)])
    legal = actor_of(user_row(hub, "legal"))
    ids = make(hub, legal, asset)
    assert reason(hub, asset) is None
    assert reason(hub, asset, "email") is not None
    with hub.database.read() as session:
        assert set(session.scalars(select(Evidence.kind).where(Evidence.grant_id.in_(ids)))) == {"override"}
        (event,) = audit.find(session, audit.Query(kind="grant.override"))
        assert (event.actor, event.object_id) == (legal.user_id, asset)
    clock.go_on(days=10)
    assert reason(hub, asset) == "EXPIRED"


@pytest.mark.parametrize("role", ["content_manager", "designer", "viewer"])
def test_nobody_else_may(hub: Hub, role: str) -> None:
    with pytest.raises(Forbidden):
        make(hub, actor_of(user_row(hub, role)), open_row(hub))


@pytest.mark.parametrize("status", ["hold", "taken_down", "pending_review"])
def test_it_opens_nothing_that_is_closed(hub: Hub, status: str) -> None:
    asset = free_row(hub)
    with hub.database.write() as session:
        licensing.set_status(hub, session, SYSTEM, asset_id=asset, status=status)
    with pytest.raises(Conflict):
        make(hub, SYSTEM, asset)


def test_it_ends_with_a_hold_and_does_not_lift_a_prohibition(hub: Hub) -> None:
    asset = open_row(hub)
    make(hub, SYSTEM, asset)
    with hub.database.write() as session:
        licensing.set_status(hub, session, SYSTEM, asset_id=asset, status="hold")
    assert reason(hub, asset) == "ASSET_ON_HOLD"
    other = open_row(hub)
    make(hub, SYSTEM, other)
    with hub.database.write() as session:
        ban = {"effect": "prohibit", "state": "active", "channels": ["tv"]}
        licensing.add(hub, session, SYSTEM, Draft(ban, (other,)))
    assert reason(hub, other) == "PROHIBITED"


@pytest.mark.parametrize(
    ("days", "why", "channels"),
    [(0, "x", ("tv",)), (31, "x", ("tv",)), (5, " ", ("tv",)), (5, "x", ()), (5, "x", ("y",))],
)
def test_it_is_short_and_has_a_reason(hub: Hub, days: int, why: str, channels: tuple[str, ...]) -> None:
    with pytest.raises(Invalid):
        make(hub, SYSTEM, open_row(hub), Override(channels, ("DE",), days, why))


def test_a_copy_for_a_licence_that_begins_later_does_not_leave_today(timed: tuple[Hub, Clock]) -> None:
    hub, clock = timed
    asset = asset_row(hub)
    begins = clock() + timedelta(days=20)
    clear(hub, asset, starts_at=begins.isoformat())
    later = begins + timedelta(days=1)
    uses = (Use("email", at=later), Use("email", starts_at=later, ends_at=later + timedelta(days=5)))
    with hub.database.read() as session:
        assert all(licensing.ask(hub, session, asset, use).allowed for use in uses)
    for use in uses:
        with pytest.raises(RightsDenied) as refused:
            licensing.hand_over(hub, SYSTEM, licensing.Copy(asset, "download", use, sha256="0" * 64))
        assert "NOT_YET_VALID:copyright" in refused.value.extra["reasons"]
    clock.go_on(days=20)
    for use in uses:
        licensing.hand_over(hub, SYSTEM, licensing.Copy(asset, "download", use, sha256="0" * 64))
