"""Tells those who answer for legal matters by mail, with what is written in the same transaction."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ugc_hub.accounts import actor_of, may
from ugc_hub.hub import Hub
from ugc_hub.models import User
from workers.queue.jobs import enqueue
from workers.queue.shapes import Options

JOB = "notice"


def tell(hub: Hub, session: Session, about: str, **payload: Any) -> int:
    """Ask for one mail to each user who may decide on legal matters; return how many. Nobody is told without users."""
    users = session.scalars(select(User).where(User.disabled_at.is_(None)).order_by(User.id)).all()
    told = [user for user in users if may(actor_of(user), "rights.legal")]
    for user in told:
        options = Options(group=JOB, max_attempts=hub.settings.job_attempts)
        enqueue(session.connection(), JOB, {**payload, "about": about, "user": user.id}, options=options)
    return len(told)
