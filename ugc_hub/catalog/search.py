"""Finds assets: one search for page, API and command line.

The index finds and counts, and the records decide: whoever may not see an asset neither sees nor counts it, and a page
that was asked what may be used is asked again of the grants.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from sqlalchemy.orm import Session

from ugc_hub.accounts import Actor, may, require
from ugc_hub.hub import Hub
from ugc_hub.licensing import Use, allowed_among, kept_for
from ugc_hub.licensing.missing import with_parts_in_trash
from ugc_hub.search.engine import Engine, Request, Result
from ugc_hub.search.errors import Corrupt
from ugc_hub.search.finding import find as find_in
from ugc_hub.search.highlighting import Highlighter, Spans, seen
from ugc_hub.search.shapes import Problem, Reading, alternatives
from ugc_hub.search.tree import Node, told

from .allowing import Asking
from .engines import ask_anew, engine_of
from .excerpts import Excerpt, excerpts
from .excluding import Excluded, excluded, unfilled
from .facets import CHANNEL, Count, Counting, counted, counts_channels, engine_facets, listed, with_channels
from .find import KINDS, Query
from .find import find as by_name
from .options import expanded, titles
from .paging import marked, unmarked
from .spelling import settled
from .tiles import views
from .using import Needed, channels_of, each, needed_of
from .view import AssetView
from .wanted import Search, checked, question
from .withholding import countable

SHOWN = ("title", "file_name", "description", "creator", "campaign")
"""Texts of an asset in which it is told what was found."""


@dataclass(frozen=True)
class FoundAsset:
    """An asset that was found, with the channels in which it may be used now and what of its texts was found."""

    asset: AssetView
    uses: tuple[str, ...] = ()
    """In the place, until the day and with the edits that were asked for; channels that were asked for come first."""
    highlights: Mapping[str, Spans] = field(default_factory=dict)
    excerpts: Mapping[str, Excerpt] = field(default_factory=dict)
    """By kind of words: where something was found in what can be seen (`ocr`) or heard (`transcript`)."""


@dataclass(frozen=True)
class Found:
    """One page of a search. Without an index it is the plain list of names, and `total` is None."""

    items: tuple[FoundAsset, ...]
    total: int | None
    facets: Mapping[str, tuple[Count, ...]] = field(default_factory=dict)
    next_cursor: str | None = None
    problems: tuple[Problem, ...] = ()
    corrected: Mapping[str, str] = field(default_factory=dict)
    excluded: tuple[Excluded, ...] = ()
    """Where nothing was found: what would be without each of the clauses, most first."""
    read_as: str = ""
    """The query as it was read; "nothing" where what was read of it can find none."""
    indexed: bool = True
    titles: Mapping[str, str] = field(default_factory=dict)
    """Of facets that are fields of campaigns: the name as it is written."""
    asked: tuple[Use, ...] = ()
    """The uses that were asked for: each hit may be used in some of them."""
    more: tuple[str, ...] = ()
    """Facets that have more values than are listed."""
    chosen: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """What was chosen, spelled as the facets count it; empty without an index."""


def search(hub: Hub, actor: Actor, wanted: Search) -> Found:
    """Search the assets that the actor may see.

    A query that cannot be read is searched for as well as it can be, and `problems` says where.

    Raises:
        Invalid: a facet, an order or the cursor does not exist, or the limit is out of range.
        Forbidden: the actor may not see assets.
    """
    require(actor, "asset.view")
    wanted = checked(wanted)
    engine = None if (wanted.cursor or "").startswith("ast_") else engine_of(hub)
    if engine is None:
        return _listed(hub, actor, wanted)
    wanted = replace(wanted, cursor=unmarked((wanted.text, wanted.chosen), wanted.cursor))
    with hub.database.read() as session:
        as_of = hub.index.as_of()  # before it is searched, so that it is no older
        ask = Asking(hub, session, (actor, wanted.text), as_of)
        reading, allowed, request = question(hub, session, actor, wanted, ask=ask)
        wanted = _with_facets(session, actor, wanted, reading.tree)
        counting_now = CHANNEL in wanted.facets and may(actor, "rights.view")
        kept = kept_for(hub, session, actor, as_of) if counting_now else None
        told_by = counts_channels(request.tree, wanted.channels, kept) if counting_now else ""
        request = replace(request, facets=engine_facets(wanted.facets, told_by))
        try:
            result, unread, request = _asked(engine, request, with_channels(reading.tree, wanted.channels), wanted)
            needed = needed_of(result.tree, allowed)
            items, dropped = _items(hub, session, actor, (result, needed))  # while the index is still counting
            chosen = {**wanted.chosen, **request.chosen}  # as they are counted, and tags in place of synonyms
            counting = Counting(engine, request, result, reading.tree, wanted.facets, chosen, kept, ask)
            counts, more = listed(counted(hub, session, actor, counting))
            nearest, lacking = _ways_out(engine, request, (reading, wanted, result.total), ask)
        except Corrupt:
            ask_anew(hub)
            return _listed(hub, actor, wanted)
        return Found(
            items,
            result.total - dropped,
            counts,
            marked((wanted.text, wanted.chosen), result.next_cursor),
            (*reading.problems, *allowed.problems, *unread, *lacking),
            result.corrected,
            nearest,
            told(reading.tree) if wanted.text.strip() else "",
            titles=titles(session, actor, {*wanted.facets, *wanted.chosen}),
            asked=each(needed),
            more=more,
            chosen=chosen,
        )


def _ways_out(
    engine: Engine, request: Request, asked: tuple[Reading, Search, int], ask: Asking
) -> tuple[tuple[Excluded, ...], tuple[Problem, ...]]:
    """Say of a search without hits what excluded the nearest, what no asset has, and where OR may be meant."""
    reading, wanted, total = asked
    if total or wanted.cursor or wanted.narrowed:
        return (), ()
    nearest = excluded(engine, request, (reading.tree, wanted.channels), ask)
    return nearest, (*alternatives(wanted.text), *unfilled(engine, request, (reading.tree, wanted.text)))


def _with_facets(session: Session, actor: Actor, wanted: Search, tree: Node) -> Search:
    """Say of which facets the values are counted that the actor may know."""
    return replace(wanted, facets=countable(actor, expanded(session, actor, wanted.facets, (tree, wanted.chosen))))


def _asked(engine: Engine, request: Request, tree: Node, wanted: Search) -> tuple[Result, tuple[Problem, ...], Request]:
    """Search, and tell which words would have been read as others where they may not be, and what was asked at last.

    Among some assets alone no word is read as another, and what was asked is the tree without their ids.
    """
    if wanted.narrowed:
        found, request = settled(engine, request, engine.search)
        return replace(found, tree=tree), (), request
    found, request = settled(engine, request, lambda asked: find_in(engine, asked))
    if not (found.corrected and wanted.as_written):
        return found, (), request
    words = ", ".join(repr(word.rstrip("*")) for word in found.corrected)
    message = f"No asset has {words}, and no other spelling is taken for it here: write what is meant."
    return engine.search(request), (Problem(message, 0, len(wanted.text)),), request


def _items(
    hub: Hub, session: Session, actor: Actor, found: tuple[Result, Needed]
) -> tuple[tuple[FoundAsset, ...], int]:
    """The hits as they are in the records now, and how many were left out: gone, or not allowed any more."""
    result, needed = found
    ids = [hit.id for hit in result.hits]
    if not ids:
        return (), 0
    assets = views(session, actor, ids)
    asked = each(needed)
    allowed_now = {use: allowed_among(hub, session, assets, use) for use in asked}
    fitting = [frozenset[str]().union(*(allowed_now[use] for use in uses)) for uses in needed]
    gone = with_parts_in_trash(session, list(assets)) if asked else frozenset()
    shown = [assets[one] for one in ids if one in assets and one not in gone and all(one in some for some in fitting)]
    uses = channels_of(hub, session, actor, [one.id for one in shown], asked=allowed_now)
    words = Highlighter(result.tree)
    parts = excerpts(session, actor, words, [one.id for one in shown]) if seen(result.tree) else {}
    texts = [_texts(one) for one in shown]
    marks = words.each({text for several in texts for text in several.values()})
    items = tuple(
        FoundAsset(
            one,
            uses.get(one.id, ()),
            {name: marks[text] for name, text in several.items() if text in marks},
            parts.get(one.id, {}),
        )
        for one, several in zip(shown, texts, strict=True)
    )
    return items, len(ids) - len(items)


def _texts(asset: AssetView) -> dict[str, str]:
    return {name: text for name in SHOWN if (text := getattr(asset, name))}


def _listed(hub: Hub, actor: Actor, wanted: Search) -> Found:
    """The plain list, for as long as there is no index: words are looked for in names, newest first.

    What was chosen that it cannot look for finds nothing: it must not show more than was asked for.
    """
    chosen = {name: next(iter(values)) for name, values in wanted.chosen.items() if len(values) == 1}
    kind = chosen.get("kind")
    passed = {name for name, values in wanted.chosen.items() if values} - (chosen.keys() & {"creator", "campaign"})
    if passed - ({"kind"} if kind in KINDS else set()):
        words = f"Until there is an index, nothing can be chosen by {', '.join(sorted(passed))}; nothing is shown."
        return Found((), None, problems=(Problem(words, 0, len(wanted.text)),), indexed=False)
    query = Query(
        cursor=wanted.cursor if (wanted.cursor or "").startswith("ast_") else None,
        limit=max(wanted.limit, 1),
        kind=kind,
        creator=chosen.get("creator"),
        campaign=chosen.get("campaign"),
        text=wanted.text[:400],
    )
    page = by_name(hub, actor, query)
    with hub.database.read() as session:
        named = titles(session, actor, {*wanted.facets, *wanted.chosen})
        uses = channels_of(hub, session, actor, [one.id for one in page.items])
    items = tuple(FoundAsset(one, uses.get(one.id, ())) for one in page.items)
    return Found(items, None, next_cursor=page.next_cursor, indexed=False, titles=named)
