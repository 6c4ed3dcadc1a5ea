"""API tokens: shown once, recognisable by prefix and checksum, stored as SHA-256, revoked at once."""

from __future__ import annotations

import zlib
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import Select, bindparam, or_, select, update

from ugc_hub.audit import record
from ugc_hub.errors import Invalid, NotFound, SignInNeeded
from ugc_hub.hub import Hub
from ugc_hub.models import ApiToken, User

from .actors import Actor, require, roles
from .bounds import Bounds
from .sessions import digest
from .users import actor_of

MARK = "ugc_"
SEEN_EVERY = timedelta(minutes=1)


def _checksum(body: str) -> str:
    return f"{zlib.crc32(body.encode('utf-8', 'surrogatepass')):08x}"


def create_token(
    hub: Hub,
    user: User,
    name: str,
    *,
    scopes: frozenset[str] = frozenset(),
    bounds: Bounds | None = None,
    expires_at: datetime | None = None,
) -> tuple[ApiToken, str]:
    """Make a token for a user; return its record and its text, which is never shown again.

    Raises:
        Invalid: a scope is not an action that any role knows.
    """
    known = {action for role in roles().values() for action in role.actions | role.own} - {"*"}
    if unknown := sorted(scopes - known):
        raise Invalid(f"Unknown scopes: {', '.join(unknown)}. Known: {', '.join(sorted(known))}.")
    body = hub.token()
    text = f"{MARK}{body}{_checksum(body)}"
    token = ApiToken(
        id=hub.new_id("tok"),
        created_at=hub.now(),
        user_id=user.id,
        name=name.strip()[:200] or "token",
        prefix=text[:10],
        token_sha256=digest(text),
        scopes=sorted(scopes),
        bounds=bounds.dump() if bounds else None,
        expires_at=expires_at,
    )
    with hub.database.write() as db:
        db.add(token)
        record(db, hub.now(), "token.created", token.id, actor=user.id, scopes=token.scopes, bounds=token.bounds)
    return token, text


def token_actor(hub: Hub, text: str) -> Actor:
    """Return whom a token stands for.

    Raises:
        SignInNeeded: it is unknown, expired or revoked, or its user is disabled.
    """
    wrong = SignInNeeded("The API token is unknown, expired or revoked.", code="bad_token")
    body = text.removeprefix(MARK)
    # The checksum sorts out mistyped tokens without asking the database.
    if not text.startswith(MARK) or _checksum(body[:-8]) != body[-8:]:
        raise wrong
    now = hub.now()
    with hub.database.read() as db:
        row = db.execute(_known(), {"digest": digest(text)}).one_or_none()
    if row is None:
        raise wrong
    token, user = row
    expired = token.expires_at is not None and token.expires_at <= now
    if expired or token.revoked_at is not None or user.disabled_at is not None:
        raise wrong
    if token.last_used_at is None or now - token.last_used_at > SEEN_EVERY:
        _seen(hub, token, now)
    return replace(actor_of(user, frozenset(token.scopes)), bounds=Bounds.load(token.bounds))


@cache
def _known() -> Select[ApiToken, User]:
    """The statement, built once: every request of a program asks it."""
    return select(ApiToken, User).join(User).where(ApiToken.token_sha256 == bindparam("digest"))


def _seen(hub: Hub, token: ApiToken, now: datetime) -> None:
    """Keep when a token was used; the audit hears of it once an hour, however many programs share the token."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    mine = update(ApiToken).where(ApiToken.id == token.id)
    earlier = or_(ApiToken.last_used_at.is_(None), ApiToken.last_used_at < hour)
    with hub.database.write() as db:
        first = db.execute(mine.where(earlier).values(last_used_at=now).returning(ApiToken.id)).scalar_one_or_none()
        if first is None:
            db.execute(mine.values(last_used_at=now))
        else:
            record(db, now, "token.used", token.id, actor=token.user_id)


def list_tokens(hub: Hub, actor: Actor) -> list[ApiToken]:
    """Return the actor's own tokens that still work, newest first."""
    with hub.database.read() as db:
        found = select(ApiToken).where(ApiToken.user_id == actor.user_id, ApiToken.revoked_at.is_(None))
        return list(db.scalars(found.order_by(ApiToken.id.desc())))


def revoke_token(hub: Hub, actor: Actor, token_id: str) -> None:
    """Revoke one of the actor's own tokens (an administrator: anybody's); it stops working at once.

    Raises:
        Forbidden: the actor came with a token that may not do this.
        NotFound: the actor has no such token.
    """
    require(actor, "account.edit")
    with hub.database.write() as db:
        token = db.get(ApiToken, token_id)
        if token is None or (token.user_id != actor.user_id and actor.role != "admin"):
            raise NotFound("There is no such token.")
        token.revoked_at = token.revoked_at or hub.now()
        record(db, hub.now(), "token.revoked", token.id, actor=actor.user_id)
