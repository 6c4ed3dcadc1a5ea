"""How long jobs still take: told by how far they are and, before that, by what the same work took lately."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ugc_hub.hub import Hub
from ugc_hub.models import Asset
from workers.queue.jobs import several
from workers.queue.shapes import Job
from workers.queue.table import DONE, clock, jobs

from .view import RenditionView, batches

LEAST = 0.05
"""Progress below which nothing can be told from it."""
LATELY = 5000
"""Jobs back from the newest among which those of the same kind are looked for."""
MOST_LOOKED_AT = 400
LIKE = 2.0
"""Work is alike where one is at most so many times as large as the other."""
NEAREST = 9
"""Of what is alike, so many are asked, those of the nearest size."""


@dataclass(frozen=True)
class Left:
    """How long a job still works, without the time that it waits for a worker; never negative."""

    seconds: float
    begun: bool

    def in_words(self) -> str:
        """Return `about 20 seconds left`, or of a job that waits `takes about 20 seconds`; rounded up."""
        about = _about(self.seconds)
        return f"{about} left" if self.begun else f"takes {about}"


@dataclass(frozen=True)
class _Done:
    size: float | None
    seconds: float


def _about(seconds: float) -> str:
    if seconds < 10:
        return "a few seconds"
    if seconds < 90:
        return f"about {math.ceil(seconds / 10) * 10} seconds"
    minutes = math.ceil(seconds / 60)
    if minutes < 90:
        return f"about {minutes} minutes"
    return f"about {math.ceil(minutes / 60)} hours"


def left(session: Session, found: Sequence[Job]) -> dict[int, Left]:
    """Return by id how long those of the jobs still take of which it can be told; in at most three queries in all.

    From 5 % on a job's own progress tells. Before, and while it waits, the median of what jobs of the same kind and
    about the same size took lately does; where there was none, or where it takes longer than those, nobody knows.
    """
    open_jobs = [job for job in found if job.state in ("queued", "running") and not job.cancel_requested]
    if not open_jobs:
        return {}
    begun = any(job.state == "running" for job in open_jobs)
    now = float(session.execute(select(clock())).scalar_one()) if begun else 0.0
    answers: dict[int, Left] = {}
    early = []
    for job in open_jobs:
        if job.state == "running" and job.started_at is not None and job.progress >= LEAST:
            passed = max(0.0, now - job.started_at.timestamp())
            answers[job.id] = Left(passed * (1 - job.progress) / job.progress, begun=True)
        else:
            early.append(job)
    return answers | _by_experience(session, early, now)


def _by_experience(session: Session, found: Sequence[Job], now: float) -> dict[int, Left]:
    if not found:
        return {}
    sizes, known = _experience(session, found)
    answers = {}
    for job in found:
        usual = _usual(known.get(job.kind, ()), sizes[job.id])
        since = job.started_at if job.state == "running" else None  # of a job that waits it tells of an earlier try
        passed = max(0.0, now - since.timestamp()) if since is not None else 0.0
        if usual is not None and passed <= usual:
            answers[job.id] = Left(usual - passed, begun=since is not None)
    return answers


def _experience(session: Session, found: Sequence[Job]) -> tuple[dict[int, float | None], dict[str, list[_Done]]]:
    """Return the sizes of the jobs by id, and by kind what was done lately."""
    newest = select(func.max(jobs.c.id)).scalar_subquery()
    done = session.execute(
        select(jobs.c.kind, jobs.c.payload, jobs.c.result, jobs.c.started_at, jobs.c.finished_at)
        .where(jobs.c.state == DONE, jobs.c.id > newest - LATELY)
        .where(jobs.c.kind.in_({job.kind for job in found}), jobs.c.started_at.is_not(None))
        .order_by(jobs.c.id.desc())
        .limit(MOST_LOOKED_AT)
    ).all()
    done = [row for row in done if (row.result or {}).get("outcome") != "nothing to do"]
    if not done:
        return dict.fromkeys(job.id for job in found), {}
    measures = _measures(session, [*(job.payload for job in found), *(row.payload for row in done)])
    known: dict[str, list[_Done]] = {}
    for row in done:
        size = _size(row.kind, row.payload, measures)
        known.setdefault(row.kind, []).append(_Done(size, max(0.0, row.finished_at - row.started_at)))
    return {job.id: _size(job.kind, job.payload, measures) for job in found}, known


def _measures(session: Session, payloads: Iterable[Mapping[str, Any]]) -> dict[str, tuple[float, float | None]]:
    """Return bytes and pixels times seconds of the assets that jobs name."""
    ids = sorted({str(one["asset_id"]) for one in payloads if one.get("asset_id")})
    found = {}
    for some in batches(ids):
        columns = (Asset.id, Asset.size_bytes, Asset.width, Asset.height, Asset.duration_s)
        for row in session.execute(select(*columns).where(Asset.id.in_(some))):
            pixels = row.width * row.height * (row.duration_s or 1.0) if row.width and row.height else None
            found[row.id] = (float(row.size_bytes), pixels)
    return found


def _size(kind: str, payload: Mapping[str, Any], measures: Mapping[str, tuple[float, float | None]]) -> float | None:
    """Return how much a job has to do; None where nothing tells. What was not measured yet is as large as its file."""
    size_bytes, pixels = measures.get(str(payload.get("asset_id")), (0.0, None))
    size = size_bytes if kind == "inspect" or pixels is None else pixels
    return size * max(1, len(payload.get("rendition_ids") or ())) or None


def _usual(known: Sequence[_Done], size: float | None) -> float | None:
    """Return the median of what is nearest in size; None where nothing is alike."""
    if size is None:
        alike = [one.seconds for one in known if one.size is None]
    else:
        near = sorted((abs(math.log(one.size / size)), one.seconds) for one in known if one.size)
        alike = [seconds for far, seconds in near if far <= math.log(LIKE)]
    nearest = sorted(alike[:NEAREST])
    return nearest[len(nearest) // 2] if nearest else None


def left_of(hub: Hub, job_ids: Iterable[int | None]) -> Left | None:
    """Return how long it takes until all of these jobs have ended; None while nobody can tell."""
    ids = {job_id for job_id in job_ids if job_id is not None}
    if not ids:
        return None
    with hub.database.read() as session:
        return _until_all(session, several(session.connection(), ids).values())


def left_for(hub: Hub, views: Iterable[RenditionView]) -> Left | None:
    """Return how long it takes until all of these renditions are made; None while nobody can tell."""
    found = {one.job.id: one.job for one in views if one.job is not None}
    if not found:
        return None
    with hub.database.read() as session:
        return _until_all(session, found.values())


def _until_all(session: Session, found: Iterable[Job]) -> Left | None:
    waiting = [job for job in found if job.state in ("queued", "running")]
    known = left(session, waiting)
    if not waiting or len(known) < len(waiting):
        return None
    return Left(max(one.seconds for one in known.values()), any(one.begun for one in known.values()))
