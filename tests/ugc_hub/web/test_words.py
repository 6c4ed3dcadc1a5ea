"""Numbers and shapes in words."""

from __future__ import annotations

import pytest

from ugc_hub.web import words


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (None, ""),
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 KB"),
        (150_000, "150 KB"),
        (999_600, "1.0 MB"),
        (3_140_000, "3.1 MB"),
    ],
)
def test_bytes_are_told_in_decimal_units(count: int | None, text: str) -> None:
    assert words.size(count) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(None, ""), (0.4, "0:00"), (7.2, "0:07"), (750, "12:30"), (3723, "1:02:03")]
)
def test_durations_are_told_as_a_clock(seconds: float | None, text: str) -> None:
    assert words.duration(seconds) == text


@pytest.mark.parametrize(
    ("width", "height", "text"),
    [
        (1080, 1350, "4:5 portrait"),
        (6000, 4000, "3:2 landscape"),
        (1080, 1920, "9:16 portrait"),
        (500, 500, "square"),
        (1200, 628, "1.91:1 landscape"),
        (3000, 100, "landscape"),
        (None, 10, ""),
    ],
)
def test_shapes_are_told_as_people_name_them(width: int | None, height: int | None, text: str) -> None:
    assert words.ratio(width, height) == text


@pytest.mark.parametrize(
    ("stated", "text"),
    [
        ("2008-09-20T09:01:07", "20 Sep 2008, 09:01"),
        ("2022-08-08T21:49:00Z", "8 Aug 2022, 21:49 UTC"),
        ("2022-08-08T21:49:00+02:00", "8 Aug 2022, 21:49 UTC+0200"),
        ("last summer", "last summer"),
    ],
)
def test_times_in_files_are_told_in_words_where_they_can_be_read(stated: str, text: str) -> None:
    assert words.stated(stated) == text


@pytest.mark.parametrize(
    ("text", "found", "shown"),
    [
        ("Hi, I am Noor & these are sneakers <3", "sneakers", "…these are <mark>sneakers</mark> &lt;3"),
        ("all sneakers", "sneakers", "all <mark>sneakers</mark>"),
        ("夜夜夜夜夜夜夜夜夜夜夜夜夜夜夜夜光", "光", "…夜夜夜夜夜夜夜夜夜夜夜夜<mark>光</mark>"),
        ("nothing", "", "nothing"),
    ],
)
def test_what_was_found_stands_near_the_beginning_where_there_is_little_room(text: str, found: str, shown: str) -> None:
    start = text.index(found)
    assert words.led(text, [(start, start + len(found))] if found else []) == shown
