"""More like this: near duplicates, pictures with the same colours, and those that look alike."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ugc_hub.accounts import Actor, may
from ugc_hub.accounts.actors import only_own
from ugc_hub.errors import Invalid
from ugc_hub.hub import Hub
from ugc_hub.models import Asset, AssetLook
from workers.media.embedding import dimensions, title
from workers.media.nearest import Limits, Row, Shelf

from .view import AssetView, load, ordered, rows, said, under_order, view, visible_links

BY = ("look", "colour", "duplicate")
MOST = 50
HASH_BITS = 64
FARTHEST = {"look": 0.5, "colour": 0.25}
"""Beyond it, pictures have no more in common than any two."""
_KEPT = "looks"
_SPARE = 20
"""Ranked besides: an asset may be erased between the ranking and the page."""


@dataclass(frozen=True)
class Similar:
    """An asset that is like another: `distance` 0 (the same) to 1, and in words what they have in common."""

    asset: AssetView
    distance: float
    why: str


@dataclass(frozen=True)
class _Kept:
    """All looks as they were when the newest had a number and there were so many."""

    embedder: str
    newest: int
    shelf: Shelf


def similar(hub: Hub, actor: Actor, asset_id: str, by: str, *, limit: int = 12) -> list[Similar]:
    """Return the assets most like one, nearest first, of those that the actor may see.

    `by` is `look` (where which colours and edges lie), `colour` (which colours) or `duplicate` (the same picture made
    larger, smaller, paler and the like). `limit` is 1..50. Distances are explained in docs/explanation/similarity.md.

    Raises:
        Invalid: `by` or `limit` has no such value.
        NotFound: there is no such asset, or the actor may not know of it.
        Gone: the file was refused, or the asset erased.
    """
    if by not in BY:
        raise Invalid(f"by is one of {', '.join(BY)}.", extra={"field": "by"})
    if not 1 <= limit <= MOST:
        raise Invalid(f"limit is between 1 and {MOST}.", extra={"field": "limit"})
    with hub.database.read() as session:
        load(session, actor, asset_id)
        if ordered(session, actor, [asset_id]):
            return []
        if by == "duplicate":
            near = _duplicates(session, actor, asset_id)
        else:
            near = _near(hub, session, actor, Wanted(asset_id, by, limit + _SPARE))
        return _shown(session, actor, near)[:limit]


@dataclass(frozen=True)
class Wanted:
    """What is looked for: the like of an asset, by what, and how many."""

    asset_id: str
    by: str
    count: int


Near = dict[str, tuple[float, str]]


def _duplicates(session: Session, actor: Actor, asset_id: str) -> Near:
    words = {"same_pixels": "The same picture", "near_duplicate": "The same picture, changed"}
    found = visible_links(session, actor, asset_id)
    return {link.asset_id: (link.distance / HASH_BITS, words[link.kind]) for link in found}


def _near(hub: Hub, session: Session, actor: Actor, wanted: Wanted) -> Near:
    shelf = _shelf(hub, session)
    hidden = _hidden(session, actor)
    owner = only_own(actor, "asset.view")
    own = None if owner is None else set(session.scalars(select(Asset.id).where(Asset.creator_id == owner)))
    limits = Limits(wanted.count, hidden, own)
    ask: Callable[[str, Limits], list[tuple[str, float]]] = shelf.look if wanted.by == "look" else shelf.colours
    why = "Colours and edges lie alike" if wanted.by == "look" else "Close colours"
    found = ask(wanted.asset_id, limits)
    return {other: (distance, why) for other, distance in found if distance <= FARTHEST[wanted.by]}


def _hidden(session: Session, actor: Actor) -> set[str]:
    """Return all assets that lie in the trash, or that a legal order hides from the actor."""
    trashed = set(session.scalars(select(Asset.id).where(Asset.trashed_at.is_not(None))))
    return trashed if may(actor, "rights.legal") else trashed | set(session.scalars(under_order()))


def _shown(session: Session, actor: Actor, near: Near) -> list[Similar]:
    shown = Asset.id.in_(list(near)) & (Asset.status == "ready") & Asset.trashed_at.is_(None)
    found = session.execute(rows().where(shown)).all() if near else []
    hidden = ordered(session, actor, list(near)) if near else set()
    shown_now = said(session, [view(*row) for row in found if row[0].id not in hidden])
    views = {one.id: one for one in shown_now}
    return [Similar(views[other], *of) for other, of in near.items() if other in views]


def _shelf(hub: Hub, session: Session) -> Shelf:
    """Return all looks; only what changed since the last time is read, all of it where some were removed."""
    embedder = title(hub.settings.embedder)
    mine = AssetLook.embedder == embedder
    count, newest = session.execute(select(func.count(), func.max(AssetLook.number)).where(mine)).one()
    kept = hub.kept.get(_KEPT)
    if isinstance(kept, _Kept) and kept.embedder == embedder:
        if (kept.newest, len(kept.shelf)) == (newest or 0, count):
            return kept.shelf
        shelf = kept.shelf.added(_rows(session, embedder, kept.newest))
        if len(shelf) == count:
            hub.kept[_KEPT] = _Kept(embedder, newest or 0, shelf)
            return shelf
    shelf = Shelf(dimensions(hub.settings.embedder)).added(_rows(session, embedder, -1))
    hub.kept[_KEPT] = _Kept(embedder, newest or 0, shelf)
    return shelf


def _rows(session: Session, embedder: str, after: int) -> list[Row]:
    wanted = select(AssetLook.asset_id, AssetLook.vector, AssetLook.palette)
    found = session.execute(wanted.where(AssetLook.embedder == embedder, AssetLook.number > after))
    return [Row(*row) for row in found]
