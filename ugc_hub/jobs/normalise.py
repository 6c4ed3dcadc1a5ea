"""Makes the clip of a video, from which all its versions start: once, after everything that somebody waits for."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from ugc_hub.accounts import SYSTEM
from ugc_hub.catalog.captioned import EMBEDDED, Track, keep_track, shown
from ugc_hub.catalog.tongues import tag_in_file
from ugc_hub.hub import Hub, crash_point
from ugc_hub.ingest.accept import original_key
from ugc_hub.models import Asset, AssetClip
from ugc_hub.renditions.clips import GOES_ON
from workers.media import filming
from workers.media.answer import Progress
from workers.media.errors import Cancelled, MediaError
from workers.media.filming import Watching
from workers.media.sandbox import Sandbox
from workers.media.shapes import MediaFacts
from workers.media.video.cues import Unreadable, read
from workers.media.video.shapes import MEZZANINE_VERSION, Normalised
from workers.media.video.tracks import UNREADABLE
from workers.queue.context import JobContext
from workers.queue.jobs import due_now

from .keep import check_kept

MEDIA_TYPE = "video/quicktime"


@dataclass(frozen=True)
class Stored:
    """A clip whose files are in the storage, and where its own file lies on this machine as well."""

    made: Normalised
    path: Path
    key: str
    sha256: str
    sheet_key: str

    @property
    def keys(self) -> tuple[str, str]:
        """What the storage holds of it."""
        return self.key, self.sheet_key


def normalise(hub: Hub, sandbox: Sandbox, context: JobContext) -> Mapping[str, Any] | None:
    """Make the clip of the asset that the job names, unless it is there; a video without one gets the reason."""
    asset_id = str(context.job.payload["asset_id"])
    with hub.database.read() as session:
        asset, row = session.get(Asset, asset_id), session.get(AssetClip, asset_id)
    if asset is None or asset.status != "ready" or asset.kind != "video" or asset.facts is None or _is_there(hub, row):
        return {"asset_id": asset_id, "outcome": "nothing to do"}
    try:
        stored = make_clip(hub, sandbox, context, asset, tell=context.progress)
    except MediaError as error:
        if error.retry:
            raise
        _fail(hub, context, asset_id, error)
        return None
    crash_point("after_clip")
    with hub.database.write() as session:
        hub.database.serialise(session, f"clip:{asset_id}")
        keep_clip(hub, session, asset_id, stored)
        context.settle(session.connection(), {"asset_id": asset_id, "outcome": "ready"})
        crash_point("before_commit")
    return None


def _is_there(hub: Hub, row: AssetClip | None) -> bool:
    if row is None or row.status != "ready" or row.version != MEZZANINE_VERSION:
        return False
    return row.storage_key is not None and hub.storage.exists(row.storage_key)


def make_clip(hub: Hub, sandbox: Sandbox, context: JobContext, asset: Asset, *, tell: Progress) -> Stored:
    """Normalise the original of a measured video and store what comes of it; nothing is recorded yet.

    Raises the errors of `filming.normalise`.
    """
    folder = context.workdir / "clip"
    folder.mkdir()
    facts = MediaFacts.load(asset.facts or {})
    watching = Watching(context.cancelled, tell)
    try:
        with hub.storage.local(original_key(asset.sha256)) as path:
            made = filming.normalise(sandbox, path, facts, folder, watching=watching)
    except Cancelled:
        context.check()
        raise
    path, sheet = folder / made.path, folder / made.sheet.path
    sha256 = _sha256(path)
    stored = Stored(made, path, f"clips/{sha256}{path.suffix}", sha256, f"clips/{_sha256(sheet)}{sheet.suffix}")
    hub.storage.put(stored.key, path, content_type=MEDIA_TYPE)
    hub.storage.put(stored.sheet_key, sheet, content_type="image/jpeg")
    return stored


def keep_clip(hub: Hub, session: Session, asset_id: str, stored: Stored) -> None:
    """Record a clip in the caller's transaction, and wake what waits for it; what was erased meanwhile gets none."""
    check_kept(hub, session, stored.keys)
    due_now(session.connection(), GOES_ON, asset_id)
    asset = session.get(Asset, asset_id)
    if asset is None or asset.status != "ready":
        return
    row = session.get(AssetClip, asset_id) or AssetClip(asset_id=asset_id, job_id=None)
    if row.made_at is None:  # once: what somebody removed does not come back with a clip that is made again
        _tell(asset, (*stored.made.warnings, *_keep_captions(hub, session, asset, stored.made)))
    row.version, row.status, row.code, row.message = stored.made.clip.version, "ready", None, None
    row.clip, row.made_at = stored.made.clip.dump(), hub.now()
    row.storage_key, row.size_bytes, row.sha256 = stored.key, stored.made.size_bytes, stored.sha256
    row.sheet, row.sheet_key = replace(stored.made.sheet, path="").dump(), stored.sheet_key
    session.add(row)


def _tell(asset: Asset, codes: Iterable[str]) -> None:
    """Tell what was wrong with an original with its facts, where people look for it."""
    facts = asset.facts or {}
    asset.facts = {**facts, "warnings": list(dict.fromkeys([*facts.get("warnings", ()), *codes]))}


def _keep_captions(hub: Hub, session: Session, asset: Asset, made: Normalised) -> set[str]:
    """Keep the captions that lie in the original: of each language the first; return codes of what was wrong."""
    hub.database.serialise(session, f"texts:{asset.id}")
    kept, wrong = set(), set()
    for one in made.captions:
        tag = tag_in_file(one.language)
        try:
            cues = shown(read(one.track))
        except Unreadable:
            wrong.add(UNREADABLE)
            continue
        if cues and tag not in kept:
            kept.add(tag)
            keep_track(hub, session, asset, Track(tag, EMBEDDED, cues), actor=SYSTEM)
    return wrong


def _fail(hub: Hub, context: JobContext, asset_id: str, error: MediaError) -> None:
    with hub.database.write() as session:
        hub.database.serialise(session, f"clip:{asset_id}")
        row = session.get(AssetClip, asset_id)
        if row is not None:
            row.status, row.code, row.message = "failed", error.code, error.message
        due_now(session.connection(), GOES_ON, asset_id)
        context.settle(session.connection(), {"asset_id": asset_id, "outcome": "failed", "code": error.code})


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
