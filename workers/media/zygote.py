"""Keeps the heavy libraries loaded and forks one fresh child for each task.

Loading Pillow, NumPy, OpenCV and PyAV takes the better part of a second, a fork of a process that has them a few
milliseconds. This process runs no task itself, has one thread, touches no original, and ends when it has been idle,
when its parent is gone, or when the connection is closed. It is started by `sandbox`.

Protocol, over the socket whose descriptor is the first argument: the parent sends `ORDER`, a length and JSON, and
with the first byte the writing end of a pipe for the child's answer; this process answers with lines:
`{"started": pid}` and, when the child has gone, `{"status": wait status, "peak": bytes}`. `KILL` ends the child.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import math
import os
import select
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterable
from typing import Any

from workers.media import child, embedding, kernel, reading
from workers.media.plugins import plugin, refuse

PRELOAD = ("workers.media.probe", "workers.media.image", "workers.media.warm")
"""Loaded before the first fork; what cannot be loaded is left for the task that needs it to complain about."""

_PARENT_CHECK_S = 1.0
_ORPHANS_S = 5.0
"""A process that waits for a disk cannot be killed before that answers; nobody waits for it longer."""
ORDER, KILL = b"o", b"k"
LENGTH_BYTES = 4


def main(arguments: list[str]) -> int:
    """Serve forks on the socket `arguments[0]` until `arguments[1]` seconds have passed without work.

    `arguments[2]` names plug-ins that are refused and says why (JSON), `arguments[3]` the embedder, `arguments[4]` the
    reader of words, `arguments[5]` what hears them; before each is imported a line `{"loading": name}` says so, and
    `{"ready": true}` that all are.
    """
    connection = socket.socket(fileno=int(arguments[0]))
    idle_s, parent = float(arguments[1]), os.getppid()
    _detach()
    kernel.adopt_orphans()
    for name in PRELOAD:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    for name, what in json.loads(arguments[2]).items():
        refuse(name, what)
    loads: tuple[Callable[[str], object], ...] = (embedding.load, reading.load, plugin)
    for load, name in zip(loads, arguments[3:], strict=True):
        _send(connection, {"loading": name})
        with contextlib.suppress(Exception, SystemExit):  # a plug-in lies where children may not read
            load(name)
    _send(connection, {"ready": True})
    gc.freeze()  # a collection in a child would write to every page that it shares with us
    helpers = set(kernel.children())
    try:
        while _wait(connection, idle_s, parent):
            order, answer = _receive(connection)
            if order is None:
                break
            _serve(connection, order, answer, parent=parent, helpers=helpers)
    finally:
        _end_orphans(set())
    return 0


def readable(handles: Iterable[int], timeout_s: float | None) -> set[int]:
    """Return which of these descriptors can be read or have ended, as soon as one can; none after `timeout_s`.

    `select` does not do: it takes no descriptor above 1023, and a process that holds many files has such.
    """
    poll = select.poll()
    for handle in handles:
        poll.register(handle, select.POLLIN)
    return {handle for handle, _ in poll.poll(None if timeout_s is None else math.ceil(timeout_s * 1000))}


def _detach() -> None:
    """Read nothing and print nothing: the streams of the parent are not ours, and a library may be chatty."""
    null = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(null, stream)
    os.close(null)


def _wait(connection: socket.socket, idle_s: float, parent: int) -> bool:
    """Wait for an order; False when idle for too long or orphaned."""
    waited = 0.0
    while waited < idle_s and os.getppid() == parent:
        pause = min(_PARENT_CHECK_S, idle_s - waited)
        if readable([connection.fileno()], pause):
            return True
        waited += pause
    return False


def _receive(connection: socket.socket) -> tuple[dict[str, Any] | None, int]:
    """Read one frame and the descriptor that came with it; (None, -1) when the parent has closed."""
    mark = KILL
    while mark == KILL:  # one that came too late for the child that it was meant for
        mark, descriptors, _, _ = socket.recv_fds(connection, 1, 1)
    if mark != ORDER or not descriptors:
        return None, -1
    length = int.from_bytes(_receive_exactly(connection, LENGTH_BYTES))
    order: dict[str, Any] = json.loads(_receive_exactly(connection, length))
    return order, descriptors[0]


def _receive_exactly(connection: socket.socket, size: int) -> bytes:
    data = bytearray()
    while len(data) < size:
        part = connection.recv(min(65536, size - len(data)))
        if not part:
            sys.exit(0)
        data += part
    return bytes(data)


def _serve(connection: socket.socket, order: dict[str, Any], answer: int, *, parent: int, helpers: set[int]) -> None:
    pid = os.fork()
    if pid == 0:
        _become_child(connection, order, answer)
    os.close(answer)
    _send(connection, {"started": pid})
    lost = _watch(connection, pid, parent)
    # Killed while the leader is not yet reaped, so that its number cannot belong to anybody else. The group
    # does not exist when the child had no time to make it; then it has no children either.
    os.kill(pid, signal.SIGKILL)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
    _, status, usage = os.wait4(pid, 0)
    _end_orphans(helpers)
    if lost:
        sys.exit(0)
    _send(connection, {"status": status, "peak": usage.ru_maxrss * 1024})


def _end_orphans(spared: set[int]) -> None:
    """Kill what left the group of the child, and what that started: they are ours since their parents are gone.

    `spared` are what plug-ins started while they were loaded: every later task needs them. One that has ended is taken
    out, so that its number spares nobody else.
    """
    deadline = time.monotonic() + _ORPHANS_S
    while time.monotonic() < deadline:
        try:
            while ended := os.waitpid(-1, os.WNOHANG)[0]:
                spared.discard(ended)
        except ChildProcessError:
            return
        orphans = set(kernel.children()) - spared
        if spared and not orphans:
            return
        for orphan in orphans:
            with contextlib.suppress(ProcessLookupError):
                os.kill(orphan, signal.SIGKILL)
        time.sleep(0.005)


def _become_child(connection: socket.socket, order: dict[str, Any], answer: int) -> None:
    status = 1
    try:
        connection.close()
        os.setsid()
        status = child.run(order, answer)
    finally:
        os._exit(status)


def _watch(connection: socket.socket, pid: int, parent: int) -> bool:
    """Return when the child has ended or is to be killed; True when there is nobody left to tell."""
    ended = os.pidfd_open(pid)
    try:
        while os.getppid() == parent:
            ready = readable([connection.fileno(), ended], _PARENT_CHECK_S)
            if ended in ready:
                return False
            if connection.fileno() in ready:
                return not connection.recv(1)
        return True
    finally:
        os.close(ended)


def _send(connection: socket.socket, message: dict[str, Any]) -> None:
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        connection.sendall(json.dumps(message).encode() + b"\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
