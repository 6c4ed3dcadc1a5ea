"""Looking at jobs, cancelling them and trying them again."""

from __future__ import annotations

from dataclasses import asdict

import click

from ugc_hub import renditions
from ugc_hub.accounts import SYSTEM
from ugc_hub.audit import record
from ugc_hub.cli.common import opened
from ugc_hub.cli.output import as_json, say, show
from ugc_hub.errors import Conflict, NotFound
from workers.queue import jobs as queue
from workers.queue.shapes import Query
from workers.queue.table import STATES


@click.group()
def jobs() -> None:
    """List jobs, cancel one, try one again."""


@jobs.command("list")
@click.option("--state", type=click.Choice(STATES))
@click.option("--limit", type=click.IntRange(1, 1000), default=50, show_default=True)
@as_json
def list_jobs(state: str | None, limit: int, json_: bool) -> None:
    """List jobs, newest first, each with its progress and how long it still takes."""
    with opened() as hub, hub.database.read() as session:
        found = queue.find(session.connection(), Query(state=state, limit=limit))  # type: ignore[arg-type]
        left = renditions.left(session, found)
    if json_:
        seconds = {job_id: known.seconds for job_id, known in left.items()}
        show({"items": [{**asdict(job), "left_s": seconds.get(job.id)} for job in found]})
        return
    for job in found:
        said = [job.error or job.message, left[job.id].in_words() if job.id in left else ""]
        words = ", ".join(filter(None, said))
        say(f"{job.id:6} {job.kind:10} {job.state:10} {job.progress:4.0%} {words}")


@jobs.command("cancel")
@click.argument("job_id", type=int)
def cancel(job_id: int) -> None:
    """Cancel a job; a running one is stopped with everything it started."""
    with opened() as hub, hub.database.write() as session:
        state = queue.cancel(session.connection(), job_id)
        if state is not None:
            record(session, hub.now(), "job.cancelled", str(job_id), actor=SYSTEM.user_id)
    if state is None:
        raise Conflict("There is no such job, or it has ended.")
    say("Cancelled." if state == "cancelled" else "It is being stopped.")


@jobs.command("retry")
@click.argument("job_id", type=int)
def retry(job_id: int) -> None:
    """Queue a failed, dead or cancelled job again."""
    with opened() as hub:
        with hub.database.write() as session:
            if queue.get(session.connection(), job_id) is None:
                raise NotFound(f"There is no job {job_id}. List them with: ugc-hub jobs list.")
            again = queue.retry(session.connection(), job_id)
            if again:
                record(session, hub.now(), "job.retried", str(job_id), actor=SYSTEM.user_id)
        hub.ring()
    if not again:
        raise Conflict("Only a failed, dead or cancelled job can be tried again.")
    say("Queued.")
