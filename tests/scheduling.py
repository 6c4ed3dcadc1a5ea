"""Which process of the tests runs which of them: all of a file, all that look through a browser.

What a file makes for its tests is made once then, and there is one hub and one browser for all that visit it. What has
been put behind all others, away from its file, stays there. Before that come small tests, one by one, so that all
processes are at their end when it begins.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from xdist.scheduler import LoadScopeScheduling

BROWSER = "tests/browser/"
LAST = "tests/workers/queue/"


class Files(LoadScopeScheduling):  # type: ignore[misc]
    """Gives whoever has nothing more to do the next file."""

    def __init__(self, config: Any, log: Any) -> None:
        super().__init__(config, log)
        self._units: dict[str, str] = {}

    def add_node_collection(self, node: Any, collection: Sequence[str]) -> None:
        """Learn what belongs together: what stands together in the order of the tests."""
        super().add_node_collection(node, collection)
        for number, (unit, tests) in enumerate(groupby(collection, together)):
            self._units.update(dict.fromkeys(tests, f"{number} {unit}"))

    def _split_scope(self, nodeid: str) -> str:
        return self._units[nodeid]


def together(test: str) -> str:
    """Name what one process runs the test with: its file, the folder of the browser, or nothing else."""
    if test.startswith(LAST):
        return test
    return BROWSER if test.startswith(BROWSER) else test.partition("::")[0]
