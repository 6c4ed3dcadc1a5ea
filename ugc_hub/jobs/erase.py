"""Removes the files of what was erased, and what the log of the database still holds of it.

The records went in the transaction that asked for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, select

from ugc_hub import notify
from ugc_hub.hub import Hub, crash_point
from ugc_hub.models import DutyFulfilment, Evidence, TakedownTask
from workers.queue.context import JobContext

from .collect import remove


def erase(hub: Hub, context: JobContext) -> Mapping[str, Any]:
    """Remove each file that no other record names; a preview of the same pixels may belong to another asset too."""
    keys = [str(key) for key in context.job.payload["keys"]]
    mails = [str(name) for name in context.job.payload.get("mails", ())]
    for name in mails:
        (notify.outbox(hub) / name).unlink(missing_ok=True)
    removed = 0
    for key in keys:
        removed += _remove(hub, key)
        crash_point("after_removed")
    hub.database.scour()
    return {"removed": removed, "named_by_others": len(keys) - removed, "mails": len(mails)}


def _remove(hub: Hub, key: str) -> bool:
    if key.startswith("texts/"):
        hub.storage.delete(key)  # that nobody else agreed to it was seen in the transaction that asked for this
        return True
    return _captured(hub, key) if key.startswith("evidence/") else remove(hub, key)


def _captured(hub: Hub, key: str) -> bool:
    with hub.database.write() as session:
        hub.database.serialise(session, key)
        if any(session.scalar(named.limit(1)) is not None for named in _naming(key)):
            return False
        hub.storage.delete(key)
        return True


def _naming(key: str) -> tuple[Select[str], ...]:
    """The same bytes may prove something else too."""
    return (
        select(Evidence.id).where(Evidence.storage_key == key),
        select(DutyFulfilment.id).where(DutyFulfilment.proof_key == key),
        select(TakedownTask.id).where(TakedownTask.proof_key == key),
    )
