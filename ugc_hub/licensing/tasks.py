"""Tasks to take a copy down, or to look at one: who does it until when, and what proves that it was done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session

from ugc_hub.accounts import Actor, may, require
from ugc_hub.audit import record
from ugc_hub.errors import Conflict, Forbidden, Invalid, NotFound
from ugc_hub.hub import Hub
from ugc_hub.models import Asset, TakedownTask, Usage, User

from .assigning import PENDING
from .evidence import Proof, evidence_key, keep_proof

STATES = ("open", "overdue", "done")
"""As people ask for them: `open` is not yet due, `overdue` is past its time, `done` was confirmed or is moot."""
LONGEST_NOTE = 2000
MOST_TASKS = 100


def confirm(
    hub: Hub, session: Session, actor: Actor, *, task_id: str, note: str = "", proof: Proof | None = None
) -> TakedownTask:
    """Keep that a task was done, with a note or a file that proves it; its owner or who edits rights may.

    Raises:
        Invalid: there is neither a note nor a file, or the file cannot be kept (see `keep_proof`).
        Conflict: it was done before, or need not be done any more.
        Forbidden: it is somebody else's task.
        NotFound: there is no such task.
    """
    require(actor, "rights.view")
    note = note.strip()[:LONGEST_NOTE]
    task = session.get(TakedownTask, task_id, with_for_update=True)
    if task is None:
        raise NotFound("There is no such task.")
    if not may(actor, "rights.edit") and (actor.user_id is None or task.owner_id != actor.user_id):
        raise Forbidden("This is somebody else's task. A content manager may confirm it as well.")
    if task.state not in PENDING:
        raise Conflict("This task was done before, or need not be done any more.")
    if not note and proof is None:
        raise Invalid("Say in a note what was done, or add a file that shows it.", extra={"field": "note"})
    sha256 = keep_proof(hub, proof) if proof is not None else None
    task.state, task.note = "done", note
    task.proof_key = evidence_key(sha256) if sha256 else None
    task.confirmed_at, task.confirmed_by = hub.now(), actor.user_id
    session.flush()
    details = {"usage": task.usage_id, "proof": sha256}
    record(session, hub.now(), "takedown.confirmed", task.id, actor=actor.user_id, **details)
    return task


@dataclass(frozen=True)
class TaskView:
    """One task with the copy that it is about."""

    task: TakedownTask
    usage: Usage
    file_name: str
    owner: str
    """Name of who does it."""


def find_tasks(
    hub: Hub, session: Session, actor: Actor, *, state: str = "open", before: str = "", limit: int = MOST_TASKS
) -> list[TaskView]:
    """Return tasks in a state of `STATES`, the most urgent first; those done, the newest first.

    `before` is the id of the last one seen: the list goes on after it.
    """
    require(actor, "rights.view")
    wanted = _tasks().limit(limit)
    if state == "done":
        wanted = wanted.where(TakedownTask.state.in_(("done", "moot"))).order_by(TakedownTask.id.desc())
        wanted = wanted.where(TakedownTask.id < before) if before else wanted
    else:
        late = or_(TakedownTask.state == "escalated", TakedownTask.due_at <= hub.now())
        wanted = wanted.where(TakedownTask.state.in_(PENDING), late if state == "overdue" else ~late)
        wanted = wanted.order_by(TakedownTask.due_at, TakedownTask.id)
        last = session.get(TakedownTask, before) if before else None
        if last is not None:
            same = and_(TakedownTask.due_at == last.due_at, TakedownTask.id > last.id)
            wanted = wanted.where(or_(TakedownTask.due_at > last.due_at, same))
    return [_view(*row) for row in session.execute(wanted)]


def _tasks() -> Select[TakedownTask, Usage, str | None, User | None]:
    return (
        select(TakedownTask, Usage, Asset.file_name, User)
        .join(Usage, Usage.id == TakedownTask.usage_id)
        .outerjoin(Asset, Asset.id == Usage.asset_id)
        .outerjoin(User, User.id == TakedownTask.owner_id)
    )


def _view(task: TakedownTask, usage: Usage, file_name: str | None, owner: User | None) -> TaskView:
    return TaskView(task, usage, file_name or usage.asset_id, (owner.name or owner.email) if owner else "")


def get_task(session: Session, actor: Actor, task_id: str) -> TaskView:
    """Return one task.

    Raises:
        NotFound: there is no such task.
    """
    require(actor, "rights.view")
    row = session.execute(_tasks().where(TakedownTask.id == task_id)).one_or_none()
    if row is None:
        raise NotFound("There is no such task.")
    return _view(*row)


def count_tasks(hub: Hub, session: Session) -> Mapping[str, int]:
    """Return how many tasks are open and how many overdue."""
    late = or_(TakedownTask.state == "escalated", TakedownTask.due_at <= hub.now())
    pending = select(func.count()).where(TakedownTask.state.in_(PENDING))
    overdue = session.scalar(pending.where(late)) or 0
    return {"open": (session.scalar(pending) or 0) - overdue, "overdue": overdue}


def plain_task(view: TaskView) -> dict[str, Any]:
    """Return a task as plain values, with the copy that it is about."""
    task, usage = view.task, view.usage
    names = ("id", "usage_id", "action", "reason", "created_at", "effective_at", "due_at", "owner_id", "state", "note")
    return {name: getattr(task, name) for name in (*names, "confirmed_at", "confirmed_by", "escalated_at")} | {
        "owner": view.owner,
        "has_proof": task.proof_key is not None,
        "asset_id": usage.asset_id,
        "file_name": view.file_name,
        "channel": usage.channel,
        "territories": list(usage.territories),
        "external_ref": usage.external_ref,
    }
