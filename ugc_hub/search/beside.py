"""Counts while a page is read: the library lets go of Python as it counts, and a second core has nothing to do."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from typing import TypeVar

T = TypeVar("T")


@cache
def _others() -> ThreadPoolExecutor:
    """Threads beside those that ask, for one core less than there are."""
    return ThreadPoolExecutor(max((os.cpu_count() or 1) - 1, 1), thread_name_prefix="counts")


class Later(Mapping[str, T]):
    """What is worked out meanwhile: looking at it waits, and raises what the work raised.

    Work that no thread has begun by then is done by whoever looks.
    """

    def __init__(self, work: Callable[[], Mapping[str, T]]) -> None:
        self._work = work
        try:
            self._begun: Future[Mapping[str, T]] | None = _others().submit(work)
        except RuntimeError:  # no more threads may be begun, or none any more
            self._begun = None
        self._known: Mapping[str, T] | None = None

    def _found(self) -> Mapping[str, T]:
        if self._known is None:
            begun = self._begun
            self._known = self._work() if begun is None or begun.cancel() else begun.result()
        return self._known

    def __getitem__(self, name: str) -> T:
        return self._found()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._found())

    def __len__(self) -> int:
        return len(self._found())
