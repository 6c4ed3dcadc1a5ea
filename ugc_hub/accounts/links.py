"""Signing in with a one-time link."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, select, update

from ugc_hub.audit import record
from ugc_hub.errors import Invalid, SignInNeeded
from ugc_hub.hub import Hub
from ugc_hub.models import SignInLink, User

from . import tries
from .sessions import SignedIn, digest, start
from .users import clean_email, first_administrator

ASKS = {"account": 5, "address": 50}
"""Links within 15 minutes after which an account, or a network address, gets no more for a while."""


def may_ask(hub: Hub, email: str, address: str) -> bool:
    """Count that somebody at a network address asks for a link, and tell whether one may be sent.

    Known and unknown accounts are counted alike. The caller must answer the same in any case.
    """
    most = {f"link:{email.strip().lower()}": ASKS["account"], f"link from:{address}": ASKS["address"]}
    return tries.count(hub, most) is not None


def may_claim(hub: Hub, address: str) -> bool:
    """Count that somebody at a network address sends a form without an account, and tell whether it may be kept."""
    return tries.count(hub, {f"claim from:{address}": ASKS["account"]}) is not None


def request_link(hub: Hub, email: str) -> str | None:
    """Return a new one-time link for the user with this address, or None where there is none.

    The caller must answer the same in both cases, so that addresses cannot be probed.
    """
    try:
        address = clean_email(email)
    except Invalid:
        return None
    now = hub.now()
    with hub.database.write() as db:
        user = db.scalar(select(User).where(User.email == address, User.disabled_at.is_(None)))
        if user is None:
            return None
        token = hub.token()
        db.execute(delete(SignInLink).where(SignInLink.expires_at < now))
        db.add(
            SignInLink(
                id=hub.new_id("lnk"),
                created_at=now,
                user_id=user.id,
                token_sha256=digest(token),
                expires_at=now + timedelta(seconds=hub.settings.sign_in_link_s),
            )
        )
        record(db, now, "sign_in_link.made", user.id)
    return f"{hub.settings.address}/sign-in/{token}"


def invitation(hub: Hub) -> str | None:
    """Return the line that invites the first administrator, made where there is none; None once they have signed in."""
    administrator, fresh = first_administrator(hub)
    if not fresh:
        return None
    minutes = hub.settings.sign_in_link_s // 60
    return f"Sign in as the administrator (once, within {minutes} minutes): {request_link(hub, administrator.email)}"


def sign_in_with_link(hub: Hub, token: str) -> SignedIn:
    """Use up a link and begin a session.

    Raises:
        SignInNeeded: the link is unknown, used or expired.
    """
    now = hub.now()
    with hub.database.write() as db:
        used = db.execute(
            update(SignInLink)
            .where(SignInLink.token_sha256 == digest(token), SignInLink.used_at.is_(None), SignInLink.expires_at > now)
            .values(used_at=now)
            .returning(SignInLink.user_id)
        ).scalar_one_or_none()
        user = db.get(User, used) if used else None
        if user is not None and user.disabled_at is None:
            return start(hub, db, user, "link")
    raise SignInNeeded("This sign-in link was used before or has expired. Ask for a new one.", code="link_spent")
