"""Engines and a worker program for the tests of the queue."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pysqlite3
from sqlalchemy import Engine, create_engine, event, select

from tests.postgres import fresh_database
from workers.queue import jobs as queue
from workers.queue.shapes import Job
from workers.queue.table import jobs, metadata

PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=30000", "foreign_keys=ON", "trusted_schema=OFF")


def engine_for(url: str) -> Engine:
    """An engine with the settings that the hub uses."""
    if not url.startswith("sqlite"):
        return create_engine(url)
    engine = create_engine(url, module=pysqlite3, connect_args={"timeout": 30})

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine


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


def wait_until(true: Callable[[], object], seconds: float = 15.0) -> None:
    """Wait until something is true; fails after so many seconds."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)
