"""What an engine is asked: a query worked out down to tokens, numbers and sets, with nothing left to interpret.

How much a document counts depends on the document and the query alone: on which of the clauses it matches, not on how
many other documents do. So the order is the same for whoever searches, in both engines, and when others are added.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from .documents import column

TextField = Literal["id", "words", "strong", "middle", "weak", "least", "marks", "viewers", "allowed"]


class Plan:
    """Part of a plan: documents that match, and what they count."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class All(Plan):
    """All documents."""


@dataclass(frozen=True, slots=True)
class Empty(Plan):
    """No document."""


@dataclass(frozen=True, slots=True)
class AnyOf(Plan):
    """Documents with any of some tokens in a field."""

    field: TextField
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sequence(Plan):
    """Documents in whose `words` two or more tokens follow one another."""

    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pattern(Plan):
    """Documents with a token in a field that matches a pattern: `?` one character, `*` any number of them."""

    field: TextField
    text: str


@dataclass(frozen=True, slots=True)
class Near(Plan):
    """Documents with a token in a field that differs in at most `distance` letters; with `prefix`, begins so."""

    field: TextField
    text: str
    distance: int
    prefix: bool


@dataclass(frozen=True, slots=True)
class Between(Plan):
    """Documents with a number from `low` to `high`."""

    field: str
    low: float | None
    high: float | None
    with_low: bool = True
    with_high: bool = True


@dataclass(frozen=True, slots=True)
class Filled(Plan):
    """Documents with any value in a column, of a facet or of a number."""

    field: str


@dataclass(frozen=True, slots=True)
class Cleared(Plan):
    """Documents in one of some situations of the projection of rights, or with one of some ids."""

    numbers: frozenset[int]
    ids: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Telling(Plan):
    """Documents with a token in a field that begins in one of some ways, and of which `tells` says yes.

    It is asked once about each such token in the index; two that are equal say the same.
    """

    field: TextField
    beginnings: tuple[str, ...]
    tells: Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class Chosen(Plan):
    """Documents with any of some values in the column of a facet, exactly as they are counted."""

    field: str
    values: frozenset[str]


@dataclass(frozen=True, slots=True)
class Scored(Plan):
    """What matches `part` counts `base`, and more for each of `bonuses` that it matches as well."""

    part: Plan
    base: int
    bonuses: tuple[tuple[int, Plan], ...] = ()


@dataclass(frozen=True, slots=True)
class Weighed(Plan):
    """What matches any of some parts; it counts the sum of what stands before those that it matches."""

    parts: tuple[tuple[int, Plan], ...]
    more: tuple[tuple[int, Plan], ...] = ()
    """Counts besides, and matches nothing that no part does."""


@dataclass(frozen=True, slots=True)
class Both(Plan):
    """What matches all parts; it counts their sum."""

    parts: tuple[Plan, ...]


@dataclass(frozen=True, slots=True)
class Either(Plan):
    """What matches any part; it counts the sum of those that it matches."""

    parts: tuple[Plan, ...]


@dataclass(frozen=True, slots=True)
class Without(Plan):
    """What does not match the part; it counts nothing."""

    part: Plan


def having(facet: str, values: Iterable[str]) -> Chosen:
    """Return what has any of some values of a facet."""
    name, start = column(facet)
    return Chosen(name, frozenset(start + value for value in values))


def both(parts: Iterable[Plan]) -> Plan:
    """Return what matches all parts, as simply as it can be said."""
    found: list[Plan] = []
    for part in parts:
        found += part.parts if isinstance(part, Both) else () if isinstance(part, All) else (part,)
    if any(isinstance(part, Empty) for part in found):
        return Empty()
    return All() if not found else found[0] if len(found) == 1 else Both(tuple(found))


def either(parts: Iterable[Plan]) -> Plan:
    """Return what matches any part, as simply as it can be said."""
    found = [part for part in parts if not isinstance(part, Empty)]
    return Empty() if not found else found[0] if len(found) == 1 else Either(tuple(found))


def told(plan: Plan, ask: Callable[[Telling], AnyOf]) -> Plan:
    """Return a plan with the tokens in it that something tells, instead of what tells them."""
    match plan:
        case Telling():
            return ask(plan)
        case Both(parts):
            return Both(tuple(told(part, ask) for part in parts))
        case Either(parts):
            return Either(tuple(told(part, ask) for part in parts))
        case Without(part):
            return Without(told(part, ask))
        case Scored(part, base, bonuses):
            return Scored(told(part, ask), base, bonuses)
    return plan


def apart(plan: Plan) -> tuple[Plan, list[Cleared | Telling]]:
    """Return a plan without the answers about rights that every hit must be within, and these; they count nothing."""
    match plan:
        case Cleared() | Telling():
            return All(), [plan]
        case Both(parts):
            sets = [part for part in parts if isinstance(part, Cleared | Telling)]
            return both(part for part in parts if not isinstance(part, Cleared | Telling)), sets
        case Scored(part, 0, bonuses):
            inner, sets = apart(part)
            return (Scored(inner, 0, bonuses), sets) if sets else (plan, [])
    return plan, []


def is_scored(plan: Plan) -> bool:
    """Whether documents can count differently."""
    if isinstance(plan, Both | Either):
        return any(is_scored(part) for part in plan.parts)
    return isinstance(plan, Scored | Weighed)
