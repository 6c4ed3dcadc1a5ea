"""Assets that are like one."""

from __future__ import annotations

import click

from ugc_hub import catalog
from ugc_hub.accounts import SYSTEM
from ugc_hub.cli.common import opened
from ugc_hub.cli.output import as_json, say, show


@click.command()
@click.argument("asset_id")
@click.option(
    "--by", type=click.Choice(catalog.BY), default="look", show_default=True, help="What they have in common."
)
@click.option("--limit", type=click.IntRange(1, 50), default=12, show_default=True)
@as_json
def similar(asset_id: str, by: str, limit: int, json_: bool) -> None:
    """List the assets most like one.

    Nearest first; 0 is the same, 1 as different as can be.
    """
    with opened() as hub:
        found = catalog.similar(hub, SYSTEM, asset_id, by, limit=limit)
    if json_:
        show({"items": [{"asset": one.asset.as_dict(), "distance": one.distance, "why": one.why} for one in found]})
        return
    for one in found:
        say(f"{one.distance:.3f}  {one.asset.id}  {one.asset.file_name}  {one.why}")
    if not found:
        say("Nothing is like it.")
