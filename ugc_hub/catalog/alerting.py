"""Finds what is new for saved searches whose owners want to be told, each asset once for each of them.

A search runs as its owner, with what they may see today. An asset is new if it came in after the alert was set and
within `NEW_DAYS`, so that one that gets its tags or its rights some days later is told of as well. Only what changed
since the last look is asked about (`fresh`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from ugc_hub.accounts import Actor, actor_of, may
from ugc_hub.accounts.actors import only_own
from ugc_hub.audit import record
from ugc_hub.errors import Invalid
from ugc_hub.hub import Hub
from ugc_hub.models import Asset, SavedSearch, SearchHit, User

from .find import MOST
from .fresh import NEW_DAYS, Look, NoIndex
from .questions import problem, question_of
from .search import Found, search
from .view import AssetView, ordered
from .wanted import Search

KEPT_DAYS = 90
"""How long it is kept of what was told: longer than anything is new."""
NAMED = 100
"""Assets that an entry of the audit names."""
AT_ONCE = 500


@dataclass(frozen=True)
class News:
    """What a search found, before it is known which of it was told already."""

    search_id: str
    since: datetime
    """When its alert was set; another time means that it is another alert now."""
    asset_ids: tuple[str, ...]


def watchers(session: Session) -> list[str]:
    """Return the ids of users whose searches are to tell them of something."""
    wanted = select(SavedSearch.user_id).join(User, User.id == SavedSearch.user_id).distinct()
    wanted = wanted.where(SavedSearch.alert_since.is_not(None), User.disabled_at.is_(None))
    return list(session.scalars(wanted.order_by(SavedSearch.user_id)))


def find_news(hub: Hub, user_id: str, look: Look) -> list[News]:
    """Return what the searches of a user find among the assets of a look.

    Raises:
        NoIndex: there is no index to ask any more.
    """
    with hub.database.read() as session:
        user = session.get(User, user_id)
        wanted = select(SavedSearch).where(SavedSearch.user_id == user_id, SavedSearch.alert_since.is_not(None))
        rows = session.scalars(wanted.order_by(SavedSearch.id)).all()
    if user is None or user.disabled_at is not None or not may(actor_of(user), "asset.view"):
        return []
    return [one for row in rows if (one := _news(hub, actor_of(user), row, look)) and one.asset_ids]


def _news(hub: Hub, actor: Actor, row: SavedSearch, look: Look) -> News | None:
    asked = question_of(row)
    if row.alert_since is None or problem(hub, actor, asked):
        return None
    since = max(row.alert_since, look.at - timedelta(days=NEW_DAYS))
    plain = Search(asked.text, asked.chosen, sort="newest", limit=MOST)
    try:
        found = (
            _all(hub, actor, replace(plain, since=since)) if look.ids is None else _some(hub, actor, plain, look.ids)
        )
        ids = tuple(one.id for one in found if one.status == "ready" and one.created_at >= since)
    except Invalid:
        return None  # kept by another version, which knew a choice that this one does not
    return News(row.id, row.alert_since, ids)


def _all(hub: Hub, actor: Actor, wanted: Search) -> Iterator[AssetView]:
    page = _page(hub, actor, wanted)
    yield from (one.asset for one in page.items)
    while page.next_cursor is not None:
        page = _page(hub, actor, replace(wanted, cursor=page.next_cursor))
        yield from (one.asset for one in page.items)


def _some(hub: Hub, actor: Actor, wanted: Search, ids: tuple[str, ...]) -> Iterator[AssetView]:
    for start in range(0, len(ids), MOST):
        page = _page(hub, actor, replace(wanted, among=frozenset(ids[start : start + MOST])))
        yield from (one.asset for one in page.items)


def _page(hub: Hub, actor: Actor, wanted: Search) -> Found:
    found = search(hub, actor, wanted)
    if not found.indexed:
        raise NoIndex
    return found


def keep_news(hub: Hub, session: Session, found: Iterable[News]) -> dict[str, list[str]]:
    """Keep what was not told before, and return it by search, for those whose owners get mail.

    In the caller's transaction, so that what is kept and what tells of it are written together.
    """
    hub.database.serialise(session, "alerts")
    mailed = {}
    for one in found:
        row = session.get(SavedSearch, one.search_id)
        if row is None or row.alert_since != one.since:
            continue
        fresh = [asset_id for part in _parts(one.asset_ids) for asset_id in _untold(session, row.id, part)]
        if not fresh:
            continue
        hits = [{"search_id": row.id, "asset_id": asset_id, "found_at": hub.now()} for asset_id in fresh]
        session.execute(insert(SearchHit), hits)
        if row.shared:
            record(session, hub.now(), "search.found", row.id, assets=fresh[:NAMED], count=len(fresh))
        if row.alert == "mail":
            mailed[row.id] = fresh
    return mailed


def _parts(ids: tuple[str, ...]) -> Iterable[list[str]]:
    """Some at a time: databases take few values in a statement."""
    return (list(ids[start : start + AT_ONCE]) for start in range(0, len(ids), AT_ONCE))


def _untold(session: Session, search_id: str, ids: list[str]) -> list[str]:
    told = set(
        session.scalars(select(SearchHit.asset_id).where(SearchHit.search_id == search_id, SearchHit.asset_id.in_(ids)))
    )
    there = select(Asset.id).where(Asset.id.in_(ids), Asset.status == "ready", Asset.trashed_at.is_(None))
    known = set(session.scalars(there)) - told
    return [one for one in ids if one in known]


def names_of(session: Session, actor: Actor, asset_ids: list[str]) -> Mapping[str, str]:
    """Return titles or file names of those of the assets that the actor may see now; none that a legal order hides."""
    if not may(actor, "asset.view"):
        return {}
    wanted = select(Asset).where(Asset.id.in_(asset_ids), Asset.status == "ready", Asset.trashed_at.is_(None))
    if (owner := only_own(actor, "asset.view")) is not None:
        wanted = wanted.where(Asset.creator_id == owner)
    hidden = ordered(session, actor, asset_ids)
    rows = session.scalars(wanted.order_by(Asset.id.desc()))
    return {row.id: row.title or row.file_name for row in rows if row.id not in hidden}


def forget_news(hub: Hub) -> int:
    """Remove what was told so long ago that it is not new to anything; returns the number of hits."""
    old = SearchHit.found_at < hub.now() - timedelta(days=KEPT_DAYS)
    with hub.database.write() as session:
        gone = session.execute(delete(SearchHit).where(old))
        return gone.rowcount  # type: ignore[no-any-return, attr-defined]
