"""Videos for web pages at the command line."""

from __future__ import annotations

import click

from ugc_hub import embeds
from ugc_hub.accounts import SYSTEM
from ugc_hub.cli.common import opened
from ugc_hub.cli.output import as_json, say, show
from ugc_hub.cli.rendering import Taking, use_options


@click.command()
@click.argument("asset_id", metavar="ASSET")
@click.option(
    "--rendition",
    "chosen",
    metavar="ID",
    multiple=True,
    help="Stream, file or poster; default: the newest of each.",
)
@use_options
@as_json
def embed(asset_id: str, chosen: tuple[str, ...], asked: Taking, json_: bool) -> None:
    """Make the HTML of a video for a page, for one use.

    Its addresses are shown this once; every one of them is decided again each time somebody follows it.
    """
    with opened() as hub:
        made = embeds.make(hub, SYSTEM, asset_id, stated=asked.stated, chosen=chosen, acknowledged=asked.acknowledged)
    if json_:
        show(made.as_dict())
        return
    for line in made.html.splitlines():
        say(line)
    say(made.ends, err=True)
    for one in made.left_out:
        say(f"{one.kind} {one.rendition_id} is left out: {one.sentence}", err=True)
