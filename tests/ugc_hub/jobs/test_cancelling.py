"""Every kind of job: cancelled while it runs, it leaves no file and no process, and can be run again."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.ugc_hub.conftest import Send
from tests.ugc_hub.jobs.deeds import CASES
from tests.ugc_hub.jobs.scenes import Case, Scene
from tests.ugc_hub.rows import with_clock
from ugc_hub.hub import Hub
from ugc_hub.jobs.doctor import examine
from ugc_hub.jobs.handlers import WITH_MEDIA, handlers, media_sandbox
from ugc_hub.jobs.local import finish
from workers.queue import jobs as queue
from workers.queue.context import Halt, JobContext
from workers.queue.leases import claim
from workers.queue.process import descendants, now_ticks
from workers.queue.runner import RunnerOptions, Worker
from workers.queue.shapes import Job, Query, Wanted
from workers.queue.wake import Stop
from workers.queue.watch import Limits

KINDS = list({case.kind: case for case in reversed(CASES)}.values())
TELLS = frozenset({"render", "normalise", "film", "compose"})
"""Kinds that tell their progress while another process works for them; the others of media ask whether to end."""


@dataclass
class Canceller:
    """Cancels a job once while its handler is at work, and lets it go on when its worker knows."""

    hub: Hub
    job_id: int
    asked: bool = False
    known: threading.Event = field(default_factory=threading.Event)

    def cancel(self, *_: object) -> None:
        if self.asked:
            return
        self.asked = True
        with self.hub.database.write() as session:
            assert queue.cancel(session.connection(), self.job_id) == "running"
        assert self.known.wait(60)

    def watch(self, monkeypatch: pytest.MonkeyPatch, case: Case) -> None:
        """Cancel when media are worked at, and else at the first place where no transaction is held."""
        halted, known = JobContext.halt, self.known

        def halt(context: JobContext, why: Halt) -> None:
            halted(context, why)
            known.set()

        monkeypatch.setattr(JobContext, "halt", halt)
        places = [place for place in case.places if place != "before_commit"]
        if case.kind in WITH_MEDIA:
            name = "progress" if case.kind in TELLS else "cancelled"
            monkeypatch.setattr(JobContext, name, self._before(getattr(JobContext, name)))
        if places:
            monkeypatch.setenv("UGC_HUB_CRASH_AT", places[0])
            monkeypatch.setattr(os, "_exit", self.cancel)

    def _before(self, asked: Callable[..., Any]) -> Callable[..., Any]:
        def instead(*given: Any) -> Any:
            self.cancel()
            return asked(*given)

        return instead


def run(hub: Hub, canceller: Canceller, *, at_once: bool) -> None:
    """Run the job as a worker does, which hears of what is asked of it without delay."""
    options = RunnerOptions(folder=hub.runs, limits=Limits(look_s=0.05))
    stop = Stop()
    with media_sandbox(hub.settings) as sandbox:
        known = handlers(hub, sandbox)

        def begin(context: JobContext) -> Mapping[str, Any] | None:
            if at_once:
                canceller.cancel()
            return known[context.job.kind](context)

        worker = Worker(hub.database.engine, dict.fromkeys(known, begin), options, stop)
        try:
            with hub.database.engine.begin() as connection:
                job = claim(connection, options.owner, Wanted(id=canceller.job_id))
            assert job is not None
            worker.run(job)
        finally:
            worker.close()
            stop.close()


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def orphans(hub: Hub) -> set[str]:
    """Return what is stored without a record, and without a job that waits to remove it."""
    with hub.database.read() as session:
        erasures = queue.find(session.connection(), Query(state="queued", kind="erase"))
    going = {key for job in erasures for key in job.payload["keys"]}
    return {finding.subject for finding in examine(hub) if finding.code == "orphan"} - going


def half_written(hub: Hub) -> int:
    """Return how many files lie in the storage that it does not know."""
    return len(files(hub.settings.data_dir / "objects" / "objects")) - len(list(hub.storage.list()))


def job_of(hub: Hub, job_id: int) -> Job:
    with hub.database.read() as session:
        job = queue.get(session.connection(), job_id)
    assert job is not None
    return job


@pytest.fixture
def scene(hub: Hub, send: Send) -> Iterator[Scene]:
    timed, clock = with_clock(hub)
    timed.runs.mkdir(parents=True, exist_ok=True)
    made = Scene(timed, clock, send)
    with made.stack:
        yield made


@pytest.mark.parametrize("hub", ["sqlite"], indirect=True)
@pytest.mark.parametrize("case", KINDS, ids=lambda case: case.kind)
def test_a_job_that_is_cancelled_while_it_runs_leaves_no_file_and_no_process(
    scene: Scene, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub, job_id = scene.hub, case.ask(scene)
    before, since = orphans(hub), now_ticks()
    canceller = Canceller(hub, job_id)
    with monkeypatch.context() as patched:
        canceller.watch(patched, case)
        run(hub, canceller, at_once=set(case.places) == {"before_commit"})
    assert canceller.asked
    job = job_of(hub, job_id)
    assert job.owner is None
    assert job.state == "cancelled" or (case.kind not in TELLS and job.state == "done"), "nearly over: it may end first"
    assert files(hub.runs) == []
    assert orphans(hub) <= before
    assert half_written(hub) == 0
    assert [one for one in descendants(os.getpid(), since) if not one.zombie] == []
    if case.kind in ("film", "render"):
        with hub.database.write() as session:
            assert queue.retry(session.connection(), job_id)
        (job,) = finish(hub, [job_id])
    if job.state == "done":
        assert case.effect(scene) == case.wanted
