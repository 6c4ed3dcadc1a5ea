"""Measures a new original: facts, previews and links, or a refusal that leaves nothing of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import delete

from ugc_hub.audit import record
from ugc_hub.hub import Hub, crash_point
from ugc_hub.ingest.accept import original_key
from ugc_hub.ingest.refusals import edition
from ugc_hub.licensing import measured
from ugc_hub.models import Asset, Refusal
from ugc_hub.renditions.clips import queue_clip
from workers.media.errors import Cancelled, MediaError
from workers.media.sandbox import Sandbox
from workers.media.shapes import Inspection
from workers.queue.context import JobContext

from .keep import check_kept, remove_original
from .links import link
from .looks import keep_look
from .read import languages, queue_reading


def inspect(hub: Hub, sandbox: Sandbox, context: JobContext) -> dict[str, Any] | None:
    """Measure the asset that the job names, once; a file that cannot be used is refused and removed."""
    asset_id = str(context.job.payload["asset_id"])
    with hub.database.read() as session:
        asset = session.get(Asset, asset_id)
    if asset is None or asset.status != "received":
        return {"asset_id": asset_id, "outcome": "nothing to do"}
    try:
        with hub.storage.local(original_key(asset.sha256)) as path:
            inspection = sandbox.inspect(path, context.workdir, cancelled=context.cancelled)
    except Cancelled:
        context.check()
        raise
    except MediaError as error:
        if error.retry:
            raise
        _refuse(hub, context, asset, error)
        return None
    previews = keep_previews(hub, context.workdir, inspection)
    crash_point("after_previews")
    _keep_facts(hub, context, asset, inspection=inspection, previews=previews)
    return None


def keep_previews(hub: Hub, workdir: Path, inspection: Inspection) -> dict[str, Any]:
    """Store the previews under the hash of their bytes, so that doing it twice changes nothing."""
    kept: dict[str, Any] = {}
    for preview in inspection.previews:
        with hub.storage.stage() as staged:
            staged.write((workdir / preview.path).read_bytes())
            key = f"previews/{staged.sha256}{Path(preview.path).suffix}"
            staged.commit(key, content_type=preview.media_type)
        kept[preview.name] = {
            "key": key,
            "media_type": preview.media_type,
            "width": preview.width,
            "height": preview.height,
            "mark": preview.mark,
        }
    return kept


def _keep_facts(
    hub: Hub, context: JobContext, asset: Asset, *, inspection: Inspection, previews: dict[str, Any]
) -> None:
    facts = inspection.facts
    readable = languages(hub.settings)  # asked for before the transaction: the first time it starts a program
    with hub.database.write() as session:
        # Two files with the same pixels, measured at once, must still find each other.
        hub.database.serialise(session, "inspected")
        check_kept(hub, session, [preview["key"] for preview in previews.values()])
        row = session.get_one(Asset, asset.id)
        row.status, row.ready_at = "ready", hub.now()
        row.kind, row.media_type, row.extension = facts.kind, facts.media_type, facts.extension
        row.width, row.height, row.duration_s = facts.width, facts.height, facts.duration_s
        row.pixel_sha256, row.perceptual_hash = facts.pixel_sha256, facts.perceptual_hash
        row.facts, row.previews = facts.dump(), previews
        links = link(session, row)
        keep_look(hub, session, row.id, inspection)
        if readable:
            queue_reading(hub, session, row.id)
        if facts.kind == "video":
            queue_clip(hub, session, row.id)
        measured(hub, session, row.id)
        record(session, hub.now(), "asset.ready", row.id, media=row.kind, links=len(links))
        context.settle(session.connection(), {"asset_id": row.id, "outcome": "ready", "links": links})
        crash_point("before_commit")


def _refuse(hub: Hub, context: JobContext, asset: Asset, error: MediaError) -> None:
    """Put the refusal in the place of the asset, then remove the bytes; only the reason stays."""
    with hub.database.write() as session:
        session.execute(delete(Asset).where(Asset.id == asset.id))
        session.add(
            Refusal(
                id=asset.id,
                created_at=hub.now(),
                sha256=asset.sha256,
                file_name=asset.file_name,
                size_bytes=asset.size_bytes,
                code=error.code,
                message=error.message,
                submission_id=asset.submission_id,
                edition=edition(hub),
            )
        )
        record(session, hub.now(), "asset.refused", asset.id, code=error.code)
        context.settle(session.connection(), {"asset_id": asset.id, "outcome": "refused", "code": error.code})
        crash_point("before_commit")
    crash_point("after_refusal")
    remove_original(hub, asset.sha256)
