"""Typing errors: forgiven where nothing is found otherwise, and never a way to learn what others have."""

from __future__ import annotations

import pytest

from ugc_hub.search.documents import Document
from ugc_hub.search.engine import Engine, Request, Sight
from ugc_hub.search.finding import find
from ugc_hub.search.tree import And, Fuzzy, Prefix, Term, Word

ALL = Sight(everything=True)


@pytest.fixture
def filled(engine: Engine) -> Engine:
    titles = {"a": "sunset at the beach", "b": "unboxing of a detergent", "c": "nail"}
    engine.update([Document(name, ("staff", name), 1, title=title) for name, title in titles.items()])
    engine.commit(1)
    return engine


@pytest.mark.parametrize(
    ("word", "found"),
    [
        *(("sunst", "a"), ("sunest", "a"), ("sunsset", "a"), ("unbixng", ""), ("unbixxng", "b")),
        *(("detregetn", "b"), ("nil", "")),
    ],
)
def test_one_error_is_forgiven_from_four_letters_and_two_from_eight(filled: Engine, word: str, found: str) -> None:
    result = find(filled, Request(ALL, Word(word)))
    assert [hit.id for hit in result.hits] == [*found]
    assert bool(result.corrected) == bool(found)


def test_what_was_forgiven_on_the_first_page_is_forgiven_on_the_next(filled: Engine) -> None:
    filled.update([Document("d", ("staff",), 1, title="sunset in the hills")])
    filled.commit(2)
    first = find(filled, Request(ALL, Word("sunst"), limit=1))
    following = find(filled, Request(ALL, Word("sunst"), limit=1, cursor=first.next_cursor))
    assert sorted(hit.id for hit in (*first.hits, *following.hits)) == ["a", "d"]
    assert (following.total, following.next_cursor) == (2, None)


def test_only_the_word_that_nothing_matches_is_taken_for_an_error(filled: Engine) -> None:
    result = find(filled, Request(ALL, And((Word("sunst"), Word("beach")))))
    assert [hit.id for hit in result.hits] == ["a"]
    assert result.corrected == {"sunst": "sunst~1"}
    assert result.tree == And((Fuzzy("sunst", 1), Word("beach")))
    assert find(filled, Request(ALL, And((Word("sunset"), Word("detergent"))))).total == 0
    assert find(filled, Request(ALL, And((Word("sunst"), Term("tag", "x"))))).corrected == {}


def test_a_word_that_is_still_being_typed_may_have_an_error_as_well(filled: Engine) -> None:
    result = find(filled, Request(ALL, Prefix("deteg")))
    assert [hit.id for hit in result.hits] == ["b"]


@pytest.mark.req("R68")
def test_a_word_that_only_others_have_is_an_error_like_any_other(filled: Engine) -> None:
    filled.update([Document("d", ("other",), 1, title="sunst")])
    filled.commit(2)
    result = find(filled, Request(Sight(frozenset({"staff"})), Word("sunst")))
    assert [hit.id for hit in result.hits] == ["a"]
    assert result.corrected == {"sunst": "sunst~1"}
