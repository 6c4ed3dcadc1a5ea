"""What is worked out while its asker does something else."""

from __future__ import annotations

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from threading import Event, current_thread

import pytest

from ugc_hub.search import beside
from ugc_hub.search.beside import Later

WAIT_S = 10


def test_it_is_worked_out_by_another_thread_while_nobody_looks() -> None:
    done = Event()

    def work() -> Mapping[str, str]:
        done.set()
        return {"by": current_thread().name}

    later = Later(work)
    assert done.wait(WAIT_S)
    assert later["by"].startswith("counts")
    assert later == {"by": later["by"]}
    assert len(later) == len([*later]) == 1


def test_where_no_thread_can_be_begun_whoever_looks_does_it(monkeypatch: pytest.MonkeyPatch) -> None:
    ended = ThreadPoolExecutor(1)
    ended.shutdown()
    monkeypatch.setattr(beside, "_others", lambda: ended)
    assert Later(lambda: {"by": current_thread().name}) == {"by": current_thread().name}


def test_what_no_thread_has_begun_is_done_by_whoever_looks() -> None:
    held = Event()

    def busy() -> Mapping[str, str]:
        held.wait(WAIT_S)
        return {}

    def work() -> Mapping[str, str]:
        return {"by": current_thread().name}

    others = [Later(busy) for _ in range(os.cpu_count() or 1)]
    waiting = Later(work)
    assert waiting["by"] == current_thread().name
    held.set()
    assert all(one == {} for one in others)


def test_what_the_work_raises_is_raised_by_every_look() -> None:
    def work() -> Mapping[str, str]:
        raise ValueError("no")

    later = Later(work)
    for _ in range(2):
        with pytest.raises(ValueError, match="no"):
            len(later)
