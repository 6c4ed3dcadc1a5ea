"""The index keeps in which channels assets may be used now, and time alone changes that."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.ugc_hub.licensing.rows import clear, grant_row
from tests.ugc_hub.rows import Clock, asset_row, with_clock
from ugc_hub.accounts import SYSTEM, Actor, Bounds
from ugc_hub.catalog import Search, search
from ugc_hub.catalog.allowing import answers
from ugc_hub.catalog.indexing import rebuild
from ugc_hub.hub import Hub
from ugc_hub.jobs.following import Follower
from ugc_hub.licensing import kept_for
from ugc_hub.search.holding import AsOf
from ugc_hub.search.plan import Telling
from ugc_hub.search.tree import Usable

MONTH = {"perpetual": False, "starts_at": "2029-12-01T00:00:00Z", "ends_at": "2030-02-01T00:00:00Z"}
LATER = {"perpetual": False, "starts_at": "2030-03-01T00:00:00Z", "ends_at": "2030-04-01T00:00:00Z"}


@pytest.fixture
def timed(hub: Hub) -> tuple[Hub, Clock]:
    """A hub in January 2030: an asset that is free till February, one that is in March, one for ever, one never."""
    timed, clock = with_clock(hub)
    clear(timed, asset_row(timed, "month.jpg"), **MONTH, channels=["email", "website"])
    clear(timed, asset_row(timed, "later.jpg"), **LATER, channels=["email"])
    clear(timed, asset_row(timed, "ever.jpg"), channels=["website"])
    asset_row(timed, "never.jpg")
    rebuild(timed)
    return timed, clock


def told(hub: Hub, text: str = "", actor: Actor = SYSTEM, *chosen: str) -> dict[str, int]:
    wanted = Search(text, facets=("usable", "kind"), chosen={"usable": frozenset(chosen)} if chosen else {})
    return {one.value: one.count for one in search(hub, actor, wanted).facets["usable"]}


def usable(hub: Hub) -> dict[str, int]:
    totals = {name: search(hub, SYSTEM, Search(f"usable:{name}")).total for name in ("email", "website", "press")}
    return {name: total for name, total in totals.items() if total}


def asks_index(hub: Hub) -> bool:
    question = Usable("email")
    with hub.database.read() as session:
        found = answers(hub, session, SYSTEM, (question, ""), kept=hub.index.as_of())
    return isinstance(found.cleared[question], Telling)


def is_kept(hub: Hub, actor: Actor = SYSTEM) -> bool:
    with hub.database.read() as session:
        return kept_for(hub, session, actor, hub.index.as_of()) is not None


def test_counts_are_right_at_every_instant_and_the_index_follows_the_clock(timed: tuple[Hub, Clock]) -> None:
    hub, clock = timed
    follower = Follower(hub)
    assert follower.step() == 0
    for days, expected, turned in (
        (0, {"website": 2, "email": 1}, 0),
        (20, {"website": 2, "email": 1}, 0),
        (20, {"website": 1}, 1),
        (30, {"website": 1, "email": 1}, 1),
        (40, {"website": 1}, 1),
    ):
        clock.go_on(days=days)
        assert told(hub) == usable(hub) == expected
        assert is_kept(hub) is asks_index(hub) is not bool(turned)
        assert follower.step() == turned
        assert is_kept(hub)
        assert asks_index(hub)
        assert usable(hub) == expected
        assert told(hub) == told(hub, "jpg", SYSTEM, "website") == expected
    assert follower.step() == 0


def test_a_new_grant_is_counted_at_once_when_it_is_followed(timed: tuple[Hub, Clock]) -> None:
    hub, clock = timed
    follower = Follower(hub)
    clock.go_on(hours=1)
    clear(hub, asset_row(hub, "new.jpg"), channels=["email"], starts_at="2030-01-01T00:30:00Z", perpetual=True)
    while follower.step():
        pass
    assert is_kept(hub)
    assert told(hub) == {"website": 2, "email": 2}


def test_a_prohibition_for_all_assets_is_minded_without_touching_the_index(timed: tuple[Hub, Clock]) -> None:
    hub, _ = timed
    grant_row(hub, {"effect": "prohibit", "state": "active", "channels": ["email"], "territories": ["WORLD"]})
    assert is_kept(hub)
    assert told(hub) == {"website": 2}


def test_what_is_kept_holds_for_its_settings_only(timed: tuple[Hub, Clock]) -> None:
    hub, clock = timed
    moved = replace(hub, settings=replace(hub.settings, territories=["FR"]))
    assert not is_kept(moved)
    assert told(moved) == told(hub)
    clock.go_on(days=40)
    assert Follower(moved).step() == 4  # all of it, anew
    assert is_kept(moved)
    assert told(moved) == {"website": 1}


def test_a_token_that_is_bound_to_other_places_is_answered_from_the_grants(timed: tuple[Hub, Clock]) -> None:
    hub, _ = timed
    bound = Actor("usr_v", "viewer", bounds=Bounds.of(["email"], ["FR"]))
    assert not is_kept(hub, bound)
    assert told(hub, "", bound) == {"email": 1}
    narrow = Actor("usr_v", "viewer", bounds=Bounds.of(["email"]))
    assert is_kept(hub, narrow)
    assert told(hub, "", narrow) == {"email": 1}


def test_where_it_is_lost_when_all_was_true_the_index_finds_out_again(timed: tuple[Hub, Clock]) -> None:
    hub, clock = timed
    for path in hub.index.folder.glob("*/as-of.json"):
        path.write_bytes(b"{")
    assert hub.index.as_of() == AsOf()
    clock.go_on(days=40)
    assert told(hub) == {"website": 1}
    assert Follower(hub).step() == 2
    assert is_kept(hub)
    assert told(hub) == {"website": 1}
