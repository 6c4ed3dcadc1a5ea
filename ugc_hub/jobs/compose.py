"""Makes a piece: the clips of its assets, what the composition makes of them, and a new asset by the one door."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ugc_hub import compositions
from ugc_hub.accounts import SYSTEM
from ugc_hub.audit import record
from ugc_hub.errors import HubError
from ugc_hub.hub import Hub, crash_point
from ugc_hub.ingest.accept import Accepted, Upload, accept, original_key
from ugc_hub.licensing import Whole, closed_among, tie_parts
from ugc_hub.models import Asset, AssetClip, Creator, Piece
from workers.media.answer import Progress
from workers.media.composition.running import Score, Take
from workers.media.composition.running import compose as played
from workers.media.composition.shapes import PHOTO, Composed
from workers.media.errors import Cancelled, MediaError
from workers.media.filming import Watching
from workers.media.sandbox import Sandbox
from workers.media.shapes import Box, ImagePlan, Recipe
from workers.media.video.shapes import MEZZANINE_VERSION, Clip
from workers.queue.context import JobContext

from .normalise import Stored, keep_clip, make_clip

LARGEST = 2160
"""Pixels of the longer side of a photo that goes in: more than any canvas shows of it."""
RATE = (30, 1)
"""Frames a second of what is made of photos alone."""
STILL = Recipe("compose", 1, "png")
PREPARING = 0.3
"""Share of the work that is preparing clips which are not there."""


def compose(hub: Hub, sandbox: Sandbox, context: JobContext) -> Mapping[str, Any] | None:
    """Make the piece that the job names, once; what cannot be made gets the reason in words."""
    piece_id = str(context.job.payload["piece_id"])
    with hub.database.read() as session:
        piece = session.get(Piece, piece_id)
    if piece is None or piece.status != "queued":
        return {"piece_id": piece_id, "outcome": "nothing to do"}
    try:
        made = _make(hub, sandbox, context, piece)
        crash_point("after_composed")
        kept = _take_in(hub, context, piece, made)
    except Cancelled:
        context.check()
        raise
    except (MediaError, HubError) as error:
        if error.retry:
            raise
        _settle(hub, context, piece_id, code=error.code, message=error.message)
        return None
    if kept.status == "refused":
        _settle(hub, context, piece_id, code=kept.code or "refused", message=kept.message)
    else:
        _settle(hub, context, piece_id, asset_id=kept.asset_id)
    return None


def _make(hub: Hub, sandbox: Sandbox, context: JobContext, piece: Piece) -> Composed:
    found = compositions.found_as(hub, piece.composition)
    with hub.database.read() as session:
        if gone := closed_among(session, piece.parts):
            words = f"On hold, taken down, erased or in the trash meanwhile: {', '.join(gone)}."
            raise MediaError(words, code="part_closed")
        names = {one: _maker(session, one) for one in piece.parts}
        photos = set(session.scalars(select(Asset.id).where(Asset.id.in_(piece.parts), Asset.kind == "image")))
    with ExitStack() as stack:
        clips = {}
        ids = list(dict.fromkeys(piece.parts))
        for number, asset_id in enumerate(one for one in ids if one not in photos):
            clips[asset_id] = _clip(hub, sandbox, context, which=(asset_id, number, len(ids)), stack=stack)
        rate = next((clips[one][1].rate for one in ids if one in clips), RATE)
        for asset_id in photos:
            clips[asset_id] = _photo(hub, sandbox, context, asset_id, lasts=(_photo_s(piece), rate))
        takes = [Take(*clips[asset_id], names[asset_id], still=asset_id in photos) for asset_id in piece.parts]

        def tell(part: float, words: str) -> None:
            context.progress(PREPARING + (0.97 - PREPARING) * part, words)

        watching = Watching(context.cancelled, tell)
        return played(sandbox, Score(found, takes, piece.values), _folder(context, "piece"), watching=watching)


def _folder(context: JobContext, name: str) -> Path:
    folder = context.workdir / name
    folder.mkdir(exist_ok=True)
    return folder


def _maker(session: Session, asset_id: str) -> str:
    asset = session.get_one(Asset, asset_id)
    creator = session.get(Creator, asset.creator_id) if asset.creator_id else None
    return f"@{creator.handle}" if creator else ""


def _clip(
    hub: Hub, sandbox: Sandbox, context: JobContext, *, which: tuple[str, int, int], stack: ExitStack
) -> tuple[Path, Clip]:
    """Return the clip of one asset on this machine, made here where it is not there yet."""
    asset_id, number, count = which
    with hub.database.read() as session:
        asset, row = session.get_one(Asset, asset_id), session.get(AssetClip, asset_id)
    if row is not None and row.status == "failed" and row.version == MEZZANINE_VERSION and row.message:
        raise MediaError(row.message, code=row.code or "clip_failed")
    ready = row is not None and row.status == "ready" and row.version == MEZZANINE_VERSION
    if row is not None and ready and row.storage_key and row.clip and hub.storage.exists(row.storage_key):
        path = stack.enter_context(hub.storage.local(row.storage_key))
        with hub.database.write() as session:
            session.get_one(AssetClip, asset_id).last_used_at = hub.now()
        return path, Clip.load(row.clip)

    def tell(part: float, _words: str) -> None:
        context.progress(PREPARING * (number + part) / count, f"Preparing video {number + 1} of {count}")

    stored = _made_clip(hub, sandbox, context, asset, tell=tell)
    return stored.path, stored.made.clip


def _photo_s(piece: Piece) -> float:
    """Return how long a photo is shown; pieces of earlier releases had none."""
    return float(piece.values.get(PHOTO.name, PHOTO.default))


def _photo(
    hub: Hub, sandbox: Sandbox, context: JobContext, asset_id: str, *, lasts: tuple[float, tuple[int, int]]
) -> tuple[Path, Clip]:
    """Return a photo upright and at most as large as a canvas, and the clip that stands still in its place."""
    seconds, rate = lasts
    with hub.database.read() as session:
        asset = session.get_one(Asset, asset_id)
    shown = (asset.width or 2, asset.height or 2)
    scale = min(1.0, LARGEST / max(shown))
    width, height = (max(2, round(side * scale / 2) * 2) for side in shown)
    plan = ImagePlan(width, height, Box(0, 0, *shown), Box(0, 0, width, height), STILL)
    folder = _folder(context, f"photo-{asset_id}")
    try:
        with hub.storage.local(original_key(asset.sha256)) as source:
            (made,) = sandbox.render(source, [plan], folder, cancelled=context.cancelled)
    except Cancelled:
        context.check()
        raise
    frames = max(1, round(seconds * rate[0] / rate[1]))
    return folder / made.path, Clip(width, height, frames, rate)


class _Part(JobContext):
    """The same attempt at the same job, in a folder of its own."""

    def __init__(self, whole: JobContext, workdir: Path) -> None:
        super().__init__(whole.job, workdir)
        self._attempt = whole

    def cancelled(self) -> bool:
        """Whether the whole is to end."""
        return self._attempt.cancelled()

    def check(self) -> None:
        """Raise what the whole raises."""
        self._attempt.check()


def _made_clip(hub: Hub, sandbox: Sandbox, context: JobContext, asset: Asset, *, tell: Progress) -> Stored:
    stored = make_clip(hub, sandbox, _Part(context, _folder(context, f"part-{asset.id}")), asset, tell=tell)
    with hub.database.write() as session:
        hub.database.serialise(session, f"clip:{asset.id}")
        keep_clip(hub, session, asset.id, stored)
    return stored


def _take_in(hub: Hub, context: JobContext, piece: Piece, made: Composed) -> Accepted:
    """Hand the file to the one door; the same piece made twice is the same asset."""
    context.progress(0.98, "Taking it in")
    whole = Whole(tuple(piece.parts), frozenset(piece.edits))
    upload = Upload(f"{piece.title}.mp4", "compose", size_bytes=made.size_bytes, whole=whole)
    with (context.workdir / "piece" / made.path).open("rb") as file:
        kept = accept(hub, SYSTEM, file, upload)
    if kept.duplicate and kept.status != "refused":
        with hub.database.write() as session:
            tie_parts(hub, session, SYSTEM, asset_id=kept.asset_id, whole=whole)
    return kept


def _settle(
    hub: Hub,
    context: JobContext,
    piece_id: str,
    *,
    asset_id: str | None = None,
    code: str | None = None,
    message: str | None = None,
) -> None:
    with hub.database.write() as session:
        row = session.get_one(Piece, piece_id)
        row.status = "failed" if asset_id is None else "ready"
        row.asset_id, row.code, row.message = asset_id, code, message
        if asset_id is None:
            record(session, hub.now(), "piece.failed", piece_id, code=code)
        else:
            asset = session.get_one(Asset, asset_id)
            asset.title = asset.title or row.title
            record(session, hub.now(), "piece.ready", piece_id, asset=asset_id)
        context.settle(session.connection(), {"piece_id": piece_id, "outcome": row.status, "asset_id": asset_id})
        crash_point("before_commit")
