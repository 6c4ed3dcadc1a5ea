import os
import time
from collections.abc import Mapping
from pathlib import Path

import imageio_ffmpeg
import pytest
from sqlalchemy import text, update

from tests.waiting import PATIENCE_S, alive, wait_until
from tests.workers.queue.hub import Hub
from tests.workers.queue.settings import engine_for
from workers.queue import jobs as queue
from workers.queue import leases
from workers.queue.context import Halted, JobContext
from workers.queue.process import descendants
from workers.queue.runner import RunnerOptions, drain
from workers.queue.shapes import BULK, INTERACTIVE, Fenced, Options, Query
from workers.queue.table import jobs
from workers.queue.wake import Stop
from workers.queue.watch import Ends, Limits, Watch

FAST = {"lease_s": 3.0, "look_s": 0.2}


def test_a_worker_runs_jobs_and_leaves_nothing_behind(hub: Hub) -> None:
    worker = hub.start(**FAST)
    done = [hub.add("nap", s=0.01) for _ in range(5)]
    for job_id in done:
        assert hub.reach(job_id, "done").result == {"pid": worker.pid, "fence": 1}
    worker.terminate()
    assert worker.wait(PATIENCE_S) == 0
    assert list(hub.folder.iterdir()) == []


def test_an_idle_worker_starts_a_job_soon_after_it_is_woken_and_hardly_works_otherwise(hub: Hub) -> None:
    worker = hub.start(**FAST, poll_s=30.0)
    first = hub.reach(hub.add("nap", s=0), "done")
    assert first.attempts == 1
    wait_until(lambda: _spent_s(worker.pid, 1.5) <= 0.03)
    waits: list[float] = []
    wait_until(lambda: _waited_s(hub, waits) < 0.05)
    assert max(waits) < 20.0  # without being woken it would look again after 30


def _spent_s(pid: int, seconds: float) -> float:
    before = _cpu_s(pid)
    time.sleep(seconds)
    return _cpu_s(pid) - before


def _waited_s(hub: Hub, waits: list[float]) -> float:
    woken = hub.reach(hub.add("nap", s=0), "done")
    assert woken.started_at is not None
    waits.append((woken.started_at - woken.created_at).total_seconds())
    return waits[-1]


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_failures_are_recorded_with_the_code_and_the_sentence_of_their_exception(hub: Hub) -> None:
    hub.start(**FAST)
    refused = hub.reach(hub.add("refuse"), "failed")
    assert (refused.error_code, refused.error, refused.attempts) == ("unreadable", "This file is damaged.", 1)
    healed = hub.reach(hub.add("stumble"), "done")
    assert (healed.result, healed.error) == ({"attempts": 3}, None)
    odd = hub.reach(hub.add("odd", Options(max_attempts=2)), "dead")
    assert (odd.error_code, odd.attempts) == ("internal_error", 2)
    assert "TypeError" in (odd.error or "")
    forgotten = hub.reach(hub.add("forget", Options(max_attempts=1)), "dead")
    assert forgotten.error_code == "not_committed"
    assert hub.leftovers() == []


def test_a_kind_that_the_worker_does_not_know_stays_in_the_queue(hub: Hub) -> None:
    hub.start(**FAST)
    unknown = hub.add("paint")
    hub.reach(hub.add("nap", s=0), "done")
    assert hub.job(unknown).state == "queued"


def test_progress_is_passed_on_without_a_write_for_each_call(hub: Hub) -> None:
    hub.start(**FAST)
    job_id = hub.add_held("report")
    wait_until(lambda: hub.job(job_id).message == "9999 of 10000")
    assert 0.9 < hub.job(job_id).progress < 1.0
    hub.gate.touch()
    assert hub.reach(job_id, "done").progress == 1.0


def test_an_attempt_that_takes_too_long_is_ended(hub: Hub) -> None:
    hub.start(**FAST, limit_s=0.3, grace_s=0.3)
    late = hub.reach(hub.add("tree", Options(max_attempts=1)), "dead")
    assert late.error_code == "timeout"
    assert hub.leftovers() == []


@pytest.mark.req("R29")
@pytest.mark.parametrize("kind", ["film", "tree", "deaf", "nap"])
def test_a_cancel_ends_a_running_job_its_processes_and_its_files_within_five_seconds(hub: Hub, kind: str) -> None:
    assert _cancelled_after_s(hub, kind) < 5.0


def _cancelled_after_s(hub: Hub, kind: str) -> float:
    # The worst case with the times that are the default; the others need not wait for them.
    worker = hub.start() if kind == "deaf" else hub.start(look_s=0.3, grace_s=0.5)
    job_id = hub.add(kind, s=600, ffmpeg=imageio_ffmpeg.get_ffmpeg_exe())
    hub.reach(job_id, "running")
    if kind != "nap":
        least = 2 if kind == "tree" else 1
        wait_until(lambda: any(hub.folder.glob("*/job-*/f*")) and len(descendants(worker.pid)) >= least)
    family = {process.pid for process in descendants(worker.pid)}
    asked_at = time.monotonic()
    with hub.engine.begin() as connection:
        assert queue.cancel(connection, job_id) == "running"
    hub.reach(job_id, "cancelled")
    took_s = time.monotonic() - asked_at
    assert hub.leftovers() == []
    assert [pid for pid in family if alive(pid)] == []
    if kind == "deaf":
        assert worker.wait(PATIENCE_S) == 75
    else:
        hub.reach(hub.add("nap", s=0), "done")
        assert worker.poll() is None
        assert descendants(worker.pid) == []
        worker.terminate()
        assert worker.wait(PATIENCE_S) == 0
    return took_s


@pytest.mark.req("R30")
def test_a_worker_that_is_told_to_stop_finishes_its_job_and_takes_no_other(hub: Hub) -> None:
    worker = hub.start(**FAST)
    first = hub.add("held", until="stop")
    second = hub.add("nap", s=0.01)
    hub.reach(first, "running")
    worker.terminate()
    assert worker.wait(PATIENCE_S) == 0
    assert (hub.job(first).state, hub.job(second).state) == ("done", "queued")


@pytest.mark.req("R30")
@pytest.mark.parametrize("kind", ["nap", "deaf"])
def test_a_worker_that_cannot_finish_in_time_gives_its_job_back(hub: Hub, kind: str) -> None:
    worker = hub.start(**FAST, stop_s=0.3, grace_s=0.3)
    job_id = hub.add(kind, Options(max_attempts=1), s=60)
    hub.reach(job_id, "running")
    if kind != "nap":
        wait_until(lambda: any(hub.folder.glob("*/job-*/*")))
    worker.terminate()
    assert worker.wait(PATIENCE_S) == 0
    given = hub.job(job_id)
    assert (given.state, given.attempts, given.owner, given.error) == ("queued", 0, None, None)
    assert hub.leftovers() == []


def test_files_and_jobs_of_a_killed_worker_are_taken_back_by_the_next_without_waiting_for_the_lease(hub: Hub) -> None:
    killed = hub.start(lease_s=600.0)
    job_id = hub.add_held()
    hub.reach(job_id, "running")
    killed.kill()
    killed.wait()
    hub.gate.touch()
    assert hub.leftovers() != []
    hub.start(lease_s=600.0)
    assert hub.reach(job_id, "done").attempts == 2
    wait_until(lambda: hub.leftovers() == [])


@pytest.mark.req("R28")
def test_one_claim_in_eight_goes_to_the_job_that_has_waited_longest(hub: Hub) -> None:
    with hub.engine.begin() as connection:
        bulk = [queue.enqueue(connection, "nap", {"s": 0}, options=Options(priority=BULK)) for _ in range(3)]
        connection.execute(update(jobs).values(run_at=jobs.c.run_at - 61))
        urgent = [queue.enqueue(connection, "nap", {"s": 0}, options=Options(priority=INTERACTIVE)) for _ in range(16)]
    order: list[int] = []
    assert drain(hub.engine, {"nap": lambda context: order.append(context.job.id)}, RunnerOptions(hub.folder)) == 19
    assert [order.index(job_id) for job_id in bulk] == [7, 15, 18]
    assert [job_id for job_id in order if job_id in urgent] == urgent


def test_jobs_can_be_drained_without_a_worker(hub: Hub) -> None:
    def split(context: JobContext) -> Mapping[str, object]:
        (context.workdir / "file").touch()
        with hub.engine.begin() as connection:
            if context.job.payload["n"]:
                queue.enqueue(connection, "split", {"n": context.job.payload["n"] - 1})
            context.settle(connection, {"n": context.job.payload["n"]})
        return {"ignored": True}

    def spoil(_context: JobContext) -> None:
        raise ValueError("no")

    hub.add("split", n=2)
    hub.add("spoil", Options(max_attempts=1))
    hub.add("unknown")
    assert drain(hub.engine, {"split": split, "spoil": spoil}, RunnerOptions(hub.folder)) == 4
    with hub.engine.begin() as connection:
        assert queue.counts(connection) | {"done": 3, "dead": 1, "queued": 1} == queue.counts(connection)
        results = [found.result for found in queue.find(connection, Query(kind="split"))]
    assert results == [{"n": 0}, {"n": 1}, {"n": 2}]
    assert list(hub.folder.iterdir()) == []


def test_a_worker_waits_until_it_can_reach_its_table(hub: Hub) -> None:
    with hub.engine.begin() as connection:
        connection.execute(text("ALTER TABLE jobs RENAME TO hidden"))
    worker = hub.start(**FAST, poll_s=0.1)
    wait_until(lambda: any(hub.folder.glob("*.wake")))
    time.sleep(0.3)
    assert worker.poll() is None
    with hub.engine.begin() as connection:
        connection.execute(text("ALTER TABLE hidden RENAME TO jobs"))
    hub.reach(hub.add("nap", s=0), "done")


def test_a_handler_is_told_to_end_when_no_heartbeat_gets_through_for_a_whole_lease(hub: Hub, tmp_path: Path) -> None:
    job_id = hub.add("nap", s=0)
    context = JobContext(hub.job(job_id), tmp_path)
    unreachable = engine_for(f"sqlite:///{tmp_path}/missing/hub.db")
    watch = Watch(unreachable, context, Limits(lease_s=0.6, look_s=0.1), Ends(Stop(), lambda: None))
    watch.start()
    wait_until(context.cancelled)
    assert time.monotonic() - watch._began > 0.6
    with pytest.raises(Halted, match="lost"):
        context.check()
    watch.close()
    unreachable.dispose()


def test_a_settlement_for_a_job_that_was_given_away_is_refused_inside_the_handlers_transaction(hub: Hub) -> None:
    job_id = hub.add("nap", s=0)
    with hub.engine.begin() as connection:
        held = leases.claim(connection, "w1")
        assert held is not None
        leases.give_back(connection, held)
    context = JobContext(held, hub.folder)

    def handle() -> None:
        with hub.engine.begin() as connection:
            queue.enqueue(connection, "nap", {})
            context.settle(connection)

    with pytest.raises(Fenced):
        handle()
    with hub.engine.begin() as connection:
        assert [found.id for found in queue.find(connection)] == [job_id]
