"""Dates: what a contract says about time, as instants (section 2.13).

The end of a term is the first instant that it no longer holds. Time zones come from the standard library's copy of the
IANA database; where no zone is known nothing is guessed.
"""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ugc_hub.rights.questions import Malformed
from ugc_hub.rights.reading import read_instant

Trigger = Literal["date", "signature", "delivery", "first_publication"]
Unit = Literal["days", "weeks", "months", "years"]


class DateRefused(ValueError):
    """The date cannot become an instant without guessing: no time zone, an unknown one, or outside the calendar."""


def day_begins(day: date, zone: str | None) -> datetime:
    """Return the instant at which a day begins in a time zone; of two midnights the first.

    Raises:
        DateRefused: there is no such zone or day.
    """
    return _instant(datetime.combine(day, time()), _zone(zone))


def until_inclusive(day: date, zone: str | None) -> datetime:
    """Return the end of "until `day`": the next local midnight.

    Raises:
        DateRefused: there is no such zone or day.
    """
    return day_begins(_plus(day, 1, "days"), zone)


def period_from(day: date, count: int, unit: Unit, zone: str | None) -> datetime:
    """Return the end of "`count` months from `day`": the same day later, exclusive, or the month's last day.

    The earlier of two readings is taken everywhere: it denies rather than allows.

    Raises:
        DateRefused: there is no such zone or day, or the length is less than one.
    """
    return day_begins(_plus(day, _length(count), unit), zone)


def period_after(instant: datetime, count: int, unit: Unit, zone: str | None = None) -> datetime:
    """Return the end of "30 days from signature": days of 24 hours, or months by the clock of the zone.

    Raises:
        DateRefused: the instant has no offset, months are to be counted without a zone, there is no such day, or the
            length is less than one.
    """
    _length(count)
    if instant.utcoffset() is None:
        raise DateRefused("The instant has no offset.")
    try:
        if unit in ("days", "weeks"):
            return (instant + timedelta(**{unit: count})).astimezone(UTC)
        known = _zone(zone)
        local = instant.astimezone(known)
        return _instant(datetime.combine(_plus(local.date(), count, unit), local.time()), known)
    except OverflowError as error:
        raise DateRefused("The date is outside the calendar.") from error


def _length(count: int) -> int:
    if count < 1:
        raise DateRefused("A length is at least one: a term does not end before it begins.")
    return count


def _plus(day: date, count: int, unit: Unit) -> date:
    try:
        if unit in ("days", "weeks"):
            return day + timedelta(**{unit: count})
        months = day.year * 12 + day.month - 1 + count * (12 if unit == "years" else 1)
        year, month = divmod(months, 12)
        return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
    except (OverflowError, ValueError) as error:
        raise DateRefused("The date is outside the calendar.") from error


def _zone(name: str | None) -> ZoneInfo:
    if not name:
        raise DateRefused("The contract names no time zone.")
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:  # OSError: the name of a region
        raise DateRefused(f"There is no time zone {name!r}.") from error


def _instant(local: datetime, zone: ZoneInfo) -> datetime:
    try:
        return local.replace(tzinfo=zone).astimezone(UTC)
    except OverflowError as error:
        raise DateRefused("The date is outside the calendar.") from error


@dataclass(frozen=True)
class Milestones:
    """What has happened so far; None has not happened."""

    signed_at: datetime | None = None
    delivered_at: datetime | None = None
    first_published_at: datetime | None = None
    cap_reached_at: datetime | None = None
    """A limit on impressions, spend or placements was reached; that ends the term."""


@dataclass(frozen=True)
class Window:
    """A term as a contract words it: it starts at a trigger, and lasts a length, until a date, or for ever."""

    trigger: Trigger = "date"
    start: date | None = None
    """For the trigger `date`: its first day. For others: not before this day."""
    count: int | None = None
    unit: Unit = "months"
    until: date | None = None
    """The last day, inclusive. With a length too, whichever ends first."""
    perpetual: bool = False
    zone: str | None = None


@dataclass(frozen=True)
class Term:
    """The instants of a grant; a start or an end that is None is not known, and then nothing is allowed."""

    starts_at: datetime | None
    ends_at: datetime | None
    perpetual: bool = False


def resolve(window: Window, so_far: Milestones, at: datetime) -> Term:
    """Return the term of a window as things stand.

    Before its trigger a window has no start, except that the first publication must be possible: until it happens,
    the term runs from the signature, and a length is counted as if the use asked for `at` were the first one.

    Raises:
        DateRefused: a date needs a time zone and there is none.
    """
    starts = _trigger(window, so_far)
    counted = starts
    if window.trigger == "first_publication" and starts is None and so_far.signed_at:
        starts, counted = so_far.signed_at, at
    if window.start is not None and window.trigger != "date" and starts is not None:
        starts = max(starts, day_begins(window.start, window.zone))
    ends = [so_far.cap_reached_at]
    if window.count is not None and counted is not None:
        whole_days = window.trigger == "date" and window.start is not None
        ends.append(
            period_from(window.start, window.count, window.unit, window.zone)
            if whole_days and window.start
            else period_after(counted, window.count, window.unit, window.zone)
        )
    if window.until is not None:
        ends.append(until_inclusive(window.until, window.zone))
    known = [end for end in ends if end]
    limited = window.count is not None or window.until is not None
    open_length = window.count is not None and counted is None
    return Term(starts, None if open_length else min(known, default=None), window.perpetual and not limited)


def _trigger(window: Window, so_far: Milestones) -> datetime | None:
    if window.trigger == "date":
        return day_begins(window.start, window.zone) if window.start else None
    return {
        "signature": so_far.signed_at,
        "delivery": so_far.delivered_at,
        "first_publication": so_far.first_published_at,
    }[window.trigger]


_UNITS: tuple[Unit, ...] = ("days", "weeks", "months", "years")


def normalise(plain: Mapping[str, Any]) -> datetime | None:
    """Turn one contract date in plain form into an instant; None where it must be refused.

    `kind` is `until_inclusive`, `from_inclusive` (the day begins), `<unit>_from` (of a date) or `<unit>_from_instant`,
    with unit days, weeks, months or years.
    """
    try:
        return _normalise(plain)
    except (DateRefused, Malformed, KeyError, TypeError, ValueError):
        return None  # the answer to what cannot be stored


def _normalise(plain: Mapping[str, Any]) -> datetime | None:
    kind, zone = str(plain["kind"]), plain.get("tz")
    if kind == "until_inclusive":
        return until_inclusive(date.fromisoformat(plain["date"]), zone)
    if kind in ("from_inclusive", "until_exclusive"):
        return day_begins(date.fromisoformat(plain["date"]), zone)
    for unit in _UNITS:
        if kind == f"{unit}_from":
            return period_from(date.fromisoformat(plain["date"]), _whole(plain[unit]), unit, zone)
        if kind == f"{unit}_from_instant":
            instant = read_instant(plain["at"])
            return period_after(instant, _whole(plain[unit]), unit, zone) if instant else None
    return None


def _whole(count: object) -> int:
    """A month and a half has no calendar, and a truth value is a slip: neither is rounded to what was not written."""
    if isinstance(count, bool) or not isinstance(count, int):
        raise DateRefused("A length is a whole number.")
    return count
