"""Searches that people keep under a name, for themselves or for the house."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, func, or_, select
from sqlalchemy.orm import Session

from ugc_hub.accounts import Actor, may, require
from ugc_hub.accounts.actors import only_own
from ugc_hub.audit import record
from ugc_hub.errors import Conflict, Forbidden, Invalid, NotFound
from ugc_hub.hub import Hub
from ugc_hub.models import Asset, SavedSearch, SearchHit, User

from .questions import Question, checked, problem, question_of

MOST = 100
"""Saved searches of one person."""
LONGEST_NAME = 100
ALERTS = ("none", "hub", "mail")
"""Whether the owner is told of new assets: not at all, in the list of searches, and there and by e-mail."""


@dataclass(frozen=True)
class SavedView:
    """A saved search as somebody sees it."""

    id: str
    name: str
    question: Question
    shared: bool
    mine: bool
    owner: str
    """Name or address of whoever saved it."""
    created_at: datetime
    alert: str = "none"
    """One of `ALERTS`; that of others is nobody's business, and `none`."""
    new: int | None = None
    """Assets found since the owner last looked. None: nobody is told, or whoever asks may see less than the owner."""
    problem: str = ""
    """Why it tells its owner of nothing: what of it cannot be read, or not be asked by them, any more."""


@dataclass(frozen=True)
class SearchChange:
    """What becomes of a saved search; None leaves a field alone."""

    name: str | None = None
    question: Question | None = None
    shared: bool | None = None
    alert: str | None = None


def save(hub: Hub, actor: Actor, name: str, question: Question, *, shared: bool = False, alert: str = "none") -> str:
    """Keep a search under a name and return its id.

    Raises:
        Conflict: the actor has a search of this name, or `MOST` of them.
        Forbidden: the actor may not see assets, may not change what their user keeps
            (`account.edit`), is no person, or would share what is only about their own assets.
        Invalid: nothing is asked, a value cannot be, or it is to tell of new assets and cannot be read.
    """
    user_id = person(actor)
    with hub.database.write() as session:
        hub.database.serialise(session, f"searches:{user_id}")
        count = select(func.count()).select_from(SavedSearch).where(SavedSearch.user_id == user_id)
        if (session.scalar(count) or 0) >= MOST:
            raise Conflict(f"You have {MOST} searches. Remove one that you no longer need.", code="too_many_searches")
        row = SavedSearch(id=hub.new_id("sch"), created_at=hub.now(), user_id=user_id, shared=False, alert="none")
        _set(hub, session, actor, row=row, change=SearchChange(name, question, shared, alert))
        session.add(row)
        session.flush()
        # Without the words: they may name people, and an entry can never be erased.
        record(session, hub.now(), "search.saved", row.id, actor=user_id, shared=row.shared, alert=row.alert)
    return row.id


def change(hub: Hub, actor: Actor, search_id: str, wanted: SearchChange) -> None:
    """Change a saved search; whoever keeps tags in order may take one of others back from the house, and no more.

    Raises: as `save`; NotFound where the actor sees no such search.
    """
    user_id = person(actor)
    with hub.database.write() as session:
        hub.database.serialise(session, f"searches:{user_id}")
        row = _seen(session, actor, search_id)
        if row.user_id != user_id and not (wanted == SearchChange(shared=False) and may(actor, "tag.edit")):
            raise Forbidden("Only who saved a search changes it. Save it as your own.")
        fields = [name for name, value in vars(wanted).items() if value is not None]
        _set(hub, session, actor, row=row, change=wanted)
        record(session, hub.now(), "search.changed", row.id, actor=user_id, fields=fields, shared=row.shared)


def remove(hub: Hub, actor: Actor, search_id: str) -> None:
    """Remove a search that the actor saved.

    Raises: Forbidden, NotFound, as `change`.
    """
    user_id = person(actor)
    with hub.database.write() as session:
        row = _seen(session, actor, search_id)
        if row.user_id != user_id:
            raise Forbidden("Only who saved a search removes it.")
        session.delete(row)
        record(session, hub.now(), "search.removed", row.id, actor=user_id)


def person(actor: Actor) -> str:
    """Return the id of whoever keeps searches of their own, or takes them away.

    Raises:
        Forbidden: the actor may not see assets, may only look at what their user keeps, or is the hub itself.
    """
    require(actor, "asset.view")
    require(actor, "account.edit")  # every role may; a token only where its scopes say so
    if actor.user_id is None:
        raise Forbidden("Only somebody who signs in has searches of their own.")
    return actor.user_id


def _house(actor: Actor) -> bool:
    """Whether the actor is one of the house, who see all assets; creators see their own and no shared searches."""
    return only_own(actor, "asset.view") is None


def _visible(actor: Actor) -> ColumnElement[bool]:
    mine = SavedSearch.user_id == (actor.user_id or "")
    return or_(mine, SavedSearch.shared.is_(True)) if _house(actor) else mine


def _seen(session: Session, actor: Actor, search_id: str) -> SavedSearch:
    row = session.scalar(select(SavedSearch).where(SavedSearch.id == search_id, _visible(actor)))
    if row is None:
        raise NotFound("There is no such search.")
    return row


def _set(hub: Hub, session: Session, actor: Actor, *, row: SavedSearch, change: SearchChange) -> None:
    if change.name is not None:
        row.name = _name(session, row, change.name)
    asked_before = row.key
    if change.question is not None:
        question = checked(change.question)
        row.text, row.chosen, row.sort, row.key = question.text, question.plain, question.sort, question.key
    if change.shared and not _house(actor):
        raise Forbidden("A search among your own assets says nothing to others.")
    row.shared = row.shared if change.shared is None else change.shared
    if change.alert is not None and change.alert not in ALERTS:
        raise Invalid(f"alert is one of {', '.join(ALERTS)}.", extra={"field": "alert"})
    before, row.alert = row.alert, row.alert if change.alert is None else change.alert
    if row.alert == "none" or before == "none" or row.key != asked_before:
        if row.alert != "none" and (wrong := problem(hub, actor, question_of(row))):
            raise Invalid(f"A search tells of new assets only where all of it can be read. {wrong}")
        # From now on, and of nothing that was told of another question.
        session.execute(delete(SearchHit).where(SearchHit.search_id == row.id))
        row.alert_since = None if row.alert == "none" else hub.now()
        row.looked_at = None


def _name(session: Session, row: SavedSearch, given: str) -> str:
    name = " ".join(given.split())
    if not 1 <= len(name) <= LONGEST_NAME:
        raise Invalid(f"A name has 1 to {LONGEST_NAME} characters.", extra={"field": "name"})
    other = select(SavedSearch.id).where(SavedSearch.user_id == row.user_id, SavedSearch.name == name)
    if session.scalar(other.where(SavedSearch.id != row.id)) is not None:
        raise Conflict(f"You have a search “{name}” already.", code="name_taken")
    return name


def list_searches(hub: Hub, actor: Actor) -> list[SavedView]:
    """Return the actor's searches and then those that others share, each by name."""
    require(actor, "asset.view")
    with hub.database.read() as session:
        wanted = select(SavedSearch, User).join(User, User.id == SavedSearch.user_id).where(_visible(actor))
        rows = session.execute(wanted.order_by(SavedSearch.name, SavedSearch.id)).all()
        new = _new(session, actor)
    views = [_view(hub, actor, (row, user), new) for row, user in rows]
    return sorted(views, key=lambda one: not one.mine)


def get_search(hub: Hub, actor: Actor, search_id: str) -> SavedView:
    """Return one saved search.

    Raises:
        NotFound: there is none that the actor sees.
    """
    require(actor, "asset.view")
    with hub.database.read() as session:
        row = _seen(session, actor, search_id)
        return _view(hub, actor, (row, session.get_one(User, row.user_id)), _new(session, actor))


def news(hub: Hub, actor: Actor) -> int:
    """Return how many new assets the actor's searches found since they last looked, over all of them."""
    require(actor, "asset.view")
    with hub.database.read() as session:
        return sum(_new(session, actor).values())


def _view(hub: Hub, actor: Actor, kept: tuple[SavedSearch, User], new: Mapping[str, int]) -> SavedView:
    row, user = kept
    asked, owner = question_of(row), user.name or user.email
    view = SavedView(row.id, row.name, asked, row.shared, False, owner, created_at=row.created_at)
    if row.user_id != actor.user_id:
        return view
    if row.alert == "none" or not _whole(actor):
        return replace(view, mine=True, alert=row.alert)
    wrong = problem(hub, actor, asked)
    return replace(view, mine=True, alert=row.alert, new=new.get(row.id, 0), problem=wrong)


def _whole(actor: Actor) -> bool:
    """Whether the actor may do all that their user may; what was found for the user is not told to a lesser token."""
    return actor.bounds is None and not actor.scopes


def _new(session: Session, actor: Actor) -> dict[str, int]:
    """How many assets each of the actor's searches found since they looked that they may still see."""
    if actor.user_id is None or not _whole(actor):
        return {}
    fresh = or_(SavedSearch.looked_at.is_(None), SearchHit.found_at > SavedSearch.looked_at)
    shown = and_(Asset.status != "erased", Asset.trashed_at.is_(None))
    wanted = select(SavedSearch.id, func.count()).join(SearchHit, SearchHit.search_id == SavedSearch.id)
    wanted = wanted.join(Asset, Asset.id == SearchHit.asset_id)
    wanted = wanted.where(SavedSearch.user_id == actor.user_id, SavedSearch.alert != "none", fresh, shown)
    if (owner := only_own(actor, "asset.view")) is not None:
        wanted = wanted.where(Asset.creator_id == owner)
    return {row[0]: row[1] for row in session.execute(wanted.group_by(SavedSearch.id))}


def looked(hub: Hub, actor: Actor, search_id: str) -> None:
    """Keep that the owner has looked at what their search found.

    Raises: Forbidden, NotFound, as `change`.
    """
    user_id = person(actor)
    with hub.database.write() as session:
        row = _seen(session, actor, search_id)
        if row.user_id != user_id:
            raise Forbidden("Nothing is told to you by a search of others. Save it as your own.")
        row.looked_at = hub.now()
