"""Music that can be laid under videos, at the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from ugc_hub.accounts import SYSTEM
from ugc_hub.cli import progress
from ugc_hub.cli.common import opened
from ugc_hub.cli.output import as_json, say, show
from ugc_hub.permissions import music as files
from ugc_hub.permissions import things
from ugc_hub.permissions.releasing import SOURCES


@click.group()
def music() -> None:
    """List music, keep a track, send or take away its file."""


@music.command("list")
@as_json
def list_command(json_: bool) -> None:
    """List tracks, each with what became of its file."""
    with opened() as hub:
        rows, known = things.list_tracks(hub, SYSTEM), files.files_of(hub, SYSTEM)
    if json_:
        show({"items": [{**_plain(row), "file": files.file_view(known.get(row.id))} for row in rows]})
        return
    for row in rows:
        say(f"{row.id}  {row.title:40} {_state(known.get(row.id))}")


def _plain(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("id", "title", "artist", "owner", "source")}


def _state(row: Any) -> str:
    if row is None:
        return "no file"
    if row.status == "ready":
        return f"{row.seconds:.1f} s, {row.loudness_lufs:.1f} LUFS"
    return str(row.message or "being measured")


@music.command("add")
@click.argument("title")
@click.option("--source", type=click.Choice(SOURCES), required=True, help="Where it comes from.")
@click.option("--artist", default="", help="Who plays it.")
@click.option("--owner", default="", help="Whom it belongs to.")
@as_json
def add_command(title: str, source: str, artist: str, owner: str, json_: bool) -> None:
    """Keep a track, so that licences can name it."""
    with opened() as hub:
        row = things.add_track(hub, SYSTEM, title, source, artist=artist, owner=owner)
    show(_plain(row)) if json_ else say(row.id)


@music.command("send")
@click.argument("track_id", metavar="TRACK")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@as_json
def send_command(track_id: str, file: Path, json_: bool) -> None:
    """Send the file of a track (MP3, AAC, WAV, FLAC or Ogg) and measure it. Exit status 1 where it is refused."""
    with opened() as hub, file.open("rb") as stream:
        sent = files.send_music(hub, SYSTEM, stream, files.Music(track_id, file.name, file.stat().st_size))
        progress.wait(hub, [sent.job_id] if sent.job_id is not None else [], quiet=json_)
        row = files.files_of(hub, SYSTEM).get(track_id)
    show(files.file_view(row) or {}) if json_ else say(_state(row))
    if row is None or row.status == files.REFUSED:
        raise SystemExit(1)


@music.command("remove")
@click.argument("track_id", metavar="TRACK")
def remove_command(track_id: str) -> None:
    """Take the file of a track away, at once; what was made with it stays."""
    with opened() as hub:
        files.drop_music(hub, SYSTEM, track_id)
