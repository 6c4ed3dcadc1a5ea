"""What a handler sees of its job, and what its worker sees of the handler."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import Connection

from workers.queue.leases import finish
from workers.queue.shapes import Fenced, Job, Progress

Halt = Literal["lost", "stopping", "late"]
"""Why a handler has to end: its job was cancelled or given away, its worker stops, its time is over."""


class Halted(Exception):
    """The handler was asked to end and did so; nothing of its work is kept."""

    retry = True


class JobContext:
    """One attempt at one job, as its handler sees it.

    `job` is the record as it was claimed, `workdir` a private empty folder that is removed afterwards, whatever
    happens. A handler may run more than once for one job: its effects must be the same each time.
    """

    def __init__(self, job: Job, workdir: Path) -> None:
        self.job = job
        self.workdir = workdir
        self._lock = threading.Lock()
        self._progress: Progress | None = None
        self._halt: Halt | None = None
        self._told = False
        self._settled = False

    def progress(self, fraction: float, message: str = "") -> None:
        """Say how far the work is (0..1) in a sentence; cheap, it may be called for every frame."""
        with self._lock:
            self._progress = Progress(fraction, message)

    def cancelled(self) -> bool:
        """Whether to end now: cancelled, given to another worker, out of time, or the worker stops; cheap.

        Once it was true, end within two seconds, by `Halted` or in any other way: then all processes that the
        handler started are killed. What is returned after that counts only if `settle` had committed it.
        """
        if self._halt is None:
            return False
        self._told = True
        return True

    def check(self) -> None:
        """Raise `Halted` where `cancelled()` is true."""
        if self.cancelled():
            raise Halted(self._halt)

    def settle(self, connection: Connection, result: Mapping[str, Any] | None = None) -> None:
        """Record success on the handler's own connection, so that its rows and the end of the job commit together.

        Make it the last thing before the commit. Raises `Fenced` where the job was given to somebody else: let it
        through, so that the transaction rolls back. The result must be JSON.
        """
        # Said first: a heartbeat that waits for this very transaction would take its end for a lost job.
        self._settled = True
        if not finish(connection, self.job, result):
            raise Fenced(f"job {self.job.id} is no longer ours (fence {self.job.fence})")

    # What follows is for the worker.

    def take_progress(self) -> Progress | None:
        """The latest progress that was not taken yet."""
        with self._lock:
            latest, self._progress = self._progress, None
        return latest

    def halt(self, why: Halt) -> None:
        """Ask the handler to end; the first reason stays."""
        if self._halt is None:
            self._halt = why

    @property
    def halted(self) -> Halt | None:
        """Why the handler was asked to end, if it was."""
        return self._halt

    @property
    def told(self) -> bool:
        """Whether the handler has seen that it should end."""
        return self._told

    @property
    def settled(self) -> bool:
        """Whether the handler has called `settle`; its transaction may still have been rolled back."""
        return self._settled


Handler = Callable[[JobContext], Mapping[str, Any] | None]
"""Does one kind of job and returns its result (JSON), unless it has settled.

An exception means failure. Its attributes count where present: `retry` False (another attempt cannot help), `code`
(stable, snake_case) and `message` (a sentence for people).
"""
