"""From events to messages: what the audit wrote since the last look is told to every address that asked for it.

The audit is the outbox. An event exists if and only if what it tells was committed, and its number follows the order of
the commits; so a look that goes on after the last number skips nothing, and messages commit with the number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ugc_hub.hub import Hub
from ugc_hub.loading import LOADING
from ugc_hub.models import Event, Meta, SavedSearch, TakedownTask, Usage, Webhook, WebhookMessage
from workers.queue.jobs import enqueue
from workers.queue.shapes import Options

KINDS: Mapping[str, str] = {
    "rights.expiring": "A permission ends in 30, 14, 7 or 1 days",
    "rights.revoked": "A permission was withdrawn",
    "rights.hold": "An asset was put on hold or taken down",
    "rights.ended": "Copies that left are no longer covered",
    "rights.restored": "Copies are covered after all",
    "takedown.due": "A copy has to be taken down or looked at",
    "search.found": "A search that is shared found new assets",
}
TRIAL = "webhook.trial"
SOURCES: Mapping[str, str] = {
    "rights.expiring": "rights.expiring",
    "grant.revoked": "rights.revoked",
    "asset.hold": "rights.hold",
    "asset.taken_down": "rights.hold",
    "rights.ended": "rights.ended",
    "rights.restored": "rights.restored",
    "takedown.asked": "takedown.due",
    "search.found": "search.found",
}
"""Kinds of the audit and what they are called outside."""
CURSOR = "webhooks.cursor"
BATCH = 500
_LISTENING = (Webhook.disabled_at.is_(None), Webhook.removed_at.is_(None))
JOB = "hook"


def fan_out(hub: Hub) -> int:
    """Write the messages about what happened since the last look; returns how many there are.

    An address that was made later is not told what happened before.
    """
    with hub.database.read() as session:
        last = session.scalar(select(func.max(Event.id)).where(Event.kind.in_(SOURCES))) or 0
        if last <= _cursor(session):
            return 0
        listened = session.scalar(select(Webhook.id).where(*_LISTENING).limit(1)) is not None
    if not listened:
        with hub.database.write() as session:
            hub.database.serialise(session, CURSOR)
            session.merge(Meta(name=CURSOR, value=str(max(last, _cursor(session)))))
        return 0
    made = 0
    while True:
        with hub.database.write() as session:
            hub.database.serialise(session, CURSOR)
            rows = _next(session)
            made += _write(hub, session, rows)
            if rows:
                session.merge(Meta(name=CURSOR, value=str(rows[-1].id)))
        if len(rows) < BATCH:
            break
    if made:
        hub.ring()
    return made


def _cursor(session: Session) -> int:
    return int(session.scalar(select(Meta.value).where(Meta.name == CURSOR)) or 0)


def _next(session: Session) -> Sequence[Event]:
    wanted = select(Event).where(Event.id > _cursor(session), Event.kind.in_(SOURCES))
    return session.scalars(wanted.order_by(Event.id).limit(BATCH)).all()


def _write(hub: Hub, session: Session, rows: Sequence[Event]) -> int:
    listening = session.scalars(select(Webhook).where(*_LISTENING)).all()
    made = 0
    for event in rows:
        kind = SOURCES[event.kind]
        for webhook in listening:
            if kind in webhook.kinds and webhook.created_at <= event.at:
                put(hub, session, webhook, event_id=event.id, body=_body(hub, session, event, kind))
                made += 1
    return made


def put(hub: Hub, session: Session, webhook: Webhook, *, event_id: int, body: dict[str, Any]) -> WebhookMessage:
    """Write one message and ask for the job that sends it, in the caller's transaction."""
    message = WebhookMessage(
        id=hub.new_id("msg"),
        created_at=hub.now(),
        webhook_id=webhook.id,
        event_id=event_id,
        kind=body["type"],
        body=body,
        state="waiting",
        next_at=hub.now(),
    )
    session.add(message)
    session.flush()
    ask(hub, session, message)
    return message


def ask(hub: Hub, session: Session, message: WebhookMessage, delay_s: float = 0.0) -> None:
    """Ask for the job that makes the next attempt."""
    key = f"hook:{message.id}:{message.attempts}"
    options = Options(key=key, group="webhooks", delay_s=delay_s, max_attempts=hub.settings.job_attempts)
    enqueue(session.connection(), JOB, {"message": message.id, "attempt": message.attempts}, options=options)


def _body(hub: Hub, session: Session, event: Event, kind: str) -> dict[str, Any]:
    data = {"event": event.id, **event.body, _NAMES[event.kind]: event.object_id}
    if kind == "rights.hold":
        data = {"event": event.id, "asset_id": event.object_id, "status": event.kind.removeprefix("asset.")}
    if kind == "takedown.due":
        data = {"event": event.id, **_task(session, event.object_id)}
    if kind == "search.found":
        data |= _search(hub, session, event.object_id)
    return {"type": kind, "timestamp": event.at.astimezone(UTC).isoformat(), "data": data}


_NAMES = {
    "rights.expiring": "asset_id",
    "grant.revoked": "grant_id",
    "asset.hold": "asset_id",
    "asset.taken_down": "asset_id",
    "rights.ended": "asset_id",
    "rights.restored": "asset_id",
    "takedown.asked": "task_id",
    "search.found": "search_id",
}


def _search(hub: Hub, session: Session, search_id: str) -> dict[str, Any]:
    """Return how a search is called now and where it is looked at; nothing of one that is not shared any more.

    The audit keeps neither: a name may be that of a person, and an entry can never be erased.
    """
    row = session.get(SavedSearch, search_id)
    if row is None or not row.shared:
        return {}
    with LOADING:
        from ugc_hub.catalog.questions import question_of
    return {"name": row.name, "address": f"{hub.settings.address}/?{question_of(row).address}"}


def _task(session: Session, task_id: str) -> dict[str, Any]:
    """Return a task as it is now: what is to be done about which copy, and until when."""
    task = session.get(TakedownTask, task_id)
    usage = session.get(Usage, task.usage_id) if task is not None else None
    if task is None or usage is None:
        return {"task_id": task_id}
    return {
        "task_id": task_id,
        "action": task.action,
        "reason": task.reason,
        "due_at": task.due_at.astimezone(UTC).isoformat(),
        "usage_id": usage.id,
        "asset_id": usage.asset_id,
        "channel": usage.channel,
        "territories": list(usage.territories),
        "external_ref": usage.external_ref,
    }
