"""A process that makes others, each of which follows or builds an index and is killed in the middle.

Everything is loaded once, here; what is killed has only to open the hub, so that a kill takes a moment. It reads lines
`DEED POINT`. The deed is `follow` or `reindex`; the point is `file N` (before the N-th time that Python opens a file of
the index for writing, makes, renames, removes or locks one, or asks for it to be on the disk), `after S` seconds, or
`never`. For each it answers whether the process was `killed` or `done`, and how many seconds and points it took.
"""

from __future__ import annotations

import os
import signal
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ugc_hub.catalog.indexing import rebuild
from ugc_hub.hub import open_hub
from ugc_hub.jobs.following import Follower
from ugc_hub.search import opening, tantivy, whoosh, writing
from ugc_hub.settings import OFF, Settings

LOADED = (opening, tantivy, whoosh, writing)
EVENTS = ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "shutil.rmtree", "fcntl.flock")
WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC


class Counter:
    """Counts what this process does with files, and kills it before the last that it is allowed."""

    def __init__(self, folder: Path, last: int | None) -> None:
        self._folder = str(folder)
        self._last = last
        self.count = 0
        sys.addaudithook(self._heard)
        put = os.fsync

        def fsync(fd: Any) -> None:
            self._next()
            put(fd)

        os.fsync = fsync

    def _heard(self, event: str, words: tuple[Any, ...]) -> None:
        wrote = event == "open" and isinstance(words[2], int) and words[2] & WRITES
        if (event in EVENTS or wrote) and (event == "fcntl.flock" or str(words[0]).startswith(self._folder)):
            self._next()

    def _next(self) -> None:
        self.count += 1
        if self.count == self._last:
            os.kill(os.getpid(), signal.SIGKILL)


def run(values: dict[str, Any], deed: str, last: int | None, tell: int) -> None:
    """Do the deed in a process of its own; it tells when it begins, and at the end how many points there were."""
    hub = open_hub(Settings(min_free_bytes=0, text_reader=OFF, **values))
    counter = Counter(hub.index.folder, last)
    os.write(tell, b"begun\n")
    if deed == "reindex":
        rebuild(hub)
    else:
        Follower(hub).step()
    os.write(tell, f"{counter.count}\n".encode())


def killed(act: Callable[[int], None], after_s: float | None) -> str:
    """Let another process act, kill it where it takes longer, and say what became of it."""
    hear, tell = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(hear)
        try:
            act(tell)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    os.close(tell)
    with os.fdopen(hear) as heard:
        begun = heard.readline()
        start = time.monotonic()
        if after_s is not None:
            time.sleep(after_s)
            os.kill(pid, signal.SIGKILL)
        points = heard.readline().strip() if begun else ""
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    word = {0: "done", -signal.SIGKILL: "killed"}.get(status, f"failed:{status}")
    return f"{word} {time.monotonic() - start:.4f} {points or 0}"


def main(data_dir: str, index_url: str) -> None:
    """Answer line by line until there is no more."""
    values = {"data_dir": Path(data_dir), "index_url": index_url}
    for line in sys.stdin:
        deed, kind, *at = line.split()
        last = int(at[0]) if kind == "file" else None
        after_s = float(at[0]) if kind == "after" else None
        print(killed(lambda tell, deed=deed, last=last: run(values, deed, last, tell), after_s), flush=True)  # type: ignore[misc]


if __name__ == "__main__":
    main(*sys.argv[1:])
