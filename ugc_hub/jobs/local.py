"""Runs the jobs that a command waits for: here, unless a worker was quicker."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from ugc_hub.hub import Hub
from workers.queue import leases
from workers.queue.jobs import get
from workers.queue.runner import RunnerOptions, Worker
from workers.queue.shapes import Job, Wanted
from workers.queue.table import FINISHED
from workers.queue.wake import Stop

from .handlers import handlers, media_sandbox

LOOK_S = 0.1


def finish(hub: Hub, job_ids: Iterable[int], *, told: Callable[[Job], None] | None = None) -> list[Job]:
    """Wait until every job has ended, running here what no worker has claimed; `told` hears of each end.

    An exception in the main thread (Ctrl-C, an exit from a signal handler) gives the job that runs here back at once.
    """
    waiting = sorted(set(job_ids))
    ended: list[Job] = []
    options = RunnerOptions(folder=hub.runs)
    hub.runs.mkdir(parents=True, exist_ok=True)
    with media_sandbox(hub.settings) as sandbox:
        stop = Stop()
        worker = Worker(hub.database.engine, handlers(hub, sandbox), options, stop)
        try:
            while waiting:
                worked = False
                for job_id in list(waiting):
                    worked |= _claim_and_run(hub, worker, options.owner, job_id)
                    with hub.database.read() as session:
                        job = get(session.connection(), job_id)
                    if job is None or job.state in FINISHED:
                        waiting.remove(job_id)
                        if job is not None:
                            ended.append(job)
                            if told is not None:
                                told(job)
                if waiting and not worked:
                    worker.reap()
                    time.sleep(LOOK_S)
        finally:
            worker.close()
            stop.close()
    return ended


def _claim_and_run(hub: Hub, worker: Worker, owner: str, job_id: int) -> bool:
    try:
        with hub.database.engine.begin() as connection:
            job = leases.claim(connection, owner, Wanted(id=job_id))
        if job is None:
            return False
        worker.run(job)
    except BaseException:
        # Ctrl-C between claim and run: nobody else would know before the lease is over.
        with hub.database.engine.begin() as connection:
            leases.release(connection, owner)
        raise
    return True
