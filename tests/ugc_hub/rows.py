"""Records made without looking at a picture, so that tests of records are quick."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import event

from ugc_hub.accounts import SYSTEM, Actor, actor_of, create_user
from ugc_hub.creators import creator_by_handle, submit
from ugc_hub.hub import Hub
from ugc_hub.models import Asset, User
from workers.media.shapes import MediaFacts


def facts_of(width: int = 1600, height: int = 1200, **more: Any) -> MediaFacts:
    """Facts of an ordinary photo."""
    plain = {"kind": "image", "format": "jpeg", "media_type": "image/jpeg", "extension": ".jpg", "components": 3}
    sides = {"width": width, "height": height, "stored_width": width, "stored_height": height}
    return MediaFacts(**{**plain, **sides, **more})


def asset_row(hub: Hub, name: str = "photo.jpg", *, facts: MediaFacts | None = None, **known: Any) -> str:
    """Make the record of a measured photo without bytes and return its id; `creator`, `campaign`, columns."""
    facts = facts or facts_of()
    creator, campaign = known.pop("creator", None), known.pop("campaign", None)
    with hub.database.write() as session:
        submission = submit(hub, session, SYSTEM, door="api", creator=creator, campaign=campaign)
        row = Asset(
            **{
                "id": hub.new_id("ast"),
                "created_at": hub.now(),
                "sha256": hashlib.sha256(hub.new_id("any").encode()).hexdigest(),
                "status": "ready",
                "file_name": name,
                "size_bytes": 1000,
                "kind": facts.kind,
                "media_type": facts.media_type,
                "extension": facts.extension,
                "creator_id": submission.creator_id,
                "campaign_id": submission.campaign_id,
                "submission_id": submission.id,
                "width": facts.width,
                "height": facts.height,
                "facts": facts.dump(),
                "previews": {},
                **known,
            }
        )
        session.add(row)
    return row.id


def user_row(hub: Hub, role: str, email: str = "") -> User:
    """Make a user of a role."""
    return create_user(hub, email or f"{role}@example.org", role)


def creator_actor(hub: Hub, handle: str) -> Actor:
    """Make a user who is a creator, and return who they are when acting."""
    user = user_row(hub, "creator", f"{handle}@example.org")
    with hub.database.write() as session:
        row = session.get_one(User, user.id)
        row.creator_id = creator_by_handle(hub, session, handle).id
    return actor_of(row)


@dataclass
class Clock:
    """A clock that stands still until it is told to go on."""

    at: datetime = field(default_factory=lambda: datetime(2030, 1, 1, tzinfo=UTC))

    def __call__(self) -> datetime:
        """The present."""
        return self.at

    def go_on(self, **span: float) -> None:
        """Let time pass."""
        self.at += timedelta(**span)


def with_clock(hub: Hub) -> tuple[Hub, Clock]:
    """The same hub with a clock of one's own."""
    clock = Clock()
    return replace(hub, now=clock), clock


@contextmanager
def statements(hub: Hub) -> Iterator[list[str]]:
    """Collect the statements that are sent to the database, without those that begin a transaction."""
    seen: list[str] = []

    def see(connection: object, cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith(("BEGIN", "SELECT pg_advisory")):
            seen.append(statement)

    event.listen(hub.database.engine, "before_cursor_execute", see)
    try:
        yield seen
    finally:
        event.remove(hub.database.engine, "before_cursor_execute", see)
