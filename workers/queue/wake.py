"""Waking idle workers of this machine: a job starts within milliseconds of its commit, yet waiting costs nothing."""

from __future__ import annotations

import contextlib
import errno
import math
import os
import select
import signal
import socket
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import FrameType

_SUFFIX = ".wake"


def readable(handles: Iterable[int], timeout_s: float | None) -> set[int]:
    """Return which of these descriptors can be read or have ended, as soon as one can; none after `timeout_s`.

    `select` does not do: it takes no descriptor above 1023, and a process that holds many files has such.
    """
    poll = select.poll()
    for handle in handles:
        poll.register(handle, select.POLLIN)
    return {handle for handle, _ in poll.poll(None if timeout_s is None else math.ceil(timeout_s * 1000))}


@contextlib.contextmanager
def _reachable(folder: Path) -> Iterator[str]:
    """A short name of the folder: the address of a socket holds 107 bytes, a path may be longer."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{handle}"
    finally:
        os.close(handle)


class Ear:
    """Where one worker listens in `folder`; `name` is its own there."""

    def __init__(self, folder: Path, name: str) -> None:
        self._path = folder / (name + _SUFFIX)
        self._path.unlink(missing_ok=True)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        with _reachable(folder) as short:
            self._socket.bind(f"{short}/{self._path.name}")

    def wait(self, timeout_s: float, stop: Stop) -> bool:
        """Sleep until woken, stopped or `timeout_s` is over; true where somebody woke us."""
        if self._socket.fileno() not in readable([self._socket.fileno(), stop.fileno()], timeout_s):
            return False
        with contextlib.suppress(BlockingIOError):
            while True:
                self._socket.recv(16)
        return True

    def close(self) -> None:
        """Stop listening."""
        self._socket.close()
        self._path.unlink(missing_ok=True)


def wake(folder: Path) -> int:
    """Wake every worker that listens in `folder` (call it after the commit); returns how many were told.

    Never raises for a folder or a worker that is not there: a worker that hears nothing looks once a second anyway.
    """
    told = 0
    with contextlib.suppress(FileNotFoundError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as mouth:
        mouth.setblocking(False)
        with _reachable(folder) as short:
            for path in folder.glob("*" + _SUFFIX):
                told += _tell(mouth, f"{short}/{path.name}")
    return told


def _tell(mouth: socket.socket, address: str) -> bool:
    try:
        mouth.sendto(b"!", address)
    except OSError as error:
        # Refused: its worker was killed, the next sweep clears it. Full: it was told often enough.
        if error.errno in (errno.ECONNREFUSED, errno.ENOENT, errno.EAGAIN, errno.ENOBUFS):
            return False
        raise
    return True


class Stop:
    """A wish to stop that a signal handler may set at any moment and that `readable` can wait for."""

    def __init__(self) -> None:
        self._reader, self._writer = os.pipe()
        os.set_blocking(self._writer, False)
        os.set_blocking(self._reader, False)
        self.times = 0
        """How often it was set; the second time means: at once."""

    @classmethod
    def on_signals(cls, *numbers: signal.Signals) -> Stop:
        """A stop that is set by these signals (SIGTERM and SIGINT unless named); main thread only."""
        stop = cls()

        def handle(_number: int, _frame: FrameType | None) -> None:
            stop.set()

        for number in numbers or (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, handle)
        return stop

    def set(self) -> None:
        """Ask to stop; takes no lock, so it is safe in a signal handler."""
        self.times += 1
        with contextlib.suppress(BlockingIOError):
            os.write(self._writer, b"!")

    def is_set(self) -> bool:
        """Whether anybody asked to stop."""
        return self.times > 0

    def clear(self) -> None:
        """Forget that it was set."""
        self.times = 0
        with contextlib.suppress(BlockingIOError):
            os.read(self._reader, 4096)

    def fileno(self) -> int:
        """Becomes readable when the stop is set, and stays so."""
        return self._reader

    def close(self) -> None:
        """Give the pipe back."""
        os.close(self._reader)
        os.close(self._writer)
