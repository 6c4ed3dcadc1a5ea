"""Problems of one kind are told once."""

from __future__ import annotations

from ugc_hub.search.shapes import Problem, alike, together


def test_problems_that_differ_in_one_word_are_told_once_with_all_words_and_places() -> None:
    one, two = (
        Problem("There is no channel 'a'; there are b.", 0, 3),
        Problem("There is no channel 'c'; there are b.", 5, 9),
    )
    other, long = Problem("A bracket is not closed.", 4, 5), Problem("No 'a' in 'b'.", 0, 1)
    assert together([one, two, other, one, long]) == [
        (Problem("There is no channel 'a', 'c'; there are b.", 0, 3), [(0, 3), (5, 9)]),
        (other, [(4, 5)]),
        (long, [(0, 1)]),
    ]
    many = [Problem(f"There is no field '{number}'.", number, number + 1) for number in range(9)]
    assert [one.message for one in alike(many)] == ["There is no field '0', '1', '2', '3', '4' and 4 more."]
