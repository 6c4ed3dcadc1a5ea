"""Making renditions and packs from the command line."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, timedelta
from functools import wraps
from pathlib import Path
from typing import Any

import click

from ugc_hub import delivery, packs, renditions
from ugc_hub.accounts import SYSTEM
from ugc_hub.cli import progress
from ugc_hub.cli.common import opened
from ugc_hub.cli.dressing import kit_options
from ugc_hub.cli.filming import film_options, when_prepared
from ugc_hub.cli.folder import Written, write
from ugc_hub.cli.framing import films_of, fit_option, frame_options
from ugc_hub.cli.output import as_json, say, show
from ugc_hub.errors import HubError
from ugc_hub.framing import Choice, FilmChoice
from ugc_hub.hub import Hub
from ugc_hub.licensing import Left, StatedUse, stamp_each
from ugc_hub.packs import name_for, unique_name
from ugc_hub.renditions import Outcome, RenditionView, Wanted

preset_option = click.option(
    "--preset", "preset_ids", metavar="ID", multiple=True, required=True, help="A preset; may be given several times."
)


USE_OPTIONS = (
    click.option("--channel", help="Where the files will be used; default: the channel of each preset."),
    click.option("--territory", "territories", multiple=True, help="Country or group; default: the setting."),
    click.option("--product", "products", multiple=True, help="Product that it is used for."),
    click.option("--from", "starts_at", type=click.DateTime(["%Y-%m-%d"]), help="First day of the use (UTC)."),
    click.option("--until", "ends_at", type=click.DateTime(["%Y-%m-%d"]), help="Last day of the use (UTC)."),
    click.option("--duties-ack", default="", metavar="TEXT", help="Says that the duties were read that were told."),
)


def use_options(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that state a use; it gets them as `asked`."""

    @wraps(command)
    def with_use(*args: Any, duties_ack: str, **known: Any) -> None:
        names = ("channel", "territories", "products", "starts_at", "ends_at")
        given = {name: known.pop(name) for name in names}
        start, end = given["starts_at"], given["ends_at"]
        given["starts_at"] = start and start.replace(tzinfo=UTC)
        given["ends_at"] = end and end.replace(tzinfo=UTC) + timedelta(days=1)
        command(*args, asked=Taking(StatedUse(**given), duties_ack), **known)

    for option in reversed(USE_OPTIONS):
        with_use = option(with_use)
    return with_use


@dataclass(frozen=True)
class Taking:
    """What the options of a command say of the use."""

    stated: StatedUse
    acknowledged: str


@click.command()
@click.argument("asset_id", metavar="ASSET")
@preset_option
@click.option("--out", required=True, type=click.Path(path_type=Path, file_okay=False), help="Folder for the files.")
@frame_options
@kit_options
@film_options
@use_options
@as_json
def render(asset_id: str, preset_ids: tuple[str, ...], out: Path, asked: Taking, json_: bool, **given: Any) -> None:
    """Make renditions of one photo or video for a use and write them to a folder.

    Exit status 1 when one is refused or fails.
    """
    with opened() as hub:
        film: FilmChoice = given["film"]
        films = films_of(film, given["own"], preset_ids, renditions.all_presets(hub))
        choice = replace(given["frame"], kit=given["kit"])
        choices = {"choice": choice, "film": film, "films": films, "stated": asked.stated}
        outcomes = when_prepared(
            hub, lambda: renditions.request(hub, SYSTEM, asset_id, preset_ids, **choices), quiet=json_
        )
        wanted = [name for outcome in outcomes for name in outcome.renditions]
        made = renditions.get_many(hub, SYSTEM, wanted)
        waiting = [view.job_id for view in made.values() if view.status != "ready" and view.job_id is not None]
        progress.wait(hub, waiting, quiet=json_)
        made = renditions.get_many(hub, SYSTEM, wanted)
        left = _take(hub, outcomes, made, asked)
        files = _write(hub, made, left, out)
    rows = []
    for outcome in outcomes:
        entries = [(name, outcome.channel) for name in outcome.renditions]
        brief = [_line(made[entry[0]], files.get(entry), left.get(entry)) for entry in entries]
        rows.append({**outcome.as_dict(), "renditions": brief})
    _report(rows, json_)
    if any(row["outcome"] == "refused" for row in rows) or len({name for name, _ in files}) < len(made):
        sys.exit(1)


Entry = tuple[str, str | None]
"""A rendition, and the channel for which it is taken."""


def _line(view: RenditionView, file: Written | None, left: Left | None) -> dict[str, Any]:
    line = {**view.as_dict(), "file": str(file.path) if file else None, "usage": left.as_dict() if left else None}
    if file:
        line |= {"size_bytes": file.size_bytes, "sha256": file.sha256}
        line["beside"] = str(file.beside) if file.beside else None
    line.pop("plan")
    return line


def _take(hub: Hub, outcomes: list[Outcome], made: dict[str, RenditionView], asked: Taking) -> dict[Entry, Left]:
    """Ask again for what was made, and write it into the ledger: what may not leave is not written to the folder.

    One file that several presets ask for is asked for with the channel of each, and leaves for each if all allow it.
    """
    wanted = {
        (name, outcome.channel): Wanted(made[name], replace(asked.stated, channel=outcome.channel))
        for outcome in outcomes
        for name in outcome.renditions
        if name in made and made[name].status == "ready"
    }
    answers = renditions.take_each(hub, SYSTEM, list(wanted.values()), door="render", acknowledged=asked.acknowledged)
    left: dict[Entry, Left] = {}
    for entry, answer in zip(wanted, answers, strict=True):
        if isinstance(answer, HubError):
            raise answer
        left[entry] = answer
    return left


def _write(hub: Hub, made: dict[str, RenditionView], left: dict[Entry, Left], out: Path) -> dict[Entry, Written]:
    """Write a file for each use; the same picture for two channels is two files, each with the terms of its own."""
    if left:
        out.mkdir(parents=True, exist_ok=True)
    files: dict[Entry, Written] = {}
    taken: set[str] = set()
    uses = Counter(name for name, _ in left)
    order = sorted(left, key=lambda entry: (made[entry[0]].file_name, left[entry].channel))
    for entry, copy in zip(order, stamp_each(hub, [left[entry].usage_id for entry in order]), strict=True):
        name = name_for(made[entry[0]].file_name, left[entry].channel if uses[entry[0]] > 1 else "")
        files[entry] = write(hub, copy, out / unique_name(name, taken), taken)
    return files


def _hint(reason: dict[str, Any], preset_id: str) -> str:
    """Return what a command adds to a reason that pages tell too: the code of the option's value."""
    if reason["code"] != "use_unstated":
        return ""
    from ugc_hub.presets import catalogue, choices_of

    codes = " or ".join(code for one in catalogue().presets if one.id == preset_id for code in choices_of(one.target))
    return f" Say it with --channel{f' {codes}' if codes else ''}."


def _heading(row: dict[str, Any]) -> str:
    """Say what came of a preset: what was planned, unless files of it could not be made."""
    files = [view["file"] for view in row["renditions"]]
    return str(row["outcome"]) if all(files) else "partly" if any(files) else "failed"


def _report(rows: list[dict[str, Any]], json_: bool) -> None:
    if json_:
        show({"results": rows})
        return
    from ugc_hub.web.films import sounding

    for row in rows:
        say(f"{_heading(row):8} {row['preset_id']}")
        for reason in row["reasons"]:
            say(f"         {reason['sentence']}{_hint(reason, row['preset_id'])}")
        for view in row["renditions"]:
            words = f"{view['size_bytes'] or 0:,} bytes  {view['file']}"
            words = words if view["file"] else f"{view['status']}: {view['message']}"
            say(f"         {view['width']}x{view['height']} {words}")
            if view.get("beside"):
                say(f"         {view['beside']} was there already and stays as it is")
            for remark in sounding(view["measured"]):
                say(f"         its sound is {remark}")
            if view["usage"] and view["usage"]["valid_until"]:
                say(f"         may be used before {view['usage']['valid_until']}")


@click.command()
@click.argument("asset_ids", metavar="ASSET...", nargs=-1, required=True)
@preset_option
@click.option("--name", default="Pack", help="Name of the pack.")
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False), help="The zip file to write.")
@click.option(
    "--captions",
    metavar="TAG",
    multiple=True,
    help="Language of captions, such as de, that go along where a platform takes them as a file; several times.",
)
@fit_option
@kit_options
@use_options
@as_json
def pack(asset_ids: tuple[str, ...], preset_ids: tuple[str, ...], asked: Taking, json_: bool, **given: Any) -> None:
    """Export many assets in many presets as one zip with a manifest."""
    out: Path = given["out"]
    with opened() as hub:
        view = packs.make(
            hub,
            SYSTEM,
            name=given["name"],
            asset_ids=asset_ids,
            preset_ids=preset_ids,
            choice=Choice(fit=given["fit"], kit=given["kit"]),
            stated=asked.stated,
            captions=given["captions"],
        )
        while view.status == "working":
            progress.wait(hub, packs.jobs_of(hub, SYSTEM, view), quiet=json_)
            view = packs.get(hub, SYSTEM, view.id)
        out.parent.mkdir(parents=True, exist_ok=True)
        # raises before an older file of this name is touched
        chunks = packs.stream(hub, SYSTEM, view.id, acknowledged=asked.acknowledged)
        try:
            with out.open("wb") as target:
                for chunk in chunks:
                    target.write(chunk)
        except HubError:
            out.unlink()
            raise
    if json_:
        show(view.as_dict())
    else:
        say(f"{out}: {view.ready} files, {view.refused} combinations refused, {view.failed} failed.")
    if view.refused or view.failed:
        sys.exit(1)


@click.command()
@click.argument("rendition_id", metavar="RENDITION")
@use_options
@as_json
def link(rendition_id: str, asked: Taking, json_: bool) -> None:
    """Make a public link to a rendition for one use.

    It works until the last day of the use, or until the permission ends; say where with --channel.
    """
    with opened() as hub:
        made = delivery.make_link(hub, SYSTEM, rendition_id, stated=asked.stated, acknowledged=asked.acknowledged)
    if json_:
        show({"url": made.url, **made.left.as_dict()})
        return
    say(made.url)
    if made.left.valid_until:
        say(f"may be used before {made.left.valid_until.isoformat()}")
