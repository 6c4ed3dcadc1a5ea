"""Creators: what is held about one, and erasing them."""

from __future__ import annotations

import click

from ugc_hub import licensing
from ugc_hub.accounts import SYSTEM
from ugc_hub.cli.common import opened
from ugc_hub.cli.output import always_json, as_json, say, show
from ugc_hub.creators import list_creators, the_creator


@click.group()
def creators() -> None:
    """List creators, hand out what is held about one, erase one."""


@creators.command("list")
@as_json
def list_all(json_: bool) -> None:
    """List creators."""
    with opened() as hub:
        found = list_creators(hub)
    if json_:
        show({"items": [{"id": one.id, "handle": one.handle, "name": one.display_name} for one in found]})
        return
    for one in found:
        say(f"{one.id}  @{one.handle:30} {one.display_name}")


@creators.command("export")
@click.argument("handle")
@always_json
def export(handle: str) -> None:
    """Print every record about a creator as JSON; their files are not part of it."""
    with opened() as hub:
        show(licensing.export_creator(hub, SYSTEM, the_creator(hub, handle).id))


@creators.command("enquiries")
@click.argument("handle")
@click.argument("address", default="")
def enquiries(handle: str, address: str) -> None:
    """Keep where a creator wants to be asked for licences, as they told you; without an address: nowhere.

    Pages that show their content send to this address whoever wants a licence.
    """
    with opened() as hub:
        kept = licensing.set_enquiries(hub, SYSTEM, the_creator(hub, handle).id, address)
    say(f"Enquiries go to {kept}" if kept else "No enquiries.")


@creators.command("erase")
@click.argument("handle")
@click.option("--reason", required=True, help="Why; it stays as proof.")
@click.option("--yes", is_flag=True, help="Do not ask again.")
def erase(handle: str, reason: str, yes: bool) -> None:
    """Erase a creator with all of their assets, for good."""
    with opened() as hub:
        creator = the_creator(hub, handle)
        if not yes:
            click.confirm(f"Erase @{creator.handle} and all of their assets? Nothing brings them back.", abort=True)
        count = licensing.erase_creator(hub, SYSTEM, creator.id, reason=reason)
    say(f"Erased, with {count} assets. The files are removed by the next worker.")
