"""Sends the mails that submissions asked for."""

from __future__ import annotations

from typing import Any

from ugc_hub import notify, submissions
from ugc_hub.hub import Hub
from workers.queue.context import JobContext

from .posting import post


def mail(hub: Hub, context: JobContext) -> dict[str, Any]:
    """Compose and send the mail that the job names; it goes out once (see `posting`)."""
    name, thing_id = str(context.job.payload["letter"]), str(context.job.payload["id"])
    with hub.database.read() as session:
        made = submissions.compose(hub, session, name, thing_id)
        if made is not None:
            body = notify.write(made.template, made.values)
    if made is None:
        return {"letter": name, "outcome": "nobody to send it to"}
    post(hub, context.job, made.to, subject=made.subject, body=body)
    return {"letter": name, "outcome": "sent"}
