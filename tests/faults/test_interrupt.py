"""Ctrl-C and SIGTERM: a command ends at once, and gives back what it was doing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.pictures import jpeg
from tests.ugc_hub.conftest import make_hub
from ugc_hub.hub import Hub
from workers.queue import jobs
from workers.queue.process import descendants
from workers.queue.shapes import Job, Query

PRESETS = ("meta.fb_feed.image.1x1", "web.srcset.w1080")


def started(folder: Path, *words: str) -> subprocess.Popen[str]:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("UGC_HUB_")}
    environ |= {"UGC_HUB_DATA_DIR": str(folder / "var"), "UGC_HUB_MIN_FREE_BYTES": "0"}
    pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    command = [sys.executable, "-m", "ugc_hub", *words]
    return subprocess.Popen(command, env=environ, text=True, **pipes)  # type: ignore[call-overload,no-any-return]


def found(hub: Hub, **wanted: str) -> list[Job]:
    with hub.database.read() as session:
        return jobs.find(session.connection(), Query(**wanted))  # type: ignore[arg-type]


def wait_for_running(hub: Hub, process: subprocess.Popen[str]) -> Job:
    until = time.monotonic() + 60
    while not (running := found(hub, state="running")):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < until
        time.sleep(0.01)
    return running[0]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_command_gives_its_job_back_and_the_next_one_runs_it(
    tmp_path: Path, number: signal.Signals
) -> None:
    hub = make_hub(tmp_path / "var")
    (tmp_path / "a.jpg").write_bytes(jpeg(4000, 4000))
    ingest = ("ingest", str(tmp_path / "a.jpg"))
    process = started(tmp_path, *ingest)
    try:
        job = wait_for_running(hub, process)
        below = [known.pid for known in descendants(process.pid)]
        process.send_signal(number)
        out, err = process.communicate(timeout=20)
    finally:
        process.kill()
    assert process.returncode == 128 + number
    assert "Traceback" not in err
    assert "received" in out  # what was stored is told all the same
    assert [(left.id, left.state, left.attempts, left.owner) for left in found(hub)] == [(job.id, "queued", 0, None)]
    assert [pid for pid in below if Path(f"/proc/{pid}").exists()] == []
    assert list(hub.runs.iterdir()) == []

    again = started(tmp_path, *ingest)
    out, _ = again.communicate(timeout=25)  # well before a lease would be over
    assert (again.returncode, out.split()[0]) == (0, "duplicate")
    assert [left.state for left in found(hub)] == ["done"]
    hub.close()


def test_an_interrupted_render_leaves_no_job_running(tmp_path: Path) -> None:
    hub = make_hub(tmp_path / "var")
    (tmp_path / "a.jpg").write_bytes(jpeg(4000, 4000))
    taken = started(tmp_path, "ingest", str(tmp_path / "a.jpg"))
    asset_id = taken.communicate(timeout=60)[0].split()[1]
    words = ["render", asset_id, "--out", str(tmp_path / "out"), *(f"--preset={preset}" for preset in PRESETS)]
    process = started(tmp_path, *words)
    try:
        wait_for_running(hub, process)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=20)
    finally:
        process.kill()
    assert (process.returncode, err) == (130, "Interrupted.\n")
    assert found(hub, state="running") == []
    again = started(tmp_path, *words)
    again.communicate(timeout=25)
    assert again.returncode == 0
    assert len(list((tmp_path / "out").iterdir())) >= len(PRESETS)
    assert {left.state for left in found(hub)} == {"done"}
    hub.close()
