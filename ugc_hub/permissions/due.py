"""What is due: reminders, requests whose time is over, platform codes that end. Doing it twice changes nothing."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ugc_hub.accounts import SYSTEM
from ugc_hub.audit import record
from ugc_hub.hub import Hub, crash_point
from ugc_hub.models import PlatformCode, RightsRequest
from workers.queue.jobs import enqueue
from workers.queue.shapes import Options

from .codes import REMIND_DAYS as CODE_DAYS
from .requesting import REMIND_DAYS, post
from .states import locked, move


@dataclass
class Done:
    """What was due, by id."""

    reminded: list[str] = field(default_factory=list)
    expired: list[str] = field(default_factory=list)
    ending: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """Return plain JSON."""
        return asdict(self)


def due(hub: Hub) -> Done:
    """Remind, expire and announce whatever is due now, each in a transaction of its own."""
    done = Done()
    with hub.database.read() as session:
        waiting = session.scalars(select(RightsRequest.id).where(RightsRequest.state == "sent")).all()
        codes = session.scalars(select(PlatformCode.id).where(PlatformCode.remote_state == "valid")).all()
    for one in waiting:
        _request(hub, one, done)
        crash_point("after_due")
    for one in codes:
        _code(hub, one, done)
    if waiting or codes:
        hub.ring()
    return done


def _request(hub: Hub, request_id: str, done: Done) -> None:
    with hub.database.write() as session:
        row = locked(hub, session, request_id)
        if row.state != "sent" or row.sent_at is None or row.expires_at is None:
            return
        if row.expires_at <= hub.now():
            move(hub, session, row, "expired", actor=SYSTEM)
            done.expired.append(row.id)
            return
        passed = sum(row.sent_at + timedelta(days=days) <= hub.now() for days in REMIND_DAYS)
        # One reminder, however many were missed; a link that somebody handed on is theirs to remind of.
        if passed > row.reminders:
            row.reminders = passed
            if row.delivery == "mail":
                post(hub, session, row, "reminder")
                done.reminded.append(row.id)
                record(session, hub.now(), "rights_request.reminded", row.id, number=passed)


def _code(hub: Hub, code_id: str, done: Done) -> None:
    with hub.database.write() as session:
        hub.database.serialise(session, f"code:{code_id}")
        row = session.get(PlatformCode, code_id, populate_existing=True)
        if row is None or row.remote_state != "valid":
            return
        if row.ends_at <= hub.now():
            row.remote_state = "ended"
            record(session, hub.now(), "platform_code.ended", row.id)
            done.ended.append(row.id)
            return
        days = [one for one in CODE_DAYS if row.ends_at - timedelta(days=one) <= hub.now()]
        nearest = min(days, default=None)
        if nearest is not None and nearest < row.duration_days and nearest < (row.reminded_days or 1000):
            row.reminded_days = nearest
            _announce(hub, session, row)
            record(session, hub.now(), "platform_code.ending", row.id, days=nearest)
            done.ending.append(row.id)


def _announce(hub: Hub, session: Session, row: PlatformCode) -> None:
    payload = {"letter": "code_ending", "code_id": row.id, "days": row.reminded_days}
    key = f"letter:code_ending:{row.id}:{row.reminded_days}"
    options = Options(key=key, group=row.asset_id, max_attempts=max(hub.settings.job_attempts, 8))
    enqueue(session.connection(), "mail", payload, options=options)
