"""Prepares originals as what their signed copies were made of: with each rendition, and once a key was set for all."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from storage.errors import NotFound
from ugc_hub.hub import Hub, crash_point
from ugc_hub.ingest.accept import original_key
from ugc_hub.licensing import ingredient_key
from ugc_hub.models import Asset, Meta, Rendition
from workers.media.errors import Cancelled, MediaError
from workers.media.sandbox import Sandbox
from workers.queue.context import JobContext
from workers.queue.jobs import enqueue
from workers.queue.shapes import Options

LOG = logging.getLogger("ugc_hub.jobs")
JOB = "prepare"
SOME = 20
"""Originals in one job: uploads that wait for a worker wait no longer for it than for any other job."""
DONE = "ingredients.prepared"
"""Name of the note that renditions from before the key have prepared originals too."""


def keep_ingredient(hub: Hub, sandbox: Sandbox, context: JobContext, *, asset: Asset, path: Path) -> bool:
    """Prepare the original as what its signed copies were made of, here, so that no web process ever opens it.

    One that cannot be prepared costs its copies their credentials, and nobody the renditions. Returns whether it is
    there now.
    """
    key = ingredient_key(asset.sha256)
    if hub.storage.exists(key):
        return True
    folder = context.workdir / f"ingredient-{asset.id}"
    folder.mkdir(exist_ok=True)
    instance = f"urn:ugc:asset:{asset.id}"
    try:
        archive = sandbox.ingredient(
            path, folder, media_type=asset.media_type, instance=instance, cancelled=context.cancelled
        )
    except Cancelled:
        context.check()
        raise
    except MediaError as error:
        LOG.warning("%s as an ingredient: %s %s", asset.id, error.message, error.detail)
        return False
    hub.storage.put(key, archive, content_type="application/c2pa")
    return True


def queue_unprepared(hub: Hub) -> bool:
    """Ask for a job where a key was set since renditions were made; return whether one is needed.

    Renditions that are made while no key is set have no prepared originals, so without a key the note goes.
    """
    with hub.database.write() as session:
        known = session.get(Meta, DONE)
        if hub.credentials is None:
            if known is not None:
                session.delete(known)
            return False
        if known is not None:
            return False
        enqueue(session.connection(), JOB, {}, options=Options(key=JOB, max_attempts=hub.settings.job_attempts))
        return True


def prepare(hub: Hub, sandbox: Sandbox, context: JobContext) -> Mapping[str, Any]:
    """Prepare some originals that have renditions and ask for the next job, or note that all are done."""
    if hub.credentials is None:
        return {"prepared": 0, "failed": 0}
    with hub.database.read() as session:
        assets = _rendered(session, str(context.job.payload.get("after", "")))
    made = 0
    for asset in assets:
        context.check()
        try:
            with hub.storage.local(original_key(asset.sha256)) as path:
                made += keep_ingredient(hub, sandbox, context, asset=asset, path=path)
        except NotFound as error:
            LOG.warning("the original of %s is not there: %s", asset.id, error)
        crash_point("after_prepared")
    with hub.database.write() as session:
        if len(assets) == SOME:
            options = Options(key=f"{JOB}:{assets[-1].id}", max_attempts=hub.settings.job_attempts)
            enqueue(session.connection(), JOB, {"after": assets[-1].id}, options=options)
        else:
            session.merge(Meta(name=DONE, value="1"))
    return {"prepared": made, "failed": len(assets) - made}


def _rendered(session: Session, after: str) -> list[Asset]:
    made = exists().where(Rendition.asset_id == Asset.id, Rendition.status == "ready")
    wanted = select(Asset).where(Asset.status == "ready", Asset.id > after, made).order_by(Asset.id).limit(SOME)
    return list(session.scalars(wanted))
