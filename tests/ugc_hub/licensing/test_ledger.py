"""The ledger: what leaves is decided, told and written down before its first byte."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from tests.ugc_hub.licensing.rows import clear, free_row
from tests.ugc_hub.rows import Clock, asset_row, user_row, with_clock
from ugc_hub import licensing
from ugc_hub.accounts import SYSTEM, Actor, actor_of
from ugc_hub.errors import Conflict, Invalid, RightsDenied
from ugc_hub.hub import Hub
from ugc_hub.licensing import Copy, StatedUse, Use, hand_over, hand_over_each
from ugc_hub.models import DecisionRow, Event, Grant, Usage

MAIL = Use("email", territories=("US",))


def copy_of(asset_id: str, use: Use = MAIL, **more: Any) -> Copy:
    return Copy(asset_id, more.pop("door", "download"), use, **more)


def usages(hub: Hub) -> list[Usage]:
    with hub.database.read() as session:
        return list(session.scalars(select(Usage).order_by(Usage.id)))


def decisions(hub: Hub) -> int:
    with hub.database.read() as session:
        return session.scalar(select(func.count()).select_from(DecisionRow)) or 0


@pytest.fixture
def person(hub: Hub) -> Actor:
    return actor_of(user_row(hub, "designer"))


@pytest.mark.req("R65")
def test_what_leaves_stands_in_the_ledger_with_the_decision_that_can_be_made_again(hub: Hub, person: Actor) -> None:
    asset = free_row(hub)
    grant = clear(hub, asset, ends_at="2040-01-01T00:00:00Z", perpetual=False, duties=[])
    use = replace(MAIL, edits=frozenset({"crop"}), products=frozenset({"sku-1"}))
    left = hand_over(hub, person, copy_of(asset, use, rendition_id="rnd_1", sha256="a" * 64, perceptual_hash="0" * 16))
    (row,) = usages(hub)
    assert (row.id, row.decision_id, row.valid_until) == (left.usage_id, left.decision_id, left.valid_until)
    assert (row.exit, row.channel, row.territories, row.products) == ("download", "email", ["US"], ["sku-1"])
    assert (row.edits, row.sha256, row.perceptual_hash, row.rendition_id) == (["crop"], "a" * 64, "0" * 16, "rnd_1")
    assert (row.delivered_to, row.status) == (person.user_id, "live")
    assert set(row.grants_used) < {grant, *_grants(hub)}
    assert left.status_url == licensing.copy_page(hub, row.id) == f"{hub.settings.address}/u/{row.id}"
    with hub.database.read() as session:
        kept, again = licensing.replay(session, row.decision_id)
        assert session.scalar(select(Event.actor).where(Event.kind == "copy.left")) == person.user_id
    assert kept == again


def _grants(hub: Hub) -> list[str]:
    with hub.database.read() as session:
        return list(session.scalars(select(Grant.id)))


@pytest.mark.parametrize(
    ("grant", "use"),
    [
        ({"channels": ["website"]}, MAIL),
        ({"territories": ["DE"]}, MAIL),
        ({"edits": ["trim"]}, replace(MAIL, edits=frozenset({"crop"}))),
        ({"products": ["sku-2"]}, replace(MAIL, products=frozenset({"sku-1"}))),
        ({"ends_at": "2021-01-01T00:00:00Z", "perpetual": False}, MAIL),
    ],
)
def test_what_the_grants_do_not_allow_does_not_leave_and_leaves_no_trace(
    hub: Hub, person: Actor, grant: dict[str, Any], use: Use
) -> None:
    asset = asset_row(hub)
    clear(hub, asset, **grant)
    with pytest.raises(RightsDenied) as caught:
        hand_over(hub, person, copy_of(asset, use))
    assert caught.value.extra["reasons"]
    assert caught.value.extra["next_step"]
    assert usages(hub) == []


def test_nothing_is_allowed_that_nobody_allowed(hub: Hub, person: Actor) -> None:
    for actor in (SYSTEM, person):
        with pytest.raises(RightsDenied):
            hand_over(hub, actor, copy_of(asset_row(hub), Use("internal")))
    assert usages(hub) == []


@pytest.mark.parametrize("status", ["hold", "taken_down", "pending_review"])
def test_no_role_passes_a_hold(hub: Hub, status: str) -> None:
    asset = free_row(hub)
    with hub.database.write() as session:
        licensing.set_status(hub, session, SYSTEM, asset_id=asset, status=status)
    for role in ("admin", "legal"):
        with pytest.raises(RightsDenied):
            hand_over(hub, Actor(None, role), copy_of(asset, Use("internal")))


def test_the_same_use_within_the_hour_is_one_entry_and_decided_each_time(hub: Hub, person: Actor) -> None:
    hub, clock = with_clock(hub)
    asset = free_row(hub)
    first = hand_over(hub, person, copy_of(asset, sha256="a" * 64))
    clock.go_on(minutes=59)
    assert hand_over(hub, person, copy_of(asset, sha256="a" * 64)) == first
    assert (len(usages(hub)), decisions(hub)) == (1, 1)
    others = [
        copy_of(asset, replace(MAIL, territories=("CA",)), sha256="a" * 64),
        copy_of(asset, Use("website", territories=("US",)), sha256="a" * 64),
        copy_of(asset, sha256="a" * 64, door="api"),
        copy_of(asset, sha256="a" * 64, rendition_id="rnd_1"),
        copy_of(asset, replace(MAIL, ends_at=clock.at + timedelta(days=9), starts_at=clock.at), sha256="a" * 64),
    ]
    for copy in others:
        hand_over(hub, person, copy)
    hand_over(hub, SYSTEM, copy_of(asset, sha256="a" * 64))
    assert len(usages(hub)) == 2 + len(others)
    clock.go_on(minutes=2)
    assert hand_over(hub, person, copy_of(asset, sha256="a" * 64)).usage_id != first.usage_id
    with hub.database.write() as session:
        licensing.set_status(hub, session, SYSTEM, asset_id=asset, status="hold")
    with pytest.raises(RightsDenied):
        hand_over(hub, person, copy_of(asset, sha256="a" * 64))


def test_a_changed_permission_makes_a_new_entry(hub: Hub, person: Actor) -> None:
    hub, clock = with_clock(hub)
    asset = asset_row(hub)
    first_grant = clear(hub, asset)
    hand_over(hub, person, copy_of(asset))
    clear(hub, asset, ends_at=(clock.at + timedelta(days=30)).isoformat(), perpetual=False)
    with hub.database.write() as session:
        session.get_one(Grant, first_grant).state = "suspended"
    left = hand_over(hub, person, copy_of(asset))
    assert left.valid_until == clock.at + timedelta(days=30)
    assert [row.valid_until for row in usages(hub)] == [None, left.valid_until]


def test_sixteen_at_once_are_one_entry(hub: Hub, person: Actor) -> None:
    asset = free_row(hub)
    with ThreadPoolExecutor(16) as pool:
        told = set(pool.map(lambda _: hand_over(hub, person, copy_of(asset)).usage_id, range(16)))
    assert len(told) == len(usages(hub)) == 1


CREDIT = [{"duty": "credit", "text": "Photo: @ana", "phase": "during"}]


def test_duties_are_told_and_must_be_acknowledged_by_who_was_told(hub: Hub, person: Actor) -> None:
    asset = asset_row(hub)
    clear(hub, asset, duties=CREDIT)
    with pytest.raises(Conflict) as caught:
        hand_over(hub, person, copy_of(asset))
    extra = caught.value.extra
    assert caught.value.code == "duties_not_acknowledged"
    assert extra["duties"] == [
        {"duty": "credit", "text": "Photo: @ana", "sentence": "Name the creator: “Photo: @ana”."}
    ]
    assert usages(hub) == []
    told = extra["decision_id"]
    for actor, use, given in (
        (SYSTEM, MAIL, told),
        (person, replace(MAIL, territories=("CA",)), told),
        (person, MAIL, "dec_unknown"),
    ):
        with pytest.raises(Conflict):
            hand_over(hub, actor, copy_of(asset, use), acknowledged=given)
    left = hand_over(hub, person, copy_of(asset), acknowledged=told)
    assert (left.decision_id, left.duties) == (told, ({"duty": "credit", "text": "Photo: @ana"},))
    assert len(usages(hub)) == 1


def test_asking_for_a_decision_first_is_as_good(hub: Hub, person: Actor) -> None:
    asset = asset_row(hub)
    clear(hub, asset, duties=CREDIT)
    with hub.database.write() as session:
        kept = licensing.keep(hub, session, person, asset_id=asset, use=MAIL)
    assert hand_over(hub, person, copy_of(asset), acknowledged=kept.id).decision_id == kept.id


def test_duties_that_changed_must_be_acknowledged_anew(hub: Hub, person: Actor) -> None:
    asset = asset_row(hub)
    older = clear(hub, asset, duties=CREDIT)
    with hub.database.write() as session:
        told = licensing.keep(hub, session, person, asset_id=asset, use=MAIL).id
    clear(hub, asset, duties=[{"duty": "link_back", "phase": "during"}])
    with hub.database.write() as session:
        session.get_one(Grant, older).state = "suspended"
    with pytest.raises(Conflict):
        hand_over(hub, person, copy_of(asset), acknowledged=told)
    assert usages(hub) == []


def test_asking_again_and_again_keeps_one_question(hub: Hub, person: Actor) -> None:
    asset = asset_row(hub)
    clear(hub, asset, duties=CREDIT)
    for _ in range(3):
        with pytest.raises(Conflict):
            hand_over(hub, person, copy_of(asset))
    assert decisions(hub) == 1


def test_several_copies_have_one_acknowledgement_and_what_may_not_leave_stays(hub: Hub, person: Actor) -> None:
    credited, denied, free = asset_row(hub), asset_row(hub), free_row(hub)
    clear(hub, credited, duties=CREDIT)
    copies = [copy_of(asset, door="pack") for asset in (credited, denied, free)]
    with pytest.raises(Conflict) as caught:
        hand_over_each(hub, person, copies)
    assert usages(hub) == []
    with pytest.raises(Conflict):
        hand_over_each(hub, person, copies, acknowledged="ack_other")
    answers = hand_over_each(hub, person, copies, acknowledged=caught.value.extra["duties_ack"])
    assert [isinstance(answer, RightsDenied) for answer in answers] == [False, True, False]
    assert {row.asset_id for row in usages(hub)} == {credited, free}


def test_a_cap_counts_each_use_once_and_lets_the_last_one_finish(hub: Hub, person: Actor) -> None:
    asset = asset_row(hub)
    clear(hub, asset, max_uses=1, uses=0)
    first = hand_over(hub, person, copy_of(asset))
    assert hand_over(hub, person, copy_of(asset)) == first, "a range of the same file"
    with pytest.raises(RightsDenied):
        hand_over(hub, person, copy_of(asset, Use("website", territories=("US",))))


def test_a_stated_use_cannot_lie_in_the_past(hub: Hub) -> None:
    hub, clock = with_clock(hub)
    asset = asset_row(hub)
    ended = (clock.at - timedelta(days=1)).isoformat()
    clear(hub, asset, ends_at=ended, perpetual=False)
    past = StatedUse("email", ("US",), (), clock.at - timedelta(days=30), clock.at - timedelta(days=2))
    with pytest.raises(Invalid):
        past.use(hub, "email")
    begun = replace(past, ends_at=clock.at + timedelta(days=1))
    assert begun.use(hub, "email").starts_at == clock.at
    with pytest.raises(RightsDenied):
        hand_over(hub, SYSTEM, copy_of(asset, begun.use(hub, "email")))


@pytest.mark.parametrize("stated", [StatedUse("billboards"), StatedUse("email", ("UK",))])
def test_a_word_that_nobody_knows_is_no_use(hub: Hub, stated: StatedUse) -> None:
    with pytest.raises(Invalid):
        stated.use(hub, stated.channel or "email")


def test_a_stated_use_comes_back_from_its_plain_form() -> None:
    start = Clock().at
    for one in (StatedUse(), StatedUse("email", ("US", "DE"), ("sku",), start, start + timedelta(days=1))):
        assert StatedUse.load(one.dump()) == one
