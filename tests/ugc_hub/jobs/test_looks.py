"""What alerts ask about: what changed since the last look, by searches that can still be asked."""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta

import pytest
from sqlalchemy import delete, update

from tests.ugc_hub.jobs.watching import Round, looking, mails, watcher, work_off
from tests.ugc_hub.licensing.rows import clear, free_row
from tests.ugc_hub.rows import Clock, asset_row, creator_actor, user_row, with_clock
from ugc_hub import catalog
from ugc_hub.accounts import SYSTEM, Actor, actor_of
from ugc_hub.catalog import Found, Question, Search, alerting, fresh
from ugc_hub.database import feed
from ugc_hub.errors import Invalid
from ugc_hub.hub import Hub
from ugc_hub.models import AssetChange, Meta, SavedSearch, User


@pytest.fixture
def timed(hub: Hub) -> tuple[Hub, Clock]:
    hub, clock = with_clock(hub)
    hub.runs.mkdir(parents=True, exist_ok=True)
    return hub, clock


@pytest.fixture
def look(timed: tuple[Hub, Clock]) -> Round:
    return looking(*timed)


@pytest.fixture
def searches(monkeypatch: pytest.MonkeyPatch) -> list[Search]:
    """What alerts ask the index, as it is asked."""
    asked: list[Search] = []

    def listened(hub: Hub, actor: Actor, wanted: Search) -> Found:
        asked.append(wanted)
        return catalog.search(hub, actor, wanted)

    monkeypatch.setattr(alerting, "search", listened)
    return asked


def test_only_what_changed_since_the_last_look_is_asked_about(
    timed: tuple[Hub, Clock], look: Round, searches: list[Search]
) -> None:
    hub, _ = timed
    owners = [actor_of(user_row(hub, role)) for role in ("viewer", "designer")]
    for number in range(10):
        for owner in owners:
            catalog.save(hub, owner, f"Beach {number}", Question(f"beach -number{number}"), alert="hub")
    for number in range(3):
        asset_row(hub, f"beach {number}.jpg")
    look()
    assert [catalog.news(hub, owner) for owner in owners] == [30, 30]
    searches.clear()
    look()
    assert searches == []
    made = asset_row(hub, "beach new.jpg")
    look()
    assert len(searches) == 20
    assert {one.among for one in searches} == {frozenset({made})}
    assert [catalog.news(hub, owner) for owner in owners] == [40, 40]


def test_what_changed_among_old_assets_is_not_asked_about(
    timed: tuple[Hub, Clock], look: Round, searches: list[Search]
) -> None:
    hub, clock = timed
    old = asset_row(hub, "old.jpg")
    clock.go_on(hours=1)
    watcher(hub)
    look()
    searches.clear()
    catalog.tag(hub, SYSTEM, old, ["beach"])
    look()
    assert (searches, mails(hub)) == ([], [])


def test_what_the_index_has_yet_to_learn_is_told_by_a_later_look(timed: tuple[Hub, Clock], look: Round) -> None:
    hub, _ = timed
    watcher(hub)
    look()
    asset_row(hub, "beach.jpg")
    work_off(hub)
    assert mails(hub) == []
    look()
    assert len(mails(hub)) == 1


def test_an_index_that_is_built_anew_tells_nothing_again_and_forgets_nothing(
    timed: tuple[Hub, Clock], look: Round
) -> None:
    hub, _ = timed
    watcher(hub)
    asset_row(hub, "beach.jpg")
    look()
    hub.index.close()
    shutil.rmtree(hub.settings.index)
    asset_row(hub, "beach two.jpg")
    work_off(hub)
    assert len(mails(hub)) == 1
    with hub.database.write() as session:
        session.execute(delete(Meta).where(Meta.name == fresh.PLACE))
    look()
    assert [subject for _, subject, _ in mails(hub)] == ["New in your searches: 1 asset"] * 2
    assert "beach two.jpg" in mails(hub)[1][2]


def test_an_index_that_breaks_in_the_middle_of_a_look_lets_the_next_one_ask_again(
    timed: tuple[Hub, Clock], look: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub, _ = timed
    watcher(hub)
    look()
    asset_row(hub, "beach.jpg")
    with monkeypatch.context() as patch:
        patch.setattr(alerting, "search", lambda *_: Found((), None, indexed=False))
        look()
    assert mails(hub) == []
    look()
    assert len(mails(hub)) == 1


def test_changes_that_nobody_knows_any_more_are_made_up_for_by_all_that_is_new(
    timed: tuple[Hub, Clock], look: Round
) -> None:
    hub, _ = timed
    watcher(hub)
    look()
    asset_row(hub, "beach.jpg")
    with hub.database.write() as session:
        session.execute(delete(AssetChange))
        session.merge(Meta(name=feed.PRUNED, value=str(feed.upto(hub.database, session))))
    look()
    assert len(mails(hub)) == 1


def test_a_permission_that_begins_later_is_told_when_it_begins(timed: tuple[Hub, Clock], look: Round) -> None:
    hub, clock = timed
    watcher(hub, asked=Question("usable:paid_social"))
    clear(hub, asset_row(hub, "free.jpg"), starts_at=(hub.now() + timedelta(hours=3)).isoformat())
    look()
    look()
    assert mails(hub) == []
    clock.go_on(hours=2)
    look()
    assert "free.jpg" in mails(hub)[0][2]


# Searches that cannot be asked any more


@pytest.mark.parametrize(
    "text", ["beach usable:hologram", "beach width:wide", "beach created:>", "beach until:2026-01-01 usable:email"]
)
def test_a_search_that_cannot_be_read_any_more_tells_nothing_and_says_why(
    timed: tuple[Hub, Clock], look: Round, text: str
) -> None:
    hub, _ = timed
    actor, made = watcher(hub)
    assert catalog.get_search(hub, actor, made).problem == ""
    with hub.database.write() as session:
        session.execute(update(SavedSearch).values(text=text))
    free_row(hub, "beach.jpg")
    look()
    assert (mails(hub), catalog.news(hub, actor)) == ([], 0)
    assert catalog.get_search(hub, actor, made).problem


def test_an_owner_who_may_no_longer_ask_about_rights_is_told_nothing_and_why(
    timed: tuple[Hub, Clock], look: Round
) -> None:
    hub, _ = timed
    creator = creator_actor(hub, "ana")
    asked = Question("beach -usable:paid_social")
    with pytest.raises(Invalid, match="Your role may not ask"):
        catalog.save(hub, creator, "Not cleared", asked, alert="mail")
    kept = catalog.save(hub, creator, "Not cleared", asked)
    with hub.database.write() as session:
        session.execute(update(SavedSearch).values(alert="mail", alert_since=hub.now()))
    asset_row(hub, "beach.jpg", creator="ana")
    look()
    assert mails(hub) == []
    assert "Your role may not ask" in catalog.get_search(hub, creator, kept).problem


def test_what_an_owner_who_left_would_have_been_told_is_told_to_nobody_and_not_later(
    timed: tuple[Hub, Clock], look: Round
) -> None:
    hub, _ = timed
    actor, made = watcher(hub)

    def leave(at: datetime | None) -> None:
        with hub.database.write() as session:
            session.get_one(User, actor.user_id).disabled_at = at

    leave(hub.now())
    asset_row(hub, "beach.jpg")
    look()
    leave(None)
    look()
    assert mails(hub) == []
    asset_row(hub, "beach back.jpg")
    look()
    assert "beach back.jpg" in mails(hub)[0][2]
    assert catalog.get_search(hub, actor, made).new == 1
