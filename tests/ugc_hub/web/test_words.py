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
