"""Compares proofs and texts of agreements with their hashes, every night, whether or not anybody looks at them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from ugc_hub.hub import Hub, crash_point
from ugc_hub.licensing.evidence import keep_checks, look
from ugc_hub.models import AgreementVersion, Evidence, Grant, Meta
from workers.queue.context import JobContext

CURSOR = "proofs.after"
"""Name, among the single values, of the grant up to which this round has come."""
BATCH = 50
"""Grants that are read and kept at once; each proof has at most 50 MB."""


def proofs(hub: Hub, context: JobContext) -> Mapping[str, Any]:
    """Go through all grants with proofs or texts in bounded steps; a worker that dies goes on where it stopped.

    What broke ends its grant at once and is told to legal in the same transaction.
    """
    seen = broken = 0
    while True:
        context.check()
        with hub.database.read() as session:
            ids = _next(session)
            checks = look(hub, session, ids)
        with hub.database.write() as session:
            broken += len(keep_checks(hub, session, checks))
            session.merge(Meta(name=CURSOR, value=ids[-1] if ids else ""))
        hub.ring()
        crash_point("after_proofs")
        seen += len(ids)
        if not ids:
            return {"grants": seen, "broken": broken}


def _next(session: Session) -> list[str]:
    kept = session.get(Meta, CURSOR)
    proven = exists().where(Evidence.grant_id == Grant.id)
    worded = exists().where(AgreementVersion.id == Grant.version_id, AgreementVersion.text_sha256.is_not(None))
    wanted = select(Grant.id).where(or_(proven, worded), Grant.id > (kept.value if kept else ""))
    return list(session.scalars(wanted.order_by(Grant.id).limit(BATCH)))
