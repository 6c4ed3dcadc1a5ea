"""Edits of many assets in one step at the command line, and their undoing."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import Any

import click

from ugc_hub import catalog
from ugc_hub.accounts import SYSTEM
from ugc_hub.catalog import FACETS, Change, EditView, Query, Search, Selection
from ugc_hub.cli.common import Choice, Pair, opened
from ugc_hub.cli.output import as_json, say, show

WORDS = ("title", "description", "language", "campaign", "creator")
FILTERS = ("kind", "status", "creator", "campaign", "text")


@click.group()
def edits() -> None:
    """Change many assets in one step, and undo that."""


@edits.command("make")
@click.argument("assets", nargs=-1)
@click.option(
    "--where",
    type=Pair(FILTERS),
    multiple=True,
    metavar="NAME=VALUE",
    help=f"Instead of ids: all that agree; {', '.join(FILTERS)}.",
)
@click.option("--search", metavar="QUERY", help="Instead of ids: all that this finds, as `ugc-hub search` takes it.")
@click.option("--choose", type=Choice(FACETS), multiple=True, metavar="FACET=VALUE", help="Of the search; repeatable.")
@click.option("--add-tag", "add_tags", multiple=True, metavar="TAG", help="Repeatable.")
@click.option("--remove-tag", "remove_tags", multiple=True, metavar="TAG", help="Repeatable.")
@click.option(
    "--set",
    "words",
    type=Pair(WORDS),
    multiple=True,
    metavar="NAME=VALUE",
    help=f"Nothing after = takes it away; {', '.join(WORDS)}.",
)
@click.option("--field", "values", type=Pair(), multiple=True, metavar="NAME=VALUE", help="A field of the campaigns.")
@click.option("--trash/--restore", default=None, help="Into the trash, or out of it.")
@click.option("--live-too", is_flag=True, help="Assets with live uses may go into the trash as well.")
@click.option("--dry-run", is_flag=True, help="Change nothing; tell how many assets would be changed.")
@as_json
def make_command(assets: tuple[str, ...], json_: bool, dry_run: bool, **given: Any) -> None:
    """Change up to 10,000 ASSETS, all of them or none. With `-` their ids are read from standard input."""
    if assets == ("-",):
        assets = tuple(sys.stdin.read().split())
    query, search = _asked(given)
    words, values = dict(given.pop("words")), dict(given.pop("values"))
    chosen, change = Selection(assets, query, search), Change(**given, **words, fields=values)
    with opened() as hub:
        made = catalog.edit_many(hub, SYSTEM, chosen, change, rehearsal=dry_run)
    if not dry_run:
        _tell(made, json_)
    elif json_:
        show({"dry_run": True, **{name: getattr(made, name) for name in ("fields", "chosen", "changed", "held")}})
    else:
        say(f"{made.changed} of {made.chosen} assets would be changed ({', '.join(made.fields)}).{_held(made)}")


def _asked(given: dict[str, Any]) -> tuple[Query | None, Search | None]:
    """Take the question out of what was given: a query or a search, or neither."""
    where, text, pairs = (given.pop(name) for name in ("where", "search", "choose"))
    if text is not None and not text.strip() and not pairs:
        # A variable of a script that is empty would mean the whole library.
        raise click.UsageError("The search is empty. To mean all assets, search for *.")
    # What is restored lies in the trash, where no other query looks.
    query = Query(**dict(where), trash=given["trash"] is False) if where else None
    chosen = {name: frozenset(value for other, value in pairs if other == name) for name, _ in pairs}
    return query, Search(text or "", chosen) if text is not None or pairs else None


def _held(one: EditView) -> str:
    return f" {one.held} are held and stay out of the trash." if one.held else ""


def _tell(one: EditView, json_: bool) -> None:
    if json_:
        show(asdict(one))
        return
    say(f"{one.id}  {one.changed} of {one.chosen} assets changed ({', '.join(one.fields)}).{_held(one)}")
    if one.undone_at is not None:
        say(f"Undone on {one.undone_at:%Y-%m-%d %H:%M} for {one.undone} assets.")
        for asset_id, name in one.kept_assets:
            say(f"Left as others changed it: {asset_id}  {name}")
        if one.kept > len(one.kept_assets):
            say(f"And {one.kept - len(one.kept_assets)} more.")


@edits.command("list")
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
@as_json
def list_command(limit: int, json_: bool) -> None:
    """List the latest edits, newest first."""
    with opened() as hub:
        found = catalog.list_edits(hub, SYSTEM, limit=limit)
    names = ("id", "created_at", "user_id", "fields", "chosen", "changed", "held", "undone_at")
    if json_:
        show({"items": [{name: getattr(one, name) for name in names} for one in found]})
        return
    for one in found:
        state = "undone" if one.undone_at else "done  "
        say(f"{one.id}  {one.created_at:%Y-%m-%d %H:%M}  {state}  {one.changed:6} assets  {', '.join(one.fields)}")


@edits.command("show")
@click.argument("edit_id", metavar="EDIT")
@as_json
def show_command(edit_id: str, json_: bool) -> None:
    """Say what an edit changed, and what came of its undoing."""
    with opened() as hub:
        _tell(catalog.get_edit(hub, SYSTEM, edit_id), json_)


@edits.command("undo")
@click.argument("edit_id", metavar="EDIT")
@as_json
def undo_command(edit_id: str, json_: bool) -> None:
    """Bring back what was there before; what others changed since is left as it is and listed."""
    with opened() as hub:
        _tell(catalog.undo(hub, SYSTEM, edit_id), json_)
