"""Removes bytes that no record names, once they are old enough not to belong to an upload under way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import Select, String, cast, func, select
from sqlalchemy.orm import Session

from storage import Stat
from ugc_hub import licensing
from ugc_hub.database import feed
from ugc_hub.hub import Hub, crash_point
from ugc_hub.licensing.signing import REMOTE
from ugc_hub.models import Asset, AssetClip, Rendition, Usage
from ugc_hub.permissions.music import discard, named_music, track_key
from ugc_hub.renditions.brands import named_files
from ugc_hub.renditions.kitfiles import file_key

from .keep import DERIVED, remove_original
from .posting import forget

FOLDERS = (
    "originals/",
    "previews/",
    "renditions/",
    "clips/",
    "brands/",
    "ingredients/",
    "copies/",
    "manifests/",
    "tracks/",
)
CLIPS_KEPT = timedelta(days=30)
"""A clip of which no version was made for so long is removed: it is large, and made again by whoever needs it."""
YOUNGEST_LEFTOVER_S = 6 * 3600
"""An upload may take hours; what came in so far is never cleared sooner, whatever grace was asked for."""


@dataclass
class Collected:
    """What a collection found: keys removed and keys left alone because they are young."""

    removed: list[str] = field(default_factory=list)
    young: list[str] = field(default_factory=list)
    leftovers: int = 0
    """Unfinished uploads that were cleared."""

    def as_dict(self) -> dict[str, Any]:
        """Return plain JSON."""
        return asdict(self)


def live_keys(session: Session) -> set[str]:
    """Return every storage key that a record names."""
    keys = {f"originals/{sha256}" for sha256 in session.scalars(select(Asset.sha256).where(Asset.status != "erased"))}
    for previews in session.scalars(select(Asset.previews)):
        keys |= {preview["key"] for preview in previews.values()}
    keys |= {key for key in session.scalars(select(Rendition.storage_key)) if key}
    keys |= {file_key(name) for name in named_files(session)}
    keys |= {track_key(name) for name in named_music(session)}
    return keys


def wanted_keys(hub: Hub, session: Session) -> set[str]:
    """Return what is kept as long as it is of use: files of live uses, ingredients of their credentials, and clips.

    Either may be missing without harm; it is made again. A manifest that a copy names by its address is not, so that
    it stays until the asset is erased; of those the folder of the use is named.
    """
    kept = select(Asset.sha256).where(Asset.status != "erased")
    keys = {licensing.ingredient_key(sha256) for sha256 in session.scalars(kept)}
    keys |= {licensing.manifest_key(usage_id) for usage_id in session.scalars(_signed_elsewhere())}
    keys |= {key for key in session.scalars(_clips_in_use(hub)) if key}
    keys |= {key for key in session.scalars(select(AssetClip.sheet_key)) if key}
    return keys | {licensing.copy_key(usage_id) for usage_id in session.scalars(_fetched_again(hub))}


def _clips_in_use(hub: Hub) -> Select[str | None]:
    used = func.coalesce(AssetClip.last_used_at, AssetClip.made_at)
    return select(AssetClip.storage_key).where(used > hub.now() - CLIPS_KEPT)


def _signed_elsewhere() -> Select[str]:
    erased = select(Asset.id).where(Asset.status == "erased")
    return select(Usage.id).where(Usage.credentials == REMOTE, Usage.asset_id.not_in(erased))


def _fetched_again(hub: Hub) -> Select[str]:
    """Select uses whose file is fetched again: by a link, or as what a download goes on with after a break."""
    recent = Usage.created_at > hub.now() - licensing.SAME_USE
    erased = select(Asset.id).where(Asset.status == "erased")
    again = Usage.token_sha256.is_not(None) | recent
    return select(Usage.id).where(Usage.status != "stopped", again, Usage.asset_id.not_in(erased))


def orphans(hub: Hub) -> Iterator[Stat]:
    """Yield what lies in the hub's folders of the storage and no record names."""
    with hub.database.read() as session:
        live = live_keys(session) | wanted_keys(hub, session)
    for folder in FOLDERS:
        yield from (stat for stat in hub.storage.list(folder) if not {stat.key, stat.key.rpartition("/")[0]} & live)


def collect(hub: Hub, *, grace_s: float | None = None, dry: bool = False) -> Collected:
    """Remove orphans older than the grace time (default: the setting) and what crashed uploads left."""
    grace = hub.settings.orphan_grace_s if grace_s is None else grace_s
    oldest = hub.now() - timedelta(seconds=grace)
    found = Collected()
    for stat in orphans(hub):
        if stat.modified_at > oldest:
            found.young.append(stat.key)
        elif dry or remove(hub, stat.key):
            found.removed.append(stat.key)
            crash_point("after_removed")
    if not dry:
        with hub.database.write() as session:
            forget(session, hub.now())
            feed.prune(hub.database, session, hub.now())
            licensing.forget_proofs(hub, session)
            licensing.forget_claims(hub, session)
            places = licensing.forget_places(hub, session)
        found.leftovers = hub.storage.sweep(max(int(grace), YOUNGEST_LEFTOVER_S))
        if places:
            hub.database.scour()  # the log of the database holds them still
    return found


def remove(hub: Hub, key: str) -> bool:
    """Remove one orphan unless a record came to name it meanwhile."""
    folder, _, name = key.partition("/")
    if folder == "originals":
        return remove_original(hub, name)
    if folder == "tracks":
        return discard(hub, name)
    with hub.database.write() as session:
        if folder in ("ingredients", "copies", "manifests"):
            return _remove_wanted(hub, session, key)
        hub.database.serialise(session, DERIVED)
        if folder == "brands" and name in named_files(session):
            return False
        rendition = select(Rendition.id).where(Rendition.storage_key == key)
        preview = select(Asset.id).where(cast(Asset.previews, String).contains(key, autoescape=True))
        clip = _clips_in_use(hub).where(AssetClip.storage_key == key)
        sheet = select(AssetClip.asset_id).where(AssetClip.sheet_key == key)
        if any(session.scalar(named.limit(1)) is not None for named in (rendition, preview, clip, sheet)):
            return False
        hub.storage.delete(key)
        return True


def _remove_wanted(hub: Hub, session: Session, key: str) -> bool:
    folder, _, name = key.partition("/")
    hub.database.serialise(session, key)
    naming = {
        "ingredients": select(Asset.id).where(Asset.sha256 == name, Asset.status != "erased"),
        "copies": _fetched_again(hub).where(Usage.id == name),
        "manifests": _signed_elsewhere().where(Usage.id == name.partition("/")[0]),
    }
    if session.scalar(naming[folder].limit(1)) is not None:
        return False
    hub.storage.delete(key)
    return True
