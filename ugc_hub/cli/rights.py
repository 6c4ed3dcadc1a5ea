"""Trying the rule of rights on cases, without any data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from ugc_hub.cli.output import always_json, show
from ugc_hub.errors import Invalid


@click.group()
def rights() -> None:
    """Try how uses are decided."""


@rights.command("simulate")
@click.argument("file", type=click.File("r", encoding="utf-8"))
@always_json
def simulate_command(file: Any) -> None:
    """Print the answers to a JSON file of cases (`-` for standard input). No data is touched.

    The file holds `cases` (assets, grants and a request), `normalisation_cases` (dates of contracts) and
    `revocation_cases`; a `vocabulary` in it takes the place of the built-in one.
    """
    from ugc_hub.rights import Malformed, simulate

    name = Path(file.name).name
    try:
        plain = json.load(file)
    except (ValueError, RecursionError) as error:  # a wrong encoding is a ValueError as well
        raise Invalid(f"{name} is not valid JSON: {error}.") from error
    if not isinstance(plain, dict):
        raise Invalid("A file of cases is one JSON object.")
    try:
        show(simulate(plain))
    except Malformed as error:
        raise Invalid(f"{name} is no file of cases: its {error.field} has another form.") from error
