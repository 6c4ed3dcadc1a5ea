"""The chain itself (pure): the hash of an entry covers its content and the hash of the entry before it.

SHA-256 over the canonical JSON (RFC 8785) of sequence, prev_hash, at, actor, kind, object_id and body. The newest entry
is named by the head, which carries a seal of the hub's secret: whoever can write the database, but does not know the
secret, can neither rewrite the chain nor cut its end.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import rfc8785

GENESIS = "0" * 64
"""What the first entry names as the hash before it."""
HEAD = "audit.head"
"""Name of the head among the single values."""
LARGEST = 2**53 - 1
"""RFC 8785 knows no larger whole numbers."""


@dataclass(frozen=True)
class Link:
    """One entry of the chain, without its own hash."""

    sequence: int
    prev_hash: str
    at: datetime
    actor: str | None
    kind: str
    object_id: str
    body: dict[str, Any]

    def digest(self) -> str:
        """Return the hash of the entry, as 64 hexadecimal digits.

        Raises:
            ValueError: the body holds what is not JSON.
        """
        plain: dict[str, Any] = {
            "sequence": self.sequence,
            "prev_hash": self.prev_hash,
            "at": self.at.astimezone(UTC).isoformat(timespec="microseconds"),
            "actor": self.actor,
            "kind": self.kind,
            "object_id": self.object_id,
            "body": self.body,
        }
        return hashlib.sha256(rfc8785.dumps(plain)).hexdigest()


@dataclass(frozen=True)
class Head:
    """The newest entry, by number and hash, with the seal of the hub that wrote it."""

    sequence: int
    hash: str
    seal: str = ""

    @classmethod
    def read(cls, text: str) -> Head:
        """Read a head as it is kept; what cannot be read is one that nobody sealed."""
        parts = text.split(":")
        if len(parts) != 3 or not parts[0].isdecimal() or len(parts[0]) > 18:
            return cls(0, GENESIS)
        return cls(int(parts[0]), parts[1], parts[2])

    def write(self) -> str:
        """Return the head as it is kept."""
        return f"{self.sequence}:{self.hash}:{self.seal}"

    def sealed(self, key: bytes) -> Head:
        """Return the head with the seal that a secret gives it."""
        return replace(self, seal=self._seal(key))

    def genuine(self, key: bytes) -> bool:
        """Whether the seal is that of this secret."""
        return hmac.compare_digest(self.seal.encode(), self._seal(key).encode())

    def _seal(self, key: bytes) -> str:
        said = f"ugc-hub audit head:{self.sequence}:{self.hash}"
        return hmac.new(key, said.encode(), "sha256").hexdigest()


def storable(value: Any) -> Any:
    """Return JSON values as they come back from the database, with what canonical JSON cannot hold written as text.

    Raises:
        TypeError: it is not JSON.
    """
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode().replace("\0", "\\x00")
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if abs(value) <= LARGEST else str(value)
    if isinstance(value, float):
        return value if abs(value) != float("inf") and value == value else str(value)
    if isinstance(value, dict):
        return {storable(str(name)): storable(one) for name, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [storable(one) for one in (sorted(value) if isinstance(value, set | frozenset) else value)]
    raise TypeError(f"an event cannot hold {type(value).__name__}")
