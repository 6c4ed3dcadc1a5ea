"""Searches as people expect it: where nothing is found, words that nothing matches are read as typing errors."""

from __future__ import annotations

from dataclasses import replace

from .analysis import asked
from .engine import Engine, Request, Result
from .planning import errors_in
from .tree import And, Fuzzy, Node, Not, Or, Prefix, Word, walk


def find(engine: Engine, request: Request) -> Result:
    """Search; where there is no hit, once more with the words that nothing matches taken for typing errors.

    A word matches nothing if no document does that the searcher may see: that others have it must not show.
    `Result.corrected` then says which words were read how, and `Result.tree` what was looked for.
    """
    result = engine.search(request)
    if result.total:
        return result
    wrong = {
        node for node in walk(request.tree) if isinstance(node, Word | Prefix) and _is_unknown(engine, request, node)
    }
    if not wrong:
        return result
    readings = {node: _near(node) for node in wrong}
    found = engine.search(replace(request, tree=_replaced(request.tree, readings)))
    if not found.total:
        return result
    return replace(found, corrected={str(node): str(reading) for node, reading in readings.items()})


def _is_unknown(engine: Engine, request: Request, node: Word | Prefix) -> bool:
    if isinstance(node, Prefix) and node.field != "text":
        return False
    word = asked(node.text).exact
    return bool(errors_in(word)) and not engine.search(Request(request.sight, node, limit=0)).total


def _near(node: Word | Prefix) -> Fuzzy:
    return Fuzzy(asked(node.text).exact, errors_in(asked(node.text).exact), isinstance(node, Prefix))


def _replaced(node: Node, readings: dict[Word | Prefix, Fuzzy]) -> Node:
    match node:
        case Word() | Prefix():
            return readings.get(node, node)
        case And(parts):
            return And(tuple(_replaced(part, readings) for part in parts))
        case Or(parts):
            return Or(tuple(_replaced(part, readings) for part in parts))
        case Not(part):
            return Not(_replaced(part, readings))
    return node
