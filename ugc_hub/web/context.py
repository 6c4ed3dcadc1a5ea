"""What a request knows: the hub, and who asks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal, cast

from flask import current_app, g, request
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from ugc_hub import accounts
from ugc_hub.accounts import Actor
from ugc_hub.errors import SignInNeeded
from ugc_hub.hub import Hub

EXTENSION = "ugc_hub"


@dataclass(frozen=True)
class Identity:
    """Who asks and how they proved it; `csrf` belongs to a session and is empty for a token."""

    actor: Actor
    how: Literal["session", "token"]
    csrf: str = ""


def the_hub() -> Hub:
    """Return the hub that this app serves."""
    return cast(Hub, current_app.extensions[EXTENSION])


def cookie_name(hub: Hub) -> str:
    """Return the name of the session cookie; over https the `__Host-` prefix pins it to this host and path."""
    return "__Host-ugc_hub" if hub.settings.address.startswith("https://") else "ugc_hub"


def remember(response: Response, cookie: str) -> None:
    """Hand out the session cookie."""
    hub = the_hub()
    response.set_cookie(cookie_name(hub), cookie, max_age=hub.settings.session_s, **_cookie_rules(hub))


def forget(response: Response) -> None:
    """Take the session cookie back."""
    hub = the_hub()
    response.delete_cookie(cookie_name(hub), **_cookie_rules(hub))


def _cookie_rules(hub: Hub) -> Any:
    secure = hub.settings.address.startswith("https://")
    return {"path": "/", "secure": secure, "httponly": True, "samesite": "Lax"}


def identity() -> Identity | None:
    """Return who asks, or None. On the API a bearer token replaces the cookie: never both.

    Raises:
        SignInNeeded: a token was sent and is not valid.
    """
    if "identity" not in g:
        g.identity = _find()
    return cast("Identity | None", g.identity)


def _find() -> Identity | None:
    hub = the_hub()
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    # Other schemes belong to a proxy in front, and pages are for browsers only.
    if scheme.lower() == "bearer" and request.path.startswith("/api/"):
        return Identity(accounts.token_actor(hub, token.strip()), "token")
    cookie = request.cookies.get(cookie_name(hub))
    state = accounts.session(hub, cookie) if cookie else None
    return Identity(state.actor, "session", state.csrf) if state else None


def actor() -> Actor:
    """Return who asks.

    Raises:
        SignInNeeded: nobody is signed in.
    """
    found = identity()
    if found is None:
        raise SignInNeeded("Sign in first, or send an API token.")
    return found.actor


def allowed(action: str) -> Actor:
    """Return who asks if their role lets them do the action at all; objects are judged by the use cases.

    Raises:
        SignInNeeded: nobody is signed in.
        Forbidden: the role does not allow it.
    """
    who = actor()
    accounts.require(who, action)
    return who


@contextmanager
def changing(action: str) -> Iterator[tuple[Hub, Session, Actor]]:
    """Open a transaction for somebody whose role lets them do the action: hub, session, and who asks.

    Raises: as `allowed`.
    """
    hub, who = the_hub(), allowed(action)
    with hub.database.write() as session:
        yield hub, session, who
