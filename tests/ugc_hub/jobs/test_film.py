"""Versions of a video: asked for like those of a photo, made part by part, and none is made twice."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from tests.ugc_hub.conftest import Send
from tests.ugc_hub.jobs.films import GIF, SQUARE, WEB
from tests.waiting import wait_until
from tests.workers.media import clips
from tests.workers.media.clips import little
from ugc_hub import renditions
from ugc_hub.accounts import SYSTEM
from ugc_hub.errors import HubError
from ugc_hub.framing import Choice, FilmChoice
from ugc_hub.hub import Hub
from ugc_hub.jobs.doctor import examine
from ugc_hub.jobs.local import finish
from ugc_hub.licensing import StatedUse
from ugc_hub.models import AssetClip, Rendition, Usage
from ugc_hub.renditions import ClipNotReady, RenditionView
from workers.media import filming
from workers.media.errors import ChildFailed, MediaError
from workers.media.plans import load_plan
from workers.media.sandbox import Sandbox
from workers.media.video.shapes import VideoPlan
from workers.queue.jobs import cancel, find, get
from workers.queue.shapes import Query
from workers.queue.table import jobs

WEBSITE = StatedUse("website")


@pytest.fixture
def video(send: Send, tmp_path: Path) -> str:
    return send(little(tmp_path), "clip.mp4", own=True)


def waiting(hub: Hub, kind: str) -> int:
    with hub.database.read() as session:
        (job,) = find(session.connection(), Query(state="queued", kind=kind, limit=10))
    return job.id


def prepared(hub: Hub, video: str) -> str:
    finish(hub, [waiting(hub, "normalise")])
    return video


def by_preset(hub: Hub, video: str) -> dict[str, RenditionView]:
    return {view.presets[0]: view for view in renditions.of_asset(hub, SYSTEM, video)}


def codes(hub: Hub) -> list[str]:
    return [one.code for one in examine(hub) if one.level in ("error", "warning") and one.code != "index"]


def test_whoever_asks_too_early_is_told_so_and_hurries_the_clip(hub: Hub, video: str) -> None:
    (framed,) = renditions.plan(hub, SYSTEM, video, [WEB])
    assert [reason.code for reason in framed.reasons] == ["clip_not_ready"]
    with pytest.raises(ClipNotReady) as told:
        renditions.request(hub, SYSTEM, video, [WEB, "web.srcset.w640"], stated=WEBSITE)
    assert told.value.retry
    assert renditions.of_asset(hub, SYSTEM, video) == []
    finish(hub, [told.value.extra["job_id"]])
    (outcome,) = renditions.request(hub, SYSTEM, video, [WEB], stated=WEBSITE)
    assert outcome.outcome == "warned"
    answers = renditions.request_each(hub, SYSTEM, [video], [WEB], stated=WEBSITE)
    assert not isinstance(answers[video], HubError)
    assert len(renditions.of_asset(hub, SYSTEM, video)) == 1


def test_versions_are_made_measured_and_handed_over_with_their_use(hub: Hub, video: str, tmp_path: Path) -> None:
    prepared(hub, video)
    choice = FilmChoice(Choice(fit="contain"), mute=True)
    renditions.request(
        hub,
        SYSTEM,
        video,
        [WEB, SQUARE],
        stated=WEBSITE,
        film=choice,
        films={SQUARE: FilmChoice(start_s=0.25, seconds=0.5)},
    )
    assert {view.status for view in renditions.of_asset(hub, SYSTEM, video)} == {"queued"}
    finish(hub, [waiting(hub, "film")])
    made = by_preset(hub, video)
    web, square = made[WEB], made[SQUARE]
    assert (web.status, web.media_type, web.width, web.height) == ("ready", "video/mp4", 160, 90)
    assert web.file_name.endswith("_160x90.mp4")
    assert web.measured is not None
    assert square.measured is not None
    assert (web.measured["frames"], web.measured["audio_codec"], web.measured["loudness"]) == (30, None, None)
    assert (square.measured["frames"], square.measured["video_s"]) == (15, pytest.approx(0.5))
    assert square.measured["loudness"]["integrated_lufs"] is not None
    plan = load_plan(square.plan)
    assert isinstance(plan, VideoPlan)
    assert plan.whole is not None
    file, left = renditions.take(hub, SYSTEM, square.id, stated=WEBSITE)
    assert file.download_name.endswith(".mp4")
    path = tmp_path / "taken.mp4"
    assert file.data is not None
    path.write_bytes(file.data)
    assert left.usage_id.encode() in path.read_bytes()
    assert len(clips.grey(path, (16, 16))) == 15
    with hub.database.read() as session:
        assert set(session.get_one(Usage, left.usage_id).edits) == {"crop", "trim"}
    _, whole = renditions.take(hub, SYSTEM, web.id, stated=WEBSITE)
    with hub.database.read() as session:
        assert set(session.get_one(Usage, whole.usage_id).edits) == {"audio_remove"}
    assert codes(hub) == []


def test_a_version_that_fails_says_why_and_holds_up_no_other(hub: Hub, video: str) -> None:
    prepared(hub, video)
    part = {name: FilmChoice(start_s=0.0, seconds=0.5) for name in (SQUARE, GIF)}
    renditions.request(hub, SYSTEM, video, [WEB, SQUARE, GIF], stated=WEBSITE, films=part)
    with hub.database.write() as session:
        for preset in (SQUARE, GIF):
            row = session.get_one(Rendition, by_preset(hub, video)[preset].id)
            row.plan = {**row.plan, "max_bytes": 700}
    finish(hub, [waiting(hub, "film")])
    made = by_preset(hub, video)
    assert made[WEB].status == "ready"
    assert (made[GIF].status, made[GIF].code) == ("failed", "over_budget")
    assert (made[SQUARE].status, made[SQUARE].code) == ("failed", "over_budget")
    assert (made[SQUARE].message or "").endswith("smaller.")


def test_a_clip_whose_file_was_removed_is_made_again_for_its_versions(hub: Hub, video: str) -> None:
    prepared(hub, video)
    with hub.database.read() as session:
        key = session.get_one(AssetClip, video).storage_key
    assert key is not None
    hub.storage.delete(key)
    renditions.request(hub, SYSTEM, video, [WEB], stated=WEBSITE)
    finish(hub, [waiting(hub, "film")])
    assert by_preset(hub, video)[WEB].status == "ready"
    assert hub.storage.exists(key)
    with hub.database.read() as session:
        assert session.get_one(AssetClip, video).last_used_at is not None


def test_versions_of_a_clip_that_was_made_anew_are_asked_for_again(hub: Hub, video: str) -> None:
    prepared(hub, video)
    renditions.request(hub, SYSTEM, video, [WEB], stated=WEBSITE)
    with hub.database.write() as session:
        row = session.get_one(Rendition, by_preset(hub, video)[WEB].id)
        row.plan = {**row.plan, "clip_version": 0}
    (job,) = finish(hub, [waiting(hub, "film")])
    assert job.state == "done"
    assert by_preset(hub, video)[WEB].code == "clip_outdated"


def offspring() -> set[str]:
    """Return the programs of all processes that descend from this one and are no zombies."""
    parents, names = {}, {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")
            except (FileNotFoundError, ProcessLookupError):
                continue
            if fields[2].split()[0] != "Z":
                parents[int(entry.name)], names[int(entry.name)] = int(fields[2].split()[1]), fields[0]
    found, ring = set(), {os.getpid()}
    while ring:
        ring = {child for child, parent in parents.items() if parent in ring}
        found |= {f"{child}:{names[child]}" for child in ring}
    return found


@contextmanager
def running(hub: Hub, job_id: int) -> Iterator[threading.Thread]:
    thread = threading.Thread(target=finish, args=(hub, [job_id]))
    thread.start()
    try:
        yield thread
    finally:
        thread.join(30)
        assert not thread.is_alive()


@pytest.mark.req("R29")
def test_a_film_that_is_cancelled_leaves_no_file_and_no_process(hub: Hub, send: Send, tmp_path: Path) -> None:
    path = clips.pattern(
        tmp_path / "long.mp4",
        *("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"),
        size="1280x720",
        seconds=20,
    )
    video = prepared(hub, send(path.read_bytes(), "long.mp4", own=True))
    before, files = offspring(), {stat.key for stat in hub.storage.list()}
    renditions.request(hub, SYSTEM, video, [WEB], stated=WEBSITE)
    job_id = waiting(hub, "film")
    with running(hub, job_id) as thread:
        wait_until(lambda: any("ffmpeg" in name for name in offspring() - before), 30)
        with hub.database.write() as session:
            cancel(session.connection(), job_id)
        asked = time.monotonic()
        thread.join(30)
        assert time.monotonic() - asked < 5
    with hub.database.read() as session:
        job = get(session.connection(), job_id)
    assert job is not None
    assert job.state == "cancelled"
    assert not [name for name in offspring() - before if "ffmpeg" in name]
    assert {stat.key for stat in hub.storage.list()} == files
    assert list(hub.runs.iterdir()) == []
    assert by_preset(hub, video)[WEB].code == "cancelled"


def test_an_error_of_the_engine_is_told_by_each_version(hub: Hub, video: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> None:
        raise MediaError("The clip cannot be read.", code="damaged")

    prepared(hub, video)
    renditions.request(hub, SYSTEM, video, [WEB], stated=WEBSITE)
    monkeypatch.setattr("workers.media.filming.film", fails)
    finish(hub, [waiting(hub, "film")])
    assert by_preset(hub, video)[WEB].code == "damaged"


def test_a_group_that_fails_to_the_last_attempt_holds_up_no_other(
    hub: Hub, video: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = filming.film

    def fails(box: Sandbox, source: Path, order: Any, workdir: Path, **watching: Any) -> Any:
        if order[1][0].frames == 15:
            raise ChildFailed("The video could not be worked on. Try again.", code="ffmpeg_failed")
        return made(box, source, order, workdir, **watching)

    prepared(hub, video)
    part = {SQUARE: FilmChoice(start_s=0.0, seconds=0.5)}
    renditions.request(hub, SYSTEM, video, [WEB, SQUARE], stated=WEBSITE, films=part)
    with hub.database.write() as session:
        session.execute(update(jobs).where(jobs.c.kind == "film").values(attempts=jobs.c.max_attempts - 1))
    monkeypatch.setattr("workers.media.filming.film", fails)
    (job,) = finish(hub, [waiting(hub, "film")])
    versions = by_preset(hub, video)
    assert (versions[SQUARE].status, versions[SQUARE].code) == ("failed", "ffmpeg_failed")
    assert (job.state, versions[WEB].status) == ("done", "ready")
