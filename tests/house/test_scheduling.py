"""Who runs which tests when two processes share them."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from tests.scheduling import Files

COLLECTED = [
    *(f"tests/a/test_one.py::test_that[{number}]" for number in range(4)),
    "tests/a/test_two.py::test_that",
    *(f"tests/browser/test_{name}.py::test_page" for name in ("door", "look", "wall", "work")),
    *(f"tests/b/test_three.py::test_that[{number}]" for number in range(4)),
    *(f"tests/workers/queue/test_table.py::test_that[{number}]" for number in range(8)),
    "tests/a/test_one.py::test_that_goes_by_the_clock",
]


class Process:
    """One that notes what it is given."""

    def __init__(self) -> None:
        self.gateway = SimpleNamespace(id="one")
        self.given: list[int] = []
        self.shutting_down = False

    def send_runtest_some(self, numbers: list[int]) -> None:
        self.given += numbers

    def shutdown(self) -> None:
        self.shutting_down = True


def test_a_file_and_all_that_look_through_a_browser_stay_in_one_process() -> None:
    option = SimpleNamespace(loadscopereorder=False)
    config: Any = SimpleNamespace(option=option, getvalue=lambda name: ["popen", "popen"])
    log: Any = SimpleNamespace(loadscopesched=lambda *_: None)
    files, processes = Files(config, log), [Process(), Process()]
    for process in processes:
        files.add_node(process)
        files.add_node_collection(process, COLLECTED)
    files.schedule()
    done = [0, 0]
    while files.has_pending:
        for place, process in enumerate(processes):
            if done[place] < len(process.given):
                files.mark_test_complete(process, process.given[done[place]])
                done[place] += 1
    ran = [[COLLECTED[number] for number in process.given] for process in processes]
    assert sorted(ran[0] + ran[1]) == sorted(COLLECTED)
    for alike in ("test_one.py::test_that[", "test_three", "tests/browser/"):
        assert sum(any(alike in test for test in tests) for tests in ran) == 1, alike
    assert all(any("test_table" in test for test in tests) for tests in ran), "both are busy until the end"
    assert COLLECTED[-1] in (ran[0][-1], ran[1][-1])
