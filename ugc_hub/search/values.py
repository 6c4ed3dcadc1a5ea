"""Reads the values of fields: numbers with their units, dates, and ranges of both."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from datetime import datetime, time

from .dates import DAYS, FIRST, LAST, NATURAL, following, joined, read_span
from .shapes import Clock
from .tree import DATES, PERCENT, Amount, Range

_CLOCK = re.compile(r"(\d{1,4}):([0-5]\d)")
_AT_ONCE = re.compile(r"[\w.-]+")
_UNITS = {"s": 1, "sec": 1, "second": 1, "m": 60, "min": 60, "minute": 60, "h": 3600, "hour": 3600, "ms": 0.001}
_NUMBER = re.compile(
    r"(?P<number>[+-]?(\d{1,17}(\.\d{1,22})?|\.\d{1,22})(e[+-]?\d{1,3})?)\s*(?P<unit>[a-z%]*)", re.ASCII
)
Ends = tuple[str | None, str | None]


def number(field: str, text: str) -> float | None:
    """Return the number that is meant: `90`, `90s`, `1:30` or `1.5min` of durations, `3` or `3%` of rates; or None.

    `0.03x` is a rate as a fraction, `3x` a return on ad spend.
    """
    text = text.strip().strip("'\"").lower().replace(",", ".")
    if field == "duration" and (match := _CLOCK.fullmatch(text)):
        return int(match[1]) * 60.0 + int(match[2])
    match = _NUMBER.fullmatch(text.removesuffix("px") if field in ("width", "height") else text)
    if match is None:
        return None
    value, unit = float(match["number"]), match["unit"]
    if field == "duration":
        factor = _UNITS.get(unit or "s") or _UNITS.get(unit.removesuffix("s"))
    elif field in PERCENT:
        factor = {"": 0.01, "%": 0.01, "x": 1}.get(unit)
    else:
        factor = {"": 1, "x": 1}.get(unit)
    if factor is None or not math.isfinite(value * factor):
        return None
    return value / 100 if factor == 0.01 else value * factor


def same(field: str, text: str, clock: Clock) -> Range | None:
    """Return what a value alone means: a number, the span of a date, a range `10..30` or `10..`, of numbers `10-30`."""
    said = f"{field}:{_as_said(text)}" if field in DATES else ""
    text = joined(text) if field in DATES else text
    start, found, end = (part.strip() for part in text.partition(".."))
    if found and (start or end):
        spread = between(field, (start or None, end or None), (True, True), clock)
        return None if spread is None else replace(spread, said=said)
    if field in DATES:
        span = read_span(text, _looking(field, clock))
        return None if span is None else Range(field, millis(span[0]), millis(span[1]), True, span[1] is None, said)
    value = number(field, text)
    if value is not None:
        return Range(field, value, value)
    low, found, high = text.partition("-")
    limits = number(field, low), number(field, high)
    return Range(field, *limits) if found and None not in limits else None


def between(field: str, ends: Ends, included: tuple[bool, bool], clock: Clock) -> Range | None:
    """Return a range; the end of a date in it is its last instant."""
    if field not in DATES:
        low, high = (None if not end else number(field, end) for end in ends)
        if (ends[0] and low is None) or (ends[1] and high is None):
            return None
        return Range(field, low, high, low is None or included[0], high is None or included[1])
    clock = _looking(field, clock)
    first, last = (read_span(end, clock) if end else (None, None) for end in ends)
    if first is None or last is None:
        return None
    if ends[1] and first[0] and last[0] and last[0] < first[0]:
        last = following(ends[1], first[0], clock) or last  # from a monday to the friday behind it
    start = first[0] if included[0] else first[1]
    end = last[1] if included[1] else last[0]
    if (ends[0] and start is None) or (ends[1] and end is None):
        return None
    return Range(field, millis(start), millis(end), True, end is None, _range_as_said(field, ends, included))


def _range_as_said(field: str, ends: Ends, included: tuple[bool, bool]) -> str:
    low, high = (None if end is None else _as_said(end) for end in ends)
    if low is None or high is None:
        sign, equal = ("<", included[1]) if low is None else (">", included[0])
        return f"{field}:{sign}{'=' if equal else ''}{low or high}"
    return f"{field}:{'[' if included[0] else '{'}{low} TO {high}{']' if included[1] else '}'}"


def _as_said(text: str) -> str:
    """A date as somebody wrote it, in quotes where it would be read as something else without them."""
    text = " ".join(text.split()).strip("'\"").strip()
    return text if _AT_ONCE.fullmatch(text) or NATURAL.fullmatch(text) else f"'{text}'"


def _looking(field: str, clock: Clock) -> Clock:
    """The clock as a field is read by: what ends is asked about what is to come."""
    return replace(clock, ahead=True) if field == "expires" else clock


def amounts(name: str, ends: Ends, included: tuple[bool, bool], clock: Clock) -> tuple[Amount, ...]:
    """Return the ranges that may be meant of what a field of a campaign says; none where it is no range.

    Of numbers, or of days if an end is no number. Where numbers may be years, both: a field says one of the two.
    """
    if not any(ends):
        return ()
    low, high = (None if not end else number("", end) for end in ends)
    if (ends[0] and low is None) or (ends[1] and high is None):
        found = _days(name, ends, included, clock)
        return () if found is None else (found,)
    numbers = Amount(name, low, high, low is None or included[0], high is None or included[1])
    if not all(one is None or (one.is_integer() and FIRST <= one <= LAST) for one in (low, high)):
        return (numbers,)
    years = (None if low is None else f"{low:.0f}", None if high is None else f"{high:.0f}")
    days = _days(name, years, included, clock)
    return (numbers,) if days is None else (numbers, days)


def alone(name: str, text: str, clock: Clock) -> tuple[Amount, ...]:
    """Return what a value alone may mean of what a field of a campaign says: a number, the days of a date, a range.

    None where it is written as such values are shown, by which they are found anyway, or is a word, such as `sun`.
    """
    if not (any(map(str.isdecimal, text)) or NATURAL.fullmatch(text) or text.lower() in DAYS):
        return ()
    low, found, high = (part.strip() for part in joined(text).partition(".."))
    if found:
        return amounts(name, (low or None, high or None), (True, True), clock)
    read = amounts(name, (text, text), (True, True), clock)
    return tuple(one for one in read if one.low != one.high or one.low is None or one.shown(one.low) != text)


def _days(name: str, ends: Ends, included: tuple[bool, bool], clock: Clock) -> Amount | None:
    first, last = (read_span(end, clock) if end else (None, None) for end in ends)
    if first is None or last is None:
        return None
    start = _day(first[0] if included[0] else first[1], clock, later=not included[0])
    end = _day(last[1] if included[1] else last[0], clock, later=included[1])
    if (start is None and ends[0]) or (end is None and ends[1]):
        return None
    return Amount(name, start, None if end is None else end - 1, days=True)


def _day(when: datetime | None, clock: Clock, *, later: bool) -> int | None:
    """The day of an instant; with `later`, the first one that begins at it or after it."""
    if when is None:
        return None
    local = when.astimezone(clock.zone)
    return local.date().toordinal() + (1 if later and local.time() != time() else 0)


def millis(when: datetime | None) -> int | None:
    """Return a time in milliseconds since 1970."""
    return None if when is None else round(when.timestamp() * 1000)
