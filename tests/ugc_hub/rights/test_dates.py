"""Contract dates become instants, or are refused; nothing is guessed (section 2.13)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from ugc_hub.rights import (
    DateRefused,
    Milestones,
    Term,
    Window,
    day_begins,
    normalise,
    period_after,
    period_from,
    resolve,
    until_inclusive,
    write_instant,
)


def utc(*parts: int) -> datetime:
    """An instant in UTC."""
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


@pytest.mark.parametrize(
    ("day", "zone", "end"),
    [
        (date(2030, 12, 31), "UTC", utc(2031, 1, 1)),
        (date(2030, 12, 31), "America/New_York", utc(2031, 1, 1, 5)),
        (date(2030, 12, 31), "Asia/Tokyo", utc(2030, 12, 31, 15)),
        (date(2026, 10, 25), "Europe/Berlin", utc(2026, 10, 25, 23)),  # a day of 25 hours
        (date(2024, 3, 30), "Asia/Beirut", utc(2024, 3, 30, 22)),  # the next midnight does not exist
        (date(2023, 11, 4), "America/Havana", utc(2023, 11, 5, 4)),  # the next midnight comes twice
        (date(2011, 12, 29), "Pacific/Apia", utc(2011, 12, 30, 10)),  # the next day does not exist
    ],
)
def test_until_a_day_ends_at_the_next_local_midnight(day: date, zone: str, end: datetime) -> None:
    assert until_inclusive(day, zone) == end


@pytest.mark.parametrize(
    ("day", "count", "unit", "end"),
    [
        (date(2030, 1, 15), 6, "months", utc(2030, 7, 15)),
        (date(2030, 8, 31), 6, "months", utc(2031, 2, 28)),
        (date(2027, 8, 31), 6, "months", utc(2028, 2, 29)),
        (date(2030, 11, 30), 1, "months", utc(2030, 12, 30)),
        (date(2030, 12, 1), 1, "months", utc(2031, 1, 1)),
        (date(2028, 2, 29), 1, "years", utc(2029, 2, 28)),
        (date(2030, 1, 1), 30, "days", utc(2030, 1, 31)),
        (date(2030, 1, 1), 2, "weeks", utc(2030, 1, 15)),
    ],
)
def test_a_period_ends_on_the_same_day_later_or_the_last_of_the_month(
    day: date, count: int, unit: Any, end: datetime
) -> None:
    assert period_from(day, count, unit, "UTC") == end


def test_a_period_after_an_instant_keeps_the_clock() -> None:
    signed = utc(2026, 3, 1, 15, 20)
    assert period_after(signed, 30, "days") == utc(2026, 3, 31, 15, 20)
    assert period_after(signed, 2, "weeks") == utc(2026, 3, 15, 15, 20)
    assert period_after(signed, 1, "months", "Europe/Berlin") == utc(2026, 4, 1, 14, 20)  # summer time has begun


def test_a_day_begins_where_the_contract_is() -> None:
    assert day_begins(date(2030, 7, 1), "Europe/Madrid") == utc(2030, 6, 30, 22)


@pytest.mark.parametrize("zone", [None, "", "Europe/Atlantis", "America", "../etc", "Europe/../../x", "\0"])
def test_without_a_known_time_zone_a_date_is_refused(zone: str | None) -> None:
    with pytest.raises(DateRefused):
        until_inclusive(date(2030, 12, 31), zone)


def test_what_leaves_the_calendar_is_refused() -> None:
    with pytest.raises(DateRefused):
        until_inclusive(date.max, "UTC")
    with pytest.raises(DateRefused):
        day_begins(date.min, "Asia/Tokyo")
    with pytest.raises(DateRefused):
        period_from(date(2030, 1, 1), 10**6, "months", "UTC")
    with pytest.raises(DateRefused):
        period_after(utc(2030, 1, 1), 10**12, "days")
    with pytest.raises(DateRefused):
        period_after(utc(2030, 1, 1), 1, "months")
    with pytest.raises(DateRefused):
        period_after(datetime(2030, 1, 1), 1, "days")


@pytest.mark.parametrize(
    ("plain", "wanted"),
    [
        ({"kind": "until_inclusive", "date": "2030-12-31", "tz": "UTC"}, "2031-01-01T00:00:00Z"),
        ({"kind": "from_inclusive", "date": "2030-12-31", "tz": "UTC"}, "2030-12-31T00:00:00Z"),
        ({"kind": "months_from", "date": "2030-01-31", "months": 1, "tz": "Asia/Tokyo"}, "2030-02-27T15:00:00Z"),
        ({"kind": "weeks_from", "date": "2030-01-01", "weeks": 1, "tz": "UTC"}, "2030-01-08T00:00:00Z"),
        ({"kind": "days_from_instant", "at": "2030-01-01T01:00:00+01:00", "days": 1}, "2030-01-02T00:00:00Z"),
        ({"kind": "years_from_instant", "at": "2030-01-01T00:00:00Z", "years": 1, "tz": "UTC"}, "2031-01-01T00:00:00Z"),
        ({"kind": "until_inclusive", "date": "2030-12-31"}, None),
        ({"kind": "until_inclusive", "date": "2030-02-30", "tz": "UTC"}, None),
        ({"kind": "until_inclusive", "tz": "UTC"}, None),
        ({"kind": "months_from", "date": "2030-01-31", "months": "many", "tz": "UTC"}, None),
        ({"kind": "months_from", "date": "2030-01-31", "months": -3, "tz": "UTC"}, None),
        ({"kind": "months_from", "date": "2030-01-31", "months": 0, "tz": "UTC"}, None),
        ({"kind": "months_from", "date": "2030-01-31", "months": 1.5, "tz": "UTC"}, None),
        ({"kind": "months_from", "date": "2030-01-31", "months": True, "tz": "UTC"}, None),
        ({"kind": "months_from", "date": "2030-01-31", "months": float("inf"), "tz": "UTC"}, None),
        ({"kind": "days_from_instant", "at": "2030-01-01T00:00:00Z", "days": -30}, None),
        ({"kind": "days_from_instant", "at": "2030-01-01T00:00:00", "days": 1}, None),
        ({"kind": "days_from_instant", "at": "soon", "days": 1}, None),
        ({"kind": "days_from_instant", "at": None, "days": 1}, None),
        ({"kind": "until_cancelled", "date": "2030-12-31", "tz": "UTC"}, None),
        ({}, None),
    ],
)
def test_a_date_in_plain_form_becomes_an_instant_or_nothing(plain: dict[str, Any], wanted: str | None) -> None:
    assert write_instant(normalise(plain)) == wanted


SIGNED, SENT, SEEN, FULL = utc(2030, 1, 10, 9), utc(2030, 2, 1), utc(2030, 3, 5, 8), utc(2030, 4, 1)
ASKED = utc(2030, 2, 20)


@pytest.mark.parametrize(
    ("window", "so_far", "term"),
    [
        (
            Window(start=date(2030, 1, 1), until=date(2030, 12, 31), zone="UTC"),
            Milestones(),
            (utc(2030, 1, 1), utc(2031, 1, 1)),
        ),
        (Window(start=date(2030, 1, 1), count=6, zone="UTC"), Milestones(), (utc(2030, 1, 1), utc(2030, 7, 1))),
        (
            Window(start=date(2030, 1, 1), count=6, until=date(2030, 3, 1), zone="UTC"),
            Milestones(),
            (utc(2030, 1, 1), utc(2030, 3, 2)),
        ),
        (Window("signature", count=30, unit="days"), Milestones(SIGNED), (SIGNED, utc(2030, 2, 9, 9))),
        (Window("signature", count=30, unit="days"), Milestones(), (None, None)),
        (
            Window("signature", start=date(2030, 2, 1), until=date(2030, 2, 3), zone="UTC"),
            Milestones(SIGNED),
            (utc(2030, 2, 1), utc(2030, 2, 4)),
        ),
        (Window("delivery", count=1, zone="UTC"), Milestones(SIGNED, SENT), (SENT, utc(2030, 3, 1))),
        (Window("delivery", count=1, zone="UTC"), Milestones(SIGNED), (None, None)),
        (
            Window("first_publication", count=30, unit="days"),
            Milestones(SIGNED, SENT, SEEN),
            (SEEN, utc(2030, 4, 4, 8)),
        ),
        (Window("first_publication", count=30, unit="days"), Milestones(SIGNED), (SIGNED, utc(2030, 3, 22))),
        (Window("first_publication", count=30, unit="days"), Milestones(), (None, None)),
        (
            Window("signature", until=date(2030, 12, 31), zone="UTC"),
            Milestones(SIGNED, cap_reached_at=FULL),
            (SIGNED, FULL),
        ),
        (Window("signature", zone="UTC"), Milestones(SIGNED), (SIGNED, None)),
        (Window(until=date(2030, 12, 31), zone="UTC"), Milestones(), (None, utc(2031, 1, 1))),
    ],
)
def test_a_window_becomes_a_term_as_things_stand(window: Window, so_far: Milestones, term: tuple[Any, Any]) -> None:
    assert resolve(window, so_far, ASKED) == Term(*term)


def test_for_ever_is_said_and_ends_at_a_cap_only() -> None:
    for_ever = Window("signature", perpetual=True)
    assert resolve(for_ever, Milestones(SIGNED), ASKED) == Term(SIGNED, None, True)
    assert resolve(for_ever, Milestones(SIGNED, cap_reached_at=FULL), ASKED) == Term(SIGNED, FULL, True)
    both = Window("signature", count=1, unit="days", perpetual=True)
    assert not resolve(both, Milestones(SIGNED), ASKED).perpetual


def test_a_window_with_dates_needs_a_zone() -> None:
    with pytest.raises(DateRefused):
        resolve(Window(start=date(2030, 1, 1), until=date(2030, 12, 31)), Milestones(), ASKED)
