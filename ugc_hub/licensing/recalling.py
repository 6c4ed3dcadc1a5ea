"""What is worked out of all situations at once, kept in memory: a search asks for it again with every page.

It changes when there is another situation, and when a box begins or ends. Both are looked at each time, and then all of
it is forgotten.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from ugc_hub.database import READS
from ugc_hub.database.turns import instant, last_turn, next_turn
from ugc_hub.hub import Hub
from ugc_hub.models import Clearance

from .encoding import edition

MOST = 64
"""Answers kept; with a million assets, one may take some megabytes."""
_KEPT = "situations"
_NEWEST = select(Clearance.id, Clearance.sha256).order_by(Clearance.id.desc()).limit(1)
T = TypeVar("T")


@dataclass
class _Known:
    state: tuple[object, ...]
    last: int
    """The turn before; like the others in microseconds since 1970."""
    since: int
    until: int
    """No box begins or ends between the two."""
    found: dict[Hashable, Any] = field(default_factory=dict)


def recalled(hub: Hub, session: Session, question: Hashable, ask: Callable[[], T]) -> T:
    """Return what `ask` returns, or returned to the same question while nothing could have changed it.

    A question that states no instant is about now.
    """
    known = _known(hub, session)
    found: T | None = known.found.get(question)  # another thread may clear it at any moment
    if found is None:
        if len(known.found) >= MOST:
            known.found.clear()
        known.found[question] = found = ask()
    return found


def kept_terms(hub: Hub) -> str:
    """Return what anything that an index keeps about rights rests on beside situations and the time."""
    return f"{edition(hub.settings.party, hub.words)} {' '.join(hub.settings.territories)}"


def still_true(hub: Hub, session: Session, known: tuple[int, str]) -> bool:
    """Tell whether what an index keeps about rights is true now.

    `known` is the instant, in microseconds since 1970, at which all of it was true, and its `kept_terms`. It is not
    where a box began or ended since, or under other settings.
    """
    as_of, under = known
    return under == kept_terms(hub) and last_turned(hub, session) <= as_of


def last_turned(hub: Hub, session: Session) -> int:
    """Return when a box last began or ended, in microseconds since 1970."""
    return _known(hub, session).last


def _known(hub: Hub, session: Session) -> _Known:
    now = instant(hub.now())
    known = hub.kept.get(_KEPT)
    state = _state(hub, session)
    if not isinstance(known, _Known) or known.state != state or not known.since <= now < known.until:
        known = hub.kept[_KEPT] = _Known(state, last_turn(session, now), now, next_turn(session, now))
    return known


def _state(hub: Hub, session: Session) -> tuple[object, ...]:
    """Changes with every new situation; none ever changes its boxes. Numbers may be used again, so its hash tells too.

    One that is gone and was not the newest changes nothing that is asked: no asset is in it. A session that only reads
    has one state and is asked once.
    """
    known = session.info.get(_KEPT)
    if known is None:
        known = tuple(session.connection().execute(_NEWEST).first() or ())
        if session.info.get(READS):
            session.info[_KEPT] = known
    return (edition(hub.settings.party, hub.words), *known)
