"""Tries of the last 15 minutes, counted for an account and for a network address, so that nobody tries for long."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import delete, func, select

from ugc_hub.hub import Hub
from ugc_hub.models import LoginAttempt

WINDOW = timedelta(minutes=15)


def count(hub: Hub, most: Mapping[str, int]) -> list[str] | None:
    """Write a try down for each subject, or return None where one of them had as many as `most` says.

    It is written before anything is looked at, so that many at once are not more than many in a row. Returns the ids,
    for a try that succeeds to be taken back.
    """
    now = hub.now()
    # What a stranger typed: PostgreSQL takes no NUL, and the column has an end.
    most = {subject.replace("\0", "")[:340]: limit for subject, limit in most.items()}
    with hub.database.write() as db:
        for subject, limit in sorted(most.items()):
            hub.database.serialise(db, subject)
            counted = select(func.count()).where(
                LoginAttempt.subject == subject, LoginAttempt.created_at > now - WINDOW
            )
            if (db.scalar(counted) or 0) >= limit:
                return None
        db.execute(delete(LoginAttempt).where(LoginAttempt.created_at < now - WINDOW))
        rows = [LoginAttempt(id=hub.new_id("try"), created_at=now, subject=name) for name in most]
        db.add_all(rows)
        return [row.id for row in rows]
