"""Searches under a name, alone and with the house, and the last ones of each person."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from tests.ugc_hub.rows import asset_row, creator_actor, user_row, with_clock
from ugc_hub import catalog
from ugc_hub.accounts import SYSTEM, Actor, Bounds, actor_of
from ugc_hub.catalog import Question, SearchChange
from ugc_hub.errors import Conflict, Forbidden, Invalid, NotFound
from ugc_hub.hub import Hub
from ugc_hub.models import Event, SavedSearch, SearchHit

BEACH = Question("beach", {"kind": frozenset({"image"})}, "newest")


def someone(hub: Hub, role: str = "viewer", email: str = "") -> Actor:
    return actor_of(user_row(hub, role, email))


def names(hub: Hub, actor: Actor) -> list[str]:
    return [one.name for one in catalog.list_searches(hub, actor)]


def test_a_search_is_kept_with_all_that_it_asks_for(hub: Hub) -> None:
    viewer = someone(hub)
    made = catalog.get_search(hub, viewer, catalog.save(hub, viewer, "  At the \n beach ", BEACH))
    assert (made.name, made.question, made.mine, made.shared, made.alert) == (
        "At the beach",
        BEACH,
        True,
        False,
        "none",
    )
    assert made.question.address == "q=beach&kind=image&sort=newest"
    assert made.new is None


def test_what_is_personal_is_seen_by_nobody_else_and_what_is_shared_by_the_house(hub: Hub) -> None:
    ana, ben = someone(hub, "designer"), someone(hub, "viewer")
    alone = catalog.save(hub, ana, "Mine", BEACH)
    shared = catalog.save(hub, ana, "Ours", BEACH, shared=True, alert="hub")
    catalog.save(hub, ben, "Zoo", Question("zoo"))
    assert names(hub, ana) == ["Mine", "Ours"]
    assert names(hub, ben) == ["Zoo", "Ours"]
    seen = catalog.get_search(hub, ben, shared)
    assert (seen.mine, seen.owner, seen.alert, seen.new) == (False, "designer@example.org", "none", None)
    for deed in (catalog.get_search, catalog.remove_search, catalog.looked):
        with pytest.raises(NotFound):
            deed(hub, ben, alone)
    assert names(hub, SYSTEM) == ["Ours"]


def test_creators_have_searches_of_their_own_and_see_none_of_the_house(hub: Hub) -> None:
    creator = creator_actor(hub, "ana")
    shared = catalog.save(hub, someone(hub, "admin"), "All but Ana", Question("-creator:ana"), shared=True)
    catalog.save(hub, creator, "Mine", BEACH, alert="mail")
    assert names(hub, creator) == ["Mine"]
    with pytest.raises(NotFound):
        catalog.get_search(hub, creator, shared)
    with pytest.raises(Forbidden):
        catalog.save(hub, creator, "For all", BEACH, shared=True)
    assert names(hub, creator) == ["Mine"]


def test_only_its_owner_changes_a_search_and_who_keeps_order_takes_it_back_from_the_house(hub: Hub) -> None:
    owner, other = someone(hub, "designer"), someone(hub, "viewer")
    manager = someone(hub, "content_manager")
    made = catalog.save(hub, owner, "Ours", BEACH, shared=True)
    for actor, change in ((other, SearchChange(shared=False)), (manager, SearchChange("Other", shared=False))):
        with pytest.raises(Forbidden):
            catalog.change_search(hub, actor, made, change)
    for actor in (other, manager):
        with pytest.raises(Forbidden):
            catalog.remove_search(hub, actor, made)
        with pytest.raises(Forbidden):
            catalog.looked(hub, actor, made)
    catalog.change_search(hub, manager, made, SearchChange(shared=False))
    assert (names(hub, owner), names(hub, other)) == (["Ours"], [])
    catalog.change_search(hub, owner, made, SearchChange("Sea", Question("sea")))
    seen = catalog.get_search(hub, owner, made)
    assert (seen.name, seen.question) == ("Sea", Question("sea"))
    catalog.remove_search(hub, owner, made)
    assert names(hub, owner) == []


@pytest.mark.parametrize(
    "asked",
    [
        Question(),
        Question("   "),
        Question("x" * 1001),
        Question("a", sort="best"),
        Question("a", {"hair": frozenset({"red"})}),
        Question("a", {"kind": frozenset({"image", "foo"})}),
        Question("a", {"tag": frozenset(map(str, range(51)))}),
        Question("a", {"tag": frozenset({"x" * 401})}),
        Question("a", {"tag": frozenset({""})}),
    ],
)
def test_what_cannot_be_asked_is_not_kept(hub: Hub, asked: Question) -> None:
    viewer = someone(hub)
    with pytest.raises(Invalid):
        catalog.save(hub, viewer, "a", asked)
    with pytest.raises(Invalid):
        catalog.remember(hub, viewer, asked)
    assert (names(hub, viewer), catalog.recent(hub, viewer)) == ([], [])


def test_names_are_unique_for_each_person_and_there_is_a_limit(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    viewer, other = someone(hub), someone(hub, "designer")
    made = catalog.save(hub, viewer, "Beach", BEACH)
    catalog.save(hub, other, "Beach", BEACH)
    with pytest.raises(Conflict):
        catalog.save(hub, viewer, " Beach ", BEACH)
    for wrong in ("", "  ", "x" * 101):
        with pytest.raises(Invalid):
            catalog.change_search(hub, viewer, made, SearchChange(wrong))
    with pytest.raises(Invalid):
        catalog.change_search(hub, viewer, made, SearchChange(alert="fax"))
    catalog.change_search(hub, viewer, made, SearchChange("Beach", alert="hub"))
    monkeypatch.setattr("ugc_hub.catalog.saving.MOST", 1)
    with pytest.raises(Conflict):
        catalog.save(hub, viewer, "Sea", BEACH)


def test_who_is_no_person_or_may_see_no_assets_has_no_searches(hub: Hub) -> None:
    for actor in (SYSTEM, Actor("usr_x", "link"), replace(someone(hub), scopes=frozenset({"preset.view"}))):
        with pytest.raises(Forbidden):
            catalog.save(hub, actor, "a", BEACH)
        with pytest.raises(Forbidden):
            catalog.remember(hub, actor, BEACH)


def test_the_audit_says_who_saved_changed_and_removed_and_never_what_was_asked(hub: Hub) -> None:
    viewer = someone(hub)
    made = catalog.save(hub, viewer, "Secret name", Question("secret words"))
    catalog.change_search(hub, viewer, made, SearchChange("Secret too", alert="hub"))
    catalog.remove_search(hub, viewer, made)
    with hub.database.read() as session:
        rows = session.scalars(select(Event).where(Event.object_id == made).order_by(Event.id)).all()
    assert [row.kind for row in rows] == ["search.saved", "search.changed", "search.removed"]
    assert {row.actor for row in rows} == {viewer.user_id}
    assert "ecret" not in str([row.body for row in rows])


# What is new


def hit(hub: Hub, search_id: str, asset_id: str) -> None:
    with hub.database.write() as session:
        session.add(SearchHit(search_id=search_id, asset_id=asset_id, found_at=hub.now()))


def test_new_ones_are_counted_since_the_owner_looked_and_while_they_may_be_seen(hub: Hub) -> None:
    hub, clock = with_clock(hub)
    creator = creator_actor(hub, "ana")
    made = catalog.save(hub, creator, "Mine", BEACH, alert="hub")
    assert (catalog.get_search(hub, creator, made).new, catalog.news(hub, creator)) == (0, 0)
    for known in ({"creator": "ana"}, {"creator": "ben"}, {"creator": "ana", "trashed_at": hub.now()}):
        hit(hub, made, asset_row(hub, **known))
    assert (catalog.get_search(hub, creator, made).new, catalog.news(hub, creator)) == (1, 1)
    clock.go_on(hours=1)
    catalog.looked(hub, creator, made)
    assert catalog.news(hub, creator) == 0
    clock.go_on(hours=1)
    hit(hub, made, asset_row(hub, creator="ana"))
    assert catalog.news(hub, creator) == 1
    clock.go_on(hours=1)
    catalog.remember(hub, creator, replace(BEACH, sort="oldest"))
    assert catalog.news(hub, creator) == 0


def test_a_token_that_may_do_less_than_its_owner_is_told_no_numbers(hub: Hub) -> None:
    owner = someone(hub)
    made = catalog.save(hub, owner, "Beach", BEACH, alert="hub")
    hit(hub, made, asset_row(hub))
    assert catalog.get_search(hub, owner, made).new == 1
    bounds = Bounds(channels=frozenset({"email"}))
    for lesser in (replace(owner, scopes=frozenset({"asset.view"})), replace(owner, bounds=bounds)):
        assert catalog.get_search(hub, lesser, made).new is None
        assert catalog.news(hub, lesser) == 0


def test_another_question_or_no_alert_forgets_what_was_told_and_another_name_does_not(hub: Hub) -> None:
    hub, clock = with_clock(hub)
    owner = someone(hub)
    made = catalog.save(hub, owner, "Beach", BEACH, alert="hub")
    for change, new in (
        (SearchChange("Sea", alert="mail", shared=True), 1),
        (SearchChange(question=replace(BEACH, sort="oldest")), 1),
        (SearchChange(question=Question("sea")), 0),
        (SearchChange(alert="none"), None),
        (SearchChange(alert="hub"), 0),
    ):
        with hub.database.read() as session:
            before = session.get_one(SavedSearch, made).alert_since
            told = session.scalars(select(SearchHit)).all()
        if not told:
            hit(hub, made, asset_row(hub))
        clock.go_on(hours=1)
        catalog.change_search(hub, owner, made, change)
        assert catalog.get_search(hub, owner, made).new == new, change
        with hub.database.read() as session:
            after = session.get_one(SavedSearch, made).alert_since
        assert (after == before) is (new == 1)


# The last searches


def test_the_last_searches_are_kept_once_each_with_the_latest_first(hub: Hub) -> None:
    viewer, other = someone(hub), someone(hub, "designer")
    for number in range(22):
        catalog.remember(hub, viewer, Question(f"word {number}"))
    catalog.remember(hub, viewer, Question("  word 5 ", sort="newest"))
    catalog.remember(hub, viewer, Question("", {"tag": frozenset({"b", "a"})}))
    catalog.remember(hub, viewer, Question("", {"tag": frozenset({"a", "b"})}))
    kept = catalog.recent(hub, viewer)
    assert kept[:2] == [Question("", {"tag": frozenset({"a", "b"})}), Question("word 5", sort="newest")]
    assert [one.text for one in kept[2:]] == [f"word {number}" for number in range(21, 2, -1) if number != 5]
    assert len(kept) == 20
    assert catalog.recent(hub, other) == []
    catalog.remember(hub, other, Question("x"))
    catalog.forget_recent(hub, viewer)
    assert catalog.recent(hub, viewer) == []
    assert catalog.recent(hub, other) == [Question("x")]
