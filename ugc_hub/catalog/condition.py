"""In what state the index of this machine is, in words that say what to do next. Nothing heavy is loaded for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from sqlalchemy import select

from ugc_hub.database.feed import backlog
from ugc_hub.hub import Hub
from ugc_hub.models import Asset
from ugc_hub.search.errors import Corrupt

State = Literal["ready", "building", "missing", "damaged", "behind"]
LATE = timedelta(minutes=1)
"""A change is taken in within a second; one that waits so long waits for somebody who is not there."""
AGAIN = "A running worker builds it anew; so does: ugc-hub reindex"
FOLLOW = "A running worker takes them in: ugc-hub worker"


@dataclass(frozen=True)
class Condition:
    """What can be said of the index without opening it."""

    state: State
    message: str
    """One or two sentences, with the next step where there is one; no path, no name."""
    searched: bool
    """Whether searches are answered from an index; else from names."""
    share: float | None = None
    """How much of a new index is done while one is being built, 0..1."""
    waiting: int | None = 0
    """Changes that it does not know yet; None: too many, or nobody knows any more how many."""
    reason: str = ""
    """What is damaged."""


def condition(hub: Hub) -> Condition:
    """Return the state of the index of this machine."""
    known, damage = 0, ""
    try:
        hub.index.look()
        known = hub.index.known()
    except Corrupt as error:
        damage = str(error)
    if not damage and hub.index.is_asked_anew():
        damage = "a search found it damaged"
    if (progress := hub.index.building()) is not None:
        return _building(*progress, searched=bool(known) and not damage)
    if damage:
        return Condition("damaged", f"The index of the search cannot be opened. {AGAIN}", False, reason=damage)
    if not known:
        return _missing(hub)
    with hub.database.read() as session:
        found = backlog(hub.database, session, known)
    if found is None:
        words = f"The index of the search is further behind than the changes are kept. {AGAIN}"
        return Condition("behind", words, True, waiting=None)
    if found.since is not None and hub.now() - found.since > LATE:
        words = f"The index of the search is behind by {found.count} change{'' if found.count == 1 else 's'}. {FOLLOW}"
        return Condition("behind", words, True, waiting=found.count)
    return Condition("ready", "The index of the search is whole.", True, waiting=found.count)


def _building(done: int, of: int, *, searched: bool) -> Condition:
    share = min(done / of, 1.0) if of else 0.0
    meanwhile = "Until then the one before answers." if searched else "Until it is there, only names are searched."
    words = f"The index of the search is being built, {int(share * 100)} % are done. {meanwhile}"
    return Condition("building", words, searched, share)


def _missing(hub: Hub) -> Condition:
    with hub.database.read() as session:
        any_ = session.scalar(select(Asset.id).where(Asset.status != "erased").limit(1)) is not None
    if not any_:
        return Condition("ready", "There is no asset yet, so there is no index of the search.", False)
    return Condition("missing", f"There is no index of the search yet. {AGAIN}", False, waiting=None)
