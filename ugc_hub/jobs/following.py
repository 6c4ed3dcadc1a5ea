"""Decides whether the index has anything to follow; what carries it out is loaded only where there are assets."""

from __future__ import annotations

import logging
from importlib import import_module
from typing import Any

from sqlalchemy import select

from ugc_hub.database.feed import Changes, changes
from ugc_hub.database.turns import instant, next_turn
from ugc_hub.hub import Hub
from ugc_hub.loading import LOADING
from ugc_hub.models import Asset
from ugc_hub.search.errors import Corrupt
from ugc_hub.search.places import Signature

LOG = logging.getLogger("ugc_hub.jobs")
FORGET_US = 300_000_000
"""Between an erasure and making the index anew: many erasures in a row cost that once."""
SWEEP_US = 60_000_000
"""Between putting another index in use and removing the one before: searches may still be reading it."""


class Follower:
    """Brings the index of this machine up to date, step by step; one for each folder."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._looked = False
        self._seen: frozenset[int] = frozenset()
        """Entries at places that are not closed yet and are in the index already."""
        self._used: tuple[Signature | None, int] = (None, 0)
        """The index in use, and when it is time to remove the ones before it; 0: they are removed."""
        self._next = 0
        """When something begins or ends to be allowed, in microseconds since 1970; 0: to be looked up."""

    def step(self) -> int:
        """Take in what changed or turned since the last step and return how many assets that were.

        Builds anew where there is no index, where it is damaged or of another layout, or too far behind. The first step
        reads all files of the index.
        """
        try:
            return self._stepped()
        except Corrupt as error:
            return self._anew(str(error))

    def prepare(self) -> None:
        """Load what carries changes out, where there are assets that may change.

        That takes a second on a slow machine: with the first change, that would be found no sooner.
        """
        if self._is_any():
            _indexing()

    def _stepped(self) -> int:
        hub = self._hub
        if not self._looked:
            hub.index.look(whole=True)
            self._looked = True
        since = hub.index.known()
        if hub.index.is_asked_anew():
            return self._anew("a search found it damaged")
        if not since:
            return self._anew("there is none") if self._is_any() else 0
        with hub.database.read() as session:
            found = changes(hub.database, session, since)
        if found is None:
            return self._anew("it is too far behind")
        return self._follow(since, found) or self._turn() or self._forget()

    def _forget(self) -> int:
        """Make the index anew some minutes after something was erased, and remove the one before a little later.

        Its files go on holding the words until then.
        """
        since = self._hub.index.erased_since()
        now = instant(self._hub.now())
        if since is not None and now - since >= FORGET_US:
            return self._anew("its files hold what was erased")
        used = self._hub.index.used()
        if used != self._used[0]:
            self._used = (used, now + SWEEP_US)
        elif self._used[1] and now >= self._used[1] and self._hub.index.sweep():
            self._used = (used, 0)
        return 0

    def _follow(self, since: int, found: Changes) -> int:
        fresh = tuple(entry for entry in found.entries if entry.id not in self._seen)
        if not fresh and all(entry.place >= found.upto for entry in found.entries):
            return 0
        self._next = 0
        with self._hub.index.locked("write"):
            if self._hub.index.known() != since:
                return 0  # another index was put in use meanwhile, which may know less
            engine = self._hub.index.engine()
            count: int = _indexing().take_in(self._hub, engine, Changes(fresh, found.upto))
        self._seen = frozenset(entry.id for entry in found.entries if entry.place >= found.upto)
        return count

    def _turn(self) -> int:
        now = instant(self._hub.now())
        if now < self._next:
            return 0
        with self._hub.database.read() as session:
            turns = next_turn(session, self._hub.index.as_of().instant)
        if turns > now:
            self._next = turns
            return 0
        with self._hub.index.locked("write"):
            count: int | None = _indexing().turn(self._hub, self._hub.index.engine())
        return self._anew("it was made under other settings") if count is None else count

    def _anew(self, reason: str) -> int:
        LOG.warning("the index is built anew: %s", reason)
        self._seen, self._next = frozenset(), 0
        self._hub.index.close()
        count: int = _indexing().rebuild(self._hub)
        return count

    def _is_any(self) -> bool:
        with self._hub.database.read() as session:
            return session.scalar(select(Asset.id).limit(1)) is not None


def _indexing() -> Any:
    """Return the module, loaded when it is needed: the worker of an empty hub does not hold it in memory."""
    with LOADING:
        return import_module("ugc_hub.catalog.indexing")
