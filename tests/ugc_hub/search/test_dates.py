"""How dates in a query are read: as spans of time, as people say them."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from ugc_hub.search.language import Clock, parse
from ugc_hub.search.tree import And, Range, Word

CLOCK = Clock(datetime(2026, 11, 25, 20, tzinfo=UTC), ZoneInfo("Europe/Berlin"))


def millis(text: str) -> int:
    return round(datetime.fromisoformat(text).timestamp() * 1000)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2026", "2026-01-01T00:00+01:00", "2027-01-01T00:00+01:00"),
        ("1900", "1900-01-01T00:00+01:00", "1901-01-01T00:00+01:00"),
        ("2026-03", "2026-03-01T00:00+01:00", "2026-04-01T00:00+02:00"),
        ("9.3.2026", "2026-03-09T00:00+01:00", "2026-03-10T00:00+01:00"),
        ("today", "2026-11-25T00:00+01:00", "2026-11-26T00:00+01:00"),
        ("yesterday", "2026-11-24T00:00+01:00", "2026-11-25T00:00+01:00"),
        ("last month", "2026-10-01T00:00+02:00", "2026-11-01T00:00+01:00"),
        ("this week", "2026-11-23T00:00+01:00", "2026-11-30T00:00+01:00"),
        ("last quarter", "2026-07-01T00:00+02:00", "2026-10-01T00:00+02:00"),
        ("last 7 days", "2026-11-19T00:00+01:00", "2026-11-26T00:00+01:00"),
        ("last 24 hours", "2026-11-24T21:00+01:00", "2026-11-25T21:00+01:00"),
        ("this hour", "2026-11-25T21:00+01:00", "2026-11-25T22:00+01:00"),
        ("since 2 hours ago", "2026-11-25T19:00+01:00", None),
        ("3 weeks ago", "2026-11-04T00:00+01:00", "2026-11-11T00:00+01:00"),
        ("'12 march 2026'", "2026-03-12T00:00+01:00", "2026-03-13T00:00+01:00"),
        ("march", "2026-03-01T00:00+01:00", "2026-04-01T00:00+02:00"),
        ("last friday", "2026-11-20T00:00+01:00", "2026-11-21T00:00+01:00"),
        ("since friday", "2026-11-20T00:00+01:00", None),
        ("since last month", "2026-10-01T00:00+02:00", None),
        ("before 2025", None, "2025-01-01T00:00+01:00"),
        ("2200", "2200-01-01T00:00+01:00", "2201-01-01T00:00+01:00"),
        ("november 2026", "2026-11-01T00:00+01:00", "2026-12-01T00:00+01:00"),
        ("3 Nov 2026", "2026-11-03T00:00+01:00", "2026-11-04T00:00+01:00"),
        ("until october 2026", None, "2026-11-01T00:00+01:00"),
        (">last month", "2026-11-01T00:00+01:00", None),
        ("<=3 weeks ago", None, "2026-11-11T00:00+01:00"),
        (">=2026-03-09", "2026-03-09T00:00+01:00", None),
        (">2026-03-09", "2026-03-10T00:00+01:00", None),
        ("<=2026-03", None, "2026-04-01T00:00+02:00"),
        ("[2026-01 TO 2026-02]", "2026-01-01T00:00+01:00", "2026-03-01T00:00+01:00"),
    ],
)
def test_dates_are_spans_in_the_zone_of_the_hub(text: str, start: str | None, end: str | None) -> None:
    reading = parse(f"created:{text} beach", CLOCK)
    low, high = (None if one is None else millis(one) for one in (start, end))
    assert reading.problems == ()
    assert reading.tree == And((Range("created", low, high, True, high is None), Word("beach")))
    assert parse(str(reading.tree), CLOCK).tree == reading.tree
