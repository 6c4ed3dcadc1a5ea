"""Sends messages to webhooks, and tells administrators of one that was switched off."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from ugc_hub import webhooks
from ugc_hub.hub import Hub
from workers.queue.context import JobContext

from .afterlife import ask_notice, users_of


def hook(hub: Hub, context: JobContext) -> Mapping[str, Any]:
    """Make one attempt at one message; a further attempt is a job of its own, so that waiting holds up nobody."""

    def tell(session: Session, webhook_id: str) -> None:
        users = users_of(session, roles=("admin",))
        ask_notice(hub, session, users, {"about": "webhook", "webhook": webhook_id})

    payload = context.job.payload
    outcome = webhooks.deliver(hub, str(payload["message"]), int(payload["attempt"]), switched_off=tell)
    return {"state": outcome.state}
