"""The trash: nothing leaves the house from it, and what lay there for long is erased."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, bindparam, exists, select
from sqlalchemy.orm import Session, aliased

from ugc_hub.accounts import SYSTEM
from ugc_hub.errors import Gone
from ugc_hub.hub import Hub, crash_point
from ugc_hub.models import Asset, AssetIngredient, AssetRights, Usage

from .erasing import ERASED, erase_in

INSIDE = "internal"
"""Channel of copies that stay in the house."""
BATCH = 200


def trashed(session: Session, asset_ids: Collection[str]) -> set[str]:
    """Return which of these assets lie in the trash, or were composed of something that does."""
    return set(session.scalars(_TRASHED, {"ids": list(asset_ids)}))


def _trashed() -> Select[str]:
    asked = select(Asset.id.label("asset_id"), Asset.id.label("part_id"))
    parts = asked.where(Asset.id.in_(bindparam("ids", expanding=True))).cte("parts", recursive=True)
    below = select(parts.c.asset_id, AssetIngredient.ingredient_id)
    parts = parts.union(below.join(AssetIngredient, AssetIngredient.asset_id == parts.c.part_id))
    return select(parts.c.asset_id).join(Asset, Asset.id == parts.c.part_id).where(Asset.trashed_at.is_not(None))


_TRASHED = _trashed()
"""Put together once: for every download that took as long as asking it."""


def in_trash() -> Gone:
    """Return the error of an exit for an asset that lies in the trash, or a part of which does."""
    words = "This asset, or something that it was composed of, is in the trash. Take it out of there first."
    return Gone(words, code="in_trash")


def held() -> ColumnElement[bool]:
    """Say which assets are neither trashed nor erased by the trash: a hold or an order keeps them as they are."""
    kept = AssetRights.legal_order.is_(True) | AssetRights.legal_hold.is_(True) | (AssetRights.status == "hold")
    return exists().where(AssetRights.asset_id == Asset.id, kept)


def live(now: datetime) -> ColumnElement[bool]:
    """Say which assets have a copy that runs somewhere outside of the house, as far as is known."""
    runs = (Usage.status != "stopped") & (Usage.valid_until.is_(None) | (Usage.valid_until > now))
    runs &= Usage.ended_at.is_(None) | (Usage.ended_at > now)
    return exists().where(Usage.asset_id == Asset.id, Usage.channel != INSIDE, runs)


def part_of_others() -> ColumnElement[bool]:
    """Say which assets something was composed of that is still there: erasing them would take that along."""
    whole = aliased(Asset)
    named = (AssetIngredient.ingredient_id == Asset.id) & (AssetIngredient.asset_id == whole.id)
    return exists().where(named, whole.status != ERASED)


def _due(now: datetime, days: int) -> ColumnElement[bool]:
    old = Asset.trashed_at < now - timedelta(days=days)
    return old & (Asset.status != ERASED) & ~held() & ~live(now) & ~part_of_others()


def empty_trash(hub: Hub) -> int:
    """Erase what lies in the trash for longer than the setting says; returns the number of assets.

    What is on hold, in use or part of something else stays, however long it takes. The ledger, agreements, proofs and
    the audit stay, as they do with every erasure; each asset is a transaction of its own, so that whoever dies goes on
    where they stopped.
    """
    days, count, after = hub.settings.trash_days, 0, ""
    while True:
        with hub.database.read() as session:
            wanted = select(Asset.id).where(_due(hub.now(), days), Asset.id > after).order_by(Asset.id).limit(BATCH)
            ids = session.scalars(wanted).all()
        for asset_id in ids:
            count += _erase(hub, asset_id, days)
            crash_point("after_emptied")
        if not ids:
            hub.ring()
            return count
        after = ids[-1]


def _erase(hub: Hub, asset_id: str, days: int) -> bool:
    with hub.database.write() as session:
        hub.database.serialise(session, f"trash:{asset_id}")
        # Somebody may have taken it out, or begun to use it, since it was looked up.
        if session.scalar(select(Asset.id).where(Asset.id == asset_id, _due(hub.now(), days))) is None:
            return False
        reason = f"It lay in the trash for {days} days."
        erase_in(hub, session, SYSTEM, asset_id=asset_id, reason=reason, captured=False)
    return True
