"""Makes entries of many documents in another process, while this one reads those that come next.

Cutting texts is half of the work of building an index, and one process of Python does one thing at a time. Run as a
program it is that other process: portions of documents come in at its standard input, entries leave by its output.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import struct
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import fields as fields_of
from datetime import date
from io import FileIO
from itertools import islice
from operator import attrgetter
from queue import SimpleQueue
from typing import IO

from .documents import Document, entry
from .fields import document

MANY = 4000
"""Documents after which another process is worth its start."""
PORTION = 500
"""Documents that travel together."""
AHEAD = 3
"""Portions that the other process has at most."""
_SIZE = struct.Struct("<Q")
_NAMES = tuple(one.name for one in fields_of(Document))
_KEYWORDS, _FIELDS, *_SEVERAL = map(_NAMES.index, ("keywords", "fields", "viewers", "channels", "allowed"))
_VALUES = attrgetter(*_NAMES)
_JSON = json.JSONEncoder(check_circular=False, separators=(",", ":"), default=lambda day: [day.toordinal()])
"""A tuple of what a document is made of; the only thing in it that JSON does not know is a day."""


class Cutter:
    """Turns documents into entries as Tantivy reads them, in the order in which they come; one thread uses it."""

    def __init__(self) -> None:
        self._left = MANY
        self._process: subprocess.Popen[bytes] | None = None
        self._given: deque[list[Document]] = deque()

    def entries(self, documents: Iterable[Document]) -> Iterator[str]:
        """Yield the entries of documents, or of some that were given earlier; the others come later.

        Raises:
            ValueError: as `entry`.
        """
        coming = iter(documents)
        while portion := list(islice(coming, PORTION)):
            if self._started(len(portion)) or self._given:
                self._give(portion)
            else:
                yield from map(_cut, portion)
            if len(self._given) > AHEAD:
                yield from self._taken()

    def rest(self) -> Iterator[str]:
        """Yield the entries of all that was given and has not come yet, and end the other process."""
        while self._given:
            yield from self._taken()
        self.close()

    def close(self) -> None:
        """End the other process; what has not come from it is forgotten."""
        self._given.clear()
        self._left = MANY
        self._end()

    def _started(self, more: int) -> bool:
        """Whether the other process works; it is started behind many documents, unless there is only one processor."""
        if self._process is None and self._left > 0:
            self._left -= more
            if self._left <= 0 and len(os.sched_getaffinity(0)) > 1:
                with suppress(OSError):  # where no more processes are to be had, texts are cut here
                    self._process = _start()
        return self._process is not None

    def _give(self, portion: list[Document]) -> None:
        self._given.append(portion)
        if self._process is None:
            return  # those that it owed come first
        with suppress(OSError):  # it has ended: what it does not answer is made here
            _send(self._pipes()[0], _packed(portion))

    def _taken(self) -> Iterator[str]:
        """The entries of the oldest portion."""
        portion = self._given.popleft()
        made = b""
        if self._process is not None:
            try:
                made = _receive(self._pipes()[1])
            except (OSError, EOFError):
                self._end()  # the rest is made here as well, and what cannot be made says why
        return iter(made.decode().split("\n")) if made else map(_cut, portion)

    def _pipes(self) -> tuple[IO[bytes], IO[bytes]]:
        process = self._process
        if process is None or process.stdin is None or process.stdout is None:
            raise RuntimeError("the other process was not started")
        return process.stdin, process.stdout

    def _end(self) -> None:
        if self._process is not None:
            for pipe in self._pipes():
                pipe.close()
            self._process.kill()
            self._process.wait()
            self._process = None


def _start() -> subprocess.Popen[bytes]:
    command = [sys.executable, "-P", "-m", __name__]
    known = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=known, bufsize=0)


def _cut(one: Document) -> str:
    return document(entry(one))


def _packed(portion: list[Document]) -> bytes:
    return _JSON.encode(list(map(_VALUES, portion))).encode()


def _unpacked(content: bytes) -> Iterator[Document]:
    for values in json.loads(content):
        for place in _SEVERAL:
            values[place] = tuple(values[place])
        values[_KEYWORDS] = {name: tuple(several) for name, several in values[_KEYWORDS].items()}
        for name, said in values[_FIELDS].items():
            if isinstance(said, list):
                values[_FIELDS][name] = date.fromordinal(*said)
        yield Document(*values)


def _send(pipe: IO[bytes], content: bytes) -> None:
    for part in (_SIZE.pack(len(content)), content):
        rest = memoryview(part)
        while rest:
            rest = rest[pipe.write(rest) :]


def _receive(pipe: IO[bytes]) -> bytes:
    (size,) = _SIZE.unpack(_exactly(pipe, _SIZE.size))
    return _exactly(pipe, size)


def _exactly(pipe: IO[bytes], size: int) -> bytes:
    """Raises EOFError where the pipe ends before."""
    found = bytearray()
    while len(found) < size:
        part = pipe.read(size - len(found))
        if not part:
            raise EOFError
        found += part
    return bytes(found)


def _work(given: IO[bytes], made: IO[bytes]) -> None:
    """Answer portions until no more come. A thread reads ahead, so that whoever gives never waits for an answer."""
    portions: SimpleQueue[bytes] = SimpleQueue()

    def read() -> None:
        with suppress(EOFError):
            while True:
                portions.put(_receive(given))
        portions.put(b"")

    threading.Thread(target=read, daemon=True).start()
    while content := portions.get():
        _send(made, "\n".join(map(_cut, _unpacked(content))).encode())


if __name__ == "__main__":
    gc.disable()  # nothing here refers to itself, and looking for what does takes a tenth of the time
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started it is told as well, and ends it
    with suppress(BrokenPipeError):
        _work(FileIO(0), FileIO(1, "w"))
