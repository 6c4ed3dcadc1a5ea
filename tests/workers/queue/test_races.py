from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from sqlalchemy import Engine

from workers.queue import jobs as queue
from workers.queue import leases
from workers.queue.shapes import Job, Options

THREADS = 6


def test_one_key_enqueued_by_many_at_once_makes_one_job(engine: Engine) -> None:
    barrier = Barrier(THREADS)

    def enqueue(number: int) -> int:
        barrier.wait()
        with engine.begin() as connection:
            return queue.enqueue(connection, "inspect", {"n": number}, options=Options(key="one"))

    with ThreadPoolExecutor(THREADS) as pool:
        assert len(set(pool.map(enqueue, range(THREADS)))) == 1
    with engine.begin() as connection:
        assert len(queue.find(connection)) == 1


def test_no_two_workers_ever_claim_the_same_job(engine: Engine) -> None:
    with engine.begin() as connection:
        ids = [queue.enqueue(connection, "inspect", {}) for _ in range(40)]
    barrier = Barrier(THREADS)

    def work(number: int) -> list[int]:
        claimed: list[int] = []
        barrier.wait()
        while True:
            with engine.begin() as connection:
                job = leases.claim(connection, f"worker-{number}")
            if job is None:
                return claimed
            claimed.append(job.id)

    with ThreadPoolExecutor(THREADS) as pool:
        taken = [job_id for claimed in pool.map(work, range(THREADS)) for job_id in claimed]
    assert sorted(taken) == ids


def test_a_result_and_a_reaper_at_the_same_moment_leave_one_end(engine: Engine) -> None:
    for _ in range(10):
        with engine.begin() as connection:
            queue.enqueue(connection, "inspect", {}, options=Options(max_attempts=1))
            job = leases.claim(connection, "w1")
        assert job is not None
        barrier = Barrier(2)

        def finish(job: Job = job, barrier: Barrier = barrier) -> bool:
            barrier.wait()
            with engine.begin() as connection:
                return leases.finish(connection, job)

        def release(barrier: Barrier = barrier) -> bool:
            barrier.wait()
            with engine.begin() as connection:
                return leases.release(connection, "w1") == 1

        with ThreadPoolExecutor(2) as pool:
            finished, released = pool.submit(finish), pool.submit(release)
            assert finished.result() != released.result()
        with engine.begin() as connection:
            found = queue.get(connection, job.id)
        assert found is not None
        assert found.state == ("done" if finished.result() else "dead")
