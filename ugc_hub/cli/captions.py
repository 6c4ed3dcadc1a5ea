"""Captions of videos at the command line."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from ugc_hub import catalog, renditions
from ugc_hub.accounts import SYSTEM
from ugc_hub.catalog import CaptionView, Sidecar
from ugc_hub.cli import progress
from ugc_hub.cli.common import opened
from ugc_hub.cli.output import as_json, say, show
from ugc_hub.cli.rendering import Taking, use_options

language_option = click.option("--language", metavar="TAG", required=True, help="BCP 47, such as en or pt-BR.")
source_option = click.option(
    "--source", type=click.Choice(["given", "embedded", "heard", "edited"]), help="Default: the one that counts."
)


@click.group()
def captions() -> None:
    """Keep captions of videos, check them, write them as files."""


def _plain(view: CaptionView) -> dict[str, Any]:
    faults = [one.dump() for one in view.faults]
    return {**asdict(view), "changed_at": view.changed_at.isoformat(), "faults": faults}


def _line(view: CaptionView) -> str:
    mark = "*" if view.counts else " "
    return f"{mark} {view.language:10} {view.source:9} {len(view.cues):5} captions, {len(view.faults)} to be looked at"


@captions.command("add")
@click.argument("asset_id", metavar="ASSET")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@language_option
@as_json
def add_command(asset_id: str, file: Path, language: str, json_: bool) -> None:
    """Keep a SubRip or WebVTT file as the captions of a video in one language."""
    with opened() as hub:
        view = catalog.add_captions(hub, SYSTEM, asset_id, file.read_bytes(), language=language)
    show(_plain(view)) if json_ else say(_line(view))


@captions.command("transcribe")
@click.argument("asset_id", metavar="ASSET")
@click.option("--language", metavar="TAG", help="What is spoken, as a hint; default: the language of the asset.")
@as_json
def transcribe_command(asset_id: str, language: str | None, json_: bool) -> None:
    """Have a program hear what is said in a video, and wait for it. Exit status 1 where nothing came of it."""
    with opened() as hub:
        asked = catalog.ask_transcription(hub, SYSTEM, asset_id, language=language)
        progress.wait(hub, [asked.job_id], quiet=json_)
        found = catalog.transcription_of(hub, SYSTEM, asset_id) or asked
    if json_:
        show(found.as_dict())
    else:
        say(f"{found.cues} captions. Check them before they are used." if found.cues else f"{found.message}")
    if not found.cues:
        sys.exit(1)


@captions.command("show")
@click.argument("asset_id", metavar="ASSET")
@click.option("--language", metavar="TAG", default="", help="Its captions; default: a list of all tracks.")
@source_option
@as_json
def show_command(asset_id: str, language: str, source: str | None, json_: bool) -> None:
    """List the captions of a video, or say what is in those of one language; * marks what counts."""
    with opened() as hub:
        if not language:
            views = catalog.list_captions(hub, SYSTEM, asset_id)
            if json_:
                show({"items": [_plain(view) for view in views]})
                return
            for view in views:
                say(_line(view))
            return
        view = catalog.get_captions(hub, SYSTEM, asset_id, language, source=source or "")
    if json_:
        show(_plain(view))
        return
    for cue in view.cues:
        say(f"{cue.start_s:9.3f} {cue.end_s:9.3f}  {cue.text.replace(chr(10), ' / ')}")


@captions.command("check")
@click.argument("asset_id", metavar="ASSET")
@language_option
@source_option
@as_json
def check_command(asset_id: str, language: str, source: str | None, json_: bool) -> None:
    """Say what is wrong with captions. Exit status 1 where something is."""
    with opened() as hub:
        view = catalog.get_captions(hub, SYSTEM, asset_id, language, source=source or "")
    if json_:
        show({"faults": [one.dump() for one in view.faults]})
    for fault in () if json_ else view.faults:
        cue = view.cues[fault.cue]
        say(f"{fault.cue + 1:5}  at {cue.start_s:.2f} s  {fault.sentence}")
    if view.faults:
        sys.exit(1)


@captions.command("delete")
@click.argument("asset_id", metavar="ASSET")
@language_option
@source_option
def delete_command(asset_id: str, language: str, source: str | None) -> None:
    """Remove the captions of a language, or those of one source."""
    with opened() as hub:
        catalog.remove_captions(hub, SYSTEM, asset_id, language, source=source or "")
    say("They are removed.")


@captions.command("write")
@click.argument("asset_id", metavar="ASSET")
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False), help="A file .srt or .vtt.")
@click.option("--language", metavar="TAG", default="", help="BCP 47; of a version, default: that of the asset.")
@source_option
@use_options
def write_command(asset_id: str, out: Path, language: str, source: str | None, asked: Taking) -> None:
    """Write captions to a file, for a use; without --channel: inside the house.

    ASSET may be the id of a version (rnd_...): then they are those of its own part, in its own time, for the channel
    of its preset.
    """
    sidecar = Sidecar(language, out.suffix.lower().removeprefix("."), source or "")
    with opened() as hub:
        take = renditions.take_sidecar if asset_id.startswith("rnd_") else catalog.take_captions
        file, left = take(hub, SYSTEM, asset_id, sidecar, stated=asked.stated, acknowledged=asked.acknowledged)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(file.data or b"")
    say(f"{out}: {left.usage_id}")
