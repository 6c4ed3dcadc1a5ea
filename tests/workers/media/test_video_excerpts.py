"""Captions of a part: of a torn one the words that are said in it, and nothing that nobody could read."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workers.media.video.excerpts import cut
from workers.media.video.shapes import Cue, Span, SpokenCue

SENTENCE = "Come in, the\nbread is warm"
SPOKEN = SpokenCue(2.0, 8.0, SENTENCE, tuple(Span(2.0 + at, 2.8 + at) for at in range(6)))
"""A word a second."""


def test_a_cut_down_shows_what_is_said_in_it() -> None:
    cues = [Cue(0, 2, "before"), Cue(4, 7, "into"), Cue(8, 9, "within"), Cue(14, 17, "out of"), Cue(20, 22, "after")]
    assert cut(cues, Span(5, 15)) == (Cue(0, 2, "into"), Cue(3, 4, "within"), Cue(9, 10, "out of"))


@pytest.mark.parametrize(
    ("part", "shown"),
    [
        (Span(0, 10), Cue(2, 8, SENTENCE)),
        (Span(4, 10), Cue(0, 4, "the\nbread is warm")),
        (Span(5, 10), Cue(0, 3, "bread is warm")),
        (Span(0, 5), Cue(2, 5, "Come in, the")),
        (Span(4, 6), Cue(0, 2, "the\nbread")),
    ],
)
def test_of_a_torn_caption_only_the_words_inside_the_part_are_shown(part: Span, shown: Cue) -> None:
    assert cut([SPOKEN], part) == (shown,)


def test_a_word_that_half_a_picture_is_missing_of_is_shown_and_one_that_hardly_begins_is_not() -> None:
    assert [cue.text for cue in cut([SPOKEN], Span(4.016, 6.984))] == ["the\nbread is"]
    assert [cue.text for cue in cut([SPOKEN], Span(4.0, 7.016))] == ["the\nbread is"]
    assert cut([SPOKEN], Span(7.9, 10.0)) == ()


def test_a_last_word_stands_for_as_long_as_it_is_read_where_nothing_follows() -> None:
    assert cut([SPOKEN], Span(6.9, 10.0)) == (Cue(0.0, 1.1, "warm"),)
    late = SpokenCue(2.0, 4.4, "One two", (Span(2.0, 2.8), Span(4.0, 4.4)))
    assert cut([late], Span(3.9, 6.0)) == (Cue(0.0, 0.833, "two"),)
    beside = [late, Cue(4.5, 5.9, "Three")]
    assert cut(beside, Span(3.9, 6.0)) == (Cue(0.0, 0.6, "two"), Cue(0.6, 2.0, "Three"))


def test_a_text_that_was_changed_in_its_number_of_words_is_shown_whole() -> None:
    changed = SpokenCue(2.0, 8.0, "Come in, our bread is warm today", SPOKEN.words)
    assert [cue.text for cue in cut([changed], Span(4, 10))] == [changed.text]


def test_what_nobody_could_read_is_shown_for_longer_or_left_out() -> None:
    """Thirty signs take a second and a half at 20 a second."""
    text = "Thirty signs are thirty signs."
    assert cut([Cue(1.0, 3.0, text)], Span(0, 1.4)) == ()
    assert cut([Cue(1.0, 3.0, text)], Span(0, 2.6)) == (Cue(1.0, 2.6, text),)
    assert cut([Cue(1.0, 3.0, text)], Span(0, 2.2)) == (Cue(0.7, 2.2, text),)
    assert cut([Cue(1.0, 3.0, text)], Span(1.8, 9)) == (Cue(0.0, 1.5, text),)
    beside = Cue(3.1, 5.0, "Beside")
    assert cut([Cue(1.0, 3.0, text), beside], Span(1.8, 9)) == (Cue(1.3, 3.2, "Beside"),)


def test_what_is_short_by_itself_stays_as_it_was_given() -> None:
    assert cut([Cue(1.0, 1.2, "Ha!")], Span(0, 5)) == (Cue(1.0, 1.2, "Ha!"),)


TRACK = st.lists(st.tuples(st.floats(0, 20), st.floats(0.05, 5), st.integers(1, 80)), max_size=8)


@given(TRACK, st.floats(0, 15), st.floats(0.2, 10))
def test_no_caption_leaves_the_part_or_covers_another_that_it_did_not(
    track: list[tuple[float, float, int]], start: float, lasts: float
) -> None:
    cues: list[Cue] = []
    for pause, shown, signs in track:
        begins = (cues[-1].end_s if cues else 0.0) + pause / 4
        cues.append(Cue(begins, begins + shown, "x" * signs))
    made = cut(cues, Span(start, start + lasts))
    assert all(0 <= cue.start_s < cue.end_s <= lasts + 0.002 for cue in made)
    assert all(after.start_s >= before.end_s - 0.002 for before, after in pairwise(made))
