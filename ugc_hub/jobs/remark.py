"""Makes previews again that bear an older mark than this release gives them: some assets in each job."""

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
from ugc_hub.models import Asset, Meta
from workers.media.errors import Cancelled, MediaError
from workers.media.sandbox import Sandbox
from workers.media.shapes import MARK_VERSION
from workers.queue.context import JobContext
from workers.queue.jobs import enqueue
from workers.queue.shapes import Options

from .inspect import keep_previews
from .keep import check_kept

LOG = logging.getLogger("ugc_hub.jobs")
JOB = "remark"
SOME = 20
"""Assets in one job: uploads that wait for a worker wait no longer for it than for any other job."""
PAGE = 500
DONE = "previews.mark"
"""Name of the note that says which mark all previews bear."""


def queue_outdated(hub: Hub) -> bool:
    """Ask for a job where previews may bear an older mark, as after an upgrade; return whether they may."""
    with hub.database.write() as session:
        known = session.get(Meta, DONE)
        if known is not None and known.value == str(MARK_VERSION):
            return False
        enqueue(session.connection(), JOB, {}, options=Options(key=JOB, max_attempts=hub.settings.job_attempts))
        return True


def remark(hub: Hub, sandbox: Sandbox, context: JobContext) -> Mapping[str, Any]:
    """Make the previews of some assets again and ask for the next job, or note that all are done."""
    after = str(context.job.payload.get("after", ""))
    with hub.database.read() as session:
        ids = _outdated(session, after)
    made = 0
    for asset_id in ids:
        made += _again(hub, sandbox, context, asset_id)
        crash_point("after_remarked")
    with hub.database.write() as session:
        if len(ids) == SOME:
            options = Options(key=f"{JOB}:{ids[-1]}", max_attempts=hub.settings.job_attempts)
            enqueue(session.connection(), JOB, {"after": ids[-1]}, options=options)
        else:
            session.merge(Meta(name=DONE, value=str(MARK_VERSION)))
    return {"made": made, "lost": len(ids) - made}


def outdated(previews: Mapping[str, Mapping[str, Any]]) -> bool:
    """Tell whether one of an asset's previews bears an older mark."""
    return any(int(preview.get("mark", 1)) < MARK_VERSION for preview in previews.values())


def _outdated(session: Session, after: str) -> list[str]:
    found: list[str] = []
    while len(found) < SOME:
        wanted = select(Asset.id, Asset.previews).where(Asset.status == "ready", Asset.id > after)
        rows = session.execute(wanted.order_by(Asset.id).limit(PAGE)).all()
        if not rows:
            break
        found += [row.id for row in rows if outdated(row.previews)]
        after = rows[-1].id
    return found[:SOME]


def _again(hub: Hub, sandbox: Sandbox, context: JobContext, asset_id: str) -> bool:
    """Make the previews of one asset again; where its original gives none any more, the old ones are not shown."""
    context.check()
    with hub.database.read() as session:
        asset = session.get_one(Asset, asset_id)
    previews: dict[str, Any] = {}
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
        check_kept(hub, session, [preview["key"] for preview in previews.values()])
        row = session.get_one(Asset, asset_id)
        if row.status == "ready":
            row.previews = previews
            if not previews:
                record(session, hub.now(), "asset.previews_lost", asset_id)
    return bool(previews)
