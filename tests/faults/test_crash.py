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
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest

import storage
from tests.pictures import jpeg
from tests.support import ROOT
from tests.ugc_hub.conftest import make_hub
from ugc_hub import catalog, renditions
from ugc_hub.accounts import SYSTEM
from ugc_hub.errors import Unavailable
from ugc_hub.hub import Hub, open_hub
from ugc_hub.ingest import Upload, accept
from ugc_hub.jobs.collect import FOLDERS, collect
from ugc_hub.jobs.doctor import examine
from ugc_hub.settings import Settings

PRESET = "meta.fb_feed.image.1x1"


@dataclass(frozen=True)
class House:
    """A hub whose commands run as processes of their own, and its folder."""

    folder: Path
    database_url: str

    def command(self, *words: str, crash_at: str | None = None) -> subprocess.CompletedProcess[str]:
        environ = {name: value for name, value in os.environ.items() if not name.startswith("UGC_HUB_")}
        environ |= {
            "UGC_HUB_DATA_DIR": str(self.folder / "var"),
            "UGC_HUB_MIN_FREE_BYTES": "0",
            "UGC_HUB_TEXT_READER": "off",
        }
        environ |= {"UGC_HUB_DATABASE_URL": self.database_url, "PYTHONPATH": str(ROOT)}
        if crash_at:
            environ["UGC_HUB_CRASH_AT"] = crash_at
        words = (sys.executable, "-m", "ugc_hub", *words)
        return subprocess.run(words, env=environ, capture_output=True, text=True, timeout=120, check=False)

    def ingest(self, name: str, crash_at: str | None = None) -> subprocess.CompletedProcess[str]:
        return self.command("ingest", "--own", str(self.folder / name), crash_at=crash_at)

    def reopened(self) -> Hub:
        return open_hub(Settings(data_dir=self.folder / "var", database_url=self.database_url, min_free_bytes=0))


@pytest.fixture
def house(tmp_path: Path, migrated_url: str) -> House:
    """An empty hub with a photo beside it."""
    make_hub(tmp_path / "var", migrated_url).close()
    (tmp_path / "a.jpg").write_bytes(jpeg(1600, 1600))
    return House(tmp_path, migrated_url)


def errors(hub: Hub) -> list[str]:
    return [finding.code for finding in examine(hub, deep=True) if finding.level == "error"]


@pytest.mark.req("R3", "R21")
@pytest.mark.parametrize("place", ["after_put", "before_commit", "after_commit", "after_previews"])
def test_a_crash_while_taking_in_leaves_no_record_without_bytes(house: House, place: str) -> None:
    crashed = house.ingest("a.jpg", crash_at=place)
    assert crashed.returncode == 137
    hub = house.reopened()
    assert errors(hub) == []
    known = catalog.find(hub, SYSTEM, catalog.Query()).items
    assert len(known) == (0 if place in {"after_put", "before_commit"} else 1)
    hub.close()
    again = house.ingest("a.jpg")
    assert again.returncode == 0, again.stderr
    hub = house.reopened()
    assert [item.status for item in catalog.find(hub, SYSTEM, catalog.Query()).items] == ["ready"]
    assert errors(hub) == []
    hub.close()


@pytest.mark.req("R3")
@pytest.mark.parametrize("place", ["before_commit", "after_renditions"])
def test_a_crash_while_rendering_is_made_good_by_the_next_run(house: House, place: str) -> None:
    assert house.ingest("a.jpg").returncode == 0
    hub = house.reopened()
    asset_id = catalog.find(hub, SYSTEM, catalog.Query()).items[0].id
    hub.close()
    words = ("render", asset_id, "--preset", PRESET, "--out", str(house.folder / "out"))
    assert house.command(*words, crash_at=place).returncode == 137
    hub = house.reopened()
    assert errors(hub) == []
    hub.close()
    again = house.command(*words)
    assert again.returncode == 0, again.stderr
    hub = house.reopened()
    assert [view.status for view in renditions.of_asset(hub, SYSTEM, asset_id)] == ["ready"]
    assert errors(hub) == []
    hub.close()


@pytest.mark.req("R3")
def test_a_crash_between_refusal_and_removal_leaves_bytes_that_the_collector_takes(house: House) -> None:
    (house.folder / "cut.jpg").write_bytes(jpeg(900, 900)[:9000])
    assert house.ingest("cut.jpg", crash_at="after_refusal").returncode == 137
    hub = house.reopened()
    assert errors(hub) == []
    assert len(collect(hub, grace_s=0).removed) == 1
    left = [stat.key for stat in hub.storage.list()]
    hub.close()
    assert [key for key in left if key.startswith(FOLDERS)] == []


@pytest.mark.req("R4")
def test_bytes_without_a_record_are_collected_only_when_old(house: House) -> None:
    assert house.ingest("a.jpg").returncode == 0
    (house.folder / "b.jpg").write_bytes(jpeg(700, 500, seed=2))
    assert house.ingest("b.jpg", crash_at="after_put").returncode == 137
    hub = house.reopened()
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
def test_collecting_while_the_same_bytes_come_in_again_removes_nothing_that_counts(house: House) -> None:
    hub = house.reopened()
    taken = 0
    until = time.monotonic() + 60
    for seed in count():
        if (seed >= 12 and taken) or time.monotonic() > until:
            break
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
