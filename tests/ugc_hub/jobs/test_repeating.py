"""Every kind of job: killed in the middle, run again, run at once by two, it leaves what one run leaves."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.sandboxes import lent_for
from tests.ugc_hub.conftest import Send
from tests.ugc_hub.jobs.deeds import CASES
from tests.ugc_hub.jobs.scenes import Case, Scene
from tests.ugc_hub.rows import with_clock
from ugc_hub import notify
from ugc_hub.hub import Hub
from ugc_hub.jobs.handlers import handlers
from ugc_hub.jobs.local import finish
from ugc_hub.models import (
    Base,
)
from workers.queue.context import JobContext
from workers.queue.jobs import get
from workers.queue.shapes import Fenced
from workers.queue.table import jobs


class Killed(BaseException):
    """Stands in for the end of the process: nothing that is wanted of it catches this."""


@pytest.fixture
def scene(hub: Hub, send: Send) -> Iterator[Scene]:
    timed, clock = with_clock(hub)
    timed.runs.mkdir(parents=True, exist_ok=True)
    made = Scene(timed, clock, send)
    with made.stack:
        yield made


def everything(hub: Hub) -> dict[str, object]:
    """Return all that the hub keeps: rows, jobs by kind, stored bytes, mails."""
    kept: dict[str, object] = {}
    with hub.database.read() as session:
        for table in Base.metadata.sorted_tables:
            kept[table.name] = sorted(repr(tuple(row)) for row in session.execute(select(table)))
        kept["jobs"] = sorted(map(tuple, session.execute(select(jobs.c.id, jobs.c.kind))))
    for stat in hub.storage.list():
        with hub.storage.open(stat.key) as file:
            kept[stat.key] = file.read()
    folder = notify.outbox(hub)
    return kept | {path.name: path.read_bytes() for path in (folder.iterdir() if folder.exists() else ())}


def run_again(hub: Hub, job_id: int, folder: Path) -> None:
    """Run the handler of a finished job twice at once, as workers would that were paused for too long."""
    with hub.database.read() as session:
        job = get(session.connection(), job_id)
    assert job is not None

    def one(number: int) -> None:
        workdir = folder / f"again-{number}"
        workdir.mkdir()
        with lent_for(hub.settings) as sandbox:
            with suppress(Fenced):  # what settles with its effect has none where the job is settled
                handlers(hub, sandbox)[job.kind](JobContext(job, workdir))

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(one, range(2)))


def test_each_kind_of_job_has_a_case(hub: Hub) -> None:
    with lent_for(hub.settings) as sandbox:
        assert {case.kind for case in CASES} == set(handlers(hub, sandbox))


@pytest.mark.req("R25")
@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.kind}-{case.places[0]}")
def test_a_job_that_is_killed_and_run_again_and_again_has_its_effect_once(
    scene: Scene, case: Case, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def die(status: int) -> None:
        raise Killed(status)

    hub, job_id = scene.hub, case.ask(scene)
    monkeypatch.setattr(os, "_exit", die)
    for place in case.places:
        monkeypatch.setenv("UGC_HUB_CRASH_AT", place)
        with pytest.raises(Killed):
            finish(hub, [job_id])
    monkeypatch.delenv("UGC_HUB_CRASH_AT")
    (job,) = finish(hub, [job_id])
    assert job.state == "done"
    assert case.effect(scene) == case.wanted
    before = everything(hub)
    run_again(hub, job_id, tmp_path)
    assert everything(hub) == before
