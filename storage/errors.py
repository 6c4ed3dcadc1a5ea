"""Errors of the storage engine: one family, the same for every backend."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager


class StorageError(Exception):
    """Bytes could not be kept, found or handed out.

    `code` is stable and machine-readable (snake_case), `message` is one sentence for the operator, `retry` tells
    whether the same call can succeed later without anybody changing the request.
    """

    code = "storage_error"
    retry = False

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotFound(StorageError):
    """No object has this key."""

    code = "not_found"


class InvalidKey(StorageError):
    """The key breaks the rules of `storage.keys`; nothing was looked up."""

    code = "invalid_key"


class InvalidRange(StorageError):
    """A byte range is negative or ends before it starts."""

    code = "invalid_range"


class Conflict(StorageError):
    """The key already holds other bytes; they were left as they are."""

    code = "conflict"


class OutOfSpace(StorageError):
    """The disk, the quota or the bucket is full; nothing was kept. Works again once there is room."""

    code = "out_of_space"
    retry = True


class Unavailable(StorageError):
    """The folder, the bucket or the way to it is gone or overloaded."""

    code = "unavailable"
    retry = True


class Denied(StorageError):
    """The storage refuses these credentials or this operating system user."""

    code = "denied"


class DiskFailed(StorageError):
    """The disk reported an error (EIO); bytes that were being written do not count as stored.

    Never retried on the same file: after a failed fsync the kernel may drop the dirty pages, so that a second fsync
    succeeds although the bytes are lost (see `man 2 fsync`). The whole upload must be sent again.
    """

    code = "disk_failed"


class Corrupt(StorageError):
    """What was found is not what was stored: other size, other SHA-256, or not a regular file."""

    code = "corrupt"


class Foreign(StorageError):
    """The folder or bucket belongs to another installation, or holds objects but no marker."""

    code = "foreign"


class Misconfigured(StorageError):
    """The storage URL cannot be understood."""

    code = "misconfigured"


class BadSignature(StorageError):
    """A signed URL was changed, or signed with another secret."""

    code = "bad_signature"


class Expired(StorageError):
    """A signed URL is genuine but too old."""

    code = "expired"


_BY_ERRNO: dict[int | None, type[StorageError]] = {
    errno.ENOENT: NotFound,
    errno.ENOSPC: OutOfSpace,
    errno.EDQUOT: OutOfSpace,
    errno.EFBIG: OutOfSpace,
    errno.EACCES: Denied,
    errno.EPERM: Denied,
    errno.ELOOP: Corrupt,
    errno.ENOTDIR: Corrupt,
    errno.EISDIR: Corrupt,
    errno.EIO: DiskFailed,
    errno.EROFS: Unavailable,
    errno.ESTALE: Unavailable,
    errno.ENODEV: Unavailable,
    errno.ENXIO: Unavailable,
    errno.ENOTCONN: Unavailable,
    errno.EHOSTDOWN: Unavailable,
    errno.ETIMEDOUT: Unavailable,
    errno.EMFILE: Unavailable,
    errno.ENFILE: Unavailable,
}


@contextmanager
def translated(doing: str) -> Iterator[None]:
    """Turn an `OSError` of the block into the error of this family that fits; `doing` begins the sentence."""
    try:
        yield
    except OSError as error:
        kind = _BY_ERRNO.get(error.errno, StorageError)
        raise kind(f"{doing}: {error.strerror or error}.") from error
