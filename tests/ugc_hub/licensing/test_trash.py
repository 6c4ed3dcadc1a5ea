"""The trash: nothing leaves from it, and what lay there for long is erased, but nothing that is in use or on hold."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest

from tests.pictures import jpeg
from tests.ugc_hub.conftest import Send
from tests.ugc_hub.licensing.copies import usage_row
from tests.ugc_hub.licensing.rows import clear
from tests.ugc_hub.rows import asset_row, with_clock
from ugc_hub import catalog, delivery, ingest, licensing, packs, renditions
from ugc_hub.accounts import SYSTEM
from ugc_hub.catalog import Change, Query, Selection
from ugc_hub.errors import Gone
from ugc_hub.hub import Hub
from ugc_hub.jobs.local import finish
from ugc_hub.licensing import StatedUse
from ugc_hub.licensing.trash import empty_trash
from ugc_hub.models import Asset, Erasure, Usage

PRESET = "web.srcset.w640"
WEB = StatedUse("website")


def trash(hub: Hub, *ids: str, out: bool = False) -> catalog.EditView:
    return catalog.edit_many(hub, SYSTEM, Selection(ids), Change(trash=not out, live_too=True))


def status(hub: Hub, asset_id: str) -> str:
    with hub.database.read() as session:
        return session.get_one(Asset, asset_id).status


def test_the_library_shows_what_is_not_in_the_trash_and_the_trash_the_rest(hub: Hub) -> None:
    kept, gone = asset_row(hub, "kept.jpg"), asset_row(hub, "gone.jpg")
    trash(hub, gone)
    assert [one.id for one in catalog.find(hub, SYSTEM, Query()).items] == [kept]
    assert [one.id for one in catalog.find(hub, SYSTEM, Query(trash=True)).items] == [gone]
    assert catalog.get(hub, SYSTEM, gone).trashed_at is not None
    trash(hub, gone, out=True)
    assert [one.id for one in catalog.find(hub, SYSTEM, Query()).items] == [gone, kept]


def test_every_exit_says_no_for_what_is_in_the_trash_and_yes_again_afterwards(hub: Hub, send: Send) -> None:
    asset, other = send(jpeg(800, 600), own=True), send(jpeg(800, 600, seed=2), own=True)
    for one in (asset, other):
        renditions.request(hub, SYSTEM, one, [PRESET], stated=WEB)
    made = renditions.of_asset(hub, SYSTEM, asset)
    finish(
        hub, {view.job_id for one in (asset, other) for view in renditions.of_asset(hub, SYSTEM, one) if view.job_id}
    )
    link = delivery.make_link(hub, SYSTEM, made[0].id, stated=WEB)
    pack = packs.make(hub, SYSTEM, name="x", asset_ids=[asset], preset_ids=[PRESET], stated=WEB)
    exits: tuple[Callable[[], object], ...] = (
        lambda: catalog.take_original(hub, SYSTEM, asset, stated=WEB),
        lambda: renditions.take(hub, SYSTEM, made[0].id, stated=WEB),
        lambda: renditions.request(hub, SYSTEM, asset, [PRESET], stated=WEB),
        lambda: delivery.make_link(hub, SYSTEM, made[0].id, stated=WEB),
        lambda: delivery.follow(hub, link.token),
        lambda: catalog.linked_preview(hub, asset),
        lambda: list(packs.stream(hub, SYSTEM, pack.id)),
    )
    trash(hub, asset)
    for leave in exits:
        with pytest.raises(Gone):
            leave()
    both = packs.make(hub, SYSTEM, name="x", asset_ids=[asset, other], preset_ids=[PRESET], stated=WEB)
    assert [item["outcome"] == "refused" for item in both.items] == [True, False]
    trash(hub, asset, out=True)
    for leave in exits:
        leave()


def test_what_lay_there_for_long_is_erased_and_the_ledger_stays(hub: Hub) -> None:
    hub, clock = with_clock(hub)
    old = asset_row(hub, "old.jpg")
    clear(hub, old)
    usage_row(hub, old)
    with hub.database.write() as session:
        session.query(Usage).update({"status": "stopped"})
    trash(hub, old)
    clock.go_on(days=20)
    young = asset_row(hub, "young.jpg")
    trash(hub, young)
    clock.go_on(days=9)
    assert empty_trash(hub) == 0
    clock.go_on(days=2)
    assert empty_trash(hub) == 1
    assert (status(hub, old), status(hub, young)) == ("erased", "ready")
    with hub.database.read() as session:
        assert session.query(Usage).filter(Usage.asset_id == old).count() == 1
        assert "30 days" in session.query(Erasure).one().reason
    assert empty_trash(hub) == 0


def test_what_is_in_use_or_on_hold_is_never_erased_by_the_trash(hub: Hub) -> None:
    hub, clock = with_clock(hub)
    used, held, plain = (asset_row(hub, name) for name in ("used.jpg", "held.jpg", "plain.jpg"))
    clear(hub, used)
    usage_row(hub, used)
    trash(hub, used, held, plain)
    with hub.database.write() as session:
        licensing.set_status(hub, session, SYSTEM, asset_id=held, status="hold")
    clock.go_on(days=400)
    assert empty_trash(hub) == 1
    assert [status(hub, one) for one in (used, held, plain)] == ["ready", "ready", "erased"]


def test_what_is_on_hold_does_not_go_into_the_trash(hub: Hub) -> None:
    held, plain = asset_row(hub, "held.jpg"), asset_row(hub, "plain.jpg")
    with hub.database.write() as session:
        licensing.set_status(hub, session, SYSTEM, asset_id=held, status="hold")
    made = trash(hub, held, plain)
    assert (made.chosen, made.changed, made.held) == (2, 1, 1)
    assert catalog.get(hub, SYSTEM, held).trashed_at is None


def test_whoever_sends_a_file_again_that_is_in_the_trash_is_told_so(hub: Hub, send: Send) -> None:
    data = jpeg()
    trash(hub, send(data))
    upload = ingest.Upload(file_name="again.jpg", door="api", size_bytes=len(data))
    accepted = ingest.accept(hub, SYSTEM, io.BytesIO(data), upload)
    assert accepted.duplicate
    assert accepted.message == "This exact file is already in the trash."
