"""Where what a creator handed in runs, by itself and within what was composed of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from ugc_hub.hub import Hub
from ugc_hub.licensing.missing import above
from ugc_hub.models import Asset, Usage

SHOWN_AFTER = timedelta(days=30)
"""For so long a use that ended is still shown."""


@dataclass(frozen=True)
class Running:
    """One use of an asset."""

    channel: str
    territories: tuple[str, ...]
    since: datetime
    until: datetime | None
    status: str
    """live, unknown (somebody looks at it) or stopped."""
    ended_at: datetime | None
    composed: bool = False
    """What runs was composed of it."""


def uses_of(hub: Hub, session: Session, ids: Sequence[str]) -> dict[str, list[Running]]:
    """Return the uses of some assets by id, those of what was composed of them among them: newest first, ended last."""
    wholes = above(select(Asset.id).where(Asset.id.in_(ids)))
    shown_with = {one: [one] for one in ids}
    for whole, part in session.execute(select(wholes.c.asset_id, wholes.c.part_id)):
        shown_with.setdefault(whole, []).append(part)
    recent = or_(Usage.status != "stopped", Usage.ended_at > hub.now() - SHOWN_AFTER)
    wanted = select(Usage).where(Usage.asset_id.in_(shown_with), recent).order_by(Usage.id.desc())
    found: dict[str, list[Running]] = defaultdict(list)
    for row in session.scalars(wanted):
        places, until = tuple(row.territories), row.ended_at or row.valid_until
        for one in shown_with[row.asset_id]:
            composed = row.asset_id != one
            running = Running(row.channel, places, row.created_at, until, row.status, row.ended_at, composed)
            found[one].append(running)
    for each in found.values():
        each.sort(key=lambda one: one.status == "stopped")
    return found
