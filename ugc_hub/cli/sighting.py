"""Looks through files that somebody found for copies that have left, so that ended ones are taken down."""

from __future__ import annotations

import hashlib
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ugc_hub.accounts import SYSTEM
from ugc_hub.cli.common import opened
from ugc_hub.cli.output import as_json, say, show
from ugc_hub.licensing.sighting import Seen, Sighting, names_in, sightings
from workers.media.errors import MediaError

if TYPE_CHECKING:
    from workers.media.sandbox import Sandbox

LARGEST_BYTES = 500_000_000


@click.command("sightings")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@click.option("--looks", is_flag=True, help="Also compare how pictures look, where bytes and stamp tell nothing.")
@as_json
def sightings_command(paths: tuple[Path, ...], looks: bool, json_: bool) -> None:
    """Say of files or folders, such as a copy of a website, which copies they are and whether they may still be used.

    Exit status 1 where one of them has ended.
    """
    from ugc_hub.jobs.handlers import media_sandbox

    found: dict[str, list[Sighting]] = {}
    with opened() as hub, media_sandbox(hub.settings) as sandbox:
        for path in _files(paths):
            data = path.read_bytes()
            seen = Seen(hashlib.sha256(data).hexdigest(), names_in(data))
            with hub.database.read() as session:
                told = sightings(hub, session, SYSTEM, seen)
                if not told and looks:
                    hashed = Seen(seen.sha256, perceptual_hash=_looks(sandbox, path))
                    told = sightings(hub, session, SYSTEM, hashed)
            if told:
                found[str(path)] = told
    if json_:
        show({"files": {path: [one.as_dict() for one in told] for path, told in found.items()}})
    else:
        _say(found)
    if any(one.status == "ended" for told in found.values() for one in told):
        sys.exit(1)


def _files(paths: Sequence[Path]) -> Iterator[Path]:
    for path in paths:
        for one in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if one.is_file() and one.stat().st_size <= LARGEST_BYTES:
                yield one


def _looks(sandbox: Sandbox, path: Path) -> str | None:
    """Return how a file looks as a hash; None where it is no picture that can be measured."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            return sandbox.inspect(path, Path(folder)).facts.perceptual_hash
        except MediaError:
            return None


def _say(found: dict[str, list[Sighting]]) -> None:
    if not found:
        say("None of them is known as a copy that left.")
    for path, told in found.items():
        for one in told:
            ended = f" since {one.ended_at:%Y-%m-%d %H:%M} UTC" if one.ended_at else ""
            say(f"{one.status.upper():8} {path}: use {one.usage_id} of {one.asset_id}, known by its {one.by}{ended}")
