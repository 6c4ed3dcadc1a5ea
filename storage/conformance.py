# ruff: noqa: S101 - the checks state what holds
"""The one suite that every backend passes: plain functions that take a fresh, empty storage.

Run them all for a backend of your own, for instance as `pytest.mark.parametrize("check", CHECKS)`; a check that
fails raises `AssertionError`.
"""

from __future__ import annotations

import hashlib
import io
import tempfile
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

from storage.contract import Stat, Storage
from storage.errors import Conflict, Foreign, InvalidKey, InvalidRange, NotFound, StorageError, Unavailable

Check = Callable[[Storage], None]
CHECKS: list[Check] = []

TEXT = b"one, two, three"
HOSTILE_KEYS = (
    "",
    "/",
    "/etc/passwd",
    "..",
    ".",
    "../secret",
    "a/../../secret",
    "a/./b",
    "a//b",
    "a/",
    "a/..",
    "nul\x00byte",
    "line\nbreak",
    "c1\x85control",
    "del\x7f",
    "back\\slash",
    "..\\secret",
    "half\ud800pair",
    "x" * 256,
    "ü" * 128,
    "/".join(["y" * 200] * 6),
    "/".join("z" * 65),
)
ODD_KEYS = (
    "%2e%2e/%2e%2e/etc",
    "...",
    "..a",
    ".hidden",
    "~root",
    "-rf",
    "a b  c ",
    "quote\"'`$(x)",
    "?query=1&x#fragment+plus",
    "．．／fullwidth",
    "‮right-to-left",
    "naïve",
    unicodedata.normalize("NFD", "naïve"),
    "日本語/絵文字 🎬.mp4",
    "x" * 255,
    "/".join(["w" * 179] * 5),
    "/".join("v" * 64),
)


def check(function: Check) -> Check:
    """Add a function to the suite."""
    CHECKS.append(function)
    return function


def refused(error: type[StorageError], call: Callable[[], object]) -> None:
    """Assert that a call raises `error`."""
    try:
        call()
    except error:
        return
    raise AssertionError(f"expected {error.__name__}")


def content(storage: Storage, key: str) -> bytes:
    """Return all bytes of an object."""
    with storage.open(key) as stream:
        return stream.read()


def keys(storage: Storage, prefix: str = "") -> list[str]:
    """Return the keys of a listing."""
    return [found.key for found in storage.list(prefix)]


@check
def what_is_put_comes_back(storage: Storage) -> None:
    """Bytes, open files and paths are stored alike, empty ones and big ones too."""
    big = bytes(range(256)) * 12_000
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "big"
        path.write_bytes(big)
        storage.put("as/path", path)
    storage.put("as/bytes", TEXT)
    storage.put("as/stream", io.BytesIO(big))
    storage.put("as/nothing", b"")
    assert content(storage, "as/path") == content(storage, "as/stream") == big
    assert content(storage, "as/bytes") == TEXT
    assert content(storage, "as/nothing") == b""


@check
def stat_tells_size_time_and_type(storage: Storage) -> None:
    """Commit and stat agree; times are aware and recent."""
    put = storage.put("picture", TEXT, content_type="image/png")
    seen = storage.stat("picture")
    assert seen == put
    assert (seen.key, seen.size_bytes) == ("picture", len(TEXT))
    assert seen.content_type in {"image/png", None}  # None: a file system without extended attributes
    assert seen.modified_at.tzinfo is not None
    assert abs(datetime.now(UTC) - seen.modified_at) < timedelta(minutes=5)
    assert storage.put("plain", TEXT).content_type is None


@check
def what_is_absent_is_not_found(storage: Storage) -> None:
    """Every reading method says so, before the first byte."""
    assert not storage.exists("absent")
    refused(NotFound, lambda: storage.stat("absent"))
    refused(NotFound, lambda: storage.open("absent"))
    refused(NotFound, lambda: storage.open("absent/deeper", start=3, end=9))
    refused(NotFound, lambda: storage.open("absent", start=3, end=3))
    refused(NotFound, lambda: storage.local("absent").__enter__())
    assert keys(storage) == []


@check
def ranges_are_cut_like_slices(storage: Storage) -> None:
    """Ends are exclusive; what lies behind the object's end is empty."""
    storage.put("text", TEXT)
    storage.put("empty", b"")
    for start, end in [(0, None), (0, 3), (5, None), (5, 8), (14, 15), (4, 4), (0, 999), (15, None), (99, 200)]:
        with storage.open("text", start=start, end=end) as stream:
            assert stream.read() == TEXT[start:end], (start, end)
    with storage.open("empty", start=0, end=5) as stream:
        assert stream.read() == b""
    refused(InvalidRange, lambda: storage.open("text", start=-1))
    refused(InvalidRange, lambda: storage.open("text", start=5, end=4))


@check
def reading_goes_in_pieces(storage: Storage) -> None:
    """A stream gives as much as asked for."""
    storage.put("text", TEXT)
    with storage.open("text", start=1) as stream:
        assert stream.read(4) == TEXT[1:5]
        assert stream.read(2) == TEXT[5:7]
        assert stream.read() == TEXT[7:]
        assert stream.read(1) == b""
    assert stream.closed


@check
def staged_bytes_are_counted_and_can_be_looked_at(storage: Storage) -> None:
    """Size, SHA-256 and a path are there before the key is chosen."""
    with storage.stage() as staged:
        staged.write(TEXT[:5])
        assert staged.path.read_bytes() == TEXT[:5]
        staged.write(TEXT[5:])
        assert staged.size_bytes == len(TEXT)
        assert staged.sha256 == hashlib.sha256(TEXT).hexdigest()
        assert staged.path.read_bytes() == TEXT
        path = staged.path
        assert staged.commit(f"by/{staged.sha256}").size_bytes == len(TEXT)
    assert not path.exists()
    assert content(storage, f"by/{hashlib.sha256(TEXT).hexdigest()}") == TEXT


@check
def what_is_not_committed_is_gone(storage: Storage) -> None:
    """Leaving the context, by an error or not, keeps nothing; nothing is visible before."""
    with storage.stage() as staged:
        staged.write(TEXT)
        assert keys(storage) == []
        path = staged.path
    assert not path.exists()
    refused(InvalidKey, lambda: storage.put("../out", TEXT))
    assert keys(storage) == []
    assert storage.sweep(-60) == 0


@check
def staged_bytes_commit_once(storage: Storage) -> None:
    """A second commit and a late write are mistakes of the caller."""
    with storage.stage() as staged:
        staged.write(TEXT)
        staged.commit("once")
        for late in (lambda: staged.commit("twice"), lambda: staged.write(b"more")):
            try:
                late()
            except ValueError:
                continue
            raise AssertionError("expected ValueError")
    assert keys(storage) == ["once"]


@check
def the_same_object_again_is_a_success(storage: Storage) -> None:
    """Same key and size changes nothing; another size is refused and changes nothing."""
    first = storage.put("same", TEXT)
    assert storage.put("same", TEXT) == first
    refused(Conflict, lambda: storage.put("same", TEXT + b"!"))
    assert content(storage, "same") == TEXT
    assert storage.stat("same") == first


@check
def racing_writers_make_one_object(storage: Storage) -> None:
    """Sixteen writers of the same bytes all succeed."""
    data = TEXT * 5000
    with ThreadPoolExecutor(16) as pool:
        results = list(pool.map(lambda _: storage.put("race/one", data), range(16)))
    assert {result.size_bytes for result in results} == {len(data)}
    assert keys(storage) == ["race/one"]
    assert content(storage, "race/one") == data
    assert storage.sweep(-60) == 0


@check
def hostile_keys_are_refused_everywhere(storage: Storage) -> None:
    """No method lets a key through that breaks the rules."""
    for key in HOSTILE_KEYS:
        calls: list[Callable[[], object]] = [
            lambda key=key: storage.put(key, TEXT),  # type: ignore[misc]
            lambda key=key: storage.open(key),  # type: ignore[misc]
            lambda key=key: storage.stat(key),  # type: ignore[misc]
            lambda key=key: storage.exists(key),  # type: ignore[misc]
            lambda key=key: storage.delete(key),  # type: ignore[misc]
            lambda key=key: storage.local(key).__enter__(),  # type: ignore[misc]
            lambda key=key: storage.signed_url(key, expires_s=60),  # type: ignore[misc]
        ]
        for call in calls:
            refused(InvalidKey, call)
    for prefix in ("/", "../", "a//", "a\x00", "x" * 256, "\\"):
        refused(InvalidKey, lambda prefix=prefix: storage.list(prefix))  # type: ignore[misc]
    assert keys(storage) == []


@check
def odd_keys_survive_unchanged(storage: Storage) -> None:
    """Odd but lawful keys are different objects, and are listed exactly as given."""
    for key in ODD_KEYS:
        storage.put(key, key.encode())
    assert keys(storage) == sorted(ODD_KEYS)
    for key in ODD_KEYS:
        assert content(storage, key) == key.encode()


@check
def a_key_can_also_begin_others(storage: Storage) -> None:
    """`a` and `a/b` are both objects, as in a bucket."""
    for key in ("a", "a/b", "a/b/c", "f-a", "f-a/a", "d-a/a/f-b"):
        storage.put(key, key.encode())
    assert [content(storage, key).decode() for key in keys(storage)] == sorted(
        ["a", "a/b", "a/b/c", "f-a", "f-a/a", "d-a/a/f-b"]
    )


@check
def listings_are_sorted_and_know_prefixes(storage: Storage) -> None:
    """Order is by code points of the whole key; a prefix may end inside a segment."""
    names = ["a", "a.b", "a/b", "a/b/c", "a0", "ab", "ab/c", "abc", "ab.c/d", "ab.d", "B", "é", "ée/x", "z/1/2/3", "zz"]
    for name in names:
        storage.put(name, name.encode())
    for prefix in ("", "a", "a/", "ab", "a/b", "a/b/", "é", "z/1/2", "z/1/2/3", "zz", "none/", "none/at/all"):
        expected = sorted(name for name in names if name.startswith(prefix))
        assert keys(storage, prefix) == expected, prefix
    listed: Stat = next(iter(storage.list("ab/")))
    assert (listed.size_bytes, listed.content_type) == (4, None)
    assert listed.modified_at.tzinfo is not None


@check
def deleting_twice_is_a_success(storage: Storage) -> None:
    """A deleted object is gone, its neighbours stay, and it can be put again."""
    storage.put("pair/one", TEXT)
    storage.put("pair/two", TEXT)
    storage.delete("pair/one")
    storage.delete("pair/one")
    storage.delete("never/there")
    assert keys(storage) == ["pair/two"]
    assert not storage.exists("pair/one")
    storage.put("pair/one", b"again")
    assert content(storage, "pair/one") == b"again"


@check
def a_local_file_is_lent(storage: Storage) -> None:
    """Programs that want a path get one with exactly the bytes; the object stays."""
    storage.put("film", TEXT)
    with storage.local("film") as path:
        assert path.read_bytes() == TEXT
    assert content(storage, "film") == TEXT
    assert storage.sweep(-60) == 0


@check
def signed_urls_have_a_bounded_life(storage: Storage) -> None:
    """Too long, too short or a broken type is a mistake of the caller."""
    storage.put("shown", TEXT)
    if storage.signed_url("shown", expires_s=60, filename="ü.jpg", content_type="image/jpeg") is None:
        return
    wrong: list[Callable[[], object]] = [
        lambda: storage.signed_url("shown", expires_s=0),
        lambda: storage.signed_url("shown", expires_s=604_801),
        lambda: storage.signed_url("shown", expires_s=60, content_type="text/html\r\nSet-Cookie: a=b"),
    ]
    for call in wrong:
        try:
            call()
        except ValueError:
            continue
        raise AssertionError("expected ValueError")


@check
def the_marker_names_the_owner(storage: Storage) -> None:
    """Only an empty storage is taken; afterwards it belongs to one identity."""
    refused(Unavailable, lambda: storage.check("hub-1"))
    storage.ensure_marker("hub-1")
    storage.ensure_marker("hub-1")
    assert storage.marker() == "hub-1"
    storage.check()
    storage.check("hub-1")
    refused(Foreign, lambda: storage.check("hub-2"))
    refused(Foreign, lambda: storage.ensure_marker("hub-2"))
    assert keys(storage) == []
    storage.put("kept", TEXT)
    storage.ensure_marker("hub-1")
    assert keys(storage) == ["kept"]


@check
def objects_without_a_marker_are_foreign(storage: Storage) -> None:
    """A storage that somebody filled is not taken."""
    storage.put("somebody/else", TEXT)
    refused(Foreign, lambda: storage.ensure_marker("hub-1"))
