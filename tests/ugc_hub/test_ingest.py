"""One door: what comes in, what is known already, what is refused, and what stays of it."""

from __future__ import annotations

import io
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from sqlalchemy import delete, func, select, update

from tests.pictures import encoded, jpeg, picture
from tests.ugc_hub.rows import creator_actor, user_row
from ugc_hub import catalog, ingest, licensing
from ugc_hub.accounts import SYSTEM, Actor, actor_of
from ugc_hub.errors import Forbidden, Gone, Invalid, OutOfSpace, TooLarge, Truncated, from_engine
from ugc_hub.hub import Hub
from ugc_hub.ingest import Upload, accept, clean_name, folder
from ugc_hub.jobs.doctor import examine
from ugc_hub.jobs.local import finish
from ugc_hub.models import AgreementVersion, Asset, Event, Evidence, GrantAsset, Refusal
from workers.media.errors import MediaError, Unsupported


def upload(**known: object) -> Upload:
    return Upload(**({"file_name": "a.jpg", "door": "api"} | known))  # type: ignore[arg-type]


def stored(hub: Hub) -> list[str]:
    return [stat.key for stat in hub.storage.list("originals/")]


def count(hub: Hub, table: type) -> int:
    with hub.database.read() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_a_photo_is_stored_measured_and_described(hub: Hub, ready: Callable[..., catalog.AssetView]) -> None:
    data = jpeg(800, 600)
    asset = ready(data, "Holiday.JPG", creator="@Ana", campaign="Summer")
    assert (asset.status, asset.kind, asset.width, asset.height) == ("ready", "image", 800, 600)
    assert (asset.creator, asset.campaign, asset.file_name) == ("ana", "Summer", "Holiday.JPG")
    assert asset.facts is not None
    assert len(asset.facts.palette) >= 1
    assert asset.facts.thumbhash
    assert set(asset.previews) >= {"thumb", "preview"}
    with hub.storage.open(f"originals/{asset.sha256}") as file:
        assert file.read() == data


def test_the_same_bytes_are_the_same_asset(hub: Hub, send: Callable[..., str]) -> None:
    data = jpeg()
    first = send(data, creator="ana")
    again = accept(hub, SYSTEM, io.BytesIO(data), upload(creator="ben"))
    assert (again.asset_id, again.duplicate) == (first, True)
    assert count(hub, Asset) == 1


@pytest.mark.req("R11")
def test_the_same_bytes_sent_by_sixteen_at_once_are_one_asset(hub: Hub) -> None:
    data, gate = jpeg(), threading.Barrier(16)

    def one(number: int) -> str:
        gate.wait()
        return accept(hub, SYSTEM, io.BytesIO(data), upload(creator=f"creator{number % 3}", campaign="All")).asset_id

    with ThreadPoolExecutor(16) as pool:
        ids = set(pool.map(one, range(16)))
    assert len(ids) == 1
    assert count(hub, Asset) == 1
    assert len(stored(hub)) == 1


def test_the_same_pixels_with_other_metadata_are_linked(hub: Hub, ready: Callable[..., catalog.AssetView]) -> None:
    image = picture()
    exif = Image.Exif()
    exif[0x013B] = "Somebody"
    first = ready(encoded(image, "PNG"))
    second = ready(encoded(image, "PNG", exif=exif))
    assert [(link.asset_id, link.kind) for link in second.links] == [(first.id, "same_pixels")]
    assert [link.asset_id for link in catalog.get(hub, SYSTEM, first.id).links] == [second.id]


def test_a_smaller_copy_is_linked_as_near_and_another_picture_is_not(
    hub: Hub, ready: Callable[..., catalog.AssetView]
) -> None:
    first = ready(jpeg(800, 600, seed=3))
    ready(jpeg(800, 600, seed=4))
    small = ready(encoded(picture(800, 600, seed=3).resize((400, 300)), "JPEG", quality=60))
    assert [(link.asset_id, link.kind) for link in small.links] == [(first.id, "near_duplicate")]


@pytest.mark.req("R8")
def test_fewer_bytes_than_announced_are_refused_and_leave_nothing(hub: Hub) -> None:
    data = jpeg()
    with pytest.raises(Truncated, match="Send the file again"):
        accept(hub, SYSTEM, io.BytesIO(data[: len(data) // 2]), upload(size_bytes=len(data)))
    assert stored(hub) == []
    assert count(hub, Asset) == 0


def test_another_type_is_refused_at_once_with_a_sentence(hub: Hub) -> None:
    with pytest.raises(Unsupported) as caught:
        accept(hub, SYSTEM, io.BytesIO(b"%PDF-1.7 something"), upload(file_name="photo.jpg"))
    assert "PDF" in caught.value.message
    known = from_engine(caught.value)
    assert known is not None
    assert (known.status, known.code) == (415, "unsupported_type")
    assert stored(hub) == []


def test_a_damaged_file_is_refused_and_only_the_reason_stays(hub: Hub, send: Callable[..., str]) -> None:
    asset_id = send(jpeg()[:8000], name="cut.jpg")
    with pytest.raises(Gone) as caught:
        catalog.get(hub, SYSTEM, asset_id)
    assert caught.value.code not in {"gone", "media_error"}
    assert len(caught.value.message) > 20
    assert stored(hub) == []
    assert list(hub.storage.list("previews/")) == []
    assert (count(hub, Asset), count(hub, Refusal)) == (0, 1)
    assert not [finding for finding in examine(hub) if finding.level != "ok"]


def test_a_damaged_file_that_comes_again_is_refused_at_once_with_the_same_id(
    hub: Hub, send: Callable[..., str]
) -> None:
    data = jpeg()[:8000]
    first = send(data)
    again = accept(hub, SYSTEM, io.BytesIO(data), upload())
    assert (again.asset_id, again.status, again.duplicate, again.job_id) == (first, "refused", True, None)
    assert again.message.startswith("This exact file was refused before. ")
    assert again.code == "truncated"
    assert (count(hub, Asset), count(hub, Refusal), stored(hub)) == (0, 1, [])


def test_a_refusal_of_another_release_or_limit_or_moment_or_sender_is_looked_at_again(
    hub: Hub, send: Callable[..., str]
) -> None:
    data = jpeg()[:8000]
    for change in ({"edition": "0.0.1"}, {"code": "too_slow"}):
        send(data)
        with hub.database.write() as session:
            session.execute(update(Refusal).values(**change))
        again = accept(hub, SYSTEM, io.BytesIO(data), upload())
        assert (again.status, again.duplicate) == ("received", False)
        assert again.job_id is not None
        finish(hub, [again.job_id])
        with hub.database.write() as session:
            session.execute(delete(Refusal))
    send(data, creator="ana")
    ben = accept(hub, creator_actor(hub, "ben"), io.BytesIO(data), upload())
    assert (ben.status, ben.duplicate) == ("received", False)


def test_too_many_bytes_stop_the_upload(hub: Hub) -> None:
    small = Hub(replace(hub.settings, upload_max_bytes=10_000), hub.database, hub.storage, hub.secret)
    with pytest.raises(TooLarge):
        accept(small, SYSTEM, io.BytesIO(jpeg(2000, 2000)), upload())
    with pytest.raises(TooLarge):
        accept(small, SYSTEM, io.BytesIO(b""), upload(size_bytes=10_001))
    assert stored(hub) == []


@pytest.mark.req("R9")
def test_a_nearly_full_disk_refuses_before_anything_is_written(hub: Hub) -> None:
    full = Hub(replace(hub.settings, min_free_bytes=1 << 62), hub.database, hub.storage, hub.secret)
    with pytest.raises(OutOfSpace):
        accept(full, SYSTEM, io.BytesIO(jpeg()), upload())
    assert (stored(hub), count(hub, Asset)) == ([], 0)


def test_wrong_names_of_creator_and_campaign_are_told_before_the_bytes_are_read(hub: Hub) -> None:
    class Unread:
        def read(self, size: int) -> bytes:
            raise AssertionError("the stream was read")

    for wrong in ({"creator": "two words"}, {"creator": "@"}, {"campaign": "a\nb"}, {"campaign": "x" * 201}):
        with pytest.raises(Invalid):
            accept(hub, SYSTEM, Unread(), upload(**wrong))


def test_a_viewer_may_not_upload(hub: Hub) -> None:
    with pytest.raises(Forbidden):
        accept(hub, Actor("usr_x", "viewer"), io.BytesIO(jpeg()), upload())


def test_asset_job_and_event_are_one_transaction(hub: Hub, send: Callable[..., str]) -> None:
    asset_id = send(jpeg())
    with hub.database.read() as session:
        kinds = set(session.scalars(select(Event.kind).where(Event.object_id == asset_id)))
    assert kinds == {"asset.received", "asset.ready"}


@pytest.mark.req("R58")
@given(st.text(max_size=400))
def test_any_name_becomes_a_harmless_one(name: str) -> None:
    cleaned = clean_name(name)
    assert cleaned
    assert len(cleaned) <= 200
    assert not set(cleaned) & set("/\\\r\n\0\u202e\u2066\u200b")
    assert cleaned not in {".", ".."}
    assert clean_name(cleaned) == cleaned


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd.jpg", "passwd.jpg"),
        ("..\\..\\windows\\win.ini.jpg", "win.ini.jpg"),
        ("photo.jpg\0.php", "photo.jpg.php"),
        ("ab\u202egpj.exe", "abgpj.exe"),
        ("cafe\u0301.jpg", "café.jpg"),
        ("", "untitled"),
        ("...", "untitled"),
        ("a" * 300 + ".jpg", "a" * 196 + ".jpg"),
        ("<img src=x onerror=alert(1)>.jpg", "<img src=x onerror=alert(1)>.jpg"),
    ],
)
def test_names_keep_what_people_recognise(sent: str, kept: str) -> None:
    assert clean_name(sent) == kept


def test_a_folder_is_taken_in_and_one_bad_file_holds_up_nothing(hub: Hub, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    (folder / "sub").mkdir(parents=True)
    (folder / "a.jpg").write_bytes(jpeg(seed=1))
    (folder / "b.txt").write_bytes(b"hello")
    (folder / "sub" / "c.jpg").write_bytes(jpeg(seed=2))
    (folder / ".hidden.jpg").write_bytes(jpeg(seed=3))
    (folder / "link.jpg").symlink_to(folder / "a.jpg")
    outcomes = list(ingest.ingest_paths(hub, SYSTEM, [folder, tmp_path / "missing.jpg"]))
    told = {outcome.path.removeprefix(str(tmp_path)): (outcome.status, outcome.code) for outcome in outcomes}
    assert told == {
        "/in/a.jpg": ("received", None),
        "/in/b.txt": ("refused", "unsupported_type"),
        "/in/sub/c.jpg": ("received", None),
        "/missing.jpg": ("refused", "unreadable"),
    }


def refusals(hub: Hub, *paths: str | Path) -> list[tuple[str | None, str]]:
    return [(outcome.code, outcome.message) for outcome in ingest.ingest_paths(hub, SYSTEM, paths)]


def test_pipes_devices_and_standard_input_are_refused_without_waiting(hub: Hub, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.jpg"
    os.mkfifo(pipe)
    told = refusals(hub, pipe, "/dev/zero", "-")
    assert [code for code, _ in told] == ["not_a_file"] * 3
    assert "Standard input" in told[2][1]
    assert stored(hub) == []


def test_an_empty_path_is_not_the_working_folder(hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.jpg").write_bytes(jpeg())
    monkeypatch.chdir(tmp_path)
    ((code, message),) = refusals(hub, "")
    assert (code, "empty" in message) == ("invalid", True)
    # And that folder, where it is wanted, comes in without what the hub itself keeps in it.
    assert hub.settings.data_dir.resolve().parent == tmp_path.resolve()
    assert [outcome.path for outcome in ingest.ingest_paths(hub, SYSTEM, ["."])] == ["./a.jpg"]


def test_an_error_in_the_middle_of_a_file_keeps_nothing_and_holds_up_nothing(hub: Hub, tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(jpeg())
    outcomes = list(ingest.ingest_paths(hub, SYSTEM, ["/proc/self/mem", tmp_path / "a.jpg"]))
    assert [(outcome.status, outcome.code) for outcome in outcomes] == [("refused", "unreadable"), ("received", None)]
    assert len(stored(hub)) == 1


@pytest.mark.req("R8")
@pytest.mark.parametrize("change", ["grows", "shrinks", "is written anew"])
def test_a_file_that_changes_while_it_is_read_is_refused(
    hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str
) -> None:
    path, data = tmp_path / "a.jpg", jpeg()
    path.write_bytes(data)
    os.utime(path, (1, 1))

    def meanwhile(*known: Any) -> ingest.Accepted:
        after = {"grows": data + b"x", "shrinks": data[:-1], "is written anew": data[:-9] + b"otherwise"}
        path.write_bytes(after[change])
        return accept(*known)

    monkeypatch.setattr(folder, "accept", meanwhile)
    ((code, message),) = refusals(hub, path)
    assert (code, "changed" in message) == ("upload_truncated", True)
    assert stored(hub) == []


def test_folders_nested_deeper_than_a_path_may_be_long_are_told(hub: Hub, tmp_path: Path) -> None:
    handle = os.open(tmp_path, os.O_RDONLY)
    for _ in range(20):
        os.mkdir("d" * 250, dir_fd=handle)
        below = os.open("d" * 250, os.O_RDONLY, dir_fd=handle)
        os.close(handle)
        handle = below
    os.close(handle)
    ((code, message),) = refusals(hub, tmp_path / ("d" * 250))
    assert (code, "folder" in message) == ("unreadable", True)


def test_every_media_error_has_its_own_status() -> None:
    assert isinstance(from_engine(MediaError("Broken.", code="corrupt")), Exception)
    assert from_engine(ValueError("else")) is None


def test_what_is_declared_own_is_ready_to_use_once_it_is_measured(hub: Hub, send: Callable[..., str]) -> None:
    mine, other = send(jpeg(seed=1), own=True), send(jpeg(seed=2))
    uses = [licensing.Use("paid_social.meta", ("DE",), frozenset({"crop"})), licensing.Use("tv.ctv")]
    with hub.database.read() as session:
        for use in uses:
            assert licensing.ask(hub, session, mine, use).allowed
            assert not licensing.ask(hub, session, other, use).allowed
        (proof,) = session.scalars(select(Evidence))
        version = session.scalars(select(AgreementVersion)).one()
        assert version.text_sha256 is not None
        assert licensing.read_text(hub, version.text_sha256) == licensing.STATEMENT
    assert licensing.STATEMENT not in hub.storage.open(proof.storage_key).read().decode()


def test_only_who_may_edit_rights_declares_a_file_own(hub: Hub) -> None:
    designer = actor_of(user_row(hub, "designer"))
    with pytest.raises(Forbidden):
        ingest.accept(hub, designer, io.BytesIO(jpeg()), Upload("a.jpg", "web", own=True))
    assert not list(hub.storage.list("originals/"))


def test_a_file_that_was_here_before_can_be_declared_own_until_somebody_answered_for_it(
    hub: Hub, send: Callable[..., str]
) -> None:
    data = jpeg(seed=3)
    asset = send(data)
    again = accept(hub, SYSTEM, io.BytesIO(data), upload(own=True))
    assert (again.asset_id, again.duplicate) == (asset, True)
    assert "declared your own now" in again.message
    with hub.database.write() as session:
        assert licensing.ask(hub, session, asset, licensing.Use("email")).allowed
        licensing.set_status(hub, session, SYSTEM, asset_id=asset, status="hold")
    assert "left as it is" in accept(hub, SYSTEM, io.BytesIO(data), upload(own=True)).message
    with hub.database.read() as session:
        assert licensing.ask(hub, session, asset, licensing.Use("email")).primary_reason == "ASSET_ON_HOLD"


def test_what_is_declared_own_though_its_file_names_somebody_else_is_warned_about(
    hub: Hub, send: Callable[..., str]
) -> None:
    ours = replace(hub, settings=replace(hub.settings, brand_name="Sun Brand"))
    exif = Image.Exif()
    exif[0x013B], exif[0x8298] = "Jane Doe", "Copyright 2019 Jane Doe"
    claiming = encoded(picture(seed=5), "JPEG", exif=exif)
    exif[0x013B], exif[0x8298] = "Sun Brand Studio", "Copyright SUN BRAND"
    agreeing, silent = encoded(picture(seed=6), "JPEG", exif=exif), jpeg(seed=7)
    mine, same, plain = (send(data, own=True) for data in (claiming, agreeing, silent))
    licensed = send(encoded(picture(seed=8), "JPEG", exif=exif))
    with ours.database.read() as session:
        told = {asset: licensing.doubt(ours, session, asset) for asset in (mine, same, plain, licensed)}
    assert "creator \u201cJane Doe\u201d, copyright \u201cCopyright 2019 Jane Doe\u201d" in str(told[mine])
    assert (told[same], told[plain], told[licensed]) == (None, None, None)
    again = accept(ours, SYSTEM, io.BytesIO(claiming), upload(own=True))
    assert again.warning == told[mine]
    with hub.database.write() as session:
        grant = session.scalars(select(GrantAsset.grant_id).where(GrantAsset.asset_id == mine)).one()
        withdrawal = licensing.Withdrawal(basis="legal_claim")
        licensing.revoke(hub, session, SYSTEM, grant_id=grant, withdrawal=withdrawal)
        assert licensing.doubt(ours, session, mine) is None
