"""What reading a query takes and gives."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from .tree import Node


@dataclass(frozen=True, slots=True)
class Problem:
    """What could not be read: a sentence, and the characters from `start` to before `end`."""

    message: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Reading:
    """The tree that a query was read as, and what of it could not be read, in order."""

    tree: Node
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Clock:
    """Now, and where people are: the hub's, not the machine's."""

    now: datetime
    zone: tzinfo = UTC

    @property
    def today(self) -> datetime:
        """The first instant of today."""
        return self.now.astimezone(self.zone).replace(hour=0, minute=0, second=0, microsecond=0)
