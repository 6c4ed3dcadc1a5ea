"""Collections at the command line."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

import click

from ugc_hub import catalog
from ugc_hub.accounts import SYSTEM
from ugc_hub.catalog import CollectionView, Found, Selection
from ugc_hub.catalog.collecting import MOST_LISTED
from ugc_hub.cli.common import opened
from ugc_hub.cli.output import as_json, say, show
from ugc_hub.hub import Hub
from ugc_hub.search.shapes import alike


@click.group()
def collection() -> None:
    """List collections, look into one, put assets into one."""


@collection.command("list")
@click.option("--text", default="", help="Part of a name.")
@click.option("--limit", type=click.IntRange(1, MOST_LISTED), default=50, show_default=True)
@click.option("--cursor", help="`next_cursor` of the page before.")
@as_json
def list_(json_: bool, **filters: Any) -> None:
    """List collections by name."""
    with opened() as hub:
        page = catalog.list_collections(hub, SYSTEM, **filters)
    if json_:
        show({"items": [one.as_dict() for one in page.items], "next_cursor": page.next_cursor})
        return
    for one in page.items:
        count = "?" if one.count is None else one.count
        say(f"{one.id}  {count:>6}  {'live' if one.query else '    '}  {one.name}")
    if page.next_cursor:
        say(f"More: --cursor {page.next_cursor!r}")


@collection.command("show")
@click.argument("which", metavar="COLLECTION")
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True)
@click.option("--cursor", help="`next_cursor` of the page before.")
@as_json
def show_(which: str, json_: bool, **page: Any) -> None:
    """List the assets of a collection, by its id or its name; of a live one as its query finds them now."""
    with opened() as hub:
        view = catalog.get_collection(hub, SYSTEM, _id_of(hub, which))
        found = catalog.look(hub, SYSTEM, view.id, **page)
    if json_:
        items = [{**one.asset.as_dict(), "uses": list(one.uses)} for one in found.items]
        show({**view.as_dict(), **asdict(replace(found, items=())), "items": items})
        return
    _tell(view, found)


def _tell(view: CollectionView, found: Found) -> None:
    say(f"{view.name} ({'live' if view.query else 'by hand'})")
    if not found.indexed:
        say("There is no index yet that could answer it. Start a worker, or run: ugc-hub reindex", err=True)
    for problem in alike(found.problems):
        say(f"{problem.message} (read as: {found.read_as})", err=True)
    for one in found.items:
        uses = ", ".join(one.uses) or "no use"
        say(f"{one.asset.id}  {one.asset.kind:9}  @{one.asset.creator or '-':20} {one.asset.file_name}  ({uses})")
    if found.total is not None:
        say(f"{found.total} in it.")
    if found.next_cursor:
        say(f"More: --cursor {found.next_cursor}")


@collection.command("add")
@click.argument("which", metavar="COLLECTION")
@click.argument("asset_ids", metavar="ASSET...", nargs=-1, required=True)
@as_json
def add(which: str, asset_ids: tuple[str, ...], json_: bool) -> None:
    """Put assets at the end of a collection; a name that does not exist makes one."""
    chosen = Selection(asset_ids)
    with opened() as hub:
        if which.startswith("col_"):
            collection_id, added = which, catalog.collect(hub, SYSTEM, which, chosen)
        else:
            collection_id, added = catalog.collect_as(hub, SYSTEM, which, chosen)
    if json_:
        show({"id": collection_id, **asdict(added)})
        return
    say(f"{collection_id}: {added.added} added, {added.known} were in it, {added.passed_over} passed over.")


def _id_of(hub: Hub, which: str) -> str:
    """Return the id of a collection that somebody names by its id or by its name."""
    found = None if which.startswith("col_") else catalog.collection_named(hub, SYSTEM, which)
    return found.id if found else which
