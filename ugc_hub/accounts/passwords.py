"""Passwords: argon2id, throttled guesses, the same time and words for unknown users and wrong passwords."""

from __future__ import annotations

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import delete, select

from ugc_hub.audit import record
from ugc_hub.errors import Forbidden, Invalid, SignInNeeded, TooManyRequests
from ugc_hub.hub import Hub
from ugc_hub.models import LoginAttempt, User, UserSession

from . import tries
from .actors import Actor, require
from .sessions import SignedIn, start

SHORTEST, LONGEST = 12, 1024
TRIES = {"email": 10, "address": 50}
"""Failed tries within the window after which an account, or an address, has to wait."""


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)


@cache
def _decoy() -> str:
    return _hasher().hash("nobody has this password")


def set_password(hub: Hub, actor: Actor, password: str) -> None:
    """Set the actor's own password and end all of their sessions.

    Raises:
        Invalid: it is shorter than 12 or longer than 1,024 characters, or equals the address.
        Forbidden: the actor is not a user.
    """
    require(actor, "account.edit")
    if actor.user_id is None:
        raise Forbidden("Only a user has a password.")
    if not SHORTEST <= len(password) <= LONGEST:
        raise Invalid(f"A password has {SHORTEST} to {LONGEST} characters.", extra={"field": "password"})
    if password.strip().lower() == actor.email:
        raise Invalid("The password must not be the e-mail address.", extra={"field": "password"})
    hashed = _hasher().hash(_bytes(password))
    with hub.database.write() as db:
        user = db.get_one(User, actor.user_id)
        user.password_hash = hashed
        db.execute(delete(UserSession).where(UserSession.user_id == user.id))
        record(db, hub.now(), "password.set", user.id, actor=user.id)


def _bytes(password: str) -> bytes:
    """Encode what was typed; half a character, which UTF-8 forbids, is as good as any other."""
    return password.encode("utf-8", "surrogatepass")


def _matches(stored: str | None, password: str) -> bool:
    try:
        return _hasher().verify(stored or _decoy(), _bytes(password[: LONGEST + 1])) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def sign_in_with_password(hub: Hub, email: str, password: str, address: str) -> SignedIn:
    """Check a password and begin a session. `address` is the network address that asks.

    Raises:
        SignInNeeded: user or password is wrong; which one is not said.
        TooManyRequests: too many wrong tries within 15 minutes.
    """
    email = email.strip().lower().replace("\0", "")
    most = {f"email:{email}": TRIES["email"], f"address:{address}": TRIES["address"]}
    counted = tries.count(hub, most)
    if counted is None:
        raise TooManyRequests("Too many wrong tries. Wait 15 minutes, or ask for a sign-in link.")
    with hub.database.read() as db:
        user = db.scalar(select(User).where(User.email == email, User.disabled_at.is_(None)))
    matches = _matches(user.password_hash if user else None, password)
    if user is None or not matches:
        # For an address that nobody has as well, so that both take the same time.
        with hub.database.write() as db:
            record(db, hub.now(), "sign_in.failed", user.id if user else "nobody", how="password")
        raise SignInNeeded("The address or the password is wrong.", code="wrong_credentials")
    with hub.database.write() as db:
        db.execute(delete(LoginAttempt).where(LoginAttempt.id.in_(counted)))
        return start(hub, db, user, "password")
