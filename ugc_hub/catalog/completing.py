"""Offers how a query may go on while it is typed: fields, values of the assets that one may see, fixed words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from ugc_hub.accounts import Actor, require
from ugc_hub.errors import Invalid
from ugc_hub.hub import Hub
from ugc_hub.search.completing import Ending, completed, ending, fields
from ugc_hub.search.engine import Engine, Sight
from ugc_hub.search.errors import Corrupt
from ugc_hub.search.tree import DATES

from .search import ask_anew, engine_of, sight_of

MOST = 20
NAMES = ("tag", "creator", "campaign", "niche")
"""Fields whose values are offered for a word without a field, those with most assets first."""
COUNTED = frozenset({*NAMES, "kind", "orientation", "colour", "status", "is", "has", "custom"})
"""Fields whose values the index knows."""
WHEN = ("today", "yesterday", "this week", "last week", "this month", "last month", "this year", "last year")


@dataclass(frozen=True)
class Suggestion:
    """One way to go on. `query` is the whole query with it; `value` is empty where a field is offered.

    `count` is how many assets that one may see have the value; None where that says nothing. `title` is the name in
    words of a value that is a code.
    """

    query: str
    field: str
    value: str = ""
    title: str = ""
    count: int | None = None


def complete(hub: Hub, actor: Actor, text: str, limit: int = 8) -> list[Suggestion]:
    """Return how a query may go on at its end; nothing that tells of assets which the actor may not see.

    Raises:
        Invalid: the limit is not within 1..20.
        Forbidden: the actor may not see assets.
    """
    require(actor, "asset.view")
    if not 1 <= limit <= MOST:
        raise Invalid(f"limit is between 1 and {MOST}.", extra={"field": "limit"})
    typed = ending(text)
    if typed is None or not (typed.field or typed.beginning.strip()):
        return []
    try:
        return list(islice(_offered(hub, sight_of(actor), (text, typed), limit), limit))
    except Corrupt:
        ask_anew(hub)
        return []


def _offered(hub: Hub, sight: Sight, at: tuple[str, Ending], limit: int) -> Iterator[Suggestion]:
    text, typed = at
    if typed.field and typed.field not in COUNTED:
        for value, title in _fixed(hub, typed):
            yield Suggestion(completed(text, typed, typed.field, value), typed.field, value, title)
        return
    if not typed.field:
        for name in fields(typed.beginning):
            yield Suggestion(completed(text, typed, name, ""), name)
    engine = engine_of(hub)
    names = (typed.field,) if typed.field else NAMES
    for name, value, count in _values(engine, sight, (names, typed.beginning), limit) if engine else ():
        yield Suggestion(completed(text, typed, name, value), name, value, count=count)


def _values(engine: Engine, sight: Sight, asked: tuple[Iterable[str], str], limit: int) -> list[tuple[str, str, int]]:
    names, beginning = asked
    found = [
        (name, value.replace("_", " "), count)
        for name in names
        for value, count in engine.suggest(sight, name, beginning.removeprefix("@"), limit)
    ]
    return sorted(found, key=lambda one: -one[2])


def _fixed(hub: Hub, typed: Ending) -> Iterator[tuple[str, str]]:
    """Values that do not come from assets, with their titles."""
    wanted = typed.beginning.lower()
    if typed.field in DATES or typed.field == "until":
        yield from ((words, "") for words in WHEN if words.startswith(wanted) and typed.field != "until")
    elif typed.field == "usable":
        yield from ((name, "") for name in sorted(hub.words.channels) if name.startswith(wanted))
    elif typed.field == "edits":
        yield from ((name, "") for name in sorted(hub.words.edits) if name.startswith(wanted))
    elif typed.field == "territory":
        countries = hub.words.atlas.countries
        yield from ((code, name) for code, name in countries.items() if code.lower() == wanted)
        yield from (
            (c, n) for c, n in sorted(countries.items(), key=lambda one: one[1]) if n.lower().startswith(wanted)
        )
