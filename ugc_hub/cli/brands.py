"""Looking at brand kits and keeping them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from ugc_hub import renditions
from ugc_hub.accounts import SYSTEM
from ugc_hub.cli.common import opened
from ugc_hub.cli.output import always_json, as_json, say, show
from ugc_hub.errors import Invalid
from ugc_hub.hub import Hub

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group()
def brand() -> None:
    """List brand kits, look at one, keep one."""


@brand.command("list")
@as_json
def list_kits(json_: bool) -> None:
    """List the kits in force."""
    with opened() as hub:
        found = renditions.all_kits(hub, SYSTEM)
    if json_:
        show({"items": [one.__dict__ for one in found]})
        return
    for one in found:
        say(f"{one.id:30} {one.kit.name}, version {one.version}")


@brand.command("show")
@click.argument("kit_id")
@always_json
def show_kit(kit_id: str) -> None:
    """Print one kit as JSON, in the form that `save` takes."""
    with opened() as hub:
        found = renditions.find_kit(hub, SYSTEM, kit_id)
    show({"id": found.id, **(found.body or {})})


@brand.command("save")
@click.argument("file", type=click.File("r", encoding="utf-8"))
@click.option("--logo", type=FILE, help="A PNG file, with a transparent ground.")
@click.option("--font", type=FILE, help="A TTF or OTF file.")
@click.option("--bold-font", type=FILE, help="The bold one.")
@always_json
def save(file: Any, logo: Path | None, font: Path | None, bold_font: Path | None) -> None:
    """Keep a kit from a JSON file (`-` for standard input); a known id gets a new version."""
    try:
        body = json.load(file)
    except (ValueError, RecursionError) as error:  # a wrong encoding is a ValueError as well
        raise Invalid(f"{Path(file.name).name} is not valid JSON: {error}.") from error
    if not isinstance(body, dict):
        raise Invalid("A brand kit is one JSON object.")
    with opened() as hub:
        if logo is not None:
            kept = _kept(hub, logo, "png")
            body["logo"] = {"sha256": kept.sha256, "width": kept.width, "height": kept.height}
        for name, path in (("font", font), ("bold_font", bold_font)):
            if path is not None:
                body[name] = _kept(hub, path, "font").sha256
        saved = renditions.save_kit(hub, SYSTEM, body)
    show({"id": saved.id, "version": saved.version, **(saved.body or {})})


def _kept(hub: Hub, path: Path, kind: str) -> renditions.KitFile:
    found = renditions.keep_file(hub, SYSTEM, path.read_bytes())
    if found.kind != kind:
        raise Invalid(f"{path.name} is not {'a PNG file' if kind == 'png' else 'a font'}.")
    return found


@brand.command("history")
@click.argument("kit_id")
@always_json
def history(kit_id: str) -> None:
    """Print all versions of a kit, newest first."""
    with opened() as hub:
        show([one.__dict__ for one in renditions.kit_history(hub, SYSTEM, kit_id)])


@brand.command("withdraw")
@click.argument("kit_id")
def withdraw(kit_id: str) -> None:
    """Take a kit out of use; its history and what was made with it stay."""
    with opened() as hub:
        renditions.withdraw_kit(hub, SYSTEM, kit_id)
    say(f"{kit_id} is withdrawn.")
