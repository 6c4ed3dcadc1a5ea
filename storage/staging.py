"""Bytes on their way in: counted and hashed while written, visible to nobody until committed."""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Self

from storage.contract import Stat
from storage.errors import NotFound, Unavailable, translated
from storage.keys import check_content_type, check_key

PREFIX = "storage-stage-"
"""Begins the name of every staging file, so that `sweep` knows them."""


class Staged:
    """Bytes that become an object at `commit`, or nothing at all when the context is left without it.

    Not for use by several threads at once. Errors: `OutOfSpace` and others of the family from `write` and
    `commit`; after an error the context can only be left.
    """

    def __init__(self, folder: Path, land: Callable[[Staged, str, str | None], Stat]) -> None:
        self._land = land
        self._hash = hashlib.sha256()
        self._open = True
        self.size_bytes = 0
        with translated("The upload could not be begun"):
            self.descriptor, name = tempfile.mkstemp(prefix=PREFIX, dir=folder)
        self._path = Path(name)

    @property
    def sha256(self) -> str:
        """SHA-256 of the bytes so far, 64 lower-case hexadecimal digits."""
        return self._hash.hexdigest()

    @property
    def path(self) -> Path:
        """A local file with exactly the bytes so far; read it only, and only inside the context."""
        return self._path

    def write(self, data: bytes) -> None:
        """Append `data` (unbuffered: chunks of 64 KiB and more are best)."""
        self._must_be_open()
        rest = memoryview(data)
        with translated("The bytes could not be written"):
            while rest:
                written = os.write(self.descriptor, rest)
                self._hash.update(rest[:written])
                self.size_bytes += written
                rest = rest[written:]

    def commit(self, key: str, *, content_type: str | None = None) -> Stat:
        """Make the bytes the object `key`, durably, and return what is stored.

        A key that already holds an object of this size is left as it is and counts as success: keys name their
        content, so racing writers bring the same bytes. Another size is a `Conflict`; `Unavailable` where somebody
        removed the object at this very moment.
        """
        self._must_be_open()
        check_key(key)
        check_content_type(content_type)
        self._open = False
        try:
            return self._land(self, key, content_type)
        except NotFound as error:
            raise Unavailable("The object was removed by somebody else while it was stored.") from error
        finally:
            self._discard()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        if self._open:
            self._open = False
            self._discard()

    def _must_be_open(self) -> None:
        if not self._open:
            raise ValueError("these bytes were already committed or discarded")

    def _discard(self) -> None:
        os.close(self.descriptor)
        self._path.unlink(missing_ok=True)


@contextmanager
def lent_file(folder: Path) -> Iterator[tuple[BinaryIO, Path]]:
    """Lend a new empty file, open for writing, that is deleted when the context is left."""
    with translated("A temporary file could not be made"):
        descriptor, name = tempfile.mkstemp(prefix=PREFIX, dir=folder)
    path = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file, path
    finally:
        path.unlink(missing_ok=True)


def sweep_files(folder: Path, prefix: str, older_than_s: float) -> int:
    """Delete regular files named `prefix...` that nobody wrote to for `older_than_s` seconds; return how many."""
    swept = 0
    before = time.time() - older_than_s
    with translated("The staging folder could not be swept"):
        for path in folder.glob(f"{prefix}*"):
            try:
                if path.is_symlink() or not path.is_file() or path.stat().st_mtime > before:
                    continue
                path.unlink()
            except FileNotFoundError:  # its owner finished meanwhile
                continue
            swept += 1
    return swept
