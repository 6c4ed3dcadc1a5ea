"""Terms in a contract's words, and what they mean as things stand."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from ugc_hub.rights import Malformed, Milestones, Term, Window, read_instant, resolve


def term_of(plain: Mapping[str, Any], so_far: Milestones, now: datetime) -> Term:
    """Return the term of a plain grant: its fixed instants, or what its window means as things stand.

    A limit that was reached ends both.

    Raises:
        DateRefused: the window needs a time zone and names none.
        Malformed: a value has another type.
    """
    window = plain.get("window")
    if window is None:
        starts, ends = read_instant(plain.get("starts_at"), "starts_at"), read_instant(plain.get("ends_at"), "ends_at")
        known = [end for end in (ends, so_far.cap_reached_at) if end]
        return Term(starts, min(known, default=None), plain.get("perpetual") is True)
    if not isinstance(window, Mapping) or set(window) - set(Window.__dataclass_fields__):
        raise Malformed("window")
    try:
        read = read_window(window)
        term = resolve(read, so_far, now)
    except TypeError as error:
        raise Malformed("window") from error
    # Until it happens, the length of a term from first publication is counted from each question's own date.
    return replace(term, ends_at=None) if read_from_question(read) and so_far.first_published_at is None else term


def read_window(plain: Mapping[str, Any]) -> Window:
    """Return the window of its plain form.

    Raises:
        Malformed: a day is none.
        TypeError: there are members that a window has not.
    """
    return Window(**{**plain, **{name: _day(plain.get(name)) for name in ("start", "until")}})


def read_from_question(window: Window) -> bool:
    """Whether a use that is asked for counts as the first publication, as long as there was none."""
    return window.trigger == "first_publication" and window.count is not None


def _day(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    try:
        return datetime.fromisoformat(value).date()
    except ValueError as error:
        raise Malformed("window") from error


@lru_cache(maxsize=1024)
def open_window(body: str) -> Window | None:
    """Return the window of a grant without an end that depends on the question: it waits for its first publication."""
    window = json.loads(body).get("window")
    read = read_window(window) if window else None
    return read if read and read_from_question(read) else None
