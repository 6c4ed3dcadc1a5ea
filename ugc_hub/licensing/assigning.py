"""Who has to take a copy down, or to look at it, and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from ugc_hub.audit import record
from ugc_hub.hub import Hub
from ugc_hub.models import TakedownTask, Usage, User

PENDING = ("open", "escalated")


@dataclass(frozen=True)
class Deed:
    """What is to be done about a copy, why, and from when on."""

    action: str
    """take_down or review."""
    reason: str
    effective_at: datetime


def assign(hub: Hub, session: Session, usage: Usage, deed: Deed) -> TakedownTask:
    """Make a task for a copy, or bring the one that is pending up to date."""
    due = deed.effective_at + timedelta(seconds=hub.settings.takedown_s)
    pending = select(TakedownTask).where(TakedownTask.usage_id == usage.id, TakedownTask.state.in_(PENDING))
    task = session.scalar(pending.limit(1))
    if task is not None:
        sooner = task.action != deed.action or due < task.due_at
        task.action, task.reason = deed.action, deed.reason
        if sooner:
            task.due_at, task.effective_at = due, deed.effective_at
        return task
    task = TakedownTask(
        id=hub.new_id("tdt"),
        created_at=hub.now(),
        usage_id=usage.id,
        action=deed.action,
        reason=deed.reason,
        effective_at=deed.effective_at,
        due_at=due,
        owner_id=_owner(session, usage),
    )
    session.add(task)
    session.flush()
    details = {"usage": usage.id, "action": deed.action, "reason": deed.reason, "owner": task.owner_id}
    record(session, hub.now(), "takedown.asked", task.id, **details)
    return task


def _owner(session: Session, usage: Usage) -> str | None:
    """Whoever took the copy; where they are gone, the first content manager."""
    active = select(User.id).where(User.disabled_at.is_(None))
    taker = session.scalar(active.where(User.id == usage.delivered_to))
    return taker or session.scalar(active.where(User.role == "content_manager").order_by(User.id).limit(1))


def drop(hub: Hub, session: Session, usage: Usage, action: str) -> None:
    """Let the pending task of a copy go: the copy is covered after all."""
    pending = select(TakedownTask).where(
        TakedownTask.usage_id == usage.id, TakedownTask.action == action, TakedownTask.state.in_(PENDING)
    )
    for task in session.scalars(pending):
        task.state = "moot"
        record(session, hub.now(), "takedown.moot", task.id, usage=usage.id)


def escalate(hub: Hub, session: Session) -> list[str]:
    """Mark what is overdue and was not marked before; return the ids of those tasks."""
    overdue = select(TakedownTask).where(TakedownTask.state == "open", TakedownTask.due_at <= hub.now())
    tasks = session.scalars(overdue.order_by(TakedownTask.id).with_for_update()).all()
    for task in tasks:
        task.state, task.escalated_at = "escalated", hub.now()
        record(session, hub.now(), "takedown.escalated", task.id, usage=task.usage_id, owner=task.owner_id)
    return [task.id for task in tasks]
