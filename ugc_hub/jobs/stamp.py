"""Has the newest entry of the audit attested by an authority outside, once a day."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ugc_hub.audit import Head, record, stamping
from ugc_hub.audit.chain import HEAD
from ugc_hub.errors import Unavailable
from ugc_hub.hub import Hub, crash_point
from ugc_hub.models import AuditStamp, Meta
from ugc_hub.webhooks.sending import NotSent, Sender
from workers.queue.context import JobContext

OFTEN = timedelta(hours=12)
"""So soon after a stamp no other one is asked for: a job that runs again finds that it was done."""


def stamp(hub: Hub, context: JobContext) -> Mapping[str, Any]:
    """Ask for a stamp where one is due; see `stamp_now`."""
    if not hub.settings.audit_timestamp_url:
        return {"stamped": 0}
    with hub.database.read() as session:
        if _recent(hub, session):
            return {"stamped": 0}
    stamp_now(hub, sooner=False)
    return {"stamped": 1}


def stamp_now(hub: Hub, *, sooner: bool = True) -> AuditStamp | None:
    """Have the newest entry attested and keep the token; without `sooner` only where there is none of today.

    Returns None where nothing was kept: there is one already, or the audit has no entry yet.

    Raises:
        Unavailable: the authority does not answer, refuses, or is not one of those that are trusted.
    """
    with hub.database.read() as session:
        kept = session.scalar(select(Meta.value).where(Meta.name == HEAD))
    head = Head.read(kept or "")
    if head.sequence == 0:
        return None
    token = _ask(hub, head)
    try:
        at = stamping.check(token, head, hub.stamp_roots)
    except stamping.NotStamped as error:
        raise Unavailable(str(error)) from error
    crash_point("after_stamped")
    with hub.database.write() as session:
        hub.database.serialise(session, "audit.stamp")
        if not sooner and _recent(hub, session):
            return None
        row = AuditStamp(
            id=hub.new_id("ats"),
            created_at=hub.now(),
            sequence=head.sequence,
            hash=head.hash,
            stamped_at=at,
            token=token,
            url=hub.settings.audit_timestamp_url,
        )
        session.add(row)
        details = {"sequence": head.sequence, "sha256": hashlib.sha256(token).hexdigest()}
        record(session, hub.now(), stamping.KIND, row.id, **details)
    return row


def _recent(hub: Hub, session: Session) -> bool:
    newest = select(AuditStamp.id).where(AuditStamp.created_at > hub.now() - OFTEN)
    return session.scalar(newest.limit(1)) is not None


def _ask(hub: Hub, head: Head) -> bytes:
    headers = {"Content-Type": stamping.REQUEST_TYPE, "User-Agent": "UGC-Hub"}
    url = hub.settings.audit_timestamp_url
    try:
        # Whoever runs the hub named the authority: it may stand in the house, and its answer is signed anyway.
        answer = Sender(private=True).post(url, stamping.request_for(head), headers)
    except NotSent as error:
        raise Unavailable(f"The time stamp authority {url} does not answer: {error}") from error
    if not answer.taken:
        raise Unavailable(f"The time stamp authority {url} answered {answer.status}.")
    return answer.body
