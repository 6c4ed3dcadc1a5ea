"""Tags: one for each word however it is written, and all assets follow what happens to them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.ugc_hub.rows import asset_row, creator_actor, statements
from ugc_hub import catalog, licensing
from ugc_hub.accounts import SYSTEM, Actor
from ugc_hub.catalog import Description, Query
from ugc_hub.creators import list_niches, set_niche, the_creator
from ugc_hub.errors import Conflict, Forbidden, Invalid, NotFound
from ugc_hub.hub import Hub
from ugc_hub.models import Asset, AssetTag, Event, TagSynonym

MANAGER, DESIGNER, VIEWER = Actor("usr_m", "content_manager"), Actor("usr_d", "designer"), Actor("usr_v", "viewer")


def tagged(hub: Hub, asset_id: str, *names: str) -> tuple[str, ...]:
    return catalog.describe(hub, SYSTEM, asset_id, Description(tags=names)).tags


def ids(hub: Hub) -> dict[str, str]:
    return {row.name: row.id for row in catalog.list_tags(hub, SYSTEM)}


def test_two_spellings_are_one_tag_as_it_was_first_written(hub: Hub) -> None:
    one, two = asset_row(hub, "a.jpg"), asset_row(hub, "b.jpg")
    assert tagged(hub, one, "Café  Crème", "#Summer") == ("Café Crème", "Summer")
    assert tagged(hub, two, "CAFE CREME", "café crème", "summer") == ("Café Crème", "Summer")
    assert [(row.name, row.count) for row in catalog.list_tags(hub, SYSTEM)] == [("Café Crème", 2), ("Summer", 2)]


def test_an_asset_has_exactly_the_tags_that_were_kept_last(hub: Hub) -> None:
    asset = asset_row(hub)
    tagged(hub, asset, "a", "b")
    assert tagged(hub, asset, "b", "c") == ("b", "c")
    assert catalog.find(hub, SYSTEM, Query()).items[0].tags == ("b", "c")
    assert tagged(hub, asset) == ()


@pytest.mark.parametrize("name", ["", " # ", "a,b", "x" * 61, "a\x00b", "\u0301"])
def test_what_cannot_be_a_tag_is_refused_and_nothing_is_kept(hub: Hub, name: str) -> None:
    asset = asset_row(hub)
    with pytest.raises(Invalid):
        tagged(hub, asset, "good", name)
    assert catalog.get(hub, SYSTEM, asset).tags == ()
    assert catalog.list_tags(hub, SYSTEM) == []


def test_typing_a_synonym_gives_the_tag(hub: Hub) -> None:
    asset = asset_row(hub)
    tagged(hub, asset, "Trousers")
    catalog.set_synonyms(hub, MANAGER, ids(hub)["Trousers"], ["Pants", "Hosen", "trousers"])
    assert tagged(hub, asset, "HOSEN", "pants") == ("Trousers",)
    (row,) = catalog.list_tags(hub, SYSTEM)
    assert row.synonyms == ("Hosen", "Pants")
    assert catalog.suggest(hub, SYSTEM, "pan") == ["Trousers"]


def test_a_synonym_stands_for_one_tag_only(hub: Hub) -> None:
    tagged(hub, asset_row(hub), "a", "b", "c")
    known = ids(hub)
    catalog.set_synonyms(hub, MANAGER, known["a"], ["x"])
    for taken in ("x", "C"):
        with pytest.raises(Conflict):
            catalog.set_synonyms(hub, MANAGER, known["b"], [taken])
    with pytest.raises(Conflict):
        catalog.rename(hub, MANAGER, known["b"], "X")


def test_a_new_name_leaves_the_old_one_as_a_synonym(hub: Hub) -> None:
    asset = asset_row(hub)
    tagged(hub, asset, "sneeker")
    catalog.rename(hub, MANAGER, ids(hub)["sneeker"], "Sneaker")
    assert catalog.get(hub, SYSTEM, asset).tags == ("Sneaker",)
    assert tagged(hub, asset, "sneeker") == ("Sneaker",)
    catalog.rename(hub, MANAGER, ids(hub)["Sneaker"], "SNEAKER")
    (row,) = catalog.list_tags(hub, SYSTEM)
    assert (row.name, row.synonyms) == ("SNEAKER", ("sneeker",))
    catalog.rename(hub, MANAGER, row.id, "sneeker")
    assert [(row.name, row.synonyms) for row in catalog.list_tags(hub, SYSTEM)] == [("sneeker", ("SNEAKER",))]


def test_a_merge_takes_all_assets_and_words_along(hub: Hub) -> None:
    first, second, third = (asset_row(hub, f"{number}.jpg") for number in range(3))
    tagged(hub, first, "shoe")
    tagged(hub, second, "shoes")
    tagged(hub, third, "shoe", "shoes", "red")
    known = ids(hub)
    catalog.set_synonyms(hub, MANAGER, known["shoes"], ["footwear"])
    assert catalog.merge(hub, MANAGER, known["shoes"], into=known["shoe"]) == 2
    assert [catalog.get(hub, SYSTEM, one).tags for one in (first, second, third)] == [
        ("shoe",),
        ("shoe",),
        ("red", "shoe"),
    ]
    assert {row.name: (row.count, row.synonyms) for row in catalog.list_tags(hub, SYSTEM)} == {
        "red": (1, ()),
        "shoe": (3, ("footwear", "shoes")),
    }
    with pytest.raises(Invalid):
        catalog.merge(hub, MANAGER, known["shoe"], into=known["shoe"])
    with pytest.raises(NotFound):
        catalog.merge(hub, MANAGER, known["shoes"], into=known["shoe"])


def test_a_merge_takes_as_many_statements_for_many_assets_as_for_one(hub: Hub) -> None:
    counted = []
    for number in (1, 20):
        for one in range(number):
            tagged(hub, asset_row(hub, f"{number}-{one}.jpg"), f"old{number}")
        tagged(hub, asset_row(hub), "new")
        with statements(hub) as seen:
            catalog.merge(hub, MANAGER, ids(hub)[f"old{number}"], into=ids(hub)["new"])
        counted.append(len(seen))
    assert counted[0] == counted[1]


def test_a_removed_tag_is_gone_with_its_synonyms(hub: Hub) -> None:
    asset = asset_row(hub)
    tagged(hub, asset, "a", "b")
    catalog.set_synonyms(hub, MANAGER, ids(hub)["a"], ["alpha"])
    assert catalog.remove(hub, MANAGER, ids(hub)["a"]) == 1
    assert catalog.get(hub, SYSTEM, asset).tags == ("b",)
    with hub.database.read() as session:
        assert session.query(TagSynonym).count() == 0


def test_suggestions_begin_as_was_typed_the_most_used_first(hub: Hub) -> None:
    for names in (["summer", "summit"], ["summit"], ["late summer", "100% cotton"]):
        tagged(hub, asset_row(hub), *names)
    assert catalog.suggest(hub, SYSTEM, "SUM") == ["summit", "summer", "late summer"]
    assert catalog.suggest(hub, SYSTEM, "#summ", limit=1) == ["summit"]
    assert catalog.suggest(hub, SYSTEM, "%") == catalog.suggest(hub, SYSTEM, " ") == []


def test_tags_are_listed_a_page_at_a_time(hub: Hub) -> None:
    tagged(hub, asset_row(hub), *(f"t{number:02}" for number in range(5)))
    first = catalog.list_tags(hub, SYSTEM, limit=3)
    rest = catalog.list_tags(hub, SYSTEM, limit=3, after=first[-1].name)
    assert [row.name for row in first + rest] == [f"t{number:02}" for number in range(5)]
    assert [row.name for row in catalog.list_tags(hub, SYSTEM, text="04")] == ["t04"]


def test_only_some_may_change_tags_and_creators_see_none(hub: Hub) -> None:
    asset = asset_row(hub, creator="ana")
    tagged(hub, asset, "a")
    tag_id = ids(hub)["a"]
    for actor in (DESIGNER, VIEWER):
        assert [row.name for row in catalog.list_tags(hub, actor)] == ["a"]
        for change in (
            lambda actor=actor: catalog.rename(hub, actor, tag_id, "b"),
            lambda actor=actor: catalog.set_synonyms(hub, actor, tag_id, ["b"]),
            lambda actor=actor: catalog.merge(hub, actor, tag_id, into="tag_0"),
            lambda actor=actor: catalog.remove(hub, actor, tag_id),
        ):
            with pytest.raises(Forbidden):
                change()
    ana = creator_actor(hub, "ana")
    with pytest.raises(Forbidden):
        catalog.list_tags(hub, ana)
    for actor in (VIEWER, ana):
        with pytest.raises(Forbidden):
            catalog.describe(hub, actor, asset, Description(tags=["b"]))
    assert catalog.get(hub, SYSTEM, asset).tags == ("a",)


def test_words_are_kept_and_entries_do_not_repeat_them(hub: Hub) -> None:
    asset = asset_row(hub)
    words = Description(" Ana at\nthe  lake ", "Line one\r\nline two ", "EN", ["Ana"])
    made = catalog.describe(hub, DESIGNER, asset, words)
    assert (made.title, made.description, made.language) == ("Ana at the lake", "Line one\nline two", "en")
    assert catalog.describe(hub, DESIGNER, asset, Description(title="")).description == "Line one\nline two"
    with hub.database.read() as session:
        events = session.query(Event).filter(Event.kind.in_(("asset.described", "asset.tagged", "tag.added"))).all()
    assert {event.kind for event in events} == {"asset.described", "asset.tagged", "tag.added"}
    assert not any("Ana" in str(event.body) or "Line" in str(event.body) for event in events)


@pytest.mark.parametrize("words", [{"title": "x" * 301}, {"description": "x" * 5001}, {"language": "english"}])
def test_words_that_are_too_long_are_refused_by_name(hub: Hub, words: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as problem:
        catalog.describe(hub, SYSTEM, asset_row(hub), Description(**words))
    assert problem.value.extra["field"] in words


def test_erasing_takes_the_words_along(hub: Hub) -> None:
    asset = asset_row(hub, creator="ana")
    catalog.describe(hub, SYSTEM, asset, Description("Ana", "At home", "en", ["ana"]))
    creator = the_creator(hub, "ana")
    set_niche(hub, SYSTEM, creator.id, "Ana's kitchen")
    licensing.erase_creator(hub, SYSTEM, creator.id, reason="asked")
    with hub.database.read() as session:
        row = session.get_one(Asset, asset)
        assert (row.title, row.description, row.language) == ("", "", "")
        assert session.query(AssetTag).count() == 0
    assert list_niches(hub) == []


def test_a_niche_belongs_to_the_creator(hub: Hub) -> None:
    asset_row(hub, creator="ana")
    creator = the_creator(hub, "ana")
    set_niche(hub, MANAGER, creator.id, "  skin   care ")
    assert the_creator(hub, "ana").niche == "skin care"
    assert list_niches(hub) == ["skin care"]
    with pytest.raises(Forbidden):
        set_niche(hub, DESIGNER, creator.id, "food")
    with pytest.raises(Invalid):
        set_niche(hub, MANAGER, creator.id, "x" * 101)
    with pytest.raises(NotFound):
        set_niche(hub, MANAGER, "crt_0", "food")
