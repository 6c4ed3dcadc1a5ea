"""Delivery links: decided again each time, gone at the first request after the end, for good reasons told."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from tests.pictures import jpeg
from tests.ugc_hub.licensing.rows import clear
from tests.ugc_hub.rows import Clock, asset_row, statements, with_clock
from ugc_hub import delivery, licensing, renditions
from ugc_hub.accounts import SYSTEM, Actor
from ugc_hub.errors import Conflict, Forbidden, Gone, Invalid, LegalOrder, NotFound, RightsDenied
from ugc_hub.hub import Hub
from ugc_hub.licensing import StatedUse, Withdrawal
from ugc_hub.models import Rendition, Usage

PRESET = "email.hero.600.1x"
SMALL = jpeg(60, 40)
MAIL = StatedUse("email", ("US",))


def made(hub: Hub, asset: str, data: bytes = SMALL) -> str:
    """A finished rendition of the asset, without looking at a pixel."""
    (outcome,) = renditions.request(hub, SYSTEM, asset, [PRESET], stated=MAIL)
    (name,) = outcome.renditions[:1]
    hub.storage.put(f"renditions/{name}.jpg", data)
    ready = {"status": "ready", "storage_key": f"renditions/{name}.jpg", "size_bytes": len(data), "sha256": "a" * 64}
    with hub.database.write() as session:
        session.execute(update(Rendition).where(Rendition.id == name).values(**ready))
    return name


@pytest.fixture
def at(hub: Hub) -> tuple[Hub, Clock]:
    return with_clock(hub)


def link(hub: Hub, stated: StatedUse = MAIL, **grant: Any) -> tuple[str, str, str]:
    """A link with its asset and grant."""
    asset = asset_row(hub)
    granted = clear(hub, asset, **grant)
    return delivery.make_link(hub, SYSTEM, made(hub, asset), stated=stated).token, asset, granted


@pytest.mark.req("R65")
def test_a_link_ends_with_the_permission_at_the_very_instant(at: tuple[Hub, Clock]) -> None:
    hub, clock = at
    end = clock.at + timedelta(days=30)
    token, _, _ = link(hub, ends_at=end.isoformat(), perpetual=False)
    assert delivery.follow(hub, token).max_age_s == 60
    for left, seconds in ((59.5, 59), (1.2, 1), (0.4, 0)):
        clock.at = end - timedelta(seconds=left)
        assert delivery.follow(hub, token).max_age_s == seconds, "no cache outlives the permission"
    clock.at = end
    with pytest.raises(Gone):
        delivery.follow(hub, token)


@pytest.mark.req("R65")
def test_a_link_that_was_handed_out_before_ends_with_a_revocation(at: tuple[Hub, Clock]) -> None:
    hub, clock = at
    token, _, grant = link(hub)
    assert delivery.follow(hub, token).max_age_s <= 60
    clock.go_on(hours=1)
    with hub.database.write() as session:
        licensing.revoke(hub, session, SYSTEM, grant_id=grant, withdrawal=Withdrawal("contract_notice"))
    with pytest.raises(Gone):
        delivery.follow(hub, token)


def test_following_a_link_costs_a_statement_to_find_it_and_one_to_decide(hub: Hub) -> None:
    token, _, _ = link(hub)
    with statements(hub) as seen:
        delivery.follow(hub, token)
    assert len(seen) == 2


@pytest.mark.req("R65")
@pytest.mark.parametrize(("order", "wrong"), [(False, Gone), (True, LegalOrder)])
def test_a_hold_ends_links_and_a_legal_order_says_so(at: tuple[Hub, Clock], order: bool, wrong: type) -> None:
    hub, _ = at
    token, asset, _ = link(hub)
    with hub.database.write() as session:
        licensing.set_status(hub, session, SYSTEM, asset_id=asset, status="hold", legal_order=order)
    with pytest.raises(wrong):
        delivery.follow(hub, token)


def test_a_claim_that_names_a_link_is_about_the_asset_behind_it(at: tuple[Hub, Clock]) -> None:
    hub, _ = at
    token, asset, _ = link(hub)
    for where, meant in (
        (f"seen at {hub.settings.address}/d/{token}, today", asset),
        ("https://x.example/d/nothing", None),
    ):
        said = licensing.Statement("shows_me", "Kim", "kim@example.org", where, "I never agreed to this.")
        licensing.intake(hub, said)
        (claim,) = [one for one in licensing.list_claims(hub, SYSTEM) if one.statement and one.statement.where == where]
        assert claim.asset_id == meant


def test_a_window_of_a_link_is_kept_whatever_the_grants_allow(at: tuple[Hub, Clock]) -> None:
    hub, clock = at
    stated = StatedUse("email", ("US",), (), clock.at + timedelta(days=1), clock.at + timedelta(days=2))
    token, _, _ = link(hub, stated)
    with pytest.raises(RightsDenied) as caught:
        delivery.follow(hub, token)
    assert caught.value.code == "link_waits"
    clock.go_on(days=1)
    assert delivery.follow(hub, token).max_age_s == 60
    clock.go_on(days=1)
    with pytest.raises(Gone):
        delivery.follow(hub, token)


def test_a_link_that_begins_later_waits(at: tuple[Hub, Clock]) -> None:
    hub, clock = at
    token, _, _ = link(hub, StatedUse("email", ("US",), (), clock.at + timedelta(days=1)))
    with pytest.raises(RightsDenied):
        delivery.follow(hub, token)
    clock.go_on(days=1)
    assert delivery.follow(hub, token).file.storage_key


def test_only_the_hash_of_the_token_is_kept_and_each_link_is_an_entry(at: tuple[Hub, Clock]) -> None:
    hub, _ = at
    asset = asset_row(hub)
    clear(hub, asset)
    name = made(hub, asset)
    tokens = [delivery.make_link(hub, SYSTEM, name, stated=MAIL).token for _ in range(2)]
    assert all(len(token) >= 43 for token in tokens), "256 bits"
    with hub.database.read() as session:
        rows = session.scalars(select(Usage)).all()
    assert {row.token_sha256 for row in rows} == {delivery.hashed(token) for token in tokens}
    assert {(row.exit, row.channel, row.rendition_id) for row in rows} == {("link", "email", name)}
    assert not any(token in str(row.__dict__) for token in tokens for row in rows)
    for token in tokens:
        delivery.follow(hub, token)
    with hub.database.read() as session:
        assert len(session.scalars(select(Usage)).all()) == 2, "following writes nothing"


def test_a_link_hands_out_the_copy_of_its_own_use_and_makes_it_again_where_it_is_lost(at: tuple[Hub, Clock]) -> None:
    hub, _ = at
    token, _, _ = link(hub)

    def fetched() -> bytes:
        found = delivery.follow(hub, token).file
        with hub.storage.open(found.storage_key) as file:
            data = file.read()
        assert (len(data), hashlib.sha256(data).hexdigest()) == (found.size_bytes, found.etag)
        return data

    first = fetched()
    with hub.database.read() as session:
        usage = session.scalars(select(Usage)).one()
    assert f"/u/{usage.id}".encode() in first
    assert usage.stamped_sha256 == hashlib.sha256(first).hexdigest()
    hub.storage.delete(f"copies/{usage.id}")
    assert fetched() == first
    assert [stat.key for stat in hub.storage.list("copies/")] == [f"copies/{usage.id}"]


def test_a_stopped_use_ends_its_link_alone(at: tuple[Hub, Clock]) -> None:
    hub, _ = at
    asset = asset_row(hub)
    clear(hub, asset)
    name = made(hub, asset)
    first, second = (delivery.make_link(hub, SYSTEM, name, stated=MAIL).token for _ in range(2))
    with hub.database.write() as session:
        stopped = update(Usage).where(Usage.token_sha256 == delivery.hashed(first))
        session.execute(stopped.values(status="stopped"))
    with pytest.raises(Gone):
        delivery.follow(hub, first)
    assert delivery.follow(hub, second)


def test_what_is_used_up_or_was_to_be_done_first_does_not_end_a_live_link(at: tuple[Hub, Clock]) -> None:
    hub, _ = at
    token, _, _ = link(hub, max_uses=1, uses=0)
    assert delivery.follow(hub, token).file.size_bytes


def test_large_files_come_from_the_bucket_for_no_longer_than_a_cache_may_keep_them(
    at: tuple[Hub, Clock], monkeypatch: pytest.MonkeyPatch
) -> None:
    hub, clock = at
    asked: list[tuple[int, int]] = []

    inner = hub.storage

    class Bucket:
        def __getattr__(self, name: str) -> Any:
            return getattr(inner, name)

        def signed_url(self, key: str, *, expires_s: int, cache_s: int, **_: Any) -> str:
            asked.append((expires_s, cache_s))
            return f"https://bucket.example/{key}"

    end = clock.at + timedelta(days=1)
    token, asset, _ = link(hub, ends_at=end.isoformat(), perpetual=False)
    monkeypatch.setattr(hub, "storage", Bucket())
    assert delivery.follow(hub, token).signed_url is None, "small files are sent by the hub"
    monkeypatch.setattr(delivery, "LARGE_BYTES", 100)
    found = delivery.follow(hub, token)
    assert found.signed_url == f"https://bucket.example/copies/{found.usage_id}", "the copy of this use"
    assert found.max_age_s == 30, "a redirect that a cache keeps must not outlive what it leads to"
    clock.at = end - timedelta(seconds=7)
    delivery.follow(hub, token)
    assert asked == [(30, 30), (3, 3)], "fetched in the last second and kept, it still ends in time"
    clock.at = end - timedelta(seconds=1)
    assert delivery.follow(hub, token).signed_url is None
    clock.at = end - timedelta(seconds=0.5)
    assert delivery.follow(hub, token).signed_url is None
    with hub.database.write() as session:
        licensing.set_status(hub, session, SYSTEM, asset_id=asset, status="taken_down")
    with pytest.raises(Gone):
        delivery.follow(hub, token)
    assert len(asked) == 2


@pytest.mark.parametrize(
    ("said", "reserved"), [(None, False), ("allowed", False), ("prohibited", True), ("search_only", True)]
)
def test_reserved_mining_is_told(at: tuple[Hub, Clock], said: str | None, reserved: bool) -> None:
    hub, _ = at
    token, asset, _ = link(hub)
    with hub.database.write() as session:
        licensing.row_of(hub, session, asset).data_mining = said
    assert delivery.follow(hub, token).mining_reserved is reserved


def test_a_link_is_not_made_against_the_answer(at: tuple[Hub, Clock]) -> None:
    hub, _ = at
    asset = asset_row(hub)
    clear(hub, asset, channels=["email"])
    name = made(hub, asset)
    viewer = Actor("usr_v", "viewer")
    cases = [
        (SYSTEM, name, StatedUse("website"), RightsDenied),
        (SYSTEM, name, StatedUse(), Invalid),
        (SYSTEM, "rnd_unknown", MAIL, NotFound),
        (viewer, name, MAIL, Forbidden),
    ]
    for actor, wanted, stated, wrong in cases:
        with pytest.raises(wrong):
            delivery.make_link(hub, actor, wanted, stated=stated)
    with hub.database.write() as session:
        session.execute(update(Rendition).values(status="queued"))
    with pytest.raises(Conflict):
        delivery.make_link(hub, SYSTEM, name, stated=MAIL)
    with hub.database.read() as session:
        assert session.scalars(select(Usage)).all() == []
    with pytest.raises(NotFound):
        delivery.follow(hub, "unknown")


def test_a_clock_that_moves_while_it_is_decided_opens_nothing(hub: Hub) -> None:
    """The end was once compared with a later reading of the clock than the answer."""
    token, asset, _ = link(hub)
    with hub.database.write() as session:
        licensing.set_status(hub, session, SYSTEM, asset_id=asset, status="hold")
    for _ in range(3):
        with pytest.raises(Gone):
            delivery.follow(hub, token)
