"""The thread beside a running handler: renews the lease, passes on progress, and ends what does not end by itself."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from workers.queue import leases
from workers.queue.context import JobContext
from workers.queue.process import kill_descendants, now_ticks
from workers.queue.wake import Stop

_LOG = logging.getLogger(__name__)
_TICK_S = 0.1


@dataclass(frozen=True, slots=True)
class Limits:
    """Times of a running job, in seconds.

    `lease_s`: a claim lapses after so long without a heartbeat (sent every third of it). `look_s`: how often to look
    for a cancel, and how often progress is written at most. `stop_s`: how long a job may go on after the worker was
    asked to stop. `grace_s`: how long a handler may take to end by itself; then its child processes are killed, and
    one second later the worker itself exits. `limit_s`: longest time for one attempt.
    """

    lease_s: float = 30.0
    look_s: float = 0.5
    stop_s: float = 20.0
    grace_s: float = 2.0
    limit_s: float = 6 * 3600.0


@dataclass(frozen=True, slots=True)
class Ends:
    """How things end: the wish to stop the worker, and the way to exit its process from any thread."""

    stop: Stop
    quit_hard: Callable[[], None]


class Watch(threading.Thread):
    """Watches one attempt until `close`; ends the process when the handler does not return."""

    def __init__(self, engine: Engine, context: JobContext, limits: Limits, ends: Ends) -> None:
        super().__init__(name=f"job-{context.job.id}", daemon=True)
        self._engine = engine
        self._context = context
        self._limits = limits
        self._ends = ends
        self._done = threading.Event()
        self.started_ticks = now_ticks()
        self._began = self._renewed = self._looked = time.monotonic()
        self._stopping_since: float | None = None
        self._halted_since: float | None = None

    def close(self) -> None:
        """End the watch and wait for it, so that no heartbeat comes after the settlement."""
        self._done.set()
        self.join()

    def run(self) -> None:
        """Beat, judge, enforce, ten times a second."""
        while not self._done.wait(_TICK_S):
            now = time.monotonic()
            if not self._context.settled and self._context.halted != "lost":
                self._beat(now)
            self._judge(now)
            self._enforce(now)

    def _beat(self, now: float) -> None:
        """Renew the lease when a third of it is over, or look whether the job is still ours."""
        if now - self._looked < min(self._limits.look_s, self._limits.lease_s / 3):
            return
        self._looked = now
        progress = self._context.take_progress()
        try:
            with self._engine.begin() as connection:
                if progress is not None or now - self._renewed >= self._limits.lease_s / 3:
                    ours = leases.heartbeat(connection, self._context.job, self._limits.lease_s, progress)
                    renewed = now
                else:
                    ours, renewed = leases.held(connection, self._context.job), self._renewed
        except SQLAlchemyError as error:
            _LOG.warning("job %d: no heartbeat: %s", self._context.job.id, error)
            # By our own clock the lease is over: somebody else may run the job now.
            ours, renewed = now - self._renewed < self._limits.lease_s, self._renewed
        self._renewed = renewed
        if not ours and not self._context.settled:
            self._context.halt("lost")

    def _judge(self, now: float) -> None:
        """Ask the handler to end where the worker stops or its time is over."""
        if now - self._began > self._limits.limit_s:
            self._context.halt("late")
        if self._ends.stop.is_set():
            self._stopping_since = self._stopping_since or now
            if now - self._stopping_since >= self._limits.stop_s:
                self._context.halt("stopping")

    def _enforce(self, now: float) -> None:
        """End what the handler started, then the worker, where it does not end by itself."""
        if self._context.halted is None:
            return
        self._halted_since = self._halted_since or now
        waited_s = now - self._halted_since
        if waited_s >= self._limits.grace_s:
            kill_descendants(os.getpid(), self.started_ticks)
        if waited_s >= self._limits.grace_s + 1.0 and not self._done.is_set():
            _LOG.error("job %d: its handler does not end; the worker exits", self._context.job.id)
            self._ends.quit_hard()
