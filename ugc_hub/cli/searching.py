"""The search at the command line, and its index."""

from __future__ import annotations

import click

from ugc_hub.cli.common import opened
from ugc_hub.cli.output import as_json, say, show


@click.command()
@as_json
def reindex(json_: bool) -> None:
    """Build the index of the search anew, beside the one in use; searches go on meanwhile."""
    from ugc_hub.catalog.indexing import rebuild

    with opened() as hub:
        count = rebuild(hub)
    if json_:
        show({"assets": count})
        return
    say(f"The index holds {count} assets.")
