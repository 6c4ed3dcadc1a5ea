"""The states of a rights request: which may follow which, and who changed them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from ugc_hub.accounts import Actor
from ugc_hub.audit import record
from ugc_hub.errors import Conflict, NotFound
from ugc_hub.hub import Hub
from ugc_hub.models import RightsRequest

FOLLOWING: Mapping[str, frozenset[str]] = {
    "draft": frozenset({"sent", "withdrawn"}),
    "sent": frozenset({"sent", "answered", "expired", "withdrawn"}),
    "answered": frozenset({"granted", "declined", "withdrawn"}),
    "granted": frozenset({"withdrawn"}),
    "declined": frozenset(),
    "expired": frozenset({"sent", "withdrawn"}),
    "withdrawn": frozenset(),
}
"""`sent` may follow itself: a new link takes the place of the old one."""
WORDS = {
    "draft": "It was not sent yet.",
    "sent": "It was sent and waits for an answer.",
    "answered": "It was answered already.",
    "granted": "It was answered already, with yes.",
    "declined": "It was answered already, with no.",
    "expired": "The time for an answer is over. Ask for a new link.",
    "withdrawn": "It was withdrawn.",
}


def locked(hub: Hub, session: Session, request_id: str) -> RightsRequest:
    """Return a request that nobody else changes until the transaction ends.

    Raises:
        NotFound: there is no such request.
    """
    hub.database.serialise(session, f"request:{request_id}")
    row = session.get(RightsRequest, request_id, populate_existing=True)
    if row is None:
        raise NotFound("There is no such request.")
    return row


def move(hub: Hub, session: Session, row: RightsRequest, state: str, *, actor: Actor, **details: Any) -> None:
    """Bring a locked request into another state, and write down who did so.

    Raises:
        Conflict: that state does not follow (code `wrong_state`).
    """
    if state not in FOLLOWING[row.state]:
        raise Conflict(WORDS[row.state], code="wrong_state", extra={"state": row.state})
    before, row.state = row.state, state
    session.flush()
    record(session, hub.now(), f"rights_request.{state}", row.id, actor=actor.user_id, before=before, **details)
