"""Jobs as people and programs see them: why one failed, and nothing of the inside."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import update

from storage.errors import DiskFailed, Unavailable
from tests.ugc_hub.web.conftest import Person
from ugc_hub.hub import Hub
from workers.queue.jobs import enqueue
from workers.queue.runner import failure_of
from workers.queue.table import jobs as table

INSIDE = "/srv/secret SELECT hunter2"


def failed_job(hub: Hub, error: Exception) -> int:
    """Put in a job that failed with an error."""
    failure = failure_of(error)
    with hub.database.write() as session:
        job_id = enqueue(session.connection(), "inspect", {"asset_id": "ast_0"})
        values = {"state": "dead", "error_code": failure.code, "error": failure.error}
        session.execute(update(table).where(table.c.id == job_id).values(**values))
    return job_id


@pytest.mark.req("R86")
@pytest.mark.parametrize("error", [RuntimeError(INSIDE), OSError(5, INSIDE), Unavailable(INSIDE), DiskFailed(INSIDE)])
def test_what_nobody_foresaw_is_not_told_by_the_list_of_jobs(
    hub: Hub, browser: Callable[[str], Person], error: Exception
) -> None:
    job_id = failed_job(hub, error)
    for role in ("admin", "channel_team"):
        person = browser(role)
        for path in ("/jobs", "/jobs/list", "/api/v1/jobs", f"/api/v1/jobs/{job_id}"):
            text = person.get(path).get_data(as_text=True)
            assert "Something went wrong inside the hub" in text
            assert "secret" not in text
            assert "hunter2" not in text
