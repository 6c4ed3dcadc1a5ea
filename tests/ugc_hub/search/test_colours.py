"""Colours by name and by distance: what OKLab says, and what both engines find and count."""

from __future__ import annotations

import math

import pytest

from tests.ugc_hub.rows import Clock as Standing
from ugc_hub.search.colours import FARTHEST, NAMED, NEAR, asked, cell, distinct, lab, names, within
from ugc_hub.search.documents import Document
from ugc_hub.search.engine import Engine, Request, Sight
from ugc_hub.search.language import parse
from ugc_hub.search.shapes import Clock
from ugc_hub.search.tree import Nothing

CLOCK = Clock(Standing().at)


@pytest.mark.parametrize(
    ("colour", "published"),
    [
        ("#ffffff", (1.0, 0.0, 0.0)),
        ("#ff0000", (0.62796, 0.22486, 0.12585)),
        ("#00ff00", (0.86644, -0.23389, 0.17950)),
        ("#0000ff", (0.45201, -0.03246, -0.31153)),
    ],
)
def test_distances_are_those_of_oklab(colour: str, published: tuple[float, float, float]) -> None:
    assert lab(colour) == pytest.approx(published, abs=1e-4)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("#E4002B", ("#e4002b", NEAR)),
        ("e4002b~20", ("#e4002b", 20)),
        ("#e40", ("#ee4400", NEAR)),
        ("red~0", (NAMED["red"], 0)),
        ("red", None),
        ("nocolour~5", None),
        ("#e4002", None),
        (f"#e4002b~{FARTHEST + 1}", None),
        ("", None),
    ],
)
def test_a_colour_is_read_with_how_far_others_may_be(text: str, meant: tuple[str, int] | None) -> None:
    assert asked(text) == meant


def test_a_set_holds_exactly_what_is_near_enough_and_its_own() -> None:
    assert within("#e4002b", 0) == (cell("#e4002b"),)
    near = within("#e4002b", 20)
    assert 10 < len(near) < 1000
    for one in ("#e03", "#e13", "#00f", "#fff"):
        full = "#" + "".join(2 * digit for digit in one[1:])
        assert (one in near) == (100 * math.dist(lab(full), lab("#e4002b")) <= 20)


def test_of_many_colours_the_most_frequent_are_told_and_those_alike_once() -> None:
    given = ["#0000ff", "#ff0000", "#fe0101", "#00ff00", "#fd0000", "#0101fe", "Red", "#ff00"]
    assert distinct(given, 9, 5) == ("#ff0000", "#0000ff", "#00ff00")
    assert distinct(given, 1, 5) == ("#ff0000",)
    assert len(distinct(given, 9, 0)) == 6
    assert distinct([], 9, 5) == ()


def test_colours_bear_a_name_each_once_and_each_name_is_its_own() -> None:
    assert names(["#ee1122", "#dd2233", "#0a0a0a", "teal"]) == ("red", "black", "teal")
    assert all(names([colour]) == (name,) for name, colour in NAMED.items())


def documents() -> list[Document]:
    colours = {"a": ("#e4002b", "#fefefe"), "b": ("#d81030",), "c": ("#1f5fd0",), "d": ()}
    return [
        Document(name, ("staff",), 1, keywords={"colour": values} if values else {}) for name, values in colours.items()
    ]


@pytest.mark.parametrize(
    ("text", "hits"),
    [
        ("colour:#e4002b~0", {"a"}),
        ("colour:#e4002b", {"a", "b"}),
        ("colour:red", {"a", "b"}),
        ("colour:white", {"a"}),
        ("colour:blue~5", {"c"}),
        ("has:colour -colour:#e4002b~20", {"c"}),
    ],
)
def test_both_engines_find_by_name_and_by_distance(engine: Engine, text: str, hits: set[str]) -> None:
    engine.update(documents())
    engine.commit(1)
    for typing in (False, True):
        reading = parse(text, CLOCK, typing=typing)
        assert reading.problems == ()
        assert {hit.id for hit in engine.search(Request(Sight(everything=True), reading.tree)).hits} == hits


def test_facets_count_names(engine: Engine) -> None:
    engine.update(documents())
    engine.commit(1)
    counted = engine.search(Request(Sight(everything=True), facets=("colour",))).facets["colour"]
    assert dict(counted) == {"red": 2, "white": 1, "blue": 1}


@pytest.mark.parametrize("text", ["colour:#e4002b~51", "colour:#xyzxyz", "colour:nocolour~20", "colour:#~"])
def test_what_is_no_colour_is_told_with_its_place(text: str) -> None:
    reading = parse(text, CLOCK)
    assert isinstance(reading.tree, Nothing)
    assert reading.problems[0].end <= len(text)
