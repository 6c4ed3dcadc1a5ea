"""Killed in the middle: nothing acknowledged is lost, no record without bytes, bytes without a record collected."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import storage
from tests.pictures import jpeg
from tests.ugc_hub.conftest import make_hub
from ugc_hub import catalog, renditions
from ugc_hub.accounts import SYSTEM
from ugc_hub.errors import Unavailable
from ugc_hub.hub import Hub, open_hub
from ugc_hub.ingest import Upload, accept
from ugc_hub.jobs import collect, examine
from ugc_hub.settings import Settings

PRESET = "meta.fb_feed.image.1x1"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    make_hub(tmp_path / "var").close()
    (tmp_path / "a.jpg").write_bytes(jpeg(1600, 1600))
    return tmp_path


def command(folder: Path, *words: str, crash_at: str | None = None) -> subprocess.CompletedProcess[str]:
    environ = {name: value for name, value in os.environ.items() if not name.startswith("UGC_HUB_")}
    environ |= {"UGC_HUB_DATA_DIR": str(folder / "var"), "UGC_HUB_MIN_FREE_BYTES": "0"}
    if crash_at:
        environ["UGC_HUB_CRASH_AT"] = crash_at
    words = (sys.executable, "-m", "ugc_hub", *words)
    return subprocess.run(words, env=environ, capture_output=True, text=True, timeout=120, check=False)


def reopened(folder: Path) -> Hub:
    return open_hub(Settings(data_dir=folder / "var", min_free_bytes=0))


def errors(hub: Hub) -> list[str]:
    return [finding.code for finding in examine(hub, deep=True) if finding.level == "error"]


@pytest.mark.req("R3", "R21")
@pytest.mark.parametrize("place", ["after_put", "before_commit", "after_commit", "after_previews"])
def test_a_crash_while_taking_in_leaves_no_record_without_bytes(folder: Path, place: str) -> None:
    crashed = command(folder, "ingest", str(folder / "a.jpg"), crash_at=place)
    assert crashed.returncode == 137
    hub = reopened(folder)
    assert errors(hub) == []
    known = catalog.find(hub, SYSTEM, catalog.Query()).items
    assert len(known) == (0 if place in {"after_put", "before_commit"} else 1)
    hub.close()
    again = command(folder, "ingest", str(folder / "a.jpg"))
    assert again.returncode == 0, again.stderr
    hub = reopened(folder)
    assert [item.status for item in catalog.find(hub, SYSTEM, catalog.Query()).items] == ["ready"]
    assert errors(hub) == []
    hub.close()


@pytest.mark.req("R3")
@pytest.mark.parametrize("place", ["before_commit", "after_renditions"])
def test_a_crash_while_rendering_is_made_good_by_the_next_run(folder: Path, place: str) -> None:
    assert command(folder, "ingest", str(folder / "a.jpg")).returncode == 0
    hub = reopened(folder)
    asset_id = catalog.find(hub, SYSTEM, catalog.Query()).items[0].id
    hub.close()
    words = ("render", asset_id, "--preset", PRESET, "--out", str(folder / "out"))
    assert command(folder, *words, crash_at=place).returncode == 137
    hub = reopened(folder)
    assert errors(hub) == []
    hub.close()
    again = command(folder, *words)
    assert again.returncode == 0, again.stderr
    hub = reopened(folder)
    assert [view.status for view in renditions.of_asset(hub, SYSTEM, asset_id)] == ["ready"]
    assert errors(hub) == []
    hub.close()


@pytest.mark.req("R3")
def test_a_crash_between_refusal_and_removal_leaves_bytes_that_the_collector_takes(folder: Path) -> None:
    (folder / "cut.jpg").write_bytes(jpeg(900, 900)[:9000])
    assert command(folder, "ingest", str(folder / "cut.jpg"), crash_at="after_refusal").returncode == 137
    hub = reopened(folder)
    assert errors(hub) == []
    assert len(collect(hub, grace_s=0).removed) == 1
    assert list(hub.storage.list()) == []
    hub.close()


@pytest.mark.req("R4")
def test_bytes_without_a_record_are_collected_only_when_old(folder: Path) -> None:
    assert command(folder, "ingest", str(folder / "a.jpg")).returncode == 0
    (folder / "b.jpg").write_bytes(jpeg(700, 500, seed=2))
    assert command(folder, "ingest", str(folder / "b.jpg"), crash_at="after_put").returncode == 137
    hub = reopened(folder)
    orphan = [finding.subject for finding in examine(hub) if finding.code == "orphan"]
    assert len(orphan) == 1
    assert collect(hub).young == orphan
    assert [finding.subject for finding in examine(hub) if finding.code == "orphan"] == orphan
    time.sleep(0.01)
    live = {stat.key for stat in hub.storage.list()} - set(orphan)
    assert collect(hub, grace_s=0).removed == orphan
    assert {stat.key for stat in hub.storage.list()} == live
    hub.close()


@pytest.mark.req("R4")
def test_collecting_while_the_same_bytes_come_in_again_removes_nothing_that_counts(folder: Path) -> None:
    hub = reopened(folder)
    taken = 0
    for seed in range(12):
        data = jpeg(300, 300, seed=seed)
        hub.storage.put(f"originals/{hashlib.sha256(data).hexdigest()}", data)
        done = threading.Event()

        def take(data: bytes = data, done: threading.Event = done) -> bool:
            try:
                accept(hub, SYSTEM, io.BytesIO(data), Upload(file_name="a.jpg", door="api"))
            except (Unavailable, storage.Unavailable):
                return False  # told to send it again, so nothing is lost
            finally:
                done.set()
            return True

        with ThreadPoolExecutor(1) as pool:
            answer = pool.submit(take)
            while not done.is_set():
                collect(hub, grace_s=0)
            taken += answer.result()
        collect(hub, grace_s=0)
        assert errors(hub) == []
    assert len(catalog.find(hub, SYSTEM, catalog.Query()).items) == taken > 0
    hub.close()
