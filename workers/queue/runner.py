"""The loop of one worker process: take back what the dead left, claim, run, settle."""

from __future__ import annotations

import json
import logging
import os
import secrets
import socket
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from workers.queue import leases
from workers.queue.context import Handler, JobContext
from workers.queue.process import adopt_orphans, kill_descendants, reap_children
from workers.queue.rooms import Room, clear, sweep
from workers.queue.shapes import Backoff, Failure, Fenced, Job, Wanted
from workers.queue.wake import Ear, Stop
from workers.queue.watch import Ends, Limits, Watch

_LOG = logging.getLogger(__name__)
_POLL_MIN_S = 0.05
_LAST_WORDS_S = 1.0
EX_TEMPFAIL = 75
"""Exit status of a worker that left because a handler did not return; the supervisor starts another."""


def new_owner() -> str:
    """A name that no other worker has or will have."""
    return f"{socket.gethostname()[:60]}-{os.getpid()}-{secrets.token_hex(4)}"


@dataclass(frozen=True, slots=True)
class RunnerOptions:
    """How one worker works; times in seconds.

    `folder`: local folder that all workers of this machine share, for private files, locks and wake-up calls
    (`wake(folder)`). `poll_s`: longest time between two looks for work. `reap_s`: how often to look for dead workers.
    `min_priority`: keep this worker free for jobs of at least this priority. `fair_every`: one claim in so many takes
    the job that has waited longest, if longer than `patience_s`, whatever its priority, so that urgent work cannot
    starve the rest.
    """

    folder: Path
    limits: Limits = field(default_factory=Limits)
    backoff: Backoff = field(default_factory=Backoff)
    poll_s: float = 1.0
    reap_s: float = 5.0
    min_priority: int | None = None
    fair_every: int = 8
    patience_s: float = 60.0
    owner: str = field(default_factory=new_owner)


def work(
    engine_factory: Callable[[], Engine],
    handlers: Mapping[str, Handler],
    options: RunnerOptions,
    stop: Stop,
) -> None:
    """Run jobs, one at a time, in the main thread of this process until `stop` is set.

    Call it in a process of its own: it makes this process the parent of all orphans below it, kills what a cancelled
    handler leaves running, and exits the process (status 75, or 0 while stopping) if a handler does not return.
    Errors of the database are logged and waited out.
    """
    adopt_orphans()
    engine = engine_factory()
    worker = Worker(engine, handlers, options, stop)
    try:
        worker.loop()
    finally:
        worker.close()
        engine.dispose()


def drain(engine: Engine, handlers: Mapping[str, Handler], options: RunnerOptions) -> int:
    """Run what is due, one job after another, in this very process, and return how many attempts that were.

    For tests and for commands that work without workers. Nothing is killed but what a failed handler left running.
    """
    stop = Stop()
    worker = Worker(engine, handlers, options, stop)
    attempts = 0
    try:
        while worker.step():
            attempts += 1
    finally:
        worker.close()
        stop.close()
    return attempts


class Worker:
    """One worker process: its room, its ear, and the loop."""

    def __init__(self, engine: Engine, handlers: Mapping[str, Handler], options: RunnerOptions, stop: Stop) -> None:
        self._engine = engine
        self._handlers = handlers
        self._options = options
        self._stop = stop
        self._room = Room(options.folder, options.owner)
        self._ear = Ear(options.folder, options.owner)
        self._claims = 0
        self._reaped_at = float("-inf")

    def close(self) -> None:
        """Leave nothing behind."""
        self._ear.close()
        self._room.close()

    def loop(self) -> None:
        """Claim and run until stopped; sleep longer and longer while there is nothing to do."""
        idle_s = _POLL_MIN_S
        while not self._stop.is_set():
            try:
                busy = self.step()
            except SQLAlchemyError as error:
                _LOG.warning("the job table cannot be reached: %s", error)
                busy = False
            if busy or self._ear.wait(idle_s, self._stop):
                idle_s = _POLL_MIN_S
            else:
                idle_s = min(idle_s * 1.5, self._options.poll_s)

    def step(self) -> bool:
        """Take back what the dead left, then claim and run one job; false where none is due."""
        self.reap()
        job = self._claim()
        if job is not None:
            self.run(job)
        return job is not None

    def reap(self) -> None:
        """Take back the jobs of workers that died here or no longer report from anywhere; every `reap_s` at most."""
        if time.monotonic() - self._reaped_at < self._options.reap_s:
            return
        self._reaped_at = time.monotonic()

        def release(owner: str) -> None:
            with self._engine.begin() as connection:
                leases.release(connection, owner, backoff=self._options.backoff)

        for owner in sweep(self._options.folder, release):
            _LOG.warning("took back what worker %s left when it died", owner)
        with self._engine.begin() as connection:
            leases.reap(connection, backoff=self._options.backoff)

    def _claim(self) -> Job | None:
        fair = self._claims % self._options.fair_every == self._options.fair_every - 1
        with self._engine.begin() as connection:
            job = self._claim_on(connection, self._options.patience_s) if fair else None
            job = job or self._claim_on(connection, None)
        self._claims += job is not None
        return job

    def _claim_on(self, connection: Connection, waited_s: float | None) -> Job | None:
        wanted = Wanted(
            lease_s=self._options.limits.lease_s,
            kinds=sorted(self._handlers),
            min_priority=self._options.min_priority,
            waited_s=waited_s,
        )
        return leases.claim(connection, self._options.owner, wanted)

    def run(self, job: Job) -> None:
        """Run the handler of a claimed job beside its watch, clean up, settle."""
        try:
            context = JobContext(job, self._room.make(f"job-{job.id}-{job.fence}"))
        except OSError as error:
            _LOG.error("job %d has no place to work: %s", job.id, error)
            self._persist(self._failed(job, Failure("no_workdir", str(error))))
            return

        def quit_hard() -> None:
            clear(context.workdir)
            # Not for ever: the handler may hold the database's only write lock. Then the next sweep settles.
            last_words = threading.Thread(target=self._persist, args=(self._ended(context),), daemon=True)
            last_words.start()
            last_words.join(_LAST_WORDS_S)
            logging.shutdown()
            os._exit(0 if self._stop.is_set() else EX_TEMPFAIL)

        watch = Watch(self._engine, context, self._options.limits, Ends(self._stop, quit_hard))
        # What is written where Ctrl-C or an exit from a signal handler comes through the attempt.
        settlement, clean = self._ended(context), False
        watch.start()
        try:
            settlement, clean = self._attempt(context)
        finally:
            watch.close()
            if context.halted or not clean:
                kill_descendants(os.getpid(), watch.started_ticks)
                reap_children(watch.started_ticks)
            # Before the settlement: whoever gets the job next finds no process and no file of ours.
            clear(context.workdir)
            self._persist(settlement)

    def _attempt(self, context: JobContext) -> tuple[Settlement, bool]:
        """Run the handler; returns what to write about it, and whether it ended in order."""
        job = context.job
        try:
            result = self._handlers[job.kind](context)
            json.dumps(result, allow_nan=False)
        except Fenced as error:
            _LOG.warning("%s", error)
            return _nothing, False
        except Exception as error:  # noqa: BLE001 - whatever a handler raises is recorded, and the next job runs
            if context.halted:
                return self._ended(context), False
            _LOG.warning("job %d (%s), attempt %d failed", job.id, job.kind, job.attempts, exc_info=error)
            return self._failed(job, failure_of(error)), False
        if context.settled:
            # Hits no row where its transaction was committed, as it should have been.
            return self._failed(job, Failure("not_committed", "The handler settled but did not commit.")), True
        if context.told:
            return self._ended(context), True
        return (lambda connection: leases.finish(connection, job, result)), True

    def _failed(self, job: Job, failure: Failure) -> Settlement:
        return lambda connection: leases.fail(connection, job, failure, self._options.backoff)

    def _ended(self, context: JobContext) -> Settlement:
        """What to write for a handler that was asked to end before it was finished."""
        if context.halted == "late":
            limit_s = self._options.limits.limit_s
            return self._failed(context.job, Failure("timeout", f"The attempt took longer than {limit_s:g} seconds."))
        return lambda connection: leases.give_back(connection, context.job)

    def _persist(self, settlement: Settlement) -> None:
        """Write it, and go on trying for one lease: after that somebody else runs the job anyway."""
        deadline = time.monotonic() + self._options.limits.lease_s
        while True:
            try:
                with self._engine.begin() as connection:
                    settlement(connection)
            except SQLAlchemyError as error:
                _LOG.warning("cannot settle: %s", error)
                if time.monotonic() >= deadline:
                    return
                time.sleep(0.5)
            else:
                return


Settlement = Callable[[Connection], object]


def _nothing(_connection: Connection) -> None:
    """The job is somebody else's."""


def failure_of(error: Exception) -> Failure:
    """What to record of an exception: its own `code`, `message` and `retry` where it has them."""
    code, message = getattr(error, "code", None), getattr(error, "message", None)
    # SQLAlchemy's codes are links into its documentation, not names of errors.
    known = isinstance(code, str) and bool(code) and not isinstance(error, SQLAlchemyError)
    return Failure(
        code=code if known and isinstance(code, str) else "internal_error",
        error=message if isinstance(message, str) and message else f"{type(error).__name__}: {error}",
        retry=getattr(error, "retry", True) is not False,
    )
