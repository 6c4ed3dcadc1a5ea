"""What a version of a grant that allows nothing new takes over from the old one."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from ugc_hub.hub import Hub
from ugc_hub.models import DutyFulfilment, Evidence, Grant


def carry(hub: Hub, session: Session, old_id: str, rows: Sequence[Grant]) -> None:
    """Let the proofs of the old version prove the new ones, and what was done for it count; bytes stay where they are.

    What an old duty asked for was approved or paid; a duty that is new has nothing to take over.
    """
    for table, prefix in ((Evidence, "evd"), (DutyFulfilment, "dty")):
        kept = session.scalars(select(table).where(table.grant_id == old_id).order_by(table.id)).all()
        for one in kept:
            values = {column.name: getattr(one, column.name) for column in table.__table__.columns}
            session.add_all(table(**{**values, "id": hub.new_id(prefix), "grant_id": row.id}) for row in rows)
    session.flush()
