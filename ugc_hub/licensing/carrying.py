"""What a version of a grant that allows nothing new takes over from the old one."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from ugc_hub.audit import record
from ugc_hub.hub import Hub
from ugc_hub.models import DutyFulfilment, Evidence, Grant

from .witnessing import row_digest


def carry(hub: Hub, session: Session, old_id: str, rows: Sequence[Grant]) -> None:
    """Let the proofs of the old version prove the new ones, and what was done for it count; bytes stay where they are.

    What an old duty asked for was approved or paid; a duty that is new has nothing to take over.
    """
    carry_proofs(hub, session, old_id, rows)
    done = session.scalars(select(DutyFulfilment).where(DutyFulfilment.grant_id == old_id).order_by(DutyFulfilment.id))
    for one in done.all():
        values = {column.name: getattr(one, column.name) for column in DutyFulfilment.__table__.columns}
        session.add_all(DutyFulfilment(**{**values, "id": hub.new_id("dty"), "grant_id": row.id}) for row in rows)
        for row in rows:
            record(session, hub.now(), "duty.fulfilled", row.id, duty=one.duty, carried_from=one.id)
    session.flush()


def carry_proofs(hub: Hub, session: Session, old_id: str, rows: Sequence[Grant]) -> None:
    """Let the proofs of one grant prove others that allow no more."""
    for one in session.scalars(select(Evidence).where(Evidence.grant_id == old_id).order_by(Evidence.id)).all():
        values = {column.name: getattr(one, column.name) for column in Evidence.__table__.columns}
        for row in rows:
            proof = Evidence(**{**values, "id": hub.new_id("evd"), "grant_id": row.id})
            session.add(proof)
            session.flush()
            details = {"evidence": proof.id, "form": proof.kind, "sha256": proof.sha256, "row": row_digest(proof)}
            record(session, hub.now(), "evidence.attached", row.id, carried_from=one.id, **details)
