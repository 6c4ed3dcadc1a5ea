"""Taking files in and listing them."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import Any

import click

from ugc_hub import catalog
from ugc_hub.accounts import SYSTEM
from ugc_hub.cli.common import Pair, opened
from ugc_hub.cli.output import always_json, as_json, say, show
from ugc_hub.errors import Gone, NotFound
from ugc_hub.hub import Hub
from ugc_hub.ingest import Outcome, ingest_paths
from ugc_hub.licensing import STATEMENT, doubt


@click.command()
@click.argument("paths", nargs=-1, required=True, type=str)
@click.option("--creator", metavar="HANDLE", help="Who made the files.")
@click.option("--campaign", metavar="NAME", help="What they were made for.")
@click.option(
    "--field", "values", type=Pair(), multiple=True, metavar="NAME=VALUE", help="What a field of the campaign says."
)
@click.option("--own", is_flag=True, help=f"Declare of all of them: {STATEMENT}")
@click.option("--wait/--no-wait", default=True, help="Wait until each file is measured (default) or only stored.")
@as_json
def ingest(paths: tuple[str, ...], wait: bool, json_: bool, values: tuple[tuple[str, str], ...], **known: Any) -> None:
    """Take in files and folders. Exit status 1 when at least one file was refused."""
    from ugc_hub.jobs.local import finish

    outcomes: list[Outcome] = []
    try:
        with opened() as hub:
            outcomes.extend(ingest_paths(hub, SYSTEM, paths, fields=dict(values), **known))
            if wait:
                asset_ids = [outcome.asset_id for outcome in outcomes if outcome.asset_id]
                finish(hub, _job_ids(hub, asset_ids))
                outcomes = [_final(hub, outcome) for outcome in outcomes]
    except BaseException:
        # What was stored is stored, whatever stops the rest: it has to be told.
        if outcomes:
            _tell(outcomes, json_)
        raise
    _tell(outcomes, json_)
    if any(outcome.status == "refused" for outcome in outcomes):
        sys.exit(1)


def _tell(outcomes: list[Outcome], json_: bool) -> None:
    if json_:
        show({"results": [asdict(outcome) for outcome in outcomes]})
        return
    for outcome in outcomes:
        say(f"{outcome.status:10} {outcome.asset_id or '-':28} {outcome.path}  {outcome.message}")
        if outcome.warning:
            say(f"{'warning':10} {outcome.asset_id or '-':28} {outcome.path}  {outcome.warning}")
        if outcome.missing:
            words = f"Required and missing: {', '.join(outcome.missing)}."
            say(f"{'incomplete':10} {outcome.asset_id or '-':28} {outcome.path}  {words}")
    if not outcomes:
        say("There was nothing to take in: hidden files and links inside folders are left out.")


def _job_ids(hub: Hub, asset_ids: list[str]) -> list[int]:
    jobs = []
    for asset_id in asset_ids:
        try:
            view = catalog.get(hub, SYSTEM, asset_id)
        except (NotFound, Gone):
            continue  # refused by a worker in the meantime; told below
        if view.status == "received" and view.job_id is not None:
            jobs.append(view.job_id)
    return jobs


def _final(hub: Hub, outcome: Outcome) -> Outcome:
    """Say what became of a file once it was measured."""
    if outcome.asset_id is None:
        return outcome
    try:
        view = catalog.get(hub, SYSTEM, outcome.asset_id)
    except Gone as error:
        return Outcome(outcome.path, outcome.asset_id, "refused", error.code, error.message)
    if outcome.status == "duplicate":
        return outcome
    if view.status != "ready":
        return Outcome(
            outcome.path,
            view.id,
            view.status,
            "not_measured",
            "Stored, but not measured; see ugc-hub jobs.",
            missing=view.missing,
        )
    same = [link.asset_id for link in view.links if link.kind == "same_pixels"]
    near = [link.asset_id for link in view.links if link.kind == "near_duplicate"]
    words = "Ready."
    if same:
        words = f"Ready; the same picture with other metadata as {', '.join(same)}."
    elif near:
        words = f"Ready; looks like {', '.join(near)}."
    with hub.database.read() as session:
        warning = doubt(hub, session, view.id)
    return Outcome(outcome.path, view.id, "ready", None, words, warning, view.missing)


@click.group()
def assets() -> None:
    """List assets, look at one, describe one."""


@assets.command("list")
@click.option("--kind", type=click.Choice(["image", "animation", "video"]))
@click.option("--creator", metavar="HANDLE")
@click.option("--campaign", metavar="NAME")
@click.option("--text", help="Words in the file name, creator or campaign.")
@click.option("--limit", type=click.IntRange(1, 200), default=50, show_default=True)
@click.option("--cursor", help="`next_cursor` of the page before.")
@as_json
def list_assets(json_: bool, **filters: str) -> None:
    """List assets, newest first."""
    with opened() as hub:
        page = catalog.find(hub, SYSTEM, catalog.Query(**filters))  # type: ignore[arg-type]
    if json_:
        show({"items": [item.as_dict() for item in page.items], "next_cursor": page.next_cursor})
        return
    for item in page.items:
        size = f"{item.width}x{item.height}" if item.width else "-"
        say(f"{item.id}  {item.status:8} {item.kind:9} {size:>11}  @{item.creator or '-':20} {item.file_name}")
    if page.next_cursor:
        say(f"More: --cursor {page.next_cursor}")


@assets.command("show")
@click.argument("asset_id")
@always_json
def show_asset(asset_id: str) -> None:
    """Print everything known of one asset as JSON."""
    with opened() as hub:
        show(catalog.get(hub, SYSTEM, asset_id).as_dict())


@assets.command("describe")
@click.argument("asset_id")
@click.option("--title")
@click.option("--description")
@click.option("--language", help="Of title and description, in two letters such as en.")
@click.option("--tag", "tags", multiple=True, help="All of its tags; repeatable.")
@click.option("--no-tags", is_flag=True, help="Take all tags away.")
@click.option("--field", "values", type=Pair(), multiple=True, metavar="NAME=VALUE", help="A field of its campaign.")
@always_json
def describe_asset(
    asset_id: str, tags: tuple[str, ...], no_tags: bool, values: tuple[tuple[str, str], ...], **words: Any
) -> None:
    """Say what an asset shows, and print it; what is left out stays, and an empty text takes away."""
    if tags and no_tags:
        raise click.UsageError("Say the tags, or --no-tags.")
    if not (tags or no_tags or values or any(word is not None for word in words.values())):
        raise click.UsageError("Say what is to be changed.")
    said = catalog.Description(**words, tags=tags if tags or no_tags else None, fields=dict(values))
    with opened() as hub:
        show(catalog.describe(hub, SYSTEM, asset_id, said).as_dict())
