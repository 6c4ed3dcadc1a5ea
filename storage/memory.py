"""Objects in the memory of this process: for tests and trials."""

from __future__ import annotations

import io
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from storage.base import Backend, decode_marker
from storage.contract import Stat
from storage.errors import Conflict, NotFound, translated
from storage.keys import check_key, check_prefix, check_range
from storage.signing import Signer
from storage.staging import Staged, lent_file


@dataclass(frozen=True)
class _Object:
    stat: Stat
    data: bytes


class Memory(Backend):
    """A dictionary behind a lock; uploads are staged in a temporary file, so that programs can look at them."""

    def __init__(self, signer: Signer | None = None) -> None:
        self._objects: dict[str, _Object] = {}
        self._marker: bytes | None = None
        self._lock = threading.Lock()
        self._signer = signer

    def stage(self) -> Staged:
        """See `Storage.stage`."""
        return Staged(Path(tempfile.gettempdir()), self._land)

    def open(self, key: str, *, start: int = 0, end: int | None = None) -> BinaryIO:
        """See `Storage.open`."""
        check_range(start, end)
        return io.BytesIO(self._object(key).data[start:end])

    def stat(self, key: str) -> Stat:
        """See `Storage.stat`."""
        return self._object(key).stat

    def list(self, prefix: str = "") -> Iterator[Stat]:
        """See `Storage.list`."""
        check_prefix(prefix)
        with self._lock:
            stats = [found.stat for found in self._objects.values() if found.stat.key.startswith(prefix)]
        return (replace(stat, content_type=None) for stat in sorted(stats, key=lambda stat: stat.key))

    def delete(self, key: str) -> None:
        """See `Storage.delete`."""
        check_key(key)
        with self._lock:
            self._objects.pop(key, None)

    def signed_url(
        self,
        key: str,
        *,
        expires_s: int,
        filename: str | None = None,
        content_type: str | None = None,
        cache_s: int | None = None,
    ) -> str | None:
        """See `Storage.signed_url`; the web process serves it."""
        check_key(key)
        return self._signer.url(key, expires_s, filename, content_type) if self._signer else None

    @contextmanager
    def local(self, key: str) -> Iterator[Path]:
        """See `Storage.local`; a copy in the folder for temporary files."""
        data = self._object(key).data
        with lent_file(Path(tempfile.gettempdir())) as (file, path):
            with translated("The object could not be copied"), file:
                file.write(data)
            yield path

    def marker(self) -> str | None:
        """See `Storage.marker`."""
        return None if self._marker is None else decode_marker(self._marker)

    def sweep(self, older_than_s: float) -> int:
        """See `Storage.sweep`; what a dead process staged is in the folder for temporary files, left to its owner."""
        return 0

    def _prepare(self) -> None:
        """Nothing: memory is there."""

    def _holds_objects(self) -> bool:
        return bool(self._objects)

    def _write_marker(self, content: bytes) -> None:
        with self._lock:
            self._marker = self._marker or content

    def _object(self, key: str) -> _Object:
        check_key(key)
        with self._lock:
            found = self._objects.get(key)
        if found is None:
            raise NotFound("There is no object with this key.")
        return found

    def _land(self, staged: Staged, key: str, content_type: str | None) -> Stat:
        with translated("The object could not be stored"):
            data = staged.path.read_bytes()
        new = _Object(Stat(key, len(data), datetime.now(UTC), content_type), data)
        with self._lock:
            kept = self._objects.setdefault(key, new)
        if kept.stat.size_bytes != len(data):
            raise Conflict("The key already holds an object of another size.")
        return kept.stat
