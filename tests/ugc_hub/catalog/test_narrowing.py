"""Searches among some assets alone: those that came in since a time, and those of some ids."""

from __future__ import annotations

import pytest

from tests.ugc_hub.rows import asset_row, creator_actor, with_clock
from ugc_hub import catalog
from ugc_hub.accounts import SYSTEM, Actor
from ugc_hub.catalog import Found, Search
from ugc_hub.catalog.indexing import rebuild
from ugc_hub.database import feed
from ugc_hub.hub import Hub
from ugc_hub.models import Meta


def ids(hub: Hub, wanted: Search, actor: Actor = SYSTEM) -> list[str]:
    return [one.asset.id for one in catalog.search(hub, actor, wanted).items]


@pytest.mark.parametrize("text", ["beach", "", "beach OR sea", "-mountain"])
def test_a_search_since_a_time_finds_what_came_in_then_or_later(hub: Hub, text: str) -> None:
    hub, clock = with_clock(hub)
    asset_row(hub, "beach old.jpg")
    clock.go_on(seconds=1)
    new = asset_row(hub, "beach new.jpg")
    rebuild(hub)
    assert ids(hub, Search(text, since=hub.now())) == [new]


@pytest.mark.parametrize("text", ["beach", "", "beach OR sea", "-mountain"])
def test_a_search_among_some_assets_finds_no_others_and_none_that_one_may_not_see(hub: Hub, text: str) -> None:
    ana = creator_actor(hub, "ana")
    first, second, third = (asset_row(hub, f"beach {number}.jpg", creator="ana") for number in range(3))
    hers, others = asset_row(hub, "mountain.jpg", creator="ana"), asset_row(hub, "beach of ben.jpg", creator="ben")
    rebuild(hub)
    among = frozenset({first, third, hers, others, "ast_gone"})
    wanted = Search(text, among=among)
    found = {*ids(hub, wanted, ana)}
    assert found - {hers} == {first, third}
    assert (hers in found) is (text == "")
    assert {*ids(hub, wanted)} == {*found, others}
    assert second not in found
    assert ids(hub, Search(text, among=frozenset())) == []


def test_a_narrowed_search_reads_no_word_as_another_and_counts_what_it_was_asked_for(hub: Hub) -> None:
    made = asset_row(hub, "sunsex.jpg")
    rebuild(hub)

    def found(**narrowed: object) -> Found:
        return catalog.search(hub, SYSTEM, Search("sunset", **narrowed))  # type: ignore[arg-type]

    assert found().corrected
    nothing = found(among=frozenset({made}))
    assert (nothing.total, nothing.corrected, nothing.excluded, nothing.read_as) == (0, {}, (), "sunset")


def test_the_feed_names_what_changed_between_two_places_as_long_as_it_knows(hub: Hub) -> None:
    with hub.database.read() as session:
        begin = feed.upto(hub.database, session)
    first = asset_row(hub)
    with hub.database.read() as session:
        middle = feed.upto(hub.database, session)
    second = asset_row(hub)

    def changed(since: int, until: int) -> set[str] | None:
        with hub.database.read() as session:
            asked = feed.changed(hub.database, session, since, until)
            return None if asked is None else {*session.scalars(asked)}

    with hub.database.read() as session:
        end = feed.upto(hub.database, session)
    assert changed(begin, middle) == {first}
    assert changed(begin, end) == {first, second}
    assert changed(end, end) == set()
    assert changed(end + 1_000_000, end + 1_000_001) is None  # of another database
    with hub.database.write() as session:
        session.merge(Meta(name=feed.PRUNED, value=str(middle)))
    assert changed(begin, end) is None
    assert changed(middle, end) == {second}
