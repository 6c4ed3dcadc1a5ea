"""How much memory this very process takes for a while, whatever it held before."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path


class Peak:
    """What was taken at most since it was begun; bytes."""

    def __init__(self) -> None:
        Path("/proc/self/clear_refs").write_text("5")  # from here on the kernel keeps a new peak
        self._before = _status("VmRSS")

    @property
    def grown(self) -> int:
        """By how many bytes the process was larger at its largest than when it began; pages that are in memory."""
        return _status("VmHWM") - self._before


@contextlib.contextmanager
def grows_less_than(most: int) -> Iterator[None]:
    """Fail if the process grows by so many bytes, even for a moment."""
    peak = Peak()
    yield
    assert peak.grown < most, f"the process grew by {peak.grown / 1e6:.0f} MB"


def _status(name: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(f"{name}:")).split()[1]) * 1024
