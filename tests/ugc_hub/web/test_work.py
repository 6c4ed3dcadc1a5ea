"""Jobs as people and programs see them: why one failed, and nothing of the inside."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext

import pytest
from click.testing import CliRunner
from sqlalchemy import select, update

from storage.errors import DiskFailed, Unavailable
from tests.ugc_hub.web.conftest import Person
from ugc_hub.cli import jobs as commands
from ugc_hub.cli.root import main
from ugc_hub.hub import Hub
from ugc_hub.models import Event
from workers.queue.jobs import enqueue
from workers.queue.runner import failure_of
from workers.queue.table import clock
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


def test_how_long_a_job_still_takes_is_told_by_page_api_and_command(
    hub: Hub, browser: Callable[[str], Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    with hub.database.write() as session:
        known = enqueue(session.connection(), "verify", {})
        begun = {"state": "running", "started_at": clock() - 100, "progress": 0.5, "message": "Reading"}
        session.execute(update(table).where(table.c.id == known).values(**begun))
        unknown = enqueue(session.connection(), "film", {})
    person = browser("admin")
    items = {job["id"]: job["left_s"] for job in person.get("/api/v1/jobs").get_json()["items"]}
    assert items == {known: pytest.approx(100, abs=20), unknown: None}
    assert person.get(f"/api/v1/jobs/{known}").get_json()["left_s"] == pytest.approx(100, abs=20)
    assert "Reading · about 2 minutes left" in person.get("/jobs").get_data(as_text=True)
    monkeypatch.setattr(commands, "opened", lambda: nullcontext(hub))
    assert "Reading, about 2 minutes left" in CliRunner().invoke(main, ["jobs", "list"]).stdout
    assert CliRunner().invoke(main, ["jobs", "cancel", str(unknown)]).exit_code == 0
    with hub.database.read() as session:
        told = session.scalars(select(Event.object_id).where(Event.kind == "job.cancelled")).all()
    assert told == [str(unknown)]
