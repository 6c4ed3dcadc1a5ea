"""Jobs: list, look, cancel, try again."""

from __future__ import annotations

from typing import Any

from ugc_hub.web import work
from ugc_hub.web.context import allowed, the_hub
from workers.queue.shapes import Job, Query

from .blueprint import blueprint, described, gives, query
from .more import JobOut, JobPage, JobQuery


@blueprint.get("/jobs")
@query(JobQuery)
@gives(JobPage)
@described("Jobs", "List jobs, newest first")
def list_jobs(query: JobQuery) -> dict[str, Any]:
    """Return one page of jobs."""
    wanted = Query(state=query.state, kind=query.kind, limit=query.limit + 1, before=query.cursor)
    found = work.find(the_hub(), allowed("job.view"), wanted)
    items = found[: query.limit]
    return {"items": items, "next_cursor": items[-1].id if len(found) > query.limit else None}


@blueprint.get("/jobs/<int:job_id>")
@gives(JobOut)
@described("Jobs", "One job")
def see_job(job_id: int) -> Job:
    """Return one job with its progress, or why it failed."""
    return work.get(the_hub(), allowed("job.view"), job_id)


@blueprint.post("/jobs/<int:job_id>/cancel")
@gives(JobOut)
@described("Jobs", "Cancel a job")
def cancel_job(job_id: int) -> Job:
    """Stop a job that waits or runs; nothing of it is kept."""
    return work.cancel(the_hub(), allowed("job.manage"), job_id)


@blueprint.post("/jobs/<int:job_id>/retry")
@gives(JobOut)
@described("Jobs", "Try a job again")
def retry_job(job_id: int) -> Job:
    """Queue a job again that failed, was given up or cancelled."""
    return work.retry(the_hub(), allowed("job.manage"), job_id)
