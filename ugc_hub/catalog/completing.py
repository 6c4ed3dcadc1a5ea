"""Offers how a query may go on while it is typed: fields, values of the assets that one may see, fixed words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import select

from ugc_hub.accounts import Actor, require
from ugc_hub.errors import Invalid
from ugc_hub.hub import Hub
from ugc_hub.models import Tag
from ugc_hub.search.completing import Ending, completed, ending, fields, meant
from ugc_hub.search.documents import spelled
from ugc_hub.search.engine import Engine, Request, Sight
from ugc_hub.search.errors import Corrupt
from ugc_hub.search.names import NAMES as FIELDS
from ugc_hub.search.names import VALUES
from ugc_hub.search.tree import DATES, TEXT, Or, Term

from .engines import ask_anew, engine_of
from .search import sight_of

MOST = 20
NAMES = ("tag", "creator", "campaign", "niche")
"""Fields whose values are offered for a word without a field, those with most assets first."""
CODES = frozenset({"kind", "orientation", "colour", "status", "is", "has"})
"""Fields whose values are codes, which are written in one way."""
COUNTED = CODES | {*NAMES, "custom"}
"""Fields whose values the index knows."""
SIGNS = {"@": "creator", "#": "tag"}
"""Signs before a word that say what it is."""
COMPARED = 500
"""Values of a field that are looked at for one that may be meant by a typing error, those with most assets first."""
Counted = tuple[str, str, int]
"""A field, a value of it as `spelled` gives it, and how many assets have it."""
Written = Mapping[tuple[str, str], str]
"""Such a field and value -> the value as it is written."""
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

    Where nothing begins so, it is taken for a typing error behind its first letter.

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
    sight = sight_of(actor)
    try:
        found = islice(_offered(hub, sight, (text, typed), limit), limit)
        return list(found) or list(islice(_meant(hub, sight, text, typed), limit))
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
    if engine := engine_of(hub):
        values = _values(engine, sight, _sought(typed), limit)[:limit]
        yield from _told(at, values, _written(hub, engine, sight, values))


def _meant(hub: Hub, sight: Sight, text: str, typed: Ending) -> Iterator[Suggestion]:
    """Fields and values of which what is typed may be a typing error."""
    names, beginning = _sought(typed)
    if not beginning or (typed.field and typed.field not in COUNTED):
        return
    if not typed.field and beginning == typed.beginning:
        for name in meant(beginning, sorted(FIELDS - {TEXT})):
            yield Suggestion(completed(text, typed, name, ""), name)
    if engine := engine_of(hub):
        values = _values(engine, sight, (names, beginning[0]), COMPARED)
        like = set(meant(beginning, {said for _, mark, _ in values for said in (mark, mark.replace("_", " "))}))
        fitting = [one for one in values if one[1] in like or one[1].replace("_", " ") in like]
        yield from _told((text, typed), fitting[:MOST], _written(hub, engine, sight, fitting[:MOST]))


def _told(at: tuple[str, Ending], values: list[Counted], written: Written) -> Iterator[Suggestion]:
    for name, mark, count in values:
        value = written.get((name, mark)) or (mark if name in CODES else mark.replace("_", " "))
        yield Suggestion(completed(*at, name, value), name, value, count=count)


def _written(hub: Hub, engine: Engine, sight: Sight, values: list[Counted]) -> Written:
    """How assets that one may see write some values: what is offered is what all ways to write them have in common."""
    known = _tags(hub, [mark for field, mark, _ in values if field == "tag"])
    for name in NAMES:
        terms = tuple(Term(name, mark) for field, mark, _ in values if field == name != "tag")
        if terms:
            asked = Request(sight, Or(terms), facets=(name,), facet_size=COMPARED, limit=0)
            counted = engine.search(asked).facets[name]
            known |= {(name, spelled(value)): value for value, _ in reversed(counted)}
    return known


def _tags(hub: Hub, marks: list[str]) -> dict[tuple[str, str], str]:
    """The same of tags, which have a table: counting all tags of very many assets takes longer than somebody types."""
    if not marks:
        return {}
    wanted = select(Tag.name).where(Tag.folded.in_({said for mark in marks for said in (mark, mark.replace("_", " "))}))
    with hub.database.read() as session:
        return {("tag", spelled(name)): name for name in session.scalars(wanted)}


def _sought(typed: Ending) -> tuple[tuple[str, ...], str]:
    """The fields in whose values is looked for what is typed, and that without its sign."""
    sign = SIGNS.get(typed.beginning[:1])
    if typed.field:
        return (typed.field,), typed.beginning[1:] if sign == typed.field else typed.beginning
    return ((sign,), typed.beginning[1:]) if sign else (NAMES, typed.beginning)


def _values(engine: Engine, sight: Sight, asked: tuple[Iterable[str], str], limit: int) -> list[Counted]:
    names, beginning = asked
    found = [
        (name, value, count)
        for name in names
        for value, count in (
            _had(engine, sight, beginning) if name == "has" else engine.suggest(sight, name, beginning, limit)
        )
    ]
    return sorted(found, key=lambda one: -one[2])


def _had(engine: Engine, sight: Sight, beginning: str) -> Iterator[tuple[str, int]]:
    """What assets have, of all that they may, with how many do."""
    for value in VALUES["has"]:
        if value.startswith(beginning.lower()):
            count = engine.search(Request(sight, Term("has", value), limit=0)).total
            if count:
                yield value, count


def _fixed(hub: Hub, typed: Ending) -> Iterator[tuple[str, str]]:
    """Values that do not come from assets, with their titles."""
    wanted = typed.beginning.lower()
    if typed.field in DATES or typed.field == "until":
        yield from ((words, "") for words in WHEN if words.startswith(wanted) and typed.field != "until")
    elif typed.field == "usable":
        yield from ((name, "") for name in sorted(hub.words.channels) if name.startswith(wanted))
    elif typed.field == "platform":
        platforms = {name.rpartition(".")[2] for name in hub.words.channels if "." in name}
        yield from ((name, "") for name in sorted(platforms) if name.startswith(wanted))
    elif typed.field == "edits":
        yield from ((name, "") for name in sorted(hub.words.edits) if name.startswith(wanted))
    elif typed.field == "territory":
        countries = hub.words.atlas.countries
        yield from ((code, name) for code, name in countries.items() if code.lower() == wanted)
        yield from (
            (c, n) for c, n in sorted(countries.items(), key=lambda one: one[1]) if n.lower().startswith(wanted)
        )
