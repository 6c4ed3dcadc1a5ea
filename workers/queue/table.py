"""The job table: one row per job, the only truth about it.

Every time in the table is seconds since 1970-01-01 UTC as a double, taken from the database's own clock, so a
worker with a wrong clock cannot lose, delay or duplicate a job on a shared server. (With SQLite the database's clock
is the clock of the one machine that all its processes share.)
"""

from __future__ import annotations

from typing import Any, Literal

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Connection,
    Double,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    event,
    text,
)
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

State = Literal["queued", "running", "done", "failed", "dead", "cancelled"]

QUEUED: State = "queued"
RUNNING: State = "running"
DONE: State = "done"
FAILED: State = "failed"
DEAD: State = "dead"
CANCELLED: State = "cancelled"

STATES: tuple[State, ...] = (QUEUED, RUNNING, DONE, FAILED, DEAD, CANCELLED)
FINISHED: tuple[State, ...] = (DONE, FAILED, DEAD, CANCELLED)

UNFINISHED = text("state IN ('queued', 'running')")
"""Where a key is unique: a finished job keeps its key for the record but no longer holds it."""

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)

jobs = Table(
    "jobs",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("kind", String(100), nullable=False),
    Column("payload", JSON, nullable=False),
    Column("key", String(300)),
    Column("group_name", String(300), key="group"),
    Column("priority", Integer, nullable=False),
    Column("state", String(10), nullable=False),
    Column("run_at", Double, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("max_attempts", Integer, nullable=False),
    Column("fence", Integer, nullable=False),
    Column("owner", String(200)),
    Column("lease_until", Double),
    Column("cancel_requested", Boolean, nullable=False),
    Column("progress", Double, nullable=False),
    Column("message", Text, nullable=False),
    Column("error_code", String(100)),
    Column("error", Text),
    Column("result", JSON(none_as_null=True)),
    Column("created_at", Double, nullable=False),
    Column("started_at", Double),
    Column("finished_at", Double),
    CheckConstraint("state IN ('queued', 'running', 'done', 'failed', 'dead', 'cancelled')", name="state"),
    CheckConstraint("progress >= 0 AND progress <= 1", name="progress"),
    CheckConstraint("attempts >= 0 AND max_attempts >= 1", name="attempts"),
    # An id is never given twice, not even after old jobs were purged: a fence counts from zero for each id.
    sqlite_autoincrement=True,
)

KEYS = Index("uq_jobs_key", jobs.c.key, unique=True, sqlite_where=UNFINISHED)
# The state leads, not a partial index: SQLite prefers an equality on another index to a scan of a partial one.
Index("ix_jobs_claim", jobs.c.state, jobs.c.priority.desc(), jobs.c.id)
Index("ix_jobs_due", jobs.c.state, jobs.c.run_at, jobs.c.id)
Index("ix_jobs_lease", jobs.c.state, jobs.c.lease_until)
Index("ix_jobs_state", jobs.c.state, jobs.c.id)
Index("ix_jobs_group", jobs.c.group, jobs.c.id)
Index("ix_jobs_finished", jobs.c.finished_at)


@event.listens_for(jobs, "before_create")
def _also_on_postgresql(table: Table, connection: Connection, **_: Any) -> None:
    """Make the index of keys partial there too; stated above, it would load that dialect into every process, 2 MB."""
    if connection.dialect.name == "postgresql":
        KEYS.dialect_options["postgresql"]["where"] = UNFINISHED


class clock(FunctionElement[float]):  # noqa: N801 - an SQL function, written like sqlalchemy.func's
    """The database's time now, in seconds since 1970 UTC; the same throughout one statement."""

    name = "clock"
    type = Double()
    inherit_cache = True


@compiles(clock, "sqlite")
def _clock_sqlite(_element: clock, _compiler: SQLCompiler, **_: Any) -> str:
    return "((julianday('now') - 2440587.5) * 86400.0)"


@compiles(clock, "postgresql")
def _clock_postgresql(_element: clock, _compiler: SQLCompiler, **_: Any) -> str:
    # Not now(): that is when the transaction began, which may be long ago.
    return "CAST(extract(epoch FROM statement_timestamp()) AS double precision)"
