"""Sessions of browsers: a random cookie of 256 bits, of which the database holds only the SHA-256."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from ugc_hub.audit import record
from ugc_hub.hub import Hub
from ugc_hub.models import User, UserSession

from .actors import Actor
from .users import actor_of


@dataclass(frozen=True)
class SignedIn:
    """A fresh session: `cookie` is shown once and never stored."""

    cookie: str
    actor: Actor
    expires_at: datetime


@dataclass(frozen=True)
class SessionState:
    """Whom a cookie stands for, and the token that forms and scripts must send with it."""

    actor: Actor
    csrf: str


def digest(token: str) -> str:
    """Return the SHA-256 of a token in hex; enough for random tokens, which cannot be guessed from it."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def start(hub: Hub, db: Session, user: User, how: str) -> SignedIn:
    """Begin a new session in the caller's transaction."""
    cookie, now = hub.token(), hub.now()
    expires_at = now + timedelta(seconds=hub.settings.session_s)
    db.add(
        UserSession(
            id=hub.new_id("ses"),
            created_at=now,
            user_id=user.id,
            token_sha256=digest(cookie),
            csrf=hub.token(),
            expires_at=expires_at,
        )
    )
    db.execute(delete(UserSession).where(UserSession.expires_at < now))
    record(db, now, "session.started", user.id, actor=user.id, how=how)
    return SignedIn(cookie, actor_of(user), expires_at)


def session(hub: Hub, cookie: str) -> SessionState | None:
    """Return whom a cookie stands for, or None; the session is prolonged once half of its time is over."""
    now, lifetime = hub.now(), timedelta(seconds=hub.settings.session_s)
    with hub.database.read() as db:
        row = db.execute(
            select(UserSession, User).join(User).where(UserSession.token_sha256 == digest(cookie))
        ).one_or_none()
    if row is None:
        return None
    found, user = row
    if found.expires_at <= now or user.disabled_at is not None:
        return None
    if found.expires_at - now < lifetime / 2:
        with hub.database.write() as db:
            db.execute(update(UserSession).where(UserSession.id == found.id).values(expires_at=now + lifetime))
    return SessionState(actor_of(user), found.csrf)


def sign_out(hub: Hub, cookie: str) -> None:
    """End the session of a cookie; nothing happens where there is none."""
    with hub.database.write() as db:
        own = UserSession.token_sha256 == digest(cookie)
        user_id = db.execute(delete(UserSession).where(own).returning(UserSession.user_id)).scalar_one_or_none()
        if user_id is not None:
            record(db, hub.now(), "session.ended", user_id, actor=user_id)
