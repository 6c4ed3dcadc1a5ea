"""What the queue withstands: killed, paused, crashing and stopped workers, on real processes."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.support import ROOT
from tests.waiting import PATIENCE_S, wait_until
from tests.workers.queue.hub import Hub, fresh_url, states
from workers.queue import jobs as queue
from workers.queue.process import descendants
from workers.queue.shapes import Options

FAST = {"lease_s": 2.0, "look_s": 0.2, "reap_s": 0.5}


@pytest.fixture(params=["sqlite", "postgresql"])
def hub(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Hub]:
    """Workers on either database, and a table that their handlers write to."""
    with fresh_url(request.param, tmp_path) as address:
        hub = Hub(address, tmp_path)
        with hub.engine.begin() as connection:
            connection.execute(text("CREATE TABLE effects (job BIGINT NOT NULL, pid BIGINT NOT NULL)"))
        yield hub
        hub.close()


def effects(hub: Hub) -> list[int]:
    """Ids of the jobs whose effect is there, once for each time it is."""
    with hub.engine.begin() as connection:
        return list(connection.execute(text("SELECT job FROM effects ORDER BY job")).scalars())


def supervisor(hub: Hub, slots: int) -> subprocess.Popen[bytes]:
    """A runner group of so many workers, as a user would start it."""
    command = hub.command(**FAST)
    script = f"""
import sys
from workers.queue.supervisor import Supervision, supervise
sys.exit(supervise({command!r}, {slots}, supervision=Supervision(restart_s=0.05, restart_max_s=0.2)))
"""
    return hub.run([sys.executable, "-c", script])


def kill_group(runner: subprocess.Popen[bytes]) -> None:
    """kill -9 of the supervisor and everything below it, as fast as it can be done."""
    family = [runner.pid, *(process.pid for process in descendants(runner.pid))]
    for pid in family:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    runner.wait()


@pytest.mark.req("R22")
@pytest.mark.slow
def test_a_runner_killed_five_times_loses_no_job_and_finishes_none_twice(hub: Hub) -> None:
    number, kills = (120, 5) if hub.url.startswith("sqlite") else (48, 2)
    with hub.engine.begin() as connection:
        ids = [
            queue.enqueue(connection, "record", {"s": 0.1 + turn % 3 / 20}, options=Options(max_attempts=20))
            for turn in range(number)
        ]
    runner = supervisor(hub, 2)
    for kill in range(kills):
        wait_until(lambda kill=kill: states(hub.engine).count("done") >= 8 + 20 * kill, 60)  # type: ignore[misc]
        kill_group(runner)
        runner = supervisor(hub, 2)
    wait_until(lambda: states(hub.engine).count("done") == number, 60)
    assert effects(hub) == ids
    assert max(hub.job(job_id).attempts for job_id in ids) <= 1 + kills
    runner.terminate()
    assert runner.wait(PATIENCE_S) == 0


@pytest.mark.req("R21")
@pytest.mark.parametrize(("moment", "there"), [("before", False), ("after", True)])
def test_a_crash_before_the_commit_leaves_no_job_and_one_after_it_leaves_the_job(
    hub: Hub, moment: str, there: bool
) -> None:
    script = f"""
import os
from sqlalchemy import text
from tests.workers.queue.settings import engine_for
from workers.queue.jobs import enqueue
engine = engine_for({hub.url!r})
connection = engine.connect()
transaction = connection.begin()
connection.execute(text("INSERT INTO effects (job, pid) VALUES (1, 1)"))
enqueue(connection, "nap", {{"s": 0}})
if {moment!r} == "after":
    transaction.commit()
os.kill(os.getpid(), 9)
"""
    killed = subprocess.run([sys.executable, "-c", script], cwd=ROOT)
    assert killed.returncode == -signal.SIGKILL
    assert (len(effects(hub)), states(hub.engine)) == ((1, ["queued"]) if there else (0, []))


@pytest.mark.req("R21", "R25")
@pytest.mark.parametrize(("moment", "attempts"), [("before", 2), ("after", 1)])
def test_a_worker_killed_around_the_commit_of_its_result_has_its_effect_once(
    hub: Hub, moment: str, attempts: int
) -> None:
    killed = hub.start(**FAST)
    job_id = hub.add("record", s=0, die=moment)
    assert killed.wait(PATIENCE_S) == -signal.SIGKILL
    if moment == "before":
        assert effects(hub) == []
        with hub.engine.begin() as connection:
            connection.execute(text("UPDATE jobs SET payload = '{\"s\": 0}'"))
    hub.start(**FAST)
    assert hub.reach(job_id, "done").attempts == attempts
    assert effects(hub) == [job_id]


@pytest.mark.req("R24")
def test_a_worker_paused_beyond_its_lease_cannot_write_after_its_job_was_given_away(hub: Hub) -> None:
    paused = hub.start(**FAST)
    job_id = hub.add_held("record")
    hub.reach(job_id, "running")
    paused.send_signal(signal.SIGSTOP)
    hub.gate.touch()
    other = hub.start(**FAST)
    done = hub.reach(job_id, "done")
    assert (done.attempts, done.fence, done.result) == (2, 2, {"pid": other.pid})
    paused.send_signal(signal.SIGCONT)
    # It goes on living and working, only its late result is refused.
    other.terminate()
    assert other.wait(PATIENCE_S) == 0
    assert hub.reach(hub.add("record", s=0), "done").result == {"pid": paused.pid}
    assert hub.job(job_id) == done
    assert effects(hub).count(job_id) == 1


@pytest.mark.req("R26")
def test_a_job_that_crashes_its_worker_dies_with_a_reason_and_the_queue_moves_on(hub: Hub) -> None:
    poison = hub.add("abort", Options(max_attempts=3))
    others = [hub.add("nap", s=0.01) for _ in range(4)]
    runner = supervisor(hub, 1)
    dead = hub.reach(poison, "dead", seconds=120)
    assert (dead.attempts, dead.error_code) == (3, "worker_died")
    assert "died" in (dead.error or "")
    for job_id in others:
        hub.reach(job_id, "done")
    runner.terminate()
    assert runner.wait(PATIENCE_S) == 0


@pytest.mark.req("R30")
def test_a_group_told_to_stop_finishes_what_runs_takes_nothing_new_and_ends_with_zero(hub: Hub) -> None:
    runner = supervisor(hub, 2)
    running = [hub.add("held", until="stop") for _ in range(2)]
    for job_id in running:
        hub.reach(job_id, "running")
    later = hub.add("nap", s=0)
    runner.terminate()
    assert runner.wait(PATIENCE_S) == 0
    assert [hub.job(job_id).state for job_id in [*running, later]] == ["done", "done", "queued"]
    assert list(hub.folder.iterdir()) == []


@pytest.mark.req("R32")
@pytest.mark.parametrize("ahead_s", [-3600, 3600])
def test_a_worker_whose_clock_is_an_hour_wrong_loses_and_repeats_no_job(hub: Hub, ahead_s: int) -> None:
    for clock_s in (0, ahead_s):
        hub.start(look_s=0.2, reap_s=0.5, clock_s=clock_s)
    held = [hub.add_held() for _ in range(2)]  # one for each, as a worker runs one at a time
    for job_id in held:
        hub.reach(job_id, "running")
    ids = held + [hub.add("nap", s=0.05) for _ in range(20)]
    hub.gate.touch()
    for job_id in ids:
        assert hub.reach(job_id, "done").attempts == 1
    assert len({(hub.job(job_id).result or {})["pid"] for job_id in held}) == 2
