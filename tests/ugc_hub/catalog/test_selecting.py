"""All that a search finds, as somebody sees it now: for edits, the trash, collections and packs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest
from sqlalchemy import delete

from tests.ugc_hub.licensing.rows import free_row
from tests.ugc_hub.rows import asset_row, creator_actor
from ugc_hub import catalog
from ugc_hub.accounts import SYSTEM, Actor
from ugc_hub.catalog import SORTS, Change, Query, Search, Selection, selecting
from ugc_hub.catalog.indexing import rebuild
from ugc_hub.errors import Forbidden, Invalid, Unavailable
from ugc_hub.hub import Hub
from ugc_hub.models import AssetClearance

DESIGNER, VIEWER = Actor("usr_d", "designer"), Actor("usr_v", "viewer")


def chosen(**facets: str) -> Mapping[str, frozenset[str]]:
    return {name: frozenset({value}) for name, value in facets.items()}


def shown(hub: Hub, actor: Actor, wanted: Search) -> list[str]:
    """What somebody sees who turns over all pages of a search, two assets on each."""
    seen: list[str] = []
    while True:
        page = catalog.search(hub, actor, replace(wanted, limit=2))
        seen += [one.asset.id for one in page.items]
        if page.next_cursor is None:
            return seen
        wanted = replace(wanted, cursor=page.next_cursor)


@pytest.mark.parametrize("sort", SORTS)
def test_all_hits_are_those_of_all_pages_in_their_order(hub: Hub, monkeypatch: pytest.MonkeyPatch, sort: str) -> None:
    monkeypatch.setattr(selecting, "MOST_HITS", 3)
    ids = {asset_row(hub, f"beach {'beach ' * (number % 3)}{number}.jpg", creator="ana") for number in range(8)}
    asset_row(hub, "beach of ben.jpg", creator="ben")
    asset_row(hub, "hill.jpg", creator="ana")
    rebuild(hub)
    wanted = Search("beach", chosen(creator="ana"), sort=sort, seed=7)
    found = catalog.hits(hub, VIEWER, replace(wanted, limit=1, facets=("kind",)))
    assert set(found) == ids
    assert found == shown(hub, VIEWER, wanted)


def test_words_that_were_read_as_typing_errors_mean_what_they_found(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selecting, "MOST_HITS", 2)
    ids = {asset_row(hub, f"sunset {number}.jpg") for number in range(5)}
    rebuild(hub)
    assert set(catalog.hits(hub, VIEWER, Search("sunzet"), as_read=True)) == ids


@pytest.mark.parametrize("text", ["sunzet", "sunset AND (", "usable:nothing sunset", "not sunset", "sunset or sunset"])
def test_what_is_not_looked_for_as_it_is_written_chooses_nothing_unseen(hub: Hub, text: str) -> None:
    asset = asset_row(hub, "sunset.jpg")
    rebuild(hub)
    with pytest.raises(Invalid) as caught:
        catalog.edit_many(hub, DESIGNER, Selection(search=Search(text)), Change(title="T"))
    assert (caught.value.code, caught.value.extra["field"]) == ("unclear_search", "search")
    assert catalog.get(hub, SYSTEM, asset).title == ""


def test_a_creator_means_their_own_alone(hub: Hub) -> None:
    own = asset_row(hub, "beach.jpg", creator="ana")
    asset_row(hub, "beach.jpg", creator="ben")
    rebuild(hub)
    assert catalog.hits(hub, creator_actor(hub, "ana"), Search("beach")) == [own]
    assert catalog.hits(hub, creator_actor(hub, "cara"), Search("beach")) == []
    with pytest.raises(Forbidden):
        catalog.hits(hub, replace(SYSTEM, scopes=frozenset({"tag.view"})), Search("beach"))


def test_an_index_that_is_behind_adds_nothing(hub: Hub) -> None:
    kept, gone = asset_row(hub, "beach 1.jpg"), asset_row(hub, "beach 2.jpg")
    rebuild(hub)
    catalog.edit_many(hub, SYSTEM, Selection((gone,)), Change(trash=True))
    assert catalog.hits(hub, VIEWER, Search("beach")) == [kept]


@pytest.mark.parametrize(
    "wanted",
    [
        Search("usable:paid_social"),
        Search("usable:paid_social OR usable:email"),
        Search("jpg", chosen(usable="paid_social")),
    ],
)
def test_what_may_be_used_is_asked_of_the_grants_again(hub: Hub, wanted: Search) -> None:
    free, other = free_row(hub, "free.jpg"), free_row(hub, "other.jpg")
    asset_row(hub, "closed.jpg")
    rebuild(hub)
    assert set(catalog.hits(hub, VIEWER, wanted)) == {free, other}
    with hub.database.write() as session:
        session.execute(delete(AssetClearance).where(AssetClearance.asset_id == other))
    assert catalog.hits(hub, VIEWER, wanted) == [free]
    # Whoever may not ask about rights gets no answer, and so chooses nothing.
    blind = replace(VIEWER, scopes=frozenset({"asset.view"}))
    assert catalog.hits(hub, blind, wanted, as_read=True) == []
    with pytest.raises(Invalid, match="may not ask"):
        catalog.hits(hub, blind, wanted)


def test_what_was_decided_asset_by_asset_counts_as_well(hub: Hub) -> None:
    free = free_row(hub, "free.jpg")
    with hub.database.write() as session:
        session.get_one(AssetClearance, free).clearance_id = None
    rebuild(hub)
    assert catalog.hits(hub, VIEWER, Search("usable:paid_social")) == [free]


def test_more_than_can_be_chosen_are_counted_and_refused(hub: Hub) -> None:
    for number in range(3):
        asset_row(hub, f"beach {number}.jpg", campaign="Summer")
    rebuild(hub)
    for selection in (Selection(search=Search("beach")), Selection(query=Query(campaign="Summer"))):
        with pytest.raises(Invalid):
            catalog.meant(hub, DESIGNER, selection, most=2)
        assert len(catalog.meant(hub, DESIGNER, selection, most=3)) == 3
    with pytest.raises(Invalid, match="3 assets are found; at most 2"):
        catalog.hits(hub, DESIGNER, Search("beach"), most=2)


def test_a_search_is_edited_thrown_away_and_collected(hub: Hub) -> None:
    ids = [asset_row(hub, f"beach {number}.jpg", creator="ana") for number in range(3)]
    other = asset_row(hub, "beach of ben.jpg", creator="ben")
    rebuild(hub)
    means = Selection(search=Search("beach", chosen(creator="ana"), sort="oldest"))
    made = catalog.edit_many(hub, DESIGNER, means, Change(add_tags=("sea",)))
    assert (made.chosen, made.changed) == (3, 3)
    assert catalog.get(hub, SYSTEM, other).tags == ()
    collection, added = catalog.collect_as(hub, DESIGNER, "Beach", means)
    assert added.added == 3
    assert catalog.asset_ids(hub, DESIGNER, collection, most=9) == ids
    assert catalog.collect(hub, DESIGNER, collection, means).known == 3
    catalog.edit_many(hub, DESIGNER, means, Change(trash=True))
    assert [one.id for one in catalog.find(hub, SYSTEM, Query()).items] == [other]
    with pytest.raises(Invalid, match="finds no asset now"):
        catalog.edit_many(hub, DESIGNER, means, Change(trash=True))
    with pytest.raises(Forbidden):
        catalog.edit_many(hub, VIEWER, means, Change(trash=True))


def test_without_an_index_nothing_is_changed(hub: Hub) -> None:
    asset = asset_row(hub, "beach.jpg")
    with pytest.raises(Unavailable):
        catalog.edit_many(hub, DESIGNER, Selection(search=Search("beach")), Change(title="T"))
    assert catalog.get(hub, SYSTEM, asset).title == ""


@pytest.mark.parametrize(
    "selection",
    [
        Selection(("ast_0",), Query()),
        Selection(("ast_0",), search=Search("beach")),
        Selection(query=Query(), search=Search("beach")),
    ],
)
def test_there_is_one_way_to_choose_at_a_time(hub: Hub, selection: Selection) -> None:
    with pytest.raises(Invalid, match="not by several"):
        catalog.edit_many(hub, DESIGNER, selection, Change(title="T"))
