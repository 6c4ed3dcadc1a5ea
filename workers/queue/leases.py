"""Holding a job: what a worker does with the table.

A claim sets the owner, a lease, one more attempt and one more fence in a single statement. Everything that the worker
writes afterwards names that fence: once the job was given away, whatever an old holder writes hits no row.
Attempts count when a job is claimed, so a job that kills its worker uses them up as well.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, case, select, update
from sqlalchemy.sql.dml import ReturningUpdate

from workers.queue.shapes import Backoff, Failure, Job, Progress, Wanted, job_of
from workers.queue.table import CANCELLED, DEAD, DONE, FAILED, QUEUED, RUNNING, State, clock, jobs

DIED = Failure("worker_died", "The worker process died while it ran this job (crash, kill or out of memory).")
LAPSED = Failure("lease_expired", "The worker did not report for longer than its lease.")

FINISHED = "Done."
"""What a job says that is done."""

_ANY = Wanted()
_BACKOFF = Backoff()
_TEXT_MAX = 4000


def claim(connection: Connection, owner: str, wanted: Wanted = _ANY) -> Job | None:
    """Take the next due job for `owner`, or None: highest priority first, then oldest first.

    Two workers never get the same job: PostgreSQL skips rows that another one holds, SQLite has one writer at a time.
    """
    # "+ 0": the order by priority comes from an index only if no planner is tempted by the one on run_at.
    next_id = select(jobs.c.id).where(jobs.c.state == QUEUED, jobs.c.run_at + 0 <= clock()).limit(1)
    if wanted.kinds is not None:
        next_id = next_id.where(jobs.c.kind.in_(sorted(wanted.kinds)))
    if wanted.min_priority is not None:
        next_id = next_id.where(jobs.c.priority >= wanted.min_priority)
    if wanted.id is not None:
        next_id = next_id.where(jobs.c.id == wanted.id)
    if wanted.waited_s is not None:
        next_id = next_id.where(jobs.c.run_at <= clock() - wanted.waited_s).order_by(jobs.c.run_at, jobs.c.id)
    else:
        next_id = next_id.order_by(jobs.c.priority.desc(), jobs.c.id)
    chosen = next_id.with_for_update(skip_locked=True).scalar_subquery()
    row = connection.execute(
        update(jobs)
        .where(jobs.c.id == chosen, jobs.c.state == QUEUED)
        .values(
            state=RUNNING,
            owner=owner,
            lease_until=clock() + wanted.lease_s,
            attempts=jobs.c.attempts + 1,
            fence=jobs.c.fence + 1,
            started_at=clock(),
            progress=0.0,
            message="",
        )
        .returning(*jobs.c)
    ).one_or_none()
    return None if row is None else job_of(row)


def _held(job: Job) -> ColumnElement[bool]:
    return and_(jobs.c.id == job.id, jobs.c.fence == job.fence, jobs.c.state == RUNNING)


def held(connection: Connection, job: Job) -> bool:
    """Whether the worker still holds this job and nobody asked it to stop; reads only."""
    return (
        connection.execute(select(jobs.c.id).where(_held(job), jobs.c.cancel_requested.is_(False))).first() is not None
    )


def heartbeat(connection: Connection, job: Job, lease_s: float, progress: Progress | None = None) -> bool:
    """Renew the lease by `lease_s` seconds from now and store the progress; false: fenced out or cancelled."""
    values: dict[str, Any] = {"lease_until": clock() + lease_s}
    if progress is not None:
        values |= {"progress": min(1.0, max(0.0, progress.fraction)), "message": plain(progress.message)}
    renewed = connection.execute(update(jobs).where(_held(job), jobs.c.cancel_requested.is_(False)).values(values))
    return renewed.rowcount == 1


def finish(connection: Connection, job: Job, result: Mapping[str, Any] | None = None) -> bool:
    """Record success; false: this worker no longer holds the job, and its result must be discarded.

    On the connection of the handler's own transaction, its rows and the end of the job commit together or not at
    all. The result must be JSON (ValueError or TypeError otherwise).
    """
    json.dumps(result, allow_nan=False)
    settled = connection.execute(
        update(jobs)
        .where(_held(job))
        .values(
            state=DONE,
            result=None if result is None else dict(result),
            progress=1.0,
            message=FINISHED,  # the last words of its progress would tell of work that goes on
            error_code=None,
            error=None,
            owner=None,
            lease_until=None,
            finished_at=clock(),
        )
    )
    return settled.rowcount == 1


def fail(connection: Connection, job: Job, failure: Failure, backoff: Backoff = _BACKOFF) -> State | None:
    """Record a failed attempt and return the new state; None: this worker no longer holds the job.

    `failed` where another attempt cannot help, `dead` where none is left, `cancelled` where somebody asked to stop,
    otherwise `queued` after the back-off.
    """
    state = _after(job.attempts, job.max_attempts, failure)
    return _settle(connection, job, state, _values(failure, backoff.delay_s(job.attempts)))


def give_back(connection: Connection, job: Job) -> State | None:
    """Stop without a result: `cancelled` where somebody asked for that, otherwise `queued` with the attempt refunded.

    None: this worker no longer holds the job.
    """
    return _settle(connection, job, QUEUED, {"run_at": clock(), "attempts": jobs.c.attempts - 1})


def release(connection: Connection, owner: str, failure: Failure = DIED, backoff: Backoff = _BACKOFF) -> int:
    """Take back all jobs of a worker that is known to be dead; returns how many. Their attempts count."""
    return _take_back(connection, jobs.c.owner == owner, failure, backoff)


def reap(connection: Connection, failure: Failure = LAPSED, backoff: Backoff = _BACKOFF) -> int:
    """Take back all jobs whose lease has expired; returns how many. Any process may call it, at any time."""
    return _take_back(connection, jobs.c.lease_until < clock(), failure, backoff)


def _take_back(connection: Connection, which: ColumnElement[bool], failure: Failure, backoff: Backoff) -> int:
    lost = connection.execute(
        select(jobs).where(jobs.c.state == RUNNING, which).limit(100).with_for_update(skip_locked=True)
    ).all()
    return sum(_take_back_one(connection, row, failure, backoff) for row in lost)


def _take_back_one(connection: Connection, row: Row[Any], failure: Failure, backoff: Backoff) -> bool:
    # The first death is most likely not the job's fault; a job that kills again and again has to wait.
    delay_s = 0.0 if row.attempts <= 1 else backoff.delay_s(row.attempts - 1)
    state = _after(row.attempts, row.max_attempts, failure)
    return _settle(connection, job_of(row), state, _values(failure, delay_s)) is not None


def _after(attempts: int, max_attempts: int, failure: Failure) -> State:
    if not failure.retry:
        return FAILED
    return DEAD if attempts >= max_attempts else QUEUED


def _values(failure: Failure, delay_s: float) -> dict[str, Any]:
    return {
        "run_at": clock() + delay_s,
        "error_code": plain(failure.code)[:100],
        "error": plain(failure.error),
    }


def _settle(connection: Connection, job: Job, state: State, values: dict[str, Any]) -> State | None:
    """End this attempt in `state`, or in `cancelled` where somebody asked for that."""
    stopped = jobs.c.cancel_requested
    ended = clock() if state != QUEUED else case((stopped, clock()), else_=None)
    statement: ReturningUpdate[Any] = (
        update(jobs)
        .where(_held(job))
        .values(
            values
            | {
                "state": case((stopped, CANCELLED), else_=state),
                "finished_at": ended,
                "owner": None,
                "lease_until": None,
            }
        )
        .returning(jobs.c.state)
    )
    settled: State | None = connection.execute(statement).scalar_one_or_none()
    return settled


def plain(words: str) -> str:
    """Text that every database stores: no NUL, no lone surrogates, at most 4,000 characters."""
    return words.replace("\0", "").encode("utf-8", "replace").decode()[:_TEXT_MAX]
