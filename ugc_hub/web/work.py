"""Jobs for those who may see them; both the pages and the API ask here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from ugc_hub import renditions
from ugc_hub.accounts import Actor, require
from ugc_hub.audit import record
from ugc_hub.errors import Conflict, NotFound
from ugc_hub.hub import Hub
from ugc_hub.renditions import Left
from ugc_hub.renditions.view import NOT_FOR_PEOPLE
from workers.queue import jobs as queue
from workers.queue.shapes import Job, Query
from workers.queue.table import State

INSIDE = "Something went wrong inside the hub. The log has the cause; try again, or tell an administrator."


def _for_people(job: Job) -> Job:
    """Return a job whose error names no file and no query: words that nobody foresaw stay in the log."""
    return replace(job, error=INSIDE) if job.error and job.error_code in NOT_FOR_PEOPLE else job


def find(hub: Hub, actor: Actor, query: Query) -> list[Job]:
    """Return jobs, newest first."""
    require(actor, "job.view")
    with hub.database.read() as session:
        return [_for_people(job) for job in queue.find(session.connection(), query)]


def left(hub: Hub, actor: Actor, jobs: Sequence[Job]) -> dict[int, Left]:
    """Return by id how long those of the jobs still take of which it can be told."""
    require(actor, "job.view")
    with hub.database.read() as session:
        return renditions.left(session, jobs)


def told(hub: Hub, actor: Actor, jobs: Sequence[Job]) -> list[dict[str, Any]]:
    """Return jobs as plain values, each with its `left_s`: seconds that it still works, or None."""
    known = left(hub, actor, jobs)
    return [{**asdict(job), "left_s": known[job.id].seconds if job.id in known else None} for job in jobs]


def counts(hub: Hub, actor: Actor) -> dict[State, int]:
    """Return how many jobs there are in each state."""
    require(actor, "job.view")
    with hub.database.read() as session:
        return queue.counts(session.connection())


def get(hub: Hub, actor: Actor, job_id: int) -> Job:
    """Return one job.

    Raises:
        NotFound: there is none.
    """
    require(actor, "job.view")
    with hub.database.read() as session:
        job = queue.get(session.connection(), job_id)
    if job is None:
        raise NotFound("There is no such job.")
    return _for_people(job)


def cancel(hub: Hub, actor: Actor, job_id: int) -> Job:
    """Stop a job that waits or runs.

    Raises:
        Conflict: it has ended already.
        NotFound: there is none.
    """
    require(actor, "job.manage")
    get(hub, actor, job_id)
    with hub.database.write() as session:
        if queue.cancel(session.connection(), job_id) is None:
            raise Conflict("This job has ended already.")
        record(session, hub.now(), "job.cancelled", str(job_id), actor=actor.user_id)
    return get(hub, actor, job_id)


def retry(hub: Hub, actor: Actor, job_id: int) -> Job:
    """Queue a job again that failed, was given up or cancelled.

    Raises:
        Conflict: it did not fail, or the same work is queued already.
        NotFound: there is none.
    """
    require(actor, "job.manage")
    get(hub, actor, job_id)
    with hub.database.write() as session:
        if not queue.retry(session.connection(), job_id):
            raise Conflict("This job cannot be tried again: it has not failed, or the same work is waiting already.")
        record(session, hub.now(), "job.retried", str(job_id), actor=actor.user_id)
    return get(hub, actor, job_id)
