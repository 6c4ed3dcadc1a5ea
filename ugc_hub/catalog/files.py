"""Where the bytes of an asset lie, for those who may have them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath

from ugc_hub.accounts import Actor, require
from ugc_hub.errors import NotFound
from ugc_hub.hub import Hub

from .view import load


@dataclass(frozen=True)
class FileOut:
    """One stored file to hand out: where it lies and how it is called."""

    storage_key: str
    media_type: str
    size_bytes: int | None
    download_name: str
    etag: str
    """Changes when the bytes do."""


def preview_file(hub: Hub, actor: Actor, asset_id: str, name: str) -> FileOut:
    """Return one of the asset's previews: `thumb`, `preview` or `poster`.

    Raises:
        NotFound: there is none of this name (yet).
    """
    with hub.database.read() as session:
        asset = load(session, actor, asset_id)
    preview = asset.previews.get(name)
    if preview is None:
        raise NotFound("There is no such preview of this asset.")
    key = str(preview["key"])
    return FileOut(key, preview["media_type"], None, f"{asset.id}-{name}{PurePosixPath(key).suffix}", key)


def original_file(hub: Hub, actor: Actor, asset_id: str) -> FileOut:
    """Return the original for downloading; its name ends as its content demands, whatever it was called.

    Raises:
        Forbidden: the actor may not have originals.
    """
    with hub.database.read() as session:
        asset = load(session, actor, asset_id)
    require(actor, "asset.original", asset)
    name = with_extension(asset.file_name, asset.extension)
    return FileOut(f"originals/{asset.sha256}", asset.media_type, asset.size_bytes, name, asset.sha256)


def with_extension(name: str, extension: str) -> str:
    """Return the name with the ending that fits the content, replacing one that lies."""
    path = PurePosixPath(name)
    if path.suffix.lower() in {extension, ".jpeg" if extension == ".jpg" else extension}:
        return name
    stem = path.stem if 1 < len(path.suffix) <= 6 else name
    return f"{stem or 'file'}{extension}"
