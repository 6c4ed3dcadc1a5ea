"""What of a query that is being typed says nothing yet: a field that waits for its value, and half of a code."""

from __future__ import annotations

import re
from collections.abc import Callable

from .completing import ending
from .names import MEANT, VALUES
from .tree import DATES

_SIGNS = re.compile(r"(?:(?:(?<![^\s(])(?:AND|OR|NOT|ANDNOT)\s+)|(?<![^\s(])-)+$")
_BEGUN = re.compile(r"[<>=@#]*")
_HALF_A_DATE = re.compile(r"[<>=]*(?:[a-z]{1,2}|\d{1,3}|\d{4}-0?|\d{4}-\d\d?-0?)", re.IGNORECASE)
"""Beginnings of dates that can be nothing else: `y`, `202`, `2026-`, `2026-1-0`."""


def said(text: str, is_half: Callable[[str, str], bool] | None = None) -> str:
    """Return the beginning of a query without the clause at its end that says nothing yet.

    Nobody means it: what is found would be nothing at all, until one types on. `is_half` tells of a field and a value
    that only more letters can make a value of it; without it, what the language knows itself is asked. Of values with
    commas between them, the last one alone is left out.
    """
    typed = ending(text)
    if typed is None or not typed.field:
        return text
    whole, _, last = typed.beginning.rpartition(",")
    if not (is_half or _is_half)(typed.field, last):
        return text
    if whole:
        return text[: -len(last) - 1]
    return _SIGNS.sub("", text[: typed.start])


def _is_half(field: str, value: str) -> bool:
    if _BEGUN.fullmatch(value):
        return True
    if field in DATES or field == "until":
        return _HALF_A_DATE.fullmatch(value) is not None
    if field not in VALUES:
        return False
    typed = value.lower()
    others = [other for name, other in MEANT if name == field]
    begins = any(other.startswith(typed) for other in others) and typed not in others
    return len(value) == 1 or (begins and not any(one.startswith(typed) for one in VALUES[field]))
