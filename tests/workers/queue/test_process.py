import subprocess
import sys

from tests.support import ROOT
from tests.waiting import PATIENCE_S, alive, wait_until
from workers.queue.process import descendants, die_with_parent, kill_descendants, now_ticks

# A shell that waits stays one; it may put the last thing that it starts in its own place.
FAMILY = "setsid sh -c 'sleep 300 & sleep 300 & wait' & sleep 300 & wait"
PARENT = """
import subprocess, sys
for _ in sys.stdin:
    print(subprocess.Popen(["sleep", "300"]).pid, flush=True)
"""
"""Starts a process for each line that it reads, and tells its id."""


def test_a_family_is_found_and_ended_whatever_sessions_it_is_in() -> None:
    with subprocess.Popen(["sh", "-c", FAMILY], start_new_session=True) as child:
        wait_until(lambda: len(descendants(child.pid)) == 4)
        family = [process.pid for process in descendants(child.pid)]
        assert kill_descendants(child.pid) >= 4
        wait_until(lambda: not any(alive(pid) for pid in family))
        child.kill()


def test_processes_that_were_there_before_are_spared() -> None:
    # Below a process of its own: the tests themselves have other children, and those come and go.
    command = [sys.executable, "-c", PARENT]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdin is not None
        assert parent.stdout is not None
        pids = []
        for _ in range(2):
            since = now_ticks()
            parent.stdin.write("\n")
            parent.stdin.flush()
            pids.append(int(parent.stdout.readline()))
            wait_until(lambda: now_ticks() > descendants(parent.pid)[-1].started + 2)
        assert {process.pid for process in descendants(parent.pid)} == set(pids)
        assert kill_descendants(parent.pid, since) >= 1
        wait_until(lambda: not alive(pids[1]))
        assert alive(pids[0])
        kill_descendants(parent.pid)
        parent.kill()


def test_a_child_dies_with_its_parent_even_when_that_is_killed() -> None:
    script = """
import os, subprocess, sys, time
from workers.queue.process import die_with_parent
me = os.getpid()
child = subprocess.Popen(["sleep", "300"], preexec_fn=lambda: die_with_parent(me))
print(child.pid, flush=True)
time.sleep(300)
"""
    with subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert alive(child)
        parent.kill()
        wait_until(lambda: not alive(child))


def test_a_child_whose_parent_is_already_gone_ends_at_once() -> None:
    with subprocess.Popen(["sleep", "300"], preexec_fn=lambda: die_with_parent(1)) as child:
        assert child.wait(PATIENCE_S) == 1
