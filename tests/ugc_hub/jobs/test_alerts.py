"""Saved searches tell their owners of new assets: each once, and none that they may not see."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from tests.ugc_hub.jobs.watching import BEACH, Round, looking, mails, watcher, work_off
from tests.ugc_hub.licensing.rows import free_row
from tests.ugc_hub.rows import Clock, asset_row, creator_actor, with_clock
from ugc_hub import catalog, webhooks
from ugc_hub.accounts import SYSTEM
from ugc_hub.catalog import Question, SearchChange, alerting, fresh
from ugc_hub.catalog.indexing import rebuild
from ugc_hub.hub import Hub
from ugc_hub.jobs.local import finish
from ugc_hub.models import Asset, AssetRights, Event, SavedSearch, SearchHit, User, WebhookMessage
from workers.queue.jobs import enqueue


@pytest.fixture
def timed(hub: Hub) -> tuple[Hub, Clock]:
    hub, clock = with_clock(hub)
    hub.runs.mkdir(parents=True, exist_ok=True)
    return hub, clock


@pytest.fixture
def look(timed: tuple[Hub, Clock]) -> Round:
    return looking(*timed)


def test_each_new_asset_is_told_once_in_the_list_and_by_mail(timed: tuple[Hub, Clock], look: Round) -> None:
    hub, clock = timed
    asset_row(hub, "beach old.jpg")
    clock.go_on(minutes=1)
    actor, made = watcher(hub)
    look()
    assert (catalog.news(hub, actor), mails(hub)) == (0, [])
    for name in ("beach one.jpg", "beach two.jpg", "mountain.jpg"):
        asset_row(hub, name)
    look()
    look()
    [(to, subject, said)] = mails(hub)
    assert (to, subject) == ("viewer@example.org", "New in your searches: 2 assets")
    assert "Search of viewer: 2 new" in said
    assert said.index("beach two.jpg") < said.index("beach one.jpg")
    assert "old.jpg" not in said
    assert "mountain" not in said
    assert f"{hub.settings.address}/?q=beach" in said
    assert catalog.get_search(hub, actor, made).new == 2
    asset_row(hub, "beach three.jpg")
    look()
    assert len(mails(hub)) == 2
    assert "beach three.jpg" in mails(hub)[1][2]
    assert "beach one.jpg" not in mails(hub)[1][2]
    assert catalog.news(hub, actor) == 3


def test_one_mail_tells_of_all_searches_of_a_person_and_those_that_want_none_send_none(
    timed: tuple[Hub, Clock], look: Round
) -> None:
    hub, _ = timed
    actor, _ = watcher(hub)
    catalog.save(hub, actor, "Walks", Question("walk"), alert="mail")
    watcher(hub, "designer", alert="hub")
    silent, _ = watcher(hub, "legal", alert="none")
    asset_row(hub, "beach walk.jpg")
    look()
    [(to, subject, said)] = mails(hub)
    assert (to, subject) == ("viewer@example.org", "New in your searches: 2 assets")
    assert said.index("Search of viewer") < said.index("Walks: 1 new")
    assert catalog.news(hub, silent) == 0


def test_nobody_is_told_of_what_they_may_not_see(timed: tuple[Hub, Clock], look: Round) -> None:
    hub, _ = timed
    creator = creator_actor(hub, "ana")
    catalog.save(hub, creator, "Mine", BEACH, alert="mail")
    gone, _ = watcher(hub, "designer")
    with hub.database.write() as session:
        session.get_one(User, gone.user_id).disabled_at = hub.now()
    asset_row(hub, "beach of ben.jpg", creator="ben")
    asset_row(hub, "beach of nobody.jpg")
    asset_row(hub, "beach trashed.jpg", creator="ana", trashed_at=hub.now())
    asset_row(hub, "beach unmeasured.jpg", creator="ana", status="received")
    look()
    assert (mails(hub), catalog.news(hub, creator)) == ([], 0)
    asset_row(hub, "beach of ana.jpg", creator="ana")
    look()
    [(to, _, said)] = mails(hub)
    assert to == "ana@example.org"
    assert "beach of ana.jpg" in said
    assert not [word for word in ("ben", "nobody", "trashed", "unmeasured") if word in said]


def test_a_search_runs_as_its_owner_is_today(timed: tuple[Hub, Clock], look: Round) -> None:
    hub, _ = timed
    _, made = watcher(hub)
    asset_row(hub, "beach.jpg")
    with hub.database.write() as session:
        session.execute(update(User).values(role="creator"))
    look()
    assert mails(hub) == []
    with hub.database.read() as session:
        assert session.scalar(select(func.count()).where(SearchHit.search_id == made)) == 0


def test_what_went_before_the_mail_was_written_is_not_in_it(timed: tuple[Hub, Clock]) -> None:
    hub, clock = timed
    watcher(hub)
    first, second, _ = (asset_row(hub, f"beach {number}.jpg") for number in range(3))
    clock.go_on(hours=1)
    rebuild(hub)
    with hub.database.write() as session:
        job = enqueue(session.connection(), "alerts", {})
    (done,) = finish(hub, [job])
    assert done.state == "done"
    with hub.database.write() as session:
        session.get_one(Asset, first).trashed_at = hub.now()
        session.add(AssetRights(asset_id=second, status="taken_down", legal_order=True, updated_at=hub.now()))
    work_off(hub)
    [(_, subject, said)] = mails(hub)
    assert subject == "New in your searches: 1 asset"
    assert "beach 2.jpg" in said
    assert "beach 0.jpg" not in said
    assert "beach 1.jpg" not in said


def test_an_asset_that_fits_only_later_is_told_as_long_as_it_is_new(timed: tuple[Hub, Clock], look: Round) -> None:
    hub, clock = timed
    watcher(hub, asked=Question("", {"tag": frozenset({"sea"})}))
    soon, late = asset_row(hub, "soon.jpg"), asset_row(hub, "late.jpg")
    look()
    assert mails(hub) == []
    catalog.tag(hub, SYSTEM, soon, ["sea"])
    look()
    clock.go_on(days=31)
    catalog.tag(hub, SYSTEM, late, ["sea"])
    look()
    [(_, _, said)] = mails(hub)
    assert "soon.jpg" in said


def test_rights_are_part_of_what_is_asked(timed: tuple[Hub, Clock], look: Round) -> None:
    hub, _ = timed
    watcher(hub, asked=Question("usable:paid_social"))
    free_row(hub, "free.jpg")
    asset_row(hub, "closed.jpg")
    look()
    [(_, _, said)] = mails(hub)
    assert "free.jpg" in said
    assert "closed.jpg" not in said


def test_a_word_that_no_new_asset_has_is_not_read_as_another(timed: tuple[Hub, Clock], look: Round) -> None:
    hub, _ = timed
    actor, _ = watcher(hub, asked=Question("sunset"))
    asset_row(hub, "sunsex.jpg")
    rebuild(hub)
    assert catalog.search(hub, actor, catalog.Search("sunset")).corrected
    look()
    assert (mails(hub), catalog.news(hub, actor)) == ([], 0)


def test_without_an_index_nothing_is_told_and_the_next_look_tells_it(timed: tuple[Hub, Clock], look: Round) -> None:
    hub, _ = timed
    watcher(hub)
    asset_row(hub, "beach.jpg")
    work_off(hub)
    assert mails(hub) == []
    look()
    assert len(mails(hub)) == 1


def test_a_kept_search_that_no_longer_can_be_asked_holds_up_no_other(timed: tuple[Hub, Clock], look: Round) -> None:
    hub, _ = timed
    actor, made = watcher(hub)
    catalog.save(hub, actor, "Good", BEACH, alert="mail")
    with hub.database.write() as session:
        session.execute(update(SavedSearch).where(SavedSearch.id == made).values(chosen={"hair": ["red"]}))
    asset_row(hub, "beach.jpg")
    look()
    [(_, _, said)] = mails(hub)
    assert "Good: 1 new" in said


def test_many_new_ones_are_counted_and_some_named(timed: tuple[Hub, Clock], look: Round) -> None:
    hub, _ = timed
    actor, _ = watcher(hub)
    for number in range(23):
        asset_row(hub, f"beach {number}.jpg")
    asset_row(hub, "beach\n\nClick here.jpg")
    look()
    [(_, subject, said)] = mails(hub)
    assert subject == "New in your searches: 24 assets"
    assert "beach Click here.jpg" in said
    assert said.count("  - ") == 20
    assert "and 4 more" in said
    assert catalog.news(hub, actor) == 24


def test_all_pages_of_what_is_new_are_read(
    timed: tuple[Hub, Clock], look: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub, _ = timed
    monkeypatch.setattr("ugc_hub.catalog.alerting.MOST", 2)
    monkeypatch.setattr("ugc_hub.catalog.alerting.AT_ONCE", 3)
    actor, _ = watcher(hub)
    for most in (2000, 3):  # named to the index, and too many to be named
        monkeypatch.setattr("ugc_hub.catalog.fresh.MOST", most)
        for number in range(7):
            asset_row(hub, f"beach {number}.jpg")
        look()
    look()
    assert catalog.news(hub, actor) == 14
    assert [subject for _, subject, _ in mails(hub)] == ["New in your searches: 7 assets"] * 2


def test_what_a_shared_search_finds_stands_in_the_audit_for_webhooks_and_what_is_personal_does_not(
    timed: tuple[Hub, Clock], look: Round
) -> None:
    hub, _ = timed
    _, made = watcher(hub, "designer", alert="hub")
    actor, shared = watcher(hub)
    catalog.change_search(hub, actor, shared, SearchChange(shared=True))
    with hub.database.write() as session:
        for kind in ("search.found", "rights.hold"):
            webhooks.add(hub, session, SYSTEM, url=f"https://93.184.216.34/{kind}", kinds=[kind])
    asset = asset_row(hub, "beach.jpg")
    look()
    with hub.database.read() as session:
        [row] = session.scalars(select(Event).where(Event.kind == "search.found"))
    assert made != shared
    assert (row.object_id, row.body) == (shared, {"assets": [asset], "count": 1})
    assert webhooks.fan_out(hub) == 1
    with hub.database.read() as session:
        [message] = session.scalars(select(WebhookMessage))
    named = {"name": catalog.get_search(hub, actor, shared).name, "address": f"{hub.settings.address}/?q=beach"}
    told = {"event": row.id, "search_id": shared, "assets": [asset], "count": 1, **named}
    assert (message.kind, message.body["data"]) == ("search.found", told)


def test_an_alert_that_was_set_anew_meanwhile_keeps_nothing_of_the_old_one(timed: tuple[Hub, Clock]) -> None:
    hub, clock = timed
    actor, made = watcher(hub)
    asset_row(hub, "beach.jpg")
    rebuild(hub)
    assert actor.user_id
    found = alerting.find_news(hub, actor.user_id, fresh.begin(hub))
    assert [len(one.asset_ids) for one in found] == [1]
    clock.go_on(hours=1)
    catalog.change_search(hub, actor, made, SearchChange(question=Question("sea")))
    with hub.database.write() as session:
        assert alerting.keep_news(hub, session, found) == {}
    assert catalog.news(hub, actor) == 0


def test_what_was_told_long_ago_is_forgotten(timed: tuple[Hub, Clock], look: Round) -> None:
    hub, clock = timed
    actor, _ = watcher(hub)
    asset_row(hub, "beach.jpg")
    look()
    clock.at += timedelta(days=91)
    look()
    assert catalog.news(hub, actor) == 0
    assert len(mails(hub)) == 1
