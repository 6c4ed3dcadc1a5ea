"""Open files of this very process."""

from __future__ import annotations

import contextlib
import os
import resource
from collections.abc import Iterator

ABOVE = 1024
"""The first descriptor that `select` does not take."""


def count() -> int:
    """How many descriptors are open, but for the one that counting takes."""
    return len(os.listdir("/proc/self/fd")) - 1


@contextlib.contextmanager
def crowded() -> Iterator[None]:
    """Hold so many files that whatever is opened meanwhile gets a descriptor above 1023."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 4 * ABOVE
    assert hard == resource.RLIM_INFINITY or hard >= wanted, "this machine allows too few open files for the test"
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))
    held: list[int] = []
    try:
        while not held or held[-1] < ABOVE:
            held.append(os.open(os.devnull, os.O_RDONLY))
        yield
    finally:
        for handle in held:
            os.close(handle)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
