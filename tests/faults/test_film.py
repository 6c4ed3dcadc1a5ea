"""A worker that is killed while it makes versions of a video: the next one makes those that were not made yet."""

from __future__ import annotations

import io
import os
import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.starting import started
from tests.ugc_hub.conftest import make_hub
from tests.waiting import alive, wait_until
from tests.workers.media.clips import little
from ugc_hub import renditions
from ugc_hub.accounts import SYSTEM
from ugc_hub.framing import FilmChoice
from ugc_hub.hub import Hub
from ugc_hub.ingest import Upload, accept
from ugc_hub.jobs.doctor import examine
from ugc_hub.jobs.local import finish
from ugc_hub.licensing import StatedUse
from ugc_hub.models import Event
from ugc_hub.renditions.clips import clip_of
from workers.queue.jobs import several
from workers.queue.process import descendants

PARTS = {
    "web.file.h264.720p": FilmChoice(start_s=0.0, seconds=0.9),
    "x.video.1x1": FilmChoice(start_s=0.1, seconds=0.8),
    "x.video.16x9": FilmChoice(start_s=0.2, seconds=0.7),
}
"""Three groups: each shows another part, so each has a decode of its own."""


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    made = make_hub(tmp_path / "var")
    yield made
    made.close()


@pytest.fixture
def asked(hub: Hub, tmp_path: Path) -> tuple[str, int]:
    """A video of which three versions wait, and their job."""
    upload = Upload(file_name="clip.mp4", door="api", own=True)
    accepted = accept(hub, SYSTEM, io.BytesIO(little(tmp_path)), upload)
    asset = accepted.asset_id
    finish(hub, [accepted.job_id or 0])
    finish(hub, [clip_of(hub, SYSTEM, asset).job_id or 0])
    renditions.request(hub, SYSTEM, asset, list(PARTS), stated=StatedUse("website"), films=PARTS)
    (job,) = {view.job_id for view in renditions.of_asset(hub, SYSTEM, asset)}
    assert job is not None
    return asset, job


def ready(hub: Hub, asset: str) -> dict[str, str]:
    """Return the hash of each version that is made."""
    return {one.id: str(one.sha256) for one in renditions.of_asset(hub, SYSTEM, asset) if one.status == "ready"}


def told(hub: Hub, kind: str) -> Counter[str]:
    with hub.database.read() as session:
        return Counter(session.scalars(select(Event.object_id).where(Event.kind == kind)))


def files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file() and path.suffix not in (".lock", ".wake"))


@pytest.mark.req("R25")
def test_a_worker_that_is_killed_between_versions_leaves_the_rest_to_the_next_one(
    hub: Hub, asked: tuple[str, int]
) -> None:
    asset, job_id = asked
    worker = started(hub, "worker")
    try:
        wait_until(lambda: ready(hub, asset) or worker.poll() is not None)
        below = [known.pid for known in descendants(worker.pid)]
    finally:
        os.kill(worker.pid, signal.SIGKILL)
        worker.communicate()
    first = ready(hub, asset)
    assert 0 < len(first) < len(PARTS), "it was killed in the middle"
    wait_until(lambda: not any(map(alive, below)))
    assert list(files(hub.runs)), "it could not clean up"
    with hub.database.read() as session:
        assert several(session.connection(), [job_id])[job_id].state == "running"

    again = started(hub, "worker")
    try:
        wait_until(lambda: len(ready(hub, asset)) == len(PARTS) or again.poll() is not None)
        wait_until(lambda: told(hub, "rendition.ready").total() == len(PARTS))
    finally:
        again.send_signal(signal.SIGTERM)
        again.communicate(timeout=60)
    made = ready(hub, asset)
    assert len(made) == len(PARTS)
    assert first.items() <= made.items()
    assert told(hub, "rendition.ready") == dict.fromkeys(made, 1), "none was made twice"
    with hub.database.read() as session:
        job = several(session.connection(), [job_id])[job_id]
    assert (job.state, job.attempts) == ("done", 2)
    assert list(files(hub.runs)) == []
    assert [one.code for one in examine(hub) if one.level == "error" or one.code == "orphan"] == []
