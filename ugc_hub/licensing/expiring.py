"""Ends that are coming: which grants end when, for which assets, and what is live with them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from ugc_hub.hub import Hub
from ugc_hub.models import Asset, AssetRights, Campaign, ExpiryNotice, Grant, GrantAsset, Revocation, Usage

THRESHOLDS = (1, 7, 14, 30)
"""Days before an end at which it is told, the nearest first."""
OVER = ("taken_down", "erased")


@dataclass(frozen=True)
class Ending:
    """A grant that ends for one asset, and how many live uses rest on it."""

    grant_id: str
    asset_id: str
    file_name: str
    campaign: str
    layer: str
    ends_at: datetime
    revoked: bool
    """It ends because it was withdrawn, not because its term is over."""
    live: int

    def days(self, now: datetime) -> int:
        """Whole days that are left, rounded up."""
        return max(0, -((now - self.ends_at) // timedelta(days=1)))


def endings(hub: Hub, session: Session, *, days: int) -> list[Ending]:
    """Return the grants that end within some days, by campaign and date; permissions of named assets alone."""
    now = hub.now()
    last = now + timedelta(days=days)
    ends = _ends(session, now, last)
    found: list[Ending] = []
    for some in _batches(sorted(ends)):
        live = _live(session, some)
        for row in session.execute(_assets(some)):
            ends_at, revoked = ends[row.grant_id]
            count = live.get((row.grant_id, row.asset_id), 0)
            campaign = row.campaign or ""
            found.append(
                Ending(row.grant_id, row.asset_id, row.file_name, campaign, row.layer, ends_at, revoked, live=count)
            )
    return sorted(found, key=lambda one: (one.campaign == "", one.campaign, one.ends_at, one.file_name, one.grant_id))


def _batches(ids: Sequence[str]) -> list[Sequence[str]]:
    return [ids[start : start + 500] for start in range(0, len(ids), 500)]


def _ends(session: Session, now: datetime, last: datetime) -> dict[str, tuple[datetime, bool]]:
    """Return the grants that end in between: when, and whether they were withdrawn."""
    withdrawn: dict[str, datetime] = {}
    rows = select(Revocation).where(Revocation.effective_at.is_not(None), Revocation.effective_at <= last)
    for row in session.scalars(rows.order_by(Revocation.effective_at.desc())):
        if row.effective_at is not None and not row.channels and not row.territories:
            withdrawn[row.grant_id] = row.effective_at
    active = select(Grant.id, Grant.ends_at).where(Grant.effect == "permit", Grant.state == "active")
    ending = dict(session.execute(active.where(Grant.ends_at > now, Grant.ends_at <= last)).all())
    for some in _batches(sorted(withdrawn.keys() - ending.keys())):
        ending |= dict(session.execute(active.where(Grant.id.in_(some))).all())
    found: dict[str, tuple[datetime, bool]] = {}
    for grant_id, term in ending.items():
        by_word = withdrawn.get(grant_id)
        end = min(one for one in (term, by_word) if one is not None)
        if now < end <= last:
            found[grant_id] = end, by_word is not None and end == by_word
    return found


def _assets(grant_ids: Sequence[str]) -> Any:
    return (
        select(
            Grant.id.label("grant_id"),
            Grant.layer,
            Asset.id.label("asset_id"),
            Asset.file_name,
            Campaign.name.label("campaign"),
        )
        .join(GrantAsset, GrantAsset.grant_id == Grant.id)
        .join(Asset, Asset.id == GrantAsset.asset_id)
        .outerjoin(Campaign, Campaign.id == Asset.campaign_id)
        .outerjoin(AssetRights, AssetRights.asset_id == Asset.id)
        .where(Grant.id.in_(grant_ids), AssetRights.status.is_(None) | AssetRights.status.not_in(OVER))
    )


def _live(session: Session, grant_ids: Sequence[str]) -> Counter[tuple[str, str]]:
    """Count the live uses that rest on each grant, by grant and asset."""
    named = select(GrantAsset.asset_id).where(GrantAsset.grant_id.in_(grant_ids))
    rows = select(Usage.asset_id, Usage.grants_used).where(Usage.status == "live", Usage.asset_id.in_(named))
    return Counter((grant, asset) for asset, used in session.execute(rows) for grant in used)


def untold(hub: Hub, session: Session) -> list[tuple[Ending, int]]:
    """Return the ends that have come to a threshold at which they were not told yet, and keep that they are told now.

    An end that is found late is told once, at its nearest threshold.
    """
    now = hub.now()
    found = [
        (one, next(days for days in THRESHOLDS if one.days(now) <= days)) for one in endings(hub, session, days=30)
    ]
    told = {(row.grant_id, row.asset_id, row.days, row.ends_at) for row in session.scalars(select(ExpiryNotice))}
    news = [(one, days) for one, days in found if (one.grant_id, one.asset_id, days, one.ends_at) not in told]
    for one, days in news:
        for passed in (passed for passed in THRESHOLDS if passed >= days):
            if (one.grant_id, one.asset_id, passed, one.ends_at) not in told:
                row = ExpiryNotice(
                    grant_id=one.grant_id, asset_id=one.asset_id, days=passed, ends_at=one.ends_at, told_at=now
                )
                session.add(row)
    session.execute(delete(ExpiryNotice).where(ExpiryNotice.ends_at < now))
    return news
