"""Rights requests at the command line: list, send, remind."""

from __future__ import annotations

import json
from typing import Any

import click

from ugc_hub.accounts import SYSTEM
from ugc_hub.cli.common import opened
from ugc_hub.cli.output import always_json, as_json, say, show
from ugc_hub.errors import Invalid


@click.group()
def requests() -> None:
    """Ask creators and persons for permission, and follow what they answer."""


@requests.command("list")
@click.option("--state", default="", help="Only these: draft, sent, answered, granted, declined, expired, withdrawn.")
@click.option("--creator", default="", metavar="HANDLE", help="Only of this creator.")
@as_json
def list_requests(state: str, creator: str, json_: bool) -> None:
    """List the newest 200 requests."""
    from ugc_hub import permissions
    from ugc_hub.permissions.things import names_of
    from ugc_hub.permissions.views import plains

    with opened() as hub:
        found, _ = permissions.find(hub, SYSTEM, permissions.Filter(state, creator, limit=200))
        names = names_of(hub, SYSTEM, found)
    if json_:
        show(plains(found))
        return
    for row in found:
        say(f"{row.id}  {row.state:10} {row.kind:14} {names[row.id]}")


@requests.command("show")
@click.argument("request_id")
@always_json
def show_request(request_id: str) -> None:
    """Print one request as JSON."""
    from ugc_hub import permissions
    from ugc_hub.permissions.views import plain

    with opened() as hub:
        show(plain(permissions.get(hub, SYSTEM, request_id)))


@requests.command("send")
@click.argument("assets", nargs=-1, required=True)
@click.option("--scope", type=click.File("r", encoding="utf-8-sig"), required=True, help="JSON file of the uses (`-`).")
@click.option("--email", default="", help="Where to; default: the address that is known of the creator.")
@click.option("--name", default="", help="How to address them.")
@click.option("--locale", type=click.Choice(["en", "de", "es", "fr"]), default="en", show_default=True)
@click.option("--link", "copied", is_flag=True, help="Print a link to hand on yourself, instead of mailing one.")
def send(assets: tuple[str, ...], scope: Any, email: str, name: str, locale: str, copied: bool) -> None:
    """Ask the creator of the assets for permission.

    A link that you hand on proves no address, so what is agreed to by it counts less (evidence level 1).
    """
    from ugc_hub import permissions

    try:
        plain = json.load(scope)
    except (ValueError, RecursionError) as error:
        raise Invalid(f"The scope is not valid JSON: {error}.") from error
    if not isinstance(plain, dict):
        raise Invalid("The scope is one JSON object.")
    ask = permissions.Ask(plain, asset_ids=assets, email=email, name=name, locale=locale)
    with opened() as hub:
        row = permissions.draft(hub, SYSTEM, ask)
        _, link = permissions.send(hub, SYSTEM, row.id, copied=copied)
    say(f"{row.id} {link or 'is being mailed.'}")


@requests.command("due")
@as_json
def due_command(json_: bool) -> None:
    """Send the reminders that are due, and let expire what is over. Doing it twice changes nothing."""
    from ugc_hub import permissions

    with opened() as hub:
        done = permissions.due(hub)
    if json_:
        show(done.as_dict())
        return
    codes = f"{len(done.ending)} codes announced, {len(done.ended)} ended"
    say(f"{len(done.reminded)} reminded, {len(done.expired)} expired, {codes}.")
