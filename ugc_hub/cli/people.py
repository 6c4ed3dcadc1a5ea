"""Users, sign-in links and API tokens."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import click

from ugc_hub import accounts, creators
from ugc_hub.cli.common import opened
from ugc_hub.cli.output import always_json, as_json, say, show
from ugc_hub.errors import Conflict


@click.group()
def user() -> None:
    """Make users and sign-in links."""


@user.command("add")
@click.argument("email")
@click.option("--role", default="content_manager", show_default=True)
@click.option("--creator", "handle", metavar="HANDLE", help="Make a creator's own user; the role is creator then.")
@click.option("--name", default="")
def add(email: str, role: str, handle: str | None, name: str) -> None:
    """Make a user and print a one-time sign-in link."""
    with opened() as hub:
        if handle:
            made = creators.creator_user(hub, email, handle, name)
        else:
            made = accounts.create_user(hub, email, role, name)
        say(f"{made.email} ({made.role}) signs in with: {accounts.request_link(hub, made.email)}")


@user.command("list")
@as_json
def list_users(json_: bool) -> None:
    """List users."""
    with opened() as hub:
        found = accounts.list_users(hub)
    rows = [
        {"email": row.email, "role": row.role, "name": row.name, "disabled": bool(row.disabled_at)} for row in found
    ]
    if json_:
        show({"items": rows})
        return
    for row in rows:
        say(f"{row['email']:40} {row['role']:16} {row['name']}")


@user.command("link")
@click.argument("email")
def link(email: str) -> None:
    """Print a one-time sign-in link for a user."""
    with opened() as hub:
        accounts.find_user(hub, email)
        made = accounts.request_link(hub, email)
    if made is None:
        raise Conflict("This user is disabled and cannot sign in.")
    say(made)


@click.group()
def token() -> None:
    """Make and revoke API tokens."""


@token.command("create")
@click.argument("name")
@click.option("--user", "email", help="Whose token; default: the first administrator.")
@click.option("--scope", "scopes", multiple=True, help="Allow only these actions, such as asset.view.")
@click.option("--channel", "channels", multiple=True, help="Only uses in these channels, with their children.")
@click.option("--territory", "territories", multiple=True, help="Only uses in these places: DE, US-NY, EU.")
@click.option("--party", default="", help="Only uses by this party.")
@click.option("--days", type=click.IntRange(1, 3650), help="Days until it expires; default: never.")
def create(name: str, email: str | None, scopes: tuple[str, ...], days: int | None, **bound: Any) -> None:
    """Make a token and print it, once."""
    bounds = accounts.Bounds.of(bound["channels"], bound["territories"], bound["party"])
    with opened() as hub:
        owner = accounts.find_user(hub, email) if email else accounts.first_administrator(hub)[0]
        expires_at = hub.now() + timedelta(days=days) if days else None
        given: Any = {"scopes": frozenset(scopes), "bounds": bounds, "expires_at": expires_at}
        _, text = accounts.create_token(hub, owner, name, **given)
    say(text)


@token.command("list")
@click.option("--user", "email", help="Whose tokens; default: the first administrator.")
@always_json
def list_tokens(email: str | None) -> None:
    """List the tokens of a user as JSON; never their text."""
    with opened() as hub:
        owner = accounts.find_user(hub, email) if email else accounts.first_administrator(hub)[0]
        found = accounts.list_tokens(hub, accounts.actor_of(owner))
    names = ("id", "name", "prefix", "scopes", "bounds", "expires_at")
    show([{name: getattr(one, name) for name in names} for one in found])


@token.command("revoke")
@click.argument("token_id")
def revoke(token_id: str) -> None:
    """Revoke a token; it stops working at once."""
    with opened() as hub:
        accounts.revoke_token(hub, accounts.SYSTEM, token_id)
    say(f"{token_id} is revoked.")
