"""The catalogue as a table: one row a target, fifty columns, for spreadsheets; out and in without loss.

The columns are those of the published list of placements. What the table cannot hold (regions that are rectangles,
disputes, replacements, the choice of output) lives only in the TOML files; an import derives the output anew.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from ugc_hub.presets.errors import CatalogueError
from ugc_hub.presets.loading import target_from
from ugc_hub.presets.making import make_for
from ugc_hub.presets.records import CHANNELS, Region, Target
from ugc_hub.presets.writing import outputs_file, platform_file

PLATFORM = re.compile(r"[a-z0-9_]+\Z")
"""Platforms become names of files and keys."""


@dataclass(frozen=True)
class Column:
    """One column: its name in the table, the path in the record, and how a cell is written."""

    name: str
    path: str
    kind: str = "text"
    """text, number, or list followed by its separator; `integers` is a list of numbers joined with |."""

    def parse(self, cell: str) -> Any:
        """Return the value of a cell that is not empty. Raises `ValueError`."""
        if self.kind == "number":
            return _number(cell)
        if self.kind == "integers":
            return [int(item) for item in cell.split("|")]
        if self.kind.startswith("list"):
            return cell.split(self.kind[4:])
        return cell

    def render(self, value: Any) -> str:
        """Return the cell for a value; an absent value is an empty cell."""
        if value is None or value == ():
            return ""
        if self.kind == "integers":
            return "|".join(str(item) for item in value)
        if self.kind.startswith("list"):
            return self.kind[4:].join(value)
        return str(value)


def _columns(text: str) -> tuple[Column, ...]:
    return tuple(Column(*line.split(maxsplit=2)) for line in text.strip().splitlines())


COLUMNS = _columns(
    """
    id id
    channel channel
    platform platform
    placement placement
    kind kind
    aspect_ratio ratio
    ratio_tolerance_pct ratio_tolerance_pct number
    width size.width number
    height size.height number
    size_basis size.basis
    min_width size.min_width number
    min_height size.min_height number
    max_width size.max_width number
    max_height size.max_height number
    fit_default make.fit
    formats formats list|
    max_bytes bytes.max number
    bytes_rule bytes.rule
    min_bytes bytes.min number
    duration_min_s duration.min number
    duration_max_s duration.max number
    duration_advice_s duration.advice
    fps_min video.fps_min number
    fps_max video.fps_max number
    fps_mode video.fps_mode
    video_codecs video.codecs list|
    v_kbps_min video.kbps_min number
    v_kbps_advice video.kbps_advice
    v_kbps_max video.kbps_max number
    audio_codecs audio.codecs list|
    a_kbps_min audio.kbps_min number
    a_hz audio.hz integers
    loudness_lufs audio.loudness_lufs number
    loudness_tol_lu audio.loudness_tolerance_lu number
    true_peak_dbtp audio.true_peak_dbtp number
    safe_top region.top number
    safe_right region.right number
    safe_bottom region.bottom number
    safe_left region.left number
    safe_unit region.unit
    items_min items.min number
    items_max items.max number
    text_limits text_limits list;
    disclosure_fields disclosure list;\N{SPACE}
    notes notes
    source evidence.source
    source2 evidence.source2
    source_kind evidence.kind
    source_date evidence.date
    spec_checked evidence.checked
    """
)
HEADER = tuple(column.name for column in COLUMNS)


def _number(cell: str) -> int | float:
    try:
        return int(cell)
    except ValueError:
        return float(cell)


def plain_from_row(row: Mapping[str, str]) -> dict[str, Any]:
    """Turn one row into the table of a target, as it stands in a TOML file. Raises `CatalogueError`."""
    plain: dict[str, Any] = {}
    for column in COLUMNS:
        cell = row.get(column.name) or ""
        if not cell:
            continue
        try:
            value = column.parse(cell)
        except ValueError as error:
            where = row.get("id", "?")
            raise CatalogueError(f"{where}: {column.name} {cell!r} is not a number.") from error
        part, _, name = column.path.rpartition(".")
        (plain.setdefault(part, {}) if part else plain)[name] = value
    region = plain.pop("region", None)
    if region is not None:
        size = plain.get("size", {})
        if region.get("unit") == "px" and "width" in size and "height" in size:
            region["reference"] = [size["width"], size["height"]]
        plain["region"] = [region]
    return plain


def import_csv(text: str) -> tuple[dict[str, Any], ...]:
    """Read a table into the plain form of TOML targets, with the derived output. Raises `CatalogueError`.

    A column may be missing (not published) but none may be unknown, and every row needs id, channel, platform,
    placement and kind.
    """
    reader = csv.DictReader(io.StringIO(text, newline=""))
    unknown = [name for name in reader.fieldnames or () if name not in HEADER]
    if unknown:
        raise CatalogueError(f"The table has a column {unknown[0]!r}, which is not one of the catalogue's.")
    found = []
    for number, row in enumerate(reader, start=2):
        plain = plain_from_row(row)
        try:
            target = target_from(plain)
        except TypeError as error:
            raise CatalogueError(f"Row {number}: {error}") from error
        if target.channel not in CHANNELS:
            raise CatalogueError(f"Row {number}: {target.channel!r} is not one of {', '.join(CHANNELS)}.")
        made = make_for(target)
        if made is not None:
            output, recipes = made
            plain.setdefault("make", {}).update({"output": output.id, "recipes": list(recipes)})
        found.append(plain)
    return tuple(found)


def convert(text: str, names: Mapping[str, str]) -> dict[str, str]:
    """Return the TOML files, text by file name, that say what a table says: one a platform, and outputs.toml.

    `names` holds the platforms' names for people; a platform that it lacks keeps its id. Raises `CatalogueError`.
    """
    by_platform: dict[str, list[dict[str, Any]]] = {}
    for plain in import_csv(text):
        platform = plain["platform"]
        if not PLATFORM.match(platform):
            raise CatalogueError(
                f"{plain['id']}: write the platform {platform!r} in small letters, digits and underscores."
            )
        by_platform.setdefault(platform, []).append(plain)
    made = [make_for(target_from(plain)) for group in by_platform.values() for plain in group]
    written = {
        f"{name}.toml": platform_file(group, {name: names.get(name, name)}) for name, group in by_platform.items()
    }
    return {**written, "outputs.toml": outputs_file(found[0] for found in made if found is not None)}


def _margins(target: Target) -> Region | None:
    return next((region for region in target.regions if not region.is_rectangle), None)


def row_of(target: Target) -> dict[str, str]:
    """Return the row of one target; of several regions only the first with margins fits into a table."""
    row = {}
    for column in COLUMNS:
        part, _, name = column.path.rpartition(".")
        if part == "region":
            holder: Any = _margins(target)
        else:
            holder = getattr(target, part) if part else target
        row[column.name] = column.render(getattr(holder, name) if holder is not None else None)
    return row


def export_csv(targets: Iterable[Target]) -> str:
    """Return the table with a header and Unix line ends, one row a target in the order given."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, HEADER, lineterminator="\n")
    writer.writeheader()
    writer.writerows(row_of(target) for target in targets)
    return text.getvalue()
