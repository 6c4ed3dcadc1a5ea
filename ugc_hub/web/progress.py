"""How far an upload is: received, ready, refused with the reason, or given up."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from ugc_hub import catalog
from ugc_hub.accounts import Actor, may
from ugc_hub.catalog import Link
from ugc_hub.errors import Gone
from ugc_hub.hub import Hub
from ugc_hub.licensing import doubt
from workers.queue.jobs import get as job_of

SAME = {
    "same_pixels": "The same picture is already in the library, with other metadata.",
    "near_duplicate": "A very similar picture is already in the library.",
}


@dataclass(frozen=True)
class UploadState:
    """The state of one upload, in words. `status` is received, ready, refused or failed."""

    asset_id: str
    status: str
    message: str
    code: str | None = None
    file_name: str = ""
    duplicate: bool = False
    links: tuple[Link, ...] = field(default=())
    warning: str | None = None
    """What a person should look at, though the file was taken; see `licensing.doubt`."""
    missing: tuple[str, ...] = ()
    """Names of required fields of its campaign that say nothing of it."""


def upload_state(hub: Hub, actor: Actor, asset_id: str) -> UploadState:
    """Tell how far an upload is.

    Raises:
        NotFound: there is none of this id, or the actor may not know of it.
    """
    try:
        asset = catalog.get(hub, actor, asset_id)
    except Gone as error:
        return UploadState(asset_id, "refused", error.message, error.code)
    missing = asset.missing if may(actor, "field.view") else ()
    if asset.status == "ready":
        kinds = [link.kind for link in asset.links]
        kind = next((kind for kind in SAME if kind in kinds), None)
        words = SAME[kind] if kind else "Ready."
        with hub.database.read() as session:
            warning = doubt(hub, session, asset_id)
        told = UploadState(asset_id, "ready", words, kind, asset.file_name, links=asset.links, warning=warning)
        return replace(told, missing=missing)
    job = None
    if asset.job_id is not None:
        with hub.database.read() as session:
            job = job_of(session.connection(), asset.job_id)
    if job is not None and job.state in {"failed", "dead", "cancelled"}:
        words = "Looking at this file failed. It is kept; an administrator can try again on the page of jobs."
        code = job.error_code or job.state
        return UploadState(asset_id, "failed", words, code, asset.file_name, missing=missing)
    words = "Received; it is being looked at."
    return UploadState(asset_id, "received", words, None, asset.file_name, missing=missing)
