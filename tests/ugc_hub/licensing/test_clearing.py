"""What may be used is kept with what says so: in one transaction, whoever writes or asks at the same time."""

from dataclasses import replace
from threading import Barrier, Thread

import pytest
from sqlalchemy import delete, select, update

from tests.ugc_hub.licensing.rows import AMPLE, clear, facts_row, grant_row
from tests.ugc_hub.licensing.whole import both_forms
from tests.ugc_hub.rows import asset_row
from ugc_hub import licensing
from ugc_hub.accounts import SYSTEM
from ugc_hub.hub import Hub
from ugc_hub.jobs.local import finish
from ugc_hub.licensing import Use, clearing
from ugc_hub.models import AssetClearance, Clearance, ClearanceBox
from workers.queue import jobs as queue
from workers.queue.shapes import Query

ADS = Use("paid_social.meta", ("DE",), frozenset({"crop"}))


def usable(hub: Hub, use: Use = ADS) -> list[str]:
    with hub.database.read() as session:
        return licensing.usable(hub, session, use)


def test_too_many_assets_are_closed_at_once_and_opened_by_a_job(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    assets = [asset_row(hub) for _ in range(4)]
    clear(hub, *assets)
    monkeypatch.setattr(clearing, "AT_ONCE", 2)
    grant_row(hub, {"effect": "permit", **AMPLE, "assets": ["*"], "channels": ["email"]})
    assert usable(hub) == []
    with hub.database.read() as session:
        waiting = [job.id for job in queue.find(session.connection(), Query()) if job.kind == "clear"]
    finish(hub, waiting)
    assert set(usable(hub)) == set(assets)


def test_what_was_worked_out_for_another_party_does_not_count(hub: Hub) -> None:
    asset = asset_row(hub)
    clear(hub, asset, grantee=["brand", "agency"])
    other = replace(hub, settings=replace(hub.settings, party="agency"))
    assert usable(other) == []
    assert licensing.catch_up(other) == 1
    assert usable(other) == [asset]


def test_working_all_of_it_out_anew_finds_what_differs_and_what_nobody_needs(hub: Hub) -> None:
    assets = [asset_row(hub) for _ in range(3)]
    clear(hub, *assets)
    assert licensing.rebuild(hub) == licensing.Rebuilt(3, [])
    with hub.database.write() as session:
        session.execute(update(AssetClearance).where(AssetClearance.asset_id == assets[1]).values(clearance_id=None))
        session.execute(delete(AssetClearance).where(AssetClearance.asset_id == assets[2]))
    assert licensing.rebuild(hub).different == sorted(assets[1:])
    assert set(usable(hub)) == set(assets)
    with hub.database.write() as session:
        licensing.set_status(hub, session, SYSTEM, asset_id=assets[0], status="hold")
        for asset in assets[1:]:
            licensing.set_status(hub, session, SYSTEM, asset_id=asset, status="taken_down")
    assert licensing.rebuild(hub) == licensing.Rebuilt(0, [])
    with hub.database.read() as session:
        assert session.scalar(select(Clearance)) is None
        assert session.scalar(select(ClearanceBox)) is None


def test_a_grant_and_a_prohibition_at_the_same_moment_leave_the_prohibition(hub: Hub) -> None:
    for _ in range(5):
        asset = asset_row(hub)
        facts_row(hub, {"id": asset, "status": "active", **_FREE})
        together = Barrier(2)

        def add(plain: dict[str, object], ready: Barrier = together) -> None:
            ready.wait()
            grant_row(hub, plain)

        plains = [
            {"effect": "permit", **AMPLE, "assets": [asset]},
            {"effect": "prohibit", "state": "active", "assets": [asset]},
        ]
        threads = [Thread(target=add, args=(plain,)) for plain in plains]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        answers = both_forms(hub, [asset], ADS)
        assert asset not in answers.together
        assert not answers.singly


_FREE = {
    "digital_source_type": "digitalCapture",
    "has_audio": False,
    "people": {"state": "none"},
    "property": {"state": "none"},
    "music": {"state": "none"},
    "compensation": "none",
}


def test_whoever_asks_while_rights_change_sees_one_state_in_both_forms(hub: Hub) -> None:
    assets = [asset_row(hub) for _ in range(3)]
    clear(hub, *assets)
    stop = False
    failures: list[object] = []

    def ask() -> None:
        while not stop:
            answers = both_forms(hub, assets, ADS)
            if answers.together != answers.singly:
                failures.append(answers)

    thread = Thread(target=ask)
    thread.start()
    try:
        for number in range(12):
            with hub.database.write() as session:
                status = "hold" if number % 2 else "active"
                licensing.set_status(hub, session, SYSTEM, asset_id=assets[number % 3], status=status)
            grant_row(hub, {"effect": "prohibit", "state": "active", "assets": [assets[0]], "channels": ["email"]})
    finally:
        stop = True
        thread.join()
    assert not failures


def test_an_upgrade_asks_for_a_job_where_something_is_not_worked_out(hub: Hub) -> None:
    assert not licensing.queue_missing(hub)
    asset = asset_row(hub)
    clear(hub, asset)
    assert not licensing.queue_missing(hub)
    with hub.database.write() as session:
        session.execute(delete(AssetClearance))
    assert licensing.queue_missing(hub)
    with hub.database.read() as session:
        waiting = [job.id for job in queue.find(session.connection(), Query()) if job.kind == "clear"]
    finish(hub, waiting)
    assert usable(hub) == [asset]
