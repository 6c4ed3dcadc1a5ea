"""The catalogue against the published list of placements: every cell of every row, both ways."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from tests.support import CASES
from ugc_hub.presets import catalogue
from ugc_hub.presets.loading import parse
from ugc_hub.presets.table import HEADER, export_csv, import_csv, row_of
from ugc_hub.presets.writing import platform_file


def rows_of(text: str) -> dict[str, dict[str, str]]:
    return {row["id"]: row for row in csv.DictReader(io.StringIO(text, newline=""))}


def listed() -> list[dict[str, str]]:
    if CASES is None:
        return []
    return list(rows_of((CASES / "presets.csv").read_text(encoding="utf-8")).values())


@pytest.fixture(scope="module")
def table(cases: Path) -> str:
    return (cases / "presets.csv").read_text(encoding="utf-8")


@pytest.mark.parametrize("row", listed(), ids=lambda row: row["id"])
def test_the_catalogue_says_cell_for_cell_what_the_list_says(row: dict[str, str]) -> None:
    assert row_of(catalogue().get(row["id"]).target) == row


def test_the_columns_are_those_of_the_list_in_its_order(table: str) -> None:
    assert table.splitlines()[0].split(",") == list(HEADER)


def test_the_catalogue_has_no_target_that_the_list_lacks(table: str) -> None:
    assert {target.id for target in catalogue().published} == set(rows_of(table))


def test_what_the_house_adds_says_so_and_takes_the_place_of_nothing(table: str) -> None:
    own = [target for target in catalogue().targets if target not in catalogue().published]
    assert {(target.platform, target.evidence.kind) for target in own} == {("house", "house")}
    assert {target.id for target in own}.isdisjoint(rows_of(table))
    assert {target.placement for target in own}.isdisjoint(row["placement"] for row in rows_of(table).values())


def test_export_of_the_catalogue_equals_the_list(table: str) -> None:
    assert rows_of(export_csv(catalogue().published)) == rows_of(table)


def test_import_then_toml_then_export_loses_no_cell(table: str) -> None:
    plain = import_csv(table)
    platforms = {str(target["platform"]): "A platform" for target in plain}
    imported = parse(platform_file(plain, platforms), "imported.toml")
    assert imported.platforms == platforms
    assert rows_of(export_csv(imported.targets)) == rows_of(table)


def test_import_chooses_the_output_and_recipes_that_the_catalogue_has(table: str) -> None:
    made = {str(target["id"]): target.get("make", {}) for target in import_csv(table)}
    for target in catalogue().published:
        assert made[target.id].get("output") == target.make.output
        assert tuple(made[target.id].get("recipes", ())) == target.make.recipes
