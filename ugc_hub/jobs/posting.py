"""Sends the letters of a job, each once, however often the job runs."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from ugc_hub import notify
from ugc_hub.hub import Hub, crash_point, encode
from ugc_hub.models import SentLetter
from workers.queue.shapes import Job

KEPT = timedelta(days=90)
"""How long it is known that a letter went out: far longer than a job is tried, by its worker or by a person."""


def post(hub: Hub, job: Job, to: str, *, subject: str, body: str) -> bool:
    """Send one letter of a job unless it went out before; return whether it was sent now.

    In the outbox a letter is one file, whatever happens. A mail server may get it twice where a worker dies between its
    yes and our note of it: none is lost, and both have the same Message-ID, by which mail programs know them as one.

    Raises:
        Unavailable: the mail server does not take it.
    """
    key = _key(hub, job, to)
    with hub.database.read() as session:
        if session.get(SentLetter, key) is not None:
            return False
    # Named by its job, so that letters lie in the outbox in the order in which they were asked for.
    asked = encode(int(job.created_at.timestamp() * 1_000_000), 11)
    notify.send(hub, to, subject, body, name=f"mail_{asked}_{job.id:010d}_{key[:16]}")
    crash_point("after_sent")
    with hub.database.write() as session:
        session.merge(SentLetter(key=key, sent_at=hub.now()))
    return True


def _key(hub: Hub, job: Job, to: str) -> str:
    """Name a letter without telling whom it goes to."""
    return hmac.new(hub.secret, f"letter\n{job.id}\n{to}".encode(), hashlib.sha256).hexdigest()


def forget(session: Session, now: datetime) -> None:
    """Remove the notes of letters that nobody will send again."""
    session.execute(delete(SentLetter).where(SentLetter.sent_at < now - KEPT))
