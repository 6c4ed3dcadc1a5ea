"""Records that the queue takes and gives."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row

from workers.queue.table import State

INTERACTIVE = 10
"""Priority of work that somebody is looking at."""
NORMAL = 0
"""Priority of ordinary work."""
BULK = -10
"""Priority of imports and back-fills."""


class Fenced(Exception):
    """The job was given away or cancelled: nothing that this worker did for it may be kept."""


@dataclass(frozen=True, slots=True)
class Options:
    """How a job is to be run.

    `key`: while a job with this key is unfinished, enqueueing it again gives that job (at most 300 characters; put
    what tells two pieces of work apart into it, such as the version of the record). `group`: free label to find
    jobs by, such as an asset's id. `priority`: higher runs first. `run_at` (aware) or `delay_s`: not before.
    `max_attempts`: claims until the job is dead, at least 1.
    """

    key: str | None = None
    group: str | None = None
    priority: int = NORMAL
    run_at: datetime | None = None
    delay_s: float = 0.0
    max_attempts: int = 5

    def __post_init__(self) -> None:
        if self.max_attempts < 1:
            raise ValueError("max_attempts must be at least 1")
        if not (math.isfinite(self.delay_s) and self.delay_s >= 0):
            raise ValueError("delay_s must be finite and not negative")
        if self.run_at is not None and self.run_at.tzinfo is None:
            raise ValueError("run_at must be an aware time")
        if self.run_at is not None and self.delay_s:
            raise ValueError("give run_at or delay_s, not both")


@dataclass(frozen=True, slots=True)
class Job:
    """One row of the job table; times are aware, UTC, by the database's clock."""

    id: int
    kind: str
    payload: Mapping[str, Any]
    key: str | None
    group: str | None
    priority: int
    state: State
    run_at: datetime
    attempts: int
    max_attempts: int
    fence: int
    owner: str | None
    lease_until: datetime | None
    cancel_requested: bool
    progress: float
    message: str
    error_code: str | None
    error: str | None
    result: Mapping[str, Any] | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


_NAMES = [one.name for one in fields(Job) if one.name != "group"]
_TIMES = ("run_at", "lease_until", "created_at", "started_at", "finished_at")


def job_of(row: Row[Any]) -> Job:
    """Make the record of a row that has all columns of the table, beside whatever else was asked for."""
    given = row._mapping  # rows that an UPDATE returns name the group as the table does, others by its key
    values = {name: given[name] for name in _NAMES}
    values["group"] = given["group_name"] if "group_name" in given else given["group"]
    for name in _TIMES:
        if values[name] is not None:
            values[name] = datetime.fromtimestamp(values[name], UTC)
    return Job(**values)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a running job is: `fraction` 0..1 and a sentence for the person who waits."""

    fraction: float
    message: str = ""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an attempt failed: a stable code, a sentence, and whether another attempt can help."""

    code: str
    error: str
    retry: bool = True


@dataclass(frozen=True, slots=True)
class Backoff:
    """How long to wait before the next attempt: min(cap_s, base_s * 2^n) times a random factor of 0.5 to 1.

    The factor keeps jobs that failed together from coming back together, and never lets one come back at once.
    """

    base_s: float = 2.0
    cap_s: float = 600.0
    random: Callable[[], float] = random.SystemRandom().random

    def delay_s(self, attempts: int) -> float:
        """Seconds to wait after the attempt with this number (the first is 1)."""
        doublings = min(max(attempts - 1, 0), 60)  # beyond that every cap is reached, and a float may overflow
        return float(min(self.cap_s, self.base_s * 2.0**doublings) * (0.5 + 0.5 * self.random()))


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which job a worker wants and for how long.

    `kinds`: only these (None: any). `min_priority`: only these or higher, for a worker kept free for people who
    wait. `waited_s`: take the job that has waited longest, if it has waited that long, whatever its priority.
    `id`: only this job. `lease_s`: seconds until the claim lapses unless renewed.
    """

    lease_s: float = 30.0
    kinds: Sequence[str] | None = None
    min_priority: int | None = None
    waited_s: float | None = None
    id: int | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """Which jobs to list, newest first: at most `limit` (1..1000), with ids below `before`."""

    state: State | None = None
    kind: str | None = None
    group: str | None = None
    limit: int = 50
    before: int | None = None
