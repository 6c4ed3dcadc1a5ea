from __future__ import annotations

import csv
import io
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ugc_hub.presets import CatalogueError, Region, catalogue, lint
from ugc_hub.presets.loading import parse, target_from
from ugc_hub.presets.records import Evidence, Size, Weight
from ugc_hub.presets.table import COLUMNS, HEADER, convert, export_csv, import_csv, row_of
from ugc_hub.presets.writing import outputs_file, platform_file, value

BASIC = {"id": "a.b", "channel": "ads", "platform": "a", "placement": "b", "kind": "image"}


def table(*rows: dict[str, str]) -> str:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, HEADER, lineterminator="\n", restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def test_each_column_is_named_once() -> None:
    assert len(set(HEADER)) == len(HEADER) == len(COLUMNS)


def test_an_empty_cell_stays_unknown() -> None:
    (plain,) = import_csv(table(BASIC))
    target = target_from(plain)
    assert target.size == Size()
    assert target.bytes == Weight()
    assert target.formats == ()
    assert row_of(target)["max_bytes"] == ""


def test_margins_in_pixels_refer_to_the_published_canvas() -> None:
    row = BASIC | {"width": "98", "height": "98", "safe_top": "16", "safe_unit": "px", "size_basis": "required"}
    (plain,) = import_csv(table(row))
    assert target_from(plain).regions == (Region("px", (98, 98), top=16),)


def test_a_rectangle_stays_out_of_the_table() -> None:
    (plain,) = import_csv(table(BASIC))
    target = replace(target_from(plain), regions=(Region("pct", x=0, y=0, width=10, height=10),))
    assert row_of(target)["safe_unit"] == ""


def test_a_cell_that_should_be_a_number_is_named() -> None:
    with pytest.raises(CatalogueError) as caught:
        import_csv(table(BASIC | {"width": "wide"}))
    assert "a.b" in caught.value.message
    assert "width" in caught.value.message


def test_an_unknown_column_is_named() -> None:
    with pytest.raises(CatalogueError) as caught:
        import_csv("id,colour\na.b,red\n")
    assert "colour" in caught.value.message


def test_a_row_without_a_kind_is_refused_with_its_number() -> None:
    with pytest.raises(CatalogueError) as caught:
        import_csv(table(BASIC, {"id": "a.c", "channel": "ads", "platform": "a", "placement": "c"}))
    assert "Row 3" in caught.value.message


def test_an_unknown_channel_is_refused_and_not_a_crash() -> None:
    with pytest.raises(CatalogueError) as caught:
        import_csv(table(BASIC | {"channel": "radio"}))
    assert "radio" in caught.value.message


WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20)
CELLS = {
    "aspect_ratio": WORDS,
    "width": st.integers(1, 10**6).map(str),
    "min_bytes": st.integers(1, 10**12).map(str),
    "fps_max": st.floats(0.5, 240).map(str),
    "loudness_lufs": st.integers(-40, 0).map(str),
    "a_hz": st.lists(st.integers(1, 10**6), min_size=1, max_size=3).map(lambda hz: "|".join(map(str, hz))),
    "duration_advice_s": WORDS,
    "text_limits": WORDS,
    "disclosure_fields": WORDS,
    "notes": WORDS,
    "source": WORDS,
}


@settings(deadline=None)
@given(st.lists(st.fixed_dictionaries({}, optional=CELLS), min_size=1, max_size=3))
def test_any_table_survives_the_way_through_toml(rows: list[dict[str, str]]) -> None:
    text = table(*(BASIC | {"id": f"a.{n}", "fit_default": "cover"} | row for n, row in enumerate(rows)))
    targets = parse(platform_file(import_csv(text), {"a": "A"}), "a.toml").targets
    assert list(csv.DictReader(io.StringIO(export_csv(targets)))) == list(csv.DictReader(io.StringIO(text)))


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_is_written_as_toml_that_reads_the_same(text: str) -> None:
    assert tomllib.loads(f"key = {value(text)}")["key"] == text


def test_what_all_targets_of_a_file_share_is_written_once() -> None:
    rows = [BASIC | {"id": f"a.{n}", "spec_checked": "2026-11-23", "source": f"page {n}"} for n in range(3)]
    text = platform_file(import_csv(table(*rows)), {"a": "A"})
    assert text.count("2026-11-23") == 1
    targets = parse(text, "a.toml").targets
    assert [target.evidence for target in targets] == [
        Evidence(source=f"page {n}", checked="2026-11-23") for n in range(3)
    ]


def test_outputs_are_written_once_each() -> None:
    made = [target_from(plain).make.output for plain in import_csv(table(BASIC, BASIC | {"id": "a.c"}))]
    assert made[0] == made[1]
    assert outputs_file([]).startswith("#")
    with pytest.raises(TypeError):
        value(object())


def test_a_converted_table_is_a_folder_that_the_catalogue_reads(tmp_path: Path) -> None:
    tile = {
        "id": "shop.tile",
        "platform": "shop",
        "width": "300",
        "height": "300",
        "size_basis": "exact",
        "fit_default": "cover",
        "formats": "jpg|png",
        "source": "the house",
        "source_kind": "custom",
        "spec_checked": "2026-11-23",
    }
    for name, text in convert(table(BASIC | tile), {"shop": "Our shop"}).items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    wider = catalogue(tmp_path)
    assert lint(wider) == []
    assert wider.get("shop.tile").renderable
    assert wider.get("shop.tile").platform_name == "Our shop"


def test_a_platform_that_is_no_name_of_a_file_is_refused() -> None:
    with pytest.raises(CatalogueError):
        convert(table(BASIC | {"platform": "../shop"}), {})
