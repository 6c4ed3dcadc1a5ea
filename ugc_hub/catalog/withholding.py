"""Keeps states and ends of rights from who may not see rights: no clause, choice, count or order tells of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from ugc_hub.accounts import Actor, may, who_lacks
from ugc_hub.search.documents import spelled
from ugc_hub.search.names import USES
from ugc_hub.search.shapes import Problem, Reading
from ugc_hub.search.tree import And, Node, Not, Nothing, Or, Prefix, Range, Term, Wildcard, walk

from .facets import MEASURED

STATUS, EXPIRES = "status", "expires"
FIELDS = frozenset({STATUS, EXPIRES, *USES})
"""What is asked of rights alone."""
OF_FILES = frozenset({"received"})
"""States that tell of the file, and nothing of rights."""
EXPIRING = "expiring"
NO_STATES = "may not ask for states of rights, nor when they end."
NO_ORDER = "may not ask which rights end soonest; the newest come first."
"""How these sentences end; they begin with the role, or with the token that lacks the scope."""
_CLAUSES = re.compile(rf"\b(?:{STATUS}|{EXPIRES}|has)\s*:\s*(?:\"[^\"]*\"|\S*)", re.IGNORECASE)


@dataclass(frozen=True)
class Asked:
    """A query as it was typed and read, what is chosen beside it, and the order."""

    text: str
    reading: Reading
    chosen: Mapping[str, frozenset[str]]
    sort: str


def askable(actor: Actor, asked: Asked) -> Asked:
    """Return what the actor may ask of it; the rest finds nothing, not even by its opposite, and is told."""
    if may(actor, "rights.view"):
        return asked
    tree, chosen, whole = _told(asked.reading.tree), asked.chosen, (0, len(asked.text))
    problems: list[Problem] = []
    who = who_lacks(actor, "rights.view")
    if tree != asked.reading.tree:
        place = _CLAUSES.search(asked.text)
        problems.append(Problem(f"{who} {NO_STATES}", *(place.span() if place else whole)))
    if chosen.get(STATUS, frozenset()) & {*MEASURED} not in (frozenset(), {*MEASURED}):  # all of them is a file's state
        tree, chosen = Nothing(), {name: values for name, values in chosen.items() if name != STATUS}
        problems.append(Problem(f"{who} {NO_STATES}", 0, 0, STATUS))
    if asked.sort == EXPIRING:
        problems.append(Problem(f"{who} {NO_ORDER}", *whole))
    if not problems:
        return asked
    sort = "newest" if asked.sort == EXPIRING else asked.sort
    reading = replace(asked.reading, tree=tree, problems=(*asked.reading.problems, *problems))
    return replace(asked, reading=reading, chosen=chosen, sort=sort)


def countable(actor: Actor, facets: Iterable[str]) -> tuple[str, ...]:
    """Return those of some facets that tell the actor nothing of rights which they may not see."""
    return tuple(name for name in facets if name != STATUS or may(actor, "rights.view"))


def _told(node: Node) -> Node:
    match node:
        case And(parts):
            return And(tuple(map(_told, parts)))
        case Or(parts):
            return Or(tuple(map(_told, parts)))
        case Not(part):
            return Nothing() if any(map(_tells, walk(part))) else node
    return Nothing() if _tells(node) else node


def _tells(node: Node) -> bool:
    match node:
        case Term("status", value):
            return spelled(value) not in OF_FILES
        case Prefix(_, "status") | Wildcard(_, "status") | Range("expires"):
            return True
        case Term("has", value) | Wildcard(value, "has"):
            return fnmatchcase(EXPIRES, spelled(value))
        case Prefix(value, "has"):
            return fnmatchcase(EXPIRES, spelled(value) + "*")
    return False
