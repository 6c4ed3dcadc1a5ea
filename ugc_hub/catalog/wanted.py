"""What a search asks for, and how that is put to the index on behalf of somebody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy.orm import Session

from ugc_hub.accounts import Actor, may
from ugc_hub.accounts.actors import only_own
from ugc_hub.errors import Invalid
from ugc_hub.hub import Hub
from ugc_hub.search.engine import Request, Sight, Sort
from ugc_hub.search.language import Clock, parse
from ugc_hub.search.shapes import TOO_MANY, Problem, Reading
from ugc_hub.search.tree import And, Everything, Node, Nothing, Or, Range, Term

from .allowing import Answers, Asking, answerable, of_choice
from .facets import CHANNEL, LISTED, OFFERED, facet, meant, unknown, with_channels
from .find import MOST
from .synonyms import read
from .unsaid import said
from .withholding import Asked, askable

SORTS = {
    "relevance": Sort(),
    "newest": Sort("newest"),
    "oldest": Sort("created", descending=False),
    "expiring": Sort("ending", descending=False),
    "performance": Sort("er_low"),
    "random": Sort("random"),
}


@dataclass(frozen=True)
class Search:
    """What to look for. `limit` 0..200; `cursor` is the last page's `next_cursor`."""

    text: str = ""
    chosen: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Facet -> values, any of which a hit has; facets are those of `FACETS`, and fields of campaigns (`CUSTOM`)."""
    facets: tuple[str, ...] = ()
    """What to count; `custom` is all fields with few values of the campaigns that are searched."""
    sort: str = "relevance"
    """One of `SORTS`."""
    seed: int = 0
    """Of the order by chance."""
    limit: int = 50
    cursor: str | None = None
    typing: bool = False
    """The last word is still being typed."""
    since: datetime | None = None
    """Only what came in then or later; needs an index, and forgives no typing errors."""
    among: frozenset[str] | None = None
    """Only assets of these ids; as `since`."""
    as_written: bool = False
    """No word is read as another: where typing errors would be forgiven, nothing is found and `problems` says so."""

    @property
    def channels(self) -> frozenset[str]:
        """What is chosen of the channels in which an asset may be used."""
        return self.chosen.get(CHANNEL, frozenset())

    @property
    def narrowed(self) -> bool:
        """Whether it is asked for some assets alone, which words of others say nothing about."""
        return self.since is not None or self.among is not None


def question(
    hub: Hub, session: Session, actor: Actor, wanted: Search, *, ask: Asking | None = None
) -> tuple[Reading, Answers, Request]:
    """Return what is asked of the index on behalf of the actor, with how the query was read and what the grants say.

    `ask` may ask the index itself about rights; see `answers`.
    """
    text = said(hub, wanted.text) if wanted.typing else wanted.text
    reading = parse(text, Clock(hub.now()), typing=wanted.typing)
    if strange := unknown(wanted.chosen):
        reading = replace(reading, problems=(*reading.problems, Problem(strange[1], 0, 0, strange[0])))
    asked = askable(actor, Asked(wanted.text, reading, wanted.chosen, wanted.sort))
    reading, wanted = asked.reading, replace(wanted, sort=asked.sort)
    tree, chosen = reading.tree, asked.chosen
    if may(actor, "tag.view"):  # to all others it would tell how the house calls tags that they may not know of
        tree, chosen = read(session, actor, tree, chosen)
    reading, wanted = replace(reading, tree=tree), replace(wanted, chosen=chosen)
    tree = with_channels(reading.tree, wanted.channels)
    if tree == Nothing() != reading.tree:
        reading = replace(reading, problems=(*reading.problems, Problem(TOO_MANY, 0, 0, CHANNEL)))
    allowed = (ask or Asking(hub, session, (actor, wanted.text), None)).first(tree)
    allowed = replace(allowed, problems=[of_choice(one, wanted.text, wanted.channels) for one in allowed.problems])
    tree = answerable(tree, allowed)
    return reading, allowed, _request(wanted, sight_of(actor), _narrowed(tree, wanted), allowed)


def _narrowed(tree: Node, wanted: Search) -> Node:
    parts: tuple[Node, ...] = ()
    if wanted.since is not None:
        parts += (Range("created", wanted.since.timestamp() * 1000 // 1, None),)
    if wanted.among is not None:
        parts += (Or(tuple(Term("id", one) for one in sorted(wanted.among))),)
    if not parts:
        return tree
    rest = () if isinstance(tree, Everything) else tree.parts if isinstance(tree, And) else (tree,)
    return And((*rest, *parts))


def checked(wanted: Search) -> Search:
    """Return a search that can be asked, with its facets as the index knows them.

    Raises:
        Invalid: a facet or an order does not exist, or the limit is out of range.
    """
    if not 0 <= wanted.limit <= MOST:
        raise Invalid(f"limit is between 0 and {MOST}.", extra={"field": "limit"})
    if wanted.sort not in SORTS:
        raise Invalid(f"sort is one of {', '.join(SORTS)}.", extra={"field": "sort"})
    chosen: dict[str, frozenset[str]] = {}
    for name, values in wanted.chosen.items():
        known = facet(name)
        chosen[known] = chosen.get(known, frozenset()) | (meant(known, values) or values)
    names = tuple(name if name == OFFERED else facet(name) for name in wanted.facets)
    return replace(wanted, chosen=chosen, facets=names)


def sight_of(actor: Actor) -> Sight:
    """Return whose assets somebody may know of."""
    owner = only_own(actor, "asset.view")
    return Sight(everything=True) if owner is None else Sight(frozenset({owner} - {""}))


def _request(wanted: Search, sight: Sight, tree: Node, allowed: Answers) -> Request:
    sort = SORTS[wanted.sort]
    return Request(
        sight=sight,
        tree=tree,
        chosen={name: values for name, values in wanted.chosen.items() if values and name != CHANNEL},
        sort=replace(sort, seed=wanted.seed) if sort.by == "random" else sort,
        limit=wanted.limit,
        cursor=wanted.cursor,
        cleared=allowed.cleared,
        facet_size=LISTED + 1,
    )
