"""The trash: nothing leaves the house from it, and what lay there for long is erased."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, exists, select
from sqlalchemy.orm import Session, aliased

from ugc_hub.accounts import SYSTEM
from ugc_hub.hub import Hub, crash_point
from ugc_hub.models import Asset, AssetClearance, AssetIngredient, AssetRights, ClearanceBox, Usage

from .afterlife import OPEN, end, resume
from .clearing import follow
from .erasing import ERASED, erase_in, lock
from .missing import above, trashed

INSIDE = "internal"
"""Channel of copies that stay in the house."""
PART = "part_in_trash"
"""Why a use ended: something that the asset was composed of went into the trash."""
BATCH = 200


def held() -> ColumnElement[bool]:
    """Say which assets are neither trashed nor erased by the trash: a hold or an order keeps them as they are."""
    kept = AssetRights.legal_order.is_(True) | AssetRights.legal_hold.is_(True) | (AssetRights.status == "hold")
    return exists().where(AssetRights.asset_id == Asset.id, kept)


def live(now: datetime) -> ColumnElement[bool]:
    """Say which assets have a copy that runs somewhere outside of the house, as far as is known."""
    return exists().where(Usage.asset_id == Asset.id, _runs(now))


def _runs(now: datetime) -> ColumnElement[bool]:
    runs = (Usage.status != "stopped") & (Usage.valid_until.is_(None) | (Usage.valid_until > now))
    return (Usage.channel != INSIDE) & runs & (Usage.ended_at.is_(None) | (Usage.ended_at > now))


def live_above(parts: Select[str], now: datetime) -> Select[str]:
    """Return those of some assets of which something was composed that has such a copy."""
    wholes = above(parts)
    return select(wholes.c.part_id).join(Usage, Usage.asset_id == wholes.c.asset_id).where(_runs(now))


def parts_moved(hub: Hub, session: Session, parts: Select[str]) -> None:
    """Settle what may be done with what was composed of assets that went into the trash, or came out of it.

    Its uses end as at an early end of rights, and go on when nothing of it lies in the trash any more.
    """
    moved = select(Asset.id).where(Asset.id.in_(parts))
    into, out = moved.where(Asset.trashed_at.is_not(None)), moved.where(Asset.trashed_at.is_(None))
    wholes = above(into)
    end(hub, session, session.scalars(select(wholes.c.asset_id).distinct()).all(), PART)
    wholes = above(out)
    of_them = Usage.asset_id.in_(select(wholes.c.asset_id)) | Usage.asset_id.in_(out)
    wanted = select(Usage.asset_id).where(of_them, Usage.status == "stopped", Usage.ended_why == PART).distinct()
    ids = session.scalars(wanted).all()
    gone = trashed(session, ids) if ids else {}
    resume(hub, session, [one for one in ids if one not in gone], PART)
    # After the uses, as wherever rights change: two that lock the same in turn would wait for each other.
    concerned = above(parts)
    follow(hub, session, session.scalars(select(concerned.c.asset_id).distinct()).all())


def end_binned(hub: Hub, session: Session) -> None:
    """End what runs of something composed while a part of it is in the trash, as `parts_moved` does.

    That overlooks what begins in a transaction beside its own, and knows nothing of what lay there before it was.
    """
    wholes = above(select(Asset.id).where(Asset.trashed_at.is_not(None)))
    running = select(Usage.asset_id).where(Usage.status.in_(OPEN), Usage.asset_id.in_(select(wholes.c.asset_id)))
    if ids := session.scalars(running.distinct()).all():
        end(hub, session, ids, PART)
    known = select(AssetClearance.asset_id).where(AssetClearance.asset_id.in_(select(wholes.c.asset_id)))
    boxes = exists().where(ClearanceBox.clearance_id == AssetClearance.clearance_id)
    open_ = known.where(AssetClearance.clearance_id.is_(None) | boxes)
    follow(hub, session, session.scalars(open_.distinct()).all())


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
        # Somebody may have taken it out, held it or begun to use it since it was looked up, or be about to.
        lock(session, [asset_id])
        session.scalar(select(AssetRights.asset_id).where(AssetRights.asset_id == asset_id).with_for_update())
        if session.scalar(select(Asset.id).where(Asset.id == asset_id, _due(hub.now(), days))) is None:
            return False
        reason = f"It lay in the trash for {days} days."
        erase_in(hub, session, SYSTEM, asset_id=asset_id, reason=reason, captured=False)
    return True
