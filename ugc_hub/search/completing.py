"""What of a query is still being typed, and how what is offered for it is written into the query."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from .distance import near
from .folding import fold
from .names import ALIASES, NAMES
from .planning import errors_in
from .tree import TEXT

_BEING_TYPED = re.compile(
    r"""(?:(?<![^\s(\-])|^)          # at the beginning, or behind a blank, a bracket or a minus
    (?:(?P<field>[^\W\d]\w*):)?       # a field
    (?P<value>"[^"]*|(?!-)[^\s"():]*)$    # an open quote, or a word
    """,
    re.VERBOSE,
)
_SAFE = re.compile(r"[\w.@#-]+")


@dataclass(frozen=True, slots=True)
class Ending:
    """The last word of a query. `field` is empty where none is named; at `start` it begins, with its field."""

    field: str
    beginning: str
    start: int


def ending(text: str) -> Ending | None:
    """Return what is being typed at the end of a query; None where nothing is, as behind a closed quote."""
    found = _BEING_TYPED.search(text)
    if found is None:
        return None
    field, value = found["field"] or "", found["value"].removeprefix('"')
    name = ALIASES.get(field.lower(), field.lower())
    if field and name not in NAMES - {TEXT}:
        return None
    return Ending(name if field else "", value, found.start())


def fields(beginning: str) -> list[str]:
    """Return the names of the fields that begin so, in order."""
    wanted = beginning.lower()
    return sorted(name for name in NAMES - {TEXT} if name.startswith(wanted) and name != wanted)


def meant(beginning: str, values: Iterable[str]) -> list[str]:
    """Return those of some values, or of their beginnings, of which a text may be a typing error."""
    typed = " ".join(fold(beginning).split())
    errors = errors_in(typed)
    return [value for value in values if near(typed, fold(value), errors, True)] if errors else []


def completed(text: str, typed: Ending, field: str, value: str) -> str:
    """Return the query with a value in place of what is being typed; without a value the field waits for one."""
    if not value:
        return f"{text[: typed.start]}{field}:"
    written = value if _SAFE.fullmatch(value) else '"' + value.replace('"', "") + '"'
    return f"{text[: typed.start]}{field}:{written} " if field else f"{text[: typed.start]}{written} "
