"""How long what is being made of an asset still takes, as far as its progress tells."""

from __future__ import annotations

from collections.abc import Iterable

from ugc_hub.hub import Hub
from workers.queue.jobs import several
from workers.queue.shapes import Job

from .view import RenditionView

LEAST = 0.05
"""Progress below which nothing can be told from it."""


def left_s(hub: Hub, views: Iterable[RenditionView]) -> float | None:
    """Return in how many seconds all of these are probably made; None while nobody can tell."""
    ids = {one.job_id for one in views if one.status in {"queued", "running"} and one.job_id is not None}
    if not ids:
        return None
    with hub.database.read() as session:
        jobs = several(session.connection(), ids)
    found = [_left_s(hub, job) for job in jobs.values()]
    known = [seconds for seconds in found if seconds is not None]
    return max(known) if known and len(known) == len(found) else None


def _left_s(hub: Hub, job: Job) -> float | None:
    if job.state != "running" or job.started_at is None or job.progress < LEAST:
        return None
    passed = (hub.now() - job.started_at).total_seconds()
    return max(0.0, passed * (1 - job.progress) / job.progress)
