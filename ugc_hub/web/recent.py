"""Short lists for pages: the newest packs, and the names of assets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from ugc_hub.accounts import Actor, require, sees
from ugc_hub.hub import Hub
from ugc_hub.models import Asset, Pack

MOST = 100


@dataclass(frozen=True)
class PackLine:
    """One line of the list of packs."""

    id: str
    name: str
    created_at: datetime
    assets: int
    presets: int


def packs(hub: Hub, actor: Actor) -> list[PackLine]:
    """Return the hundred newest packs."""
    require(actor, "pack.make")
    with hub.database.read() as session:
        rows = session.scalars(select(Pack).order_by(Pack.id.desc()).limit(MOST)).all()
    return [
        PackLine(
            row.id,
            row.name,
            row.created_at,
            len({item["asset_id"] for item in row.items}),
            len({item["preset_id"] for item in row.items}),
        )
        for row in rows
    ]


def asset_names(hub: Hub, actor: Actor, asset_ids: Sequence[str]) -> dict[str, str]:
    """Return the file names of those of the assets that the actor may see."""
    require(actor, "asset.view")
    with hub.database.read() as session:
        rows = session.scalars(select(Asset).where(Asset.id.in_(sorted(set(asset_ids))))).all()
    return {row.id: row.file_name for row in rows if sees(actor, row)}
