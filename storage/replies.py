"""What the answers and failures of an S3 server mean in the words of `storage.errors`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    NoCredentialsError,
    ParamValidationError,
    PartialCredentialsError,
)

from storage.errors import Denied, InvalidKey, NotFound, OutOfSpace, StorageError, Unavailable


class NotSupported(StorageError):
    """The server does not know an optional feature of the request; ask again without it."""

    code = "not_supported"


class AlreadyThere(StorageError):
    """A conditional write found the key taken."""

    code = "already_there"


class OutOfRange(StorageError):
    """A byte range begins behind the end of the object."""

    code = "out_of_range"


_BY_CODE: dict[str, type[StorageError]] = {
    "NoSuchBucket": Unavailable,
    "NoSuchKey": NotFound,
    "NoSuchUpload": NotFound,
    "KeyTooLongError": InvalidKey,
    "SlowDown": Unavailable,
    "RequestTimeout": Unavailable,
    "OperationAborted": Unavailable,
    "ConditionalRequestConflict": Unavailable,
    "QuotaExceeded": OutOfSpace,
    "InsufficientCapacity": OutOfSpace,
    "XMinioStorageFull": OutOfSpace,
    "NotImplemented": NotSupported,
    "InvalidArgument": NotSupported,
    "InvalidRequest": NotSupported,
}
"""More telling than the status where they are known: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html"""

_BY_STATUS: dict[int, type[StorageError]] = {
    401: Denied,
    403: Denied,
    404: NotFound,
    408: Unavailable,
    412: AlreadyThere,
    416: OutOfRange,
    429: Unavailable,
    507: OutOfSpace,
}


@contextmanager
def mapped(doing: str) -> Iterator[None]:
    """Turn boto3's exceptions in the block into errors of the storage family; `doing` begins the sentence."""
    try:
        yield
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "")
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        kind = _BY_CODE.get(code) or _BY_STATUS.get(status)
        kind = kind or (Unavailable if status >= 500 else StorageError)
        raise kind(f"{doing}: the server answered {status} {code}.") from error
    except (NoCredentialsError, PartialCredentialsError) as error:
        raise Denied(f"{doing}: no complete credentials were found for the bucket.") from error
    except ParamValidationError as error:
        raise StorageError(f"{doing}: {error}") from error
    except BotoCoreError as error:  # connections refused, cut or too slow, after boto3's own attempts
        raise Unavailable(f"{doing}: {error}") from error
