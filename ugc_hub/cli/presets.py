"""Looking at presets and keeping custom ones."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from ugc_hub import renditions
from ugc_hub.accounts import SYSTEM
from ugc_hub.cli.common import opened
from ugc_hub.cli.output import always_json, as_json, say, show
from ugc_hub.errors import Invalid
from ugc_hub.presets import catalogue


@click.group()
def presets() -> None:
    """List presets, look at one, keep custom ones."""


@presets.command("list")
@click.option("--channel", type=click.Choice(["ads", "email", "web", "organic", "print"]))
@click.option("--platform")
@click.option("--kind", type=click.Choice(["image", "video", "animation", "document", "captions"]))
@as_json
def list_presets(channel: str | None, platform: str | None, kind: str | None, json_: bool) -> None:
    """List the presets of the catalogue and the custom ones."""
    with opened() as hub:
        found = renditions.all_presets(hub)
    wanted = [
        preset
        for preset in found.values()
        if (not channel or preset.target.channel == channel)
        and (not platform or preset.target.platform == platform)
        and (not kind or preset.target.kind == kind)
    ]
    if json_:
        show({"items": [preset.describe() for preset in wanted]})
        return
    for preset in wanted:
        mark = "" if preset.renderable else f" ({preset.target.kind})"
        say(f"{preset.id:50} {preset.title}{mark}")


@presets.command("show")
@click.argument("preset_id")
@as_json
def show_preset(preset_id: str, json_: bool) -> None:
    """Print one preset with its source, date and disputes."""
    with opened() as hub:
        plain = renditions.find_preset(hub, preset_id).describe()
    if json_:
        show(plain)
        return
    for line in _lines(plain, ""):
        say(line)


def _lines(plain: dict[str, Any], indent: str) -> list[str]:
    lines = []
    for name, value in plain.items():
        if isinstance(value, dict):
            lines += [f"{indent}{name}:", *_lines(value, indent + "  ")]
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            lines.append(f"{indent}{name}:")
            for item in value:
                inner = _lines(item, indent + "    ")
                lines += [indent + "  - " + inner[0].strip(), *inner[1:]]
        elif value not in (None, [], "", {}):
            lines.append(f"{indent}{name}: {', '.join(map(str, value)) if isinstance(value, list) else value}")
    return lines


@presets.command("save")
@click.argument("file", type=click.File("r", encoding="utf-8"))
@always_json
def save(file: Any) -> None:
    """Keep a custom preset from a JSON file (`-` for standard input); a known id gets a new version."""
    try:
        body = json.load(file)
    except (ValueError, RecursionError) as error:  # a wrong encoding is a ValueError as well
        raise Invalid(f"{Path(file.name).name} is not valid JSON: {error}.") from error
    if not isinstance(body, dict):
        raise Invalid("A preset is one JSON object.")
    with opened() as hub:
        show(renditions.save_preset(hub, SYSTEM, body).describe())


@presets.command("history")
@click.argument("preset_id")
@always_json
def history(preset_id: str) -> None:
    """Print all versions of a custom preset, newest first."""
    with opened() as hub:
        show([version.__dict__ for version in renditions.preset_history(hub, SYSTEM, preset_id)])


@presets.command("withdraw")
@click.argument("preset_id")
def withdraw(preset_id: str) -> None:
    """Take a custom preset out of use; its history and renditions stay."""
    with opened() as hub:
        renditions.withdraw_preset(hub, SYSTEM, preset_id)
    say(f"{preset_id} is withdrawn.")


@presets.command("lint")
def lint_command() -> None:
    """Judge every record of the catalogue. Exit status 1 when there is a finding."""
    from ugc_hub.presets.lint import lint

    findings = lint(catalogue())
    for finding in findings:
        say(str(finding))
    say(f"{len(catalogue().presets)} presets, {len(findings)} findings.")
    if findings:
        sys.exit(1)
