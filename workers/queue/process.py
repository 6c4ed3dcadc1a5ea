"""Processes below this one: who they are, how to end them all, and how to die with one's parent (Linux)."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_TICKS = os.sysconf("SC_CLK_TCK")
_LIBC = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True, slots=True)
class Process:
    """One line of the process table; `started` in clock ticks since boot."""

    pid: int
    parent: int
    started: int
    zombie: bool


def now_ticks() -> int:
    """The time now in the unit of `Process.started`."""
    return int(time.clock_gettime(time.CLOCK_BOOTTIME) * _TICKS)


def _read(pid: int) -> Process | None:
    try:
        # The name of a process may contain spaces and brackets: count from the last one.
        fields = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
    except OSError:  # it ended while we looked
        return None
    return Process(pid, parent=int(fields[1]), started=int(fields[19]), zombie=fields[0] in "ZX")


def descendants(root: int, since: int = 0) -> list[Process]:
    """All processes below `root` that started at `since` (clock ticks since boot) or later, zombies included.

    Sessions and process groups do not matter. See proc(5) for the fields of /proc/PID/stat.
    """
    below: dict[int, list[Process]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (process := _read(int(entry.name))) is not None:
            below.setdefault(process.parent, []).append(process)
    found: list[Process] = []
    parents = [root]
    while parents:
        children = below.get(parents.pop(), [])
        found += [child for child in children if child.started >= since]
        parents += [child.pid for child in children]
    return found


def kill_descendants(root: int, since: int = 0) -> int:
    """SIGKILL everything below `root` that started since then; returns how many processes it hit.

    Looks again until nothing is left, because a process may fork while we look.
    """
    hit = 0
    for _ in range(20):
        alive = [process for process in descendants(root, since) if not process.zombie]
        if not alive:
            break
        for process in alive:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(process.pid, signal.SIGKILL)
                hit += 1
        time.sleep(0.01)
    return hit


def reap_children(since: int = 0) -> None:
    """Collect dead children that started since then; only while nobody else waits for them."""
    me = os.getpid()
    for process in descendants(me, since):
        if process.zombie and process.parent == me:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(process.pid, os.WNOHANG)


def adopt_orphans() -> None:
    """Become the parent of processes below whose own parent ends, so that none of them gets away."""
    _LIBC.prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def die_with_parent(parent: int) -> None:
    """Have the kernel kill this process when the thread that started it ends; ends at once where it has ended.

    For a child between fork and exec (`preexec_fn`) or at its very start; `parent` is the process id it expects.
    """
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)
