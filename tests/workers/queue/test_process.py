import os
import subprocess
import sys
from pathlib import Path

from tests.workers.queue.hub import wait_until
from workers.queue.process import descendants, die_with_parent, kill_descendants, now_ticks

FAMILY = "setsid sh -c 'sleep 300 & sleep 300' & sleep 300"


def test_a_family_is_found_and_ended_whatever_sessions_it_is_in() -> None:
    with subprocess.Popen(["sh", "-c", FAMILY], start_new_session=True) as child:
        wait_until(lambda: len(descendants(child.pid)) >= 4)
        family = [process.pid for process in descendants(child.pid)]
        assert kill_descendants(child.pid) >= 4
        wait_until(lambda: not any(Path(f"/proc/{pid}/exe").is_symlink() and _lives(pid) for pid in family))
        child.kill()


def _lives(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


def test_processes_that_were_there_before_are_spared() -> None:
    with subprocess.Popen(["sleep", "300"]) as old:
        wait_until(lambda: now_ticks() > descendants(os.getpid())[-1].started + 2)
        since = now_ticks()
        with subprocess.Popen(["sleep", "300"]) as new:
            assert kill_descendants(os.getpid(), since) == 1
            assert new.wait(5) == -9
            assert old.poll() is None
        old.kill()


def test_a_child_dies_with_its_parent_even_when_that_is_killed() -> None:
    script = """
import os, subprocess, sys, time
from workers.queue.process import die_with_parent
me = os.getpid()
child = subprocess.Popen(["sleep", "300"], preexec_fn=lambda: die_with_parent(me))
print(child.pid, flush=True)
time.sleep(300)
"""
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert _lives(child)
        parent.kill()
        wait_until(lambda: not _lives(child))


def test_a_child_whose_parent_is_already_gone_ends_at_once() -> None:
    with subprocess.Popen(["sleep", "300"], preexec_fn=lambda: die_with_parent(1)) as child:
        assert child.wait(5) == 1
