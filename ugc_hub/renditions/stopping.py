"""Versions that are being made are stopped, and what failed is asked for again, by whoever may ask for them."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from ugc_hub.accounts import Actor, require
from ugc_hub.audit import record
from ugc_hub.catalog.view import load
from ugc_hub.errors import Conflict, NotFound
from ugc_hub.hub import Hub
from ugc_hub.licensing.missing import in_trash, trashed
from ugc_hub.models import Asset, Rendition
from workers.queue import jobs as queue
from workers.queue.shapes import Options

from .request import FOR_GOOD
from .view import jobs_of, state_of


def stop(hub: Hub, actor: Actor, asset_id: str) -> int:
    """Cancel what is being made of an asset and return how many jobs that were; finished files stay.

    Raises:
        NotFound: there is no such asset, or the actor may not see it.
        Forbidden: the actor may not ask for renditions.
    """
    require(actor, "rendition.request")
    with hub.database.write() as session:
        load(session, actor, asset_id)
        stopped = [job_id for job_id in _under_way(session, asset_id) if queue.cancel(session.connection(), job_id)]
        for job_id in stopped:
            record(session, hub.now(), "job.cancelled", str(job_id), actor=actor.user_id)
    hub.ring()
    return len(stopped)


def _under_way(session: Session, asset_id: str) -> set[int]:
    waiting = select(Rendition).where(Rendition.asset_id == asset_id, Rendition.status == "queued")
    return set(jobs_of(session, session.scalars(waiting).all()))


def again(hub: Hub, actor: Actor, rendition_id: str) -> str:
    """Queue a rendition again that failed or was cancelled, exactly as it was planned; return the id of its asset.

    Whether it may be used is asked when it leaves, as of every rendition.

    Raises:
        NotFound: there is none, or the actor may not see its asset.
        Conflict: it did not fail, or the same plan fails every time.
        Forbidden: the actor may not ask for renditions.
    """
    require(actor, "rendition.request")
    with hub.database.write() as session:
        row = session.get(Rendition, rendition_id)
        if row is None:
            raise NotFound("There is no such rendition.")
        asset = load(session, actor, row.asset_id)
        hub.database.serialise(session, f"renditions:{asset.id}")
        session.refresh(row)
        if gone := trashed(session, [asset.id]):
            raise in_trash(asset.id, gone[asset.id])
        status, code, *_ = state_of(row, jobs_of(session, [row]).get(row.job_id or 0))
        if status != "failed" or code in FOR_GOOD:
            raise Conflict("Only what failed can be tried again, and not where the plan itself is impossible.")
        row.job_id = _queued(hub, session, asset, row)
        row.status, row.code, row.message = "queued", None, None
    hub.ring()
    return asset.id


def _queued(hub: Hub, session: Session, asset: Asset, row: Rendition) -> int:
    return queue.enqueue(
        session.connection(),
        "film" if asset.kind == "video" else "render",
        {"asset_id": asset.id, "rendition_ids": [row.id]},
        options=Options(group=asset.id, max_attempts=hub.settings.job_attempts),
    )
