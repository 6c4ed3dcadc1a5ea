"""Places in a collection: assets go where they are put, whatever stands between, and nobody else is lost or moved."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from tests.ugc_hub.rows import asset_row
from ugc_hub import catalog
from ugc_hub.accounts import SYSTEM, Actor
from ugc_hub.catalog import Change, Move, Selection, placing
from ugc_hub.errors import Conflict, HubError, Invalid, NotFound
from ugc_hub.hub import Hub
from ugc_hub.models import CollectionItem

DESIGNER = Actor("usr_d", "designer")


@pytest.fixture
def ids(hub: Hub) -> list[str]:
    """Five assets."""
    return [asset_row(hub, f"{number}.jpg") for number in range(5)]


@pytest.fixture
def collection(hub: Hub, ids: list[str]) -> str:
    """A collection that holds them."""
    return catalog.collect_as(hub, DESIGNER, "Spring", Selection(tuple(ids)))[0]


def order(hub: Hub, collection: str, ids: list[str]) -> list[int]:
    """The numbers of the assets, in the order of the collection."""
    return [ids.index(one) for one in catalog.asset_ids(hub, SYSTEM, collection, most=50)]


@pytest.mark.parametrize(
    ("moved", "before", "left"),
    [
        ([3], 0, [3, 0, 1, 2, 4]),
        ([0], 3, [1, 2, 0, 3, 4]),
        ([1], None, [0, 2, 3, 4, 1]),
        ([4, 0], 2, [1, 4, 0, 2, 3]),
        ([2, 1, 0], None, [3, 4, 2, 1, 0]),
        ([4, 3, 2, 1, 0], None, [4, 3, 2, 1, 0]),
        ([1], 2, [0, 1, 2, 3, 4]),
    ],
)
def test_assets_are_put_before_another_or_at_the_end(
    hub: Hub, collection: str, ids: list[str], moved: list[int], before: int | None, left: list[int]
) -> None:
    move = Move(tuple(ids[one] for one in moved), None if before is None else ids[before])
    catalog.move(hub, DESIGNER, collection, move)
    assert order(hub, collection, ids) == left


@pytest.mark.parametrize(
    ("moved", "by", "left"),
    [
        (2, -1, [0, 2, 1, 3, 4]),
        (2, 1, [0, 1, 3, 2, 4]),
        (0, -1, [0, 1, 2, 3, 4]),
        (4, 1, [0, 1, 2, 3, 4]),
        (3, -9, [3, 0, 1, 2, 4]),
        (0, 9, [1, 2, 3, 4, 0]),
    ],
)
def test_an_asset_is_moved_by_places_and_no_further_than_to_an_end(
    hub: Hub, collection: str, ids: list[str], moved: int, by: int, left: list[int]
) -> None:
    catalog.move(hub, DESIGNER, collection, Move((ids[moved],), by=by))
    assert order(hub, collection, ids) == left


def test_one_place_means_past_the_neighbour_that_one_sees(hub: Hub, collection: str, ids: list[str]) -> None:
    made = catalog.edit_many(hub, SYSTEM, Selection((ids[2],)), Change(trash=True))
    catalog.move(hub, DESIGNER, collection, Move((ids[3],), by=-1))
    assert order(hub, collection, ids) == [0, 3, 1, 4]
    with pytest.raises(NotFound):
        catalog.move(hub, DESIGNER, collection, Move((ids[2],), by=1))
    catalog.undo(hub, SYSTEM, made.id)
    assert order(hub, collection, ids) == [0, 3, 1, 2, 4]


def test_moving_again_and_again_between_two_finds_room_and_keeps_the_order(
    hub: Hub, collection: str, ids: list[str]
) -> None:
    expected, chance = list(range(5)), random.Random(4)
    for _ in range(60):
        one = expected.pop(chance.choice((3, 4)))
        expected.insert(1, one)
        catalog.move(hub, DESIGNER, collection, Move((ids[one],), before=ids[expected[2]]))
        assert order(hub, collection, ids) == expected
    with hub.database.read() as session:
        positions = session.scalars(select(CollectionItem.position)).all()
    assert len(set(positions)) == 5


def test_an_asset_that_is_moved_leaves_the_others_where_they_are(hub: Hub, collection: str, ids: list[str]) -> None:
    def positions() -> dict[str, int]:
        with hub.database.read() as session:
            return {one.asset_id: one.position for one in session.scalars(select(CollectionItem))}

    before = positions()
    for number in (4, 2):
        catalog.move(hub, DESIGNER, collection, Move((ids[number],), before=ids[0]))
    after = positions()
    assert {one for one in ids if before[one] != after[one]} == {ids[4], ids[2]}


@pytest.mark.parametrize(
    "move",
    [
        Move(()),
        Move(("{0}",), before="{0}"),
        Move(("{0}", "{1}"), by=1),
        Move(("{0}",), before="{1}", by=1),
        Move(("ast_0",)),
        Move(("{0}",), before="ast_0"),
    ],
)
def test_what_cannot_be_moved_moves_nothing(hub: Hub, collection: str, ids: list[str], move: Move) -> None:
    wanted = Move(tuple(one.format(*ids) for one in move.asset_ids), move.before and move.before.format(*ids), move.by)
    with pytest.raises((Invalid, NotFound)):
        catalog.move(hub, DESIGNER, collection, wanted)
    assert order(hub, collection, ids) == [0, 1, 2, 3, 4]


def test_assets_are_taken_out_and_stay(hub: Hub, collection: str, ids: list[str]) -> None:
    assert catalog.take_out(hub, DESIGNER, collection, [ids[1], ids[3], ids[1], "ast_0"]) == 2
    assert catalog.take_out(hub, DESIGNER, collection, [ids[1]]) == 0
    assert order(hub, collection, ids) == [0, 2, 4]
    assert catalog.get(hub, SYSTEM, ids[1]).id == ids[1]
    with pytest.raises(Invalid):
        catalog.take_out(hub, DESIGNER, collection, [])


def test_a_collection_holds_no_more_than_its_limit(
    hub: Hub, collection: str, ids: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(placing, "MOST", 6)
    more = (asset_row(hub), asset_row(hub))
    with pytest.raises(Conflict) as problem:
        catalog.collect(hub, DESIGNER, collection, Selection(more))
    assert problem.value.code == "too_many"
    assert catalog.collect(hub, DESIGNER, collection, Selection((*ids, more[0]))).added == 1
    with pytest.raises(Invalid):
        catalog.collect(hub, DESIGNER, collection, Selection((*ids, *more)))
    with pytest.raises(Invalid):
        catalog.collect(hub, DESIGNER, collection, Selection(query=catalog.Query()))


@pytest.mark.parametrize("selection", [Selection(), Selection(("ast_0",), catalog.Query())])
def test_nothing_or_two_things_at_once_cannot_be_put_in(hub: Hub, collection: str, selection: Selection) -> None:
    with pytest.raises(Invalid):
        catalog.collect(hub, DESIGNER, collection, selection)


def test_people_who_arrange_at_once_lose_nothing(hub: Hub, collection: str, ids: list[str]) -> None:
    more = [asset_row(hub) for _ in range(8)]

    def act(number: int) -> None:
        catalog.collect(hub, DESIGNER, collection, Selection((more[number], more[(number + 1) % 8])))
        catalog.move(hub, DESIGNER, collection, Move((ids[number % 5],), by=1 if number % 2 else -1))

    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(act, number) for number in range(8)]:
            done.result()
    assert sorted(catalog.asset_ids(hub, SYSTEM, collection, most=50)) == sorted([*ids, *more])
    with hub.database.read() as session:
        assert len(set(session.scalars(select(CollectionItem.position)).all())) == 13


def test_a_name_is_made_once_however_many_ask_for_it(hub: Hub, ids: list[str]) -> None:
    def act(number: int) -> str:
        try:
            return catalog.collect_as(hub, DESIGNER, "Race", Selection((ids[number],)))[0]
        except HubError as error:
            return error.code

    with ThreadPoolExecutor(4) as pool:
        outcomes = set(pool.map(act, range(4)))
    assert len(outcomes - {"collection_taken"}) == 1
    assert len(catalog.list_collections(hub, SYSTEM, text="race").items) == 1
