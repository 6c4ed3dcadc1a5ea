"""What a page, the API and the command line show of a rendition."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, select
from sqlalchemy.orm import Session

from storage import errors as stored
from ugc_hub.accounts import Actor, require, sees
from ugc_hub.catalog.view import load, ordered
from ugc_hub.errors import NotFound
from ugc_hub.hub import Hub
from ugc_hub.models import Asset, Rendition, RenditionUse
from workers.queue.jobs import BATCH, several
from workers.queue.shapes import Job, job_of
from workers.queue.table import jobs

EXTENSIONS = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
    "image/avif": ".avif",
    "image/gif": ".gif",
    "image/tiff": ".tif",
    "video/mp4": ".mp4",
    "video/webm": ".webm",
    "application/zip": ".zip",
}
ENDED = {"failed", "dead", "cancelled"}
"""States of a job after which a rendition that it should have made is not coming."""
OF_STORAGE = frozenset(
    kind.code for kind in vars(stored).values() if isinstance(kind, type) and issubclass(kind, stored.StorageError)
)
NOT_FOR_PEOPLE = {"internal_error", "no_workdir", "not_committed"} | OF_STORAGE
"""Codes of failures whose words may name folders and queries; the log has them, and the command line."""


def batches(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    """Cut a list of ids into pieces that one statement can take."""
    return (ids[start : start + BATCH] for start in range(0, len(ids), BATCH))


@dataclass(frozen=True)
class RenditionView:
    """One rendition with the presets that asked for it."""

    id: str
    asset_id: str
    status: str
    """`queued`, `running`, `ready` or `failed`."""
    code: str | None
    message: str | None
    """Why it failed, or what it is doing."""
    progress: float
    presets: tuple[str, ...]
    media_type: str
    width: int
    height: int
    size_bytes: int | None
    sha256: str | None
    quality: int | None
    job_id: int | None
    created_at: datetime
    plan: dict[str, Any]
    storage_key: str | None
    file_name: str
    measured: dict[str, Any] | None = None
    """What was read again of a finished video: `Measured`, with its loudness; of a still, its ThumbHash."""
    hidden: bool = False
    """Whether a legal order hides the asset: its plan decides what may be done with it, and is not shown."""
    job: Job | None = None
    """The job that makes it, as it stood when the view was built; None once it is made or refused."""

    @property
    def thumbhash(self) -> str | None:
        """The placeholder of a still of a video, of that very picture (base64); None for others."""
        return (self.measured or {}).get("thumbhash") or None

    def as_dict(self) -> dict[str, Any]:
        """Return plain JSON, without the place in the storage and what is for the queue; `plan` is {} where hidden."""
        plain = asdict(replace(self, job=None, plan={} if self.hidden else self.plan))
        del plain["storage_key"], plain["job"], plain["hidden"]
        plain["created_at"] = self.created_at.isoformat()
        plain["thumbhash"] = self.thumbhash
        return plain


def jobs_of(session: Session, rows: Iterable[Rendition]) -> dict[int, Job]:
    """Return by id the jobs that those of the renditions wait for which are not made yet."""
    return several(session.connection(), {row.job_id for row in rows if row.status == "queued" and row.job_id})


def state_of(row: Rendition, job: Job | None) -> tuple[str, str | None, str | None, float]:
    """Tell how far a rendition is; one whose job ended without it has failed, whatever its row says."""
    if row.status == "ready":
        return "ready", None, None, 1.0
    if row.status == "failed":
        return "failed", row.code, row.message, 0.0
    if job is None or job.state in ENDED or job.state == "done":
        return "failed", *_why(job), 0.0
    return job.state, None, job.message or None, job.progress


def _why(job: Job | None) -> tuple[str, str]:
    """Return code and sentence of a job that ended without the rendition; what nobody foresaw is not for people."""
    if job is None or job.state == "done":
        return "no_result", "The work ended without a result. Ask for it again."
    if job.state == "cancelled":
        return "cancelled", "It was cancelled."
    code = job.error_code or job.state
    if not job.error or code in NOT_FOR_PEOPLE:
        return code, "Something went wrong inside the hub. Ask for it again, or tell an administrator."
    return code, job.error


def _presets(session: Session, ids: Sequence[str]) -> dict[str, list[str]]:
    """Return the presets that asked for each rendition, the first one first."""
    presets: dict[str, list[str]] = {}
    for some in batches(ids):
        uses = select(RenditionUse.rendition_id, RenditionUse.preset_id).where(RenditionUse.rendition_id.in_(some))
        for rendition_id, preset_id in session.execute(
            uses.order_by(RenditionUse.requested_at, RenditionUse.preset_id)
        ):
            presets.setdefault(rendition_id, []).append(preset_id)
    return presets


def _with_jobs(*wanted: ColumnElement[bool]) -> Select[Any]:
    """Ask for renditions with their assets and the jobs that those wait for which are not made yet, all at once."""
    waited_for = and_(Rendition.status == "queued", jobs.c.id == Rendition.job_id)
    return select(Rendition, Asset, jobs).join(Asset).outerjoin(jobs, waited_for).where(*wanted)


def _views(session: Session, actor: Actor, found: Sequence[Row[Any]]) -> list[RenditionView]:
    """Build the views of renditions of any number of assets in a number of queries that is not theirs."""
    presets = _presets(session, [row.Rendition.id for row in found])
    hidden = ordered(session, actor, {row.Asset.id for row in found})
    views = []
    for one in found:
        row, asset, job = one.Rendition, one.Asset, job_of(one) if one.id is not None else None
        status, code, message, progress = state_of(row, job)
        views.append(
            RenditionView(
                id=row.id,
                asset_id=row.asset_id,
                status=status,
                code=code,
                message=message,
                progress=progress,
                presets=tuple(presets.get(row.id, ())),
                media_type=row.media_type,
                width=row.width,
                height=row.height,
                size_bytes=row.size_bytes,
                sha256=row.sha256,
                quality=row.quality,
                job_id=row.job_id,
                created_at=row.created_at,
                plan=row.plan,
                storage_key=row.storage_key,
                file_name=file_name(asset.file_name, presets.get(row.id, [""])[0], row),
                measured=None if asset.id in hidden else row.measured,
                hidden=asset.id in hidden,
                job=job,
            )
        )
    return views


def file_name(original: str, preset_id: str, row: Rendition) -> str:
    """Return a name that says what the file is: the original's stem, the preset, the size."""
    stem = PurePosixPath(original).stem[:80] or "asset"
    middle = f"_{preset_id}" if preset_id else ""
    return f"{stem}{middle}_{row.width}x{row.height}{EXTENSIONS.get(row.media_type, '')}"


def of_asset(hub: Hub, actor: Actor, asset_id: str) -> list[RenditionView]:
    """Return the renditions of one asset, newest first."""
    require(actor, "rendition.view")
    with hub.database.read() as session:
        load(session, actor, asset_id)
        wanted = _with_jobs(Rendition.asset_id == asset_id)
        return _views(session, actor, session.execute(wanted.order_by(Rendition.created_at.desc(), Rendition.id)).all())


def get_many(hub: Hub, actor: Actor, rendition_ids: Iterable[str]) -> dict[str, RenditionView]:
    """Return the renditions of these ids that the actor may see, by id; ids that none has are left out."""
    require(actor, "rendition.view")
    views: dict[str, RenditionView] = {}
    with hub.database.read() as session:
        for some in batches(sorted(set(rendition_ids))):
            found = session.execute(_with_jobs(Rendition.id.in_(some)))
            seen = [row for row in found if sees(actor, row.Asset)]
            views |= {view.id: view for view in _views(session, actor, seen)}
    return views


def get(hub: Hub, actor: Actor, rendition_id: str) -> RenditionView:
    """Return one rendition.

    Raises:
        NotFound: there is none, or the actor may not see its asset.
    """
    require(actor, "rendition.view")
    with hub.database.read() as session:
        row = session.execute(_with_jobs(Rendition.id == rendition_id)).one_or_none()
        if row is None:
            raise NotFound("There is no such rendition.")
        load(session, actor, row.Rendition.asset_id)
        return _views(session, actor, [row])[0]
