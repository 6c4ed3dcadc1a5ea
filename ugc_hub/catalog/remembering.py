"""The last searches of each person, so that they need not be typed again."""

from __future__ import annotations

from sqlalchemy import Select, and_, delete, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from ugc_hub.accounts import Actor, require
from ugc_hub.errors import Unavailable
from ugc_hub.hub import Hub
from ugc_hub.models import RecentSearch, SavedSearch

from .questions import Question, checked, question_of
from .saving import person

MOST = 20
WAIT_S = 0.25
"""For so long others that write are waited for: somebody waits for what the search found."""


def remember(hub: Hub, actor: Actor, question: Question) -> None:
    """Keep a search as the last one that the actor asked; they have then looked at what was new in one alike.

    Raises: as `checked`; Unavailable: it could not be written at once, or at all.
    """
    user_id = person(actor)
    asked = checked(question)
    last = _last(user_id)
    alike = and_(SavedSearch.user_id == user_id, SavedSearch.key == asked.key, SavedSearch.alert != "none")
    with hub.database.read() as session:
        row = session.scalar(last.limit(1))
        same = row is not None and (row.key, row.sort) == (asked.key, asked.sort)
        if same and session.scalar(select(SavedSearch.id).where(alike).limit(1)) is None:
            return
    try:
        with hub.database.write(wait_s=WAIT_S) as session:
            hub.database.serialise(session, f"recent:{user_id}")
            session.execute(update(SavedSearch).where(alike).values(looked_at=hub.now()))
            _keep(hub, session, user_id, asked)
    except OperationalError as error:
        raise Unavailable("The search is not kept among the last ones: others are writing.") from error


def _keep(hub: Hub, session: Session, user_id: str, asked: Question) -> None:
    session.execute(delete(RecentSearch).where(RecentSearch.user_id == user_id, RecentSearch.key == asked.key))
    known = {"text": asked.text, "chosen": asked.plain, "sort": asked.sort, "key": asked.key}
    session.add(RecentSearch(id=hub.new_id("rec"), created_at=hub.now(), user_id=user_id, **known))
    session.flush()
    old = session.scalars(_last(user_id).with_only_columns(RecentSearch.id).offset(MOST)).all()
    session.execute(delete(RecentSearch).where(RecentSearch.id.in_(old)))


def _last(user_id: str) -> Select[RecentSearch]:
    return select(RecentSearch).where(RecentSearch.user_id == user_id).order_by(RecentSearch.id.desc())


def recent(hub: Hub, actor: Actor) -> list[Question]:
    """Return the last searches of the actor, each once, the latest first."""
    require(actor, "asset.view")
    wanted = select(RecentSearch).where(RecentSearch.user_id == (actor.user_id or ""))
    with hub.database.read() as session:
        return [question_of(row) for row in session.scalars(wanted.order_by(RecentSearch.id.desc()))]


def forget_recent(hub: Hub, actor: Actor) -> None:
    """Forget the last searches of the actor."""
    user_id = person(actor)
    with hub.database.write() as session:
        session.execute(delete(RecentSearch).where(RecentSearch.user_id == user_id))
