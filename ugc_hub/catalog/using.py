"""In which channels the assets of a list may be used."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from itertools import chain, islice, product

from sqlalchemy.orm import Session

from ugc_hub.accounts import Actor, may
from ugc_hub.hub import Hub
from ugc_hub.licensing import Use, channels_now
from ugc_hub.licensing.overview import way
from ugc_hub.search.tree import And, Node, Or, Usable

from .allowing import Answers

Asked = Mapping[Use, Collection[str]]
Needed = list[tuple[Use, ...]]
"""Groups of uses, of each of which a hit may be used in one."""
MOST_GROUPS = 16
"""Groups of questions that hits are asked again, of alternatives that each ask several."""


def channels_of(
    hub: Hub, session: Session, actor: Actor, asset_ids: Collection[str], *, asked: Asked | None = None
) -> Mapping[str, tuple[str, ...]]:
    """Return the channels in which each asset may be used now; nothing for who may not see rights.

    `asked` are uses that were asked for, and which assets may be used so: their channels come first, and the others are
    those of the same place, day and edits. A fixed number of statements.
    """
    if not asset_ids or not may(actor, "rights.view"):
        return {}
    found = channels_now(hub, session, actor, asset_ids, like=way(asked or ()), in_use=bool(asked))
    first = {one: [use.channel for use, ids in (asked or {}).items() if one in ids] for one in asset_ids}
    return {one: tuple(dict.fromkeys((*first[one], *found.get(one, ())))) for one in asset_ids}


def needed_of(tree: Node, answers: Answers) -> Needed:
    """Return the uses that the hits of a tree are asked for again."""
    return [tuple(use for one in group for use in answers.uses.get(one, ())) for group in required(tree)]


def each(needed: Needed) -> tuple[Use, ...]:
    """Return the uses of some groups, each once."""
    return tuple(dict.fromkeys(chain.from_iterable(needed)))


def required(tree: Node) -> list[tuple[Usable, ...]]:
    """Return groups of questions, of each of which every hit answers one with yes."""
    match tree:
        case Usable():
            return [(tree,)]
        case And(parts):
            return [group for part in parts for group in required(part)]
        case Or(parts):
            ways = islice(product(*map(required, parts)), MOST_GROUPS)
            return [tuple(dict.fromkeys(chain.from_iterable(some))) for some in ways]
    return []
