"""The clip of a video, from which all its versions are made: asked for, waited for, made again when it is outdated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from ugc_hub.accounts import Actor, require
from ugc_hub.catalog.view import load
from ugc_hub.errors import Conflict
from ugc_hub.hub import Hub
from ugc_hub.models import Asset, AssetClip
from workers.media.video.shapes import MEZZANINE_VERSION, Clip
from workers.queue.jobs import enqueue, get
from workers.queue.shapes import BULK, NORMAL, Job, Options

JOB = "normalise"
GOES_ON = "pack"
"""Jobs, grouped by asset, that wait until the clip of that asset has ended."""
PASSING = frozenset({"cancelled", "dead", "no_result", "internal_error"})
"""Codes of failures after which another attempt may help."""
_ENDED = frozenset({"failed", "dead", "cancelled", "done"})


class ClipNotReady(Conflict):
    """The clip of a video is still being made; `extra` names the job that makes it."""

    code = "clip_not_ready"
    retry = True


@dataclass(frozen=True)
class ClipView:
    """How far the clip of a video is."""

    asset_id: str
    status: str
    """`missing`, `queued`, `running`, `ready` or `failed`."""
    code: str | None = None
    message: str | None = None
    progress: float = 0.0
    job_id: int | None = None
    clip: Clip | None = None
    """None until it was made, and where it is outdated; it stays where only its file was removed."""
    sheet: dict[str, Any] | None = None
    sheet_key: str | None = None


def clip_of(hub: Hub, actor: Actor, asset_id: str) -> ClipView:
    """Return how far the clip of an asset is, and what was measured of it.

    Raises:
        NotFound: there is no such asset, or the actor may not see it.
    """
    require(actor, "rendition.view")
    with hub.database.read() as session:
        load(session, actor, asset_id)
        return view_of(session, asset_id)


def view_of(session: Session, asset_id: str) -> ClipView:
    """Return how far the clip of an asset is."""
    row = session.get(AssetClip, asset_id)
    if row is None:
        return ClipView(asset_id, "missing")
    job = get(session.connection(), row.job_id) if row.job_id is not None and row.status == "queued" else None
    status, code, message, progress = _state(row, job)
    return ClipView(
        asset_id,
        status,
        code,
        message,
        progress,
        job_id=row.job_id,
        clip=Clip.load(row.clip) if row.clip is not None and row.version == MEZZANINE_VERSION else None,
        sheet=row.sheet,
        sheet_key=row.sheet_key,
    )


def _state(row: AssetClip, job: Job | None) -> tuple[str, str | None, str | None, float]:
    if row.version != MEZZANINE_VERSION:
        return "missing", None, None, 0.0
    if row.status == "ready":
        return "ready", None, None, 1.0
    if row.status == "failed":
        return "failed", row.code, row.message, 0.0
    if job is None or job.state in _ENDED:
        code = job.state if job is not None and job.state in PASSING else "no_result"
        return "failed", code, "The video was not prepared. Ask again.", 0.0
    return job.state, None, job.message or None, job.progress


def queue_clip(hub: Hub, session: Session, asset_id: str, *, priority: int = BULK) -> int:
    """Ask for the clip of a video in the caller's transaction and return the job; one that waits is only hurried."""
    options = Options(
        key=f"{JOB}:{asset_id}", group=asset_id, priority=priority, max_attempts=hub.settings.job_attempts
    )
    job_id = enqueue(session.connection(), JOB, {"asset_id": asset_id}, options=options)
    row = session.get(AssetClip, asset_id)
    if row is None:
        row = AssetClip(asset_id=asset_id, version=MEZZANINE_VERSION, status="queued")
        session.add(row)
    if row.version != MEZZANINE_VERSION:  # what was measured of an older one says nothing of the one to come
        row.clip = None
    row.version, row.status, row.code, row.message, row.job_id = MEZZANINE_VERSION, "queued", None, None, job_id
    return job_id


def ready_clip(hub: Hub, session: Session, asset: Asset) -> ClipView | ClipNotReady:
    """Return the clip of a video, or the refusal that says that it is made now, for whoever commits its job first.

    A clip that failed for good comes back as `failed`, with code and words.
    """
    found = view_of(session, asset.id)
    if found.status == "ready" or (found.status == "failed" and found.code not in PASSING):
        return found
    hub.database.serialise(session, f"clip:{asset.id}")
    job_id = queue_clip(hub, session, asset.id, priority=NORMAL)
    words = "The video is being prepared for its versions. Ask again in a moment."
    return ClipNotReady(words, extra={"job_id": job_id, "asset_id": asset.id, "progress": found.progress})
