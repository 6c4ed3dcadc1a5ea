"""The clip of a video: made after it was measured, known when it is asked for, and gone with its asset."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.ugc_hub.conftest import Send
from tests.ugc_hub.rows import with_clock
from tests.workers.media.clips import little
from tests.workers.media.test_video_embedded import captioned
from ugc_hub import catalog, licensing
from ugc_hub.accounts import SYSTEM
from ugc_hub.errors import Conflict
from ugc_hub.hub import Hub
from ugc_hub.jobs.collect import collect
from ugc_hub.jobs.doctor import examine
from ugc_hub.jobs.local import finish
from ugc_hub.jobs.normalise import Stored, keep_clip
from ugc_hub.models import Asset, AssetClip
from ugc_hub.renditions.clips import ClipNotReady, clip_of, ready_clip, view_of
from ugc_hub.web import facts
from workers.media.video.shapes import Clip, Normalised, Sheet
from workers.media.video.tracks import Embedded
from workers.queue.jobs import find, get
from workers.queue.shapes import BULK, NORMAL, Query


@pytest.fixture
def video(send: Send, tmp_path: Path) -> str:
    return send(little(tmp_path), "clip.mp4", own=True)


def asked(hub: Hub, asset_id: str) -> object:
    with hub.database.write() as session:
        return ready_clip(hub, session, session.get_one(Asset, asset_id))


def made(hub: Hub, asset_id: str) -> None:
    job_id = clip_of(hub, SYSTEM, asset_id).job_id
    assert job_id is not None
    finish(hub, [job_id])


def test_a_video_that_was_measured_waits_for_its_clip_behind_all_other_work(hub: Hub, video: str) -> None:
    with hub.database.read() as session:
        (job,) = find(session.connection(), Query(kind="normalise", limit=10))
    assert (job.state, job.priority, job.group) == ("queued", BULK, video)
    refusal = asked(hub, video)
    assert isinstance(refusal, ClipNotReady)
    assert (refusal.code, refusal.retry, refusal.extra["job_id"]) == ("clip_not_ready", True, job.id)
    with hub.database.read() as session:
        hurried = get(session.connection(), job.id)
    assert hurried is not None
    assert hurried.priority == NORMAL
    made(hub, video)
    found = clip_of(hub, SYSTEM, video)
    assert found.clip is not None
    assert (found.status, found.clip.width, found.clip.height, found.clip.frames) == ("ready", 160, 90, 30)
    assert found.clip.has_sound
    assert found.sheet is not None
    assert found.sheet_key is not None
    assert hub.storage.exists(found.sheet_key)
    assert [one for one in examine(hub) if one.level in ("error", "warning") and one.code != "index"] == []


def test_a_clip_of_an_older_engine_is_made_again_and_one_that_failed_for_good_is_not(hub: Hub, video: str) -> None:
    made(hub, video)
    with hub.database.write() as session:
        session.get_one(AssetClip, video).version = 0
    outdated = clip_of(hub, SYSTEM, video)
    assert (outdated.status, outdated.clip) == ("missing", None)
    assert isinstance(asked(hub, video), ClipNotReady)
    assert clip_of(hub, SYSTEM, video).clip is None
    made(hub, video)
    assert clip_of(hub, SYSTEM, video).status == "ready"
    with hub.database.write() as session:
        row = session.get_one(AssetClip, video)
        row.status, row.code, row.message = "failed", "too_long", "The video is too long."
    found = asked(hub, video)
    assert not isinstance(found, Conflict)
    assert clip_of(hub, SYSTEM, video).code == "too_long"


def test_a_clip_that_nobody_uses_is_removed_and_its_facts_stay(hub: Hub, video: str) -> None:
    made(hub, video)
    before = clip_of(hub, SYSTEM, video)
    with hub.database.read() as session:
        key = session.get_one(AssetClip, video).storage_key
    assert collect(hub, grace_s=0).removed == []
    timed, clock = with_clock(hub)
    clock.go_on(days=timedelta(days=31).days)
    assert collect(timed, grace_s=0).removed == [key]
    assert clip_of(hub, SYSTEM, video) == before
    assert not [one for one in examine(timed) if one.level == "error"]


def test_an_erased_video_leaves_no_clip(hub: Hub, video: str) -> None:
    made(hub, video)
    assert len(list(hub.storage.list("clips/"))) == 2
    licensing.erase_asset(hub, SYSTEM, video, reason="They asked for it")
    with hub.database.read() as session:
        assert view_of(session, video).status == "missing"
        (job,) = find(session.connection(), Query(kind="erase", limit=1))
    finish(hub, [job.id])
    assert list(hub.storage.list("clips/")) == []


@pytest.mark.parametrize("told", [("captions_unreadable",), ()])
def test_captions_that_cannot_be_read_are_told_with_the_facts(
    hub: Hub, video: str, told: tuple[str, ...], tmp_path: Path
) -> None:
    """Those of which ffmpeg reads nothing, and those that it reads and whose times nobody understands."""
    made(hub, video)
    assert catalog.get(hub, SYSTEM, video).facts.warnings == ()  # type: ignore[union-attr]
    with hub.database.write() as session:
        row = session.get_one(AssetClip, video)
        row.made_at = None
        captions = () if told else (Embedded("ger", "soon --> later\nHello"),)
        sheet = Sheet.load({**(row.sheet or {}), "path": "sheet.jpg"})
        found = Normalised(Clip.load(row.clip or {}), "clip.mov", row.size_bytes or 0, sheet, told, captions)
        keys = row.storage_key or "", row.sha256 or "", row.sheet_key or ""
        keep_clip(hub, session, video, Stored(found, tmp_path, *keys))
    view = catalog.get(hub, SYSTEM, video)
    assert [line.startswith("Captions in the file cannot be read") for line in facts.warnings(view)] == [True]


def test_captions_in_the_file_are_kept_once(hub: Hub, send: Send, tmp_path: Path) -> None:
    path = captioned(tmp_path, "mp4", "-c:s", "mov_text", speech="Hello there")
    asset = send(path.read_bytes(), "talk.mp4", own=True)
    made(hub, asset)
    tracks = {one.language: one for one in catalog.list_captions(hub, SYSTEM, asset)}
    assert set(tracks) == {"de", "und"}
    assert (tracks["de"].source, tracks["de"].counts, tracks["de"].cues[0].text) == ("embedded", True, "Hello there")
    catalog.remove_captions(hub, SYSTEM, asset, "de")
    with hub.database.write() as session:
        row = session.get_one(AssetClip, asset)
        row.version -= 1
    refusal = asked(hub, asset)
    assert isinstance(refusal, ClipNotReady)
    made(hub, asset)
    assert [one.language for one in catalog.list_captions(hub, SYSTEM, asset)] == ["und"]
