"""Cursors that are none: altered, of another question, or made up."""

from __future__ import annotations

import base64
import json
import math
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.ugc_hub.search.test_engine import ALL, asset, filled
from ugc_hub.errors import Invalid
from ugc_hub.search.documents import NUMBERS
from ugc_hub.search.engine import Engine, Request, Sort
from ugc_hub.search.tree import Word

OF_ANOTHER_ORDER = "WyJyYW5kb20iLHRydWUsMCwxLDEsMSwxXQ"


@pytest.mark.parametrize("cursor", ["x", "AAAA", "W10", "bnVsbA", "é", "[" * 5000, OF_ANOTHER_ORDER])
def test_a_cursor_of_something_else_is_refused(engine: Engine, cursor: str) -> None:
    filled(engine, asset("a", "beach"))
    with pytest.raises(Invalid):
        engine.search(Request(ALL, Word("beach"), cursor=cursor))


ODD_NUMBERS = st.sampled_from([-(2**63), -1, -1.5, 1.5, 2**31, 2**40, 2**62, 2**63, 2**64, 10**400, 1e308, "NaN"])
ODD_VALUES = ODD_NUMBERS | st.integers() | st.floats() | st.none() | st.booleans() | st.text(max_size=3) | st.just([])
EVERY_ORDER = [Sort(by, descending) for by in ("relevance", "newest", *NUMBERS) for descending in (True, False)]
EVERY_ORDER += [Sort("random", seed=seed) for seed in range(3)]


def altered(cursor: str, place: int, value: Any) -> str:
    content = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    content[place] = math.nan if value == "NaN" else value
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


@pytest.mark.req("R81")
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sort=st.sampled_from(EVERY_ORDER), place=st.integers(0, 6), value=ODD_VALUES)
def test_an_altered_cursor_is_refused_or_names_some_other_place(
    engine: Engine, sort: Sort, place: int, value: Any
) -> None:
    if not engine.stamp():
        known = {"numbers": {name: 100.0 for name in NUMBERS if name != "created"}}
        filled(engine, *(asset(f"a{n}", "beach", **known if n < 3 else {}) for n in range(6)))
    asked = Request(ALL, Word("beach"), sort=sort, limit=2)
    cursor = engine.search(asked).next_cursor
    assert cursor is not None
    assert len(engine.search(replace(asked, cursor=cursor)).hits) == 2, "the one that was not altered"
    with suppress(Invalid):
        assert engine.search(replace(asked, cursor=altered(cursor, place, value))).total == 6


@pytest.mark.parametrize("seen", [2**40, 2**62, 2**63, 1.5, -1, True])
def test_a_cursor_says_how_many_came_before_and_no_more_than_there_are_is_looked_at(engine: Engine, seen: Any) -> None:
    filled(engine, *(asset(f"a{n}", "beach") for n in range(3)))
    asked = Request(ALL, Word("beach"), limit=1)
    first = engine.search(asked)
    assert first.next_cursor is not None
    other = replace(asked, cursor=altered(first.next_cursor, 6, seen), limit=3)
    if isinstance(seen, int) and 1 < seen <= 2**62:
        assert len(engine.search(other).hits) == 2
    else:
        with pytest.raises(Invalid):
            engine.search(other)
