"""Reads the words in pictures, after everything that somebody waits for; what was written by hand stays."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from storage.errors import NotFound
from ugc_hub.hub import Hub, crash_point
from ugc_hub.ingest.accept import original_key
from ugc_hub.models import Asset, AssetText, Meta
from ugc_hub.settings import OFF, Settings
from workers.media.errors import Cancelled, MediaError
from workers.media.reading import title, usable
from workers.media.sandbox import Sandbox
from workers.media.shapes import TextRead
from workers.queue.context import JobContext
from workers.queue.jobs import enqueue
from workers.queue.shapes import BULK, Options

LOG = logging.getLogger("ugc_hub.jobs")
JOB, OCR = "read", "ocr"
SOME = 200
"""Assets for which one job asks at once: a library that is read for the first time fills no table of jobs."""
DONE = "texts.reader"
"""Name of the note that says by whom, and in which languages, all assets were read."""


def languages(settings: Settings) -> tuple[str, ...]:
    """Return in which languages pictures are read on this machine; none where they are not read at all.

    Raises: as `workers.media.reading.load`, where the settings name a reader that does not exist.
    """
    return () if settings.text_reader == OFF else usable(settings.text_reader, settings.text_languages)


def queue_reading(hub: Hub, session: Session, asset_id: str) -> None:
    """Ask for the words of one asset in the caller's transaction; for those who know that pictures are read here."""
    options = Options(key=f"{JOB}:{asset_id}", group=asset_id, priority=BULK, max_attempts=hub.settings.job_attempts)
    enqueue(session.connection(), JOB, {"asset_id": asset_id}, options=options)


def queue_unread(hub: Hub) -> bool:
    """Ask for a job where assets may be unread, as after tesseract was installed; return whether they may."""
    if not languages(hub.settings):
        return False
    with hub.database.write() as session:
        known = session.get(Meta, DONE)
        if known is not None and known.value == edition(hub):
            return False
        options = Options(key=JOB, priority=BULK, max_attempts=hub.settings.job_attempts)
        enqueue(session.connection(), JOB, {}, options=options)
        return True


def edition(hub: Hub) -> str:
    """Return by whom pictures are read here, and in which languages."""
    return title(hub.settings.text_reader, languages(hub.settings))


def read(hub: Hub, sandbox: Sandbox, context: JobContext) -> Mapping[str, Any]:
    """Read one asset, or, where the job names none, ask for the next that are unread."""
    if not languages(hub.settings):
        return {"outcome": "nothing reads here"}
    if "asset_id" not in context.job.payload:
        return _ask(hub, str(context.job.payload.get("after", "")))
    asset_id = str(context.job.payload["asset_id"])
    with hub.database.read() as session:
        asset = _unread(hub, session, asset_id)
    if asset is None:
        return {"asset_id": asset_id, "outcome": "nothing to do"}
    found = _words(hub, sandbox, context, asset)
    crash_point("after_read")
    with hub.database.write() as session:
        hub.database.serialise(session, f"texts:{asset_id}")
        if _unread(hub, session, asset_id) is not None:
            _keep(hub, session, asset_id, found)
    return {"asset_id": asset_id, "characters": len(found.words)}


def _unread(hub: Hub, session: Session, asset_id: str) -> Asset | None:
    """Return the asset, if it is to be read: measured, and its words neither by hand nor of this reader."""
    asset, text = session.get(Asset, asset_id), session.get(AssetText, (asset_id, OCR))
    if asset is None or asset.status != "ready":
        return None
    return asset if text is None or not (text.by_hand or text.reader == edition(hub)) else None


def _words(hub: Hub, sandbox: Sandbox, context: JobContext, asset: Asset) -> TextRead:
    """Return the words of an asset; none where its reader gives up, so that it is not asked again and again."""
    try:
        with hub.storage.local(original_key(asset.sha256)) as path:
            return sandbox.read(path, context.workdir, languages(hub.settings), cancelled=context.cancelled)
    except Cancelled:
        context.check()
        raise
    except (MediaError, NotFound) as error:
        if error.retry:
            raise
        LOG.warning("the words in %s cannot be read: %s", asset.id, error)
        return TextRead("")


def _keep(hub: Hub, session: Session, asset_id: str, found: TextRead) -> None:
    asked = languages(hub.settings)
    session.merge(
        AssetText(
            asset_id=asset_id,
            kind=OCR,
            words=found.words,
            language=asked[0] if len(asked) == 1 else "",
            confidence=found.confidence,
            reader=edition(hub),
            by_hand=False,
            changed_at=hub.now(),
        )
    )


def _ask(hub: Hub, after: str) -> dict[str, Any]:
    """Ask for the words of the next assets in order, and for the job that asks for those after them."""
    unread = or_(AssetText.asset_id.is_(None), ~AssetText.by_hand & (AssetText.reader != edition(hub)))
    wanted = select(Asset.id).outerjoin(AssetText, (AssetText.asset_id == Asset.id) & (AssetText.kind == OCR))
    wanted = wanted.where(Asset.status == "ready", Asset.id > after, unread).order_by(Asset.id).limit(SOME)
    with hub.database.write() as session:
        ids = session.scalars(wanted).all()
        for asset_id in ids:
            queue_reading(hub, session, asset_id)
        if len(ids) == SOME:
            options = Options(key=f"{JOB}:after:{ids[-1]}", priority=BULK, max_attempts=hub.settings.job_attempts)
            enqueue(session.connection(), JOB, {"after": ids[-1]}, options=options)
        else:
            session.merge(Meta(name=DONE, value=edition(hub)))
    return {"asked_for": len(ids)}
