"""Tasks to take a copy down, or to look at one: who does it until when, and what proves that it was done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, or_, select
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


def find_tasks(hub: Hub, session: Session, actor: Actor, *, state: str = "open", before: str = "") -> list[TaskView]:
    """Return up to 100 tasks in a state of `STATES`, the most urgent first; those done, the newest first."""
    require(actor, "rights.view")
    wanted = (
        select(TakedownTask, Usage, Asset.file_name, User)
        .join(Usage, Usage.id == TakedownTask.usage_id)
        .outerjoin(Asset, Asset.id == Usage.asset_id)
        .outerjoin(User, User.id == TakedownTask.owner_id)
        .limit(MOST_TASKS)
    )
    if state == "done":
        wanted = wanted.where(TakedownTask.state.in_(("done", "moot"))).order_by(TakedownTask.id.desc())
        wanted = wanted.where(TakedownTask.id < before) if before else wanted
    else:
        late = or_(TakedownTask.state == "escalated", TakedownTask.due_at <= hub.now())
        wanted = wanted.where(TakedownTask.state.in_(PENDING), late if state == "overdue" else ~late)
        wanted = wanted.order_by(TakedownTask.due_at, TakedownTask.id)
    return [
        TaskView(task, usage, name or usage.asset_id, (owner.name or owner.email) if owner else "")
        for task, usage, name, owner in session.execute(wanted)
    ]


def count_tasks(hub: Hub, session: Session) -> Mapping[str, int]:
    """Return how many tasks are open and how many overdue."""
    late = or_(TakedownTask.state == "escalated", TakedownTask.due_at <= hub.now())
    pending = select(func.count()).where(TakedownTask.state.in_(PENDING))
    overdue = session.scalar(pending.where(late)) or 0
    return {"open": (session.scalar(pending) or 0) - overdue, "overdue": overdue}


def plain_task(view: TaskView) -> dict[str, Any]:
    """Return a task as plain values."""
    names: Sequence[str] = ("id", "usage_id", "action", "reason", "effective_at", "due_at", "owner_id", "state", "note")
    return {name: getattr(view.task, name) for name in names} | {"asset_id": view.usage.asset_id}
