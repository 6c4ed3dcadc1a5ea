"""What there is to see of collections: by hand, what was put in and can be shown; live, what their query finds now."""

from __future__ import annotations

import re
from collections.abc import Collection as Some
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import Session

from ugc_hub.accounts import Actor, require
from ugc_hub.errors import Invalid, NotFound, Unavailable
from ugc_hub.hub import Hub
from ugc_hub.models import Asset, Collection, CollectionItem

from .find import MOST, visible
from .search import Found, FoundAsset, search
from .tiles import views
from .using import channels_of
from .view import AssetView
from .wanted import Search

USUAL = ""
"""The order of a live collection for which none was chosen: best match where there are words, else newest."""
_CURSOR = re.compile(r"p(-?[0-9]{1,18})")


@dataclass(frozen=True)
class LiveQuery:
    """What fills a live collection: a query in the language of the search, choices of facets, an order of `SORTS`."""

    text: str = ""
    chosen: Mapping[str, frozenset[str]] = field(default_factory=dict)
    sort: str = USUAL

    def search(self, *, limit: int, cursor: str | None = None) -> Search:
        """Return it as a search; the order by chance is the same for everybody, so that pages fit together.

        What is in a collection is used without being looked at, so no word is read as another.
        """
        sort = self.sort or ("relevance" if self.text.strip() else "newest")
        return Search(self.text, self.chosen, sort=sort, limit=limit, cursor=cursor, as_written=True)

    def as_dict(self) -> dict[str, Any]:
        """Return plain values."""
        chosen = {name: sorted(values) for name, values in self.chosen.items() if values}
        return {"q": self.text, "chosen": chosen, "sort": self.sort}


@dataclass(frozen=True)
class CollectionView:
    """A collection as somebody sees it. `count` is None where a live one cannot be answered for want of an index."""

    id: str
    name: str
    description: str
    created_at: datetime
    user_id: str | None
    query: LiveQuery | None
    """None of one that is filled by hand."""
    count: int | None = 0
    cover: AssetView | None = None
    """The chosen one, or the first that the actor may see."""
    cover_id: str | None = None
    """What was chosen, whether or not it can be shown now."""
    problem: str = ""
    """What of the query of a live one cannot be read, or not be asked by the actor; it then holds a best guess."""

    def as_dict(self) -> dict[str, Any]:
        """Return plain values, the cover as its id."""
        names = ("id", "name", "description", "created_at", "count", "problem")
        return {
            **{name: getattr(self, name) for name in names},
            "live": self.query.as_dict() if self.query else None,
            "cover": self.cover.id if self.cover else None,
        }


@dataclass(frozen=True)
class CollectionPage:
    """Some collections by name, and the cursor of the next page or None at the end."""

    items: tuple[CollectionView, ...]
    next_cursor: str | None


def require_view(actor: Actor) -> None:
    """Do nothing where the actor may look at collections; else raise.

    Raises:
        Forbidden: the role or the token's scopes do not allow it.
    """
    require(actor, "collection.view")
    require(actor, "asset.view")


def require_edit(actor: Actor) -> None:
    """Do nothing where the actor may change collections; else raise.

    Raises:
        Forbidden: the role or the token's scopes do not allow it.
    """
    require(actor, "collection.edit")
    require_view(actor)


def load(session: Session, collection_id: str) -> Collection:
    """Return the row of a collection.

    Raises:
        NotFound: there is none of this id.
    """
    row = session.get(Collection, collection_id)
    if row is None:
        raise NotFound("There is no such collection.")
    return row


def locked(hub: Hub, session: Session, collection_id: str) -> Collection:
    """Return the row of a collection that nobody else changes until the transaction ends.

    Raises:
        NotFound: there is none of this id.
    """
    hub.database.serialise(session, f"collection:{collection_id}")
    return load(session, collection_id)


def query_of(row: Collection) -> LiveQuery:
    """Return the query of a live collection."""
    return LiveQuery(row.query, {name: frozenset(values) for name, values in row.chosen.items()}, row.sort)


def shown(actor: Actor) -> Select[CollectionItem]:
    """Return the items whose assets the actor may look at."""
    return select(CollectionItem).join(Asset, Asset.id == CollectionItem.asset_id).where(*visible(actor))


def _by_hand(session: Session, actor: Actor, ids: Some[str]) -> dict[str, tuple[int, AssetView | None]]:
    """How many assets somebody sees in manual collections, and the cover of each, in a fixed number of statements."""
    if not ids:
        return {}
    cover_first = case((CollectionItem.asset_id == Collection.cover_id, 0), else_=1)
    ranked = (
        shown(actor)
        .join(Collection, Collection.id == CollectionItem.collection_id)
        .where(CollectionItem.collection_id.in_(list(ids)))
        .with_only_columns(
            CollectionItem.collection_id,
            CollectionItem.asset_id,
            func.count().over(partition_by=CollectionItem.collection_id).label("number"),
            func.row_number()
            .over(partition_by=CollectionItem.collection_id, order_by=(cover_first, CollectionItem.position))
            .label("place"),
        )
    ).subquery()
    first = select(ranked.c.collection_id, ranked.c.number, ranked.c.asset_id).where(ranked.c.place == 1)
    found = {one: (number, asset_id) for one, number, asset_id in session.execute(first)}
    covers = views(session, actor, [asset_id for _, asset_id in found.values()])
    return {one: (number, covers.get(asset_id)) for one, (number, asset_id) in found.items()}


def seen(hub: Hub, actor: Actor, rows: Iterable[Collection]) -> tuple[CollectionView, ...]:
    """Return collections as the actor sees them; each live one costs a search, all others some statements together."""
    rows = tuple(rows)
    with hub.database.read() as session:
        by_hand = _by_hand(session, actor, [row.id for row in rows if not row.live])
    return tuple(_live(hub, actor, row) if row.live else _view(row, *by_hand.get(row.id, (0, None))) for row in rows)


def _view(
    row: Collection, count: int | None, cover: AssetView | None, query: LiveQuery | None = None
) -> CollectionView:
    kept = (row.id, row.name, row.description, row.created_at, row.user_id)
    return CollectionView(*kept, query, count, cover, row.cover_id)


def _live(hub: Hub, actor: Actor, row: Collection) -> CollectionView:
    query = query_of(row)
    found = answered(hub, actor, query.search(limit=1))
    view = _view(row, found.total, found.items[0].asset if found.items else None, query)
    return replace(view, problem=found.problems[0].message) if found.problems else view


def answered(hub: Hub, actor: Actor, wanted: Search) -> Found:
    """Return what a live collection holds; nothing without an index, for a list of names would be another collection.

    Raises: as `search`.
    """
    found = search(hub, actor, wanted)
    return found if found.indexed else Found((), None, indexed=False)


def look(hub: Hub, actor: Actor, collection_id: str, *, cursor: str | None = None, limit: int = 48) -> Found:
    """Return a page of the assets of a collection: in its order, or as its query finds them now.

    Without an index a live collection cannot be answered: `indexed` is False, and `total` None.

    Raises:
        Invalid: the cursor is none of this collection, or the limit is not within 1..200.
        NotFound: there is no such collection.
        Forbidden: the actor may not look at collections.
    """
    require_view(actor)
    if not 1 <= limit <= MOST:
        raise Invalid(f"limit is between 1 and {MOST}.", extra={"field": "limit"})
    with hub.database.read() as session:
        row = load(session, collection_id)
        if not row.live:
            return _placed(hub, session, actor, row=row, after=_place(cursor), limit=limit)
    return answered(hub, actor, query_of(row).search(limit=limit, cursor=cursor))


def _place(cursor: str | None) -> int | None:
    if not cursor:
        return None
    found = _CURSOR.fullmatch(cursor)
    if found is None:
        words = "The cursor does not belong to this collection; begin at the first page."
        raise Invalid(words, extra={"field": "cursor"})
    return int(found[1])


def _placed(hub: Hub, session: Session, actor: Actor, *, row: Collection, after: int | None, limit: int) -> Found:
    items = shown(actor).where(CollectionItem.collection_id == row.id)
    total = session.scalar(items.with_only_columns(func.count())) or 0
    wanted = items.order_by(CollectionItem.position).limit(limit + 1)
    if after is not None:
        wanted = wanted.where(CollectionItem.position > after)
    found = list(session.scalars(wanted))
    ids = [item.asset_id for item in found[:limit]]
    assets = views(session, actor, ids)
    uses = channels_of(hub, session, actor, ids)
    following = f"p{found[limit - 1].position}" if len(found) > limit else None
    hits = tuple(FoundAsset(assets[one], uses.get(one, ())) for one in ids if one in assets)
    return Found(hits, total, next_cursor=following)


def asset_ids(hub: Hub, actor: Actor, collection_id: str, *, most: int) -> list[str]:
    """Return the ids of the assets of a collection in its order; one more than `most` where there are more.

    Raises:
        Unavailable: a live collection cannot be answered, because the index is being built.
        NotFound: there is no such collection.
        Forbidden: the actor may not look at collections.
    """
    found: list[str] = []
    cursor = None
    while len(found) <= most:
        page = look(hub, actor, collection_id, cursor=cursor, limit=MOST)
        if not page.indexed:
            raise Unavailable("The index of the search is being built. Try again in a minute.")
        found += [one.asset.id for one in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    return found[: most + 1]
