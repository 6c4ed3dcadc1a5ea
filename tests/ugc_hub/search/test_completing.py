"""What of a query is still being typed, and how what is offered is written into it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ugc_hub.search.completing import Ending, completed, ending, fields


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Ending("", "", 0)),
        ("sum", Ending("", "sum", 0)),
        ("beach sum", Ending("", "sum", 6)),
        ("beach ", Ending("", "", 6)),
        ("tag:sum", Ending("tag", "sum", 0)),
        ("beach -tag:sum", Ending("tag", "sum", 7)),
        ("beach -sum", Ending("", "sum", 7)),
        ("-#su", Ending("", "#su", 1)),
        ("t-shi", Ending("", "t-shi", 0)),
        ("(tag:a OR tag:b", Ending("tag", "b", 10)),
        ("TAGS:Sum", Ending("tag", "Sum", 0)),
        ('campaign:"Summer 20', Ending("campaign", "Summer 20", 0)),
        ('campaign:"Summer 2026"', None),
        ('"the sea', Ending("", "the sea", 0)),
        ("creator:@an", Ending("creator", "@an", 0)),
        ("nothing:like", None),
        ("text:sum", None),
        ("https://x", None),
    ],
)
def test_the_last_word_is_found_with_its_field(text: str, expected: Ending | None) -> None:
    assert ending(text) == expected


def test_fields_are_offered_by_their_beginning() -> None:
    assert fields("cre") == ["created", "creator"]
    assert fields("tag") == []
    assert "text" not in fields("")


@pytest.mark.parametrize(
    ("text", "field", "value", "expected"),
    [
        ("beach ta", "tag", "", "beach tag:"),
        ("beach tag:su", "tag", "summer", "beach tag:summer "),
        ("su", "tag", "summer sale", 'tag:"summer sale" '),
        ("-creator:@a", "creator", "@anna.k", "-creator:@anna.k "),
        ('campaign:"Su', "campaign", 'Summer "26"', 'campaign:"Summer 26" '),
        ("sumer", "", "summer", "summer "),
    ],
)
def test_what_is_chosen_takes_the_place_of_what_was_typed(text: str, field: str, value: str, expected: str) -> None:
    typed = ending(text)
    assert typed is not None
    assert completed(text, typed, field, value) == expected


@given(st.text(max_size=60))
def test_any_text_has_an_ending_or_none(text: str) -> None:
    found = ending(text)
    assert found is None or 0 <= found.start <= len(text)
