"""Which assets somebody means: those of some ids, all of a list of the library, or all hits of a search."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from ugc_hub.accounts import Actor, require
from ugc_hub.errors import Invalid, Unavailable
from ugc_hub.hub import Hub
from ugc_hub.models import Asset, AssetClearance
from ugc_hub.search.engine import MOST_HITS, Engine, Request
from ugc_hub.search.errors import Corrupt
from ugc_hub.search.finding import find
from ugc_hub.search.plan import Cleared, Plan
from ugc_hub.search.shapes import Problem, alternatives
from ugc_hub.search.tree import Node

from .engines import engine_of
from .facets import require_values
from .find import MOST_WORDS, Query, matching, visible
from .spelling import settled as spelled
from .using import required
from .wanted import Search, checked, question

MOST = 10_000
"""Assets that can be meant at once."""
BATCH = 500
FIELD = {"field": "asset_ids"}
QUERY = {"field": "query"}
SEARCH = {"field": "search"}
"""How errors name what somebody chose by, as the API does."""


@dataclass(frozen=True)
class Selection:
    """Assets by id, all that a query of the library lists, or all hits of a search.

    One of the three; cursor and limit of a query or a search, and what it counts, count for nothing.
    """

    ids: tuple[str, ...] = ()
    query: Query | None = None
    search: Search | None = None
    as_read: bool = False
    """A search that cannot be read as it is written means what it was read as: somebody has seen that."""

    @property
    def told(self) -> dict[str, str]:
        """What an error says of the way in which the assets were chosen."""
        if self.search is not None:
            return SEARCH
        return FIELD if self.query is None else QUERY


def settled(hub: Hub, actor: Actor, selection: Selection, *, most: int = MOST, in_order: bool = False) -> Selection:
    """Return the selection with the hits of its search in place of the search, as the actor sees them now.

    Without `in_order` they come as it is quickest, not in the order of the search.

    Raises:
        Invalid: the search finds nothing, or more than `most`; it is not looked for as it is written (code
            `unclear_search`) and nobody has seen how it is read; several ways to choose are mixed; or a filter of a
            query counts for nothing.
        Unavailable: there is no index that could be searched.
        Forbidden: the actor may not see assets.
    """
    if sum((bool(selection.ids), selection.query is not None, selection.search is not None)) > 1:
        raise Invalid("Choose assets by their ids, by a query or by a search, not by several.", extra=FIELD)
    if selection.query is not None:
        _require_said(selection.query)
    if selection.search is None:
        return selection
    wanted = selection.search if in_order else replace(selection.search, sort="newest")
    found = hits(hub, actor, wanted, most=most, as_read=selection.as_read)
    if not found:
        raise Invalid("The search finds no asset now.", extra=SEARCH)
    return Selection(tuple(found))


def _require_said(query: Query) -> None:
    """A list passes over a filter without a value, and words beyond some; whoever changes assets means each."""
    for name in ("kind", "status", "creator", "campaign", "text"):
        value = getattr(query, name)
        if value is not None and not value.strip():
            words = f"“{name}” says nothing; leave it out to mean assets with any value."
            raise Invalid(words, extra={"field": name})
    if len((query.text or "").split()) > MOST_WORDS:
        raise Invalid(f"text has at most {MOST_WORDS} words.", extra={"field": "text"})


def hits(hub: Hub, actor: Actor, wanted: Search, *, most: int = MOST, as_read: bool = False) -> list[str]:
    """Return the ids of all that a search finds and the actor may see, in its order.

    Raises: as `settled`, but for a search that finds nothing; Invalid for what cannot be searched.
    """
    require(actor, "asset.view")
    require_values(wanted.chosen)
    wanted = checked(wanted)
    engine = engine_of(hub)
    unknown = Unavailable("The index of the search is being built. Try again in a minute.")
    if engine is None:
        raise unknown
    with hub.database.read() as session:
        reading, allowed, request = question(hub, session, actor, replace(wanted, facets=(), cursor=None, limit=0))
        if not as_read:
            _require_clear((*reading.problems, *allowed.problems, *alternatives(wanted.text)))
        try:
            ids, tree = _all(engine, request, most, as_read=as_read)
        except Corrupt:
            hub.index.ask_anew()
            raise unknown from None
        groups = [[allowed.cleared[one] for one in group] for group in required(tree)]
        return [one for some in batches(ids) for one in _seen(session, actor, some, groups)]


def _require_clear(problems: Iterable[Problem]) -> None:
    for one in problems:
        place = f"chosen: {one.facet}" if one.facet else f"characters {one.start + 1} to {one.end}"
        words = f"{one.message} ({place}) An unclear search chooses nothing."
        raise Invalid(words, code="unclear_search", extra=SEARCH)


def _all(engine: Engine, request: Request, most: int, *, as_read: bool) -> tuple[list[str], Node]:
    request = replace(request, limit=min(most, MOST_HITS))
    result, request = spelled(engine, request, lambda asked: find(engine, asked))
    if result.corrected and not as_read:
        words = ", ".join(f"{word} would be read as {reading}" for word, reading in result.corrected.items())
        raise Invalid(f"Nothing matches as it is written: {words}.", code="unclear_search", extra=SEARCH)
    if result.total > most:
        raise Invalid(f"{result.total:,} assets are found; at most {most:,} can be chosen at once.", extra=SEARCH)
    ids, tree = [hit.id for hit in result.hits], result.tree
    while result.next_cursor is not None and len(ids) < most:
        result = engine.search(replace(request, tree=tree, cursor=result.next_cursor))
        ids += [hit.id for hit in result.hits]
    return ids[:most], tree


def _seen(session: Session, actor: Actor, ids: Sequence[str], groups: list[list[Plan]]) -> Iterator[str]:
    """Those that the records agree to: an index may be behind them."""
    wanted = select(Asset.id, AssetClearance.clearance_id).outerjoin(
        AssetClearance, AssetClearance.asset_id == Asset.id
    )
    rows = session.execute(wanted.where(Asset.id.in_(ids), *visible(actor)))
    numbers = {row.id: row.clearance_id for row in rows}
    for one in ids:
        if one in numbers and all(any(_is_in(answer, one, numbers[one]) for answer in group) for group in groups):
            yield one


def _is_in(answer: Plan, asset_id: str, number: int | None) -> bool:
    if not isinstance(answer, Cleared):
        return False  # it was not asked of the index, so that nothing else is left but nothing
    return asset_id in answer.ids if number is None else number in answer.numbers


def meant(hub: Hub, actor: Actor, selection: Selection, *, most: int = MOST) -> list[str]:
    """Return the ids of what a selection means: in the order of the ids or of the search, a list newest first.

    Raises: as `settled`; Invalid as well where a list holds nothing, or more than `most`.
    """
    selection = settled(hub, actor, selection, most=most, in_order=True)
    if selection.query is None:
        return list(dict.fromkeys(selection.ids))
    # What lies in the trash is in no list that somebody could choose from.
    query = replace(selection.query, trash=False)
    with hub.database.read() as session:
        found = list(session.scalars(matching(session, actor, query).order_by(Asset.id.desc()).limit(most + 1)))
    if not 1 <= len(found) <= most:
        raise Invalid(f"Choose at most {most:,} assets at once." if found else "No asset is chosen.", extra=QUERY)
    return found


def batches(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    """Part ids into as many as one statement takes."""
    return (ids[start : start + BATCH] for start in range(0, len(ids), BATCH))
