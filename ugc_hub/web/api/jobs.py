"""Jobs: list, look, cancel, try again."""

from __future__ import annotations

from typing import Any

from ugc_hub.web import work
from ugc_hub.web.context import allowed, the_hub
from workers.queue.shapes import Query

from .blueprint import blueprint, described, gives, query
from .more import JobOut, JobPage, JobQuery


@blueprint.get("/jobs")
@query(JobQuery)
@gives(JobPage)
@described("Jobs", "List jobs, newest first")
def list_jobs(query: JobQuery) -> dict[str, Any]:
    """Return one page of jobs."""
    wanted = Query(state=query.state, kind=query.kind, limit=query.limit + 1, before=query.cursor)
    hub, actor = the_hub(), allowed("job.view")
    found = work.find(hub, actor, wanted)
    items = found[: query.limit]
    cursor = items[-1].id if len(found) > query.limit else None
    return {"items": work.told(hub, actor, items), "next_cursor": cursor}


@blueprint.get("/jobs/<int:job_id>")
@gives(JobOut)
@described("Jobs", "One job")
def see_job(job_id: int) -> dict[str, Any]:
    """Return one job with its progress and how long it still takes, or why it failed."""
    hub, actor = the_hub(), allowed("job.view")
    return work.told(hub, actor, [work.get(hub, actor, job_id)])[0]


@blueprint.post("/jobs/<int:job_id>/cancel")
@gives(JobOut)
@described("Jobs", "Cancel a job")
def cancel_job(job_id: int) -> dict[str, Any]:
    """Stop a job that waits or runs; nothing of it is kept."""
    hub, actor = the_hub(), allowed("job.manage")
    return work.told(hub, actor, [work.cancel(hub, actor, job_id)])[0]


@blueprint.post("/jobs/<int:job_id>/retry")
@gives(JobOut)
@described("Jobs", "Try a job again")
def retry_job(job_id: int) -> dict[str, Any]:
    """Queue a job again that failed, was given up or cancelled."""
    hub, actor = the_hub(), allowed("job.manage")
    return work.told(hub, actor, [work.retry(hub, actor, job_id)])[0]
