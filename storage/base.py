"""What all backends have in common: put on top of stage, and the rules of the marker."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from storage.contract import Source, Staging, Stat
from storage.errors import Corrupt, Foreign, NotFound, Unavailable, translated

CHUNK_BYTES = 1 << 20
"""How much of a stream is in memory at a time."""


def chunks(source: BinaryIO) -> Iterator[bytes]:
    """Yield the rest of an open file in pieces of at most `CHUNK_BYTES`."""
    while piece := source.read(CHUNK_BYTES):
        yield piece


def encode_marker(identity: str) -> bytes:
    """Return the content of a marker object: JSON with the format version and the identity."""
    return json.dumps({"format": 1, "identity": identity}).encode() + b"\n"


def decode_marker(content: bytes) -> str:
    """Return the identity in a marker object; `Corrupt` when it is not one."""
    try:
        identity = json.loads(content)["identity"]
    except (ValueError, KeyError, TypeError):
        raise Corrupt("The marker of the storage cannot be read.") from None
    if not isinstance(identity, str):
        raise Corrupt("The marker of the storage names no identity.")
    return identity


class Backend(ABC):
    """Methods of the `Storage` protocol that need only the others."""

    @abstractmethod
    def stage(self) -> Staging:
        """See `Storage.stage`."""

    @abstractmethod
    def stat(self, key: str) -> Stat:
        """See `Storage.stat`."""

    @abstractmethod
    def marker(self) -> str | None:
        """See `Storage.marker`."""

    @abstractmethod
    def _write_marker(self, content: bytes) -> None:
        """Write the marker where none is; leave one that appears meanwhile as it is."""

    @abstractmethod
    def _prepare(self) -> None:
        """Create what an empty storage needs to exist before its marker."""

    @abstractmethod
    def _holds_objects(self) -> bool:
        """Tell whether there is at least one object."""

    def put(self, key: str, source: Source, *, content_type: str | None = None) -> Stat:
        """See `Storage.put`."""
        with self.stage() as staged:
            if isinstance(source, bytes):
                staged.write(source)
            elif isinstance(source, Path):
                with translated("The file to store could not be read"), source.open("rb") as file:
                    for piece in chunks(file):
                        staged.write(piece)
            else:
                for piece in chunks(source):
                    staged.write(piece)
            return staged.commit(key, content_type=content_type)

    def exists(self, key: str) -> bool:
        """See `Storage.exists`."""
        try:
            self.stat(key)
        except NotFound:
            return False
        return True

    def ensure_marker(self, identity: str) -> None:
        """See `Storage.ensure_marker`."""
        self._prepare()
        if self.marker() is None:
            if self._holds_objects():
                raise Foreign("The storage holds objects but no marker: it may belong to something else.")
            self._write_marker(encode_marker(identity))
        self.check(identity)

    def check(self, identity: str | None = None) -> None:
        """See `Storage.check`."""
        found = self.marker()
        if found is None:
            raise Unavailable("The storage has no marker: it is empty, not mounted, or not set up yet.")
        if identity is not None and found != identity:
            raise Foreign(f"The storage belongs to the installation {found!r}, not to {identity!r}.")
