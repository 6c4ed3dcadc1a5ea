"""Keeps the PostgreSQL server of the tests: `python -m tests.keeper PROGRAM FOLDER [OPTION ...]`.

It leaves the family of the tests at once. The hub ends whatever was started below it while a job failed, and in the
tests, which run jobs in their own process, that would hit a server process that happened to begin at that moment.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from workers.queue.process import die_with_parent


def main(program: str, folder: Path, options: list[str]) -> None:
    """Run the server until the tests are gone, however they ended: then standard input is over."""
    if os.fork():
        os._exit(0)
    os.setsid()
    me = os.getpid()
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [program, "-D", folder / "data", *options],
            user="postgres" if os.geteuid() == 0 else None,  # the server refuses to run as root
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            preexec_fn=lambda: die_with_parent(me),
        )
    sys.stdin.buffer.read()
    server.send_signal(signal.SIGQUIT)  # at once; nobody needs the data any more
    with contextlib.suppress(subprocess.TimeoutExpired):
        server.wait(10)
    server.kill()
    server.wait()
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3:])
