"""Looks again at assets whose previews bear an older mark, or whose look another embedder told: some in each job."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from storage.errors import NotFound
from ugc_hub.audit import record
from ugc_hub.hub import Hub, crash_point
from ugc_hub.ingest.accept import original_key
from ugc_hub.models import Asset, AssetLook, Meta
from workers.media.embedding import title
from workers.media.errors import Cancelled, MediaError
from workers.media.sandbox import Sandbox
from workers.media.shapes import MARK_VERSION
from workers.queue.context import JobContext
from workers.queue.jobs import enqueue
from workers.queue.shapes import Options

from .inspect import keep_previews
from .keep import check_kept
from .looks import keep_look

LOG = logging.getLogger("ugc_hub.jobs")
JOB = "remark"
SOME = 20
"""Assets in one job: uploads that wait for a worker wait no longer for it than for any other job."""
PAGE = 500
DONE = "previews.mark"
"""Name of the note that says which mark all previews bear, and who told how all assets look."""


def queue_outdated(hub: Hub) -> bool:
    """Ask for a job where previews or looks may be older, as after an upgrade; return whether they may."""
    with hub.database.write() as session:
        known = session.get(Meta, DONE)
        if known is not None and known.value == edition(hub):
            return False
        if session.scalar(select(Asset.id).where(Asset.status == "ready").limit(1)) is None:
            session.merge(Meta(name=DONE, value=edition(hub)))  # a new hub: no worker need load a thing for it
            return False
        enqueue(session.connection(), JOB, {}, options=Options(key=JOB, max_attempts=hub.settings.job_attempts))
        return True


def remark(hub: Hub, sandbox: Sandbox, context: JobContext) -> Mapping[str, Any]:
    """Make the previews of some assets again and ask for the next job, or note that all are done."""
    after = str(context.job.payload.get("after", ""))
    with hub.database.read() as session:
        ids = _outdated(session, after, title(hub.settings.embedder))
    made = 0
    for asset_id in ids:
        made += _again(hub, sandbox, context, asset_id)
        crash_point("after_remarked")
    with hub.database.write() as session:
        if len(ids) == SOME:
            options = Options(key=f"{JOB}:{ids[-1]}", max_attempts=hub.settings.job_attempts)
            enqueue(session.connection(), JOB, {"after": ids[-1]}, options=options)
        else:
            session.merge(Meta(name=DONE, value=edition(hub)))
    return {"made": made, "lost": len(ids) - made}


def edition(hub: Hub) -> str:
    """Return what is noted when all assets are as this release and its settings make them."""
    return f"{MARK_VERSION} {title(hub.settings.embedder)}"


def outdated(previews: Mapping[str, Mapping[str, Any]]) -> bool:
    """Tell whether one of an asset's previews bears an older mark."""
    return any(int(preview.get("mark", 1)) < MARK_VERSION for preview in previews.values())


def _outdated(session: Session, after: str, embedder: str) -> list[str]:
    found: list[str] = []
    while len(found) < SOME:
        wanted = select(Asset.id, Asset.previews, AssetLook.embedder).outerjoin(
            AssetLook, AssetLook.asset_id == Asset.id
        )
        wanted = wanted.where(Asset.status == "ready", Asset.id > after)
        rows = session.execute(wanted.order_by(Asset.id).limit(PAGE)).all()
        if not rows:
            break
        found += [row.id for row in rows if outdated(row.previews) or row.embedder != embedder]
        after = rows[-1].id
    return found[:SOME]


def _again(hub: Hub, sandbox: Sandbox, context: JobContext, asset_id: str) -> bool:
    """Make the previews of one asset again; where its original gives none any more, the old ones are not shown."""
    context.check()
    with hub.database.read() as session:
        asset = session.get_one(Asset, asset_id)
    previews: dict[str, Any] = {}
    inspection = None
    folder = context.workdir / asset_id
    folder.mkdir(exist_ok=True)
    try:
        with hub.storage.local(original_key(asset.sha256)) as path:
            inspection = sandbox.inspect(path, folder, cancelled=context.cancelled)
        previews = keep_previews(hub, folder, inspection)
    except Cancelled:
        context.check()
        raise
    except (MediaError, NotFound) as error:
        if error.retry:
            raise
        LOG.warning("the previews of %s cannot be made again: %s", asset_id, error)
    with hub.database.write() as session:
        hub.database.serialise(session, "inspected")
        check_kept(hub, session, [preview["key"] for preview in previews.values()])
        row = session.get_one(Asset, asset_id)
        if row.status == "ready":
            keep_look(hub, session, asset_id, inspection)
            lost = not previews and outdated(row.previews)
            row.previews = previews or ({} if lost else row.previews)
            if lost:
                record(session, hub.now(), "asset.previews_lost", asset_id)
    return bool(previews)
