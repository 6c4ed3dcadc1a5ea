"""Collections by hand and live: what somebody sees of one is what they may see of the library, with counts of that."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import select, update

from tests.ugc_hub.licensing.rows import free_row
from tests.ugc_hub.rows import asset_row, creator_actor, statements
from ugc_hub import catalog, licensing
from ugc_hub.accounts import SYSTEM, Actor
from ugc_hub.catalog import Change, CollectionChange, LiveQuery, Move, Selection
from ugc_hub.catalog.indexing import rebuild
from ugc_hub.errors import Conflict, Forbidden, HubError, Invalid, NotFound, Unavailable
from ugc_hub.hub import Hub
from ugc_hub.models import AssetRights, Collection, CollectionItem, Event

DESIGNER, VIEWER = Actor("usr_d", "designer"), Actor("usr_v", "viewer")


def filled(hub: Hub, *ids: str, name: str = "Spring") -> str:
    """A manual collection of these assets."""
    return catalog.collect_as(hub, DESIGNER, name, Selection(ids))[0]


def held(hub: Hub, collection: str, actor: Actor = VIEWER) -> list[str]:
    return [one.asset.id for one in catalog.look(hub, actor, collection).items]


def test_a_collection_keeps_the_order_in_which_assets_were_put_in(hub: Hub) -> None:
    ids = [asset_row(hub, f"{number}.jpg") for number in (2, 0, 1)]
    collection = filled(hub, ids[1], ids[0])
    added = catalog.collect(hub, DESIGNER, collection, Selection((ids[0], ids[2], ids[2], "ast_0")))
    assert (added.added, added.known, added.passed_over) == (1, 1, 1)
    assert held(hub, collection) == [ids[1], ids[0], ids[2]]
    assert catalog.get_collection(hub, VIEWER, collection).count == 3


def test_a_query_of_the_library_puts_in_all_that_it_finds_newest_first(hub: Hub) -> None:
    ids = [asset_row(hub, f"{number}.jpg", campaign="Spring") for number in range(3)]
    asset_row(hub, "other.jpg")
    collection, added = catalog.collect_as(
        hub, DESIGNER, "Spring", Selection(query=catalog.Query(campaign="Spring", limit=1))
    )
    assert added.added == 3
    assert held(hub, collection) == ids[::-1]


def test_a_name_is_one_collection_however_it_is_written(hub: Hub) -> None:
    first = filled(hub, asset_row(hub), name="  Früh  ling ")
    assert filled(hub, asset_row(hub), name="FRUH LING") == first
    assert catalog.get_collection(hub, VIEWER, first).name == "Früh ling"
    with pytest.raises(Conflict) as taken:
        catalog.make_collection(hub, DESIGNER, "früh ling")
    assert taken.value.code == "collection_taken"
    other = catalog.make_collection(hub, DESIGNER, "Summer")
    with pytest.raises(Conflict):
        catalog.change_collection(hub, DESIGNER, other.id, CollectionChange("FRÜH LING"))
    renamed = catalog.change_collection(hub, DESIGNER, first, CollectionChange("FRÜH LING", "Said\r\n"))
    assert (renamed.name, renamed.description) == ("FRÜH LING", "Said")


def test_a_live_collection_holds_what_its_query_finds_now(hub: Hub) -> None:
    one = asset_row(hub, "beach one.jpg", creator="ana")
    asset_row(hub, "beach two.jpg", creator="ben")
    rebuild(hub)
    query = LiveQuery("beach", {"creator": frozenset({"ana"})}, "newest")
    made = catalog.make_collection(hub, DESIGNER, "Live", query=query)
    assert (made.query, made.count, made.cover and made.cover.id) == (query, 1, one)
    two = asset_row(hub, "beach three.jpg", creator="ana")
    rebuild(hub)
    assert held(hub, made.id) == [two, one]
    assert catalog.asset_ids(hub, VIEWER, made.id, most=9) == [two, one]
    wider = LiveQuery("beach", sort="oldest")
    assert catalog.change_collection(hub, DESIGNER, made.id, CollectionChange(query=wider)).count == 3


def test_a_live_collection_takes_no_word_for_another_and_says_so(hub: Hub) -> None:
    asset_row(hub, "sahara.jpg")
    rebuild(hub)
    assert catalog.search(hub, DESIGNER, catalog.Search("zahara")).corrected
    made = catalog.make_collection(hub, DESIGNER, "Live", query=LiveQuery("zahara"))
    assert (made.count, made.cover) == (0, None)
    assert made.problem == "No asset has 'zahara', and no other spelling is taken for it here: write what is meant."
    assert [one.message for one in catalog.look(hub, VIEWER, made.id).problems] == [made.problem]
    assert catalog.asset_ids(hub, VIEWER, made.id, most=9) == []
    one = asset_row(hub, "zahara.jpg")
    rebuild(hub)
    assert held(hub, made.id) == [one]
    assert not catalog.get_collection(hub, VIEWER, made.id).problem


def test_a_live_collection_asks_the_grants_anew(hub: Hub) -> None:
    free = free_row(hub, "free.jpg")
    asset_row(hub, "closed.jpg")
    rebuild(hub)
    made = catalog.make_collection(hub, DESIGNER, "Free", query=LiveQuery("usable:paid_social"))
    assert held(hub, made.id) == [free]
    with hub.database.write() as session:
        session.execute(update(AssetRights).values(status="hold"))
    assert held(hub, made.id) == []


def test_without_an_index_a_live_collection_is_unknown_and_not_another_one(hub: Hub) -> None:
    asset_row(hub, "beach.jpg")
    made = catalog.make_collection(hub, DESIGNER, "Live", query=LiveQuery("usable:paid_social"))
    found = catalog.look(hub, VIEWER, made.id)
    assert (made.count, found.items, found.total, found.indexed) == (None, (), None, False)
    with pytest.raises(Unavailable):
        catalog.asset_ids(hub, VIEWER, made.id, most=9)


def test_what_lies_in_the_trash_is_neither_shown_nor_counted_and_comes_back_to_its_place(hub: Hub) -> None:
    ids = [asset_row(hub, f"{number}.jpg") for number in range(3)]
    collection = filled(hub, *ids)
    made = catalog.edit_many(hub, SYSTEM, Selection((ids[0],)), Change(trash=True))
    view = catalog.get_collection(hub, VIEWER, collection)
    assert (held(hub, collection), view.count, view.cover and view.cover.id) == (ids[1:], 2, ids[1])
    assert catalog.collect(hub, DESIGNER, collection, Selection((ids[0],))).passed_over == 1
    catalog.undo(hub, SYSTEM, made.id)
    assert held(hub, collection) == ids


def test_what_is_erased_is_in_no_collection(hub: Hub) -> None:
    ids = [asset_row(hub, f"{number}.jpg") for number in range(2)]
    collection = filled(hub, *ids)
    catalog.change_collection(hub, DESIGNER, collection, CollectionChange(cover=ids[0]))
    licensing.erase_asset(hub, SYSTEM, ids[0], reason="Asked for")
    view = catalog.get_collection(hub, VIEWER, collection)
    assert (held(hub, collection), view.count, view.cover_id) == ([ids[1]], 1, None)
    with hub.database.read() as session:
        assert session.scalars(select(CollectionItem.asset_id)).all() == [ids[1]]


def test_what_a_legal_order_hides_is_shown_to_others_without_its_picture(hub: Hub) -> None:
    asset = asset_row(hub, previews={"thumb": {"key": "k", "media_type": "image/webp", "width": 1, "height": 1}})
    collection = filled(hub, asset)
    with hub.database.write() as session:
        session.merge(AssetRights(asset_id=asset, legal_order=True, updated_at=hub.now()))
    cover = catalog.get_collection(hub, VIEWER, collection).cover
    assert cover is not None
    assert cover.previews == {}
    assert catalog.look(hub, VIEWER, collection).items[0].asset.previews == {}


def test_the_cover_is_the_chosen_one_or_the_first_that_can_be_shown(hub: Hub) -> None:
    ids = [asset_row(hub, f"{number}.jpg") for number in range(3)]
    collection = filled(hub, *ids)

    def cover(change: str | None = None) -> str | None:
        if change is not None:
            catalog.change_collection(hub, DESIGNER, collection, CollectionChange(cover=change))
        view = catalog.get_collection(hub, VIEWER, collection)
        return view.cover.id if view.cover else None

    assert cover() == ids[0]
    assert cover(ids[2]) == ids[2]
    catalog.edit_many(hub, SYSTEM, Selection((ids[2],)), Change(trash=True))
    assert cover() == ids[0]
    catalog.take_out(hub, DESIGNER, collection, [ids[2]])
    catalog.collect(hub, DESIGNER, collection, Selection((ids[1],)))
    assert cover(ids[1]) == ids[1]
    assert cover("") == ids[0]
    with pytest.raises(Invalid):
        cover(asset_row(hub))


def test_collections_are_listed_by_name_with_counts_a_page_at_a_time(hub: Hub) -> None:
    asset = asset_row(hub, "beach.jpg")
    rebuild(hub)
    for name in ("bb", "Aa", "cc"):
        filled(hub, asset, name=name)
    catalog.make_collection(hub, DESIGNER, "Bc", query=LiveQuery("beach"))
    empty = catalog.make_collection(hub, DESIGNER, "dd")
    first = catalog.list_collections(hub, VIEWER, limit=2)
    assert [(one.name, one.count) for one in first.items] == [("Aa", 1), ("bb", 1)]
    catalog.make_collection(hub, DESIGNER, "ab")
    rest = catalog.list_collections(hub, VIEWER, cursor=first.next_cursor, limit=10)
    assert [(one.name, one.count) for one in rest.items] == [("Bc", 1), ("cc", 1), ("dd", 0)]
    assert rest.next_cursor is None
    assert [one.id for one in catalog.list_collections(hub, VIEWER, text="D").items] == [empty.id]
    assert catalog.collection_names(hub, VIEWER, "b") == ["ab", "bb"]


def test_a_list_takes_a_fixed_number_of_statements(hub: Hub) -> None:
    taken = []
    for number in range(6):
        filled(hub, asset_row(hub), name=f"c{number}")
        if number in (0, 5):
            with statements(hub) as seen:
                catalog.list_collections(hub, VIEWER)
            taken.append(len(seen))
    assert taken[0] == taken[1]


def test_pages_hold_every_asset_once_while_others_are_put_in_and_moved(hub: Hub) -> None:
    ids = [asset_row(hub, f"{number}.jpg") for number in range(7)]
    collection = filled(hub, *ids)
    seen: list[str] = []
    cursor = None
    while True:
        page = catalog.look(hub, VIEWER, collection, cursor=cursor, limit=3)
        seen += [one.asset.id for one in page.items]
        catalog.collect(hub, DESIGNER, collection, Selection((asset_row(hub),)))
        catalog.move(hub, DESIGNER, collection, Move((ids[1],), before=ids[0]))
        cursor = page.next_cursor
        if cursor is None or len(seen) > 30:
            break
    assert seen[:7] == ids
    assert len(seen) == len(set(seen))


@pytest.mark.parametrize(
    "known",
    [
        {"name": ""},
        {"name": " \u00a0\u0301"},
        {"name": "a" * 101},
        {"name": "a\u0000b"},
        {"name": "a", "description": "b" * 2001},
        {"name": "a", "query": LiveQuery("")},
        {"name": "a", "query": LiveQuery("b" * 1001)},
        {"name": "a", "query": LiveQuery("b", sort="best")},
        {"name": "a", "query": LiveQuery("b", {"hair": frozenset({"red"})})},
    ],
)
def test_what_cannot_be_a_collection_is_refused(hub: Hub, known: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        catalog.make_collection(hub, DESIGNER, **known)  # type: ignore[arg-type]
    assert catalog.list_collections(hub, VIEWER).items == ()


def test_live_ones_are_not_filled_by_hand_and_manual_ones_have_no_query(hub: Hub) -> None:
    asset = asset_row(hub)
    live = catalog.make_collection(hub, DESIGNER, "Live", query=LiveQuery("beach")).id
    manual = filled(hub, asset)
    for act in (
        lambda: catalog.collect(hub, DESIGNER, live, Selection((asset,))),
        lambda: catalog.collect_as(hub, DESIGNER, "LIVE", Selection((asset,))),
        lambda: catalog.take_out(hub, DESIGNER, live, [asset]),
        lambda: catalog.move(hub, DESIGNER, live, Move((asset,))),
    ):
        with pytest.raises(Conflict) as problem:
            act()
        assert problem.value.code == "live_collection"
    with pytest.raises(Invalid):
        catalog.change_collection(hub, DESIGNER, live, CollectionChange(cover=asset))
    with pytest.raises(Invalid):
        catalog.change_collection(hub, DESIGNER, manual, CollectionChange(query=LiveQuery("beach")))
    for cursor in ("x", "p", "ast_0"):
        with pytest.raises(Invalid):
            catalog.look(hub, VIEWER, manual, cursor=cursor)


def test_a_removed_collection_leaves_its_assets(hub: Hub) -> None:
    asset = asset_row(hub)
    collection = filled(hub, asset)
    catalog.remove_collection(hub, DESIGNER, collection)
    assert catalog.get(hub, SYSTEM, asset).id == asset
    for act in (catalog.get_collection, catalog.look, catalog.remove_collection):
        with pytest.raises(NotFound):
            act(hub, DESIGNER, collection)
    assert filled(hub, asset) != collection


def _acts(hub: Hub, collection: str, asset: str) -> dict[str, Callable[[Actor], object]]:
    return {
        "list": lambda who: catalog.list_collections(hub, who),
        "names": lambda who: catalog.collection_names(hub, who),
        "named": lambda who: catalog.collection_named(hub, who, "Spring"),
        "get": lambda who: catalog.get_collection(hub, who, collection),
        "look": lambda who: catalog.look(hub, who, collection),
        "ids": lambda who: catalog.asset_ids(hub, who, collection, most=9),
        "make": lambda who: catalog.make_collection(hub, who, f"of {who.role}"),
        "change": lambda who: catalog.change_collection(hub, who, collection, CollectionChange(description="a")),
        "collect": lambda who: catalog.collect(hub, who, collection, Selection((asset,))),
        "collect_as": lambda who: catalog.collect_as(hub, who, "Spring", Selection((asset,))),
        "move": lambda who: catalog.move(hub, who, collection, Move((asset,))),
        "take_out": lambda who: catalog.take_out(hub, who, collection, ["ast_0"]),
        "remove": lambda who: catalog.remove_collection(hub, who, "col_0"),
    }


def test_who_may_see_assets_may_look_who_may_edit_them_may_change_and_creators_see_none(hub: Hub) -> None:
    asset = asset_row(hub, creator="ana")
    acts = _acts(hub, filled(hub, asset), asset)
    looking = {"list", "names", "named", "get", "look", "ids"}
    creator = creator_actor(hub, "ana")
    bound = replace(SYSTEM, scopes=frozenset({"collection.view", "collection.edit"}))
    editors = ("admin", "content_manager", "designer")
    people = [Actor("usr", role) for role in (*editors, "channel_team", "legal", "viewer")]
    for who in (*people, creator, bound):
        editor = who.role in editors
        allowed = set() if who in (creator, bound) else set(acts) if editor else looking
        for name, act in acts.items():
            try:
                act(who)
                refused = False
            except HubError as error:
                refused = isinstance(error, Forbidden)
            assert refused == (name not in allowed), (who.role, name)


def test_every_change_has_an_entry_that_names_nothing(hub: Hub) -> None:
    ids = (asset_row(hub), asset_row(hub))
    collection = filled(hub, *ids, name="Anna")
    catalog.change_collection(hub, DESIGNER, collection, CollectionChange("Anna two", "Of Anna"))
    catalog.move(hub, DESIGNER, collection, Move((ids[1],), before=ids[0]))
    catalog.move(hub, DESIGNER, collection, Move((ids[1],), before=ids[0]))
    catalog.take_out(hub, DESIGNER, collection, ids[:1])
    catalog.take_out(hub, DESIGNER, collection, ids[:1])
    catalog.remove_collection(hub, DESIGNER, collection)
    with hub.database.read() as session:
        events = session.scalars(select(Event).where(Event.object_id == collection).order_by(Event.id)).all()
    kinds = ["made", "filled", "changed", "ordered", "emptied", "removed"]
    assert [event.kind for event in events] == [f"collection.{kind}" for kind in kinds]
    assert {event.actor for event in events} == {"usr_d"}
    assert not any("Anna" in str(event.body) for event in events)


@pytest.mark.parametrize(
    ("query", "left"),
    [
        ("beach creator:@ana.b", "beach creator:@{0}"),
        ('creator:"Ana.B" -creator:(ben OR ana.b)', 'creator:"{0}" -creator:(ben OR {0})'),
        ("@ana.b ana.b", "@{0} ana.b"),
        ("creator:ana.bc @ana.b.c @xana.b", "creator:ana.bc @ana.b.c @xana.b"),
    ],
)
def test_a_creator_who_is_erased_is_asked_for_by_no_live_collection(hub: Hub, query: str, left: str) -> None:
    asset_row(hub, creator="ana.b")
    actor = creator_actor(hub, "ana.b")
    assert actor.creator_id is not None
    chosen = {"creator": frozenset({"ana.b", "ben"}), "kind": frozenset({"image"})}
    made = catalog.make_collection(hub, DESIGNER, "Live", query=LiveQuery(query, chosen))
    licensing.erase_creator(hub, SYSTEM, actor.creator_id, reason="Asked for")
    nobody = f"erased-{actor.creator_id.removeprefix('crt_')}"
    with hub.database.read() as session:
        row = session.get_one(Collection, made.id)
    assert row.query == left.format(nobody)
    assert row.chosen == {"creator": sorted([nobody, "ben"]), "kind": ["image"]}
