"""Tags at the command line. A name or a synonym says which is meant."""

from __future__ import annotations

import shlex
from dataclasses import asdict

import click

from ugc_hub import catalog
from ugc_hub.accounts import SYSTEM
from ugc_hub.catalog.tags import MANAGED_AT_ONCE, tag_named
from ugc_hub.cli.common import opened
from ugc_hub.cli.output import as_json, say, show
from ugc_hub.hub import Hub


@click.group()
def tags() -> None:
    """List tags, rename and merge them, say their synonyms."""


@tags.command("list")
@click.option("--text", default="", help="Part of a name or of a synonym.")
@click.option("--limit", type=click.IntRange(1, MANAGED_AT_ONCE), default=100, show_default=True)
@click.option("--after", default="", metavar="NAME", help="`next_after` of the page before.")
@as_json
def list_command(text: str, limit: int, after: str, json_: bool) -> None:
    """List tags in alphabetical order with synonyms and how many assets each finds."""
    with opened() as hub:
        found = catalog.list_tags(hub, SYSTEM, text=text, after=after, limit=limit + 1)
    items = found[:limit]
    following = items[-1].name if len(found) > limit else None
    if json_:
        show({"items": [asdict(one) for one in items], "next_after": following})
        return
    for one in items:
        also = f"  (also {', '.join(one.synonyms)})" if one.synonyms else ""
        say(f"{one.id}  {one.count:6}  {one.name}{also}")
    if following:
        say(f"More: --after {shlex.quote(following)}")


def _tell(hub: Hub, tag_id: str, json_: bool) -> None:
    one = catalog.get_tag(hub, SYSTEM, tag_id)
    if json_:
        show(asdict(one))
        return
    also = f", also {', '.join(one.synonyms)}" if one.synonyms else ""
    say(f"{one.name}: {one.count} assets{also}")


@tags.command("rename")
@click.argument("tag")
@click.argument("name")
@as_json
def rename_command(tag: str, name: str, json_: bool) -> None:
    """Give a tag another name; the old one becomes a synonym."""
    with opened() as hub:
        row = tag_named(hub, SYSTEM, tag)
        catalog.rename(hub, SYSTEM, row.id, name)
        _tell(hub, row.id, json_)


@tags.command("synonyms")
@click.argument("tag")
@click.argument("names", nargs=-1)
@click.option("--none", "nothing", is_flag=True, help="Take all of them away.")
@as_json
def synonyms_command(tag: str, names: tuple[str, ...], nothing: bool, json_: bool) -> None:
    """Let a tag have exactly these synonyms."""
    if bool(names) == nothing:
        raise click.UsageError("Say the synonyms, or --none.")
    with opened() as hub:
        row = tag_named(hub, SYSTEM, tag)
        catalog.set_synonyms(hub, SYSTEM, row.id, names)
        _tell(hub, row.id, json_)


@tags.command("merge")
@click.argument("tag")
@click.argument("into")
@as_json
def merge_command(tag: str, into: str, json_: bool) -> None:
    """Make TAG part of the tag INTO, which all its assets get; its names become synonyms."""
    with opened() as hub:
        old, new = (tag_named(hub, SYSTEM, name) for name in (tag, into))
        count = catalog.merge(hub, SYSTEM, old.id, into=new.id)
    if json_:
        show({"assets": count})
        return
    say(f"“{old.name}” is part of “{new.name}” now; {count} assets had it.")


@tags.command("remove")
@click.argument("tag")
@click.option("--yes", is_flag=True, help="Do not ask again.")
@as_json
def remove_command(tag: str, yes: bool, json_: bool) -> None:
    """Take a tag and its synonyms away from everything."""
    with opened() as hub:
        row = tag_named(hub, SYSTEM, tag)
        if not yes:
            # All of them, since all lose it: those in the trash as well.
            number = catalog.assets_with(hub, SYSTEM, [row.id]).get(row.id, 0)
            click.confirm(f"Remove “{row.name}” from {number} assets? Nothing brings it back.", abort=True, err=True)
        count = catalog.remove(hub, SYSTEM, row.id)
    if json_:
        show({"assets": count})
        return
    say(f"“{row.name}” is removed from {count} assets.")
