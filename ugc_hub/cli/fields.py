"""Fields of campaigns at the command line."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import click

from ugc_hub import catalog
from ugc_hub.accounts import SYSTEM
from ugc_hub.catalog import DefinedField, Definition, FieldChange
from ugc_hub.catalog.fields import KINDS
from ugc_hub.cli.common import opened
from ugc_hub.cli.output import as_json, say, show

_kind = click.Choice(list(KINDS))
_choices = click.option("--choice", "choices", multiple=True, help="Of a choice, in their order; repeatable.")


@click.group()
def fields() -> None:
    """Say what each asset of a campaign has to tell."""


@fields.command("list")
@click.option("--campaign", metavar="NAME", help="Only of this campaign.")
@as_json
def list_command(campaign: str | None, json_: bool) -> None:
    """List the fields of campaigns, and how many assets are found by what each says."""
    with opened() as hub:
        found = catalog.list_fields(hub, SYSTEM, campaign)
    if json_:
        show({"items": [asdict(one) for some in found.values() for one in some]})
        return
    for some in found.values():
        for one in some:
            say(_line(one))


def _line(one: DefinedField) -> str:
    needed = "required" if one.required else "optional"
    choices = f"  ({', '.join(one.choices)})" if one.choices else ""
    return f"{one.id}  {one.campaign}: {one.name}  {one.kind}  {needed}  {one.assets} assets{choices}"


def _tell(one: DefinedField, json_: bool) -> None:
    if json_:
        show(asdict(one))
        return
    say(_line(one))


@fields.command("add")
@click.argument("campaign")
@click.argument("name")
@click.option("--kind", type=_kind, default="text", show_default=True)
@click.option("--required", is_flag=True, help="Assets that do not say it are incomplete.")
@_choices
@as_json
def add_command(campaign: str, json_: bool, **given: Any) -> None:
    """Give a campaign that there is a field."""
    with opened() as hub:
        _tell(catalog.add_field(hub, SYSTEM, campaign, Definition(**given)), json_)


@fields.command("change")
@click.argument("field_id", metavar="FIELD")
@click.option("--name", help="Another name.")
@click.option("--kind", type=_kind, help="Another kind; values that it takes are converted.")
@click.option("--required/--optional", default=None, help="Whether assets that do not say it are incomplete.")
@_choices
@as_json
def change_command(field_id: str, choices: tuple[str, ...], json_: bool, **given: Any) -> None:
    """Change a field; what is left out stays. Refused where a value would not be taken any more."""
    with opened() as hub:
        change = FieldChange(**given, choices=choices or None)
        _tell(catalog.change_field(hub, SYSTEM, field_id, change), json_)


@fields.command("remove")
@click.argument("field_id", metavar="FIELD")
@click.option("--values", is_flag=True, help="What it says of assets may go as well, for good.")
@as_json
def remove_command(field_id: str, values: bool, json_: bool) -> None:
    """Take a field away from its campaign."""
    with opened() as hub:
        count = catalog.remove_field(hub, SYSTEM, field_id, values=values)
    if json_:
        show({"assets": count})
        return
    say(f"{field_id} is removed; it said something of {count} assets.")
