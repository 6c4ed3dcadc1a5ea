"""Reading streams: a bounded view of another stream, with errors of the storage family."""

from __future__ import annotations

import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, BinaryIO, Protocol

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

BUFFER_BYTES = 64 * 1024


class Readable(Protocol):
    """Something that gives bytes and can be closed."""

    def read(self, size: int, /) -> bytes:
        """Return up to `size` bytes, none at the end."""

    def close(self) -> None:
        """Free what is held."""


class _Window(io.RawIOBase):
    def __init__(self, source: Readable, size: int | None, guard: Callable[[], AbstractContextManager[None]]) -> None:
        self._source = source
        self._left = size
        self._guard = guard

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer).cast("B")
        wanted = len(view) if self._left is None else min(len(view), self._left)
        if not wanted:
            return 0
        with self._guard():
            data = self._source.read(wanted)
        view[: len(data)] = data
        if self._left is not None:
            self._left -= len(data)
        return len(data)

    def close(self) -> None:
        self._source.close()
        super().close()


def window(source: Readable, size: int | None, guard: Callable[[], AbstractContextManager[None]]) -> BinaryIO:
    """Return a stream of at most `size` bytes of `source` (None: all); every read runs inside `guard()`.

    Closing it closes `source`.
    """
    return io.BufferedReader(_Window(source, size, guard), BUFFER_BYTES)
