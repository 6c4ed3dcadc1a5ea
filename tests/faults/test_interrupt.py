"""Ctrl-C and SIGTERM: a command ends at once, and gives back what it was doing."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.pictures import jpeg
from tests.starting import started
from tests.ugc_hub.conftest import make_hub
from tests.waiting import alive, wait_until
from ugc_hub.hub import Hub
from workers.queue import jobs
from workers.queue.process import descendants
from workers.queue.shapes import Job, Query

LONG = (6500, 6500)
"""Sides of a picture that takes seconds to look at: a test that gets no processor for one still comes in time."""
PRESETS = ("meta.fb_feed.image.1x1", "web.srcset.w1080")


@pytest.fixture
def hub(tmp_path: Path, migrated_url: str) -> Iterator[Hub]:
    made = make_hub(tmp_path / "var", migrated_url)
    yield made
    made.close()


def found(hub: Hub, **wanted: str) -> list[Job]:
    with hub.database.read() as session:
        return jobs.find(session.connection(), Query(**wanted))  # type: ignore[arg-type]


def wait_for_running(hub: Hub, process: subprocess.Popen[str]) -> Job:
    wait_until(lambda: found(hub, state="running") or process.poll() is not None)
    assert process.poll() is None, process.communicate()
    (running,) = found(hub, state="running")
    return running


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_command_gives_its_job_back_and_the_next_one_runs_it(
    hub: Hub, tmp_path: Path, number: signal.Signals
) -> None:
    (tmp_path / "a.jpg").write_bytes(jpeg(*LONG))
    ingest = ("ingest", str(tmp_path / "a.jpg"))
    process = started(hub, *ingest)
    try:
        job = wait_for_running(hub, process)
        below = [known.pid for known in descendants(process.pid)]
        process.send_signal(number)
        out, err = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 128 + number, (out, err)
    assert "Traceback" not in err
    assert "received" in out  # what was stored is told all the same
    assert [(left.id, left.state, left.attempts, left.owner) for left in found(hub)] == [(job.id, "queued", 0, None)]
    assert [pid for pid in below if alive(pid)] == []
    assert list(hub.runs.iterdir()) == []

    again = started(hub, *ingest)
    out, _ = again.communicate(timeout=25)  # well before a lease would be over
    assert (again.returncode, out.split()[0]) == (0, "duplicate")
    assert [left.state for left in found(hub)] == ["done"]


def test_an_interrupted_render_leaves_no_job_running(hub: Hub, tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(jpeg(*LONG))
    taken = started(hub, "ingest", "--own", str(tmp_path / "a.jpg"))
    asset_id = taken.communicate(timeout=60)[0].split()[1]
    words = ["render", asset_id, "--out", str(tmp_path / "out"), *(f"--preset={preset}" for preset in PRESETS)]
    process = started(hub, *words)
    try:
        wait_for_running(hub, process)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
    finally:
        process.kill()
    assert (process.returncode, err) == (130, "Interrupted.\n")
    assert found(hub, state="running") == []
    again = started(hub, *words)
    again.communicate(timeout=25)
    assert again.returncode == 0
    assert len(list((tmp_path / "out").iterdir())) >= len(PRESETS)
    assert {left.state for left in found(hub)} == {"done"}
