"""Puts the parts of a query together: what lies within one another, is said twice or asks of one use becomes one."""

from __future__ import annotations

from itertools import combinations
from math import prod

from .folding import fold
from .shapes import MOST_USES
from .stops import UNASKED
from .tree import And, Everything, Node, Not, Nothing, Or, Phrase, Prefix, Usable, Word


class TooMany(ValueError):
    """Alternatives about rights go together in more than `MOST_USES` ways."""


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


def multiplied(node: Node) -> Node:
    """Return a tree that asks of each alternative all that is said beside it, also by alternatives of other brackets.

    `(usable:email OR usable:website) (territory:DE OR territory:FR)` is one of the channels in one of the places. Asked
    one by one they would find what may be used by e-mail somewhere, and in Germany somehow.

    Raises:
        TooMany: they go together in more than `MOST_USES` ways.
    """
    match node:
        case Or(parts):
            return any_of(list(map(multiplied, parts))) or node
        case Not(part):
            return Not(multiplied(part))
        case And(parts):
            return _related(all_of(list(map(multiplied, parts))) or node)
    return node


def _related(node: Node) -> Node:
    parts = node.parts if isinstance(node, And) else ()
    about = [one for one in parts if _uses(one)]
    offers = [one for one in about if isinstance(one, Or)]
    related = [pair for pair in combinations(about, 2) if _completes(*pair)]
    first = max(offers, key=lambda one: sum(one in pair for pair in related), default=None)
    if first is None or not any(first in pair for pair in related):
        return node
    if prod(map(_ways, about)) > MOST_USES:
        raise TooMany
    others = [one for one in about if one != first]
    ways = [_related(found) for one in first.parts if (found := all_of([*others, one]))]
    return all_of([*(one for one in parts if one not in about), any_of(ways) or Nothing()]) or node


def _is_idle(word: Word) -> bool:
    return fold(word.text) in UNASKED


def _one_use(parts: list[Node]) -> list[Node]:
    """The questions about rights among some parts, each as one; what is asked twice belongs to what stands before."""
    found: list[Node] = []
    place = None
    for part in parts:
        if isinstance(part, Usable):
            before = None if place is None else found[place]
            if place is not None and isinstance(before, Usable) and (merged := _merged(before, part)):
                found[place] = merged
                continue
            place = len(found)
        found.append(part)
    return _of_all(found)


def _of_all(parts: list[Node]) -> list[Node]:
    """The same where a platform, a place, a day or edits that are said once hold for all channels that are asked for.

    Else `(usable:email OR usable:website) edits:crop` would find what may be used by e-mail, but not cropped for it. So
    does a channel for what lies in brackets: `usable:email (territory:DE OR territory:FR)`.
    """
    uses = [one for one in parts if isinstance(one, Usable)]
    if not uses:  # as in most questions: nothing is said beside the brackets
        return parts
    edits = {one.edits for one in uses if one.edits}
    said = Usable(
        _only({one.channel for one in uses}),
        _only({one.platform for one in uses}),
        _only({one.territory for one in uses}),
        _only({one.until for one in uses}),
        edits.pop() if len(edits) == 1 else (),
    )
    filled = [_filled(one, said) for one in parts]
    # The brackets ask for all of it, so that nothing is left to ask for beside them, such as e-mail everywhere.
    told = any(one != said and _holds(one, said) for one in filled)
    return [one for one in filled if one != said] if told else filled


def _uses(node: Node) -> list[Usable]:
    """What is asked about rights, without what must not be allowed."""
    if isinstance(node, And | Or):
        return [use for part in node.parts for use in _uses(part)]
    return [node] if isinstance(node, Usable) else []


def _completes(one: Node, two: Node) -> bool:
    """Whether an alternative of one says of a use what one of the other leaves open."""
    pairs = [(mine, other) for mine in _uses(one) for other in _uses(two)]
    return any(_filled(mine, other) != mine or _filled(other, mine) != other for mine, other in pairs)


def _ways(node: Node) -> int:
    """How many alternatives there are, each with all that it asks for."""
    if isinstance(node, And | Or):
        return (prod if isinstance(node, And) else sum)(map(_ways, node.parts))
    return 1


def _only(values: set[str]) -> str:
    found = values - {""}
    return found.pop() if len(found) == 1 else ""


def _filled(node: Node, said: Usable) -> Node:
    match node:
        case Usable(channel, platform, territory, until, edits):
            channel = channel or ("" if platform else said.channel)
            rest = platform or said.platform, territory or said.territory, until or said.until
            return Usable(channel, *rest, edits or said.edits)
        case And(parts):
            return all_of([_filled(part, said) for part in parts]) or node
        case Or(parts):
            return any_of([_filled(part, said) for part in parts]) or node
    return node


def _holds(node: Node, said: Usable) -> bool:
    """Whether all that a part finds may be used in channels that it names, with what is said beside it."""
    if isinstance(node, Or):
        return all(_holds(part, said) for part in node.parts)
    return isinstance(node, Usable) and bool(node.channel) and _merged(node, said) == node


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
