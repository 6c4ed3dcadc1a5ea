"""When the projection of rights turns by itself: a box begins, ends, gets known or is superseded."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from ugc_hub.models import AssetClearance, ClearanceBox

NEVER = 2**63 - 1
AT_ONCE = 1000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_TICK = timedelta(microseconds=1)


def instant(moment: datetime) -> int:
    """Return an instant as whole microseconds since 1970."""
    return (moment - _EPOCH) // _TICK


def next_turn(session: Session, after: int) -> int:
    """Return the first turn after an instant, in microseconds since 1970; `NEVER` where there is none."""
    found = session.execute(select(*(func.min(case((edge > after, edge))) for edge in _edges()))).one()
    return min((one for one in found if one is not None), default=NEVER)


def last_turn(session: Session, until: int) -> int:
    """Return the last turn up to an instant, including it; `-NEVER` where there is none."""
    found = session.execute(select(*(func.max(case((edge <= until, edge))) for edge in _edges()))).one()
    return max((one for one in found if one is not None), default=-NEVER)


def turned(session: Session, after: int, until: int) -> Iterator[list[str]]:
    """Yield the assets that a turn after an instant and up to another one is about, some at a time."""
    within: ColumnElement[bool] = or_(*((edge > after) & (edge <= until) for edge in _edges()))
    some = select(ClearanceBox.clearance_id).where(within)
    last = ""
    while True:
        wanted = select(AssetClearance.asset_id).where(AssetClearance.clearance_id.in_(some))
        wanted = wanted.where(AssetClearance.asset_id > last).order_by(AssetClearance.asset_id).limit(AT_ONCE)
        ids = list(session.scalars(wanted))
        if not ids:
            return
        yield ids
        last = ids[-1]


def _edges() -> tuple[InstrumentedAttribute[int], ...]:
    return ClearanceBox.starts_at, ClearanceBox.ends_at, ClearanceBox.known_from, ClearanceBox.known_until
