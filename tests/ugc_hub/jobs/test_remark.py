"""Previews that bear an older mark are made again, some in each job, and nothing else of their assets changes."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from tests.pictures import jpeg
from tests.sandboxes import lent_for
from tests.ugc_hub.conftest import Send
from ugc_hub.hub import Hub
from ugc_hub.jobs import remark
from ugc_hub.jobs.handlers import handlers
from ugc_hub.jobs.remark import queue_outdated
from ugc_hub.models import Asset
from workers.media.shapes import MARK_VERSION
from workers.queue.jobs import find
from workers.queue.runner import RunnerOptions, drain
from workers.queue.shapes import Query


def work(hub: Hub) -> None:
    """Run all jobs that are queued."""
    hub.runs.mkdir(parents=True, exist_ok=True)
    with lent_for(hub.settings) as sandbox:
        drain(hub.database.engine, handlers(hub, sandbox), RunnerOptions(folder=hub.runs))


def rows(hub: Hub) -> list[Asset]:
    with hub.database.read() as session:
        return list(session.scalars(select(Asset).order_by(Asset.id)))


def age(hub: Hub, mark: int | None) -> None:
    """Let the previews be those of an older release, whose bytes are gone from the record."""
    with hub.database.write() as session:
        for row in session.scalars(select(Asset)):
            row.previews = {
                name: {**{key: value for key, value in one.items() if key != "mark"}, "key": f"previews/old-{row.id}"}
                | ({} if mark is None else {"mark": mark})
                for name, one in row.previews.items()
            }


@pytest.mark.req("R65")
@pytest.mark.parametrize("mark", [None, MARK_VERSION - 1])
def test_older_previews_are_made_again_in_bounded_jobs(
    hub: Hub, send: Send, mark: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remark, "SOME", 2)
    monkeypatch.setattr(remark, "PAGE", 2)
    for seed in range(5):
        send(jpeg(900, 700, seed))
    before = rows(hub)
    assert queue_outdated(hub)
    work(hub)
    assert not queue_outdated(hub), "nothing to do, and it was noted"
    assert [row.previews for row in rows(hub)] == [row.previews for row in before]
    age(hub, mark)
    monkeypatch.setattr(remark, "DONE", "previews.other")
    assert queue_outdated(hub)
    work(hub)
    assert [row.previews for row in rows(hub)] == [row.previews for row in before], "the same bytes as fresh ones"
    assert [row.facts for row in rows(hub)] == [row.facts for row in before]
    assert all(one["mark"] == MARK_VERSION for row in rows(hub) for one in row.previews.values())
    with hub.database.read() as session:
        jobs = find(session.connection(), Query(kind="remark", limit=100))
    assert {job.state for job in jobs} == {"done"}
    assert sum(int((job.result or {})["made"]) for job in jobs) == 5
    assert len(jobs) == 4, "one that found nothing, and three of at most two"


def test_an_original_that_is_gone_leaves_no_weakly_marked_preview(hub: Hub, send: Send) -> None:
    send(jpeg(900, 700, 1))
    age(hub, 1)
    (row,) = rows(hub)
    hub.storage.delete(f"originals/{row.sha256}")
    assert queue_outdated(hub)
    work(hub)
    assert rows(hub)[0].previews == {}
