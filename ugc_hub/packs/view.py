"""A pack as people and programs see it: what is ready, what waits and for what, what was refused and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ugc_hub import renditions
from ugc_hub.accounts import Actor, require
from ugc_hub.errors import NotFound
from ugc_hub.hub import Hub
from ugc_hub.models import Pack
from ugc_hub.renditions import Left, RenditionView
from workers.queue.jobs import several
from workers.queue.shapes import Job

WAITING = "waiting"
"""Outcome of a combination whose video is still being prepared; its job asks for it as soon as it is."""
PREPARING = "The video is being prepared for its versions."
STOPPED = "The pack did not go on when the video was ready: the job for that ended. Make the pack again."


@dataclass(frozen=True)
class PackView:
    """A pack and how far it is. `items` holds one entry per asset and preset."""

    id: str
    name: str
    created_at: datetime
    status: str
    """`working`, `ready` (all that can be made is made) or `failed` (nothing can be made)."""
    ready: int
    waiting: int
    """Files that are being made, and combinations that wait for their video."""
    failed: int
    refused: int
    items: tuple[dict[str, Any], ...]
    """A combination that waits has `progress` (0..1), `message` and `left_s` of its video."""
    left_s: float | None = None
    """Seconds until everything is made; None where nobody can tell."""

    def as_dict(self) -> dict[str, Any]:
        """Return plain JSON."""
        return {**self.__dict__, "created_at": self.created_at.isoformat(), "items": list(self.items)}


def load_pack(hub: Hub, actor: Actor, pack_id: str) -> Pack:
    """Return the record of a pack.

    Raises:
        NotFound: there is none.
        Forbidden: the actor may not make packs.
    """
    require(actor, "pack.make")
    with hub.database.read() as session:
        pack = session.get(Pack, pack_id)
    if pack is None:
        raise NotFound("There is no such pack.")
    return pack


def made_of(hub: Hub, actor: Actor, pack: Pack) -> dict[str, RenditionView]:
    """Return the renditions of a pack by id."""
    return renditions.get_many(hub, actor, [name for item in pack.items for name in item["renditions"]])


def get(hub: Hub, actor: Actor, pack_id: str) -> PackView:
    """Return a pack with the state of its renditions.

    Raises:
        NotFound: there is none.
    """
    pack = load_pack(hub, actor, pack_id)
    return state_of(hub, pack, made_of(hub, actor, pack))


def jobs_of(hub: Hub, actor: Actor, view: PackView) -> set[int]:
    """Return the jobs that a pack waits for at the moment; when they have ended there may be others."""
    waits = [item for item in view.items if item["outcome"] == WAITING]
    made = renditions.get_many(hub, actor, [file["id"] for item in view.items for file in item["files"]])
    files = {one.job_id for one in made.values() if one.status in ("queued", "running")}
    return {job for job in (*files, *(item[name] for item in waits for name in ("clip_job_id", "job_id"))) if job}


def state_of(hub: Hub, pack: Pack, made: Mapping[str, RenditionView]) -> PackView:
    """Return how far a pack is, whose renditions are given."""
    waits = [item for item in pack.items if item["outcome"] == WAITING]
    with hub.database.read() as session:
        jobs = several(session.connection(), {item[name] for item in waits for name in ("job_id", "clip_job_id")})
        clips = renditions.left(session, [jobs[one] for one in {item["clip_job_id"] for item in waits} if one in jobs])
    counted = {"ready": 0, "failed": 0, "waiting": 0}
    items = []
    for item in pack.items:
        files = [made[name] for name in item["renditions"] if name in made]
        for view in files:
            counted[view.status if view.status in counted else "waiting"] += 1
        known = _waiting(item, jobs, clips) if item["outcome"] == WAITING else item
        counted["waiting"] += known["outcome"] == WAITING
        items.append({**known, "files": [brief_of(view) for view in files]})
    refused = sum(item["outcome"] == "refused" for item in items)
    status = "working" if counted["waiting"] else ("ready" if counted["ready"] else "failed")
    waits_on = any(item["outcome"] == WAITING for item in items)  # nobody knows yet what is made of those
    left = None if waits_on else renditions.left_for(hub, made.values())
    return PackView(
        id=pack.id,
        name=pack.name,
        created_at=pack.created_at,
        status=status,
        ready=counted["ready"],
        waiting=counted["waiting"],
        failed=counted["failed"],
        refused=refused,
        items=tuple(items),
        left_s=left.seconds if left is not None else None,
    )


def _waiting(item: dict[str, Any], jobs: Mapping[int, Job], left: Mapping[int, Left]) -> dict[str, Any]:
    """Return a combination that waits with how far its video is; without a job that goes on it is refused."""
    job, clip = jobs.get(item["job_id"]), jobs.get(item["clip_job_id"])
    if job is None or job.state not in ("queued", "running"):
        reason = {"code": "pack_stopped", "sentence": STOPPED, "severity": "refusal"}
        return {**item, "outcome": "refused", "reasons": [reason]}
    going = clip is not None and clip.state == "running"
    known = left.get(item["clip_job_id"])
    return {
        **item,
        "progress": clip.progress if clip is not None and going else 0.0,
        "message": f"{PREPARING} {known.in_words().capitalize()}." if known is not None else PREPARING,
        "left_s": known.seconds if known is not None else None,
    }


def brief_of(view: RenditionView) -> dict[str, Any]:
    """Return what a pack tells of a file."""
    names = ("id", "status", "code", "message", "media_type", "width", "height", "size_bytes", "sha256", "file_name")
    return {name: getattr(view, name) for name in names}
