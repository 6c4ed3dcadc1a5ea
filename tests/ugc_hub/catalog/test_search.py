"""The search through the product: the right assets with exact counts, and nobody sees or counts what they may not."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest
from sqlalchemy import update

from tests.ugc_hub.catalog.conftest import Ask
from tests.ugc_hub.licensing.rows import free_row
from tests.ugc_hub.rows import asset_row, creator_actor, facts_of, statements
from ugc_hub import catalog, licensing
from ugc_hub.accounts import SYSTEM, Actor
from ugc_hub.catalog import FACETS, AssetView, Description, Found, Search, search
from ugc_hub.catalog.indexing import rebuild
from ugc_hub.errors import Invalid
from ugc_hub.hub import Hub
from ugc_hub.licensing import Whole
from ugc_hub.models import Asset, AssetClearance, AssetRights

VIEWER = Actor("usr_v", "viewer")


def names(found: Found) -> list[str]:
    return [one.asset.file_name for one in found.items]


def ids(found: Found) -> list[str]:
    return [one.asset.id for one in found.items]


def counts(found: Found, facet: str) -> dict[str, int]:
    return {one.value: one.count for one in found.facets[facet]}


def test_words_fields_and_facets_find_together(hub: Hub, ask: Ask) -> None:
    asset_row(hub, "beach-sunset.jpg", creator="ana", campaign="Summer")
    asset_row(hub, "beach-walk.mp4", creator="bea", facts=facts_of(kind="video", duration_s=12.0))
    asset_row(hub, "mountain.jpg", creator="ana")
    found = ask("beach", facets=("kind", "creator", "campaign"))
    assert sorted(names(found)) == ["beach-sunset.jpg", "beach-walk.mp4"]
    assert (found.total, counts(found, "kind")) == (2, {"image": 1, "video": 1})
    assert counts(found, "creator") == {"ana": 1, "bea": 1}
    found = ask("beach", chosen={"creator": frozenset({"ana"})}, facets=("creator", "kind"))
    assert names(found) == ["beach-sunset.jpg"]
    assert counts(found, "creator") == {"ana": 1, "bea": 1}
    assert counts(found, "kind") == {"image": 1}
    assert [one.chosen for one in found.facets["creator"]] == [True, False]


@pytest.mark.parametrize(
    ("facet", "value"),
    [
        ("creator", "@Ana"),
        ("kind", "photo"),
        ("kind", "IMAGE"),
        ("status", "ready"),
        ("status", "Approved"),
        ("tag", "#crème BRULEE"),
        ("campaign", " Éte\N{COMBINING ACUTE ACCENT} "),
        ("usable", "Paid_Social"),
    ],
)
def test_what_is_chosen_may_be_written_in_any_way(hub: Hub, ask: Ask, facet: str, value: str) -> None:
    found = free_row(hub, "beach.jpg", creator="ana", campaign="Été", facts=facts_of())
    catalog.describe(hub, SYSTEM, found, Description(tags=["Crème brûlée"]))
    assert ids(ask(chosen={facet: frozenset({value})})) == [found]
    assert ids(ask(chosen={facet: frozenset({"#"})})) == []


def test_an_asset_of_a_page_has_all_that_a_view_of_one_has(hub: Hub, ask: Ask) -> None:
    asset = asset_row(hub, "beach.jpg", creator="ana", campaign="Summer", facts=facts_of(), focal_x=0.25, focal_y=0.5)
    [found] = ask("beach").items
    assert found.asset == catalog.get(hub, SYSTEM, asset)
    assert vars(found.asset).keys() == {one.name for one in fields(AssetView)}


def test_it_is_told_where_the_words_stand_and_how_they_were_read(hub: Hub, ask: Ask) -> None:
    asset_row(hub, "beach-sunset.jpg")
    assert ask("sunset").items[0].highlights == {"file_name": ((6, 12),)}
    found = ask("sunzet")
    assert names(found) == ["beach-sunset.jpg"]
    assert found.corrected == {"sunzet": "sunzet~1"}
    found = ask("sunset AND duration:soon")
    assert [(one.start, one.end) for one in found.problems] != []
    assert found.read_as


def test_what_may_be_used_is_a_clause_a_facet_and_told_of_every_hit(hub: Hub, ask: Ask) -> None:
    free = free_row(hub, "free.jpg")
    asset_row(hub, "closed.jpg")
    for known in ({"text": "usable:paid_social territory:DE"}, {"chosen": {"usable": frozenset({"paid_social"})}}):
        found = ask(**known)
        assert ([one.asset.id for one in found.items], found.total) == ([free], 1)
        assert "paid_social" in found.items[0].uses
    found = ask(facets=("usable",))
    assert counts(found, "usable")["paid_social"] == 1
    assert {one.asset.file_name: bool(one.uses) for one in found.items} == {"free.jpg": True, "closed.jpg": False}
    assert names(ask("NOT usable:paid_social")) == ["closed.jpg"]


@pytest.mark.parametrize(
    "text",
    [
        'usable:"Paid social" territory:DE',
        'usable:"paid social (Meta)" territory:germany',
        'usable:paid_social territory:"United States"',
        'usable:E-mail territory:"DE, France"',
        'usable:email territory:"European Union"',
        'usable:email territory:"Saint Helena, Ascension and Tristan da Cunha"',
    ],
)
def test_a_use_is_asked_for_by_the_names_that_pages_show(hub: Hub, ask: Ask, text: str) -> None:
    free = free_row(hub, "free.jpg")
    asset_row(hub, "closed.jpg")
    found = ask(text)
    assert ([one.asset.id for one in found.items], found.problems) == ([free], ())
    assert ask(found.read_as).read_as == found.read_as


def test_assets_that_are_decided_singly_are_found_and_counted_too(hub: Hub, ask: Ask) -> None:
    free = free_row(hub, "free.jpg")
    with hub.database.write() as session:
        session.execute(update(AssetClearance).values(clearance_id=None))
    found = ask("usable:paid_social", facets=("usable",))
    assert [one.asset.id for one in found.items] == [free]
    assert counts(found, "usable")["paid_social"] == 1
    assert "paid_social" in found.items[0].uses


def test_a_hit_that_may_not_be_used_any_more_is_left_out(hub: Hub) -> None:
    free_row(hub, "free.jpg")
    rebuild(hub)
    with hub.database.write() as session:
        session.execute(update(AssetRights).values(status="hold"))
    found = search(hub, SYSTEM, Search("usable:paid_social"))
    assert (found.items, found.total) == ((), 0)


def test_a_hit_a_part_of_which_went_into_the_trash_is_left_out_before_the_index_knows(hub: Hub) -> None:
    part, whole = free_row(hub, "part.jpg"), asset_row(hub, "whole.jpg")
    with hub.database.write() as session:
        licensing.declare_composed(hub, session, SYSTEM, asset_id=whole, whole=Whole([part], {"crop"}))
    rebuild(hub)
    asked = Search("usable:paid_social")
    assert {one.asset.id for one in search(hub, SYSTEM, asked).items} == {part, whole}
    with hub.database.write() as session:
        session.get_one(Asset, part).trashed_at = hub.now()
    found = search(hub, SYSTEM, asked)
    assert (found.items, found.total) == ((), 0)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("beach usable:nowhere", 6, 20),
        ("usable:paid_social territory:QQ", 19, 31),
        ("usable:paid_social until:2001-01-01", 0, 18),
        ("usable:paid_social edits:eat", 19, 28),
        ("platform:nothing", 0, 16),
        ("usable:email usable:ail", 13, 23),
    ],
)
def test_a_use_that_does_not_exist_is_told_with_its_place(hub: Hub, ask: Ask, text: str, start: int, end: int) -> None:
    free_row(hub, "beach.jpg")
    found = ask(text)
    assert [(one.start, one.end) for one in found.problems] == [(start, end)]
    assert found.total == 0


def test_a_tag_is_found_by_its_synonyms_and_by_the_names_it_had(hub: Hub, ask: Ask) -> None:
    tagged = [asset_row(hub, f"{number}.jpg") for number in range(2)]
    word = asset_row(hub, "strand.jpg")
    catalog.describe(hub, SYSTEM, tagged[0], Description(tags=["Strand"]))
    catalog.describe(hub, SYSTEM, tagged[1], Description(tags=["Beach"]))
    names = {one.name: one.id for one in catalog.list_tags(hub, SYSTEM)}
    catalog.merge(hub, SYSTEM, names["Strand"], into=names["Beach"])
    catalog.set_synonyms(hub, SYSTEM, names["Beach"], ["Strand", "Sea side"])
    catalog.rename(hub, SYSTEM, names["Beach"], "Coast")
    rebuild(hub)
    tagged.sort(reverse=True)
    for text in ("tag:strand", "#Coast", "#strand", 'tag:"sea side"', "tag:BEACH", "tag:coast", '"sea side"', "beach"):
        assert ids(ask(text)) == tagged, text
    assert ids(ask("strand")) == [word, *tagged]
    assert ids(ask("-strand")) == ids(ask("strand kind:video")) == []
    assert [(one.clause, one.count) for one in ask("tag:strand kind:video").excluded] == [("kind:video", 2)]
    found = ask("", chosen={"tag": frozenset({"Strand"})}, facets=("tag",))
    assert (ids(found), [(one.value, one.chosen) for one in found.facets["tag"]]) == (tagged, [("Coast", True)])
    assert ids(ask("tag:stran", typing=True)) == ids(ask("tag:stra*")) == ids(ask("#str", typing=True)) == tagged
    assert ids(ask("stran", typing=True)) == [word, *tagged]
    assert ids(ask('tag:"sea si', typing=True)) == ids(ask("tag:tran", typing=True)) == ids(ask("tag:stran")) == []
    assert ids(ask("tag:strand", typing=True)) == tagged


def test_each_of_several_beginnings_means_the_synonyms_that_begin_so_and_no_sign_in_them_means_others(
    hub: Hub, ask: Ask
) -> None:
    sea, sale = asset_row(hub, "a.jpg"), asset_row(hub, "b.jpg")
    catalog.describe(hub, SYSTEM, sea, Description(tags=["Coast"]))
    catalog.describe(hub, SYSTEM, sale, Description(tags=["Offers"]))
    names = {one.name: one.id for one in catalog.list_tags(hub, SYSTEM)}
    catalog.set_synonyms(hub, SYSTEM, names["Coast"], ["Strand", "my_sea"])
    catalog.set_synonyms(hub, SYSTEM, names["Offers"], ["Rabatt", "50% off"])
    rebuild(hub)
    assert ids(ask("tag:stra* OR tag:raba*")) == sorted([sea, sale], reverse=True)
    assert ids(ask("tag:stra*")) == ids(ask("tag:my_s*")) == [sea]
    assert ids(ask("tag:50%*")) == [sale]
    assert ids(ask("tag:st_a*")) == ids(ask("tag:s%nd*")) == ids(ask("tag:my%s*")) == []


def test_who_may_not_see_the_tags_of_the_house_is_told_none_by_a_synonym(hub: Hub) -> None:
    asset_row(hub, "trousers.jpg", creator="ana")
    catalog.describe(hub, SYSTEM, asset_row(hub, "x.jpg", creator="bea"), Description(tags=["Difficult creator"]))
    [tag] = catalog.list_tags(hub, SYSTEM)
    catalog.set_synonyms(hub, SYSTEM, tag.id, ["trouble", "trousers"])
    rebuild(hub)
    ana, token = creator_actor(hub, "ana"), replace(VIEWER, scopes=frozenset({"asset.view"}))
    for text in ("tr*", "trouble", "tag:trouble", "trousers kind:video", "tag:tr* kind:video"):
        assert "Difficult creator" in str(search(hub, SYSTEM, Search(text))), text
        for actor in (ana, token):
            found = search(hub, actor, Search(text, facets=FACETS))
            assert "difficult" not in str((found.read_as, found.excluded, found.corrected, found.titles)).lower(), text
    for written in ("trouble", "difficult_creator"):
        found = search(hub, ana, Search(chosen={"tag": frozenset({written})}, facets=("tag",)))
        assert [one.value for one in found.facets["tag"]] == [written], "as it was asked for"


def test_numbers_that_no_asset_has_are_told_with_their_place(hub: Hub, ask: Ask) -> None:
    asset_row(hub, "clip.mp4", creator="ana", duration_s=12.0)
    asset_row(hub, "beach.jpg", creator="bea")
    for text, problem in (
        ("clip er:>3%", ("No asset has a value of er: yet.", 5, 8)),
        ("clip -roas:1", None),  # which finds something
        ("clip duration:>20", None),
    ):
        told = [(one.message, one.start, one.end) for one in ask(text).problems]
        assert told == ([problem] if problem else [])
    assert ask("duration:5", creator_actor(hub, "bea")).problems  # what others have is not hers to know


def test_a_search_takes_a_fixed_number_of_statements(hub: Hub) -> None:
    for number in range(12):
        free_row(hub, f"{number}.jpg", creator=f"c{number}")
    rebuild(hub)
    taken = []
    for limit in (1, 1, 12):
        with statements(hub) as seen:
            search(hub, SYSTEM, Search("usable:paid_social", facets=FACETS, limit=limit))
        taken.append(len(seen))
    assert taken[0] > taken[1] == taken[2]  # what all situations allow is kept from the first one


def test_pages_hold_every_asset_once_while_new_ones_arrive(hub: Hub) -> None:
    before = [asset_row(hub, f"beach {number}.jpg") for number in range(7)]
    for sort in ("newest", "relevance", "random"):
        rebuild(hub)
        seen: list[str] = []
        cursor = None
        while True:
            found = search(hub, SYSTEM, Search("beach", sort=sort, limit=3, cursor=cursor))
            seen += [one.asset.id for one in found.items]
            asset_row(hub, "beach new.jpg")
            rebuild(hub)
            cursor = found.next_cursor
            if cursor is None or len(seen) > 60:
                break
        assert set(before) <= set(seen)
        assert len(seen) == len(set(seen))


def test_a_cursor_is_taken_by_its_own_question_alone(hub: Hub, ask: Ask) -> None:
    for number in range(4):
        asset_row(hub, f"beach {number}.jpg")
    chosen = {"kind": frozenset({"image"})}
    cursor = ask("beach jpg", limit=1, chosen=chosen).next_cursor
    rest = {"cursor": cursor, "chosen": chosen}
    assert len(ask(" beach  jpg", **rest).items) == len(ask("beach jpg", **rest, facets=("kind",)).items) == 3
    for text, known in (("beach", rest), ("beach jpg", {"cursor": cursor}), ("beach jpg", {**rest, "sort": "newest"})):
        with pytest.raises(Invalid, match="does not belong to this search; begin at the first page"):
            ask(text, **known)


def test_without_an_index_the_plain_list_answers(hub: Hub) -> None:
    asset_row(hub, "beach.jpg")
    asset_row(hub, "mountain.jpg")
    found = search(hub, SYSTEM, Search("beach", facets=("kind",)))
    assert (names(found), found.indexed, found.total, found.facets) == (["beach.jpg"], False, None, {})


@pytest.mark.parametrize("chosen", [{"usable": "paid_social"}, {"tag": "sea"}, {"kind": "text"}, {"creator": "a b"}])
def test_without_an_index_nothing_is_shown_that_was_not_asked_for(hub: Hub, chosen: dict[str, str]) -> None:
    asset_row(hub, "beach.jpg", creator="c")
    found = search(hub, SYSTEM, Search(chosen={name: frozenset(value.split()) for name, value in chosen.items()}))
    assert (found.items, found.indexed, len(found.problems)) == ((), False, 1)
    assert names(search(hub, SYSTEM, Search(chosen={"creator": frozenset({"c"})}))) == ["beach.jpg"]


@pytest.mark.parametrize(
    "text", ["NOT usable:nowhere", "beach NOT (usable:email OR usable:nowhere)", "until:2026-13-45"]
)
def test_a_question_about_rights_that_cannot_be_asked_finds_nothing(hub: Hub, ask: Ask, text: str) -> None:
    free_row(hub, "beach.jpg")
    found = ask(text)
    assert (found.total, len(found.problems)) == (0, 1)
    assert ask(f"({text}) OR beach").total == 1


@pytest.mark.req("R34")
@pytest.mark.parametrize("damage", ["stamp.json", "meta.json"])
def test_a_damaged_index_is_asked_for_anew_and_the_plain_list_answers(hub: Hub, damage: str) -> None:
    asset_row(hub, "beach.jpg")
    rebuild(hub)
    hub.index.close()
    folder = hub.index.folder / "tantivy" / (hub.index.folder / "tantivy" / "current").read_text().strip()
    (folder / damage).write_bytes(b"{")
    found = search(hub, SYSTEM, Search("beach"))
    assert (names(found), found.indexed) == (["beach.jpg"], False)
    assert hub.index.is_asked_anew()
    rebuild(hub)
    assert search(hub, SYSTEM, Search("beach")).indexed


@pytest.mark.parametrize(
    "known",
    [{"sort": "best"}, {"facets": ("hair",)}, {"chosen": {"x": frozenset("y")}}, {"limit": 201}, {"cursor": "?"}],
)
def test_what_does_not_exist_is_refused(hub: Hub, ask: Ask, known: dict[str, object]) -> None:
    asset_row(hub)
    with pytest.raises(Invalid):
        ask(**known)


@pytest.mark.parametrize(
    "ending", ["usable:ema", "territory:Q", "territory:ger", "platform:inst", "edits:cro", "-usable:e"]
)
def test_half_a_word_about_rights_says_nothing_while_it_is_typed(hub: Hub, ask: Ask, ending: str) -> None:
    asset_row(hub, "lake.jpg")
    for text in (ending, f"lake {ending}"):
        found = ask(text, typing=True)
        assert (found.total, found.problems) == (1, ())
        assert (ask(text).total, len(ask(text).problems)) == (0, 1)
    strange = ask("usable:nowhere", typing=True)
    assert (strange.total, len(strange.problems)) == (0, 1)


def test_of_several_places_the_last_one_alone_is_not_said_yet(hub: Hub, ask: Ask) -> None:
    free_row(hub, "lake.jpg")
    asset_row(hub, "lake.jpg")
    assert ask("usable:email territory:DE,F", typing=True).total == ask("usable:email territory:DE").total == 1


def test_a_choice_that_there_is_not_is_told(hub: Hub, ask: Ask) -> None:
    asset_row(hub, "lake.jpg")
    found = ask("lake", chosen={"kind": frozenset({"foo"})})
    assert [one.message for one in found.problems] == [
        "'foo' is not a value of kind; there are animation, image, video."
    ]
    with pytest.raises(Invalid, match="not a value of kind"):
        catalog.hits(hub, SYSTEM, Search(chosen={"kind": frozenset({"foo"})}))
