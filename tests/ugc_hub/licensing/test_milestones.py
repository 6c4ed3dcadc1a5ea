from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from tests.ugc_hub.licensing.rows import FREE, SIGNED
from tests.ugc_hub.rows import Clock, asset_row, with_clock
from ugc_hub import licensing
from ugc_hub.accounts import SYSTEM, Actor
from ugc_hub.errors import Forbidden, Invalid, NotFound
from ugc_hub.hub import Hub
from ugc_hub.licensing import Agreed, Draft, Spent, Use
from ugc_hub.models import Asset, Creator, Event, Grant, GrantAsset, Usage

PERMIT: dict[str, Any] = {
    "effect": "permit",
    "layer": "copyright",
    "state": "active",
    "channels": ["*"],
    "territories": ["WORLD"],
    "edits": ["any_edit"],
    "products": ["*"],
    "evidence_level": 3,
    "evidence_ok": True,
    "signed_at": SIGNED.isoformat(),
}


def free(hub: Hub, asset_id: str) -> str:
    with hub.database.write() as session:
        licensing.answer(hub, session, SYSTEM, asset_id=asset_id, answers=FREE)
        licensing.set_status(hub, session, SYSTEM, asset_id=asset_id, status="active")
    return asset_id


def write(hub: Hub, *assets: str, **plain: Any) -> list[str]:
    with hub.database.write() as session:
        return [row.id for row in licensing.write(hub, session, SYSTEM, Draft({**PERMIT, **plain}, assets))]


def first_reason(hub: Hub, asset_id: str, use: Use) -> str | None:
    with hub.database.read() as session:
        return licensing.ask(hub, session, asset_id, use).primary_reason


def used(hub: Hub, asset_id: str, channel: str = "email", spent: Spent | None = None, **known: Any) -> None:
    """What the ledger does when a copy leaves the hub."""
    with hub.database.write() as session:
        kept = licensing.keep(hub, session, SYSTEM, asset_id=asset_id, use=Use(channel))
        usage = Usage(
            id=hub.new_id("use"),
            created_at=hub.now(),
            asset_id=asset_id,
            exit="download",
            decision_id=kept.id,
            channel=channel,
            territories=["DE"],
            grants_used=list(kept.decision.grants_used),
            status=known.pop("status", "live"),
            **known,
        )
        session.add(usage)
        session.flush()
        licensing.record_usage(hub, session, usage, spent)


@pytest.fixture
def clock(hub: Hub) -> tuple[Hub, Clock]:
    return with_clock(hub)


EMAIL = Use("email", ("DE",))
HALF_A_YEAR = {"count": 6, "unit": "months", "zone": "Europe/Berlin"}


def test_a_term_from_delivery_gives_each_asset_a_row_that_starts_when_it_was_received(clock: tuple[Hub, Clock]) -> None:
    hub, time = clock
    early = free(hub, asset_row(hub))
    time.go_on(days=30)
    late = free(hub, asset_row(hub))
    ids = write(hub, early, late, window={"trigger": "delivery", **HALF_A_YEAR})
    with hub.database.read() as session:
        starts = [session.get_one(Grant, one).starts_at for one in ids]
        assert starts == [session.get_one(Asset, one).created_at for one in (early, late)]
        named = session.execute(select(GrantAsset.grant_id, GrantAsset.asset_id).order_by(GrantAsset.grant_id)).all()
    assert [tuple(pair) for pair in named] == list(zip(ids, (early, late), strict=True))
    time.go_on(days=160)
    assert first_reason(hub, early, EMAIL) == "EXPIRED"
    assert first_reason(hub, late, EMAIL) is None


def test_an_agreement_over_months_gives_each_new_asset_its_own_term(clock: tuple[Hub, Clock]) -> None:
    hub, time = clock
    first = free(hub, asset_row(hub, creator="ana"))
    with hub.database.write() as session:
        creator = session.scalars(select(Creator.id)).one()
        agreed = Agreed("licence", creator_id=creator, covers={"creator_id": creator})
        version = licensing.agree(hub, session, SYSTEM, agreed)
        plain = {**PERMIT, "window": {"trigger": "delivery", **HALF_A_YEAR}}
        template = licensing.write(hub, session, SYSTEM, Draft(plain, (), version.id))[0].id
    time.go_on(days=30)
    second = free(hub, asset_row(hub, creator="ana"))
    for _ in range(2):
        with hub.database.write() as session:
            for one in (first, second):
                licensing.cover(hub, session, session.get_one(Asset, one))
    with hub.database.read() as session:
        grants = session.scalars(select(Grant).where(Grant.id != template)).all()
        assert len(grants) == 2
        assert session.get_one(Grant, template).starts_at is None
    time.go_on(days=160)
    assert first_reason(hub, first, EMAIL) == "EXPIRED"
    assert first_reason(hub, second, EMAIL) is None


def test_until_the_first_publication_each_question_counts_from_its_own_date(clock: tuple[Hub, Clock]) -> None:
    hub, time = clock
    asset = free(hub, asset_row(hub))
    write(hub, asset, window={"trigger": "first_publication", **HALF_A_YEAR})
    time.go_on(days=700)
    now = hub.now()
    assert first_reason(hub, asset, EMAIL) is None
    with hub.database.read() as session:
        assert licensing.ask(hub, session, asset, EMAIL).valid_until == datetime(2032, 6, 1, 23, tzinfo=UTC)
    months = Use("email", ("DE",), starts_at=now, ends_at=now + timedelta(days=200))
    assert first_reason(hub, asset, months) == "EXPIRED"


def test_the_first_use_in_public_is_the_first_publication_and_starts_the_term(clock: tuple[Hub, Clock]) -> None:
    hub, time = clock
    asset = free(hub, asset_row(hub))
    (grant,) = write(hub, asset, window={"trigger": "first_publication", **HALF_A_YEAR})
    time.go_on(days=10)
    used(hub, asset, "internal")
    used(hub, asset, "email", status="stopped")
    with hub.database.read() as session:
        assert session.get_one(Grant, grant).ends_at is None
    published = hub.now()
    used(hub, asset)
    time.go_on(days=5)
    used(hub, asset)
    with hub.database.read() as session:
        row = session.get_one(Grant, grant)
        assert row.starts_at == published
        assert row.ends_at is not None
        assert row.ends_at == datetime(2030, 7, 10, 23, tzinfo=UTC)
        kinds = list(session.scalars(select(Event.kind).where(Event.object_id == grant).order_by(Event.id)))
        assert kinds == ["grant.added", "grant.milestone"]
        assert session.scalars(select(Event.kind).where(Event.object_id == asset)).all()[-1] == "rights.changed"
    time.go_on(days=190)
    assert first_reason(hub, asset, EMAIL) == "EXPIRED"


def test_a_decision_before_the_first_publication_can_be_made_again(clock: tuple[Hub, Clock]) -> None:
    hub, _ = clock
    asset = free(hub, asset_row(hub))
    write(hub, asset, window={"trigger": "first_publication", **HALF_A_YEAR})
    with hub.database.write() as session:
        kept = licensing.keep(hub, session, SYSTEM, asset_id=asset, use=EMAIL)
    with hub.database.read() as session:
        before, again = licensing.replay(session, kept.id)
    assert kept.decision.allowed
    assert before == again


def test_a_milestone_is_audited_and_a_wrong_date_is_given_again(hub: Hub) -> None:
    asset = free(hub, asset_row(hub))
    (grant,) = write(hub, asset, window={"trigger": "delivery", **HALF_A_YEAR})
    for name, days in (("delivered", 3), ("delivered", 1), ("cap_reached", 2)):
        with hub.database.write() as session:
            at = SIGNED + timedelta(days=days)
            licensing.milestone(hub, session, SYSTEM, grant_id=grant, name=name, at=at)
    with hub.database.read() as session:
        row = session.get_one(Grant, grant)
        assert (row.starts_at, row.ends_at) == (SIGNED + timedelta(days=1), SIGNED + timedelta(days=2))
        kinds = session.scalars(select(Event.kind).where(Event.object_id == grant)).all()
        assert list(kinds).count("grant.milestone") == 3


def test_what_is_no_milestone_moves_nothing(hub: Hub) -> None:
    asset = free(hub, asset_row(hub))
    (fixed,) = write(hub, asset, starts_at=SIGNED.isoformat(), perpetual=True)
    (moving,) = write(hub, asset, window={"trigger": "delivery", **HALF_A_YEAR})
    wrong = ((fixed, "delivered", Invalid), (moving, "paid", Invalid), ("grt_none", "delivered", NotFound))
    for grant, name, error in wrong:
        with pytest.raises(error), hub.database.write() as session:
            licensing.milestone(hub, session, SYSTEM, grant_id=grant, name=name)
    with pytest.raises(Forbidden), hub.database.write() as session:
        licensing.milestone(hub, session, Actor("usr_1", "viewer"), grant_id=moving, name="delivered")


def test_what_is_used_is_counted_and_at_the_cap_no_new_use_begins(hub: Hub) -> None:
    asset = free(hub, asset_row(hub))
    caps = {"max_uses": 2, "uses": 0, "max_impressions": 1000, "impressions": 0, "max_placements": 5}
    (grant,) = write(hub, asset, starts_at=SIGNED.isoformat(), perpetual=True, **caps)
    assert first_reason(hub, asset, EMAIL) == "CAP_UNKNOWN"
    with hub.database.write() as session:
        session.get_one(Grant, grant).counters = {"uses": 0, "impressions": 0, "placements": 0}
    used(hub, asset, external_ref="post 1")
    assert first_reason(hub, asset, EMAIL) is None
    used(hub, asset)
    with hub.database.read() as session:
        assert session.get_one(Grant, grant).counters == {"uses": 2, "impressions": 0, "placements": 1}
        assert session.scalars(select(Event.body).where(Event.kind == "grant.cap_reached")).one()["caps"] == ["uses"]
    assert first_reason(hub, asset, EMAIL) == "CAP_REACHED"
    live = Use("email", ("DE",), operation="continue")
    assert first_reason(hub, asset, live) is None


def test_impressions_that_come_in_later_are_added_and_an_unknown_counter_stays_unknown(hub: Hub) -> None:
    asset = free(hub, asset_row(hub))
    caps = {"max_impressions": 1000, "impressions": 0, "max_spend_micros": 10}
    (grant,) = write(hub, asset, starts_at=SIGNED.isoformat(), perpetual=True, **caps)
    with hub.database.write() as session:
        usage = Usage(grants_used=[grant], status="live", channel="email", external_ref="")
        licensing.record_usage(hub, session, usage, Spent(impressions=600, spend_micros=5))
        licensing.record_usage(hub, session, usage, Spent(impressions=600))
    with hub.database.read() as session:
        assert session.get_one(Grant, grant).counters == {"impressions": 1200}
