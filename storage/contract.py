"""The storage protocol and the records that go through it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Protocol, Self

Source = BinaryIO | bytes | Path
"""What `put` takes: an open file read to its end, bytes, or the path of a file."""


@dataclass(frozen=True)
class Stat:
    """What is known of one stored object without reading it."""

    key: str
    size_bytes: int
    modified_at: datetime
    """When it was stored; aware, UTC."""
    content_type: str | None = None
    """As given at `commit`; None when none was given, in listings, and where a file system keeps no attributes."""


class Staging(Protocol):
    """Bytes on their way in; leaving the context without `commit` discards them."""

    size_bytes: int

    @property
    def sha256(self) -> str:
        """SHA-256 of the bytes so far, 64 lower-case hexadecimal digits."""

    @property
    def path(self) -> Path:
        """A local file with exactly the bytes so far; read it only, and only inside the context."""

    def write(self, data: bytes) -> None:
        """Append `data`."""

    def commit(self, key: str, *, content_type: str | None = None) -> Stat:
        """Make the bytes the object `key`, durably; same key and size is a success, another size a `Conflict`."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *error: object) -> None: ...


class Storage(Protocol):
    """Bytes by key. Safe for use by several threads; every method raises only errors of `storage.errors`.

    Objects appear whole or not at all and are never changed, only deleted. Every method checks its key
    (`InvalidKey`) and may raise `Unavailable` or `Denied`.
    """

    def stage(self) -> Staging:
        """Begin to take in bytes whose key may not be known yet."""

    def put(self, key: str, source: Source, *, content_type: str | None = None) -> Stat:
        """Store all bytes of `source` under `key`; see `Staging.commit` for keys that exist."""

    def open(self, key: str, *, start: int = 0, end: int | None = None) -> BinaryIO:
        """Stream the bytes `start` up to, not including, `end`; what lies behind the object's end is empty.

        The caller closes it. Only reading forward is promised. `NotFound`, `InvalidRange`.
        """

    def stat(self, key: str) -> Stat:
        """Return size, time and type of one object, or raise `NotFound`."""

    def exists(self, key: str) -> bool:
        """Tell whether an object has this key."""

    def list(self, prefix: str = "") -> Iterator[Stat]:
        """Yield the objects whose keys begin with `prefix`, sorted by key (code points), a few at a time."""

    def delete(self, key: str) -> None:
        """Remove an object durably; one that is not there is a success."""

    def signed_url(
        self,
        key: str,
        *,
        expires_s: int,
        filename: str | None = None,
        content_type: str | None = None,
        cache_s: int | None = None,
    ) -> str | None:
        """Return a URL by which anybody can GET the object for `expires_s` seconds (1 to 604800, as S3 limits it).

        `filename` makes it a download of that name, `content_type` sets the type it is served with. `cache_s` is for
        how many seconds a cache may keep what a bucket answers (where the web process serves, it has a rule of its
        own). None where the storage was opened without a way to sign.
        """

    def local(self, key: str) -> AbstractContextManager[Path]:
        """Lend a local file with the object's bytes, for programs that want a path; read it only."""

    def marker(self) -> str | None:
        """Return the identity of the installation that this storage belongs to; None when it has no marker."""

    def ensure_marker(self, identity: str) -> None:
        """Take an empty storage into possession, creating its folder (never a bucket); a second call changes nothing.

        `Foreign` when it belongs to another identity, or holds objects but no marker.
        """

    def check(self, identity: str | None = None) -> None:
        """Raise `Unavailable` when folder, bucket or marker are gone, `Foreign` when the marker names another."""

    def sweep(self, older_than_s: float) -> int:
        """Remove what crashed uploads left and nobody touched for so many seconds; return how many leftovers."""
