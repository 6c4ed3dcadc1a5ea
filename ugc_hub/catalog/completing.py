"""Offers how a query may go on while it is typed: fields, values of the assets that one may see, fixed words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from sqlalchemy import select

from ugc_hub.accounts import Actor, may, require
from ugc_hub.errors import Invalid
from ugc_hub.hub import Hub
from ugc_hub.models import Tag, TagSynonym
from ugc_hub.search.completing import Ending, completed, ending, fields, meant
from ugc_hub.search.documents import spelled
from ugc_hub.search.engine import Engine, Request, Sight
from ugc_hub.search.errors import Corrupt
from ugc_hub.search.folding import fold
from ugc_hub.search.names import NAMES as FIELDS
from ugc_hub.search.names import VALUES
from ugc_hub.search.tree import DATES, TEXT, Or, Term

from .engines import ask_anew, engine_of
from .wanted import sight_of
from .withholding import FIELDS as OF_RIGHTS
from .words import key

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
SYNONYMS = 40
"""Synonyms of tags that are looked at."""
Written = Mapping[tuple[str, str], str]
"""Such a field and value -> the value as it is written."""
WHEN = ("today", "yesterday", "this week", "last week", "this month", "last month", "this year", "last year")


class Counted(NamedTuple):
    """A field, a value of it as `spelled` gives it, how many assets have it, and the synonym of it that was typed."""

    field: str
    mark: str
    number: int
    synonym: str = ""


@dataclass(frozen=True)
class Suggestion:
    """One way to go on. `query` is the whole query with it; `value` is empty where a field is offered.

    `count` is how many assets that one may see have the value; None where that says nothing. `title` is the name in
    words of a value that is a code, `synonym` the other word for a tag that begins as what is typed.
    """

    query: str
    field: str
    value: str = ""
    title: str = ""
    count: int | None = None
    synonym: str = ""


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
    asking = Asking(hub, sight_of(actor), may(actor, "tag.view"), may(actor, "rights.view"))
    try:
        found = islice(_offered(asking, (text, typed), limit), limit)
        return list(found) or list(islice(_meant(asking, text, typed), limit))
    except Corrupt:
        ask_anew(hub)
        return []


@dataclass(frozen=True)
class Asking:
    """Who asks: of which assets they may know, and whether of the words of the house for tags and of rights."""

    hub: Hub
    sight: Sight
    tags: bool
    rights: bool

    def may(self, name: str) -> bool:
        """Whether a field, or what assets have by the name of one, is theirs to ask for."""
        return self.rights or name not in OF_RIGHTS


def _offered(asking: Asking, at: tuple[str, Ending], limit: int) -> Iterator[Suggestion]:
    text, typed = at
    if typed.field and not asking.may(typed.field):
        return
    if typed.field and typed.field not in COUNTED:
        for value, title in _fixed(asking.hub, typed):
            yield Suggestion(completed(text, typed, typed.field, value), typed.field, value, title)
        return
    if not typed.field:
        for name in filter(asking.may, fields(typed.beginning)):
            yield Suggestion(completed(text, typed, name, ""), name)
    if engine := engine_of(asking.hub):
        names, beginning = _sought(typed)
        known = _values(engine, asking, (names, beginning), limit)
        others = _synonyms(asking, engine, beginning, beginning) if "tag" in names else ()
        values = sorted(_each_once((*known, *others)), key=lambda one: -one.number)[:limit]
        yield from _told(at, values, _written(asking, engine, values))


def _meant(asking: Asking, text: str, typed: Ending) -> Iterator[Suggestion]:
    """Fields and values of which what is typed may be a typing error."""
    names, beginning = _sought(typed)
    if not beginning or (typed.field and not (typed.field in COUNTED and asking.may(typed.field))):
        return
    if not typed.field and beginning == typed.beginning:
        for name in filter(asking.may, meant(beginning, sorted(FIELDS - {TEXT}))):
            yield Suggestion(completed(text, typed, name, ""), name)
    if engine := engine_of(asking.hub):
        values = _values(engine, asking, (names, beginning[0]), COMPARED)
        like = set(meant(beginning, {said for _, mark, *_ in values for said in (mark, mark.replace("_", " "))}))
        fitting = [one for one in values if one.mark in like or one.mark.replace("_", " ") in like]
        others = _synonyms(asking, engine, beginning[0], beginning) if "tag" in names else ()
        fitting = [*_each_once((*fitting, *others))][:MOST]
        yield from _told((text, typed), fitting, _written(asking, engine, fitting))


def _told(at: tuple[str, Ending], values: list[Counted], written: Written) -> Iterator[Suggestion]:
    for name, mark, count, synonym in values:
        value = written.get((name, mark)) or (mark if name in CODES else mark.replace("_", " "))
        yield Suggestion(completed(*at, name, value), name, value, count=count, synonym=synonym)


def _each_once(values: Iterable[Counted]) -> Iterable[Counted]:
    """Values, without those that come once more, such as a tag that begins so itself and by another word."""
    found: dict[tuple[str, str], Counted] = {}
    for one in values:
        found.setdefault((one.field, one.mark), one)
    return found.values()


def _synonyms(asking: Asking, engine: Engine, begin: str, typed: str) -> Iterator[Counted]:
    """Tags of assets that one may see with a synonym that begins so, and like what is typed or what that may mean."""
    if not asking.tags or not key(begin):
        return
    wanted = select(TagSynonym.folded, TagSynonym.name, Tag.name).join(Tag, Tag.id == TagSynonym.tag_id)
    wanted = wanted.where(TagSynonym.folded.startswith(key(begin), autoescape=True)).order_by(TagSynonym.folded)
    with asking.hub.database.read() as session:
        rows = session.execute(wanted.limit(SYNONYMS if begin == typed else COMPARED)).all()
    like = {row[0] for row in rows} if begin == typed else set(meant(typed, {row[0] for row in rows}))
    for _, synonym, name in (row for row in rows if row[0] in like):
        count = engine.search(Request(asking.sight, Term("tag", name), limit=0)).total
        if count:
            yield Counted("tag", spelled(name), count, synonym)


def _written(asking: Asking, engine: Engine, values: list[Counted]) -> Written:
    """How assets that one may see write some values: what is offered is what all ways to write them have in common."""
    known = _tags(asking.hub, [one.mark for one in values if one.field == "tag"])
    for name in NAMES:
        terms = tuple(Term(name, one.mark) for one in values if one.field == name != "tag")
        if terms:
            asked = Request(asking.sight, Or(terms), facets=(name,), facet_size=COMPARED, limit=0)
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
    sign = SIGNS.get(fold(typed.beginning[:1]))
    if typed.field:
        return (typed.field,), typed.beginning[1:] if sign == typed.field else typed.beginning
    return ((sign,), typed.beginning[1:]) if sign else (NAMES, typed.beginning)


def _values(engine: Engine, asking: Asking, asked: tuple[Iterable[str], str], limit: int) -> list[Counted]:
    names, beginning = asked
    found = [
        Counted(name, value, count)
        for name in names
        for value, count in (
            _had(engine, asking, beginning) if name == "has" else engine.suggest(asking.sight, name, beginning, limit)
        )
    ]
    return sorted(found, key=lambda one: -one.number)


def _had(engine: Engine, asking: Asking, beginning: str) -> Iterator[tuple[str, int]]:
    """What assets have, of all that they may, with how many do."""
    for value in VALUES["has"]:
        if value.startswith(beginning.lower()) and asking.may(value):
            count = engine.search(Request(asking.sight, Term("has", value), limit=0)).total
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
