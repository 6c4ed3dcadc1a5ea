"""What goes on beside a worker in a thread of its own."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from types import TracebackType
from typing import Self

from ugc_hub.hub import Hub

PATIENCE_S = 5.0
"""How long the end of a block waits for the thread; it ends with the process in any case."""


class Beside(ABC):
    """A thread that runs as long as the block does; `name` is that of the thread."""

    def __init__(self, hub: Hub, name: str) -> None:
        self._hub = hub
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end.set()
        self._thread.join(PATIENCE_S)

    @abstractmethod
    def _run(self) -> None:
        """Work until `self._end` is set."""
