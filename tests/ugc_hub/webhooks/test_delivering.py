"""From what happened to signed messages: each is sent until it is taken, and none is lost or told to somebody else."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from tests.ugc_hub.licensing.copies import revoke, usage_row
from tests.ugc_hub.licensing.rows import clear
from tests.ugc_hub.rows import Clock, asset_row, user_row, with_clock
from tests.ugc_hub.webhooks.receiver import HOME, Receiver, receiver
from ugc_hub import licensing, webhooks
from ugc_hub.accounts import SYSTEM, actor_of
from ugc_hub.errors import Conflict, Forbidden, Invalid, NotFound
from ugc_hub.hub import Hub
from ugc_hub.models import Event, Meta, Webhook, WebhookMessage
from ugc_hub.webhooks import KINDS, Outcome
from ugc_hub.webhooks.delivering import DELAYS_S
from ugc_hub.webhooks.outbox import SOURCES
from workers.queue.jobs import find
from workers.queue.shapes import Query


@pytest.fixture
def timed(hub: Hub) -> tuple[Hub, Clock]:
    made, clock = with_clock(hub)
    made.runs.mkdir(parents=True, exist_ok=True)
    clock.go_on(days=-1000)
    return made, clock


def listen(hub: Hub, url: str = "https://93.184.216.34/hook", *kinds: str) -> str:
    with hub.database.write() as session:
        row = Webhook(id=hub.new_id("whk"), created_at=hub.now(), url=url, kinds=list(kinds or KINDS), label="Ads")
        session.add(row)
    return row.id


def waiting(hub: Hub) -> list[WebhookMessage]:
    with hub.database.read() as session:
        return list(session.query(WebhookMessage).order_by(WebhookMessage.id))


def deliver(hub: Hub, message: WebhookMessage) -> Outcome:
    (now,) = [one for one in waiting(hub) if one.id == message.id]
    return webhooks.deliver(hub, message.id, now.attempts, sender=HOME)


def kinds(hub: Hub) -> list[str]:
    return sorted(one.kind for one in waiting(hub))


def data(hub: Hub, kind: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one.body["data"] for one in waiting(hub) if one.kind == kind)
    return found


# What is told


def test_a_withdrawal_is_told_with_the_copies_that_end_and_what_is_to_be_taken_down(hub: Hub) -> None:
    listen(hub)
    asset = asset_row(hub)
    grant = clear(hub, asset)
    mine = usage_row(hub, asset, external_ref="ad 17")
    assert webhooks.fan_out(hub) == 0
    revoke(hub, grant, "platform_revoked")
    assert webhooks.fan_out(hub) == 3
    assert kinds(hub) == ["rights.ended", "rights.revoked", "takedown.due"]
    assert data(hub, "rights.revoked")["grant_id"] == grant
    assert data(hub, "rights.revoked")["assets"] == [asset]
    ended, task = data(hub, "rights.ended"), data(hub, "takedown.due")
    assert (ended["asset_id"], ended["usages"], ended["basis"]) == (asset, [mine], "platform_revoked")
    assert (task["usage_id"], task["external_ref"], task["action"]) == (mine, "ad 17", "take_down")
    assert webhooks.fan_out(hub) == 0


def test_a_hold_is_told_and_so_is_a_takedown(hub: Hub) -> None:
    listen(hub, "https://93.184.216.34/hook", "rights.hold")
    asset = asset_row(hub)
    for status in ("active", "hold", "taken_down"):
        with hub.database.write() as session:
            licensing.set_status(hub, session, SYSTEM, asset_id=asset, status=status)
    assert webhooks.fan_out(hub) == 2
    assert [one.body["data"]["status"] for one in waiting(hub)] == ["hold", "taken_down"]


def test_each_address_is_told_of_what_it_asked_for_and_of_nothing_before_it_was_made(timed: tuple[Hub, Clock]) -> None:
    hub, clock = timed
    asset = asset_row(hub)
    revoke(hub, clear(hub, asset))
    clock.go_on(hours=1)
    listen(hub, "https://93.184.216.34/a", "rights.revoked")
    other = listen(hub, "https://93.184.216.34/b", "rights.hold")
    off = listen(hub)
    with hub.database.write() as session:
        session.get_one(Webhook, off).disabled_at = hub.now()
    assert webhooks.fan_out(hub) == 0
    revoke(hub, clear(hub, asset))
    assert webhooks.fan_out(hub) == 1
    assert kinds(hub) == ["rights.revoked"]
    assert waiting(hub)[0].webhook_id != other


def test_while_nobody_listens_the_look_goes_on_and_writes_nothing(hub: Hub) -> None:
    revoke(hub, clear(hub, asset_row(hub)))
    assert webhooks.fan_out(hub) == 0
    with hub.database.read() as session:
        newest = max(one.id for one in session.query(Event).where(Event.kind.in_(SOURCES)))
        assert int(session.get_one(Meta, "webhooks.cursor").value) == newest


def test_what_was_undone_is_not_told(hub: Hub) -> None:
    listen(hub)
    grant = clear(hub, asset_row(hub))
    with hub.database.write() as session:
        licensing.revoke(hub, session, SYSTEM, grant_id=grant, withdrawal=licensing.Withdrawal("platform_revoked"))
        session.rollback()
    assert webhooks.fan_out(hub) == 0


# How it is sent


def trial(hub: Hub, there: Receiver) -> tuple[str, WebhookMessage]:
    hook = listen(hub, there.url)
    with hub.database.write() as session:
        return hook, webhooks.trial(hub, session, SYSTEM, webhook_id=hook)


def test_a_message_arrives_once_signed_and_can_be_verified(hub: Hub) -> None:
    with receiver() as there:
        hook, message = trial(hub, there)
        assert deliver(hub, message) == Outcome("delivered")
        assert webhooks.deliver(hub, message.id, 0, sender=HOME) == Outcome("over")
        (body,), (headers,) = there.bodies, there.headers
    assert headers["webhook-id"] == message.id
    assert headers["content-type"] == "application/json"
    with hub.database.read() as session:
        secret = webhooks.secret_of(hub, session, SYSTEM, hook)
    assert webhooks.verify(secret, headers, body, now=int(hub.now().timestamp()))
    assert json.loads(body)["type"] == "webhook.trial"
    (kept,) = waiting(hub)
    assert (kept.state, kept.attempts, kept.last_status) == ("delivered", 1, 200)


def test_what_is_not_taken_is_tried_again_later_with_the_same_id_and_body(timed: tuple[Hub, Clock]) -> None:
    hub, clock = timed
    with receiver() as there:
        there.statuses = [500, 429, 204]
        _, message = trial(hub, there)
        for expected, delay in (("again", DELAYS_S[0]), ("again", DELAYS_S[1]), ("delivered", None)):
            assert deliver(hub, message).state == expected
            (kept,) = waiting(hub)
            assert kept.next_at == (None if delay is None else hub.now() + timedelta(seconds=delay))
            clock.go_on(seconds=delay or 0)
        assert there.bodies[0] == there.bodies[1] == there.bodies[2]
        assert {one["webhook-id"] for one in there.headers} == {message.id}
        assert len({one["webhook-timestamp"] for one in there.headers}) == 3
    with hub.database.read() as session:
        assert len(find(session.connection(), Query(limit=100))) == 3


def test_the_last_attempt_comes_a_day_after_the_first() -> None:
    assert 0.95 * 86400 < sum(DELAYS_S) <= 86400


def test_after_a_day_without_any_arrival_the_address_is_switched_off(hub: Hub) -> None:
    with receiver() as there:
        there.statuses = [503]
        hook, message = trial(hub, there)
        outcomes = [deliver(hub, message) for _ in range(len(DELAYS_S) + 1)]
    assert [one.state for one in outcomes] == ["again"] * len(DELAYS_S) + ["failed"]
    assert outcomes[-1].disabled == hook
    with hub.database.read() as session:
        assert webhooks.get(session, SYSTEM, hook).disabled_why == "Nothing arrived for a day."
    with pytest.raises(Conflict), hub.database.write() as session:
        webhooks.trial(hub, session, SYSTEM, webhook_id=hook)


def test_one_message_that_is_never_taken_does_not_switch_off_an_address_that_takes_others(hub: Hub) -> None:
    with receiver() as there:
        hook, message = trial(hub, there)
        there.statuses = [400, 200, 400]
        deliver(hub, message)
        with hub.database.write() as session:
            other = webhooks.trial(hub, session, SYSTEM, webhook_id=hook)
        assert deliver(hub, other).state == "delivered"
        outcomes = [deliver(hub, message) for _ in range(len(DELAYS_S))]
    assert outcomes[-1] == Outcome("failed")


def test_a_receiver_that_says_it_is_gone_is_believed_at_once(hub: Hub) -> None:
    with receiver() as there:
        there.statuses = [410]
        hook, message = trial(hub, there)
        assert deliver(hub, message) == Outcome("failed", hook)


def test_what_failed_is_sent_again_by_hand_once_the_address_is_on_again(hub: Hub) -> None:
    with receiver() as there:
        there.statuses = [410, 200]
        hook, message = trial(hub, there)
        deliver(hub, message)
        with pytest.raises(Conflict), hub.database.write() as session:
            webhooks.again(hub, session, SYSTEM, message_id=message.id)
        with hub.database.write() as session:
            webhooks.enable(hub, session, SYSTEM, webhook_id=hook)
            webhooks.again(hub, session, SYSTEM, message_id=message.id)
        assert deliver(hub, message) == Outcome("delivered")
        assert there.headers[0]["webhook-id"] == there.headers[1]["webhook-id"]


def test_nothing_is_sent_to_an_address_that_was_removed(hub: Hub) -> None:
    with receiver() as there:
        hook, message = trial(hub, there)
        with hub.database.write() as session:
            webhooks.remove(hub, session, SYSTEM, webhook_id=hook)
        assert deliver(hub, message) == Outcome("failed")
        assert there.bodies == []


# Managing


def test_a_new_secret_signs_beside_the_old_one_for_a_day(timed: tuple[Hub, Clock]) -> None:
    hub, clock = timed
    with receiver() as there:
        hook, message = trial(hub, there)
        with hub.database.write() as session:
            old = webhooks.secret_of(hub, session, SYSTEM, hook)
            new = webhooks.renew(hub, session, SYSTEM, webhook_id=hook)
        assert old != new
        deliver(hub, message)
        clock.go_on(hours=25)
        with hub.database.write() as session:
            later = webhooks.trial(hub, session, SYSTEM, webhook_id=hook)
        deliver(hub, later)
        for number, secret, genuine in ((0, old, True), (0, new, True), (1, old, False), (1, new, True)):
            at = int(there.headers[number]["webhook-timestamp"])
            known = webhooks.verify(secret, there.headers[number], there.bodies[number], now=at)
            assert known is genuine


def test_only_administrators_manage_webhooks_and_only_for_addresses_of_others(hub: Hub) -> None:
    with hub.database.write() as session:
        made = webhooks.add(hub, session, SYSTEM, url="https://93.184.216.34/h", kinds=["rights.hold"], label=" A\nb ")
        assert made.label == "A b"
        for url, wrong in (("https://10.0.0.1/h", ["rights.hold"]), (made.url, ["rights.none"]), (made.url, [])):
            with pytest.raises(Invalid):
                webhooks.add(hub, session, SYSTEM, url=url, kinds=wrong)
    other = actor_of(user_row(hub, "legal"))
    with hub.database.write() as session:
        for act in (webhooks.renew, webhooks.enable, webhooks.remove, webhooks.trial):
            with pytest.raises(Forbidden):
                act(hub, session, other, webhook_id=made.id)
            with pytest.raises(NotFound):
                act(hub, session, SYSTEM, webhook_id="whk_none")


def test_no_secret_lies_in_the_database(hub: Hub) -> None:
    with hub.database.write() as session:
        made = webhooks.add(hub, session, SYSTEM, url="https://93.184.216.34/h", kinds=["rights.hold"])
        secret = webhooks.secret_of(hub, session, SYSTEM, made.id)
        row = session.get_one(Webhook, made.id)
        kept = " ".join(str(getattr(row, column.name)) for column in Webhook.__table__.columns)
    assert secret not in kept
    assert secret.removeprefix("whsec_") not in kept
