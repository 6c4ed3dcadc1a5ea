"""Hears what is said in a video, once somebody has asked for it; what people wrote or edited stays and counts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ugc_hub.accounts import SYSTEM
from ugc_hub.catalog.captioned import HEARD, Track, keep_track
from ugc_hub.catalog.tongues import tag_in_file
from ugc_hub.catalog.transcribing import NOBODY
from ugc_hub.hub import Hub, crash_point
from ugc_hub.models import Asset, AssetClip
from workers.media import filming
from workers.media.errors import Cancelled, MediaError
from workers.media.filming import Talk, Watching
from workers.media.sandbox import Sandbox
from workers.media.speech import Line, Speech, Word, title
from workers.media.video.shapes import MEZZANINE_VERSION, Cue
from workers.queue.context import JobContext

from .keep import DERIVED
from .normalise import keep_clip, make_clip

PREPARING = 0.3
"""Of the whole work, where the clip has to be made first."""


def transcribe(hub: Hub, sandbox: Sandbox, context: JobContext) -> Mapping[str, Any] | None:
    """Hear the video that the job names; its captions are marked as heard, with who heard them."""
    asset_id, hint = str(context.job.payload["asset_id"]), str(context.job.payload["language"])
    if not hub.settings.speech_recogniser:
        raise MediaError(NOBODY, code="no_recogniser")
    with hub.database.read() as session:
        asset = session.get(Asset, asset_id)
    if asset is None or asset.status != "ready" or asset.kind != "video":
        return {"asset_id": asset_id, "outcome": "nothing to do"}
    found = _heard(hub, sandbox, context, asset, hint=hint)
    crash_point("after_heard")
    language = tag_in_file(found.language or hint)
    with hub.database.write() as session:
        hub.database.serialise(session, f"texts:{asset_id}")
        asset = session.get(Asset, asset_id)
        if asset is not None and asset.status == "ready" and found.lines:
            reader = title(hub.settings.speech_recogniser, language)
            words = tuple(_cue(word) for line in found.lines for word in line.words)
            cues = tuple(map(_cue, found.lines))
            keep_track(hub, session, asset, Track(language, HEARD, cues, reader, words), actor=SYSTEM)
        done = {"asset_id": asset_id, "language": language, "cues": len(found.lines)}
        context.settle(session.connection(), done)
        crash_point("before_commit")
    return None


def _cue(heard: Line | Word) -> Cue:
    return Cue(heard.start_ms / 1000, heard.end_ms / 1000, heard.text)


def _heard(hub: Hub, sandbox: Sandbox, context: JobContext, asset: Asset, *, hint: str) -> Speech:
    with _clip(hub, sandbox, context, asset) as (path, begun):

        def tell(part: float, words: str) -> None:
            context.progress(begun + (1 - begun) * part, words)

        folder = context.workdir / "voice"
        folder.mkdir()
        wanted = Talk(asset.sha256, hint, hub.settings.speech_files)
        try:
            return filming.transcribe(sandbox, path, wanted, folder, watching=Watching(context.cancelled, tell))
        except Cancelled:
            context.check()
            raise


@contextmanager
def _clip(hub: Hub, sandbox: Sandbox, context: JobContext, asset: Asset) -> Iterator[tuple[Path, float]]:
    """Yield the file of the clip, made here where it is not there, and how much of the work that was."""
    with hub.database.write() as session:
        hub.database.serialise(session, DERIVED)  # so that no collection removes the clip between this and its use
        row = session.get(AssetClip, asset.id)
        key = row.storage_key if row is not None and row.version == MEZZANINE_VERSION else None
        if row is not None and key is not None:
            row.last_used_at = hub.now()
    if key is not None and hub.storage.exists(key):
        with hub.storage.local(key) as path:
            yield path, 0.0
        return

    def tell(part: float, words: str) -> None:
        context.progress(PREPARING * part, f"Preparing the video. {words}".strip())

    stored = make_clip(hub, sandbox, context, asset, tell=tell)
    with hub.database.write() as session:
        hub.database.serialise(session, f"clip:{asset.id}")
        keep_clip(hub, session, asset.id, stored)
    crash_point("after_clip")
    yield stored.path, PREPARING
