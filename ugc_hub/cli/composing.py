"""Composing clips from the command line."""

from __future__ import annotations

import sys

import click

from ugc_hub import compositions
from ugc_hub.accounts import SYSTEM
from ugc_hub.cli import progress
from ugc_hub.cli.common import Pair, opened
from ugc_hub.cli.output import as_json, say, show


@click.command("compositions")
@as_json
def list_compositions(json_: bool) -> None:
    """List the compositions: what each makes, how many videos or photos it takes, and its parameters."""
    with opened() as hub:
        found = compositions.kinds(hub, SYSTEM)
    if json_:
        show({"items": [one.as_dict() for one in found], "installed": compositions.installed()})
        return
    for one in found:
        if one.fault:
            say(f"{one.name}: broken. {one.fault}")
            continue
        least, most = one.clips
        count = f"{least}" if least == most else f"{least} to {most}"
        say(f"{one.name} ({count} {'part' if most == 1 else 'parts'}): {one.sentence}")
        for each in one.parameters:
            takes = f"one of {', '.join(each['options'])}" if each["options"] else each["kind"]
            say(f"    {each['name']}={each['default']!s:.40}  {each['title']}: {takes}".replace("\n", " "))
    if not compositions.installed():
        say(compositions.NOT_THERE)


@click.command()
@click.argument("name", metavar="NAME")
@click.argument("asset_ids", metavar="ASSET...", nargs=-1, required=True)
@click.option("--set", "values", type=Pair(), multiple=True, metavar="NAME=VALUE", help="A parameter; repeatable.")
@click.option("--as-name", default="", metavar="TEXT", help="What the asset that comes out is called.")
@as_json
def compose(
    name: str, asset_ids: tuple[str, ...], values: tuple[tuple[str, str], ...], as_name: str, json_: bool
) -> None:
    """Make a clip of videos and photos by a composition; it becomes an asset of its own.

    \b
    ugc-hub compositions lists what there is. In a text, \\n begins another line.
    A photo is shown for as long as --set photo_s=SECONDS says.
    It may be used where each of its parts may. Exit status 1 when it cannot be made.
    """
    given = {key: value.replace("\\n", "\n") for key, value in values}
    with opened() as hub:
        piece = compositions.ask(hub, SYSTEM, compositions.Wish(name, asset_ids, given, as_name))
        progress.wait(hub, [piece.job_id] if piece.job_id is not None else [], quiet=json_)
        piece = compositions.get(hub, SYSTEM, piece.id)
        if piece.asset_id is not None:
            from ugc_hub import catalog

            job_id = catalog.get(hub, SYSTEM, piece.asset_id).job_id
            progress.wait(hub, [job_id] if job_id is not None else [], quiet=json_)
    if json_:
        show(piece.as_dict())
    else:
        say(f"{piece.asset_id}: {piece.title}" if piece.asset_id else f"{piece.status}: {piece.message}")
    if piece.status != "ready":
        sys.exit(1)
