"""Packs: every combination is told, names are safe everywhere, and the zip costs no memory."""

from __future__ import annotations

import hashlib
import io
import json
import tracemalloc
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from tests.pictures import jpeg
from tests.ugc_hub.licensing.rows import clear, free_row
from tests.ugc_hub.rows import creator_actor, facts_of, statements
from tests.workers.media.clips import X264, little
from tests.workers.media.clips import made as drawn
from ugc_hub import packs
from ugc_hub.accounts import SYSTEM, Actor
from ugc_hub.errors import Conflict, Forbidden, Invalid, NotFound
from ugc_hub.hub import Hub
from ugc_hub.jobs.local import finish
from ugc_hub.licensing import StatedUse
from ugc_hub.models import AssetClip, Pack, Rendition
from ugc_hub.packs import MOST_ITEMS, safe_name, unique_name, view
from ugc_hub.renditions import get_many
from workers.queue.jobs import cancel, due_now, get
from workers.queue.shapes import NORMAL
from workers.queue.table import jobs

SQUARE, WEB, LARGE = "meta.fb_feed.image.1x1", "web.srcset.w640", "web.srcset.w3840"
SMALL = jpeg(24, 18)


def pretend_made(hub: Hub, data: bytes = SMALL, failed: str | None = None) -> None:
    """Let every rendition be ready as the same JPEG, except one."""
    key = f"renditions/{hashlib.sha256(data).hexdigest()}.jpg"
    hub.storage.put(key, data)
    with hub.database.write() as session:
        made = {"status": "ready", "storage_key": key, "size_bytes": len(data), "sha256": key[11:75]}
        made["media_type"] = "image/jpeg"
        session.execute(update(Rendition).values(**made))
        if failed:
            wrong = {"status": "failed", "code": "budget", "message": "Too many bytes.", "storage_key": None}
            session.execute(update(Rendition).where(Rendition.id == failed).values(**wrong))


def unzip(hub: Hub, pack_id: str) -> tuple[dict[str, bytes], dict[str, Any]]:
    archive = zipfile.ZipFile(io.BytesIO(b"".join(packs.stream(hub, SYSTEM, pack_id))))
    assert archive.testzip() is None
    files = {name: archive.read(name) for name in archive.namelist()}
    assert len(files) == len(archive.namelist())
    return files, json.loads(files.pop("manifest.json"))


@pytest.mark.req("R61")
def test_a_pack_holds_every_file_and_a_manifest_of_every_combination(hub: Hub, send: Callable[..., str]) -> None:
    large, tiny = send(jpeg(1600, 1600), "holiday.JPG"), send(jpeg(200, 200, seed=2), "tiny.jpg")
    clear(hub, large, tiny)
    made = packs.make(hub, SYSTEM, name="Autumn", asset_ids=[large, tiny, "ast_unknown"], preset_ids=[SQUARE, WEB])
    assert (made.name, made.status) == ("Autumn", "working")
    with pytest.raises(Conflict) as caught:
        packs.stream(hub, SYSTEM, made.id)
    assert caught.value.code == "pack_not_ready"
    wanted = [name for item in made.items for name in item["renditions"]]
    finish(hub, {view.job_id for view in get_many(hub, SYSTEM, wanted).values() if view.job_id})
    done = packs.get(hub, SYSTEM, made.id)
    assert (done.status, done.waiting, done.failed) == ("ready", 0, 0)
    files, manifest = unzip(hub, made.id)
    assert manifest["pack"] == made.id
    combinations = [(item["asset_id"], item["preset_id"]) for item in manifest["items"]]
    assert combinations == [(asset, preset) for asset in (large, tiny, "ast_unknown") for preset in (SQUARE, WEB)]
    refused = [item for item in manifest["items"] if item["outcome"] == "refused"]
    assert all(item["reasons"] and item["reasons"][0]["sentence"] for item in refused)
    assert len(refused) == done.refused >= 2
    named = {entry["file"]: entry["sha256"] for item in manifest["items"] for entry in item["files"]}
    assert named == {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    assert all(name.startswith(("holiday_", "tiny_")) for name in files)


def test_a_file_that_failed_is_told_and_left_out(hub: Hub) -> None:
    made = packs.make(hub, SYSTEM, name="x", asset_ids=[free_row(hub)], preset_ids=[SQUARE, WEB])
    failed = made.items[0]["renditions"][0]
    pretend_made(hub, failed=failed)
    files, manifest = unzip(hub, made.id)
    entries = {entry["id"]: entry for item in manifest["items"] for entry in item["files"]}
    assert (entries[failed]["file"], entries[failed]["message"]) == (None, "Too many bytes.")
    assert len(files) == len(entries) - 1


def test_a_pack_of_nothing_says_so(hub: Hub) -> None:
    made = packs.make(hub, SYSTEM, name="x", asset_ids=["ast_unknown"], preset_ids=[SQUARE])
    assert (made.status, made.refused) == ("failed", 1)
    with pytest.raises(Conflict) as caught:
        packs.stream(hub, SYSTEM, made.id)
    assert caught.value.code == "pack_empty"


def test_the_same_name_for_many_assets_gives_many_files(hub: Hub) -> None:
    names = [
        "IMG.jpg",
        "img.JPG",
        "IMG.jpg",
        "con.jpg",
        "manifest.json",
        "ｉｍｇ.jpg",
        "..",
        "a/b.jpg",
        "q" * 300 + ".jpg",
    ]
    assets = [free_row(hub, name[:300]) for name in names]
    made = packs.make(hub, SYSTEM, name="x", asset_ids=assets, preset_ids=[SQUARE])
    pretend_made(hub)
    files, _ = unzip(hub, made.id)
    assert len(files) == len(names)
    assert len({name.casefold() for name in files}) == len(names)


@pytest.mark.req("R61")
def test_of_a_large_pack_one_file_is_in_memory_and_it_stops_when_nobody_reads_on(hub: Hub) -> None:
    assets = [free_row(hub, f"{number}.jpg") for number in range(8)]
    made = packs.make(hub, SYSTEM, name="x", asset_ids=assets, preset_ids=[SQUARE, WEB])
    size = 1_500_000
    pretend_made(hub, SMALL[:-2] + bytes(size) + SMALL[-2:])
    opened: list[str] = []

    class Counting:
        """The storage, telling what is opened."""

        def __getattr__(self, name: str) -> Any:
            return getattr(hub.storage, name)

        def open(self, key: str) -> Any:
            opened.append(key)
            return hub.storage.open(key)

    counting = replace(hub, storage=Counting())  # type: ignore[arg-type]
    tracemalloc.start()
    total = sum(map(len, packs.stream(counting, SYSTEM, made.id)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert total > 16 * size
    assert peak < 6 * size, "the file as stored, as stamped, and what lies between"
    opened.clear()
    chunks = packs.stream(counting, SYSTEM, made.id)
    assert opened == [], "nothing is read before it is asked for"
    while not opened:
        next(chunks)
    next(chunks)
    chunks.close()  # type: ignore[attr-defined]
    del chunks
    assert len(opened) == 1


def test_the_same_picture_for_two_channels_is_two_files_with_the_terms_of_each(hub: Hub) -> None:
    other = "meta.ig_feed.image.1x1"
    made = packs.make(hub, SYSTEM, name="x", asset_ids=[free_row(hub)], preset_ids=[SQUARE, other])
    first, second = made.items
    assert first["renditions"] == second["renditions"]
    elsewhere = {**second, "use": {**second["use"], "channel": "email"}}
    with hub.database.write() as session:
        session.execute(update(Pack).values(items=[first, elsewhere]))
    pretend_made(hub)
    files, manifest = unzip(hub, made.id)
    told = [entry for item in manifest["items"] for entry in item["files"]]
    assert len(files) == len({entry["file"] for entry in told}) == 2
    for entry in told:
        data = files[entry["file"]]
        assert entry["usage"]["usage_id"].encode() in data
        assert entry["usage"]["channel"].replace(".", "-") in entry["file"]
        assert (entry["sha256"], entry["size_bytes"]) == (hashlib.sha256(data).hexdigest(), len(data))
        assert (entry["stamp"], entry["credentials"]) == ("full", "")


def test_a_pack_of_many_is_looked_at_in_few_queries(hub: Hub) -> None:
    assets = [free_row(hub, f"{number}.jpg") for number in range(30)]
    counted = []
    for some in (assets[:2], assets):
        made = packs.make(hub, SYSTEM, name="x", asset_ids=some, preset_ids=[SQUARE, WEB])
        with statements(hub) as seen:
            packs.get(hub, SYSTEM, made.id)
        counted.append(len(seen))
    # The pack, its renditions with their jobs, the presets that asked for them, and how long such work took lately.
    assert counted[0] == counted[1] <= 4


def test_presets_are_looked_up_once_for_all_assets_of_a_pack(hub: Hub) -> None:
    assets = [free_row(hub, f"{number}.jpg") for number in range(5)]
    with statements(hub) as seen:
        packs.make(hub, SYSTEM, name="x", asset_ids=assets, preset_ids=[SQUARE])
    assert sum("custom_presets" in statement for statement in seen) == 1


def test_what_cannot_be_a_pack_is_refused_before_anything_is_kept(hub: Hub) -> None:
    asset_id = free_row(hub, facts=facts_of())
    cases = [
        (SYSTEM, [], [SQUARE], Invalid),
        (SYSTEM, [asset_id], [], Invalid),
        (SYSTEM, [f"ast_{number}" for number in range(501)], [SQUARE], Invalid),
        (SYSTEM, [f"ast_{number}" for number in range(500)], [f"p{n}" for n in range(MOST_ITEMS // 500 + 1)], Invalid),
        (SYSTEM, [asset_id], ["no.such.preset"], NotFound),
        (Actor("usr_v", "viewer"), [asset_id], [SQUARE], Forbidden),
        (creator_actor(hub, "ana"), [asset_id], [SQUARE], Forbidden),
    ]
    for actor, assets, presets, wrong in cases:
        with pytest.raises(wrong):
            packs.make(hub, actor, name="x", asset_ids=assets, preset_ids=presets)
    with hub.database.read() as session:
        for table in (Pack, Rendition, jobs):
            assert session.scalar(select(func.count()).select_from(table)) == 0
    with pytest.raises(NotFound):
        packs.get(hub, SYSTEM, "pck_unknown")


@pytest.mark.parametrize(
    ("given_name", "kept"), [("", "Pack"), (" \n ", "Pack"), ("A\0B\n", "AB"), ("x" * 300, "x" * 200)]
)
def test_a_pack_has_a_name_that_can_be_shown(hub: Hub, given_name: str, kept: str) -> None:
    made = packs.make(hub, SYSTEM, name=given_name, asset_ids=["ast_unknown"], preset_ids=[SQUARE])
    assert made.name == kept


# Names


RESERVED = {
    "con",
    "prn",
    "aux",
    "nul",
    "conin$",
    "conout$",
    *(f"{port}{n}" for port in ("com", "lpt") for n in range(10)),
}


@pytest.mark.req("R61")
@given(st.text(max_size=300))
def test_any_name_becomes_one_that_every_file_system_takes(name: str) -> None:
    safe = safe_name(name)
    assert 1 <= len(safe.encode()) <= 200
    assert not set(safe) & set('<>:"/\\|?*\0\n\r')
    assert safe.isprintable()
    assert safe == safe.strip(" ").rstrip(".")
    assert safe not in {".", ".."}
    assert safe.partition(".")[0].strip().casefold() not in RESERVED


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("holiday.jpg", "holiday.jpg"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("C:\\Windows\\win.ini", "C__Windows_win.ini"),
        ("CON", "_CON"),
        ("con.jpg", "_con.jpg"),
        ("con .jpg", "_con.jpg"),
        ("com1.tar.gz", "_com1.tar.gz"),
        ("com¹.jpg", "_com¹.jpg"),
        ("conin$.jpg", "_conin$.jpg"),
        ("console.jpg", "console.jpg"),
        ("", "file"),
        ("...", "file"),
        ("a\u202egpj.exe", "a_gpj.exe"),
        ("photo.jpg ", "photo.jpg"),
        ("-rf.jpg", "-rf.jpg"),
    ],
)
def test_names_stay_as_people_know_them_where_that_is_safe(name: str, safe: str) -> None:
    assert safe_name(name) == safe


@given(st.lists(st.sampled_from(["a.jpg", "A.JPG", "a-2.jpg", "straße.jpg", "STRASSE.jpg", "a"]), max_size=30))
def test_names_that_differ_in_case_alone_are_numbered(names: list[str]) -> None:
    taken: set[str] = set()
    given_out = [unique_name(name, taken) for name in names]
    assert len({name.casefold() for name in given_out}) == len(names)
    assert taken == {name.casefold() for name in given_out}


FILM = "web.file.h264.720p"


def test_a_pack_waits_for_a_video_that_is_being_prepared_and_then_goes_on(
    hub: Hub, send: Callable[..., str], tmp_path: Path
) -> None:
    video, photo = send(little(tmp_path), "clip.mp4", own=True), send(jpeg(900, 700), own=True)
    stated = StatedUse("website")
    made = packs.make(hub, SYSTEM, name="Both", asset_ids=[video, photo], preset_ids=[FILM], stated=stated)
    waits, refused = made.items
    assert (made.status, made.waiting, made.refused) == ("working", 1, 1)
    assert (waits["outcome"], waits["reasons"], waits["message"]) == ("waiting", [], view.PREPARING)
    assert refused["outcome"] == "refused", "a photo becomes no film"
    with hub.database.read() as session:
        clip, job = (get(session.connection(), waits[name]) for name in ("clip_job_id", "job_id"))
    assert clip is not None
    assert job is not None
    assert (clip.kind, clip.priority, job.kind, job.group) == ("normalise", NORMAL, "pack", video)
    assert job.run_at > job.created_at, "it does not ask before it is told"
    finish(hub, [clip.id])
    with hub.database.read() as session:
        job = get(session.connection(), job.id)
    assert job is not None
    assert job.run_at <= hub.now()
    finish(hub, [job.id])
    made = packs.get(hub, SYSTEM, made.id)
    assert (made.items[0]["outcome"], made.status, made.waiting) == ("warned", "working", 1)
    finish(hub, packs.jobs_of(hub, SYSTEM, made))
    files, manifest = unzip(hub, made.id)
    assert [name.rpartition(".")[2] for name in files] == ["mp4"]
    assert [item["outcome"] for item in manifest["items"]] == ["warned", "refused"]


def test_a_video_that_cannot_be_prepared_is_named_and_holds_up_none_of_the_others(
    hub: Hub, send: Callable[..., str], tmp_path: Path
) -> None:
    red = drawn(tmp_path / "red.mp4", "-f", "lavfi", "-i", "color=red:s=160x90:r=25:d=0.4", *X264)
    videos = [send(red.read_bytes(), "red.mp4", own=True), send(little(tmp_path), "clip.mp4", own=True)]
    made = packs.make(hub, SYSTEM, name="Two", asset_ids=videos, preset_ids=[FILM], stated=StatedUse("website"))
    broken, _ = made.items
    with hub.database.write() as session:
        row = session.get_one(AssetClip, videos[0])
        row.status, row.code, row.message = "failed", "decode_failed", "The pictures end in the middle."
        assert cancel(session.connection(), broken["clip_job_id"])
    while made.status == "working":
        with hub.database.write() as session:
            due_now(session.connection(), "pack", videos[0])
        finish(hub, packs.jobs_of(hub, SYSTEM, made))
        made = packs.get(hub, SYSTEM, made.id)
    assert (made.status, made.ready, made.refused) == ("ready", 1, 1)
    (reason,) = made.items[0]["reasons"]
    assert (reason["code"], reason["sentence"]) == ("decode_failed", "The pictures end in the middle.")


def test_a_pack_whose_going_on_was_cancelled_says_so(hub: Hub, send: Callable[..., str], tmp_path: Path) -> None:
    video = send(little(tmp_path), "clip.mp4", own=True)
    made = packs.make(hub, SYSTEM, name="One", asset_ids=[video], preset_ids=[FILM], stated=StatedUse("website"))
    with hub.database.write() as session:
        assert cancel(session.connection(), made.items[0]["job_id"])
    made = packs.get(hub, SYSTEM, made.id)
    assert (made.status, made.items[0]["reasons"][0]["sentence"]) == ("failed", view.STOPPED)
    with pytest.raises(Conflict, match="did not go on"):
        packs.stream(hub, SYSTEM, made.id)
