"""Making renditions and packs from the command line."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

import click

from ugc_hub import packs, renditions
from ugc_hub.accounts import SYSTEM
from ugc_hub.cli.common import opened
from ugc_hub.cli.output import as_json, say, show
from ugc_hub.framing import Choice
from ugc_hub.hub import Hub
from ugc_hub.packs import safe_name, unique_name
from ugc_hub.renditions import RenditionView

preset_option = click.option(
    "--preset", "preset_ids", metavar="ID", multiple=True, required=True, help="A preset; may be given several times."
)
fit_option = click.option(
    "--fit", type=click.Choice(["cover", "contain", "width"]), help="Instead of the preset's own."
)


@click.command()
@click.argument("asset_id", metavar="ASSET")
@preset_option
@click.option("--out", required=True, type=click.Path(path_type=Path, file_okay=False), help="Folder for the files.")
@fit_option
@as_json
def render(asset_id: str, preset_ids: tuple[str, ...], out: Path, fit: Any, json_: bool) -> None:
    """Make renditions of one asset and write them to a folder. Exit status 1 when one is refused or fails."""
    from ugc_hub.jobs.local import finish

    with opened() as hub:
        outcomes = renditions.request(hub, SYSTEM, asset_id, preset_ids, choice=Choice(fit=fit))
        wanted = [name for outcome in outcomes for name in outcome.renditions]
        made = renditions.get_many(hub, SYSTEM, wanted)
        finish(hub, {view.job_id for view in made.values() if view.status != "ready" and view.job_id is not None})
        made = renditions.get_many(hub, SYSTEM, wanted)
        files = _write(hub, made, out)
    rows = []
    for outcome in outcomes:
        views = [made[name] for name in outcome.renditions]
        brief = [{**view.as_dict(), "file": str(files[view.id]) if view.id in files else None} for view in views]
        for entry in brief:
            entry.pop("plan")
        rows.append({**outcome.as_dict(), "renditions": brief})
    _report(rows, json_)
    if any(row["outcome"] == "refused" for row in rows) or len(files) < len(made):
        sys.exit(1)


def _write(hub: Hub, made: dict[str, RenditionView], out: Path) -> dict[str, Path]:
    out.mkdir(parents=True, exist_ok=True)
    files: dict[str, Path] = {}
    taken: set[str] = set()
    for view in sorted(made.values(), key=lambda view: view.file_name):
        if view.status != "ready" or view.storage_key is None:
            continue
        name = unique_name(safe_name(view.file_name), taken)
        files[view.id] = out / name
        with hub.storage.open(view.storage_key) as source, files[view.id].open("wb") as target:
            shutil.copyfileobj(source, target)
    return files


def _report(rows: list[dict[str, Any]], json_: bool) -> None:
    if json_:
        show({"results": rows})
        return
    for row in rows:
        say(f"{row['outcome']:8} {row['preset_id']}")
        for reason in row["reasons"]:
            say(f"         {reason['sentence']}")
        for view in row["renditions"]:
            words = view["file"] or f"{view['status']}: {view['message']}"
            say(f"         {view['width']}x{view['height']} {view['size_bytes'] or 0:,} bytes  {words}")


@click.command()
@click.argument("asset_ids", metavar="ASSET...", nargs=-1, required=True)
@preset_option
@click.option("--name", default="Pack", help="Name of the pack.")
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False), help="The zip file to write.")
@fit_option
@as_json
def pack(asset_ids: tuple[str, ...], preset_ids: tuple[str, ...], name: str, out: Path, fit: Any, json_: bool) -> None:
    """Export many assets in many presets as one zip with a manifest."""
    from ugc_hub.jobs.local import finish

    with opened() as hub:
        view = packs.make(hub, SYSTEM, name=name, asset_ids=asset_ids, preset_ids=preset_ids, choice=Choice(fit=fit))
        wanted = [file["id"] for item in view.items for file in item["files"]]
        made = renditions.get_many(hub, SYSTEM, wanted)
        finish(hub, {item.job_id for item in made.values() if item.status != "ready" and item.job_id is not None})
        view = packs.get(hub, SYSTEM, view.id)
        out.parent.mkdir(parents=True, exist_ok=True)
        chunks = packs.stream(hub, SYSTEM, view.id)  # raises before an older file of this name is touched
        with out.open("wb") as target:
            for chunk in chunks:
                target.write(chunk)
    if json_:
        show(view.as_dict())
    else:
        say(f"{out}: {view.ready} files, {view.refused} combinations refused, {view.failed} failed.")
    if view.refused or view.failed:
        sys.exit(1)
