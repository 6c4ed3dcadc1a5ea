"""Reads dates as people write them, in the time zone of the hub: a day, a month, a year, or a span of them."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import datetime, timedelta
from functools import lru_cache

from whoosh.qparser.dateparse import English
from whoosh.util.times import adatetime, timespan

from .shapes import Clock

Span = tuple[datetime | None, datetime | None]
"""From the first instant to the first one behind; None is open."""
FIRST, LAST = 1900, 2200
LEAP = 9
"""In so many years each day comes at least once."""
UNITS = r"(?P<unit>minute|hour|day|week|month|quarter|year)s?"
_MONTH = (
    "(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    "|nov(?:ember)?|dec(?:ember)?)"
)
_NAMED_DAYS = r"(?:mon|tue|tues|wed|wednes|thu|thurs|fri|sat|satur|sun)(?:day)?"
_COUNTED = rf"\d{{1,4}}\s+{UNITS.replace('?P<unit>', '?:')}\b"
_SPAN = (
    rf"(?:last|past|previous|this|next)\s+(?:\d{{1,4}}\s+)?{UNITS.replace('?P<unit>', '?:')}\b"
    rf"|(?:last|past|previous|this|next)\s+(?:{_NAMED_DAYS}|{_MONTH})\b|{_COUNTED}\s+ago\b"
    rf"|\d{{1,2}}\s+{_MONTH}\b(?:\s+\d{{4}}\b)?|{_MONTH}\s+\d{{4}}\b"
    rf"|{_MONTH}\s+\d{{1,2}}\b(?:,?\s+\d{{4}}\b)?"
)
_SURE = (
    rf"(?:{_SPAN}|(?:now|today|yesterday|tomorrow|{_NAMED_DAYS}|{_MONTH})\b"
    r"|\d{4}(?:-\d{1,2}){0,2}(?:T\d[\w:.+-]*)?\b(?!-)|\d{1,2}[./]\d{1,2}[./]\d{4}\b)"
)
"""What is a date wherever it stands."""
_END = rf"(?:{_SPAN}|(?:(?!\.\.)[\w.:/+-])+)"
NATURAL = re.compile(
    rf"(?:from\s+)?{_END}(?:\s*\.\.\s*{_SURE}|\s+(?:to|-)\s+{_SURE}|\.\.{_END}?)|\.\.\s*{_SURE}"
    rf"|between\s+{_END}\s+and\s+{_SURE}|{_SPAN}|{_COUNTED}"
    rf"|(?:since|from|after|before|until)\s+(?:{_SPAN}|(?:(?:last|this)\s+)?[\w.:+-]+)(?:\.\.\S*)?",
    re.IGNORECASE,
)
"""What needs no quotes behind the name of a date field, though it has blanks: a date, or a range of two."""
_PARTED = re.compile(r"(?:(?:from|between)\s+)?(?P<low>\S.*?)\s+(?:to|and|-)\s+(?P<high>.+)", re.IGNORECASE)
_FROM_RANGE = re.compile(r"from\s+(?=.*\.\.)", re.IGNORECASE)
_MONTH_FIRST = re.compile(rf"(?P<month>{_MONTH})\s+(?P<day>\d{{1,2}})(?:,?(?P<year>\s+\d{{4}}))?", re.IGNORECASE)
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT")
_EXACT = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")
_DAY_FIRST = re.compile(r"(\d{1,2})[./](\d{1,2})[./](\d{4})")
_RELATIVE = re.compile(rf"(?P<which>last|past|previous|this|next)\s+(?:(?P<count>\d{{1,4}})\s+)?{UNITS}", re.IGNORECASE)
_CERTAIN = re.compile(
    rf"(?P<which>last|past|previous|this|next)\s+(?:(?P<day>{_NAMED_DAYS})|(?P<month>{_MONTH}))", re.IGNORECASE
)
_COUNT = re.compile(_COUNTED, re.IGNORECASE)
_AGO = re.compile(rf"(?P<count>\d{{1,4}})\s+{UNITS}\s+ago", re.IGNORECASE)
_FROM = re.compile(r"(?P<word>since|from|after|before|until)\s+(?P<rest>.+)", re.IGNORECASE)
_SHORT = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1)}
"""What is shorter than a day, and counted from now."""
DAYS = {"today": 0, "yesterday": -1, "tomorrow": 1}
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NAMED_DAY = re.compile(_NAMED_DAYS, re.IGNORECASE)
_NAMED_MONTH = re.compile(rf"(?:(?P<day>\d{{1,2}})\s+)?(?P<month>{_MONTH})", re.IGNORECASE)


def joined(text: str) -> str:
    """Return a range that is written in words, `last month to today`, with points between its ends."""
    match = _PARTED.fullmatch(text)
    return f"{match['low']}..{match['high']}" if match else _FROM_RANGE.sub("", text)


def advice(text: str) -> str:
    """Return what may be meant by a number of days alone, which is no date; else nothing."""
    return f" Write “last {text}” or “{text} ago”." if _COUNT.fullmatch(text) else ""


def read_span(text: str, clock: Clock) -> Span | None:
    """Return the span that a date means: `2026`, `last month`, `since friday`, `12 march 2026`; None if none."""
    text = " ".join(text.split()).strip("'\"")
    if not text or len(text) > 100:
        return None
    if first := _MONTH_FIRST.fullmatch(text):
        text = f"{first['day']} {first['month']}{first['year'] or ''}"
    try:
        for read in (_instant, _exact, _relative, _certain, _ago, _day, _from, _named, _english):
            found = read(text, clock)
            if found is not None:
                # The first instant behind the last year is an end of that, and may be written by itself.
                earliest, latest = (datetime(year, 1, 1, tzinfo=clock.zone) for year in (FIRST, LAST + 1))
                latest += timedelta(milliseconds=1)
                return found if all(earliest <= one <= latest for one in found if one is not None) else None
    except (ValueError, OverflowError):
        return None
    return None


def _instant(text: str, clock: Clock) -> Span | None:
    if not _INSTANT.match(text):
        return None
    when = datetime.fromisoformat(text)
    when = when if when.tzinfo else when.replace(tzinfo=clock.zone)
    return when, when + timedelta(milliseconds=1)


def _exact(text: str, clock: Clock) -> Span | None:
    if match := _EXACT.fullmatch(text):
        year, month, day = (int(part) if part else None for part in match.groups())
    elif match := _DAY_FIRST.fullmatch(text):
        day, month, year = (int(part) for part in match.groups())
    else:
        return None
    start = datetime(year or 1, month or 1, day or 1, tzinfo=clock.zone)
    return start, _later(start, "day" if day else "month" if month else "year", 1)


def _relative(text: str, clock: Clock) -> Span | None:
    match = _RELATIVE.fullmatch(text)
    if match is None:
        return None
    which, unit = match["which"].lower(), match["unit"].lower()
    if unit in _SHORT:
        return _lately(which, unit, int(match["count"] or 1), clock)
    start = _start(clock.today, unit)
    if match["count"] is not None and which != "this":
        count = int(match["count"])
        tomorrow = clock.today + timedelta(days=1)
        return (
            (tomorrow, _later(tomorrow, unit, count)) if which == "next" else (_later(tomorrow, unit, -count), tomorrow)
        )
    number = {"this": 0, "next": 1}.get(which, -1)
    return _later(start, unit, number), _later(start, unit, number + 1)


def _lately(which: str, unit: str, count: int, clock: Clock) -> Span:
    """Hours or minutes before or behind now; `this hour` is that of the clock."""
    now = clock.now.astimezone(clock.zone)
    if which == "this":
        now, which = now.replace(minute=0 if unit == "hour" else now.minute, second=0, microsecond=0), "next"
    end = now + _SHORT[unit] * (count if which == "next" else -count)
    return (now, end) if now < end else (end, now)


def _certain(text: str, clock: Clock) -> Span | None:
    """`this friday` is that of this week, `this november` that of this year; the last or next one is not of now."""
    match = _CERTAIN.fullmatch(text)
    if match is None:
        return None
    which = match["which"].lower()
    if match["day"]:
        unit, whole = "day", "week"
        start = _start(clock.today, whole) + timedelta(days=_WEEKDAYS.index(match["day"][:3].lower()))
    else:
        unit, whole = "month", "year"
        start = clock.today.replace(month=_MONTHS.index(match["month"][:3].lower()) + 1, day=1)
    now = _start(clock.today, unit)
    if which == "next":
        start = start if start > now else _later(start, whole, 1)
    elif which != "this":
        start = start if start < now else _later(start, whole, -1)
    return start, _later(start, unit, 1)


def _ago(text: str, clock: Clock) -> Span | None:
    match = _AGO.fullmatch(text)
    if match is None:
        return None
    unit = match["unit"].lower()
    if unit in _SHORT:
        when = clock.now - _SHORT[unit] * int(match["count"])
        return when, when + timedelta(milliseconds=1)
    start = _later(clock.today, unit, -int(match["count"]))
    return start, _later(start, "day" if unit == "day" else unit, 1)


def _day(text: str, clock: Clock) -> Span | None:
    days = DAYS.get(text.lower())
    if days is None:
        return None
    start = clock.today + timedelta(days=days)
    return start, start + timedelta(days=1)


def _from(text: str, clock: Clock) -> Span | None:
    match = _FROM.fullmatch(text)
    if match is None:
        return None
    word, rest = match["word"].lower(), match["rest"]
    inner = read_span(rest, clock) if not _FROM.fullmatch(rest) else None
    if inner is None:
        return None
    start, end = inner
    return {"since": (start, None), "from": (start, None), "after": (end, None), "until": (None, end)}.get(
        word, (None, start)
    )


def following(text: str, start: datetime, clock: Clock) -> Span | None:
    """Return the next day or month of a name, from an instant on; None where it is no name."""
    try:
        return _named(text.strip().strip("'\""), Clock(start, clock.zone, ahead=True))
    except (ValueError, OverflowError):
        return None


def _named(text: str, clock: Clock) -> Span | None:
    """The last `friday`, `march` or `12 march`, or the next one, where those to come are meant; today's is today's."""
    today, step = clock.today, 1 if clock.ahead else -1
    if _NAMED_DAY.fullmatch(text):
        away = (_WEEKDAYS.index(text[:3].lower()) - today.weekday()) * step % 7
        start = today + timedelta(days=away * step)
        return start, _later(start, "day", 1)
    match = _NAMED_MONTH.fullmatch(text)
    if match is None:
        return None
    month, day = _MONTHS.index(match["month"][:3].lower()) + 1, int(match["day"] or 1)
    unit = "day" if match["day"] else "month"
    for year in range(today.year, today.year + LEAP * step, step):
        if 1 <= day <= monthrange(year, month)[1]:
            start = today.replace(year=year, month=month, day=day)
            if (start - _start(today, unit)) * step >= timedelta():
                return start, _later(start, unit, 1)
    return None


def _english(text: str, clock: Clock) -> Span | None:
    """What Whoosh knows of English dates, such as `12 march 2026`."""
    base = clock.now.astimezone(clock.zone).replace(tzinfo=None)
    for wording in (text.lower(), f"last {text.lower()}"):
        try:
            found = _parser().date_from(wording, base)
        except (ValueError, TypeError, AttributeError, KeyError, IndexError, OverflowError):
            continue
        if isinstance(found, adatetime | timespan):
            found = found.disambiguated(base)
        ends = (found.start, found.end) if isinstance(found, timespan) else (found, found)
        start, end = (one.replace(tzinfo=clock.zone) if isinstance(one, datetime) else None for one in ends)
        if start is not None and end is not None and start <= end:
            return start, end + timedelta(microseconds=1)
    return None


def _start(day: datetime, unit: str) -> datetime:
    if unit == "week":
        return day - timedelta(days=day.weekday())
    if unit == "quarter":
        return day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1)
    if unit == "year":
        return day.replace(month=1, day=1)
    return day if unit == "day" else day.replace(day=1)


def _later(start: datetime, unit: str, count: int) -> datetime:
    """The same time so many days, weeks, months, quarters or years later."""
    if unit in ("day", "week"):
        return start + timedelta(days=count * (7 if unit == "week" else 1))
    months = start.year * 12 + start.month - 1 + count * {"month": 1, "quarter": 3, "year": 12}[unit]
    year, month = months // 12, months % 12 + 1
    return start.replace(year=year, month=month, day=min(start.day, monthrange(year, month)[1]))


@lru_cache(maxsize=1)
def _parser() -> English:
    return English()
