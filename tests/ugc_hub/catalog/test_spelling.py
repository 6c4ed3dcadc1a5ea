"""What is chosen is found however it is spelled, as what is typed is, with either engine and in the plain list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.ugc_hub.catalog.test_fields import defined, filled
from tests.ugc_hub.catalog.test_tags import tagged
from tests.ugc_hub.rows import asset_row, creator_actor
from ugc_hub import catalog
from ugc_hub.accounts import SYSTEM, Actor
from ugc_hub.catalog import Definition, Found, Query, Search, Selection
from ugc_hub.catalog.engines import engine_of
from ugc_hub.catalog.indexing import rebuild
from ugc_hub.creators import set_niche, the_creator
from ugc_hub.hub import Hub
from ugc_hub.search.engine import Request, Result


@pytest.fixture(params=["tantivy:", "whoosh:"])
def house(hub: Hub, request: pytest.FixtureRequest) -> Hub:
    """The hub with either engine."""
    return replace(hub, settings=replace(hub.settings, index_url=request.param))


def found(house: Hub, text: str = "", actor: Actor = SYSTEM, **chosen: set[str]) -> Found:
    wanted = {name.replace("__", ":"): frozenset(values) for name, values in chosen.items()}
    return catalog.search(house, actor, Search(text, wanted, tuple(wanted), sort="oldest"))


def names(result: Found) -> list[str]:
    return [one.asset.file_name for one in result.items]


def asked(house: Hub, monkeypatch: pytest.MonkeyPatch, ask: Callable[[], object]) -> int:
    """How often the index is asked meanwhile."""
    engine = engine_of(house)
    assert engine is not None
    before, seen = engine.search, []

    def search(request: Request) -> Result:
        seen.append(request)
        return before(request)

    with monkeypatch.context() as patch:
        patch.setattr(engine, "search", search)
        ask()
    return len(seen)


@pytest.fixture
def library(house: Hub) -> Hub:
    """Assets of three campaigns, two of which are spelled alike, with a tag, a niche and a field."""
    one = asset_row(house, "1.jpg", creator="ana", campaign="Été 2026")
    two = asset_row(house, "2.jpg", creator="bea", campaign="ETE 2026")
    asset_row(house, "3.jpg", creator="cem", campaign="Winter")
    tagged(house, one, "Red shoes")
    set_niche(house, SYSTEM, the_creator(house, "ana").id, "Trail Running")
    defined(house, Definition("Shoot colour", "choice", choices=("Röt", "blue")), "Été 2026")
    defined(house, Definition("Shoot colour", "choice", choices=("ROT",)), "ETE 2026")
    filled(house, one, **{"Shoot colour": "Röt"})
    filled(house, two, **{"Shoot colour": "ROT"})
    rebuild(house)
    return house


def test_a_value_that_no_asset_has_is_read_as_those_that_are_spelled_alike(library: Hub) -> None:
    both = found(library, campaign={"ete 2026"})
    assert names(both) == ["1.jpg", "2.jpg"] == names(found(library, "campaign:'ete 2026'"))
    assert both.chosen == {"campaign": frozenset({"Été 2026", "ETE 2026"})}
    assert {one.value: one.chosen for one in both.facets["campaign"]} == {
        "Été 2026": True,
        "ETE 2026": True,
        "Winter": False,
    }
    assert names(found(library, campaign={"ETE 2026"})) == ["2.jpg"]  # there is one that is spelled so
    assert names(found(library, campaign={"winter", "ETE 2026"})) == ["2.jpg", "3.jpg"]
    assert names(found(library, niche={"trail running"}, creator={"ÁNA"})) == ["1.jpg"]
    assert names(found(library, custom__shoot_colour={"rot"})) == ["1.jpg", "2.jpg"]
    nothing = found(library, campaign={"wint"})
    assert (names(nothing), nothing.chosen) == ([], {"campaign": frozenset({"wint"})})


def test_of_what_somebody_may_not_see_no_spelling_is_told(library: Hub) -> None:
    own = creator_actor(library, "ana")
    result = found(library, actor=own, campaign={"ETE 2026"}, tag={"red shoes"})
    assert (names(result), result.chosen["campaign"]) == (["1.jpg"], frozenset({"Été 2026"}))
    other = found(library, actor=own, campaign={"winter"})
    assert (names(other), other.chosen["campaign"]) == ([], frozenset({"winter"}))


def test_an_exact_value_costs_no_question_to_the_index(library: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    assert asked(library, monkeypatch, lambda: found(library, campaign={"Winter"})) == 1
    assert asked(library, monkeypatch, lambda: found(library, kind={"image", "video"})) == 1


def test_all_hits_are_chosen_and_pages_go_on_as_they_were_read(library: Hub) -> None:
    wanted = Search(chosen={"campaign": frozenset({"ete 2026"})}, sort="oldest", limit=1)
    first = catalog.search(library, SYSTEM, wanted)
    second = catalog.search(library, SYSTEM, replace(wanted, cursor=first.next_cursor))
    assert (names(first), names(second), second.next_cursor) == (["1.jpg"], ["2.jpg"], None)
    assert len(catalog.meant(library, SYSTEM, Selection(search=wanted))) == 2


def test_a_plain_list_takes_a_campaign_however_it_is_spelled(library: Hub) -> None:
    def listed(campaign: str) -> list[str]:
        return [one.file_name for one in catalog.find(library, SYSTEM, Query(campaign=campaign)).items]

    assert listed("ete 2026") == ["2.jpg", "1.jpg"]
    assert listed("ETE 2026") == ["2.jpg"]
    assert listed("wint") == []
    assert catalog.count(library, SYSTEM, Query(campaign="WINTER")) == 1
    assert len(catalog.meant(library, SYSTEM, Selection(query=Query(campaign="winter")))) == 1


def test_a_plain_list_takes_a_creator_however_they_are_spelled(house: Hub) -> None:
    for name, creator in (("1.jpg", "Zoë"), ("2.jpg", "zoé"), ("3.jpg", "noor"), ("4.jpg", "noör")):
        asset_row(house, name, creator=creator)

    def listed(creator: str) -> list[str]:
        return [one.file_name for one in catalog.find(house, SYSTEM, Query(creator=creator)).items]

    assert listed("@ZOE") == ["2.jpg", "1.jpg"]
    assert listed("zoë") == ["1.jpg"]
    assert listed("noor") == ["3.jpg"]
    assert listed("nòor") == ["4.jpg", "3.jpg"]
    assert listed("zo") == []
    assert catalog.count(house, SYSTEM, Query(creator=" zoe ")) == 2
