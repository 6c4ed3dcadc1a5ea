"""Facets and orders of the search through the product, with either engine, against counting the records by hand."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace

import pytest

from tests.ugc_hub.catalog.test_tags import tagged
from tests.ugc_hub.licensing.rows import clear
from tests.ugc_hub.rows import asset_row, facts_of, with_clock
from ugc_hub.accounts import SYSTEM
from ugc_hub.catalog import FACETS, Search, search
from ugc_hub.catalog.facets import LISTED, Count
from ugc_hub.catalog.indexing import rebuild
from ugc_hub.creators import set_niche, the_creator
from ugc_hub.hub import Hub
from ugc_hub.jobs.following import Follower
from ugc_hub.models import AssetRights

Known = dict[str, frozenset[str]]
COLOURS = {"#d7192b": "red", "#1f5fd0": "blue", "#fafafa": "white"}
NICHES = {"ana": "Trail running", "bea": "baking"}


@pytest.fixture(params=["tantivy:", "whoosh:"])
def house(hub: Hub, request: pytest.FixtureRequest) -> Hub:
    """The hub with either engine."""
    return replace(hub, settings=replace(hub.settings, index_url=request.param))


def filled(hub: Hub, count: int = 40) -> list[Known]:
    """Assets by chance, and by facet what each of them is."""
    chance = random.Random(5)
    known: list[Known] = []
    for number in range(count):
        width, height = chance.choice([(300, 200), (200, 300), (200, 200)])
        kind, creator = chance.choice(["image", "video"]), chance.choice(["ana", "bea", None])
        campaign, colours = chance.choice(["Summer", None]), chance.sample([*COLOURS], chance.randrange(3))
        facts = facts_of(kind=kind, palette=tuple(colours))
        made = {"creator": creator, "campaign": campaign, "width": width, "height": height}
        asset = asset_row(hub, f"{chance.choice(['beach', 'lake'])} {number}.jpg", facts=facts, **made)
        tags = chance.sample(["sea", "Red shoes", "sale"], chance.randrange(3))
        tagged(hub, asset, *tags)
        channels = chance.sample(["email", "website", "paid_social"], chance.randrange(3))
        if channels:
            clear(hub, asset, channels=channels)
        elif number % 5 == 0:
            with hub.database.write() as session:
                session.merge(AssetRights(asset_id=asset, status="hold", updated_at=hub.now()))
        status = "active" if channels else "hold" if number % 5 == 0 else "pending_review"
        shape = "square" if width == height else "landscape" if width > height else "portrait"
        texts: dict[str, tuple[str | None, ...]] = {
            "kind": (kind,),
            "orientation": (shape,),
            "creator": (creator,),
            "campaign": (campaign,),
            "niche": (NICHES.get(creator or ""),),
            "tag": tuple(tags),
            "colour": tuple(COLOURS[one] for one in colours),
            "status": (status,),
            "usable": tuple(channels),
            "id": (asset,),
        }
        known.append({name: frozenset(filter(None, values)) for name, values in texts.items()})
    for handle, niche in NICHES.items():
        set_niche(hub, SYSTEM, the_creator(hub, handle).id, niche)
    return known


def hits(known: list[Known], chosen: Known, but: str = "") -> list[Known]:
    wanted = {name: values for name, values in chosen.items() if name != but}
    return [one for one in known if all(one[name] & values for name, values in wanted.items())]


@pytest.mark.parametrize("hub", ["sqlite"], indirect=True)
def test_every_facet_counts_exactly_what_all_other_choices_leave(house: Hub) -> None:
    known = filled(house)
    rebuild(house)
    choices: list[Known] = [
        {},
        {"kind": frozenset({"video"})},
        {"tag": frozenset({"sea", "Red shoes"}), "usable": frozenset({"email", "website"})},
        {"creator": frozenset({"ana", "bea"}), "orientation": frozenset({"square", "portrait"})},
        {"colour": frozenset({"red", "blue"}), "status": frozenset({"active", "hold"}), "niche": frozenset({"baking"})},
        {"campaign": frozenset({"Summer"}), "usable": frozenset({"paid_social"}), "kind": frozenset({"image"})},
    ]
    for chosen in choices:
        found = search(house, SYSTEM, Search("", chosen, FACETS, limit=200))
        assert {one.asset.id for one in found.items} == {id_ for one in hits(known, chosen) for id_ in one["id"]}
        assert found.total == len(found.items) > 0
        for name in FACETS:
            wanted = Counter(value for one in hits(known, chosen, name) for value in one[name])
            told = {one.value: one.count for one in found.facets[name]}
            assert {value: count for value, count in told.items() if count} == dict(wanted), (chosen, name)
            assert {one.value for one in found.facets[name] if one.chosen} == chosen.get(name, frozenset())


@pytest.mark.parametrize("hub", ["sqlite"], indirect=True)
def test_what_ends_soonest_comes_first_and_what_has_ended_last_like_what_does_not_end(house: Hub) -> None:
    hub, clock = with_clock(house)  # in January 2030
    known = {"ended": "2029-12-31", "later": "2030-04-01", "soon": "2030-02-01"}
    for name, end in known.items():
        clear(hub, asset_row(hub, f"{name}.jpg"), perpetual=False, ends_at=f"{end}T00:00:00Z")
        clock.go_on(hours=1)
    clear(hub, asset_row(hub, "ever.jpg"))
    rebuild(hub)

    def order(text: str = "", sort: str = "expiring") -> list[str]:
        return [one.asset.file_name.partition(".")[0] for one in search(hub, SYSTEM, Search(text, sort=sort)).items]

    assert order() == ["soon", "later", "ever", "ended"]
    clock.go_on(days=40)
    assert Follower(hub).step() == 1
    assert order() == ["later", "ever", "soon", "ended"]
    assert {*order("expires:<2030-03")} == {"ended", "soon"}
    made = ["ended", "later", "soon", "ever"]
    assert (order(sort="newest"), order(sort="oldest")) == (made[::-1], made)
    chance = [search(hub, SYSTEM, Search(sort="random", seed=seed)).items for seed in range(6)]
    assert len({tuple(one.asset.id for one in items) for items in chance}) > 1


@pytest.mark.parametrize("hub", ["sqlite"], indirect=True)
def test_each_word_of_a_question_about_rights_leaves_out_what_it_does_not_allow(house: Hub) -> None:
    hub, _ = with_clock(house)
    grants: dict[str, dict[str, object]] = {
        "free": {},
        "mail": {"channels": ["email"]},
        "abroad": {"territories": ["US", "FR"]},
        "brief": {"perpetual": False, "ends_at": "2030-06-30T00:00:00Z"},
        "whole": {"edits": ["trim"]},
        "meta": {"channels": ["paid_social.meta"]},
    }
    for name, terms in grants.items():
        clear(hub, asset_row(hub, f"{name}.jpg"), **terms)
    asset_row(hub, "nobody.jpg")
    rebuild(hub)

    def names(text: str) -> set[str]:
        found = search(hub, SYSTEM, Search(text))
        assert (found.problems, found.total) == ((), len(found.items)), text
        return {one.asset.file_name.partition(".")[0] for one in found.items}

    paid = {"free", "brief", "whole"}
    assert names("usable:paid_social territory:DE until:2030-12-31 edits:crop") == {"free"}
    assert names("usable:paid_social territory:DE until:2030-12-31") == {"free", "whole"}
    assert names("usable:paid_social territory:DE edits:crop") == {"free", "brief"}
    assert names("usable:paid_social territory:DE") == paid
    assert names("usable:paid_social territory:FR,US") == {*paid, "abroad"}
    assert names("usable:paid_social territory:FR,DE") == paid
    assert names("usable:paid_social platform:meta") == names("platform:meta usable:paid_social") == {*paid, "meta"}
    assert names("usable:email edits:crop") == {"free", "brief", "mail"}
    assert names("NOT usable:email") == {"abroad", "meta", "nobody"}
    nothing = search(hub, SYSTEM, Search("abroad usable:paid_social territory:DE until:2030-12-31 edits:crop"))
    assert [(one.clause, one.count) for one in nothing.excluded] == [
        ("abroad", 1),
        ("usable:paid_social territory:DE until:2030-12-31 edits:crop", 1),
    ]


@pytest.mark.parametrize("hub", ["sqlite"], indirect=True)
def test_a_facet_with_more_values_than_are_listed_says_so(hub: Hub) -> None:
    for number in range(LISTED):
        asset_row(hub, "beach.jpg", creator=f"c{number:02}", campaign="Summer")
    rebuild(hub)
    asked = Search("beach", facets=("creator", "campaign"), limit=1)
    assert search(hub, SYSTEM, asked).more == ()
    asset_row(hub, "beach.jpg", creator="c98")
    asset_row(hub, "beach.jpg", creator="c99")
    rebuild(hub)
    found = search(hub, SYSTEM, asked)
    assert (found.more, len(found.facets["creator"])) == (("creator",), LISTED)
    found = search(hub, SYSTEM, replace(asked, chosen={"creator": frozenset({"c99"})}))
    assert (found.more, len(found.facets["creator"])) == (("creator",), LISTED + 1)
    assert found.facets["creator"][-1] == Count("c99", 1, True)
