"""The append-only list of events: what happened, who did it, to what."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from .models import Event


def record(session: Session, at: datetime, kind: str, object_id: str, **body: Any) -> None:
    """Append one event in the caller's transaction, so that it exists if and only if the change does.

    `body` may hold `actor` (a user id, kept in its own column) and plain JSON values; never secrets, never bytes.
    """
    details: Mapping[str, Any] = {name: value for name, value in body.items() if name != "actor"}
    session.add(Event(at=at, actor=body.get("actor"), kind=kind, object_id=object_id, body=dict(details)))
