"""Tasks to take copies down: who has them, who may confirm them, and how late they are."""

from __future__ import annotations

from typing import Any

import pytest

from tests.ugc_hub.licensing.copies import revoke, tasks, usage_row
from tests.ugc_hub.licensing.rows import clear
from tests.ugc_hub.rows import Clock, asset_row, user_row, with_clock
from ugc_hub import licensing
from ugc_hub.accounts import SYSTEM, actor_of
from ugc_hub.errors import Conflict, Forbidden, Invalid, NotFound
from ugc_hub.hub import Hub
from ugc_hub.licensing import Proof


@pytest.fixture
def timed(hub: Hub) -> tuple[Hub, Clock]:
    return with_clock(hub)


def task_of(hub: Hub, by: Any = None) -> str:
    asset = asset_row(hub)
    grant = clear(hub, asset)
    usage_row(hub, asset, by=by)
    revoke(hub, grant)
    return tasks(hub)[-1].id


def test_a_task_is_confirmed_once_with_a_note_or_a_file(timed: tuple[Hub, Clock]) -> None:
    hub, clock = timed
    taker = user_row(hub, "channel_team")
    task = task_of(hub, taker)
    with hub.database.write() as session, pytest.raises(Invalid):
        licensing.confirm(hub, session, actor_of(taker), task_id=task)
    with hub.database.write() as session:
        proof = Proof("screenshot", b"\x89PNG", "image/png")
        licensing.confirm(hub, session, actor_of(taker), task_id=task, note=" Ad 17 stopped. ", proof=proof)
    [row] = tasks(hub)
    assert (row.state, row.note, row.confirmed_at, row.confirmed_by) == ("done", "Ad 17 stopped.", clock.at, taker.id)
    assert row.proof_key is not None
    with hub.storage.open(row.proof_key) as stream:
        assert stream.read() == b"\x89PNG"
    with hub.database.write() as session, pytest.raises(Conflict):
        licensing.confirm(hub, session, actor_of(taker), task_id=task, note="again")


def test_somebody_elses_task_is_confirmed_by_who_edits_rights_alone(timed: tuple[Hub, Clock]) -> None:
    hub, _ = timed
    task = task_of(hub, user_row(hub, "channel_team"))
    who = {role: actor_of(user_row(hub, role)) for role in ("designer", "viewer", "content_manager")}
    with hub.database.write() as session:
        for role in ("designer", "viewer"):
            with pytest.raises(Forbidden):
                licensing.confirm(hub, session, who[role], task_id=task, note="done")
        with pytest.raises(NotFound):
            licensing.confirm(hub, session, SYSTEM, task_id="tdt_0", note="done")
        licensing.confirm(hub, session, who["content_manager"], task_id=task, note="done")


def test_without_a_taker_the_first_content_manager_has_the_task(timed: tuple[Hub, Clock]) -> None:
    hub, _ = timed
    assert tasks(hub) == []
    task_of(hub)
    assert tasks(hub)[0].owner_id is None
    manager = user_row(hub, "content_manager")
    task_of(hub)
    assert tasks(hub)[1].owner_id == manager.id


def test_tasks_are_found_by_how_late_they_are(timed: tuple[Hub, Clock]) -> None:
    hub, clock = timed
    task_of(hub)
    clock.go_on(days=2)
    task_of(hub)

    def found(state: str) -> int:
        with hub.database.read() as session:
            return len(licensing.find_tasks(hub, session, SYSTEM, state=state))

    assert [found(state) for state in ("open", "overdue", "done")] == [1, 1, 0]
    with hub.database.write() as session:
        assert licensing.escalate(hub, session) == [tasks(hub)[0].id]
        assert licensing.escalate(hub, session) == []
        assert licensing.count_tasks(hub, session) == {"open": 1, "overdue": 1}
