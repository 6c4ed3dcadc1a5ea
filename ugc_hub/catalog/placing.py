"""Which assets are in a manual collection, and in which order."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from ugc_hub.accounts import Actor
from ugc_hub.audit import record
from ugc_hub.errors import Conflict, Invalid, NotFound
from ugc_hub.hub import Hub
from ugc_hub.models import Asset, Collection, CollectionItem

from .collected import locked, require_edit, shown
from .collecting import clean_name, insert_row
from .find import visible
from .selecting import FIELD, Selection, batches, meant
from .words import key

MOST = 10_000
"""Assets of one collection."""
GAP = 1 << 20
"""Between neighbours at first: an asset can be put between two others some twenty times before all are placed anew."""


@dataclass(frozen=True)
class Added:
    """What came of putting assets in: new ones, those that were there, and ids of nothing that can be shown."""

    added: int
    known: int
    passed_over: int


@dataclass(frozen=True)
class Move:
    """Where to put assets: before another one, or at the end; or one asset by some places, earlier where negative."""

    asset_ids: tuple[str, ...]
    before: str | None = None
    by: int = 0


def collect(hub: Hub, actor: Actor, collection_id: str, selection: Selection) -> Added:
    """Put assets at the end of a manual collection, in the order in which they are named or listed.

    Raises:
        Conflict: the collection is live (code `live_collection`), or would hold more than `MOST` (code `too_many`).
        Invalid: nothing is chosen, or more than `MOST`.
        NotFound: there is no such collection.
        Unavailable: a search is meant, and there is no index.
        Forbidden: the actor may not change collections.
    """
    require_edit(actor)
    ids = _each(meant(hub, actor, selection))
    with hub.database.write() as session:
        return _fill(hub, session, actor, row=_manual(hub, session, collection_id), ids=ids)


def collect_as(hub: Hub, actor: Actor, name: str, selection: Selection) -> tuple[str, Added]:
    """Do the same by the name of a collection, which is made where there is none; returns its id as well.

    Raises: as `collect`; Invalid where the name cannot be that of a collection.
    """
    require_edit(actor)
    text, ids = clean_name(name), _each(meant(hub, actor, selection))
    with hub.database.write() as session:
        known = session.scalars(select(Collection.id).where(Collection.folded == key(text))).one_or_none()
        row = _manual(hub, session, known) if known else insert_row(hub, session, actor, text)
        return row.id, _fill(hub, session, actor, row=row, ids=ids)


def _fill(hub: Hub, session: Session, actor: Actor, *, row: Collection, ids: Sequence[str]) -> Added:
    wanted = _known(session, actor, ids)
    has = _order(session, row.id)
    new = [one for one in wanted if one not in has]
    if len(has) + len(new) > MOST:
        raise Conflict(f"A collection holds at most {MOST:,} assets.", code="too_many")
    last = max(has.values(), default=0)
    rows = [
        {"collection_id": row.id, "asset_id": one, "position": last + GAP * place} for place, one in enumerate(new, 1)
    ]
    if rows:
        session.execute(insert(CollectionItem), rows)
        record(session, hub.now(), "collection.filled", row.id, actor=actor.user_id, assets=len(rows))
    return Added(len(new), len(wanted) - len(new), len(ids) - len(wanted))


def take_out(hub: Hub, actor: Actor, collection_id: str, asset_ids: Iterable[str]) -> int:
    """Take assets out of a manual collection; returns how many were in it. The assets stay as they are.

    Raises: as `collect`.
    """
    require_edit(actor)
    wanted = _each(asset_ids)
    with hub.database.write() as session:
        row = _manual(hub, session, collection_id)
        gone = 0
        for some in batches(wanted):
            of_these = (CollectionItem.collection_id == row.id) & CollectionItem.asset_id.in_(some)
            gone += session.execute(delete(CollectionItem).where(of_these)).rowcount  # type: ignore[attr-defined]
        if row.cover_id in wanted:
            row.cover_id = None
        if gone:
            record(session, hub.now(), "collection.emptied", row.id, actor=actor.user_id, assets=gone)
    return gone


def move(hub: Hub, actor: Actor, collection_id: str, wanted: Move) -> None:
    """Give assets of a manual collection another place; several stay in the order in which they are named.

    Places are counted among the assets that can be shown: by one means past the neighbour that one sees.

    Raises:
        Invalid: nothing is chosen, an asset would stand before itself, or several are moved by a number of places.
        NotFound: there is no such collection, or one of the assets is not in it.
        Conflict: the collection is live.
        Forbidden: the actor may not change collections.
    """
    require_edit(actor)
    moved = _each(wanted.asset_ids)
    if wanted.before in moved or (wanted.by and (len(moved) > 1 or wanted.before is not None)):
        field = "by" if wanted.by else "before"
        raise Invalid("Move assets before another one, or one asset by some places.", extra={"field": field})
    with hub.database.write() as session:
        row = _manual(hub, session, collection_id)
        has = _order(session, row.id)
        if any(one not in has for one in (*moved, *filter(None, [wanted.before]))):
            raise NotFound("This asset is not in the collection.")
        before = _neighbour(session, actor, row.id, (moved[0], wanted.by)) if wanted.by else wanted.before
        rest = [one for one in has if one not in set(moved)]
        place = rest.index(before) if before is not None else len(rest)
        order = [*rest[:place], *moved, *rest[place:]]
        if order == list(has):
            return
        _place(session, row.id, has, (order, place, len(moved)))
        record(session, hub.now(), "collection.ordered", row.id, actor=actor.user_id, assets=len(moved))


def _manual(hub: Hub, session: Session, collection_id: str) -> Collection:
    row = locked(hub, session, collection_id)
    if row.live:
        words = f"“{row.name}” is a live collection: its query says what is in it."
        raise Conflict(words, code="live_collection")
    return row


def _each(asset_ids: Iterable[str]) -> list[str]:
    found = list(dict.fromkeys(asset_ids))
    if not 1 <= len(found) <= MOST:
        words = f"Choose at most {MOST:,} assets at once." if found else "No asset is chosen."
        raise Invalid(words, extra=FIELD)
    return found


def _known(session: Session, actor: Actor, ids: Sequence[str]) -> list[str]:
    """Return those of the ids that the actor can be shown, in their order."""
    shown_now: set[str] = set()
    for some in batches(ids):
        shown_now |= set(session.scalars(select(Asset.id).where(Asset.id.in_(some), *visible(actor))))
    return [one for one in ids if one in shown_now]


def _order(session: Session, collection_id: str) -> dict[str, int]:
    """All assets of a collection with their positions, in its order."""
    wanted = select(CollectionItem.asset_id, CollectionItem.position)
    wanted = wanted.where(CollectionItem.collection_id == collection_id).order_by(CollectionItem.position)
    return {row.asset_id: row.position for row in session.execute(wanted)}


def _neighbour(session: Session, actor: Actor, collection_id: str, moved: tuple[str, int]) -> str | None:
    """The asset before which another one stands after it was moved by some places; None at the end."""
    asset_id, by = moved
    wanted = shown(actor).where(CollectionItem.collection_id == collection_id).order_by(CollectionItem.position)
    seen = list(session.scalars(wanted.with_only_columns(CollectionItem.asset_id)))
    if asset_id not in seen:
        raise NotFound("This asset cannot be seen in the collection.")
    place = max(seen.index(asset_id) + by, 0)
    seen.remove(asset_id)
    return seen[place] if place < len(seen) else None


def _place(session: Session, collection_id: str, has: dict[str, int], new: tuple[list[str], int, int]) -> None:
    """Write the positions of what was moved; where there is no room between its neighbours, those of all."""
    order, start, count = new
    end = start + count
    low = has[order[start - 1]] if start else None
    high = has[order[end]] if end < len(order) else None
    if low is None:
        low = (high or 0) - GAP * (count + 1)
    step = GAP if high is None else (high - low) // (count + 1)
    if step:
        positions = {one: low + step * number for number, one in enumerate(order[start:end], 1)}
    else:
        positions = {one: GAP * number for number, one in enumerate(order, 1)}
    rows = [
        {"collection_id": collection_id, "asset_id": one, "position": position} for one, position in positions.items()
    ]
    session.execute(update(CollectionItem), rows)
