"""The plain form of a grant, judged before anything reads it: each member has the type and the bounds that it needs.

The rule reads what it is given and takes what it cannot read for "not granted"; a form of which a part would silently
mean nothing is refused here instead, where somebody can still change it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, NoReturn
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ugc_hub.errors import Invalid
from ugc_hub.rights import Malformed, read_instant, standard

REFERENCE = "docs/reference/rights.md"
"""The page that says what a grant takes."""
LARGEST = 10**15
"""Caps and counters: beyond it JSON of others loses digits."""
LONGEST_DAYS = 36_500
MOST_WORDS, LONGEST_WORD, LONGEST_NOTE = 600, 300, 10_000
TRIGGERS = ("date", "signature", "delivery", "first_publication")
UNITS = ("days", "weeks", "months", "years")
WIND_DOWN = ("may_remain", "grace")
PHASES = ("pre", "during", "post")
MOST_DUTIES, DEEPEST = 30, 4
SIGNERS = ("creator", "person", "guardian", "owner", "agent", "brand")

Check = Callable[[Any], bool]


def refuse(field: str, words: str) -> NoReturn:
    """Raise `Invalid` about one member."""
    raise Invalid(f"The grant's {field} {words}. See {REFERENCE}.", extra={"field": field})


def whole(least: int, most: int) -> Check:
    """Return a check for whole numbers within bounds; a truth value is none."""
    return lambda value: isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def text(most: int) -> Check:
    """Return a check for texts up to a length that every database keeps: no half of a character and no NUL."""
    return lambda value: isinstance(value, str) and len(value) <= most and _whole_text(value)


def _whole_text(value: str) -> bool:
    return "\x00" not in value and not any("\ud800" <= one <= "\udfff" for one in value)


def _truth(value: Any) -> bool:
    return isinstance(value, bool)


def _words(value: Any) -> bool:
    word = text(LONGEST_WORD)
    if isinstance(value, str):
        return word(value)
    return isinstance(value, list | tuple | set | frozenset) and len(value) <= MOST_WORDS and all(map(word, value))


def is_instant(value: Any) -> bool:
    """Return whether a value is an instant of the calendar with an offset, written as ISO 8601."""
    try:
        read = read_instant(value)
    except Malformed:
        return False
    return read is not None and read.utcoffset() is not None


def _json(value: Any, depth: int = 0) -> bool:
    """Whether a value is small, plain JSON without numbers that have no canonical form."""
    if value is None or isinstance(value, bool):
        return True
    if isinstance(value, str):
        return text(LONGEST_NOTE)(value)
    if isinstance(value, int):
        return abs(value) <= LARGEST
    if isinstance(value, float):
        return abs(value) <= LARGEST  # neither infinite nor no number at all
    if depth >= DEEPEST:
        return False
    if isinstance(value, Mapping):
        return len(value) <= MOST_DUTIES and all(isinstance(k, str) and _json(v, depth + 1) for k, v in value.items())
    return isinstance(value, list | tuple) and len(value) <= MOST_WORDS and all(_json(one, depth + 1) for one in value)


_TRUTH = (_truth, "is true or false")
_WORDS = (_words, f"is a list of at most {MOST_WORDS} words")
_INSTANT = (is_instant, "is an instant with an offset, such as 2026-12-31T00:00:00Z")
_COUNT = (whole(0, LARGEST), f"is a whole number up to {LARGEST:,}")
_NAME = (text(60), "is a text of at most 60 characters")
MEMBERS: Mapping[str, tuple[Check, str]] = {
    **dict.fromkeys(("perpetual", "exclusive", "future_media", "evidence_ok"), _TRUTH),
    **dict.fromkeys(("channels", "edits", "products", "grantee", "sublicense_to", "supersedes"), _WORDS),
    **dict.fromkeys(("territories", "exclude_territories"), _WORDS),
    **dict.fromkeys(("starts_at", "ends_at", "signed_at"), _INSTANT),
    **dict.fromkeys(("max_uses", "max_impressions", "max_spend_micros", "max_placements"), _COUNT),
    **dict.fromkeys(("uses", "impressions", "spend_micros", "placements"), _COUNT),
    **dict.fromkeys(("effect", "layer", "state", "subject"), _NAME),
    "evidence_level": (whole(0, 4), "is a number from 0 to 4"),
    "signed_by_role": (lambda value: value in SIGNERS, f"is one of {', '.join(SIGNERS)}"),
    "note": (text(LONGEST_NOTE), f"has at most {LONGEST_NOTE:,} characters"),
}
"""What each member must be, where it is stated, and the same in words."""


def check(plain: Mapping[str, Any]) -> None:
    """Do nothing where every member of a plain grant is what it must be; which words are known is asked elsewhere.

    Raises:
        Invalid: a member has another type or is out of bounds; `field` names it.
    """
    for name, value in plain.items():
        if value is None or name not in MEMBERS:
            continue
        holds, words = MEMBERS[name]
        if not holds(value):
            refuse(name, words)
    if plain.get("vocab_version") is not None and not whole(1, standard().version)(plain["vocab_version"]):
        refuse("vocab_version", f"is a number from 1 to {standard().version}: no later words were known at signing")
    if plain.get("window") is not None:
        _window(plain["window"])
    if plain.get("wind_down") is not None:
        _wind_down(plain["wind_down"])
    if plain.get("duties") is not None:
        _duties(plain["duties"])


def _window(window: Any) -> None:
    known = {"trigger", "start", "count", "unit", "until", "perpetual", "zone"}
    if not isinstance(window, Mapping) or set(window) - known:
        refuse("window", f"has {', '.join(sorted(known))}")
    if window.get("trigger", "date") not in TRIGGERS:
        refuse("window", f"begins by one of {', '.join(TRIGGERS)}")
    if window.get("unit", "months") not in UNITS:
        refuse("window", f"is counted in {', '.join(UNITS)}")
    if window.get("count") is not None and not whole(1, LONGEST_DAYS)(window["count"]):
        refuse("window", f"lasts a whole number from 1 to {LONGEST_DAYS:,} of its unit")
    if window.get("perpetual") is not None and not _truth(window["perpetual"]):
        refuse("window", "is perpetual or not: true or false")
    for name in ("start", "until"):
        if window.get(name) is not None and not _day(window[name]):
            refuse("window", f"has no such {name}; a day is written as 2026-12-31")
    if window.get("zone") is not None and not is_zone(window["zone"]):
        refuse("window", f"is in no known time zone: {str(window['zone'])[:60]!r}; write it as Europe/Berlin")


def _day(value: Any) -> bool:
    if isinstance(value, date):
        return True
    try:
        return isinstance(value, str) and bool(datetime.fromisoformat(value))
    except ValueError:
        return False


def is_zone(value: Any) -> bool:
    """Return whether a value names a time zone of the IANA database."""
    try:
        return isinstance(value, str) and bool(value) and len(value) <= 60 and ZoneInfo(value) is not None
    except (ZoneInfoNotFoundError, ValueError, OSError):  # OSError: the name of a region
        return False


def _wind_down(plain: Any) -> None:
    if (
        not isinstance(plain, Mapping)
        or plain.get("mode") not in WIND_DOWN
        or set(plain) - {"mode", "days", "channels"}
    ):
        refuse("wind_down", f"has a mode ({', '.join(WIND_DOWN)}), days and channels")
    if plain.get("days") is not None and not whole(0, LONGEST_DAYS)(plain["days"]):
        refuse("wind_down", f"has from 0 to {LONGEST_DAYS:,} days")
    channels = plain.get("channels")
    if channels is not None and not _words(channels):
        refuse("wind_down", "has a list of channels")
    names = frozenset({channels} if isinstance(channels, str) else channels or ())
    if wrong := standard().unknown("channels", names):
        refuse("wind_down", f"names channels that the vocabulary does not know: {', '.join(wrong)}")


def _duties(duties: Any) -> None:
    if not isinstance(duties, list | tuple) or len(duties) > MOST_DUTIES:
        refuse("duties", f"is a list of at most {MOST_DUTIES}")
    for duty in duties:
        if not isinstance(duty, Mapping) or not text(40)(duty.get("duty")) or not duty["duty"]:
            refuse("duties", "each have a name, `duty`, of at most 40 characters")
        if duty.get("phase", "during") not in PHASES:
            refuse("duties", f"have a phase: {', '.join(PHASES)}")
        if not _json(dict(duty)):
            refuse("duties", "hold plain, short values only")
