"""Edits of many assets: all in one step, and brought back exactly, but never over what others did."""

from __future__ import annotations

from collections.abc import Callable
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import delete, event, insert, text
from sqlalchemy.exc import OperationalError

from tests.ugc_hub.licensing.copies import usage_row
from tests.ugc_hub.licensing.rows import clear
from tests.ugc_hub.rows import asset_row, creator_actor, statements, with_clock
from ugc_hub import catalog, licensing
from ugc_hub.accounts import SYSTEM, Actor
from ugc_hub.catalog import AssetView, Change, Description, Query, Selection, editing
from ugc_hub.errors import Conflict, Forbidden, HubError, NotFound, Unavailable
from ugc_hub.hub import Hub
from ugc_hub.models import Asset, AssetRights, Creator, EditAsset, EditValue, Event

DESIGNER, MANAGER = Actor("usr_d", "designer"), Actor("usr_m", "content_manager")


def three(hub: Hub) -> tuple[str, ...]:
    return tuple(asset_row(hub, f"{number}.jpg", creator="ana", campaign="Summer") for number in range(3))


def state(one: AssetView) -> tuple[Any, ...]:
    return one.title, one.description, one.language, one.tags, one.creator, one.campaign, one.trashed_at is not None


def states(hub: Hub, ids: tuple[str, ...]) -> list[tuple[Any, ...]]:
    return [state(catalog.get(hub, SYSTEM, one)) for one in ids]


def test_one_edit_changes_all_fields_and_its_undoing_brings_each_back(hub: Hub) -> None:
    ids = three(hub)
    catalog.describe(hub, SYSTEM, ids[0], Description("One", "Said", "de", ["red", "old"]))
    catalog.describe(hub, SYSTEM, ids[1], Description(tags=["new"]))
    before = states(hub, ids)
    change = Change(("new", "fine"), ("old",), "T", "D", "en", "Winter", "@ben", trash=True)
    made = catalog.edit_many(hub, SYSTEM, Selection(ids), change)
    assert (made.chosen, made.changed, made.held) == (3, 3, 0)
    assert states(hub, ids) == [
        ("T", "D", "en", ("fine", "new", "red"), "ben", "Winter", True),
        ("T", "D", "en", ("fine", "new"), "ben", "Winter", True),
        ("T", "D", "en", ("fine", "new"), "ben", "Winter", True),
    ]
    undone = catalog.undo(hub, SYSTEM, made.id)
    assert (undone.undone, undone.kept) == (3, 0)
    assert undone.undone_at is not None
    assert states(hub, ids) == before


def test_what_others_changed_meanwhile_is_left_and_told(hub: Hub) -> None:
    ids = three(hub)
    made = catalog.edit_many(hub, SYSTEM, Selection(ids), Change(add_tags=("a", "b"), title="T"))
    catalog.describe(hub, SYSTEM, ids[0], Description(title="Mine"))
    catalog.describe(hub, SYSTEM, ids[1], Description(tags=["b", "c"]))
    undone = catalog.undo(hub, SYSTEM, made.id)
    assert (undone.undone, undone.kept) == (3, 2)
    assert sorted(undone.kept_assets) == [(ids[0], "0.jpg"), (ids[1], "1.jpg")]
    assert [(one[0], one[3]) for one in states(hub, ids)] == [("Mine", ()), ("", ("c",)), ("", ())]


def _entries(hub: Hub) -> int:
    with hub.database.read() as session:
        return session.query(Event).count()


def test_a_rehearsal_tells_what_would_come_and_leaves_no_trace(hub: Hub) -> None:
    ids = three(hub)
    before, entries = states(hub, ids), _entries(hub)
    change = Change(add_tags=("new",), title="T", trash=True)
    told = catalog.edit_many(hub, SYSTEM, Selection(ids), change, rehearsal=True)
    assert (told.chosen, told.changed, told.fields) == (3, 3, ("title", "trash", "tags"))
    assert (states(hub, ids), catalog.list_edits(hub, SYSTEM)) == (before, [])
    assert "new" not in [tag.name for tag in catalog.list_tags(hub, SYSTEM)]
    with pytest.raises(NotFound):
        catalog.get_edit(hub, SYSTEM, told.id)
    assert _entries(hub) == entries


def test_empty_texts_take_values_away_and_come_back(hub: Hub) -> None:
    ids = three(hub)
    before = states(hub, ids)
    made = catalog.edit_many(hub, MANAGER, Selection(ids), Change(creator="", campaign=""))
    assert [(one[4], one[5]) for one in states(hub, ids)] == [(None, None)] * 3
    catalog.undo(hub, MANAGER, made.id)
    assert states(hub, ids) == before


def test_what_was_so_before_is_not_counted_and_not_undone(hub: Hub) -> None:
    ids = three(hub)
    catalog.describe(hub, SYSTEM, ids[0], Description(title="T", tags=["a"]))
    made = catalog.edit_many(hub, SYSTEM, Selection(ids), Change(title="T", add_tags=("a",)))
    assert (made.chosen, made.changed) == (3, 2)
    catalog.undo(hub, SYSTEM, made.id)
    assert [(one[0], one[3]) for one in states(hub, ids)] == [("T", ("a",)), ("", ()), ("", ())]


def test_a_query_chooses_all_that_it_finds_and_nothing_else(hub: Hub) -> None:
    ids, other = three(hub), asset_row(hub, "other.jpg", campaign="Winter")
    assert catalog.count(hub, SYSTEM, Query(campaign="Summer", limit=1)) == 3
    made = catalog.edit_many(hub, SYSTEM, Selection(query=Query(campaign="Summer", limit=1)), Change(title="T"))
    assert made.chosen == 3
    assert [one[0] for one in states(hub, (*ids, other))] == ["T", "T", "T", ""]


def test_a_tag_that_is_gone_does_not_come_back(hub: Hub) -> None:
    ids = three(hub)
    catalog.describe(hub, SYSTEM, ids[0], Description(tags=["a"]))
    made = catalog.edit_many(hub, SYSTEM, Selection(ids), Change(remove_tags=("A",)))
    assert made.changed == 1
    catalog.remove(hub, SYSTEM, catalog.list_tags(hub, SYSTEM)[0].id)
    assert catalog.undo(hub, SYSTEM, made.id).kept == 1
    assert states(hub, ids)[0][3] == ()


def test_undoing_throws_nothing_away_that_is_held_or_in_use_by_now(hub: Hub) -> None:
    ids = three(hub)
    catalog.edit_many(hub, SYSTEM, Selection(ids), Change(trash=True))
    restored = catalog.edit_many(hub, SYSTEM, Selection(ids), Change(trash=False))
    clear(hub, ids[0])
    usage_row(hub, ids[0])
    with hub.database.write() as session:
        session.add(AssetRights(asset_id=ids[1], legal_hold=True, updated_at=hub.now()))
    undone = catalog.undo(hub, SYSTEM, restored.id)
    assert [one[-1] for one in states(hub, ids)] == [False, False, True]
    assert (undone.undone, sorted(undone.kept_assets)) == (1, [(ids[0], "0.jpg"), (ids[1], "1.jpg")])


def test_undoing_leaves_in_the_trash_what_others_threw_away_again(hub: Hub) -> None:
    hub, clock = with_clock(hub)
    ids = three(hub)
    made = catalog.edit_many(hub, SYSTEM, Selection(ids), Change(trash=True))
    clock.go_on(hours=1)
    for trash in (False, True):
        catalog.edit_many(hub, SYSTEM, Selection(ids[:1]), Change(trash=trash))
    undone = catalog.undo(hub, SYSTEM, made.id)
    assert [one[-1] for one in states(hub, ids)] == [True, False, False]
    assert (undone.undone, undone.kept_assets) == (2, ((ids[0], "0.jpg"),))


def test_undoing_gives_nothing_back_to_a_creator_who_was_erased(hub: Hub) -> None:
    ids = three(hub)
    made = catalog.edit_many(hub, SYSTEM, Selection(ids), Change(creator="ben", title="T"))
    with hub.database.read() as session:
        ana = session.query(Creator.id).filter(Creator.handle == "ana").scalar()
    licensing.erase_creator(hub, SYSTEM, ana, reason="She asked for it")
    catalog.undo(hub, SYSTEM, made.id)
    assert [(one[0], one[4]) for one in states(hub, ids)] == [("", "ben")] * 3


@pytest.mark.parametrize(
    ("selection", "change", "code"),
    [
        (Selection(), Change(title="T"), "invalid"),
        (Selection(("ast_0",)), Change(title="T"), "invalid"),
        (Selection(tuple(f"ast_{number}" for number in range(10_001))), Change(title="T"), "invalid"),
        (Selection(("{0}",)), Change(), "invalid"),
        (Selection(("{0}",), Query()), Change(title="T"), "invalid"),
        (Selection(("{0}",)), Change(title="T", language="english"), "invalid"),
        (Selection(("{0}",)), Change(title="T", add_tags=("a",), remove_tags=("A",)), "invalid"),
        (Selection(("{0}",)), Change(title="T", add_tags=("new",), remove_tags=("# New",)), "invalid"),
        (Selection(("{0}",)), Change(title="T", add_tags=("fits", "more")), "too_many_tags"),
    ],
)
def test_what_cannot_be_changes_nothing_at_all(hub: Hub, selection: Selection, change: Change, code: str) -> None:
    asset = asset_row(hub)
    catalog.describe(hub, SYSTEM, asset, Description(tags=["a", *(f"t{number}" for number in range(98))]))
    before = states(hub, (asset,))
    with pytest.raises(HubError) as problem:
        catalog.edit_many(
            hub, SYSTEM, Selection(tuple(one.format(asset) for one in selection.ids), selection.query), change
        )
    assert problem.value.code == code
    assert states(hub, (asset,)) == before
    assert catalog.list_edits(hub, SYSTEM) == []


def test_only_some_may_edit_and_only_those_who_answer_for_rights_say_whose_it_is(hub: Hub) -> None:
    ids = three(hub)
    for actor in (Actor("usr_v", "viewer"), creator_actor(hub, "ana")):
        with pytest.raises(Forbidden):
            catalog.edit_many(hub, actor, Selection(ids), Change(title="T"))
    with pytest.raises(Forbidden):
        catalog.edit_many(hub, DESIGNER, Selection(ids), Change(creator="ben"))
    made = catalog.edit_many(hub, MANAGER, Selection(ids), Change(creator="ben"))
    with pytest.raises(Forbidden):
        catalog.undo(hub, DESIGNER, made.id)


def test_an_edit_is_undone_once_and_not_after_a_month(hub: Hub) -> None:
    hub, clock = with_clock(hub)
    ids = three(hub)
    first, second = (catalog.edit_many(hub, SYSTEM, Selection(ids), Change(title=title)) for title in "AB")
    catalog.undo(hub, SYSTEM, second.id)
    with pytest.raises(Conflict):
        catalog.undo(hub, SYSTEM, second.id)
    clock.go_on(days=32)
    with pytest.raises(Conflict):
        catalog.undo(hub, SYSTEM, first.id)
    assert catalog.forget_edits(hub) == 6
    with pytest.raises(NotFound):
        catalog.undo(hub, SYSTEM, "edt_0")


def test_entries_say_what_was_changed_and_not_to_what(hub: Hub) -> None:
    made = catalog.edit_many(hub, DESIGNER, Selection(three(hub)), Change(title="Ana at home", trash=True))
    with hub.database.read() as session:
        entry = session.query(Event).filter(Event.object_id == made.id).one()
    assert (entry.actor, entry.body) == ("usr_d", {"fields": ["title", "trash"], "assets": 3})


def test_what_is_in_use_goes_into_the_trash_only_on_purpose(hub: Hub) -> None:
    ids = three(hub)
    clear(hub, ids[0])
    usage_row(hub, ids[0])
    with pytest.raises(Conflict) as problem:
        catalog.edit_many(hub, SYSTEM, Selection(ids), Change(trash=True))
    assert (problem.value.code, problem.value.extra) == ("live_uses", {"live": 1})
    assert not any(one[-1] for one in states(hub, ids))
    catalog.edit_many(hub, SYSTEM, Selection(ids), Change(trash=True, live_too=True))
    assert all(one[-1] for one in states(hub, ids))


def test_edits_of_many_assets_follow_one_another(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(editing, "FEW", 2)
    ids, done = three(hub), []

    def change(title: str) -> None:
        done.append(catalog.edit_many(hub, SYSTEM, Selection(ids), Change(title=title)).changed)

    threads = [Thread(target=change, args=(f"T{number}",)) for number in range(4)]
    with hub.database.write() as session:
        hub.database.serialise(session, editing.TURN)
        for thread in threads:
            thread.start()
        threads[0].join(0.2)
        assert done == []
        if not hub.database.sqlite:
            # A few assets need not wait; SQLite has one writer at a time anyway.
            assert catalog.edit_many(hub, SYSTEM, Selection(ids[:2]), Change(title="Few")).changed == 2
    for thread in threads:
        thread.join(60)
    assert done == [3, 3, 3, 3]
    assert len({one[0] for one in states(hub, ids)}) == 1


def _impatient(raw: Any, *_: object) -> None:
    raw.execute("PRAGMA busy_timeout=100")


def test_whoever_waits_too_long_is_told_and_nothing_is_changed(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(editing, "FEW", 2)
    monkeypatch.setattr(editing, "WAIT_S", 0.1)
    ids = three(hub)
    made = catalog.edit_many(hub, SYSTEM, Selection(ids), Change(title="First"))
    if hub.database.sqlite:
        event.listen(hub.database.engine, "checkout", _impatient)
    acts: list[Callable[[], object]] = [
        lambda: catalog.edit_many(hub, SYSTEM, Selection(ids), Change(title="T")),
        lambda: catalog.edit_many(hub, SYSTEM, Selection(query=Query()), Change(title="T")),
        lambda: catalog.undo(hub, SYSTEM, made.id),
    ]
    with hub.database.write() as session:
        hub.database.serialise(session, editing.TURN)
        for act in acts:
            with pytest.raises(Unavailable) as told:
                act()
            assert (told.value.code, told.value.retry) == ("edits_busy", True)
    assert {one[0] for one in states(hub, ids)} == {"First"}
    assert catalog.undo(hub, SYSTEM, made.id).undone == 3


def _remove(hub: Hub, asset_id: str) -> None:
    with hub.database.engine.connect() as other:
        if not hub.database.sqlite:
            other.execute(text("SET LOCAL lock_timeout = '100ms'"))
        other.execute(delete(Asset).where(Asset.id == asset_id))


def test_no_asset_goes_while_an_edit_changes_it(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    ids, apply = three(hub), editing._apply

    def meanwhile(*args: Any, **known: Any) -> None:
        with pytest.raises(OperationalError, match=r"lock"):
            _remove(hub, ids[0])
        apply(*args, **known)

    monkeypatch.setattr(editing, "_apply", meanwhile)
    if hub.database.sqlite:
        event.listen(hub.database.engine, "checkout", _impatient)
    for selection in (Selection(ids), Selection(query=Query())):
        assert catalog.edit_many(hub, SYSTEM, selection, Change(title=f"T{selection.query}")).changed == 3


def _many(hub: Hub, number: int) -> None:
    """Make so many assets; as copies of one row, because making each takes longer than what is measured."""
    first = asset_row(hub, "0.jpg")
    with hub.database.write() as session:
        row = session.get_one(Asset, first)
        names = [column.name for column in Asset.__table__.columns]
        plain = {name: getattr(row, name) for name in names}
        rows = [{**plain, "id": f"ast_{number}x{one}", "sha256": f"{number:05}{one:059}"} for one in range(1, number)]
        session.execute(insert(Asset), rows)


def test_ten_thousand_assets_take_as_many_statements_as_ten(hub: Hub) -> None:
    change = Change(("a", "b"), (), "T", "D", "en", "Winter")
    _many(hub, 10)
    with statements(hub) as few:
        small = catalog.edit_many(hub, SYSTEM, Selection(query=Query()), change)
        catalog.undo(hub, SYSTEM, small.id)
    _many(hub, 9_990)
    with statements(hub) as many:
        made = catalog.edit_many(hub, SYSTEM, Selection(query=Query()), change)
    with statements(hub) as undoing:
        undone = catalog.undo(hub, SYSTEM, made.id)
    assert (made.chosen, made.changed, undone.undone, undone.kept) == (10_000, 10_000, 10_000, 0)
    assert len(many) + len(undoing) <= len(few)
    assert catalog.count(hub, SYSTEM, Query(campaign="Winter")) == 0
    with hub.database.read() as session:
        assert session.query(EditAsset).count() == 0
        assert session.query(EditValue).filter(EditValue.edit_id == made.id, EditValue.outcome != "undone").count() == 0
