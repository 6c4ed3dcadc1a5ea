"""Sheets: grants as agencies send them (CSV), read strictly; an unknown word is refused with its row and column."""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from graphlib import CycleError, TopologicalSorter
from importlib.resources import files
from typing import Any, TextIO

from ugc_hub.rights import DateRefused, day_begins, standard, until_inclusive

from .cells import Problems, Row

GRANTS = [
    "grant_id",
    "asset_id",
    "creator_handle",
    "status",
    "signed_at",
    "valid_from",
    "valid_until",
    "timezone",
    "channels",
    "territories",
    "edits_allowed",
    "partnership_ads",
    "exclusivity",
    "attribution",
    "disclosure",
    "ai_training",
    "ai_edit",
    "model_release",
    "music_cleared",
    "fee",
    "revoked_at",
    "supersedes",
    "evidence_sha256",
]
ASSETS = ["asset_id", "creator_handle", "people_in_frame", "minors_in_frame", "music", "declared_ai"]
CREATORS = ["handle", "name", "email", "country"]
_SHA256 = re.compile(r"[0-9a-f]{64}")
_EXCLUSIVITY = re.compile(r"none|category \d+ days after end")
PEOPLE = {"none": (), "creator": ("creator",), "creator+others": ("creator", "others")}


@cache
def words() -> Mapping[str, Mapping[str, Any]]:
    """Return the tables of words, as the data file beside this module states them."""
    return tomllib.loads(files(__package__).joinpath("sheets.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Line:
    """One grant of a sheet, in the hub's words."""

    id: str
    asset: str
    creator: str
    state: str
    signed_on: date | None
    starts_on: date
    until: date | None
    """The last day; None: without end."""
    zone: str
    channels: tuple[str, ...]
    territories: tuple[str, ...]
    edits: tuple[str, ...]
    partnership_ads: bool
    compensation: str
    credit: str
    release: str
    """on_file, missing or not_needed."""
    music_cleared: str
    """yes, no or organic_only."""
    revoked_on: date | None
    supersedes: str
    place: str
    """Where it stands in the sheets: `grants, row 2`."""
    proven: bool
    """Signed, and with the hash of an evidence that the agency holds."""
    raw: Mapping[str, str] = field(hash=False)


@dataclass(frozen=True)
class Sheet:
    """One asset of a sheet: what is said of it."""

    id: str
    creator: str
    file_name: str
    people: tuple[str, ...]
    minors: bool
    music: str
    music_source: str
    source_type: str


@dataclass(frozen=True)
class Sheets:
    """Grants with the assets and creators that they are about; checked, and nothing written yet."""

    grants: tuple[Line, ...]
    assets: Mapping[str, Sheet]
    creators: Mapping[str, Mapping[str, str]]


def read_sheets(grants: TextIO, assets: TextIO, creators: TextIO | None = None) -> Sheets:
    """Read the sheets of a campaign; all that is wrong in them is told at once.

    Raises:
        Invalid: a column is missing, a word unknown, a date none, or rows contradict one another.
    """
    problems = Problems()
    people = {row.handle("handle"): row.cells for row in _rows("creators", creators, CREATORS, problems)}
    sheets = [_asset(row) for row in _rows("assets", assets, ASSETS, problems)]
    rows = list(_rows("grants", grants, GRANTS, problems))
    lines = [line for row in rows if (line := _line(row)) is not None]
    if not problems.found:
        _agree(lines, {one.id: one for one in sheets}, rows)
    problems.refuse()
    return Sheets(tuple(lines), {one.id: one for one in sheets}, people)


def _rows(name: str, file: TextIO | None, columns: Iterable[str], problems: Problems) -> Iterable[Row]:
    if file is None:
        return
    reader = csv.DictReader(file, strict=True)
    try:
        missing = [column for column in columns if column not in (reader.fieldnames or ())]
        for column in missing:
            problems.add(f"{name}, row 1", column, "the sheet lacks it.")
        if missing:
            return
        for number, cells in enumerate(reader, 2):
            if None in cells or None in cells.values():
                problems.add(f"{name}, row {number}", "-", "it has more or fewer cells than the first row.")
                continue
            row = Row(f"{name}, row {number}", cells, problems)
            if row.sound():
                yield row
    except (csv.Error, UnicodeDecodeError) as error:
        # The reader counts a line once it has understood it.
        problems.add(f"{name}, line {reader.line_num + 1}", "-", f"it is no CSV in UTF-8: {error}.")


def _asset(row: Row) -> Sheet:
    table = words()
    music = row.one("music", table["music"])
    return Sheet(
        id=row.text("asset_id"),
        creator=row.handle("creator_handle"),
        file_name=row.text("file_name", needed=False),
        people=PEOPLE.get(row.one("people_in_frame", PEOPLE), ()),
        minors=row.one("minors_in_frame", ("yes", "no")) == "yes",
        music=table["music"].get(music, "unknown"),
        music_source=table["music_source"].get(music, ""),
        source_type=table["source_type"].get(row.one("declared_ai", table["source_type"]), ""),
    )


def _territories(row: Row) -> tuple[str, ...]:
    found = []
    for word in filter(None, row.text("territories").split("|")):
        code = words()["territories"].get(word, word)
        if not standard().atlas.knows(code):
            row.problems.add(row.place, "territories", f"{word!r} is no country or group that is known.")
        found.append(code)
    return tuple(dict.fromkeys(found))


def _line(row: Row) -> Line | None:
    table, before = words(), len(row.problems.found)
    status = row.one("status", table["status"])
    starts, until, zone = row.day("valid_from"), row.day("valid_until", needed=False), row.text("timezone")
    signed, revoked = (
        row.day("signed_at", needed=status != "pending_signature"),
        row.day("revoked_at", needed=status == "revoked"),
    )
    _dated(row, zone, {"valid_from": starts, "valid_until": until, "signed_at": signed, "revoked_at": revoked})
    evidence, exclusivity = row.text("evidence_sha256", needed=False), row.text("exclusivity")
    if evidence and not _SHA256.fullmatch(evidence):
        row.problems.add(row.place, "evidence_sha256", "it is no SHA-256 in hexadecimal digits.")
    if exclusivity and not _EXCLUSIVITY.fullmatch(exclusivity):
        row.problems.add(row.place, "exclusivity", f"{exclusivity!r} is not known.")
    edits = row.many("edits_allowed", table["edits"])
    edits += tuple(table["edits"]["ai_edit"]) if row.one("ai_edit", ("yes", "no")) == "yes" else ()
    edits += tuple(table["edits"]["ai_training"]) if row.one("ai_training", ("yes", "no")) == "yes" else ()
    disclosed = table["compensation"].get(row.one("disclosure", table["compensation"]), "unknown")
    line = Line(
        id=row.text("grant_id"),
        asset=row.text("asset_id"),
        creator=row.handle("creator_handle"),
        state=table["status"].get(status, "draft"),
        signed_on=signed,
        starts_on=starts or date.min,
        until=until,
        zone=zone,
        channels=row.many("channels", table["channels"]),
        territories=_territories(row),
        edits=tuple(dict.fromkeys(edits)),
        partnership_ads=row.one("partnership_ads", ("yes", "no")) == "yes",
        compensation="paid" if row.amount("fee") else disclosed,
        credit=row.text("attribution", needed=False),
        release=row.one("model_release", ("on_file", "missing", "not_needed")),
        music_cleared=row.one("music_cleared", ("yes", "no", "organic_only")),
        revoked_on=revoked,
        supersedes=row.text("supersedes", needed=False),
        place=row.place,
        proven=signed is not None and bool(evidence),
        raw=dict(row.cells),
    )
    _consistent(row, line, status)
    return line if len(row.problems.found) == before else None


def _dated(row: Row, zone: str, days: Mapping[str, date | None]) -> None:
    """Refuse days that are no instants in the zone of the row."""
    try:
        day_begins(date(2000, 1, 1), zone)
    except DateRefused as error:
        row.problems.add(row.place, "timezone", str(error))
        return
    for column, day in days.items():
        try:
            if day is not None:
                until_inclusive(day, zone)
                day_begins(day, zone)
        except DateRefused:
            instead = " Leave it empty where there is no end." if column == "valid_until" else ""
            row.problems.add(row.place, column, f"{day} lies outside the calendar.{instead}")


def _consistent(row: Row, line: Line, status: str) -> None:
    """Refuse rows whose cells contradict one another: nobody can know which of them is right."""
    if line.until is not None and line.until < line.starts_on:
        row.problems.add(row.place, "valid_until", "it lies before valid_from.")
    if line.revoked_on is not None and status != "revoked":
        row.problems.add(row.place, "revoked_at", f"the status says {status}.")
    if line.partnership_ads and "paid_social" not in line.channels:
        row.problems.add(row.place, "partnership_ads", "ads from the creator's handle are allowed, but no paid_social.")


def _agree(lines: list[Line], assets: Mapping[str, Sheet], rows: list[Row]) -> None:
    """Refuse what points to nothing, or says of two sheets two things."""
    known = {line.id for line in lines}
    replaced = {line.supersedes for line in lines}
    seen: set[str] = set()
    for row, line in zip(rows, lines, strict=True):
        sheet = assets.get(line.asset)
        checks = (
            ("grant_id", line.id in seen, f"{line.id} stands in an earlier row too."),
            ("asset_id", sheet is None, f"the sheet of assets has no {line.asset}."),
            ("creator_handle", sheet is not None and sheet.creator != line.creator, "the asset is by somebody else."),
            ("supersedes", bool(line.supersedes) and line.supersedes not in known, f"there is no {line.supersedes}."),
            ("supersedes", line.supersedes == line.id, "a grant cannot take its own place."),
            ("status", row.cells["status"] == "superseded" and line.id not in replaced, "no row takes its place."),
            (
                "model_release",
                sheet is not None and "others" in sheet.people and line.release == "not_needed",
                "others than the creator are in the frame.",
            ),
        )
        for column, wrong, why in checks:
            if wrong:
                row.problems.add(row.place, column, why)
        seen.add(line.id)
    _ordered(lines, rows)


def _ordered(lines: list[Line], rows: list[Row]) -> None:
    """Refuse rows that take one another's place."""
    try:
        TopologicalSorter({line.id: {line.supersedes} - {""} for line in lines}).prepare()
    except CycleError as error:
        names = set(error.args[1])
        words_ = f"these grants take one another's place: {', '.join(sorted(names))}."
        for row in (row for row, line in zip(rows, lines, strict=True) if line.id in names):
            row.problems.add(row.place, "supersedes", words_)
