"""What editors do to cues, and times as people write them."""

from __future__ import annotations

import pytest

from ugc_hub.catalog.deeds import clock, done, seconds
from ugc_hub.errors import Invalid
from workers.media.video.shapes import Cue

ONE, TWO = Cue(1.0, 3.0, "Come in please"), Cue(3.5, 6.0, "Sit down")


@pytest.mark.parametrize(
    ("text", "time_s", "read"),
    [
        ("1.5", 1.5, "0:01.500"),
        ("0:01,5", 1.5, "0:01.500"),
        ("90", 90.0, "1:30.000"),
        ("1:02:03.004", 3723.004, "1:02:03.004"),
    ],
)
def test_a_time_is_read_as_people_write_it(text: str, time_s: float, read: str) -> None:
    assert seconds(text) == time_s
    assert clock(time_s) == read
    assert seconds(read) == time_s


@pytest.mark.parametrize("text", ["", "soon", "-1", "1:2:3:4", "nan", "1e3"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        seconds(text)


def test_a_cue_is_added_in_the_gap_that_follows() -> None:
    assert done([ONE, TWO], "add", 0) == (ONE, Cue(3.0, 3.5, ""), TWO)
    assert done([ONE, TWO], "add", 1) == (ONE, TWO, Cue(6.0, 8.0, ""))
    assert done([], "add", -1) == (Cue(0.0, 2.0, ""),)


def test_a_cue_is_split_between_words_and_its_time_with_them() -> None:
    first, second, other = done([ONE, TWO], "split", 0)
    assert (first.text, second.text, other) == ("Come in", "please", TWO)
    assert first.start_s == 1.0
    assert first.end_s == second.start_s == pytest.approx(2.077)
    assert second.end_s == 3.0
    assert [one.text for one in done([Cue(0, 1, "a b\nc")], "split", 0)] == ["a b", "c"]
    assert [one.text for one in done([Cue(0, 1, "word")], "split", 0)] == ["word", ""]


def test_a_cue_is_merged_with_the_next_and_removed() -> None:
    assert done([ONE, TWO], "merge", 0) == (Cue(1.0, 6.0, "Come in please\nSit down"),)
    assert done([ONE, TWO], "merge", 1) == (ONE, TWO), "nothing follows"
    assert done([ONE, TWO], "delete", 0) == (TWO,)


@pytest.mark.parametrize(("deed", "number"), [("erase", 0), ("split", 2), ("delete", -1)])
def test_no_other_deed_is_done(deed: str, number: int) -> None:
    with pytest.raises(Invalid):
        done([ONE, TWO], deed, number)
