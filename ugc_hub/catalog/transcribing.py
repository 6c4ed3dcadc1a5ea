"""What is said in a video, heard by a program: asked for, followed, stopped; people check what comes of it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy.orm import Session

from ugc_hub.accounts import Actor, require
from ugc_hub.audit import record
from ugc_hub.errors import Conflict, Invalid
from ugc_hub.hub import Hub
from ugc_hub.models import Asset
from workers.media.shapes import MediaFacts
from workers.queue import jobs as queue
from workers.queue.shapes import NORMAL, Job, Options, Query

from .cueing import editable
from .tongues import UNKNOWN, tag_of
from .view import load_shown

JOB = "transcribe"
NOBODY = (
    "No speech recogniser is set up here. Write the captions or give a file, or have the setting speech_recogniser "
    "name one."
)
SILENT = "Nobody was heard speaking in this video."
_WORDS = {
    "cancelled": "It was stopped.",
    "dead": "The program did not come to an end. Ask again, or write the captions by hand.",
    "failed": "Something went wrong inside the hub. Ask again, or tell an administrator.",
}
_INSIDE = frozenset({"internal_error", "no_workdir", "not_committed"})
"""Codes of failures whose words may name folders; the log has them."""


@dataclass(frozen=True)
class TranscriptionView:
    """How far the transcription of one video is that was asked for last."""

    asset_id: str
    language: str
    """The hint that was given; empty where nobody knew."""
    job_id: int
    status: str
    """`queued`, `running`, `done`, `failed` or `cancelled`."""
    progress: float = 0.0
    code: str | None = None
    message: str | None = None
    """What it is at, or why nothing came of it."""
    cues: int | None = None
    """How many captions came of it, where it is done."""

    @property
    def under_way(self) -> bool:
        """Whether it waits or runs."""
        return self.status in ("queued", "running")

    def as_dict(self) -> dict[str, Any]:
        """Return plain JSON."""
        return asdict(self)


def ask_transcription(hub: Hub, actor: Actor, asset_id: str, *, language: str | None = None) -> TranscriptionView:
    """Have a program hear what is said in a video; what waits or runs already is returned instead.

    `language` is a hint; None: that of the asset. What people gave or edited stays, and counts before it.

    Raises:
        Conflict: no program is set up for it (`no_recogniser`); else as `add_captions`.
        Invalid: the video has no sound, or the language is none.
    """
    if not hub.settings.speech_recogniser:
        require(actor, "asset.edit")
        raise Conflict(NOBODY, code="no_recogniser")
    with hub.database.write() as session:
        asset = editable(hub, session, actor, asset_id)
        if asset.facts is None or MediaFacts.load(asset.facts).audio is None:
            raise Invalid("The video has no sound. Write its captions by hand.", code="no_sound")
        tag = tag_of(asset.language if language is None else language)
        known = _last(session, asset_id)
        if known is None or not known.under_way:
            known = _queue(hub, session, asset, "" if tag == UNKNOWN else tag)
            record(session, hub.now(), "captions.asked", asset_id, actor=actor.user_id, language=tag)
    hub.ring()
    return known


def transcription_of(hub: Hub, actor: Actor, asset_id: str) -> TranscriptionView | None:
    """Return how far the transcription of a video is that was asked for last; None where it was not, or long ago.

    Raises: as `list_captions`.
    """
    with hub.database.read() as session:
        load_shown(session, actor, asset_id)
        return _last(session, asset_id)


def stop_transcription(hub: Hub, actor: Actor, asset_id: str) -> TranscriptionView | None:
    """Stop the transcription of a video; nothing comes of it. What has ended stays as it is.

    Raises: as `add_captions`.
    """
    with hub.database.write() as session:
        editable(hub, session, actor, asset_id)
        known = _last(session, asset_id)
        if known is not None and known.under_way and queue.cancel(session.connection(), known.job_id):
            record(session, hub.now(), "job.cancelled", str(known.job_id), actor=actor.user_id)
            known = _last(session, asset_id)
    hub.ring()
    return known


def _queue(hub: Hub, session: Session, asset: Asset, language: str) -> TranscriptionView:
    attempts = hub.settings.job_attempts
    options = Options(key=f"{JOB}:{asset.id}", group=asset.id, priority=NORMAL, max_attempts=attempts)
    asked = {"asset_id": asset.id, "language": language}
    return TranscriptionView(
        asset.id, language, queue.enqueue(session.connection(), JOB, asked, options=options), "queued"
    )


def _last(session: Session, asset_id: str) -> TranscriptionView | None:
    found = queue.find(session.connection(), Query(kind=JOB, group=asset_id, limit=1))
    return _view(found[0]) if found else None


def _view(job: Job) -> TranscriptionView:
    status = {"dead": "failed"}.get(job.state, str(job.state))
    if job.cancel_requested and status == "running":
        status = "cancelled"
    message: str | None = job.message or None
    if status == "cancelled":
        message = _WORDS["cancelled"]
    elif status == "failed":
        own = job.state == "failed" and job.error and job.error_code not in _INSIDE
        message = job.error if own else _WORDS[job.state]
    result = job.result or {}
    cues = int(result.get("cues", 0)) if status == "done" else None
    if status == "done":
        message = None if cues else SILENT
    language = str(job.payload.get("language", ""))
    return TranscriptionView(
        str(job.payload["asset_id"]), language, job.id, status, job.progress, job.error_code, message, cues
    )
