"""Writes what legal is told: claims that came or are overdue, proofs that broke; and what they answer to claimants."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ugc_hub import notify
from ugc_hub.hub import Hub
from ugc_hub.licensing import GROUNDS, answer_of
from ugc_hub.models import Claim, Grant
from workers.queue.context import JobContext

from .posting import post

Letter = tuple[str, str] | None


def came(hub: Hub, session: Session, payload: Mapping[str, Any]) -> Letter:
    """Tell of a claim; who made it and what they wrote stays in the hub."""
    return _claims(hub, session, payload, "Somebody asks for a takedown")


def overdue(hub: Hub, session: Session, payload: Mapping[str, Any]) -> Letter:
    """Tell of claims that are open and overdue."""
    return _claims(hub, session, payload, "Overdue: a takedown that somebody asked for")


def _claims(hub: Hub, session: Session, payload: Mapping[str, Any], subject: str) -> Letter:
    rows = session.scalars(
        select(Claim).where(Claim.id.in_(payload["claims"]), Claim.state == "open").order_by(Claim.due_at)
    ).all()
    if not rows:
        return None
    page = f"{hub.settings.address}/claims"
    return subject, notify.write("mail/claims.txt", {"rows": rows, "grounds": GROUNDS, "now": hub.now(), "page": page})


def broken(hub: Hub, session: Session, payload: Mapping[str, Any]) -> Letter:
    """Tell of grants whose proofs broke, as long as they are."""
    wanted = select(Grant.id).where(Grant.id.in_(payload["grants"]), Grant.evidence_ok.is_(False)).order_by(Grant.id)
    ids = list(session.scalars(wanted))
    if not ids:
        return None
    pages = [f"{hub.settings.address}/grants/{one}" for one in ids]
    return "Proofs of permissions are broken", notify.write("mail/broken.txt", {"pages": pages})


def answer(hub: Hub, context: JobContext) -> Mapping[str, Any]:
    """Send one answer to whoever made a claim."""
    with hub.database.read() as session:
        found = answer_of(hub, session, str(context.job.payload["claim"]), int(context.job.payload["number"]))
    if found is None:
        return {"sent": 0}
    to, words = found
    body = notify.write("mail/claim-answer.txt", {"words": words, "claim": context.job.payload["claim"]})
    return {"sent": int(post(hub, context.job, to, subject="Your takedown request", body=body))}
