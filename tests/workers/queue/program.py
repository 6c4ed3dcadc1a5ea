"""A worker process for the tests: `python -m tests.workers.queue.program URL FOLDER [NAME=VALUE ...]`."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import text

from tests.workers.queue.settings import engine_for
from workers.queue.context import JobContext
from workers.queue.runner import RunnerOptions, work
from workers.queue.shapes import Backoff
from workers.queue.wake import Stop
from workers.queue.watch import Limits

URL, FOLDER = sys.argv[1:3]
SETTINGS = {name: float(value) for name, value in (word.split("=") for word in sys.argv[3:])}

STOP = Stop.on_signals()


class Unreadable(Exception):
    code = "unreadable"
    retry = False

    def __init__(self) -> None:
        super().__init__("the file is damaged")
        self.message = "This file is damaged."


def nap(context: JobContext) -> Mapping[str, Any]:
    """Sleep as long as the payload says, polling, and return who did it."""
    end = time.monotonic() + float(context.job.payload["s"])
    while time.monotonic() < end:
        context.check()
        time.sleep(0.01)
    return {"pid": os.getpid(), "fence": context.job.fence}


def held(context: JobContext) -> Mapping[str, Any]:
    """Run until the file exists that the payload names, or the worker was told to stop; return who did it."""
    until = context.job.payload["until"]
    while not (STOP.is_set() if until == "stop" else Path(until).exists()):
        context.check()
        time.sleep(0.01)
    return {"pid": os.getpid(), "fence": context.job.fence}


def record(context: JobContext) -> None:
    """Write one row and settle in the same transaction, after a wait that asks nobody."""
    time.sleep(float(context.job.payload["s"]))
    while not Path(context.job.payload.get("until", "/")).exists():
        time.sleep(0.01)
    with engine_for(URL).begin() as connection:
        connection.execute(
            text("INSERT INTO effects (job, pid) VALUES (:job, :pid)"), {"job": context.job.id, "pid": os.getpid()}
        )
        if context.job.payload.get("die") == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        context.settle(connection, {"pid": os.getpid()})
    if context.job.payload.get("die") == "after":
        os.kill(os.getpid(), signal.SIGKILL)


def abort(_context: JobContext) -> None:
    """Die as a crashing decoder does, without a core file."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.abort()


def refuse(_context: JobContext) -> None:
    """Fail for good."""
    raise Unreadable


def stumble(context: JobContext) -> Mapping[str, Any]:
    """Fail until the third attempt."""
    if context.job.attempts < 3:
        raise OSError("the disk is busy")
    return {"attempts": context.job.attempts}


def odd(_context: JobContext) -> Mapping[str, Any]:
    """Return what is not JSON."""
    return {"folder": Path()}


def report(context: JobContext) -> None:
    """Say how far it is, ten thousand times, and wait until somebody has heard."""
    for number in range(10_000):
        context.progress(number / 10_000, f"{number} of 10000")
    held(context)


def forget(context: JobContext) -> None:
    """Settle, then roll back."""
    with engine_for(URL).connect() as connection:
        connection.begin()
        context.settle(connection, {})
        connection.rollback()


def tree(context: JobContext) -> None:
    """Start a family of processes in sessions of their own that write files and ignore SIGTERM; wait for them."""
    script = (
        f"trap '' TERM; cd {context.workdir}; (setsid sleep 300 & echo $! > grandchild); date > file; exec sleep 300"
    )
    subprocess.run(["sh", "-c", script], check=True, start_new_session=True)


def film(context: JobContext) -> None:
    """Encode a film that never ends, and do not ask."""
    source = ["-f", "lavfi", "-i", "testsrc=size=640x360:rate=30"]
    subprocess.run(
        [
            context.job.payload["ffmpeg"],
            "-nostdin",
            "-loglevel",
            "error",
            *source,
            "-t",
            "36000",
            context.workdir / "f.mp4",
        ],
        check=True,
    )


def deaf(context: JobContext) -> None:
    """Hear nothing and never return: no signal, no poll, the interpreter lock let go."""
    (context.workdir / "file").touch()
    subprocess.Popen(["sleep", "300"])
    ctypes.CDLL(None).sleep(300)
    while True:
        ctypes.CDLL(None).sleep(300)


HANDLERS = {
    handler.__name__: handler
    for handler in (nap, held, record, abort, refuse, stumble, odd, report, forget, tree, film, deaf)
}


def main() -> None:
    """Work until told to stop; `clock_s`: how far this process's clock is ahead."""
    right_time = time.time
    time.time = lambda: right_time() + SETTINGS.get("clock_s", 0.0)
    limits = {name: SETTINGS[name] for name in Limits.__slots__ if name in SETTINGS}
    options = RunnerOptions(
        folder=Path(FOLDER),
        limits=Limits(**limits),
        backoff=Backoff(base_s=SETTINGS.get("base_s", 0.02), cap_s=1.0),
        poll_s=SETTINGS.get("poll_s", 1.0),
        reap_s=SETTINGS.get("reap_s", 5.0),
    )
    work(lambda: engine_for(URL), HANDLERS, options, STOP)


if __name__ == "__main__":
    main()
