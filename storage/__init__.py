"""Bytes by key: one protocol (`Storage`) over a local folder, an S3-compatible bucket, or memory.

Open a storage with `open_storage(url)`. All backends pass `storage.conformance` and raise `storage.errors`.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit

from storage.contract import Source, Staging, Stat, Storage
from storage.errors import (
    BadSignature,
    Conflict,
    Corrupt,
    Denied,
    DiskFailed,
    Expired,
    Foreign,
    InvalidKey,
    InvalidRange,
    Misconfigured,
    NotFound,
    OutOfSpace,
    StorageError,
    Unavailable,
)
from storage.local import Local
from storage.memory import Memory
from storage.signing import Signer, Ticket, disposition

__all__ = [
    "BadSignature",
    "Conflict",
    "Corrupt",
    "Denied",
    "DiskFailed",
    "Expired",
    "Foreign",
    "InvalidKey",
    "InvalidRange",
    "Misconfigured",
    "NotFound",
    "OutOfSpace",
    "Signer",
    "Source",
    "Staging",
    "Stat",
    "Storage",
    "StorageError",
    "Ticket",
    "Unavailable",
    "disposition",
    "open_storage",
]


def open_storage(url: str, *, signer: Signer | None = None) -> Storage:
    """Open the storage that `url` names; nothing is created or contacted yet.

    Forms: `/abs/path` or `file:///abs/path`; `s3://bucket/prefix?endpoint=https://host:port&region=name&spool=/path`
    (all parts after the bucket optional; credentials as boto3 finds them: environment, files, instance role);
    `memory:`. `signer` makes the signed URLs of folder and memory; S3 signs with its own credentials. Raises
    `Misconfigured` for anything else.
    """
    if url.startswith("/"):
        return Local(Path(url), signer)
    parts = urlsplit(url)
    if parts.scheme == "memory" and url == "memory:":
        return Memory(signer)
    if parts.scheme == "file" and parts.netloc in {"", "localhost"} and parts.path.startswith("/"):
        return Local(Path(unquote(parts.path)), signer)
    if parts.scheme == "s3":
        # boto3 takes a third of a second and 40 MB, which installations without a bucket do not pay.
        from storage.s3 import open_s3

        return open_s3(url)
    raise Misconfigured(f"{url!r} is not a storage URL: use /path, file:///path, s3://bucket/prefix or memory:.")
