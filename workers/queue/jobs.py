"""Asking for work and looking at it: what the hub does with jobs, on its own connection and in its own transaction."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, and_, case, delete, exists, func, literal, or_, select, update

from workers.queue.shapes import Job, Options, Query, job_of
from workers.queue.table import (
    CANCELLED,
    DEAD,
    FAILED,
    FINISHED,
    QUEUED,
    RUNNING,
    STATES,
    UNFINISHED,
    State,
    clock,
    jobs,
)

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql, sqlite

_DEFAULT = Options()
_EVERYTHING = Query()
BATCH = 1000
"""Ids asked for at once; both databases bound the number of values in one statement."""


def enqueue(connection: Connection, kind: str, payload: Mapping[str, Any], *, options: Options = _DEFAULT) -> int:
    """Add a job inside the caller's transaction and return its id; it exists if and only if that commits.

    With a key that an unfinished job holds, nothing is added: that job's id is returned, and its priority is raised
    if this one is higher. A finished job (done, failed, dead, cancelled) no longer holds its key: a new job is made.
    The payload must be JSON (ValueError or TypeError otherwise: NaN and infinity are not JSON).
    """
    json.dumps(payload, allow_nan=False)
    run_at = clock() + options.delay_s if options.run_at is None else literal(options.run_at.timestamp())
    row = _insert(connection).values(
        kind=kind,
        payload=dict(payload),
        key=options.key,
        group=options.group,
        priority=options.priority,
        state=QUEUED,
        run_at=run_at,
        attempts=0,
        max_attempts=options.max_attempts,
        fence=0,
        cancel_requested=False,
        progress=0.0,
        message="",
        created_at=clock(),
    )
    if options.key is not None:
        row = row.on_conflict_do_nothing(index_elements=[jobs.c.key], index_where=UNFINISHED)
    statement = row.returning(jobs.c.id)
    if options.key is None:
        return int(connection.execute(statement).scalar_one())
    # The holder of the key may finish between the two statements; then the key is free and the insert succeeds.
    for _ in range(20):
        made = connection.execute(statement).scalar_one_or_none()
        if made is not None:
            return int(made)
        held = _holder(connection, options.key, options.priority)
        if held is not None:
            return held
    raise RuntimeError(f"the key {options.key!r} is neither free nor held")


def _insert(connection: Connection) -> sqlite.Insert | postgresql.Insert:
    """Return an insertion that may give way to a row that exists; only the dialect in use is loaded, 2 MB each."""
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects import postgresql

        return postgresql.insert(jobs)
    from sqlalchemy.dialects import sqlite

    return sqlite.insert(jobs)


def _holder(connection: Connection, key: str, priority: int) -> int | None:
    found = connection.execute(select(jobs.c.id, jobs.c.priority).where(jobs.c.key == key, UNFINISHED)).one_or_none()
    if found is None:
        return None
    if found.priority < priority:
        connection.execute(update(jobs).where(jobs.c.id == found.id, jobs.c.state == QUEUED).values(priority=priority))
    return int(found.id)


def cancel(connection: Connection, job_id: int) -> State | None:
    """Cancel a job and return its state: `cancelled` at once, `running` where its worker was asked to stop.

    None where the job is unknown or has finished. A running job that is asked to stop becomes `cancelled` within
    seconds, unless it finishes first.
    """
    waiting = jobs.c.state == QUEUED
    state: State | None = connection.execute(
        update(jobs)
        .where(jobs.c.id == job_id, UNFINISHED)
        .values(
            cancel_requested=True,
            state=case((waiting, CANCELLED), else_=jobs.c.state),
            finished_at=case((waiting, clock()), else_=jobs.c.finished_at),
        )
        .returning(jobs.c.state)
    ).scalar_one_or_none()
    return state


def retry(connection: Connection, job_id: int) -> bool:
    """Queue a failed, dead or cancelled job again with all its attempts; false where that is not possible.

    It is not possible for an unknown, unfinished or done job, nor while another unfinished job holds its key.
    """
    other = jobs.alias("other")
    held = exists().where(other.c.key == jobs.c.key, other.c.id != jobs.c.id, other.c.state.in_((QUEUED, RUNNING)))
    again = connection.execute(
        update(jobs)
        .where(jobs.c.id == job_id, jobs.c.state.in_((FAILED, DEAD, CANCELLED)), or_(jobs.c.key.is_(None), ~held))
        .values(
            state=QUEUED,
            run_at=clock(),
            attempts=0,
            cancel_requested=False,
            progress=0.0,
            message="",
            error_code=None,
            error=None,
            result=None,
            owner=None,
            lease_until=None,
            finished_at=None,
        )
    )
    return again.rowcount == 1


def due_now(connection: Connection, kind: str, group: str) -> int:
    """Let the jobs of a kind and group that wait for a time run at once; returns how many there are."""
    waiting = (jobs.c.state == QUEUED, jobs.c.kind == kind, jobs.c.group == group, jobs.c.run_at > clock())
    return int(connection.execute(update(jobs).where(*waiting).values(run_at=clock())).rowcount)


def get(connection: Connection, job_id: int) -> Job | None:
    """The job with this id, or None."""
    row = connection.execute(select(jobs).where(jobs.c.id == job_id)).one_or_none()
    return None if row is None else job_of(row)


def several(connection: Connection, job_ids: Iterable[int]) -> dict[int, Job]:
    """The jobs with these ids, however many, by id; ids that no job has are left out."""
    wanted = sorted(set(job_ids))
    found: dict[int, Job] = {}
    for start in range(0, len(wanted), BATCH):
        rows = connection.execute(select(jobs).where(jobs.c.id.in_(wanted[start : start + BATCH])))
        found |= {row.id: job_of(row) for row in rows}
    return found


def find(connection: Connection, query: Query = _EVERYTHING) -> list[Job]:
    """The jobs that a query asks for, newest first; continue with `before` = the id of the last."""
    wanted = select(jobs).order_by(jobs.c.id.desc()).limit(max(1, min(query.limit, 1000)))
    for column, value in ((jobs.c.state, query.state), (jobs.c.kind, query.kind), (jobs.c.group, query.group)):
        if value is not None:
            wanted = wanted.where(column == value)
    if query.before is not None:
        wanted = wanted.where(jobs.c.id < query.before)
    return [job_of(row) for row in connection.execute(wanted)]


def counts(connection: Connection) -> dict[State, int]:
    """How many jobs there are in each state; every state is present."""
    found = connection.execute(select(jobs.c.state, func.count()).group_by(jobs.c.state))
    return dict.fromkeys(STATES, 0) | {state: int(number) for state, number in found}


def lag_s(connection: Connection) -> float:
    """Seconds that the job which has waited longest has been due; 0 where none is."""
    due = select(clock() - func.min(jobs.c.run_at)).where(jobs.c.state == QUEUED)
    return max(0.0, float(connection.execute(due).scalar_one() or 0.0))


def purge(connection: Connection, older_s: float, *, limit: int = 1000) -> int:
    """Delete up to `limit` jobs that finished more than `older_s` seconds ago; returns how many."""
    old = (
        select(jobs.c.id)
        .where(and_(jobs.c.state.in_(FINISHED), jobs.c.finished_at < clock() - older_s))
        .order_by(jobs.c.finished_at)
        .limit(limit)
    )
    return int(connection.execute(delete(jobs).where(jobs.c.id.in_(old))).rowcount)
