"""Assets like one: by look, by colour, and the same made otherwise; nobody is shown what they may not see."""

from __future__ import annotations

import random

import pytest
from sqlalchemy import select

from tests.pictures import encoded, jpeg, picture
from tests.ugc_hub.conftest import Send
from tests.ugc_hub.rows import asset_row, creator_actor, statements, user_row
from ugc_hub import licensing
from ugc_hub.accounts import SYSTEM, Actor, actor_of
from ugc_hub.catalog import Similar, get, similar
from ugc_hub.errors import Invalid, NotFound
from ugc_hub.hub import Hub
from ugc_hub.models import Asset, AssetLink, AssetLook, AssetRights
from workers.media.embedding import title

RED = bytes.fromhex("e4002bffffff")


def look_row(hub: Hub, number: int, asset_id: str, apart: int = 0) -> str:
    """Let an asset look a little, or more, different from the first."""
    chance = random.Random(1)
    values = [chance.randrange(-100, 100) for _ in range(128)]
    values = [value if place >= apart else -value for place, value in enumerate(values)]
    vector = bytes(value % 256 for value in values)
    with hub.database.write() as session:
        row = {"asset_id": asset_id, "number": number, "embedder": title(""), "vector": vector, "palette": RED}
        session.add(AssetLook(**row))
    return asset_id


def library(hub: Hub, count: int = 6) -> list[str]:
    """Assets of two creators in turn, each a little further from the first."""
    return [
        look_row(hub, place + 1, asset_row(hub, creator=("ana", "bo")[place % 2]), 4 * place) for place in range(count)
    ]


def ids(found: list[Similar]) -> list[str]:
    return [one.asset.id for one in found]


@pytest.mark.parametrize("by", ["look", "colour"])
def test_the_nearest_come_first_without_the_asset_itself(hub: Hub, by: str) -> None:
    made = library(hub)
    found = similar(hub, SYSTEM, made[0], by, limit=4)
    assert len(found) == 4
    assert made[0] not in ids(found)
    assert [one.distance for one in found] == sorted(one.distance for one in found)
    if by == "look":
        assert ids(found) == made[1:5]


def test_nobody_is_shown_what_they_may_not_see(hub: Hub) -> None:
    made = library(hub)
    viewer, legal = (actor_of(user_row(hub, role)) for role in ("viewer", "legal"))
    ana = creator_actor(hub, "ana")
    with hub.database.write() as session:
        session.add(AssetRights(asset_id=made[1], legal_order=True, updated_at=hub.now()))
    for by in ("look", "colour"):
        assert set(ids(similar(hub, viewer, made[0], by))) == set(made[2:])
        assert set(ids(similar(hub, legal, made[0], by))) == set(made[1:])
        assert set(ids(similar(hub, ana, made[0], by))) == {made[2], made[4]}
    assert similar(hub, viewer, made[1], "look") == []


def test_what_lies_in_the_trash_is_like_nothing(hub: Hub) -> None:
    made = library(hub)
    with hub.database.write() as session:
        session.get_one(Asset, made[1]).trashed_at = hub.now()
    for by in ("look", "colour"):
        assert set(ids(similar(hub, SYSTEM, made[0], by))) == set(made[2:])


def test_links_lead_to_nothing_that_is_hidden_or_trashed_in_either_direction(hub: Hub) -> None:
    one, copy, trashed = (asset_row(hub, f"{name}.jpg") for name in ("one", "copy", "trashed"))
    viewer, manager, legal = (actor_of(user_row(hub, role)) for role in ("viewer", "content_manager", "legal"))

    def linked(actor: Actor, asset_id: str) -> list[str]:
        near = ids(similar(hub, actor, asset_id, "duplicate"))
        links = [link.asset_id for link in get(hub, actor, asset_id).links]
        assert set(near) == {*links} - {trashed}
        return links

    with hub.database.write() as session:
        session.add(AssetLink(asset_id=copy, other_id=one, kind="near_duplicate", distance=0))
        session.add(AssetLink(asset_id=trashed, other_id=copy, kind="near_duplicate", distance=1))
        session.get_one(Asset, trashed).trashed_at = hub.now()
    assert linked(viewer, one) == [copy]
    assert linked(viewer, copy) == [one]
    assert linked(manager, copy) == [one, trashed]
    with hub.database.write() as session:
        session.add(AssetRights(asset_id=one, legal_order=True, updated_at=hub.now()))
    assert linked(viewer, one) == linked(viewer, copy) == linked(manager, one) == []
    assert linked(manager, copy) == [trashed]
    assert (linked(legal, one), one in linked(legal, copy)) == ([copy], True)


def test_copies_of_others_take_no_place_of_ones_own(hub: Hub) -> None:
    ana = creator_actor(hub, "ana")
    first, own = asset_row(hub, creator="ana"), asset_row(hub, creator="ana")
    others = [asset_row(hub, creator="bo") for _ in range(50)]
    with hub.database.write() as session:
        session.add_all(AssetLink(asset_id=one, other_id=first, kind="same_pixels", distance=0) for one in others)
        session.add(AssetLink(asset_id=own, other_id=first, kind="near_duplicate", distance=3))
    assert ids(similar(hub, ana, first, "duplicate")) == [own]
    assert ids(similar(hub, SYSTEM, first, "duplicate", limit=50)) == sorted(others)


def test_a_strangers_asset_is_not_there(hub: Hub) -> None:
    made = library(hub)
    with pytest.raises(NotFound):
        similar(hub, creator_actor(hub, "ana"), made[1], "look")


def test_what_changes_is_followed_and_what_is_erased_is_gone(hub: Hub) -> None:
    made = library(hub)
    assert len(similar(hub, SYSTEM, made[0], "look")) == 5
    new = look_row(hub, 7, asset_row(hub))
    assert ids(similar(hub, SYSTEM, made[0], "look"))[0] == new
    licensing.erase_asset(hub, SYSTEM, new, reason="They asked for it")
    assert new not in ids(similar(hub, SYSTEM, made[0], "look"))
    with hub.database.read() as session:
        assert new not in set(session.scalars(select(AssetLook.asset_id)))


def test_many_assets_take_no_more_statements_than_few(hub: Hub) -> None:
    few = library(hub)
    counts = []
    for made in (few, few + [look_row(hub, 10 + n, asset_row(hub)) for n in range(30)]):
        similar(hub, SYSTEM, made[0], "look")
        for by in ("look", "colour", "duplicate"):
            with statements(hub) as seen:
                similar(hub, SYSTEM, made[0], by)
            counts.append(len(seen))
    assert counts[:3] == counts[3:]
    assert max(counts) <= 7


def test_measuring_tells_how_an_asset_looks_and_what_is_a_copy_of_it(hub: Hub, send: Send) -> None:
    first = send(jpeg(900, 700, 1))
    copy = send(encoded(picture(900, 700, 1).resize((450, 350))))
    other = send(jpeg(900, 700, 2))
    (duplicate,) = similar(hub, SYSTEM, first, "duplicate")
    assert duplicate.asset.id == copy
    assert duplicate.distance <= 10 / 64
    assert ids(similar(hub, SYSTEM, first, "look"))[0] == copy
    assert copy in ids(similar(hub, SYSTEM, first, "colour"))
    assert other not in ids(similar(hub, SYSTEM, first, "duplicate"))


@pytest.mark.parametrize(("by", "limit"), [("smell", 5), ("look", 0), ("look", 51)])
def test_what_cannot_be_asked_for_is_told(hub: Hub, by: str, limit: int) -> None:
    with pytest.raises(Invalid):
        similar(hub, SYSTEM, asset_row(hub), by, limit=limit)
