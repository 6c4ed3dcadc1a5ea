"""Jobs: what is running, what failed and why."""

from __future__ import annotations

from typing import Any, cast

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from ugc_hub.web import work
from ugc_hub.web.context import allowed, the_hub
from workers.queue.shapes import Query
from workers.queue.table import State

from .blueprint import blueprint

PAGE_SIZE = 50
TABS: tuple[tuple[str, str], ...] = (
    ("", "All"),
    ("running", "Running"),
    ("queued", "Waiting"),
    ("dead", "Gave up"),
    ("failed", "Failed"),
    ("cancelled", "Cancelled"),
    ("done", "Done"),
)
KINDS = {
    "inspect": "Look at a new file",
    "prepare": "Prepare originals, so that copies of older renditions can be signed",
    "read": "Read the words in pictures",
    "transcribe": "Hear what is said in a video",
    "hear": "Measure the file of a piece of music",
    "remark": "Make previews again with the mark of this release",
    "render": "Make renditions",
    "normalise": "Prepare a video for its versions",
    "pack": "Go on with a pack when its video is ready",
    "film": "Make versions of a video",
    "collect": "Remove bytes that nothing needs",
    "due": "Look which reminders and ends are due",
    "afterlife": "End uses whose time is over",
    "digest": "Tell of permissions that end soon",
    "drafts": "Remove what was begun and never handed in",
    "verify": "Verify the audit",
    "notice": "Send a mail about permissions",
    "stamp": "Have the audit attested",
    "hook": "Send a message to a webhook",
    "erase": "Remove the files of what was erased",
    "clear": "Work out what may be used",
    "mail": "Send a mail",
    "compose": "Compose a video of several",
    "answer": "Answer a claim by mail",
    "proofs": "Look whether the proofs of permissions are whole",
    "empty": "Empty the trash",
    "alerts": "Look for what is new in saved searches",
}


def _shown() -> dict[str, Any]:
    hub, actor = the_hub(), allowed("job.view")
    state = request.args.get("state", "")
    state = state if state in dict(TABS) else ""
    given = request.args.get("before", "")
    before = int(given) if given.isdecimal() and len(given) < 18 else None
    query = Query(state=cast("State | None", state or None), limit=PAGE_SIZE + 1, before=before)
    found = work.find(hub, actor, query)
    jobs = found[:PAGE_SIZE]
    return {
        "jobs": jobs,
        "left": work.left(hub, actor, jobs),
        "older": jobs[-1].id if len(found) > PAGE_SIZE else None,
        "before": before,
        "state_chosen": state,
        "tabs": TABS,
        "kinds": KINDS,
        "counts": work.counts(hub, actor),
        "busy": any(job.state in {"queued", "running"} for job in jobs),
    }


@blueprint.get("/jobs")
def jobs() -> str:
    """List the jobs, newest first."""
    return render_template("pages/jobs.html", **_shown())


@blueprint.get("/jobs/list")
def job_list() -> str:
    """Return the list again, while something is under way."""
    return render_template("partials/jobs.html", **_shown())


@blueprint.post("/jobs/<int:job_id>/cancel")
def cancel_job(job_id: int) -> BaseResponse:
    """Stop a job and go back to the list."""
    work.cancel(the_hub(), allowed("job.manage"), job_id)
    return redirect(url_for("pages.jobs"), 303)


@blueprint.post("/jobs/<int:job_id>/retry")
def retry_job(job_id: int) -> BaseResponse:
    """Try a job again and go back to the list."""
    work.retry(the_hub(), allowed("job.manage"), job_id)
    return redirect(url_for("pages.jobs"), 303)
