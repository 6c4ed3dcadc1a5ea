"""A part of a composition in the trash: named by every answer, and live uses of the whole end and are taken down."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select, text, update

from tests.ugc_hub.licensing.copies import tasks, usage, usage_row
from tests.ugc_hub.licensing.rows import clear
from tests.ugc_hub.rows import asset_row, with_clock
from tests.waiting import wait_until
from ugc_hub import catalog, licensing
from ugc_hub.accounts import SYSTEM
from ugc_hub.catalog import Change, Selection
from ugc_hub.errors import Conflict, Gone
from ugc_hub.hub import Hub
from ugc_hub.licensing import Copy, Use, Whole
from ugc_hub.licensing.afterlife import settle
from ugc_hub.licensing.clearing import follow
from ugc_hub.licensing.erasing import erase_in
from ugc_hub.licensing.missing import _TRASHED, with_trash
from ugc_hub.licensing.overview import badges, channel_states
from ugc_hub.licensing.trash import empty_trash, end_binned, parts_moved
from ugc_hub.models import Asset, AssetClearance, Erasure, Event
from ugc_hub.rights import Decision

META = Use("paid_social.meta")


@pytest.fixture
def parts(hub: Hub) -> list[str]:
    """A part, what was composed of it, and what was composed of that; all may be used."""
    ids = [asset_row(hub, f"{name}.mp4", kind="video") for name in ("part", "middle", "whole")]
    with hub.database.write() as session:
        licensing.declare_composed(hub, session, SYSTEM, asset_id=ids[1], whole=Whole(ids[:1], {"crop"}))
        licensing.declare_composed(hub, session, SYSTEM, asset_id=ids[2], whole=Whole(ids[1:2], {"crop"}))
    clear(hub, ids[0])
    return ids


def trash(hub: Hub, *ids: str, into: bool = True) -> str:
    return catalog.edit_many(hub, SYSTEM, Selection(ids), Change(trash=into, live_too=True)).id


@pytest.mark.parametrize("hub", ["sqlite"], indirect=True)  # whose planner took that way
def test_the_trash_is_asked_without_looking_through_every_asset(hub: Hub, parts: list[str]) -> None:
    with hub.database.read() as session:
        asking = _TRASHED.params(ids=parts).compile(session.connection(), compile_kwargs={"literal_binds": True})
        told = [step[-1] for step in session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {asking}")]
    assert any("assets USING" in one for one in told)
    assert [one for one in told if one.startswith("SCAN assets") or "ix_assets_trashed_at" in one] == []


def asked(hub: Hub, asset: str) -> Decision:
    with hub.database.read() as session:
        return with_trash(session, asset, licensing.ask(hub, session, asset, META))


def feed(hub: Hub, asset: str) -> list[str]:
    with hub.database.read() as session:
        told = Event.kind.in_(("rights.ended", "rights.restored"))
        rows = session.query(Event).filter(Event.object_id == asset, told).order_by(Event.id)
        return [row.kind for row in rows]


def test_a_part_in_the_trash_is_named_among_the_reasons(hub: Hub, parts: list[str]) -> None:
    part, _, whole = parts
    assert asked(hub, whole).allowed
    trash(hub, part)
    decision = asked(hub, whole)
    assert (decision.decision, decision.valid_until, set(decision.territory_decisions.values())) == (
        "deny",
        None,
        {"deny"},
    )
    (reason,) = decision.reasons
    assert reason.key == f"IN_TRASH@{part}"
    assert reason.sentence == "This asset was composed of “part.mp4”, which is in the trash."
    assert [one.key for one in asked(hub, part).reasons] == ["IN_TRASH"]
    with pytest.raises(Gone, match=r"composed of “part\.mp4”, which is in the trash") as problem:
        licensing.hand_over(hub, SYSTEM, Copy(whole, "download", META, sha256="0" * 64))
    assert problem.value.extra == {"reasons": [f"IN_TRASH@{part}"], "parts": [part]}


def test_a_part_in_the_trash_is_told_at_a_glance_and_closes_the_whole_to_compositions(
    hub: Hub, parts: list[str]
) -> None:
    part, _, whole = parts
    with hub.database.read() as session:
        assert "no" not in {one.answer for one in channel_states(hub, session, whole) if one.channel == "website"}
        assert licensing.channels_now(hub, session, SYSTEM, [whole])[whole]
    trash(hub, part)
    with hub.database.read() as session:
        assert {(one.answer, one.sentence) for one in channel_states(hub, session, whole)} == {
            ("no", "This asset was composed of “part.mp4”, which is in the trash.")
        }
        assert licensing.channels_now(hub, session, SYSTEM, parts) == dict.fromkeys(parts, ())
        assert badges(hub, session, parts)[whole].words == "Part in the trash"
        assert licensing.closed_among(session, parts) == sorted(parts)
    trash(hub, part, into=False)
    with hub.database.read() as session:
        assert licensing.closed_among(session, parts) == []
        alone, beside = badges(hub, session, [whole])[whole], badges(hub, session, parts)[whole]
        assert (alone, alone.tone) == (beside, "good"), "whatever else is on the page"


def usable(hub: Hub) -> set[str]:
    with hub.database.read() as session:
        found = set(licensing.usable(hub, session, META))
        assert licensing.count_usable(hub, session, META) == len(found)
        situations, singly = licensing.usable_situations(hub, session, META)
        known = dict(session.execute(select(AssetClearance.asset_id, AssetClearance.clearance_id)).all())
    assert {one for one, number in known.items() if number in situations} | singly == found
    return found


def test_a_whole_with_a_part_in_the_trash_is_neither_found_nor_counted_as_usable(hub: Hub, parts: list[str]) -> None:
    part, middle, whole = parts
    assert usable(hub) == {*parts}
    edit = trash(hub, middle)
    assert whole not in usable(hub)
    assert middle in usable(hub), "itself it is left out by whoever looks for what is not in the trash"
    catalog.undo(hub, SYSTEM, edit)
    assert usable(hub) == {*parts}
    trash(hub, part, middle)
    assert usable(hub) == {part}
    clear(hub, part)
    assert usable(hub) == {part}, "grants that are written meanwhile open nothing"
    assert licensing.rebuild(hub).different == []
    trash(hub, part, into=False)
    assert usable(hub) == {part, middle}
    trash(hub, middle, into=False)
    assert usable(hub) == {*parts}


def test_what_was_worked_out_beside_the_move_into_the_trash_is_closed_within_the_hour(
    hub: Hub, parts: list[str]
) -> None:
    with hub.database.write() as session:
        session.get_one(Asset, parts[1]).trashed_at = hub.now()
    assert usable(hub) == {*parts}
    with hub.database.write() as session:
        end_binned(hub, session)
    assert usable(hub) == {*parts[:2]}


@pytest.mark.parametrize("hub", ["postgresql"], indirect=True)  # where many write at once
def test_rights_that_change_beside_the_trash_wait_for_it_and_not_for_each_other(hub: Hub, parts: list[str]) -> None:
    part, _, whole = parts
    usage_row(hub, whole, use=META, exit="pack")
    with ThreadPoolExecutor(1) as beside:
        with hub.database.write() as session:  # as every change of rights does: the uses first, then the clearances
            settle(hub, session, [part])
            trashing = beside.submit(trash, hub, part)
            wait_until(lambda: waits(hub))
            follow(hub, session, [part])
        trashing.result()
    assert usable(hub) == {part}


@pytest.mark.parametrize("hub", ["postgresql"], indirect=True)
def test_an_erasure_beside_the_trash_waits_for_it_and_not_for_each_other(hub: Hub, parts: list[str]) -> None:
    part, _, whole = parts
    usage_row(hub, whole, use=META, exit="pack")
    with ThreadPoolExecutor(1) as beside:
        with hub.database.write() as session:  # as the trash does: the asset first, then the uses and the clearances
            session.execute(update(Asset).where(Asset.id == part).values(trashed_at=hub.now()))
            erasing = beside.submit(licensing.erase_asset, hub, SYSTEM, part, reason="Asked for.")
            wait_until(lambda: waits(hub))
            parts_moved(hub, session, select(Asset.id).where(Asset.id == part))
        erasing.result()
    with hub.database.read() as session:
        rows = session.scalars(select(Asset).where(Asset.id.in_(parts))).all()
        assert [(row.status, row.trashed_at) for row in rows] == [("erased", None)] * 3


@pytest.mark.parametrize("hub", ["postgresql"], indirect=True)
def test_what_is_erased_while_the_trash_waits_for_it_is_not_in_the_trash(hub: Hub, parts: list[str]) -> None:
    with ThreadPoolExecutor(1) as beside:
        with hub.database.write() as session:
            erase_in(hub, session, SYSTEM, asset_id=parts[0], reason="Asked for.")
            trashing = beside.submit(trash, hub, parts[0])
            wait_until(lambda: waits(hub))
        trashing.result()
    with hub.database.read() as session:
        row = session.get_one(Asset, parts[0])
        assert (row.status, row.trashed_at) == ("erased", None)


@pytest.mark.parametrize("hub", ["postgresql"], indirect=True)
def test_a_part_whose_whole_is_just_being_erased_is_erased_after_it(hub: Hub, parts: list[str]) -> None:
    part, _, whole = parts
    with ThreadPoolExecutor(1) as beside:
        with hub.database.write() as session:
            erase_in(hub, session, SYSTEM, asset_id=whole, reason="Asked for.")
            erasing = beside.submit(licensing.erase_asset, hub, SYSTEM, part, reason="Asked for.")
            wait_until(lambda: waits(hub))
        erasing.result()
    with hub.database.read() as session:
        assert sorted(session.scalars(select(Erasure.object_id))) == sorted(parts), "each once"


@pytest.mark.parametrize("hub", ["postgresql"], indirect=True)
@pytest.mark.parametrize("rescue", ["out", "hold"])
def test_what_is_just_being_rescued_from_the_trash_is_not_erased(hub: Hub, rescue: str) -> None:
    hub, clock = with_clock(hub)
    asset = asset_row(hub, "dear.jpg")
    clear(hub, asset)
    trash(hub, asset)
    clock.go_on(days=400)
    with ThreadPoolExecutor(1) as beside:
        with hub.database.write() as session:
            if rescue == "out":
                session.execute(update(Asset).where(Asset.id == asset).values(trashed_at=None))
            else:
                licensing.set_status(hub, session, SYSTEM, asset_id=asset, status="hold")
            emptying = beside.submit(empty_trash, hub)
            wait_until(lambda: waits(hub))
        assert emptying.result() == 0
    with hub.database.read() as session:
        assert session.get_one(Asset, asset).status == "ready"


def waits(hub: Hub) -> bool:
    """Tell whether a transaction waits for another one (PostgreSQL)."""
    with hub.database.read() as session:
        return bool(session.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")))


def test_live_uses_of_the_whole_are_taken_down_and_go_on_when_it_leaves_the_trash(hub: Hub, parts: list[str]) -> None:
    part, _, whole = parts
    copy, other = usage_row(hub, whole, use=META, exit="pack"), usage_row(hub, whole, use=META, exit="download")
    with pytest.raises(Conflict) as problem:
        catalog.edit_many(hub, SYSTEM, Selection((part,)), Change(trash=True))
    assert (problem.value.code, problem.value.extra) == ("live_uses", {"live": 1})
    edit = trash(hub, part)
    assert {(one.usage_id, one.action, one.reason, one.state) for one in tasks(hub)} == {
        (one, "take_down", "part_in_trash", "open") for one in (copy, other)
    }
    assert (usage(hub, copy).status, usage(hub, copy).ended_why) == ("stopped", "part_in_trash")
    assert feed(hub, whole) == ["rights.ended"]
    (down,) = (one.id for one in tasks(hub) if one.usage_id == other)
    with hub.database.write() as session:
        licensing.confirm(hub, session, SYSTEM, task_id=down, note="It is gone")
    catalog.undo(hub, SYSTEM, edit)
    assert (usage(hub, copy).status, usage(hub, copy).ended_at) == ("live", None)
    assert usage(hub, other).status == "stopped", "somebody took it down"
    assert {one.usage_id: one.state for one in tasks(hub)} == {copy: "moot", other: "done"}
    assert feed(hub, whole) == ["rights.ended", "rights.restored"]


def test_uses_wait_for_the_last_part_and_end_where_the_grants_ended_meanwhile(hub: Hub, parts: list[str]) -> None:
    part, middle, whole = parts
    copy = usage_row(hub, whole, use=META, exit="pack")
    trash(hub, part, middle)
    trash(hub, part, into=False)
    assert usage(hub, copy).status == "stopped"
    trash(hub, middle, into=False)
    assert usage(hub, copy).status == "live"
    trash(hub, part)
    with hub.database.write() as session:
        licensing.set_status(hub, session, SYSTEM, asset_id=part, status="taken_down", note="No more")
    trash(hub, part, into=False)
    assert (usage(hub, copy).status, usage(hub, copy).ended_why) == ("stopped", "taken_down")
