"""Puts the parts of a query together: what lies within one another, is said twice or asks of one use becomes one."""

from __future__ import annotations

from .folding import fold
from .stops import UNASKED
from .tree import And, Everything, Node, Not, Nothing, Or, Phrase, Prefix, Usable, Word


def all_of(parts: list[Node]) -> Node | None:
    """Return what matches all parts: questions about one use become one, function words among others are left out."""
    flat: list[Node] = []
    for part in parts:
        flat += part.parts if isinstance(part, And) else (part,)
    flat = _one_use(flat)
    tells = any(isinstance(part, Phrase | Prefix) or (isinstance(part, Word) and not _is_idle(part)) for part in flat)
    flat = [part for part in flat if not (tells and isinstance(part, Word) and _is_idle(part))]
    flat = list(dict.fromkeys(flat))
    return None if not flat else flat[0] if len(flat) == 1 else And(tuple(flat))


def any_of(parts: list[Node]) -> Node | None:
    """Return what matches any part; None for no part."""
    flat: list[Node] = []
    for part in parts:
        flat += part.parts if isinstance(part, Or) else (part,)
    flat = list(dict.fromkeys(flat))
    return None if not flat else flat[0] if len(flat) == 1 else Or(tuple(flat))


def none_of(part: Node) -> Node:
    """Return what does not match a part."""
    return Nothing() if part == Everything() else Not(part)


def _is_idle(word: Word) -> bool:
    return fold(word.text) in UNASKED


def _one_use(parts: list[Node]) -> list[Node]:
    """The questions about rights among some parts as one, as long as none of them is asked twice."""
    found: list[Node] = []
    place = None
    for part in parts:
        if place is not None and isinstance(part, Usable) and isinstance(use := found[place], Usable):
            if (merged := _merged(use, part)) is not None:
                found[place] = merged
                continue
        elif isinstance(part, Usable):
            place = len(found)
        found.append(part)
    return found


def _merged(one: Usable, two: Usable) -> Usable | None:
    for name in ("channel", "platform", "territory", "until"):
        if getattr(one, name) and getattr(two, name) and getattr(one, name) != getattr(two, name):
            return None
    return Usable(
        one.channel or two.channel,
        one.platform or two.platform,
        one.territory or two.territory,
        one.until or two.until,
        tuple(sorted({*one.edits, *two.edits})),
    )
