"""Numbers beside tags and fields are those that a search finds, and no tag tells of what a legal order hides."""

from __future__ import annotations

import pytest

from tests.ugc_hub.rows import asset_row, statements
from ugc_hub import catalog
from ugc_hub.accounts import SYSTEM, Actor
from ugc_hub.catalog import Change, Definition, Description, Search, Selection
from ugc_hub.catalog.indexing import rebuild
from ugc_hub.errors import Forbidden
from ugc_hub.hub import Hub
from ugc_hub.models import Asset, AssetRights

KEPT_OUT = ("viewer", "channel_team", "designer", "content_manager")
ALLOWED = ("legal", "admin")


def order(hub: Hub, *asset_ids: str) -> None:
    with hub.database.write() as session:
        for one in asset_ids:
            session.merge(AssetRights(asset_id=one, legal_order=True, updated_at=hub.now()))


def trash(hub: Hub, *asset_ids: str) -> None:
    catalog.edit_many(hub, SYSTEM, Selection(asset_ids), Change(trash=True))


def tagged(hub: Hub, *names: str) -> str:
    asset = asset_row(hub)
    catalog.tag(hub, SYSTEM, asset, names)
    return asset


def listed(hub: Hub, actor: Actor) -> dict[str, int]:
    return {one.name: one.count for one in catalog.list_tags(hub, actor)}


def person(role: str) -> Actor:
    return Actor("usr_p", role)


def test_a_tag_of_what_a_legal_order_hides_alone_is_offered_to_nobody_else(hub: Hub) -> None:
    order(hub, tagged(hub, "zebra", "zoo"))
    tagged(hub, "zoo")
    catalog.set_synonyms(hub, SYSTEM, catalog.tag_named(hub, SYSTEM, "zebra").id, ["quagga"])
    for role in KEPT_OUT:
        actor = person(role)
        assert listed(hub, actor) == {"zoo": 1}
        assert [catalog.suggest(hub, actor, text) for text in ("z", "quag")] == [["zoo"], []]
        assert catalog.list_tags(hub, actor, text="quag") == []
    for role in ALLOWED:
        actor = person(role)
        assert listed(hub, actor) == {"zebra": 0, "zoo": 1}
        assert [catalog.suggest(hub, actor, text) for text in ("z", "quag")] == [["zoo", "zebra"], ["zebra"]]


def test_a_tag_comes_back_with_another_asset_and_with_the_end_of_the_order(hub: Hub) -> None:
    viewer, first = person("viewer"), tagged(hub, "zebra")
    order(hub, first)
    assert listed(hub, viewer) == {}
    tagged(hub, "zebra")
    assert listed(hub, viewer) == {"zebra": 1}
    with hub.database.write() as session:
        session.get_one(AssetRights, first).legal_order = False
    assert listed(hub, viewer) == {"zebra": 2}


def test_a_tag_on_nothing_and_one_on_the_trash_alone_are_listed_with_none(hub: Hub) -> None:
    catalog.tag(hub, SYSTEM, tagged(hub, "loose"), [])
    trash(hub, tagged(hub, "thrown"))
    hidden = tagged(hub, "hidden")
    order(hub, hidden)
    with hub.database.write() as session:
        session.get_one(Asset, hidden).trashed_at = hub.now()
    for role in KEPT_OUT:
        assert listed(hub, person(role)) == {"loose": 0, "thrown": 0}
    assert listed(hub, person("legal")) == {"hidden": 0, "loose": 0, "thrown": 0}


def test_the_number_beside_a_tag_is_what_a_search_for_it_finds(hub: Hub) -> None:
    ids = [tagged(hub, "lake", *(["rare"] if number < 3 else ())) for number in range(6)]
    order(hub, ids[0])
    trash(hub, ids[1])
    rebuild(hub)
    for role in (*KEPT_OUT, *ALLOWED):
        actor = person(role)
        found = {name: catalog.search(hub, actor, Search(f"tag:{name}")).total for name in ("lake", "rare")}
        assert listed(hub, actor) == found == {"lake": 4, "rare": 1}
        for name, number in found.items():
            assert catalog.get_tag(hub, actor, catalog.tag_named(hub, actor, name).id).count == number


def test_suggestions_are_in_the_order_of_what_is_found(hub: Hub) -> None:
    for number in range(3):
        asset = tagged(hub, "seal")
        if number:
            order(hub, asset)
    for _ in range(2):
        tagged(hub, "seam")
    trash(hub, tagged(hub, "seat"), tagged(hub, "seat"), tagged(hub, "seat"))
    assert catalog.suggest(hub, person("viewer"), "sea") == ["seam", "seal", "seat"]


def test_lists_and_suggestions_take_one_statement_for_all_rows(hub: Hub) -> None:
    viewer = person("viewer")
    order(hub, tagged(hub, "hidden"))
    tagged(hub, *(f"t{number}" for number in range(20)))
    with statements(hub) as seen:
        assert len(catalog.list_tags(hub, viewer)) == 20
    assert len(seen) == 2, "the tags, and their synonyms"
    with statements(hub) as seen:
        assert len(catalog.suggest(hub, viewer, "t")) == 8
    assert len(seen) == 1


def test_how_many_lose_a_tag_or_a_field_is_told_to_those_who_may_take_it(hub: Hub) -> None:
    asset = asset_row(hub, campaign="Summer")
    field = catalog.add_field(hub, SYSTEM, "Summer", Definition("Fee", "number"))
    catalog.describe(hub, SYSTEM, asset, Description(tags=["lake"], fields={"Fee": 3}))
    trash(hub, asset)
    manager, tag = person("content_manager"), catalog.tag_named(hub, SYSTEM, "lake")
    assert listed(hub, manager) == {"lake": 0}
    assert catalog.assets_with(hub, manager, [tag.id, "tag_0"]) == {tag.id: 1}
    assert catalog.assets_of_fields(hub, manager) == {field.id: 1}
    for role in ("viewer", "designer", "legal"):
        with pytest.raises(Forbidden):
            catalog.assets_with(hub, person(role), [tag.id])
        with pytest.raises(Forbidden):
            catalog.assets_of_fields(hub, person(role))
    assert catalog.remove(hub, manager, tag.id) == 1


def test_the_number_beside_a_field_is_what_a_search_for_it_finds(hub: Hub) -> None:
    ids = [asset_row(hub, f"{number}.jpg", campaign="Summer") for number in range(5)]
    asset_row(hub, "w.jpg", campaign="Winter")
    field = catalog.add_field(hub, SYSTEM, "Summer", Definition("Fee", "number"))
    for one in ids:
        catalog.describe(hub, SYSTEM, one, Description(fields={"Fee": 7}))
    order(hub, ids[0])
    trash(hub, ids[1])
    catalog.edit_many(hub, SYSTEM, Selection((ids[2],)), Change(campaign="Winter"))
    rebuild(hub)
    for role in (*KEPT_OUT, *ALLOWED):
        actor = person(role)
        ((shown,), ()) = catalog.list_fields(hub, actor).values()
        assert catalog.search(hub, actor, Search("custom:fee>0")).total == shown.assets == 2
        assert catalog.get_field(hub, actor, field.id).assets == 2
    assert catalog.assets_of_fields(hub, SYSTEM) == {field.id: 5}


def test_a_search_is_not_read_as_a_tag_that_a_legal_order_hides(hub: Hub) -> None:
    asset = tagged(hub, "zebra")
    catalog.set_synonyms(hub, SYSTEM, catalog.tag_named(hub, SYSTEM, "zebra").id, ["quagga"])
    asked = (
        *(Search("quagga"), Search("quag", typing=True), Search("tag:quagga")),
        *(Search(chosen={"tag": frozenset({name})}) for name in ("quagga", "ZEBRA")),
    )

    def naming(role: str) -> list[bool]:
        rebuild(hub)
        found = (catalog.search(hub, person(role), one) for one in asked)
        return ["zebra" in f"{one.read_as} {one.chosen}" for one in found]

    assert naming("viewer") == [True] * 5
    order(hub, asset)
    assert [naming(role) for role in KEPT_OUT] == [[False] * 5] * 4
    assert naming("legal")[:4] == [True] * 4
