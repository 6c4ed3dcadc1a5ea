"""A hub in which a kind of job is tried, and what has to be told of each kind."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select

from tests.ugc_hub.conftest import Send
from tests.ugc_hub.rows import Clock
from ugc_hub import notify
from ugc_hub.hub import Hub
from ugc_hub.models import Base
from workers.queue.jobs import enqueue, find
from workers.queue.shapes import Query


@dataclass
class Scene:
    """A hub whose time can go on, and what is done in it."""

    hub: Hub
    clock: Clock
    send: Send
    stack: ExitStack = field(default_factory=ExitStack)
    """Closed after the test."""

    def waiting(self, kind: str) -> int:
        """Return the one job of a kind that waits."""
        with self.hub.database.read() as session:
            (job,) = find(session.connection(), Query(state="queued", kind=kind, limit=10))
        return job.id

    def asked(self, kind: str) -> int:
        with self.hub.database.write() as session:
            return enqueue(session.connection(), kind, {})

    def count(self, table: type[Base], *where: Any) -> int:
        with self.hub.database.read() as session:
            return session.scalar(select(func.count()).select_from(table).where(*where)) or 0

    def queued(self, kind: str) -> int:
        with self.hub.database.read() as session:
            return len(find(session.connection(), Query(kind=kind, limit=100)))

    def mails(self) -> int:
        return len(list(notify.outbox(self.hub).iterdir())) if notify.outbox(self.hub).exists() else 0

    def keys(self, folder: str) -> int:
        return len(list(self.hub.storage.list(folder)))


Facts = dict[str, int]


@dataclass(frozen=True)
class Case:
    """A kind of job: what asks for it, where it may die, and what there must be of its effect in the end."""

    kind: str
    ask: Callable[[Scene], int]
    places: tuple[str, ...]
    effect: Callable[[Scene], Facts]
    wanted: Facts
