"""Files that were refused before: the same bytes get the same answer, without another look and another record."""

from __future__ import annotations

from importlib.metadata import version

from sqlalchemy import select
from sqlalchemy.orm import Session

from ugc_hub.accounts import Actor, may
from ugc_hub.hub import Hub
from ugc_hub.models import Refusal, Submission

OF_THE_MOMENT = frozenset({"too_slow", "decoder_crashed"})
"""Codes of refusals that another day or a quieter machine might not give."""


def edition(hub: Hub) -> str:
    """Return what a refusal rests on besides the bytes: the release, and the limits that settings state."""
    limits = hub.settings.child_memory_bytes, hub.settings.child_wall_s
    return ":".join(map(str, (version("ugc-hub"), *limits)))[:100]


def refused_before(
    hub: Hub, session: Session, actor: Actor, *, sha256: str, submission_id: str | None
) -> Refusal | None:
    """Return the earlier refusal of the same bytes, if it still holds and the sender may know of it.

    After another release or other limits the file is looked at again; somebody else's refusal is not told.
    """
    found = select(Refusal).where(Refusal.sha256 == sha256, Refusal.edition == edition(hub)).order_by(Refusal.id)
    for row in session.scalars(found.where(Refusal.code.not_in(OF_THE_MOMENT))):
        sender = session.get(Submission, row.submission_id) if row.submission_id else None
        if submission_id is not None and row.submission_id == submission_id:
            return row
        if submission_id is None and may(actor, "asset.view", sender or Submission(creator_id=None)):
            return row
    return None
