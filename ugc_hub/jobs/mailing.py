"""Sends the mails that somebody asked for in a transaction: about submissions, requests and codes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from ugc_hub import notify, permissions, submissions
from ugc_hub.hub import Hub
from ugc_hub.permissions import Letter
from workers.queue.context import JobContext

from .posting import post


def mail(hub: Hub, context: JobContext) -> dict[str, Any]:
    """Write the mails of a job and send each once (see `posting`); what is not true any more is not sent."""
    payload = context.job.payload
    with hub.database.read() as session:
        letters = _written(hub, session, payload)
    sent = [post(hub, context.job, letter.to, subject=letter.subject, body=letter.body) for letter in letters]
    return {"letter": payload["letter"], "sent": sum(sent), "outcome": "sent" if letters else "nobody to send it to"}


def _written(hub: Hub, session: Session, payload: Mapping[str, Any]) -> list[Letter]:
    """Return the mails of a job: those of submissions name their thing by `id`, the others say what it is."""
    if "id" not in payload:
        return permissions.write(hub, session, payload)
    made = submissions.compose(hub, session, str(payload["letter"]), str(payload["id"]))
    return [Letter(made.to, made.subject, notify.write(made.template, made.values))] if made else []
