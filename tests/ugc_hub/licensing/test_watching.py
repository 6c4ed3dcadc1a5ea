"""Copies on their way: an end reaches them within seconds, and asking costs next to nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.ugc_hub.licensing.copies import revoke, usage_row
from tests.ugc_hub.licensing.rows import clear
from tests.ugc_hub.rows import asset_row, statements, with_clock
from ugc_hub import licensing
from ugc_hub.accounts import SYSTEM
from ugc_hub.hub import Hub
from ugc_hub.licensing import TransferEnded, Watch
from ugc_hub.licensing.watching import LOOK_EVERY
from ugc_hub.models import Usage


def test_a_revocation_cuts_what_is_on_its_way_with_the_next_look(hub: Hub) -> None:
    hub, clock = with_clock(hub)
    asset = asset_row(hub)
    grant = clear(hub, asset)
    watch = Watch(hub, {usage_row(hub, asset): None})
    clock.go_on(seconds=4)
    watch.check()
    revoke(hub, grant)
    clock.go_on(seconds=1)
    assert timedelta(seconds=60) >= LOOK_EVERY
    with pytest.raises(TransferEnded):
        watch.check()
    with pytest.raises(TransferEnded):
        watch.check()


def test_a_hold_cuts_as_well(hub: Hub) -> None:
    hub, clock = with_clock(hub)
    asset = asset_row(hub)
    clear(hub, asset)
    watch = Watch(hub, {usage_row(hub, asset): None})
    with hub.database.write() as session:
        licensing.set_status(hub, session, SYSTEM, asset_id=asset, status="hold", note="look at it")
    clock.go_on(seconds=6)
    with pytest.raises(TransferEnded):
        watch.check()


def test_nothing_is_sent_past_the_end_of_a_term_to_the_instant(hub: Hub) -> None:
    hub, clock = with_clock(hub)
    asset = asset_row(hub)
    end = clock.at + timedelta(seconds=3)
    clear(hub, asset, ends_at=end.isoformat(), perpetual=False)
    watch = Watch(hub, {usage_row(hub, asset): end})
    clock.at = end - timedelta(microseconds=1)
    watch.check()
    clock.at = end
    with pytest.raises(TransferEnded):
        watch.check()


def test_a_term_that_ends_before_the_first_piece_cuts_however_late_that_is(hub: Hub) -> None:
    hub, clock = with_clock(hub)
    asset = asset_row(hub)
    end = clock.at + timedelta(seconds=3)
    clear(hub, asset, ends_at=end.isoformat(), perpetual=False)
    usage = usage_row(hub, asset)
    clock.go_on(seconds=4)
    watch = Watch(hub, {usage: end})
    clock.go_on(seconds=6)
    with pytest.raises(TransferEnded):
        watch.check()


def test_an_announced_end_cuts_when_its_time_comes(hub: Hub) -> None:
    hub, clock = with_clock(hub)
    asset = asset_row(hub)
    clear(hub, asset)
    usage = usage_row(hub, asset)
    watch = Watch(hub, {usage: None})
    with hub.database.write() as session:
        session.get_one(Usage, usage).ended_at = clock() + timedelta(days=1)
    clock.go_on(hours=23)
    watch.check()
    clock.go_on(hours=1)
    with pytest.raises(TransferEnded):
        watch.check()


def test_what_is_complete_is_watched_no_longer(hub: Hub) -> None:
    hub, clock = with_clock(hub)
    asset = asset_row(hub)
    grant = clear(hub, asset)
    usage = usage_row(hub, asset)
    watch = Watch(hub, {usage: None})
    revoke(hub, grant)
    clock.go_on(minutes=1)
    watch.forget([usage])
    watch.check()


def test_many_pieces_cost_a_statement_every_few_seconds_and_not_one_each(hub: Hub) -> None:
    hub, clock = with_clock(hub)
    asset = asset_row(hub)
    clear(hub, asset)
    watch = Watch(hub, {usage_row(hub, asset): None})
    with statements(hub) as seen:
        for _ in range(200):
            clock.go_on(seconds=0.1)
            watch.check()
    assert len(seen) == 4
