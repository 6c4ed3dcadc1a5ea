"""How long jobs still take: what their progress tells, what the same work took lately, and nothing that is guessed."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import update

from tests.ugc_hub.rows import asset_row, statements
from ugc_hub import renditions
from ugc_hub.hub import Hub
from ugc_hub.jobs.handlers import PLAIN, WITH_MEDIA
from ugc_hub.renditions import Left
from ugc_hub.web.pages.jobs import KINDS
from workers.queue.jobs import enqueue, several
from workers.queue.table import clock, jobs


def job(hub: Hub, kind: str, payload: dict[str, Any] | None = None, **columns: Any) -> int:
    """Put a job in the table as it would stand there, its times in seconds before now."""
    times = ("started_at", "finished_at")
    with hub.database.write() as session:
        job_id = enqueue(session.connection(), kind, payload or {})
        values = {name: clock() - value if name in times else value for name, value in columns.items()}
        if values:
            session.execute(update(jobs).where(jobs.c.id == job_id).values(**values))
    return job_id


def done(hub: Hub, kind: str, seconds: float, payload: dict[str, Any] | None = None, **columns: Any) -> int:
    return job(hub, kind, payload, state="done", started_at=seconds + 5.0, finished_at=5.0, **columns)


def left(hub: Hub, *job_ids: int) -> dict[int, Left]:
    with hub.database.read() as session:
        return renditions.left(session, list(several(session.connection(), job_ids).values()))


def seconds(hub: Hub, job_id: int) -> float | None:
    found = left(hub, job_id)
    return found[job_id].seconds if found else None


def test_progress_tells_how_long_a_running_job_still_takes(hub: Hub) -> None:
    one = job(hub, "film", state="running", started_at=30.0, progress=0.75)
    assert left(hub, one)[one].begun
    assert seconds(hub, one) == pytest.approx(10.0, abs=2)
    assert seconds(hub, job(hub, "film", state="running", started_at=30.0, progress=1.0)) == 0.0
    assert seconds(hub, job(hub, "film", state="running", started_at=-60.0, progress=0.5)) == 0.0


def test_nothing_is_told_where_nothing_is_known(hub: Hub) -> None:
    done(hub, "render", 20.0)
    ended = done(hub, "verify", 20.0)
    stopped = job(hub, "render", state="running", started_at=30.0, progress=0.5, cancel_requested=True)
    young = job(hub, "film", state="running", started_at=1.0, progress=0.01)
    assert left(hub, ended, stopped, young, job(hub, "film")) == {}


def test_before_there_is_progress_the_same_work_of_lately_tells(hub: Hub) -> None:
    for taken in (10.0, 20.0, 500.0):
        done(hub, "verify", taken)
    waiting = job(hub, "verify")
    assert seconds(hub, waiting) == pytest.approx(20.0, abs=0.01)
    begun = job(hub, "verify", state="running", started_at=15.0, progress=0.0)
    assert seconds(hub, begun) == pytest.approx(5.0, abs=2)
    assert seconds(hub, job(hub, "verify", state="running", started_at=90.0)) is None, "longer than usual: who knows"


def test_only_work_of_about_the_same_size_tells(hub: Hub) -> None:
    small, large = (asset_row(hub, kind="video", width=100, height=100, duration_s=one) for one in (2.0, 60.0))
    done(hub, "normalise", 3.0, {"asset_id": small})
    waiting = job(hub, "normalise", {"asset_id": large})
    assert seconds(hub, waiting) is None
    done(hub, "normalise", 0.0, {"asset_id": large}, result={"outcome": "nothing to do"})
    assert seconds(hub, waiting) is None
    done(hub, "normalise", 80.0, {"asset_id": large})
    assert seconds(hub, waiting) == pytest.approx(80.0, abs=0.01)
    done(hub, "film", 9.0, {"asset_id": large, "rendition_ids": ["rnd_1"]})
    assert seconds(hub, job(hub, "film", {"asset_id": large, "rendition_ids": ["rnd_2", "rnd_3"]})) == pytest.approx(9)
    assert seconds(hub, job(hub, "film", {"asset_id": large, "rendition_ids": ["rnd_4"] * 5})) is None


def test_a_page_of_jobs_costs_as_many_queries_as_one(hub: Hub) -> None:
    def asked(count: int) -> int:
        made = [job(hub, "normalise", {"asset_id": asset_row(hub)}) for _ in range(count)]
        made.append(job(hub, "normalise", {"asset_id": asset_row(hub)}, state="running", started_at=1.0))
        with hub.database.read() as session:
            found = list(several(session.connection(), made).values())
            with statements(hub) as told:
                renditions.left(session, found)
        return len(told)

    done(hub, "normalise", 3.0, {"asset_id": asset_row(hub)})
    assert asked(1) == asked(30) == 3


@pytest.mark.parametrize(
    ("value", "words"),
    [(4.0, "a few seconds"), (31.0, "about 40 seconds"), (130.0, "about 3 minutes"), (7000.0, "about 2 hours")],
)
def test_what_is_left_is_rounded_up(value: float, words: str) -> None:
    assert Left(value, begun=True).in_words() == f"{words} left"
    assert Left(value, begun=False).in_words() == f"takes {words}"


def test_every_kind_of_job_has_a_name_for_people() -> None:
    assert set(KINDS) == {*PLAIN, *WITH_MEDIA}
