"""Links to streams: each file of a stream is decided by itself, and what is in the bundle is all that leaves."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from sqlalchemy import update

from tests.ugc_hub.licensing.rows import clear
from tests.ugc_hub.rows import asset_row, with_clock
from tests.ugc_hub.test_delivery import MAIL, made
from tests.ugc_hub.web.conftest import Person
from tests.workers.media import clips
from ugc_hub import delivery, licensing
from ugc_hub.accounts import SYSTEM
from ugc_hub.errors import Gone, NotFound
from ugc_hub.hub import Hub
from ugc_hub.models import Rendition, Usage
from workers.media.video import bundle, fragments, playlists
from workers.media.video.rungs import MASTER


@pytest.fixture(scope="module")
def stream(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A bundle of one size, as the engine makes them."""
    folder = tmp_path_factory.mktemp("stream") / "files"
    folder.mkdir()
    words = ["-f", "lavfi", "-i", "testsrc2=s=64x36:r=10:d=2", "-c:v", "libx264", "-pix_fmt", "yuv420p", "-g", "10"]
    words += ["-f", "mp4", "-movflags", "+cmaf+delay_moov+default_base_moof+skip_trailer+frag_keyframe"]
    film = clips.made(folder / "v0.mp4", *words)
    (folder / "v0.m3u8").write_text(playlists.media("v0.mp4", fragments.read(film)))
    (folder / MASTER).write_text("#EXTM3U\n")
    bundle.write(folder, folder.with_suffix(".zip"))
    return folder.with_suffix(".zip").read_bytes()


def linked(hub: Hub, stream: bytes) -> tuple[str, str]:
    asset = asset_row(hub)
    clear(hub, asset)
    rendition = made(hub, asset, stream)
    with hub.database.write() as session:
        session.execute(update(Rendition).values(media_type=bundle.MEDIA_TYPE))
    return delivery.make_link(hub, SYSTEM, rendition, stated=MAIL).token, asset


@pytest.mark.req("R65")
def test_each_file_of_a_stream_is_decided_anew_and_stamped_for_its_use(hub: Hub, stream: bytes) -> None:
    hub, clock = with_clock(hub)
    token, asset = linked(hub, stream)
    whole = delivery.follow(hub, token)
    assert (whole.opens_with, whole.file.media_type) == (MASTER, "application/zip")
    found = delivery.follow(hub, token, "v0.mp4")
    assert (found.opens_with, found.file.media_type, found.max_age_s) == (None, "video/mp4", 60)
    with hub.storage.open(found.file.storage_key) as file:
        stored = file.read()
    with zipfile.ZipFile(io.BytesIO(stored)) as archive:
        film, listed = archive.read("v0.mp4"), archive.read("v0.m3u8").decode()
    assert stored[found.file.start : found.file.start + (found.file.size_bytes or 0)] == film
    assert f"/u/{found.usage_id}".encode() in film
    last = playlists.read_media(listed).parts[-1]
    assert last.start + last.length == len(film)
    for name in ("v9.mp4", "../v0.mp4", "secret.txt", "v0.MP4"):
        with pytest.raises(NotFound):
            delivery.follow(hub, token, name)
    with hub.database.write() as session:
        licensing.set_status(hub, session, SYSTEM, asset_id=asset, status="hold")
    clock.at += timedelta(seconds=1)
    for name in ("", MASTER, "v0.mp4"):
        with pytest.raises(Gone):
            delivery.follow(hub, token, name)


@pytest.mark.req("R65")
def test_a_player_gets_playlists_and_ranges_and_nothing_after_the_end(
    hub: Hub, browser: Callable[[str], Person], stream: bytes
) -> None:
    token, asset = linked(hub, stream)
    person = browser("viewer")
    opened = person.get(f"/d/{token}")
    assert (opened.status_code, opened.headers["Location"]) == (302, f"/d/{token}/{MASTER}")
    master = person.get(f"/d/{token}/{MASTER}")
    assert (master.status_code, master.mimetype) == (200, "application/vnd.apple.mpegurl")
    assert master.headers["Access-Control-Allow-Origin"] == "*"
    assert "max-age=60" in master.headers["Cache-Control"]
    media = playlists.read_media(person.get(f"/d/{token}/v0.m3u8").text)
    film = person.get(f"/d/{token}/v0.mp4")
    for part in (media.head, *media.parts):
        span = f"bytes={part.start}-{part.start + part.length - 1}"
        piece = person.get(f"/d/{token}/{part.uri}", headers={"Range": span})
        assert (piece.status_code, piece.mimetype) == (206, "video/mp4")
        assert piece.data == film.data[part.start : part.start + part.length]
        assert piece.headers["Content-Range"].endswith(f"/{len(film.data)}")
    assert film.headers["ETag"] != master.headers["ETag"]
    unchanged = person.get(f"/d/{token}/v0.mp4", headers={"If-None-Match": film.headers["ETag"]})
    assert unchanged.status_code == 304
    assert person.get(f"/d/{token}/v1.mp4").status_code == 404
    order = {"status": "taken_down", "note": "court", "legal_order": True}
    with hub.database.write() as session:
        licensing.set_status(hub, session, SYSTEM, asset_id=asset, **order)  # type: ignore[arg-type]
    for name in ("", f"/{MASTER}", "/v0.mp4"):
        gone = person.get(f"/d/{token}{name}", headers={"Range": "bytes=0-9"})
        assert (gone.status_code, gone.headers["Cache-Control"]) == (451, "no-store")


def test_a_link_to_a_single_file_has_no_files_by_name(hub: Hub) -> None:
    asset = asset_row(hub)
    clear(hub, asset)
    token = delivery.make_link(hub, SYSTEM, made(hub, asset), stated=MAIL).token
    assert delivery.follow(hub, token).opens_with is None
    with pytest.raises(NotFound):
        delivery.follow(hub, token, MASTER)


def test_the_ledger_knows_the_bytes_that_left(hub: Hub, stream: bytes) -> None:
    token, _ = linked(hub, stream)
    with hub.database.read() as session:
        usage = session.get_one(Usage, delivery.follow(hub, token).usage_id)
    assert usage.stamp == "full"
    assert usage.stamped_sha256
    assert Path(delivery.follow(hub, token).file.storage_key).name == usage.id


class Bucket:
    """A storage that signs addresses; everything else is the storage of the test."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner
        self.asked: list[tuple[int, int, str]] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    def signed_url(self, key: str, *, expires_s: int, cache_s: int, content_type: str, **_: Any) -> str:
        self.asked.append((expires_s, cache_s, content_type))
        return f"https://bucket.example/{key}"


@pytest.mark.req("R65")
def test_a_bucket_serves_the_pieces_by_ranges_of_the_whole_and_none_after_the_end(
    hub: Hub, stream: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub, clock = with_clock(hub)
    token, asset = linked(hub, stream)
    plain = delivery.follow(hub, token, "v0.m3u8")
    assert plain.signed_url is None
    monkeypatch.setattr(delivery, "LARGE_BYTES", 1)
    bucket = Bucket(hub.storage)
    hub = replace(hub, storage=cast("Any", bucket))
    listed = delivery.follow(hub, token, "v0.m3u8")
    assert (listed.signed_url, listed.file.data is None) == (None, False)
    media = playlists.read_media((listed.file.data or b"").decode())
    assert media.head.uri == "whole.v0.mp4"
    whole = delivery.follow(hub, token, media.head.uri)
    assert whole.signed_url == f"https://bucket.example/copies/{whole.usage_id}"
    assert bucket.asked[-1] == (30, 30, "video/mp4")
    assert whole.max_age_s == 30
    with bucket.open(f"copies/{whole.usage_id}") as file:
        data = file.read()
    inner = delivery.follow(hub, token, "v0.mp4")
    film = data[inner.file.start : inner.file.start + (inner.file.size_bytes or 0)]
    pieces = [data[part.start : part.start + part.length] for part in (media.head, *media.parts)]
    assert b"".join(pieces) == film
    assert delivery.follow(hub, token, MASTER).signed_url is None
    for name in (f"whole.{MASTER}", "whole.v9.mp4", "whole."):
        with pytest.raises(NotFound):
            delivery.follow(hub, token, name)
    with hub.database.write() as session:
        licensing.set_status(hub, session, SYSTEM, asset_id=asset, status="hold")
    clock.at += timedelta(seconds=1)
    asked = len(bucket.asked)
    for name in ("v0.m3u8", "whole.v0.mp4", "v0.mp4"):
        with pytest.raises(Gone):
            delivery.follow(hub, token, name)
    assert len(bucket.asked) == asked


def test_no_signed_address_of_a_piece_outlives_the_use(
    hub: Hub, stream: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub, clock = with_clock(hub)
    asset = asset_row(hub)
    end = clock.at + timedelta(days=1)
    clear(hub, asset, ends_at=end.isoformat(), perpetual=False)
    rendition = made(hub, asset, stream)
    with hub.database.write() as session:
        session.execute(update(Rendition).values(media_type=bundle.MEDIA_TYPE))
    token = delivery.make_link(hub, SYSTEM, rendition, stated=MAIL).token
    monkeypatch.setattr(delivery, "LARGE_BYTES", 1)
    bucket = Bucket(hub.storage)
    hub = replace(hub, storage=cast("Any", bucket))
    for left, seconds in ((90.0, 30), (10.5, 5), (2.5, 1)):
        clock.at = end - timedelta(seconds=left)
        found = delivery.follow(hub, token, "whole.v0.mp4")
        assert (*bucket.asked[-1][:2], found.max_age_s) == (seconds, seconds, seconds)
        assert 2 * seconds <= left, "what is fetched at the last moment is kept by caches for as long again"
    clock.at = end - timedelta(seconds=1.5)
    assert delivery.follow(hub, token, "whole.v0.mp4").signed_url is None
    clock.at = end
    with pytest.raises(Gone):
        delivery.follow(hub, token, "whole.v0.mp4")
