"""Keeps the index of this machine in step with the records, beside a worker.

Each machine that answers searches has its own folder; whichever of its workers gets the lock keeps it, and another
takes over when that one ends.
"""

from __future__ import annotations

import fcntl
import logging
from typing import TextIO

from ugc_hub.hub import Hub

from .beside import Beside
from .following import Follower

LOG = logging.getLogger("ugc_hub.jobs")
LOOK_S = 0.25
"""Between two looks at the feed, each of which costs the database two short statements."""
WAIT_S = 2.0
"""Between two tries for the lock, and after something went wrong."""
IDLE_S = 60.0
"""Without changes, after which the memory of the writer is given back."""


class Indexer(Beside):
    """Follows the feed of changes as long as the block runs."""

    def __init__(self, hub: Hub, look_s: float = LOOK_S) -> None:
        super().__init__(hub, "indexer")
        self._look_s = look_s

    def _run(self) -> None:
        folder = self._hub.index.folder
        while not self._end.is_set():
            try:
                folder.mkdir(parents=True, exist_ok=True)
                with (folder / "keeper.lock").open("w") as file:
                    if _taken(file):
                        self._keep()
            except Exception as error:  # whatever it was: an index that nobody follows any more is worse
                LOG.warning("the index does not follow at the moment: %s", error, exc_info=error)
            self._end.wait(WAIT_S)

    def _keep(self) -> None:
        """Follow until the end; lets go of the index whatever happens, so that the next try begins afresh."""
        follower = Follower(self._hub)
        idle_s = 0.0
        try:
            follower.step()
            follower.prepare()
            while not self._end.is_set():
                idle_s = 0.0 if follower.step() else idle_s + self._look_s
                if idle_s > IDLE_S:
                    self._hub.index.close()
                    idle_s = 0.0
                self._end.wait(self._look_s)
        finally:
            self._hub.index.close()


def _taken(file: TextIO) -> bool:
    """Take the lock of the folder; False where another worker of this machine keeps the index."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
