"""Keeping processes alive: workers, and whatever else one command has to run (imports nothing heavy)."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from workers.queue.process import (
    adopt_orphans,
    descendants,
    die_with_parent,
    kill_descendants,
    now_ticks,
    reap_children,
)
from workers.queue.wake import Stop, readable

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Service:
    """A command to keep running `count` times.

    `env` is added to this process's environment. `give_up_after`: when it exits so many times in a row, each within
    `Supervision.steady_s` of its start, the whole supervisor stops with status 1 (0: it is restarted for ever).
    `after_s`: it is started for the first time so many seconds later than the others.
    """

    name: str
    command: Sequence[str]
    env: Mapping[str, str] = field(default_factory=dict)
    count: int = 1
    give_up_after: int = 0
    after_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Exit:
    """The end of a process: `status` as subprocess reports it, negative for a signal."""

    service: str
    pid: int
    status: int
    lived_s: float


@dataclass(frozen=True, slots=True)
class Supervision:
    """How to supervise; times in seconds.

    `stop_s`: how long processes may take to end after SIGTERM; then they are killed with all their descendants.
    A process that dies is started again after `restart_s`, twice that after the next quick death, up to
    `restart_max_s`; one that lived `steady_s` starts from the beginning. `on_exit` hears of each death.
    """

    stop_s: float = 30.0
    restart_s: float = 0.25
    restart_max_s: float = 15.0
    steady_s: float = 10.0
    on_exit: Callable[[Exit], None] | None = None


class _Slot:
    """One place for one process of a service."""

    def __init__(self, service: Service, number: int) -> None:
        self.service = service
        self.name = f"{service.name}-{number}" if service.count > 1 else service.name
        self.process: subprocess.Popen[bytes] | None = None
        self.started_at = 0.0
        self.start_at = time.monotonic() + service.after_s
        self.quick_deaths = 0

    def start(self) -> None:
        parent = os.getpid()
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(
            list(self.service.command),
            env={**os.environ, **self.service.env},
            stdin=subprocess.DEVNULL,
            process_group=0,
            preexec_fn=lambda: die_with_parent(parent),  # safe: this process has one thread
        )


class Supervisor:
    """Runs services until it is told to stop: no process outlives it, none stays dead.

    Each process leads a process group of its own, so that Ctrl-C in a terminal reaches only the supervisor, and is
    killed by the kernel if the supervisor is. A service that starts processes itself has those call
    `die_with_parent(os.getppid())`, or they outlive a kill -9 of the supervisor (nothing else).
    """

    def __init__(self, services: Sequence[Service], supervision: Supervision | None = None) -> None:
        self._supervision = supervision or Supervision()
        self._slots = [_Slot(service, number) for service in services for number in range(1, service.count + 1)]
        self._gave_up = False
        self._since = 0

    @property
    def pids(self) -> dict[str, int]:
        """Process ids by name (`NAME`, or `NAME-1`, `NAME-2`, ...) of what is running now."""
        return {slot.name: slot.process.pid for slot in self._slots if slot.process is not None}

    def run(self, stop: Stop | None = None) -> int:
        """Keep everything running until SIGTERM or SIGINT (or `stop`); returns the exit status, 0 or 1.

        Call it in the main thread of a process of its own. A second signal kills at once.
        """
        stop = stop or Stop.on_signals()
        adopt_orphans()
        self._since = now_ticks()
        child_died = Stop.on_signals(signal.SIGCHLD)
        try:
            while not stop.is_set() and not self._gave_up:
                self._tend()
                self._wait(stop, child_died)
        finally:
            self._end(stop, child_died)
        return int(self._gave_up)

    def _wait(self, stop: Stop, child_died: Stop) -> None:
        """Sleep until a signal, or until something is to be started."""
        due = [slot.start_at for slot in self._slots if slot.process is None]
        timeout_s = max(0.0, min(due) - time.monotonic()) if due else None
        readable([stop.fileno(), child_died.fileno()], timeout_s)
        child_died.clear()

    def _tend(self) -> None:
        """Collect the dead and start what is due."""
        for slot in self._slots:
            if slot.process is not None and slot.process.poll() is not None:
                self._bury(slot)
            if slot.process is None and time.monotonic() >= slot.start_at and not self._gave_up:
                slot.start()
        self._kill_orphans()

    def _bury(self, slot: _Slot) -> None:
        """Note a death and decide when, or whether, to start again."""
        assert slot.process is not None  # noqa: S101
        told = Exit(slot.name, slot.process.pid, slot.process.returncode, time.monotonic() - slot.started_at)
        slot.process = None
        slot.quick_deaths = slot.quick_deaths + 1 if told.lived_s < self._supervision.steady_s else 0
        wait_s = self._supervision.restart_s * 2.0 ** min(max(slot.quick_deaths - 1, 0), 30)
        slot.start_at = time.monotonic() + min(wait_s, self._supervision.restart_max_s)
        self._gave_up |= 0 < slot.service.give_up_after <= slot.quick_deaths
        _LOG.warning("%s (process %d) ended with status %d", told.service, told.pid, told.status)
        if self._supervision.on_exit is not None:
            self._supervision.on_exit(told)

    def _kill_orphans(self) -> None:
        """End what a dead process left behind: as its grandparent we have inherited it."""
        ours = {slot.process.pid for slot in self._slots if slot.process is not None}
        for process in descendants(os.getpid(), self._since):
            if process.parent == os.getpid() and process.pid not in ours:
                kill_descendants(process.pid)
                with contextlib.suppress(ProcessLookupError, ChildProcessError):
                    os.kill(process.pid, signal.SIGKILL)
                    os.waitpid(process.pid, 0)

    def _end(self, stop: Stop, child_died: Stop) -> None:
        """Ask everything to end, wait, kill the rest."""
        deadline = time.monotonic() + self._supervision.stop_s
        asked = stop.times
        running = [slot.process for slot in self._slots if slot.process is not None]
        for process in running:
            process.terminate()
        while any(process.poll() is None for process in running) and stop.times <= asked:
            left_s = deadline - time.monotonic()
            if left_s <= 0:
                break
            readable([child_died.fileno()], min(left_s, 0.2))
            child_died.clear()
        if kill_descendants(os.getpid(), self._since):
            _LOG.warning("processes did not end in time and were killed")
        for process in running:
            process.wait()
        reap_children(self._since)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        child_died.close()


def supervise(
    command: Sequence[str], slots: int, *, stop: Stop | None = None, supervision: Supervision | None = None
) -> int:
    """Keep `slots` worker processes of one command line running until SIGTERM or SIGINT; returns the exit status."""
    return Supervisor([Service("worker", command, count=slots)], supervision).run(stop)
