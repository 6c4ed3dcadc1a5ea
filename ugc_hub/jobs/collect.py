"""Removes bytes that no record names, once they are old enough not to belong to an upload under way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import String, cast, select
from sqlalchemy.orm import Session

from storage import Stat
from ugc_hub.hub import Hub
from ugc_hub.models import Asset, Rendition

from .keep import DERIVED, remove_original

FOLDERS = ("originals/", "previews/", "renditions/")
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
    return keys


def orphans(hub: Hub) -> Iterator[Stat]:
    """Yield what lies in the hub's folders of the storage and no record names."""
    with hub.database.read() as session:
        live = live_keys(session)
    for folder in FOLDERS:
        yield from (stat for stat in hub.storage.list(folder) if stat.key not in live)


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
    if not dry:
        found.leftovers = hub.storage.sweep(max(int(grace), YOUNGEST_LEFTOVER_S))
    return found


def remove(hub: Hub, key: str) -> bool:
    """Remove one orphan unless a record came to name it meanwhile."""
    folder, _, name = key.partition("/")
    if folder == "originals":
        return remove_original(hub, name)
    with hub.database.write() as session:
        hub.database.serialise(session, DERIVED)
        rendition = select(Rendition.id).where(Rendition.storage_key == key)
        preview = select(Asset.id).where(cast(Asset.previews, String).contains(key, autoescape=True))
        if any(session.scalar(named.limit(1)) is not None for named in (rendition, preview)):
            return False
        hub.storage.delete(key)
        return True
