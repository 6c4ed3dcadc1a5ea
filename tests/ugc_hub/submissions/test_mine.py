"""A creator's own page: what runs, what was agreed and asked, and never anything of others."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from tests.ugc_hub.licensing.copies import revoke, usage_row
from tests.ugc_hub.licensing.rows import clear
from tests.ugc_hub.permissions.rows import SCOPE, asked, own_asset, work_off, yes
from tests.ugc_hub.rows import asset_row, creator_actor, user_row, with_clock
from tests.ugc_hub.submissions.acts import begun, give, handed_in
from ugc_hub import licensing, permissions, submissions
from ugc_hub.accounts import SYSTEM, actor_of
from ugc_hub.errors import Conflict, Forbidden, NotFound
from ugc_hub.hub import Hub
from ugc_hub.jobs.local import finish
from ugc_hub.licensing import PersonData, Use, Whole
from ugc_hub.models import Asset, Person
from ugc_hub.notify import outbox
from ugc_hub.permissions.links import own_page, person_of
from ugc_hub.submissions import mine
from workers.queue.jobs import find
from workers.queue.shapes import Query


def see(hub: Hub, handle: str) -> submissions.Mine:
    return submissions.see_mine(hub, submissions.of_actor(creator_actor(hub, handle)))


def by_mail(hub: Hub) -> str:
    """The token of the page of which the last mail tells."""
    found = [re.findall(r"/m/([\w.-]+)", path.read_text("utf-8")) for path in sorted(outbox(hub).glob("*.eml"))]
    return str([one for tokens in found for one in tokens][-1])


def test_what_runs_is_shown_with_channel_place_and_times_and_what_ended_lately_after_it(hub: Hub) -> None:
    hub, clock = with_clock(hub)
    asset = own_asset(hub, "ana")
    clear(hub, asset, perpetual=False, ends_at=(clock.at + timedelta(days=90)).isoformat())
    old = clear(hub, other := own_asset(hub, "ana"))
    usage_row(hub, other, use=Use("email", ("DE",)))
    revoke(hub, old)
    clock.go_on(days=10)
    usage_row(hub, asset, use=Use("organic_social.instagram", ("DE", "AT")))
    found = see(hub, "ana")
    assert [one.id for one in found.assets] == [other, asset]
    ended, running = (one.uses[0] for one in found.assets)
    assert (ended.status, ended.channel, ended.ended_at) == ("stopped", "email", clock.at - timedelta(days=10))
    assert (running.status, running.channel, running.territories) == ("live", "organic_social.instagram", ("DE", "AT"))
    assert (running.since, running.until) == (clock.at, clock.at + timedelta(days=80))
    clock.go_on(days=21)
    again = submissions.see_mine(hub, submissions.Whose(creator_id=creator_of(hub, asset)))
    assert [len(one.uses) for one in again.assets] == [0, 1]


def test_what_was_composed_of_it_counts_as_where_it_runs(hub: Hub) -> None:
    asset, other = own_asset(hub, "ana"), own_asset(hub, "bea")
    whole = asset_row(hub, "whole.mp4", kind="video")
    with hub.database.write() as session:
        licensing.declare_composed(hub, session, SYSTEM, asset_id=whole, whole=Whole([asset, other], {"crop"}))
    clear(hub, asset, other)
    usage_row(hub, asset, use=Use("email", ("DE",)))
    usage_row(hub, whole, use=Use("website", ("FR",)))
    [mine_] = see(hub, "ana").assets
    assert [(one.channel, one.composed) for one in mine_.uses] == [("website", True), ("email", False)]
    [theirs] = see(hub, "bea").assets
    assert [(one.channel, one.composed) for one in theirs.uses] == [("website", True)]


def creator_of(hub: Hub, asset_id: str) -> str:
    with hub.database.read() as session:
        return str(session.get_one(Asset, asset_id).creator_id)


def test_a_creator_sees_their_own_and_a_link_only_what_its_person_handed_in_or_was_asked(hub: Hub) -> None:
    own, sent_by_others = own_asset(hub, "ana"), own_asset(hub, "ana")
    theirs = own_asset(hub, "ben")
    for one in (own, sent_by_others, theirs):
        clear(hub, one)
        usage_row(hub, one)
    asked(hub, own, name="Ana")
    found = see(hub, "ana")
    assert {one.id for one in found.assets} == {own, sent_by_others}
    with hub.database.read() as session:
        person = session.query(Person).one().id
    whose = submissions.of_token(hub, own_page(hub, person).rpartition("/")[2])
    assert [one.id for one in submissions.see_mine(hub, whose).assets] == [own]
    for other in (sent_by_others, theirs, "ast_none"):
        with pytest.raises(NotFound):
            submissions.own_asset(hub, whose, other)
    assert submissions.own_asset(hub, whose, own) == own


def test_what_was_agreed_by_a_request_says_what_a_withdrawal_does_and_where(hub: Hub) -> None:
    hub, clock = with_clock(hub)
    asset = own_asset(hub, "ana")
    _, token = asked(hub, asset, scope={**SCOPE, "likeness": True, "notice_days": 14})
    row = yes(hub, token)
    work_off(hub)
    [agreed] = see(hub, "ana").agreed
    assert agreed.effects == (("copyright", clock.at + timedelta(days=14)), ("likeness", clock.at))
    assert (agreed.version_id, agreed.assets, agreed.over) == (row.version_id, 1, False)
    receipt = agreed.withdraw
    assert receipt.startswith("/w/")
    permissions.withdraw(hub, receipt.rpartition("/")[2], "", permissions.Trace())
    whose = submissions.Whose(creator_id=creator_of(hub, asset))
    [ending] = submissions.see_mine(hub, whose).agreed
    assert (ending.over, ending.withdrawn, ending.ends_at) == (False, True, clock.at + timedelta(days=14))
    clock.go_on(days=14, seconds=1)
    [over] = submissions.see_mine(hub, whose).agreed
    assert over.over
    assert submissions.see_mine(hub, whose).assets[0].agreed == ()


def test_what_is_asked_is_shown_until_it_is_answered_or_its_time_is_over(hub: Hub) -> None:
    hub, clock = with_clock(hub)
    asset = own_asset(hub, "ana")
    _, token = asked(hub, asset)
    whose = submissions.Whose(creator_id=creator_of(hub, asset))
    [open_] = submissions.see_mine(hub, whose).asked
    assert open_["path"] == f"/r/{token}"
    clock.go_on(days=400)
    assert submissions.see_mine(hub, whose).asked == ()
    _, second = asked(hub, asset)
    yes(hub, second)
    assert submissions.see_mine(hub, whose).asked == ()


def test_the_receipt_of_a_submission_holds_the_link_and_its_agreement_is_withdrawn_by_its_own_page(hub: Hub) -> None:
    form = begun(hub)
    asset = give(hub, form)
    handed_in(hub, form)
    with hub.database.read() as session:
        waiting = [job.id for job in find(session.connection(), Query(state="queued", kind="mail", limit=100))]
    finish(hub, waiting)
    whose = submissions.of_token(hub, by_mail(hub))
    found = submissions.see_mine(hub, whose)
    assert [one.id for one in found.assets] == [asset]
    assert found.name == "Ana Lima"
    assert [one.withdraw.startswith("/w/") for one in found.agreed] == [True]
    receipt = submissions.look_at_receipt(hub, found.agreed[0].withdraw.rpartition("/")[2])
    assert receipt.person == "Ana Lima"
    assert submissions.text_of_mine(hub, whose, found.agreed[0].version_id)
    with pytest.raises(NotFound):
        submissions.text_of_mine(hub, submissions.Whose(person_id="prs_other"), found.agreed[0].version_id)


def test_releases_of_others_in_the_picture_are_not_the_creators_to_see(hub: Hub) -> None:
    asset = own_asset(hub, "ana")
    with hub.database.write() as session:
        kim = licensing.add_person(hub, session, SYSTEM, PersonData(name="Kim Secret", email="kim@example.org"))
        licensing.set_adult(hub, session, SYSTEM, person_id=kim.id, is_adult=True)
        licensing.answer(hub, session, SYSTEM, asset_id=asset, answers={"people": [kim.id]})
    _, token = asked(hub, asset, kind="model_release", person_id=kim.id)
    yes(hub, token, name="Kim Secret")
    found = see(hub, "ana")
    assert (found.agreed, found.asked) == ((), ())
    assert "Kim" not in repr(found)


def test_a_link_that_was_changed_or_whose_person_was_erased_opens_nothing(hub: Hub) -> None:
    asked(hub, own_asset(hub, "ana"))
    with hub.database.read() as session:
        person = session.query(Person).one().id
    token = own_page(hub, person).rpartition("/")[2]
    assert person_of(hub, token) == person
    for wrong in (token[:-1], f"x{token}", token.replace(".", ""), "", "é.é"):
        with pytest.raises(NotFound):
            submissions.of_token(hub, wrong)
    licensing.erase_shown(hub, SYSTEM, person, reason="Asked by mail")
    with pytest.raises(NotFound):
        submissions.of_token(hub, token)


def test_only_creators_who_are_tied_to_a_record_have_such_a_page(hub: Hub) -> None:
    for role in ("viewer", "creator"):
        with pytest.raises(Forbidden):
            submissions.of_actor(actor_of(user_row(hub, role)))
    with pytest.raises(Conflict):
        submissions.of_actor(actor_of(user_row(hub, "content_manager")))


def test_many_assets_come_page_by_page(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mine, "PAGE", 2)
    ids = [asset_row(hub, creator="ana") for _ in range(5)]
    whose = submissions.Whose(creator_id=creator_of(hub, ids[0]))
    seen: list[str] = []
    before = ""
    while True:
        page = submissions.see_mine(hub, whose, before=before)
        seen += [one.id for one in page.assets]
        before = page.next_cursor
        if not before:
            break
    assert seen == ids[::-1]
