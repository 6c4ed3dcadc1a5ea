"""Where the bytes of an asset lie, for those who may have them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import PurePosixPath

from sqlalchemy import select

from ugc_hub.accounts import SYSTEM, Actor, require
from ugc_hub.errors import Gone, LegalOrder, NotFound
from ugc_hub.hub import Hub
from ugc_hub.licensing import Copy, Left, StatedUse, hand_over
from ugc_hub.models import Asset, AssetClip, AssetRights
from workers.media.video.shapes import Clip, Sheet

from .view import ORDERED, load, load_shown

CLOSED = frozenset({"hold", "taken_down", "erased"})
"""Statuses in which nobody is shown an asset who is not signed in."""
BY_LINK = ("preview", "poster", "thumb")
"""Which preview somebody with a link is shown, best first."""
INSIDE = "internal"
"""Channel of an original for which nobody says more."""
SHEET = "sheet"


@dataclass(frozen=True)
class FileOut:
    """One stored file to hand out: where it lies and how it is called."""

    storage_key: str
    media_type: str
    size_bytes: int | None
    download_name: str
    etag: str
    """Changes when the bytes do."""
    data: bytes | None = None
    """The bytes, where they were made for this use and do not lie in the storage."""
    start: int = 0
    """Where they begin in what is stored; `size_bytes` of it are the file."""
    tail: bytes = b""
    """How the file ends, where it is as stored but for its end; `size_bytes` counts both."""


def preview_file(hub: Hub, actor: Actor, asset_id: str, name: str) -> FileOut:
    """Return one of the asset's previews: `thumb`, `preview`, `poster`, or `sheet` (the small pictures of a video).

    Raises:
        NotFound: there is none of this name (yet).
        LegalOrder: only legal and administrators may look at it.
    """
    with hub.database.read() as session:
        asset = load_shown(session, actor, asset_id)
        if name == SHEET:
            return _sheet_file(session.get(AssetClip, asset_id), asset_id)
    return _preview(asset, name)


@dataclass(frozen=True)
class SheetView:
    """How the small pictures of a video lie in their file, and how long the video lasts."""

    sheet: Sheet
    duration_s: float


def sheet_of(hub: Hub, actor: Actor, asset_id: str) -> SheetView | None:
    """Return how the small pictures of a video lie in `preview_file(..., "sheet")`; None where there are none (yet).

    Raises:
        NotFound: there is no such asset.
        LegalOrder: only legal and administrators may look at them.
    """
    with hub.database.read() as session:
        load_shown(session, actor, asset_id)
        row = session.get(AssetClip, asset_id)
        if row is None or row.sheet is None or row.clip is None:
            return None
        return SheetView(Sheet.load(row.sheet), Clip.load(row.clip).duration_s)


def _sheet_file(row: AssetClip | None, asset_id: str) -> FileOut:
    if row is None or row.sheet_key is None:
        raise NotFound("There is no such preview of this asset.")
    return FileOut(row.sheet_key, "image/jpeg", None, f"{asset_id}-{SHEET}.jpg", row.sheet_key)


def linked_preview(hub: Hub, asset_id: str) -> FileOut:
    """Return the marked preview of an asset for somebody who is asked about it by a link, and not signed in.

    Raises:
        NotFound: there is none (yet).
        Gone: the asset is on hold, taken down or erased.
        LegalOrder: the same, because of a legal order.
    """
    with hub.database.read() as session:
        asset = load(session, SYSTEM, asset_id)
        rights = session.get(AssetRights, asset_id)
    if rights is not None and rights.legal_order:
        raise LegalOrder(ORDERED)
    if asset.trashed_at is not None or (rights is not None and rights.status in CLOSED):
        raise Gone("This picture is not shown at the moment.", code="not_shown")
    return _preview(asset, next((name for name in BY_LINK if name in asset.previews), "preview"))


def shown_by_link(hub: Hub, ids: Collection[str]) -> set[str]:
    """Return which assets `linked_preview` shows: a page says a sentence in the place of the others."""
    closed = select(AssetRights.asset_id).where(AssetRights.legal_order | AssetRights.status.in_(CLOSED))
    wanted = select(Asset).where(Asset.id.in_(list(ids)), Asset.trashed_at.is_(None), Asset.id.not_in(closed))
    with hub.database.read() as session:
        return {row.id for row in session.scalars(wanted) if set(BY_LINK) & set(row.previews)}


def _preview(asset: Asset, name: str) -> FileOut:
    preview = asset.previews.get(name)
    if preview is None:
        raise NotFound("There is no such preview of this asset.")
    key = str(preview["key"])
    return FileOut(key, preview["media_type"], None, f"{asset.id}-{name}{PurePosixPath(key).suffix}", key)


def take_original(
    hub: Hub, actor: Actor, asset_id: str, *, stated: StatedUse, door: str = "download", acknowledged: str = ""
) -> tuple[FileOut, Left]:
    """Hand over the original, exactly as it came, for a use (default: inside the house).

    Its name ends as its content demands, whatever it was called. `door` is the exit that the ledger names.

    Raises:
        Forbidden: the actor may not have originals.
        RightsDenied, Conflict: as `licensing.hand_over`.
    """
    with hub.database.read() as session:
        asset = load(session, actor, asset_id)
    require(actor, "asset.original", asset)
    use = stated.use(hub, stated.channel or INSIDE)
    copy = Copy(asset.id, door, use, sha256=asset.sha256, perceptual_hash=asset.perceptual_hash)
    left = hand_over(hub, actor, copy, acknowledged=acknowledged)
    name = with_extension(asset.file_name, asset.extension)
    return FileOut(f"originals/{asset.sha256}", asset.media_type, asset.size_bytes, name, asset.sha256), left


def with_extension(name: str, extension: str) -> str:
    """Return the name with the ending that fits the content, replacing one that lies."""
    path = PurePosixPath(name)
    if path.suffix.lower() in {extension, ".jpeg" if extension == ".jpg" else extension}:
        return name
    stem = path.stem if 1 < len(path.suffix) <= 6 else name
    return f"{stem or 'file'}{extension}"
