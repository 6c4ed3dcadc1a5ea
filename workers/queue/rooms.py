"""Private folders of workers, and who of them is alive.

`folder/OWNER.lock` is held locked by a living worker and freed by the kernel when it dies, however it dies; its files
lie in `folder/OWNER/`. Whoever finds a free lock takes back the dead worker's jobs and removes its files. The folder
must be on a local disk: it speaks for one machine.
"""

from __future__ import annotations

import fcntl
import logging
import os
import shutil
from collections.abc import Callable
from pathlib import Path

_LOG = logging.getLogger(__name__)


class Room:
    """The private folder of one living worker, named after it."""

    def __init__(self, folder: Path, owner: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / owner
        self._lock_path = folder / f"{owner}.lock"
        self._lock = _hold(self._lock_path)
        self.path.mkdir(mode=0o700, exist_ok=True)

    def make(self, name: str) -> Path:
        """A new empty folder for one job."""
        clear(self.path / name)
        (self.path / name).mkdir(mode=0o700)
        return self.path / name

    def close(self) -> None:
        """Remove everything."""
        clear(self.path)
        self._lock_path.unlink(missing_ok=True)
        os.close(self._lock)


def _hold(path: Path) -> int:
    """Lock a file of one's own; another worker's sweep may remove it between its creation and the lock."""
    while True:
        lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(lock, fcntl.LOCK_EX)
        if os.fstat(lock).st_nlink:
            return lock
        os.close(lock)


def clear(folder: Path) -> None:
    """Remove a folder with all it holds; what cannot be removed is logged and left to the next sweep."""

    def complain(_function: object, path: str, reason: object) -> None:
        if not isinstance(reason, tuple) or not isinstance(reason[1], FileNotFoundError):
            _LOG.warning("cannot remove %s: %s", path, reason)

    shutil.rmtree(folder, onerror=complain)


def sweep(folder: Path, release: Callable[[str], object]) -> list[str]:
    """Call `release(owner)` for each worker that died and remove its files; returns their names."""
    dead = []
    for path in sorted(folder.glob("*.lock")):
        try:
            lock = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        except FileNotFoundError:  # another sweep was faster, or its worker left in peace
            continue
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.fstat(lock).st_nlink:
                release(path.stem)
                clear(path.with_suffix(""))
                path.with_suffix(".wake").unlink(missing_ok=True)
                path.unlink(missing_ok=True)
                dead.append(path.stem)
        except BlockingIOError:  # alive
            continue
        finally:
            os.close(lock)
    return dead
