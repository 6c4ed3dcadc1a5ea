"""What only a folder can do, and can do wrong."""

from __future__ import annotations

import errno
import os
import stat
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage import Conflict, Corrupt, Denied, Foreign, InvalidKey, NotFound, OutOfSpace, StorageError, Unavailable
from storage.conformance import HOSTILE_KEYS, ODD_KEYS
from storage.local import Local


@pytest.fixture
def store(tmp_path: Path) -> Local:
    storage = Local(tmp_path / "store")
    storage.ensure_marker("hub")
    return storage


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir()]


def record(monkeypatch: pytest.MonkeyPatch, names: list[str]) -> list[tuple[str, str]]:
    """Write down the calls of functions of `os`, with the kind of file that was synced."""
    calls: list[tuple[str, str]] = []

    def watched(name: str, original: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **options: Any) -> Any:
            kind = ""
            if name == "fsync":
                kind = "folder" if stat.S_ISDIR(os.fstat(args[0]).st_mode) else "file"
            calls.append((name, kind))
            return original(*args, **options)

        return call

    for name in names:
        monkeypatch.setattr(os, name, watched(name, getattr(os, name)))
    return calls


@pytest.mark.req("R6")
def test_bytes_are_durable_before_their_name_and_the_name_before_the_answer(
    store: Local, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.put("originals/abfirst", b"x")
    calls = record(monkeypatch, ["fsync", "link", "rename"])
    store.put("originals/absecond", b"x")
    assert calls == [("fsync", "file"), ("link", ""), ("fsync", "folder")]


@pytest.mark.req("R6")
def test_new_folders_are_durable_before_the_object_counts(store: Local, monkeypatch: pytest.MonkeyPatch) -> None:
    calls = record(monkeypatch, ["mkdir", "fsync", "link"])
    store.put("originals/ab", b"x")
    made = [("mkdir", ""), ("fsync", "folder")]
    assert calls == [*made * 4, ("fsync", "file"), ("link", ""), ("fsync", "folder")]


@pytest.mark.req("R6")
def test_an_object_of_another_process_is_made_durable_before_it_counts_as_ours(
    store: Local, monkeypatch: pytest.MonkeyPatch
) -> None:
    Local(store.root).put("originals/ab", b"x")
    calls = record(monkeypatch, ["fsync", "link"])
    store.put("originals/ab", b"x")
    assert calls == [("fsync", "folder")] * 4, "three folders above and the one of the object; the file is theirs"


@pytest.mark.req("R10")
@pytest.mark.parametrize("failing", ["file", "folder"])
def test_a_failed_fsync_is_an_error_and_is_not_tried_again(
    store: Local, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    store.put("originals/abfirst", b"x")
    synced: list[str] = []
    original = os.fsync

    def fsync(descriptor: int) -> None:
        kind = "folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file"
        synced.append(kind)
        if kind == failing:
            raise OSError(errno.EIO, "Input/output error")
        original(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(StorageError) as caught:
        store.put("originals/absecond", b"x")
    assert (caught.value.code, caught.value.retry) == ("disk_failed", False)
    assert synced.count(failing) == 1
    assert files(store.root / "staging") == []
    if failing == "file":
        assert not store.exists("originals/absecond")


def test_a_file_system_without_links_renames(store: Local, monkeypatch: pytest.MonkeyPatch) -> None:
    def link(*args: Any, **options: Any) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", link)
    calls = record(monkeypatch, ["rename"])
    assert store.put("film", b"frames").size_bytes == 6
    assert calls == [("rename", "")]
    assert files(store.root / "staging") == []
    with pytest.raises(Conflict):
        store.put("film", b"other")


def test_another_failure_of_linking_is_an_error(store: Local, monkeypatch: pytest.MonkeyPatch) -> None:
    def link(*args: Any, **options: Any) -> None:
        raise OSError(errno.ENOTCONN, "Transport endpoint is not connected")

    monkeypatch.setattr(os, "link", link)
    with pytest.raises(Unavailable):
        store.put("film", b"frames")
    assert files(store.root / "staging") == []


def test_a_writer_who_loses_the_race_to_other_bytes_is_told(store: Local, monkeypatch: pytest.MonkeyPatch) -> None:
    original = os.link

    def link(*args: Any, **options: Any) -> None:
        monkeypatch.setattr(os, "link", original)
        store.put("film", b"faster")
        original(*args, **options)

    monkeypatch.setattr(os, "link", link)
    with pytest.raises(Conflict):
        store.put("film", b"slow")
    with store.open("film") as stream:
        assert stream.read() == b"faster"


def test_types_are_kept_where_the_file_system_can(store: Local, monkeypatch: pytest.MonkeyPatch) -> None:
    kept: dict[str, bytes] = {}
    monkeypatch.setattr(os, "setxattr", lambda file, name, value: kept.update({name: value}))
    monkeypatch.setattr(os, "getxattr", lambda file, name: kept[name])
    assert store.put("film", b"frames", content_type="video/mp4").content_type == "video/mp4"


def test_types_are_left_out_where_the_file_system_has_no_attributes(
    store: Local, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: Any) -> None:
        raise OSError(errno.ENOTSUP, "Operation not supported")

    monkeypatch.setattr(os, "setxattr", refuse)
    monkeypatch.setattr(os, "getxattr", refuse)
    assert store.put("film", b"frames", content_type="video/mp4").content_type is None


def test_another_failure_of_an_attribute_is_an_error(store: Local, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "setxattr", refuse)
    with pytest.raises(OutOfSpace):
        store.put("film", b"frames", content_type="video/mp4")
    assert not store.exists("film")
    store.put("plain", b"frames")
    monkeypatch.setattr(os, "getxattr", refuse)
    with pytest.raises(OutOfSpace):
        store.stat("plain")


def test_objects_are_read_only_files_spread_over_folders(store: Local) -> None:
    store.put("originals/abcdef", b"x")
    with store.local("originals/abcdef") as path:
        assert path == store.root / "objects/d-or/originals/f-ab/abcdef"
        assert stat.S_IMODE(path.stat().st_mode) == 0o440


@pytest.mark.req("R59")
@pytest.mark.parametrize("place", ["d-in/inside", "d-in/inside/f-ke", "d-in/inside/f-ke/key", "d-in"])
def test_a_link_inside_the_folder_leads_nowhere(store: Local, tmp_path: Path, place: str) -> None:
    outside = tmp_path / "outside"
    (outside / "inside/f-ke").mkdir(parents=True)
    (outside / "f-ke").mkdir()
    for folder in (outside, outside / "f-ke", outside / "inside/f-ke"):
        (folder / "key").write_bytes(b"secret")
    link = store.root / "objects" / place
    link.parent.mkdir(parents=True)
    link.symlink_to(outside / "key" if place.endswith("key") else outside)
    before = {path: path.read_bytes() for path in files(outside)}
    for call in (
        lambda: store.open("inside/key"),
        lambda: store.stat("inside/key"),
        lambda: store.local("inside/key").__enter__(),
        lambda: store.put("inside/key", b"other!"),
    ):
        with pytest.raises((Corrupt, Conflict, NotFound)):
            call()
    try:
        store.delete("inside/key")
        list(store.list("inside/"))
    except Corrupt:
        pass
    assert list(store.list()) == []
    assert {path: path.read_bytes() for path in files(outside)} == before


def test_what_is_not_a_file_is_not_an_object(store: Local) -> None:
    place = store.root / "objects/f-pi/pipe"
    place.parent.mkdir(parents=True)
    os.mkfifo(place)
    (store.root / "objects/f-fo/folder").mkdir(parents=True)
    for key in ("pipe", "folder"):
        with pytest.raises(Corrupt):
            store.open(key)
    assert list(store.list()) == []


def test_files_that_no_key_can_name_are_passed_over(store: Local) -> None:
    store.put("named", b"x")
    folder = store.root / "objects/f-na"
    (folder / "na\nstranger").write_bytes(b"")
    (store.root / "objects/stray").write_bytes(b"")
    Path(os.fsdecode(bytes(folder) + b"/na\xff")).write_bytes(b"")
    assert [found.key for found in store.list()] == ["named"]


@pytest.mark.req("R59")
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.one_of(st.sampled_from(["..", ".", "", "a", "...", "ü", "~", "\\", "\x00"]), st.text(max_size=6))))
def test_no_key_leaves_the_root(tmp_path: Path, segments: list[str]) -> None:
    store = Local(tmp_path / "deep/store")
    key = "/".join(segments)
    try:
        store.put(key, b"x")
    except InvalidKey:
        assert {path.name for path in tmp_path.iterdir()} <= {"deep"}
        return
    with store.local(key) as path:
        assert path.resolve().is_relative_to((tmp_path / "deep/store/objects").resolve())
        assert path.read_bytes() == b"x"
    assert key in [found.key for found in store.list()]
    assert {path.name for path in tmp_path.iterdir()} == {"deep"}
    store.delete(key)
    assert not store.exists(key)


@pytest.mark.req("R59")
@pytest.mark.parametrize("key", [*HOSTILE_KEYS, *ODD_KEYS])
def test_no_listed_key_writes_outside_the_root(tmp_path: Path, key: str) -> None:
    store = Local(tmp_path / "deep/store")
    try:
        store.put(key, b"x")
    except InvalidKey:
        assert files(tmp_path) == []
        return
    (written,) = files(tmp_path)
    assert written.is_relative_to(tmp_path / "deep/store/objects")


@pytest.mark.req("R39")
def test_a_folder_that_is_gone_or_emptied_is_unavailable(store: Local, tmp_path: Path) -> None:
    store.put("kept", b"x")
    store.root.rename(tmp_path / "away")
    for call in (
        lambda: store.check("hub"),
        lambda: store.stat("kept"),
        lambda: store.put("new", b"x"),
        lambda: list(store.list()),
        lambda: store.delete("kept"),
    ):
        with pytest.raises(Unavailable):
            call()
    assert not store.root.exists(), "nothing is written where the disk should be"
    store.root.mkdir()
    with pytest.raises(Unavailable, match="not mounted"):
        store.check("hub")
    with pytest.raises(Unavailable):
        store.stage()
    store.root.rmdir()
    (tmp_path / "away").rename(store.root)
    store.check("hub")
    assert store.exists("kept")


@pytest.mark.req("R39")
def test_a_folder_of_something_else_is_not_taken(tmp_path: Path) -> None:
    (tmp_path / "lost+found").mkdir()
    (tmp_path / "photos").mkdir()
    with pytest.raises(Foreign):
        Local(tmp_path).ensure_marker("hub")
    (tmp_path / "photos").rmdir()
    Local(tmp_path).ensure_marker("hub")
    Local(tmp_path).check("hub")


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"\xff", b'{"identity": 5}'])
def test_a_broken_marker_is_corrupt(store: Local, content: bytes) -> None:
    (store.root / "marker.json").write_bytes(content)
    with pytest.raises(Corrupt):
        store.check()


def test_two_first_starts_at_once_agree_on_one_owner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    late = Local(tmp_path)
    answers = iter([None])
    found = late.marker
    monkeypatch.setattr(late, "marker", lambda: next(answers, None) or found())
    Local(tmp_path).ensure_marker("first")
    (tmp_path / "marker.json").rename(tmp_path / "staging/aside")
    late_write = late._write_marker

    def overtaken(content: bytes) -> None:
        (tmp_path / "staging/aside").rename(tmp_path / "marker.json")
        late_write(content)

    monkeypatch.setattr(late, "_write_marker", overtaken)
    with pytest.raises(Foreign):
        late.ensure_marker("second")
    assert Local(tmp_path).marker() == "first"


def test_sweep_removes_only_old_staging_files(store: Local) -> None:
    staging = store.root / "staging"
    with store.stage() as alive:
        alive.write(b"still coming")
        (staging / "storage-stage-old").write_bytes(b"left over")
        (staging / "somebody").write_bytes(b"not ours")
        (staging / "storage-stage-link").symlink_to(staging / "somebody")
        for name in ("storage-stage-old", "somebody"):
            os.utime(staging / name, (time.time() - 7200,) * 2)
        assert store.sweep(3600) == 1
        alive.commit("alive")
    assert sorted(path.name for path in files(staging)) == ["somebody", "storage-stage-link"]


def test_sweep_of_a_storage_that_was_never_used_finds_nothing(tmp_path: Path) -> None:
    assert Local(tmp_path / "none").sweep(0) == 0


def test_sweep_leaves_what_its_owner_finishes_meanwhile(store: Local, monkeypatch: pytest.MonkeyPatch) -> None:
    leftover = store.root / "staging/storage-stage-x"
    leftover.write_bytes(b"")
    original = Path.is_file

    def is_file(path: Path) -> bool:
        answer = original(path)
        leftover.unlink(missing_ok=True)
        return answer

    monkeypatch.setattr(Path, "is_file", is_file)
    assert store.sweep(-60) == 0


def test_a_folder_that_refuses_us_is_denied(store: Local, monkeypatch: pytest.MonkeyPatch) -> None:
    store.put("kept", b"x")
    original = os.open

    def refuse(path: Any, *args: Any, **options: Any) -> int:
        if path == "kept":
            raise PermissionError(errno.EACCES, "Permission denied")
        return original(path, *args, **options)

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(Denied):
        store.open("kept")
