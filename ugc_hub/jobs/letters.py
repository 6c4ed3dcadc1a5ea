"""Sends the mails that somebody asked for in a transaction."""

from __future__ import annotations

from typing import Any

from ugc_hub.hub import Hub
from ugc_hub.permissions import write
from workers.queue.context import JobContext

from .posting import post


def send_letters(hub: Hub, context: JobContext) -> dict[str, Any]:
    """Write the mails of a job and send each once (see `posting`); what is not true any more is not sent."""
    with hub.database.read() as session:
        letters = write(hub, session, context.job.payload)
    sent = [post(hub, context.job, letter.to, subject=letter.subject, body=letter.body) for letter in letters]
    return {"sent": sum(sent)}
