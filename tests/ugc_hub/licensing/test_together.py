"""What ends is ended by several people at once: nothing is lost, and nothing is told or asked for twice."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import select

from tests.ugc_hub.audit.tampering import broken
from tests.ugc_hub.licensing.copies import tasks, told, usage, usage_row
from tests.ugc_hub.licensing.rows import clear
from tests.ugc_hub.licensing.whole import both_forms
from tests.ugc_hub.rows import asset_row
from ugc_hub import licensing
from ugc_hub.accounts import SYSTEM
from ugc_hub.hub import Hub
from ugc_hub.licensing import Use, Withdrawal, deviations
from ugc_hub.models import Revocation

CHANNELS = ("email", "website", "press")


def at_once(*deeds: Callable[[], object]) -> None:
    barrier = Barrier(len(deeds))

    def run(deed: Callable[[], object]) -> None:
        barrier.wait(10)
        deed()

    with ThreadPoolExecutor(len(deeds)) as pool:
        list(pool.map(run, deeds))


def taking(hub: Hub, grant: str, basis: str, *channels: str) -> Callable[[], object]:
    def deed() -> None:
        with hub.database.write() as session:
            said = Withdrawal(basis, channels=channels)
            licensing.revoke(hub, session, SYSTEM, grant_id=grant, withdrawal=said)

    return deed


def in_order(hub: Hub) -> bool:
    with hub.database.read() as session:
        return broken(hub) is None and list(deviations(session)) == []


@pytest.mark.req("R65")
def test_two_revocations_at_once_both_count_and_each_copy_ends_once(hub: Hub) -> None:
    for _ in range(4):
        asset = asset_row(hub)
        grant = clear(hub, asset)
        copies = {channel: usage_row(hub, asset, use=Use(channel)) for channel in CHANNELS}
        before = len(tasks(hub))
        at_once(*(taking(hub, grant, "platform_revoked", channel) for channel in CHANNELS[:2]))
        assert {one: usage(hub, copies[one]).status for one in CHANNELS} == {
            "email": "stopped",
            "website": "stopped",
            "press": "live",
        }
        made = tasks(hub)[before:]
        assert sorted(task.usage_id for task in made) == sorted(copies[one] for one in CHANNELS[:2])
        assert [one["asset_id"] for one in told(hub)].count(asset) == 2
        for channel in CHANNELS:
            answers = both_forms(hub, [asset], Use(channel))
            assert (asset in answers.singly, asset in answers.together) == (channel == "press",) * 2, channel
    assert in_order(hub)


@pytest.mark.req("R65")
def test_the_same_revocation_twice_at_once_tells_of_each_copy_once(hub: Hub) -> None:
    asset = asset_row(hub)
    grant = clear(hub, asset)
    copy = usage_row(hub, asset)
    at_once(*[taking(hub, grant, "platform_revoked")] * 3)
    assert [task.usage_id for task in tasks(hub)] == [copy]
    assert [copy in one["usages"] for one in told(hub)].count(True) == 1
    with hub.database.read() as session:
        assert len(session.scalars(select(Revocation)).all()) == 3, "each of them said so"
    assert in_order(hub)


@pytest.mark.req("R65")
def test_a_hold_and_a_revocation_at_once_close_the_asset_and_end_the_copy(hub: Hub) -> None:
    asset = asset_row(hub)
    grant = clear(hub, asset)
    copy = usage_row(hub, asset)

    def hold() -> None:
        with hub.database.write() as session:
            licensing.set_status(hub, session, SYSTEM, asset_id=asset, status="hold", note="look at it")

    at_once(hold, taking(hub, grant, "platform_revoked"))
    assert usage(hub, copy).status == "stopped"
    assert [task.usage_id for task in tasks(hub)] == [copy]
    answers = both_forms(hub, [asset], Use("email"))
    assert (answers.singly, answers.together) == (set(), set())
    assert in_order(hub)
