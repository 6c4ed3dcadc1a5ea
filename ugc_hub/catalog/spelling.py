"""Finds what is chosen of a facet however it is spelled: what no asset has exactly stands for the values that differ
from it in case, accents and blanks alone, as a typed clause does.

The usual choice, one value that is spelled as the facet counts it, costs nothing: only where nothing was found, or
where other values could hide that one has no assets, the index is asked which values there are.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace

from ugc_hub.search.documents import spelled
from ugc_hub.search.engine import Engine, Request, Result, Sight
from ugc_hub.search.names import VALUES
from ugc_hub.search.tree import Term

from .facets import CUSTOM

MOST = 1000
"""Values that are looked at of assets with one that is spelled alike: a tag comes with the other tags of its assets."""


def settled(engine: Engine, request: Request, look: Callable[[Request], Result]) -> tuple[Result, Request]:
    """Return what `look` finds of a request, and the request with what is chosen as it is counted.

    A value counts as exact where any asset has it that the searcher may see, so that no other one shows.
    """
    several = {name for name, values in request.chosen.items() if len(values) > 1}
    request = _spelled(engine, request, several)
    result = look(request)
    if result.total:
        return result, request
    other = _spelled(engine, request, request.chosen.keys() - several)
    return (result, request) if other.chosen == request.chosen else (look(other), other)


def _spelled(engine: Engine, request: Request, names: Collection[str]) -> Request:
    chosen = dict(request.chosen)
    for name in names:
        if name not in VALUES:  # codes are written in one way
            chosen[name] = frozenset(
                one for value in chosen[name] for one in _counted(engine, request.sight, (name, value))
            )
    return replace(request, chosen=chosen)


def _counted(engine: Engine, sight: Sight, choice: tuple[str, str]) -> frozenset[str]:
    """The values of a facet that a chosen one stands for: itself where there is it, or nothing like it."""
    name, value = choice
    exactly = frozenset({value})
    if engine.search(Request(sight, chosen={name: exactly}, limit=0)).total:
        return exactly
    said = Term("custom", f"{name.removeprefix(CUSTOM)}={value}") if name.startswith(CUSTOM) else Term(name, value)
    counts = engine.search(Request(sight, said, facets=(name,), facet_size=MOST, limit=0)).facets[name]
    return frozenset(one for one, _ in counts if spelled(one) == spelled(value)) or exactly
