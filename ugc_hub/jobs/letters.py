"""Sends the mails that somebody asked for in a transaction."""

from __future__ import annotations

from typing import Any

from ugc_hub import notify
from ugc_hub.hub import Hub
from ugc_hub.permissions import write
from workers.queue.context import JobContext


def send_letters(hub: Hub, context: JobContext) -> dict[str, Any]:
    """Write the mails of a job and send them; what is not true any more is not sent.

    A mail may go out twice where a worker dies between the server's yes and ours; none is lost.
    """
    with hub.database.read() as session:
        letters = write(hub, session, context.job.payload)
    for letter in letters:
        notify.send(hub, letter.to, letter.subject, letter.body)
    return {"sent": len(letters)}
