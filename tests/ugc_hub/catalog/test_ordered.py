"""What a legal order hides is found by its names, and nobody but legal learns or changes what tells what it shows."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.ugc_hub.rows import asset_row, facts_of, user_row
from ugc_hub import catalog, renditions
from ugc_hub.accounts import SYSTEM, Actor, actor_of
from ugc_hub.catalog import AssetView, Change, Definition, Description, FocalPoint, Query, Search, Selection
from ugc_hub.catalog.fields import Plain
from ugc_hub.catalog.indexing import rebuild
from ugc_hub.errors import Invalid, LegalOrder
from ugc_hub.hub import Hub
from ugc_hub.models import AssetRights, Rendition
from workers.media.shapes import Box, Embedded, Point

NAMES = ("pond", "quokka", "campaign:summer", "creator:ana", "kind:image")
TELLING = (
    *("platypus", "tag:wombat", "wombat", "zanzibar", 'custom:"note=zanzibar overpriced"'),
    *("custom:place=zoo", "custom:year>2000", "colour:red"),
)
LOOKS = facts_of(
    palette=("#ff0000",),
    perceptual_hash="0" * 16,
    pixel_sha256="1" * 64,
    thumbhash="1QcSHQRnh493V4dIh4eXh1h4kJUI",
    faces=(Box(10, 10, 20, 20),),
    focal_point=Point(0.2, 0.2),
    embedded=Embedded(description="A platypus", gps=(1.0, 2.0)),
)


@pytest.fixture
def one(hub: Hub) -> str:
    """An asset of which everything is said that can be said."""
    asset = asset_row(hub, "pond.jpg", campaign="Summer", creator="ana", facts=LOOKS)
    for name, kind, choices in (("Note", "text", ()), ("Place", "choice", ("zoo", "sea")), ("Year", "number", ())):
        catalog.add_field(hub, SYSTEM, "Summer", Definition(name, kind, choices=choices))
    said: dict[str, Plain] = {"Note": "zanzibar overpriced", "Place": "zoo", "Year": 2026}
    catalog.describe(hub, SYSTEM, asset, Description("Quokka", "A platypus", tags=["wombat"], fields=said))
    catalog.edit(hub, SYSTEM, asset, FocalPoint(Point(0.3, 0.3)))
    return asset


def order(hub: Hub, asset_id: str) -> None:
    with hub.database.write() as session:
        session.merge(AssetRights(asset_id=asset_id, legal_order=True, updated_at=hub.now()))


def person(hub: Hub, role: str) -> Actor:
    return actor_of(user_row(hub, role))


def views(hub: Hub, actor: Actor, asset_id: str) -> list[AssetView]:
    """An asset by its id, in a list and in a search."""
    searched = catalog.search(hub, actor, Search()).items[0].asset
    return [catalog.get(hub, actor, asset_id), *catalog.find(hub, actor, Query()).items, searched]


def test_it_is_found_by_its_names_and_not_by_what_tells_what_it_shows(hub: Hub, one: str) -> None:
    viewer = person(hub, "viewer")

    def found(asked: str) -> list[str]:
        return [hit.asset.id for hit in catalog.search(hub, viewer, Search(asked, as_written=True)).items]

    rebuild(hub)
    assert [asked for asked in (*NAMES, *TELLING) if found(asked) != [one]] == []
    order(hub, one)
    rebuild(hub)
    assert [asked for asked in NAMES if found(asked) != [one]] == []
    assert [asked for asked in TELLING if found(asked)] == []
    facets = catalog.search(hub, viewer, Search(facets=("tag", "colour", "custom:place", "creator"))).facets
    assert {name for name, counts in facets.items() if counts} == {"creator"}
    assert [catalog.complete(hub, viewer, asked) for asked in ("custom:", "tag:w", "custom:note=z")] == [[], [], []]


def test_views_show_its_record_and_nothing_that_tells_what_it_shows(hub: Hub, one: str) -> None:
    viewer, legal = person(hub, "viewer"), person(hub, "legal")
    rebuild(hub)
    before = views(hub, viewer, one)
    order(hub, one)
    for view, old in zip(views(hub, viewer, one), before, strict=True):
        assert old.facts is not None
        assert (old.description, old.tags, len(old.fields)) == ("A platypus", ("wombat",), 3)
        assert (view.title, view.file_name, view.creator, view.campaign) == ("Quokka", "pond.jpg", "ana", "Summer")
        assert (view.description, view.tags, view.fields, view.focal_point) == ("", (), (), None)
        assert not view.focal_point_by_hand
        assert view.facts == replace(facts_of(), focal_point=Point(0.5, 0.5))
        plain = str(view.as_dict())
        assert not any(word in plain for word in ("platypus", "#ff0000", "0" * 16, "1" * 64, "wombat", "zanzibar"))
    for view, old in zip(views(hub, legal, one), before, strict=True):
        assert view == old


def test_plans_and_facts_of_renditions_tell_nothing_of_what_is_hidden(hub: Hub, one: str) -> None:
    viewer, legal, crop = person(hub, "viewer"), person(hub, "legal"), {"left": 7, "top": 9}
    with hub.database.write() as session:
        measured = {"thumbhash": "1QcSHQRn"}
        row = {"id": "ren_a", "asset_id": one, "created_at": hub.now(), "plan": crop, "plan_digest": "d"}
        row |= {"status": "ready", "media_type": "image/jpeg", "width": 9, "height": 9, "measured": measured}
        session.add(Rendition(**row))
    (planned,) = renditions.plan(hub, viewer, one, ["instagram.organic.feed_image"])
    assert planned.plans
    order(hub, one)
    for actor, shown in ((viewer, ({}, None, None)), (legal, (crop, measured, "1QcSHQRn"))):
        many = renditions.get_many(hub, actor, ["ren_a"]).values()
        for view in (renditions.get(hub, actor, "ren_a"), *renditions.of_asset(hub, actor, one), *many):
            plain = view.as_dict()
            assert (plain["plan"], plain["measured"], plain["thumbhash"]) == shown
            assert "hidden" not in plain
    (told,) = renditions.plan(hub, viewer, one, ["instagram.organic.feed_image"])
    assert (told.outcome, told.plans, [reason.code for reason in told.reasons]) == ("refused", (), ["legal_order"])
    assert renditions.plan(hub, legal, one, ["instagram.organic.feed_image"]) == [planned]


def test_a_storyboard_shows_captions_to_those_alone_who_may_see_the_video(hub: Hub) -> None:
    video = asset_row(hub, "pond.mp4", facts=facts_of(kind="video"))
    viewer = person(hub, "viewer")
    assert renditions.storyboard(hub, viewer, video).view.asset_id == video
    order(hub, video)
    with pytest.raises(LegalOrder):
        renditions.storyboard(hub, viewer, video)
    assert renditions.storyboard(hub, SYSTEM, video).view.asset_id == video


def test_nobody_changes_what_they_may_not_look_at(hub: Hub, one: str) -> None:
    manager, other = person(hub, "content_manager"), asset_row(hub, "other.jpg")
    before = catalog.get(hub, SYSTEM, one)
    order(hub, one)
    for change in (
        lambda: catalog.describe(hub, manager, one, Description(description="")),
        lambda: catalog.edit(hub, manager, one, FocalPoint(None)),
        lambda: catalog.tag(hub, manager, one, []),
    ):
        with pytest.raises(LegalOrder):
            change()
    with pytest.raises(Invalid, match="No asset is chosen"):
        catalog.edit_many(hub, manager, Selection((one,)), Change(add_tags=("wombat",)), rehearsal=True)
    for selection in (Selection((one, other)), Selection(query=Query(text="jpg"))):
        made = catalog.edit_many(hub, manager, selection, Change(add_tags=("wombat",)), rehearsal=True)
        assert (made.chosen, made.changed) == (1, 1)
    assert catalog.get(hub, SYSTEM, one) == before
    assert catalog.describe(hub, SYSTEM, one, Description(description="A pond")).description == "A pond"
