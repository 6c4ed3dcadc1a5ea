"""How dates in a query are read: as spans of time, as people say them."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from ugc_hub.search.language import Clock, Reading, parse
from ugc_hub.search.tree import And, Range, Usable, Word

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
        ("wednesday", "2026-11-25T00:00+01:00", "2026-11-26T00:00+01:00"),
        ("last wednesday", "2026-11-18T00:00+01:00", "2026-11-19T00:00+01:00"),
        ("since wed", "2026-11-25T00:00+01:00", None),
        ("before wednesday", None, "2026-11-25T00:00+01:00"),
        ("thursday", "2026-11-19T00:00+01:00", "2026-11-20T00:00+01:00"),
        ("november", "2026-11-01T00:00+01:00", "2026-12-01T00:00+01:00"),
        ("december", "2025-12-01T00:00+01:00", "2026-01-01T00:00+01:00"),
        ("25 nov", "2026-11-25T00:00+01:00", "2026-11-26T00:00+01:00"),
        ("26 nov", "2025-11-26T00:00+01:00", "2025-11-27T00:00+01:00"),
        ("29 february", "2024-02-29T00:00+01:00", "2024-03-01T00:00+01:00"),
        ("[december TO february]", "2025-12-01T00:00+01:00", "2026-03-01T00:00+01:00"),
        ("last friday", "2026-11-20T00:00+01:00", "2026-11-21T00:00+01:00"),
        ("past fri", "2026-11-20T00:00+01:00", "2026-11-21T00:00+01:00"),
        ("last monday", "2026-11-23T00:00+01:00", "2026-11-24T00:00+01:00"),
        ("this friday", "2026-11-27T00:00+01:00", "2026-11-28T00:00+01:00"),
        ("this mon", "2026-11-23T00:00+01:00", "2026-11-24T00:00+01:00"),
        ("this wednesday", "2026-11-25T00:00+01:00", "2026-11-26T00:00+01:00"),
        ("next friday", "2026-11-27T00:00+01:00", "2026-11-28T00:00+01:00"),
        ("next wednesday", "2026-12-02T00:00+01:00", "2026-12-03T00:00+01:00"),
        ("next monday", "2026-11-30T00:00+01:00", "2026-12-01T00:00+01:00"),
        ("this november", "2026-11-01T00:00+01:00", "2026-12-01T00:00+01:00"),
        ("this march", "2026-03-01T00:00+01:00", "2026-04-01T00:00+02:00"),
        ("last november", "2025-11-01T00:00+01:00", "2025-12-01T00:00+01:00"),
        ("last october", "2026-10-01T00:00+02:00", "2026-11-01T00:00+01:00"),
        ("previous dec", "2025-12-01T00:00+01:00", "2026-01-01T00:00+01:00"),
        ("next november", "2027-11-01T00:00+01:00", "2027-12-01T00:00+01:00"),
        ("next december", "2026-12-01T00:00+01:00", "2027-01-01T00:00+01:00"),
        ("since last november", "2025-11-01T00:00+01:00", None),
        ("<this friday", None, "2026-11-27T00:00+01:00"),
        ("last november to this friday", "2025-11-01T00:00+01:00", "2026-11-28T00:00+01:00"),
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
        ("last month..today", "2026-10-01T00:00+02:00", "2026-11-26T00:00+01:00"),
        ("last month .. today", "2026-10-01T00:00+02:00", "2026-11-26T00:00+01:00"),
        ("last month to today", "2026-10-01T00:00+02:00", "2026-11-26T00:00+01:00"),
        ("yesterday to now", "2026-11-24T00:00+01:00", "2026-11-25T21:00+01:00"),
        ("2 days ago - now", "2026-11-23T00:00+01:00", "2026-11-25T21:00+01:00"),
        ("between yesterday and now", "2026-11-24T00:00+01:00", "2026-11-25T21:00+01:00"),
        ("'last month to today'", "2026-10-01T00:00+02:00", "2026-11-26T00:00+01:00"),
        ("from last month - today", "2026-10-01T00:00+02:00", "2026-11-26T00:00+01:00"),
        ("between 2026-01 and 2026-02", "2026-01-01T00:00+01:00", "2026-03-01T00:00+01:00"),
        ("12 march 2026..3 april 2026", "2026-03-12T00:00+01:00", "2026-04-04T00:00+02:00"),
        ("monday to friday", "2026-11-23T00:00+01:00", "2026-11-28T00:00+01:00"),
        ("last month..", "2026-10-01T00:00+02:00", None),
        ("..last month", None, "2026-11-01T00:00+01:00"),
        ("from last month", "2026-10-01T00:00+02:00", None),
        ("last 30 minutes", "2026-11-25T20:30+01:00", "2026-11-25T21:00+01:00"),
        ("since 5 minutes ago", "2026-11-25T20:55+01:00", None),
        ("this minute", "2026-11-25T21:00+01:00", "2026-11-25T21:01+01:00"),
        ("march 12, 2026", "2026-03-12T00:00+01:00", "2026-03-13T00:00+01:00"),
        ("march 12", "2026-03-12T00:00+01:00", "2026-03-13T00:00+01:00"),
        ("[2026-01 TO 2026-02]", "2026-01-01T00:00+01:00", "2026-03-01T00:00+01:00"),
    ],
)
def test_dates_are_spans_in_the_zone_of_the_hub(text: str, start: str | None, end: str | None) -> None:
    reading = parse(f"created:{text} beach", CLOCK)
    low, high = (None if one is None else millis(one) for one in (start, end))
    assert reading.problems == ()
    assert reading.tree == And((Range("created", low, high, True, high is None), Word("beach")))
    assert parse(str(reading.tree), CLOCK).tree == reading.tree


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("wednesday", "2026-11-25", "2026-11-26"),
        ("tue", "2026-12-01", "2026-12-02"),
        ("friday", "2026-11-27", "2026-11-28"),
        ("november", "2026-11-01", "2026-12-01"),
        ("march", "2027-03-01", "2027-04-01"),
        ("'24 november'", "2027-11-24", "2027-11-25"),
        ("25 Nov", "2026-11-25", "2026-11-26"),
        ("'29 february'", "2028-02-29", "2028-03-01"),
        ("nov 26", "2026-11-26", "2026-11-27"),
        ("<friday", None, "2026-11-27"),
        ("before march", None, "2027-03-01"),
        ("last friday", "2026-11-20", "2026-11-21"),
        ("this monday", "2026-11-23", "2026-11-24"),
        ("next november", "2027-11-01", "2027-12-01"),
        ("[monday TO friday]", "2026-11-30", "2026-12-05"),
        ("[december TO february]", "2026-12-01", "2027-03-01"),
    ],
)
def test_what_expires_does_so_on_the_next_friday_and_in_the_next_march(
    text: str, start: str | None, end: str | None
) -> None:
    reading = parse(f"expires:{text}", CLOCK)
    low, high = (
        None if one is None else millis(f"{one}T00:00+0{2 if one == '2027-04-01' else 1}:00") for one in (start, end)
    )
    assert (reading.problems, reading.tree) == ((), Range("expires", low, high, True, high is None))
    assert parse(str(reading.tree), CLOCK).tree == reading.tree


@pytest.mark.parametrize(
    ("text", "day"), [("friday", "2026-11-27"), ("wed", "2026-11-25"), ("march", "2027-03-31"), ("2027", "2027-12-31")]
)
def test_a_use_ends_on_the_next_friday_and_with_the_next_march(text: str, day: str) -> None:
    assert parse(f"until:{text}", CLOCK) == Reading(Usable(until=day))


def test_a_range_goes_from_a_monday_to_the_friday_behind_it() -> None:
    reading = parse("created:[monday TO friday]", CLOCK)
    low, high = millis("2026-11-23T00:00+01:00"), millis("2026-11-28T00:00+01:00")
    assert (reading.problems, reading.tree) == ((), Range("created", low, high, True, False))
    for wrong in ("[2026-05 TO 2026-02]", "[tomorrow TO yesterday]"):
        assert parse(f"created:{wrong}", CLOCK).problems


@pytest.mark.parametrize(
    ("said", "message"),
    [
        ("2 weeks", "'2 weeks' is not a date from 1900 to 2200. Write “last 2 weeks” or “2 weeks ago”."),
        ("last month..whenever", "'last month..whenever' is not a date from 1900 to 2200."),
        ("until last month..today", "'until last month..today' is not a date from 1900 to 2200."),
        (">last month..today", "created: cannot be a range of this kind."),
    ],
)
def test_what_is_no_date_is_told_whole_and_no_part_of_it_searched_for(said: str, message: str) -> None:
    reading = parse(f"created:{said} beach", CLOCK)
    assert (reading.tree, [one.message for one in reading.problems]) == (Word("beach"), [message])


@pytest.mark.parametrize("word", ["to", "and", "-"])
def test_a_word_behind_a_date_ends_no_range(word: str) -> None:
    today = parse("created:today", CLOCK).tree
    assert parse(f"created:today {word} surf", CLOCK) == Reading(And((today, Word("surf"))))
