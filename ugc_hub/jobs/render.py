"""Makes the renditions that a job names: one decode for all, and one that fails does not hold up the others."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import select

from ugc_hub.audit import record
from ugc_hub.framing.kits import materials_of
from ugc_hub.hub import Hub, crash_point
from ugc_hub.ingest.accept import original_key
from ugc_hub.models import Asset, Rendition
from ugc_hub.renditions.kitfiles import lay_out
from ugc_hub.renditions.view import EXTENSIONS
from workers.media.errors import Cancelled, MediaError, PlanImpossible
from workers.media.sandbox import Sandbox
from workers.media.shapes import ImagePlan, Rendered
from workers.queue.context import JobContext

from .keep import check_kept
from .prepare import keep_ingredient

LOG = logging.getLogger("ugc_hub.jobs")

Made = dict[str, Rendered | MediaError]
"""By rendition id."""


def render(hub: Hub, sandbox: Sandbox, context: JobContext) -> dict[str, Any] | None:
    """Make the renditions of one asset that are still waiting for this job."""
    wanted = list(context.job.payload["rendition_ids"])
    with hub.database.read() as session:
        asset = session.get(Asset, str(context.job.payload["asset_id"]))
        rows = session.scalars(
            select(Rendition).where(Rendition.id.in_(wanted), Rendition.status == "queued").order_by(Rendition.id)
        ).all()
    if asset is None or not rows:
        return {"outcome": "nothing to do"}
    plans = {row.id: ImagePlan.load(row.plan) for row in rows}
    with hub.storage.local(original_key(asset.sha256)) as path:
        made = _make(sandbox, context, path, plans, lay=partial(_lay, hub, list(plans.values())))
        if hub.credentials is not None:
            keep_ingredient(hub, sandbox, context, asset=asset, path=path)
    keys = {name: _keep(hub, context.workdir, item) for name, item in made.items() if isinstance(item, Rendered)}
    crash_point("after_renditions")
    _settle(hub, context, made, keys)
    return None


Lay = Callable[[Path], None]
"""Puts into a work folder what overlays are drawn with."""


def _lay(hub: Hub, plans: Sequence[ImagePlan], folder: Path) -> None:
    lay_out(hub, [name for plan in plans for name in materials_of(plan.overlays)], folder)


def _make(sandbox: Sandbox, context: JobContext, source: Path, plans: dict[str, ImagePlan], *, lay: Lay) -> Made:
    """Render all plans from one decode; where one is impossible, each by itself, so that the others come out."""
    lay(context.workdir)
    try:
        return _pack(sandbox, context, source, plans)
    except PlanImpossible as error:
        if len(plans) == 1:
            return dict.fromkeys(plans, error)
    made: Made = {}
    for number, (name, plan) in enumerate(plans.items()):
        context.progress(number / len(plans), f"Rendition {number + 1} of {len(plans)}")
        folder = context.workdir / f"single-{number}"
        folder.mkdir()
        lay(folder)
        try:
            made |= _pack(sandbox, context, source, {name: plan}, folder=folder)
        except PlanImpossible as error:
            made[name] = error
    return made


def _pack(
    sandbox: Sandbox, context: JobContext, source: Path, plans: dict[str, ImagePlan], *, folder: Path | None = None
) -> Made:
    where = folder or context.workdir
    try:
        rendered = sandbox.render(
            source, list(plans.values()), where, cancelled=context.cancelled, progress=context.progress
        )
    except Cancelled:
        context.check()
        raise
    prefix = where.relative_to(context.workdir)
    return dict(zip(plans, _moved(rendered, prefix), strict=True))


def _moved(rendered: Sequence[Rendered], prefix: Path) -> list[Rendered]:
    return [Rendered.load({**item.dump(), "path": str(prefix / item.path)}) for item in rendered]


def _keep(hub: Hub, workdir: Path, item: Rendered) -> str:
    key = f"renditions/{item.sha256}{EXTENSIONS[item.media_type]}"
    hub.storage.put(key, workdir / item.path, content_type=item.media_type)
    return key


def _settle(hub: Hub, context: JobContext, made: Made, keys: dict[str, str]) -> None:
    with hub.database.write() as session:
        check_kept(hub, session, keys.values())
        rows = session.scalars(select(Rendition).where(Rendition.id.in_(list(made))))
        for row in rows:
            item = made[row.id]
            if isinstance(item, MediaError):
                row.status, row.code, row.message = "failed", item.code, item.message
                record(session, hub.now(), "rendition.failed", row.id, code=item.code)
                continue
            row.status, row.ready_at = "ready", hub.now()
            row.storage_key, row.media_type = keys[row.id], item.media_type
            row.width, row.height, row.size_bytes = item.width, item.height, item.size_bytes
            row.sha256, row.quality = item.sha256, item.quality
            record(session, hub.now(), "rendition.ready", row.id, sha256=item.sha256)
        failed = sum(isinstance(item, MediaError) for item in made.values())
        context.settle(session.connection(), {"ready": len(made) - failed, "failed": failed})
        crash_point("before_commit")
