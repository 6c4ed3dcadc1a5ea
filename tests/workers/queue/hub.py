"""Databases, jobs and workers for the tests of the queue."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Engine, select

from tests.postgres import fresh_database
from tests.support import ROOT
from tests.waiting import PATIENCE_S, wait_until
from tests.workers.queue.settings import engine_for
from workers.queue import jobs as queue
from workers.queue.process import kill_descendants
from workers.queue.shapes import Job, Options
from workers.queue.table import jobs, metadata
from workers.queue.wake import wake


@contextlib.contextmanager
def fresh_url(kind: str, folder: Path) -> Iterator[str]:
    """Address of an empty database with the job table; `kind` is sqlite or postgresql."""
    with fresh_database() if kind == "postgresql" else contextlib.nullcontext(f"sqlite:///{folder}/hub.db") as url:
        engine = engine_for(url)
        metadata.create_all(engine)
        engine.dispose()
        yield url


def job(engine: Engine, job_id: int) -> Job:
    """The job with this id, which must be there."""
    with engine.begin() as connection:
        found = queue.get(connection, job_id)
    assert found is not None
    return found


def states(engine: Engine) -> list[str]:
    """The state of every job, by id."""
    with engine.begin() as connection:
        return list(connection.execute(select(jobs.c.state).order_by(jobs.c.id)).scalars())


class Hub:
    """A database, a run folder and the workers of one test."""

    def __init__(self, url: str, folder: Path) -> None:
        self.url = url
        self.folder = folder / "run"
        self.engine = engine_for(url)
        self._started: list[subprocess.Popen[bytes]] = []

    def command(self, **settings: float) -> list[str]:
        """The command line of a worker; settings are fields of Limits, poll_s, reap_s and base_s."""
        words = [f"{name}={value}" for name, value in settings.items()]
        return [sys.executable, "-m", "tests.workers.queue.program", self.url, str(self.folder), *words]

    def start(self, **settings: float) -> subprocess.Popen[bytes]:
        """Start a worker."""
        return self.run(self.command(**settings))

    def run(self, command: list[str]) -> subprocess.Popen[bytes]:
        """Start any process that must not outlive the test, at the head of its own group."""
        process = subprocess.Popen(command, cwd=ROOT, process_group=0)
        self._started.append(process)
        return process

    def add(self, kind: str, options: Options | None = None, **payload: object) -> int:
        """Enqueue a job, commit, wake the workers."""
        with self.engine.begin() as connection:
            job_id = queue.enqueue(connection, kind, payload, options=options or Options())
        wake(self.folder)
        return job_id

    def job(self, job_id: int) -> Job:
        """The job as it is now."""
        return job(self.engine, job_id)

    @property
    def gate(self) -> Path:
        """A file that jobs of the kinds `held` and `record` wait for where their payload names it."""
        return self.folder.parent / "gate"

    def add_held(self, kind: str = "held", options: Options | None = None) -> int:
        """Enqueue a job that goes on running until the test has made the file `gate`."""
        return self.add(kind, options, until=str(self.gate), s=0)

    def reach(self, job_id: int, *wanted: str, seconds: float = PATIENCE_S) -> Job:
        """Wait until the job is in one of these states."""
        wait_until(lambda: self.job(job_id).state in wanted, seconds)
        return self.job(job_id)

    def leftovers(self) -> list[str]:
        """Private files of workers that are still there."""
        return [str(path) for path in self.folder.glob("*/*")]

    def close(self) -> None:
        """Kill what the test has started."""
        for process in self._started:
            kill_descendants(process.pid)
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self.engine.dispose()
