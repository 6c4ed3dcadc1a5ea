"""What is worked out of all situations at once, kept in memory: a search asks for it again with every page.

It changes when there is another situation, and when a box begins or ends. Both are looked at each time, and then all of
it is forgotten.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from ugc_hub.hub import Hub
from ugc_hub.models import Clearance, ClearanceBox

from .encoding import LAST, edition, instant

MOST = 64
"""Answers kept; with a million assets, one may take some megabytes."""
_KEPT = "situations"
T = TypeVar("T")


@dataclass
class _Known:
    state: tuple[object, ...]
    since: int
    until: int
    """Microseconds since 1970; no box begins or ends between the two."""
    found: dict[Hashable, Any] = field(default_factory=dict)


def recalled(hub: Hub, session: Session, question: Hashable, ask: Callable[[], T]) -> T:
    """Return what `ask` returns, or returned to the same question while nothing could have changed it.

    A question that states no instant is about now.
    """
    now = instant(hub.now())
    known = hub.kept.get(_KEPT)
    state = _state(hub, session)
    if not isinstance(known, _Known) or known.state != state or not known.since <= now < known.until:
        known = hub.kept[_KEPT] = _Known(state, now, _next_edge(session, now))
    found: T | None = known.found.get(question)  # another thread may clear it at any moment
    if found is None:
        if len(known.found) >= MOST:
            known.found.clear()
        known.found[question] = found = ask()
    return found


def _state(hub: Hub, session: Session) -> tuple[object, ...]:
    """Changes with every new situation; none ever changes its boxes. Numbers may be used again, so others tell too."""
    count = select(func.count()).select_from(Clearance).scalar_subquery()
    newest = select(Clearance.id, Clearance.sha256, count).order_by(Clearance.id.desc()).limit(1)
    row = session.execute(newest).first()
    return (edition(hub.settings.party, hub.words), *(row or ()))


def _next_edge(session: Session, now: int) -> int:
    """When the next box begins, ends, gets known or is superseded."""
    box = ClearanceBox
    edges = (box.starts_at, box.ends_at, box.known_from, box.known_until)
    found = session.execute(select(*(func.min(case((edge > now, edge))) for edge in edges))).one()
    return min((one for one in found if one is not None), default=LAST)
