"""Goes through the whole audit and all decisions that were handed out, and keeps what was found."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from itertools import chain, islice
from typing import Any

from sqlalchemy.orm import Session

from ugc_hub import audit
from ugc_hub.accounts import Actor, require
from ugc_hub.audit.stamping import verify_stamps
from ugc_hub.hub import Hub, crash_point
from ugc_hub.licensing import deviations
from ugc_hub.licensing.evidence import broken_now
from ugc_hub.models import Meta
from workers.queue.context import JobContext
from workers.queue.jobs import enqueue, find
from workers.queue.shapes import INTERACTIVE, Options, Query

KIND = "verify"
NAME = "audit.verified"
"""Name of the result among the single values."""
MOST_NAMED = 50
"""Wrong decisions that are named; more would say nothing more."""


@dataclass(frozen=True)
class Verification:
    """What the last check found."""

    at: datetime
    events: int
    """Entries that were in order."""
    newest: str
    """Number and hash of the newest of them; worth noting in another place."""
    wrong: list[str] = field(default_factory=list)
    """In words; empty where everything is as it was written."""


def verify(hub: Hub, context: JobContext) -> Mapping[str, Any]:
    """Check the audit from its beginning; the newest entry of the check before must still be part of it."""
    with hub.database.read() as session:
        before = last(session)
        verdict = audit.verify(session, hub.secret, known=_head(before) if before else None)
        context.check()
        wrong = [verdict.broken.words] if verdict.broken else []
        wrong += [one.words for one in islice(chain(deviations(session), broken_now(hub, session)), MOST_NAMED)]
        wrong += verify_stamps(session, hub.stamp_roots).wrong[:MOST_NAMED]
    newest = f"{verdict.head.sequence}:{verdict.head.hash}"
    found = Verification(hub.now(), verdict.events, newest, wrong)
    plain = {**asdict(found), "at": found.at.isoformat()}
    with hub.database.write() as session:
        session.merge(Meta(name=NAME, value=json.dumps(plain)))
        by = context.job.payload.get("by")
        audit.record(session, hub.now(), "audit.verified", "audit", actor=by, events=found.events, wrong=len(wrong))
        context.settle(session.connection(), {"events": found.events, "wrong": len(wrong)})
        crash_point("before_commit")
    return {"events": found.events, "wrong": len(wrong)}


def _head(before: Verification) -> audit.Head:
    """Return the newest entry that the check before saw, as something that must still be there."""
    sequence, _, hash_ = before.newest.partition(":")
    return audit.Head(int(sequence), hash_)


def last(session: Session) -> Verification | None:
    """Return what the last check found; None where there was none."""
    row = session.get(Meta, NAME)
    if row is None:
        return None
    plain = json.loads(row.value)
    return Verification(datetime.fromisoformat(plain["at"]), plain["events"], plain["newest"], plain["wrong"])


def under_way(session: Session) -> bool:
    """Whether a check waits or runs."""
    newest = find(session.connection(), Query(kind=KIND, limit=1))
    return bool(newest) and newest[0].state in ("queued", "running")


def ask_to_verify(hub: Hub, actor: Actor) -> int:
    """Have the audit checked now, as a job; where one waits or runs already, it is that one.

    Raises:
        Forbidden: the actor may not look at the audit.
    """
    require(actor, "audit.view")
    with hub.database.write() as session:
        options = Options(key=KIND, priority=INTERACTIVE, max_attempts=hub.settings.job_attempts)
        job_id = enqueue(session.connection(), KIND, {"by": actor.user_id}, options=options)
    hub.ring()
    return job_id
