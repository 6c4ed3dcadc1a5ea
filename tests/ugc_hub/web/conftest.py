"""The web door over a hub of each test, with somebody of any role before it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from ugc_hub import accounts
from ugc_hub.hub import Hub
from ugc_hub.models import Creator, User
from ugc_hub.web.app import create_app
from ugc_hub.web.context import EXTENSION, cookie_name
from ugc_hub.web.security import trusted_hosts

ROLES = ("admin", "content_manager", "designer", "channel_team", "legal", "viewer", "creator")


_APPS: dict[tuple[object, ...], APIFlask] = {}


@pytest.fixture
def app(hub: Hub) -> APIFlask:
    """The app of the hub.

    It keeps no state of its own, and to make one, with its pages, takes longer than most tests: hubs that are served
    alike share it.
    """
    served = (hub.settings.address, tuple(trusted_hosts(hub.settings)), hub.settings.proxy_hops)
    if served not in _APPS:
        _APPS[served] = create_app(hub)
    _APPS[served].extensions[EXTENSION] = hub
    return _APPS[served]


@dataclass
class Person:
    """Somebody at a browser, or a program with a token."""

    client: FlaskClient
    csrf: str
    headers: dict[str, str]

    def ask(self, method: str, path: str, **options: Any) -> TestResponse:
        """Send a request as the pages of the hub do."""
        headers = {**self.headers, **options.pop("headers", {})}
        return self.client.open(path, method=method, headers=headers, buffered=True, **options)

    def get(self, path: str, **options: Any) -> TestResponse:
        """GET."""
        return self.ask("GET", path, **options)

    def post(self, path: str, **options: Any) -> TestResponse:
        """POST."""
        return self.ask("POST", path, **options)


def user_of(hub: Hub, role: str) -> User:
    """Return the user of a role, made where there is none; a creator gets a creator record."""
    email = f"{role}@example.org"
    known = {user.email: user for user in accounts.list_users(hub)}
    if email in known:
        return known[email]
    user = accounts.create_user(hub, email, role)
    if role == "creator":
        with hub.database.write() as session:
            session.add(Creator(id="crt_self", created_at=hub.now(), handle="self"))
            session.flush()
            session.get_one(User, user.id).creator_id = "crt_self"
    return user


@pytest.fixture
def browser(hub: Hub, app: APIFlask) -> Callable[[str], Person]:
    """A function that returns somebody of a role, signed in with a cookie."""

    def sign_in(role: str) -> Person:
        link = accounts.request_link(hub, user_of(hub, role).email)
        assert link is not None
        cookie = accounts.sign_in_with_link(hub, link.rsplit("/", 1)[1]).cookie
        state = accounts.session(hub, cookie)
        assert state is not None
        client = app.test_client()
        client.set_cookie(cookie_name(hub), cookie)
        return Person(client, state.csrf, {"Sec-Fetch-Site": "same-origin", "X-CSRF-Token": state.csrf})

    return sign_in


@pytest.fixture
def program(hub: Hub, app: APIFlask) -> Callable[..., Person]:
    """A function that returns a program with a token of somebody of a role."""

    def with_token(role: str, *scopes: str) -> Person:
        _, token = accounts.create_token(hub, user_of(hub, role), "test", scopes=frozenset(scopes))
        return Person(app.test_client(), "", {"Authorization": f"Bearer {token}"})

    return with_token


@pytest.fixture
def stranger(app: APIFlask) -> Person:
    """Somebody who is not signed in."""
    return Person(app.test_client(), "", {})
