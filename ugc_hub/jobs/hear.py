"""Measures the file of a track: how long and how loud it is, or a refusal in words that leaves nothing of its bytes."""

from __future__ import annotations

from typing import Any

from ugc_hub.audit import record
from ugc_hub.hub import Hub, crash_point
from ugc_hub.models import TrackFile
from ugc_hub.permissions.music import REFUSED, discard, track_key
from workers.media import filming
from workers.media.errors import Cancelled, MediaError
from workers.media.filming import Watching
from workers.media.sandbox import Sandbox
from workers.media.video.shapes import Heard
from workers.queue.context import JobContext


def hear(hub: Hub, sandbox: Sandbox, context: JobContext) -> dict[str, Any] | None:
    """Measure the file that the job names, once; another file that came in its place has a job of its own."""
    track_id, sha256 = (str(context.job.payload[name]) for name in ("track_id", "sha256"))
    with hub.database.read() as session:
        if _waiting(session.get(TrackFile, track_id), sha256) is None:
            return {"track_id": track_id, "outcome": "nothing to do"}
    found: Heard | MediaError
    try:
        with hub.storage.local(track_key(sha256)) as path:
            found = filming.hear(sandbox, path, context.workdir, watching=Watching(context.cancelled))
    except Cancelled:
        context.check()
        raise
    except MediaError as error:
        if error.retry:
            raise
        found = error
    _keep(hub, context, (track_id, sha256), found)
    if isinstance(found, MediaError):
        crash_point("after_refusal")
        discard(hub, sha256)
    return None


def _waiting(row: TrackFile | None, sha256: str) -> TrackFile | None:
    return row if row is not None and row.sha256 == sha256 and row.status == "received" else None


def _keep(hub: Hub, context: JobContext, about: tuple[str, str], found: Heard | MediaError) -> None:
    track_id, sha256 = about
    with hub.database.write() as session:
        hub.database.serialise(session, f"track:{track_id}")
        row = _waiting(session.get(TrackFile, track_id, populate_existing=True), sha256)
        if row is None:
            outcome = "nothing to do"
        elif isinstance(found, MediaError):
            outcome = REFUSED
            row.status, row.code, row.message = REFUSED, found.code, found.message
            record(session, hub.now(), "track.file_refused", track_id, code=found.code)
        else:
            outcome = "ready"
            row.status, row.media_type, row.seconds = "ready", found.media_type, found.seconds
            row.loudness_lufs, row.true_peak_dbtp = found.loudness_lufs, found.true_peak_dbtp
            record(session, hub.now(), "track.file_ready", track_id, sha256=sha256)
        context.settle(session.connection(), {"track_id": track_id, "outcome": outcome})
        crash_point("before_commit")
