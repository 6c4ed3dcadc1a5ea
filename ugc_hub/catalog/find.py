"""Lists assets, newest first, a page at a time; stable while new ones arrive."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TypeVarTuple

from sqlalchemy import BindParameter, ColumnElement, Select, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from ugc_hub.accounts import Actor, require
from ugc_hub.accounts.actors import only_own
from ugc_hub.errors import Invalid
from ugc_hub.hub import Hub
from ugc_hub.models import Asset, Campaign, Creator
from ugc_hub.search.documents import spelled

from .view import AssetView, ordered, rows, said, view

Columns = TypeVarTuple("Columns")
MOST = 200
KINDS = ("image", "animation", "video")
STATES = ("received", "ready")
MOST_WORDS = 8
"""Words of a text that are looked for; a list passes over the others."""


@dataclass(frozen=True)
class Query:
    """What to list. `cursor` is the last page's `next_cursor`; `limit` 1..200; text is looked for in names."""

    cursor: str | None = None
    limit: int = 50
    kind: str | None = None
    status: str | None = None
    creator: str | None = None
    campaign: str | None = None
    text: str | None = None
    trash: bool = False
    """What lies in the trash, instead of what does not."""


@dataclass(frozen=True)
class Page:
    """Some assets, and the cursor of the next page or None at the end."""

    items: list[AssetView]
    next_cursor: str | None


def _normal(text: str) -> str:
    """Names are kept in NFC; what somebody types or pastes may be composed differently."""
    return unicodedata.normalize("NFC", text).strip()


def find(hub: Hub, actor: Actor, query: Query) -> Page:
    """List the assets that the actor may see.

    Raises:
        Invalid: a filter has a value that does not exist.
        Forbidden: the actor may not see assets, or not what lies in the trash.
    """
    _check(actor, query)
    if not 1 <= query.limit <= MOST:
        raise Invalid(f"limit is between 1 and {MOST}.", extra={"field": "limit"})
    with hub.database.read() as session:
        wanted = _filtered(rows(), session, actor, query).order_by(Asset.id.desc()).limit(query.limit + 1)
        if query.cursor:
            wanted = wanted.where(Asset.id < query.cursor)
        found = session.execute(wanted).all()
        hidden = ordered(session, actor, [asset.id for asset, _, _ in found])
        shown = found[: query.limit]
        items = said(session, [view(*row, hidden=row[0].id in hidden) for row in shown], hidden)
    return Page(items, items[-1].id if len(found) > query.limit else None)


def visible(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions on assets that the actor may look at: theirs or all, none erased, none of the trash."""
    return shown_to(only_own(actor, "asset.view"))


def shown_to(owner: str | BindParameter[str] | None) -> tuple[ColumnElement[bool], ...]:
    """Return the same for somebody who sees the assets of one creator, or, with None, all of them."""
    own = () if owner is None else (Asset.creator_id == owner,)
    return (Asset.status != "erased", Asset.trashed_at.is_(None), *own)


def matching(session: Session, actor: Actor, query: Query) -> Select[str]:
    """Return a select of the ids of all assets that a query finds, without order; cursor and limit count for nothing.

    Raises: as `find`.
    """
    _check(actor, query)
    named = select(Asset.id).outerjoin(Creator, Asset.creator_id == Creator.id)
    return _filtered(named.outerjoin(Campaign, Asset.campaign_id == Campaign.id), session, actor, query)


def count(hub: Hub, actor: Actor, query: Query) -> int:
    """Return how many assets a query finds.

    Raises: as `find`.
    """
    with hub.database.read() as session:
        return session.scalar(select(func.count()).select_from(matching(session, actor, query).subquery())) or 0


def _check(actor: Actor, query: Query) -> None:
    require(actor, "asset.view")
    if query.trash:
        require(actor, "asset.edit")
    for name, value, known in (("kind", query.kind, KINDS), ("status", query.status, STATES)):
        if value and value not in known:
            raise Invalid(f"{name} is one of {', '.join(known)}.", extra={"field": name})


def _filtered(wanted: Select[*Columns], session: Session, actor: Actor, query: Query) -> Select[*Columns]:
    # What was erased leaves a record and nothing to see.
    wanted = wanted.where(Asset.status != "erased")
    wanted = wanted.where(Asset.trashed_at.is_not(None) if query.trash else Asset.trashed_at.is_(None))
    if (owner := only_own(actor, "asset.view")) is not None:
        wanted = wanted.where(Asset.creator_id == owner)
    if query.kind:
        wanted = wanted.where(Asset.kind == query.kind)
    if query.status:
        wanted = wanted.where(Asset.status == query.status)
    if query.creator:
        handle = _normal(query.creator).removeprefix("@").lower()
        wanted = wanted.where(Creator.handle.in_(_meant(session, Creator.handle, handle)))
    if query.campaign:
        wanted = wanted.where(Campaign.name.in_(_meant(session, Campaign.name, _normal(query.campaign))))
    for word in _normal(query.text or "").split()[:MOST_WORDS]:
        columns = (Asset.file_name, Creator.handle, Campaign.name)
        wanted = wanted.where(or_(*(column.icontains(word, autoescape=True) for column in columns)))
    return wanted


def _meant(session: Session, names: InstrumentedAttribute[str], name: str) -> list[str]:
    """The names that one stands for: that which is spelled so, else those that a search would take for it."""
    if session.scalar(select(names).where(names == name)) is not None:
        return [name]
    return [one for one in session.scalars(select(names)) if spelled(one) == spelled(name)]
