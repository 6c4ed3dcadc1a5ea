"""Runs media work in a child process with limits, so that no file can harm, fill or stop the process that asks.

    box = Sandbox(Limits())
    inspection = box.inspect(source, workdir)

A `Sandbox` runs one task at a time; further threads wait. It keeps one small process with the libraries loaded
(`zygote`), which starts at the first task and ends itself when idle; each task gets a fresh child of it.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from workers.media import waking, zygote
from workers.media.answer import Answer, Part, Progress, settle
from workers.media.errors import Cancelled, ChildFailed, TooLarge
from workers.media.limits import Limits
from workers.media.shapes import ImagePlan, Inspection, Rendered, TextRead

INSPECT = "workers.media.tasks:inspect"
READ = "workers.media.tasks:read"
RENDER = "workers.media.tasks:render"
INGREDIENT = "workers.media.tasks:ingredient"
RECOGNISER = "workers.media.tasks:recogniser"
LEVEL = "workers.media.tasks:level"

_POLL_S = 0.05
"""How often the caller is asked whether it has cancelled; a kill follows within twice that."""

Cancel = Callable[[], bool]


class Sandbox:
    """Child processes with limits for media work; see the module. Close it, or use it as a context manager."""

    def __init__(
        self, limits: Limits | None = None, *, embedder: str = "", reader: str = "", recogniser: str = ""
    ) -> None:
        self.limits = limits or Limits()
        self.embedder = embedder
        """What tells how pictures look, as `module:attribute`; empty: what the engine comes with."""
        self.reader = reader
        """What reads words in pictures, likewise."""
        self.recogniser = recogniser
        """What hears what is said in videos; empty: nothing does."""
        self.peak_bytes = 0
        """Resident memory that the most recent child had at most."""
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._connection: socket.socket | None = None
        self._running = False
        self._owner = os.getpid()
        self._refused: dict[str, str] = {}
        """Plug-ins that held up a zygote, and what they did: they are left out as long as this is there."""

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def inspect(self, source: Path, workdir: Path, *, cancelled: Cancel | None = None) -> Inspection:
        """Measure the original at `source`; previews are written into `workdir`, an existing empty folder.

        Raises `Unsupported`, `Damaged`, `TooLarge` for what is wrong with the file, `Cancelled`, `ChildFailed`.
        """
        request = {"source": str(source.resolve()), "limits": self.limits.dump(), "embedder": self.embedder}
        plain = self.run(INSPECT, request, workdir, reads=[source], cancelled=cancelled)
        return Inspection.load(plain)

    def read(
        self, source: Path, workdir: Path, languages: Sequence[str], *, cancelled: Cancel | None = None
    ) -> TextRead:
        """Return what is written in a measured original, by a reader that knows these languages.

        Raises the errors of `inspect`; `MediaError` where the reader gave up.
        """
        request = {"source": str(source.resolve()), "limits": self.limits.dump()}
        request |= {"reader": self.reader, "languages": list(languages)}
        return TextRead.load(self.run(READ, request, workdir, reads=[source], cancelled=cancelled))

    def render(
        self,
        source: Path,
        plans: Sequence[ImagePlan],
        workdir: Path,
        *,
        cancelled: Cancel | None = None,
        progress: Progress | None = None,
    ) -> list[Rendered]:
        """Make every plan of one still picture into a file in `workdir`; the paths returned are relative to it.

        Raises `PlanImpossible` besides the errors of `inspect`.
        """
        request = {"source": str(source.resolve()), "plans": [plan.dump() for plan in plans]}
        plain = self.run(RENDER, request, workdir, reads=[source], cancelled=cancelled, progress=progress)
        return [Rendered.load(item) for item in plain["rendered"]]

    def ingredient(
        self, source: Path, workdir: Path, *, media_type: str, instance: str, cancelled: Cancel | None = None
    ) -> bytes:
        """Return an original as an ingredient of Content Credentials; see `provenance.ingredient`."""
        request = {"source": str(source.resolve()), "media_type": media_type, "instance": instance, "title": "Original"}
        plain = self.run(INGREDIENT, request, workdir, reads=[source], cancelled=cancelled)
        return (workdir / str(plain["path"])).read_bytes()

    def level(self) -> str:
        """Name what this machine enforces: `limits`, and where the kernel permits `network` and `files`.

        `limits`: memory, time, file size. `network`: the child has no network. `files`: the child sees only its
        original, its work folder, the interpreter and the system's libraries.
        """
        with tempfile.TemporaryDirectory() as folder:
            return str(self.run(LEVEL, {}, Path(folder))["level"])

    def heard_by(self) -> tuple[str, str]:
        """Return who hears what is said in videos, as `name/version`, and empty words; else why nobody does."""
        with tempfile.TemporaryDirectory() as folder:
            found = self.run(RECOGNISER, {"recogniser": self.recogniser}, Path(folder))
        return str(found["title"]), str(found["fault"])

    def run(
        self,
        task: str,
        request: dict[str, Any],
        workdir: Path,
        *,
        reads: Sequence[Path] = (),
        cancelled: Cancel | None = None,
        progress: Progress | None = None,
        part: Part | None = None,
        limits: Limits | None = None,
    ) -> dict[str, Any]:
        """Run `task` (`module:function`, see `child.Task`) in a child and return its answer.

        The child may read `reads` and write into `workdir`. Everything it started is dead when this returns. `part`
        hears in this thread what the child finished before the rest; what it raises ends the child.
        """
        bounds = limits or self.limits
        order = {
            "task": task,
            "request": request,
            "workdir": str(workdir.resolve()),
            "reads": [str(path.resolve()) for path in reads],
            "limits": bounds.dump(),
        }
        answer = Answer(bounds.response_bytes, progress, part)
        with self._lock:
            reading = self._start(order)
            try:
                status = self._wait(reading, answer, cancelled, bounds.wall_s)
            finally:
                self._kill()
                os.close(reading)
        return settle(answer, status)

    def close(self) -> None:
        """End the process that keeps the libraries loaded, and with it a task that may be running."""
        self._drop()

    def _start(self, order: dict[str, Any]) -> int:
        """Hand `order` over and return the reading end of the answer; a zygote that has gone is replaced once."""
        body = json.dumps(order).encode()
        frame = zygote.ORDER + len(body).to_bytes(zygote.LENGTH_BYTES) + body
        for last in (False, True):
            reading, writing = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
            os.set_blocking(writing, True)
            try:
                connection = self._connect()
                socket.send_fds(connection, [frame[:1]], [writing])
                connection.sendall(frame[1:])
                self._running = waking.receive_line(connection, waking.START_S) is not None
                if self._running:
                    return reading
            except (BrokenPipeError, ConnectionResetError):
                pass  # it had just ended itself, being idle
            except BaseException:
                os.close(reading)
                self._drop()
                raise
            finally:
                os.close(writing)
            os.close(reading)
            self._drop()
            if last:
                break
        raise ChildFailed("The media process cannot be started. Try again later.", code="no_media_process")

    def _connect(self) -> socket.socket:
        if self._connection is not None and self._owner == os.getpid():
            return self._connection
        self._owner = os.getpid()  # a fork of the owner starts its own, so that answers do not mix
        plugins = (self.embedder, self.reader, self.recogniser)
        while True:
            self._process, self._connection = waking.spawn(plugins, self._refused, self.limits.idle_s)
            name, did = waking.held_up(self._connection, self.limits.load_s)
            if not name:
                return self._connection
            self._refused[name] = did
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)  # it hears nobody
            self._drop()

    def _wait(self, reading: int, answer: Answer, cancelled: Cancel | None, wall_s: float) -> int:
        """Collect the answer until the child has ended; kill it when cancelled or too slow. Returns its status."""
        connection = self._connection
        assert connection is not None  # noqa: S101 - `_start` made it
        deadline = time.monotonic() + wall_s
        watched = [reading, connection.fileno()]
        while True:
            ready = zygote.readable(watched, _POLL_S)
            if reading in ready and not _drain(reading, answer):
                watched = [connection.fileno()]
            if connection.fileno() in ready:
                line = waking.receive_line(connection, waking.START_S)
                self._running = False
                if line is None:
                    self._drop()
                    raise ChildFailed("The media process ended while working on this file. Try again.")
                _drain(reading, answer)
                self.peak_bytes = int(line["peak"])
                return int(line["status"])
            if cancelled is not None and cancelled():
                raise Cancelled("The work on this file was cancelled.")
            if time.monotonic() > deadline:
                raise TooLarge(
                    f"The file took longer than {wall_s:.0f} seconds; send a shorter or smaller one.",
                    code="too_slow",
                )

    def _kill(self) -> None:
        """Kill the child with all its children and wait until they are gone; nothing when it has ended."""
        connection = self._connection
        if not self._running or connection is None:
            return
        self._running = False
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            connection.sendall(zygote.KILL)
        if waking.receive_line(connection, waking.START_S) is None:
            self._drop()

    def _drop(self) -> None:
        """Let the zygote go; it kills a running child before it ends."""
        connection, process = self._connection, self._process
        self._connection = self._process = None
        self._running = False
        if connection is not None:
            connection.close()
        if process is not None:
            try:
                process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def level() -> str:
    """Return `Sandbox.level` of this machine; starts a process for it."""
    with Sandbox() as box:
        return box.level()


def _drain(reading: int, answer: Answer) -> bool:
    """Take what is in the pipe; False at its end."""
    with contextlib.suppress(BlockingIOError):
        while data := os.read(reading, 65536):
            answer.feed(data)
        return False
    return True
