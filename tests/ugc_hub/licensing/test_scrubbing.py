"""Where copies of something erased ran: needed until they are taken down, and gone then."""

from __future__ import annotations

from sqlalchemy import select

from tests.ugc_hub.licensing.copies import tasks, usage_row
from tests.ugc_hub.licensing.rows import clear
from tests.ugc_hub.rows import asset_row
from ugc_hub import licensing
from ugc_hub.accounts import SYSTEM
from ugc_hub.creators import the_creator
from ugc_hub.hub import Hub
from ugc_hub.jobs.collect import collect
from ugc_hub.models import Event, Usage

POST = "https://social.example/@ana/video/7"


def copy_of(hub: Hub, creator: str) -> str:
    asset = asset_row(hub, creator=creator)
    clear(hub, asset)
    usage = usage_row(hub, asset)
    with hub.database.write() as session:
        licensing.place(hub, session, SYSTEM, usage_id=usage, external_ref=POST)
    return usage


def places(hub: Hub, *usages: str) -> list[str]:
    collect(hub)
    with hub.database.read() as session:
        return [session.get_one(Usage, one).external_ref for one in usages]


def test_the_address_of_a_post_goes_once_it_is_taken_down_and_not_before(hub: Hub) -> None:
    erased, other = copy_of(hub, "ana"), copy_of(hub, "bea")
    assert places(hub, erased, other) == [POST, POST]
    licensing.erase_creator(hub, SYSTEM, the_creator(hub, "ana").id, reason="She asked for it")
    [task] = tasks(hub)
    assert places(hub, erased, other) == [POST, POST], "whoever takes it down has to find it"
    with hub.database.write() as session:
        licensing.confirm(hub, session, SYSTEM, task_id=task.id, note=f"I deleted {POST} myself.")
    assert places(hub, erased, other) == ["", POST]
    [task] = tasks(hub)
    assert (task.state, task.note) == ("done", "")
    assert task.confirmed_at is not None
    assert places(hub, erased) == [""]
    with hub.database.read() as session:
        told = session.scalars(select(Event.object_id).where(Event.kind == "copy.place_erased")).all()
        assert list(told) == [erased]
        assert list(licensing.deviations(session)) == []
