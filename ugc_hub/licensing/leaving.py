"""A file as it leaves: in memory, or, where it is large, as a stored file with another end."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace

from ugc_hub.hub import Hub
from ugc_hub.models import Usage

LARGE_BYTES = 8_000_000
"""What is larger is never read into memory as a whole, where its kind allows that."""
PIECE_BYTES = 256 * 1024


@dataclass(frozen=True)
class Stamped:
    """A file as it leaves."""

    usage_id: str
    data: bytes
    """All of it, or the end of one whose beginning is stored."""
    size_bytes: int
    sha256: str
    stamp: str
    credentials: str
    stored_key: str | None = None
    """Where the beginning of it lies."""

    @classmethod
    def of(cls, usage_id: str, data: bytes, *, stamp: str, credentials: str) -> Stamped:
        """Measure a file."""
        return cls(usage_id, data, len(data), hashlib.sha256(data).hexdigest(), stamp, credentials)

    def pieces(self, hub: Hub) -> Iterator[bytes]:
        """Yield the bytes, a few at a time."""
        if self.stored_key is not None:
            with closing(hub.storage.open(self.stored_key, end=self.size_bytes - len(self.data))) as file:
                while piece := file.read(PIECE_BYTES):
                    yield piece
        for start in range(0, len(self.data), PIECE_BYTES):
            yield self.data[start : start + PIECE_BYTES]


def stored_as(usage: Usage, key: str, length: int, tail: bytes, *, stamp: str) -> Stamped:
    """Return a file that begins with so many bytes of a stored one; its hash is not known yet."""
    return Stamped(usage.id, tail, length + len(tail), "", stamp, "", stored_key=key)


def measured_of(hub: Hub, file: Stamped) -> Stamped:
    """Return the file with the hash of its bytes, which are read for it.

    Raises:
        storage.errors.NotFound: its beginning is no more.
    """
    digest = hashlib.sha256()
    for piece in file.pieces(hub):
        digest.update(piece)
    return replace(file, sha256=digest.hexdigest())
