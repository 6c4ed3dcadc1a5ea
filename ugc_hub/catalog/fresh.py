"""Which assets may be new to a saved search: those that changed since the last look, and those whose time has come.

Asking every search about every new asset, hour by hour, would cost the number of searches times the number of assets
that came in lately. What did not change is not found today if it was not found yesterday.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from ugc_hub.database.feed import changed
from ugc_hub.hub import Hub
from ugc_hub.models import Asset, AssetClearance, ClearanceBox, Meta, SavedSearch
from ugc_hub.search.errors import Corrupt

NEW_DAYS = 30
MOST = 2000
"""Assets up to which they are named to the index; where there are more, it is asked for all that is new."""
PLACE = "alerts.place"
"""The place in the feed of changes up to which the searches were asked, and when, in seconds since 1970."""


class NoIndex(Exception):
    """There is no index to ask, or another one than at the beginning: what was found may not be all there is."""


@dataclass(frozen=True)
class Look:
    """What one look for new assets asks about."""

    place: int
    """How far the index knew the changes when it began."""
    at: datetime
    ids: tuple[str, ...] | None
    """The assets; None: all that are new, because they are too many, or nobody knows any more what changed."""


def begin(hub: Hub) -> Look:
    """Return what to ask about, from what the index knows by now: what it has yet to learn is for the next look.

    Raises:
        NoIndex: there is none, or it is damaged.
    """
    place, at = _known(hub), hub.now()
    with hub.database.read() as session:
        first = session.scalar(select(func.min(SavedSearch.alert_since)))
        if first is None:
            return Look(place, at, ())
        kept = (session.scalar(select(Meta.value).where(Meta.name == PLACE)) or "").split()
        if len(kept) != 2:
            return Look(place, at, None)
        moved = changed(hub.database, session, int(kept[0]), place)
        if moved is None:
            return Look(place, at, None)
        begun = _begun(datetime.fromtimestamp(int(kept[1]), UTC), at)
        ids = _new(session, max(first, at - timedelta(days=NEW_DAYS)), (moved, begun))
    return Look(place, at, ids if len(ids) <= MOST else None)


def end(hub: Hub, look: Look) -> None:
    """Keep that everything of a look was asked about.

    Raises:
        NoIndex: another index was put in use meanwhile that knows less; the next look asks again.
    """
    if _known(hub) < look.place:
        raise NoIndex
    with hub.database.write() as session:
        session.merge(Meta(name=PLACE, value=f"{look.place} {int(look.at.timestamp())}"))


def _known(hub: Hub) -> int:
    try:
        place = hub.index.known()
    except Corrupt:
        place = 0
    if not place:
        raise NoIndex
    return place


def _begun(last: datetime, now: datetime) -> Select[str]:
    """Assets something of whose rights began since, which no change tells of, or whose uses are decided one by one."""
    since, until = (int(one.timestamp()) * 1_000_000 for one in (last, now))
    starts = ClearanceBox.starts_at.between(since, until)
    boxes = select(ClearanceBox.clearance_id).where(starts)
    known = or_(AssetClearance.clearance_id.is_(None), AssetClearance.clearance_id.in_(boxes))
    return select(AssetClearance.asset_id).where(known)


def _new(session: Session, since: datetime, any_of: tuple[Select[str], ...]) -> tuple[str, ...]:
    shown = (Asset.status == "ready", Asset.trashed_at.is_(None), Asset.created_at >= since)
    wanted = select(Asset.id).where(*shown, or_(*(Asset.id.in_(one) for one in any_of)))
    return tuple(session.scalars(wanted.order_by(Asset.id).limit(MOST + 1)))
