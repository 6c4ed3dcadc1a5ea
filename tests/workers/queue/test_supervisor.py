import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from tests.support import ROOT
from tests.waiting import PATIENCE_S, alive, wait_until
from workers.queue.process import descendants, kill_descendants


class Group:
    """A supervisor in a process of its own, written as a script, whose services write their ids into files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.process: subprocess.Popen[str] | None = None

    def start(self, services: str, supervision: str = "") -> subprocess.Popen[str]:
        """Run these services; the words are Python."""
        script = f"""
import logging, sys
from workers.queue.supervisor import Service, Supervision, Supervisor
logging.basicConfig(stream=sys.stdout, format="%(message)s")
def note(text): return ["sh", "-c", "cd {self.folder}; echo $$ >> $NAME; " + text]
def told(exit): print("exit", exit.service, exit.status, flush=True)
sys.exit(Supervisor([{services}], Supervision(restart_s=0.05, on_exit=told, {supervision})).run())
"""
        self.process = subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        return self.process

    def pids(self, name: str) -> list[int]:
        """Processes that this service has had so far."""
        path = self.folder / name
        return [int(line) for line in path.read_text().split()] if path.exists() else []


@pytest.fixture
def group(tmp_path: Path) -> Iterator[Group]:
    group = Group(tmp_path)
    yield group
    if group.process is not None:
        kill_descendants(group.process.pid)
        group.process.kill()
        group.process.communicate()


def none_left(pids: list[int]) -> bool:
    return not any(map(alive, pids))


WEB = 'Service("web", note("exec sleep 300"), {"NAME": "web"})'
WORKERS = 'Service("worker", note("exec sleep 300"), {"NAME": "worker"}, count=2)'
# What is started in the background stays a child of its shell: an orphan would come to the supervisor, which ends it
# as soon as it looks, before or after the test has counted. The file `deaf` says that the shell hears no signal now.
STUBBORN = (
    'Service("stubborn", note("trap : TERM; setsid sleep 300 & : > deaf; while :; do sleep 1; done"),'
    ' {"NAME": "stubborn"})'
)


def test_different_services_run_side_by_side_and_end_together(group: Group) -> None:
    process = group.start(f"{WEB}, {WORKERS}")
    wait_until(lambda: len(group.pids("web")) == 1 and len(group.pids("worker")) == 2)
    assert len(descendants(process.pid)) == 3
    process.send_signal(signal.SIGINT)
    assert process.wait(PATIENCE_S) == 0
    wait_until(lambda: none_left(group.pids("web") + group.pids("worker")))


def test_what_is_to_come_later_is_started_no_sooner(group: Group) -> None:
    begun = time.time()
    group.start(f'{WEB}, Service("late", note("date +%s%N >> at; exec sleep 300"), {{"NAME": "late"}}, after_s=0.7)')
    wait_until(lambda: (group.folder / "at").exists() and (group.folder / "at").read_text().strip())
    assert group.pids("web") != []
    assert int((group.folder / "at").read_text()) / 1e9 - begun >= 0.7


def test_what_dies_is_started_again_and_its_orphans_are_ended(group: Group) -> None:
    process = group.start('Service("a", note("setsid sleep 300 & sleep 300 & wait"), {"NAME": "a"})')
    wait_until(lambda: group.pids("a") and len(descendants(process.pid)) == 3)
    family = [relative.pid for relative in descendants(process.pid)]
    os.kill(group.pids("a")[0], signal.SIGKILL)
    wait_until(lambda: len(group.pids("a")) == 2)
    wait_until(lambda: none_left(family))
    process.terminate()
    assert process.wait(PATIENCE_S) == 0
    assert process.stdout is not None
    assert "exit a -9" in process.stdout.read()


def test_a_service_that_dies_again_and_again_is_started_ever_more_slowly(group: Group) -> None:
    process = group.start('Service("a", note("date +%s%N >> times; exit 3"), {"NAME": "a"})', "restart_max_s=30")
    wait_until(lambda: len(group.pids("a")) >= 6)
    moments = [int(line) / 1e9 for line in (group.folder / "times").read_text().split()]
    waits = [later - sooner for sooner, later in pairwise(moments)]
    # At least so long after each death; how much longer says something of the machine.
    assert [wait > least for wait, least in zip(waits, (0.05, 0.1, 0.2, 0.4), strict=False)] == [True] * 4
    process.terminate()
    assert process.wait(PATIENCE_S) == 0


def test_the_whole_group_gives_up_where_a_service_cannot_run(group: Group) -> None:
    process = group.start(f'{WORKERS}, Service("web", note("exit 98"), {{"NAME": "web"}}, give_up_after=3)')
    assert process.wait(PATIENCE_S) == 1
    assert len(group.pids("web")) == 3
    wait_until(lambda: none_left(group.pids("worker")))


def test_what_does_not_end_in_time_is_killed_with_all_below_it(group: Group) -> None:
    process = group.start(f"{WEB}, {STUBBORN}", "stop_s=0.3")
    wait_until(lambda: (group.folder / "deaf").exists() and group.pids("web"))
    family = [relative.pid for relative in descendants(process.pid)]
    assert len(family) >= 3
    process.terminate()
    assert process.wait(PATIENCE_S) == 0
    wait_until(lambda: none_left(family))


def test_a_second_signal_does_not_wait(group: Group) -> None:
    process = group.start(STUBBORN, "stop_s=60")
    wait_until((group.folder / "deaf").exists)
    process.terminate()
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(0.5)
    process.terminate()
    assert process.wait(PATIENCE_S) == 0
    wait_until(lambda: none_left(group.pids("stubborn")))


def test_nothing_outlives_a_killed_supervisor(group: Group) -> None:
    process = group.start(f"{WEB}, {WORKERS}")
    wait_until(lambda: len(group.pids("worker")) == 2 and group.pids("web"))
    process.kill()
    process.wait(PATIENCE_S)
    wait_until(lambda: none_left(group.pids("web") + group.pids("worker")))


def test_supervising_needs_no_database_library() -> None:
    script = "import sys, workers.queue.supervisor; sys.exit('sqlalchemy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], cwd=ROOT).returncode == 0
