"""Waiting for a state instead of a time: a machine that is busy makes such a test slow, and not wrong."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

PATIENCE_S = 60.0
"""Far more than anything takes that the tests wait for; only a test that fails waits so long."""


def wait_until(true: Callable[[], object], seconds: float = PATIENCE_S) -> None:
    """Wait until something is true; fails after so many seconds."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def alive(pid: int) -> bool:
    """Tell whether a process runs; one that has ended and that nobody has collected yet does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False
