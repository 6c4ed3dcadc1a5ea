"""The columns of an index, and what is written into them."""

from __future__ import annotations

import re
import string
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ugc_hub.search.test_engine import ALL, asset, filled, found, ids
from ugc_hub.search.engine import Engine, Request, Sight, Sort
from ugc_hub.search.fields import fraction, rising
from ugc_hub.search.folding import usual
from ugc_hub.search.language import Clock, parse
from ugc_hub.search.tree import Amount, Not, Range, Term, Word

LAST_DIGITS = [0.0, 5e-324, 0.013501931403831305, 0.023715282059162974, 1 / 3, 2.5, 3.0, 1e300]
"""Fractions whose last digits are easily lost where they are written as text and read again."""


def test_numbers_and_days_of_fields_of_campaigns_lie_in_ranges(engine: Engine) -> None:
    day = date(2026, 5, 1)
    filled(
        engine,
        asset("a", fields={"Fee": 100.0, "Shoot day": day}),
        asset("b", fields={"fee": 100.5}, numbers={"duration": 100}),
        asset("c", fields={"fee paid": 100.0, "SHOOT DAY": day + timedelta(days=1)}),
        asset("d", fields={"fee": day, "shoot day": -3.0}),
    )
    assert found(engine, Amount("FEE", 100, 100.5)) == {"a", "b"}
    assert found(engine, Amount("fee", 100, 100.5, with_low=False)) == {"b"}
    assert found(engine, Amount("fee", 100, 100.5, with_high=False)) == {"a"}
    assert found(engine, Amount("fee", None, 100)) == {"a"}
    assert found(engine, Amount("fee", 5, 4)) == set()
    assert found(engine, Amount("shoot day", None, 0)) == {"d"}
    assert found(engine, Amount("Shoot  Day", day.toordinal(), None, days=True)) == {"a", "c"}
    assert found(engine, Not(Amount("shoot day", None, day.toordinal(), days=True))) == {"b", "c", "d"}
    engine.update([asset("a", fields={"fee": 7.0})])
    engine.commit(2)
    assert found(engine, Amount("fee", None, 1000)) == {"a", "b"}


def test_what_fields_of_campaigns_say_is_found_however_it_is_written(engine: Engine) -> None:
    fee, day = {"Fee": 12.5}, {"Shoot day": date(2026, 5, 1)}
    filled(
        engine,
        asset("a", fields=fee, keywords={"custom": ("Fee=12.5",)}),
        asset("b", fields=day, keywords={"custom": ("Shoot day=2026-05-01",)}),
        asset("c", keywords={"custom": ("Feed=dry",)}),
    )
    clock = Clock(datetime(2026, 6, 10, tzinfo=UTC))
    for text in ("fee=12,5", "fee:12.50", "fee:12.5", "fee:10..13", "fee:..13", "fee:*", "FEE"):
        assert found(engine, parse(f"custom:{text}", clock).tree) == {"a"}, text
    for text in ("2026", "may", "2026-05-01", '"1 may 2026"', "1.5.2026", '"last month"', "*"):
        expected = set() if text == "may" else {"b"}  # a word is a choice
        assert found(engine, parse(f'custom:"shoot day":{text}', clock).tree) == expected, text
    assert found(engine, parse("-custom:fee=12,5", clock).tree) == {"b", "c"}


def test_fractions_are_kept_to_their_last_digit(engine: Engine) -> None:
    filled(engine, *(asset(f"a{n}", numbers={"er": value}) for n, value in enumerate(LAST_DIGITS)), asset("none"))
    for number, value in enumerate(LAST_DIGITS):
        assert found(engine, Range("er", value, value)) == {f"a{number}"}
        assert found(engine, Range("er", None, value, with_high=False)) == {f"a{one}" for one in range(number)}
    first = engine.search(Request(ALL, sort=Sort("er"), limit=5))
    second = engine.search(Request(ALL, sort=Sort("er"), limit=5, cursor=first.next_cursor))
    assert ids(first) + ids(second) == [f"a{n}" for n in reversed(range(len(LAST_DIGITS)))] + ["none"]


@given(st.lists(st.floats(allow_nan=False), min_size=2, max_size=5))
def test_places_of_fractions_rise_with_them_and_lead_back(values: list[float]) -> None:
    assert [fraction(rising(value)) for value in values] == values
    for low, high in pairwise(sorted(values)):
        assert rising(low) < rising(high) if low < high else rising(low) == rising(high)


@pytest.mark.parametrize("odd", ['say "cheese"', "back\\slash", "a\tb\x01", "{[,:]}", "\u2028ünï 🌸", "'"])
def test_whatever_is_said_is_kept_as_it_is(engine: Engine, odd: str) -> None:
    viewer = "".join(odd.split())
    keywords = {"creator": (odd,), "tag": (odd, "plain", odd)}
    filled(engine, asset(odd, f"{odd} title", creator_name=odd, viewers=(viewer,), keywords=keywords), asset("other"))
    result = engine.search(Request(Sight(frozenset({viewer})), facets=("creator", "tag")))
    assert ids(result) == [odd]
    assert result.facets == {"creator": ((odd, 1),), "tag": tuple(sorted([(odd, 1), ("plain", 1)]))}
    assert found(engine, Word("title")) == found(engine, Term("tag", odd)) == {odd}
    engine.update([], [odd])
    engine.commit(2)
    assert found(engine, Term("tag", "plain")) == set()


@given(st.text(string.printable.replace("#", "").replace("@", ""), max_size=40), st.integers(1, 70))
def test_plain_words_are_what_letters_and_digits_make_them(text: str, times: int) -> None:
    said = f"{text} {'x' * times}_{text * times}"
    assert usual(said) == re.findall("[a-z0-9]{1,64}", said.lower())
