"""Objects in a bucket of Amazon S3 or of a server that speaks its language, through boto3.

Objects lie under `PREFIX/objects/KEY`, the marker at `PREFIX/marker.json`. SHA-256 and content type are kept as
metadata of our own, because not every server keeps checksums. Conditional writes and checksums are used where the
server knows them; correctness rests on keys that name their content and on what is compared after the upload.
"""

from __future__ import annotations

import base64
import hashlib
import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from boto3.s3.transfer import TransferConfig
from boto3.session import Session
from botocore.config import Config

from storage.base import Backend, chunks, decode_marker
from storage.contract import Stat
from storage.errors import Conflict, Corrupt, InvalidKey, NotFound, StorageError, translated
from storage.keys import MAX_KEY_BYTES, check_content_type, check_key, check_prefix, check_range
from storage.location import Location, parse
from storage.replies import AlreadyThere, NotSupported, OutOfRange, mapped
from storage.signing import check_expiry, disposition
from storage.staging import PREFIX, Staged, lent_file, sweep_files
from storage.streams import window

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

PART_BYTES = 32 * 1024 * 1024
"""Larger objects go up in parts of at least this size (S3 takes 5 MiB to 5 GiB a part)."""


def open_s3(url: str) -> S3:
    """Return the storage of an S3 URL; nothing is contacted yet. Credentials come from where boto3 looks."""
    location = parse(url)
    config = Config(
        signature_version="s3v4",
        connect_timeout=5,
        read_timeout=30,
        max_pool_connections=32,
        retries={"mode": "standard", "total_max_attempts": 4},  # with jitter; never for 4xx
        s3={"addressing_style": "path" if location.endpoint else "auto"},
        # Without these boto3 adds checksums in trailers that other servers than Amazon's refuse.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
    session = Session(region_name=location.region)
    with mapped("The bucket could not be opened"):
        return S3(location, session.client("s3", endpoint_url=location.endpoint, config=config))


@dataclass(frozen=True)
class _Head:
    stat: Stat
    sha256: str | None


class S3(Backend):
    """A bucket, or the part of one below a prefix; see `open_s3`."""

    def __init__(self, location: Location, client: S3Client) -> None:
        self._at = location
        self._client = client
        self._root = f"{location.prefix}objects/"
        self._marker_name = f"{location.prefix}marker.json"
        self._extras = True
        """Whether the server has not refused conditional writes and checksums yet."""

    def stage(self) -> Staged:
        """See `Storage.stage`; the bytes wait in the spool folder."""
        return Staged(self._at.spool, self._land)

    def open(self, key: str, *, start: int = 0, end: int | None = None) -> BinaryIO:
        """See `Storage.open`."""
        check_range(start, end)
        if start == end:
            self.stat(key)
            return io.BytesIO()
        wanted: dict[str, Any] = {}
        if start or end is not None:
            wanted["Range"] = f"bytes={start}-{'' if end is None else end - 1}"
        doing = "The object could not be read"
        try:
            with mapped(doing):
                reply = self._client.get_object(Bucket=self._at.bucket, Key=self._name(key), **wanted)
        except OutOfRange:
            return io.BytesIO()
        if wanted and not reply.get("ContentRange", "").startswith(f"bytes {start}-"):
            reply["Body"].close()
            raise StorageError(f"{doing}: the server does not answer byte ranges.")
        return window(reply["Body"], None, lambda: mapped(doing))

    def stat(self, key: str) -> Stat:
        """See `Storage.stat`."""
        return self._head(key).stat

    def list(self, prefix: str = "") -> Iterator[Stat]:
        """See `Storage.list`."""
        check_prefix(prefix)
        return self._listed(prefix)

    def delete(self, key: str) -> None:
        """See `Storage.delete`; a bucket with versions keeps the old one, as its owner wanted."""
        with suppress(NotFound), mapped("The object could not be deleted"):
            self._client.delete_object(Bucket=self._at.bucket, Key=self._name(key))

    def signed_url(
        self,
        key: str,
        *,
        expires_s: int,
        filename: str | None = None,
        content_type: str | None = None,
        cache_s: int | None = None,
    ) -> str | None:
        """See `Storage.signed_url`; the bucket serves it."""
        check_expiry(expires_s)
        wanted = {"Bucket": self._at.bucket, "Key": self._name(key)}
        if filename is not None:
            wanted["ResponseContentDisposition"] = disposition(filename)
        if kind := check_content_type(content_type):
            wanted["ResponseContentType"] = kind
        if cache_s is not None:
            wanted["ResponseCacheControl"] = f"public, max-age={cache_s}, s-maxage={cache_s}, must-revalidate"
        with mapped("The URL could not be signed"):
            return self._client.generate_presigned_url("get_object", Params=wanted, ExpiresIn=expires_s)

    @contextmanager
    def local(self, key: str) -> Iterator[Path]:
        """See `Storage.local`; a download in the spool folder, compared with the size and SHA-256 of the upload."""
        head = self._head(key)
        digest = hashlib.sha256()
        size_bytes = 0
        with lent_file(self._at.spool) as (file, path):
            with self.open(key) as source, translated("The object could not be downloaded"), file:
                for piece in chunks(source):
                    digest.update(piece)
                    size_bytes += file.write(piece)
            if size_bytes != head.stat.size_bytes or head.sha256 not in {None, digest.hexdigest()}:
                raise Corrupt("The object is not what was stored under this key.")
            yield path

    def marker(self) -> str | None:
        """See `Storage.marker`."""
        doing = "The bucket could not be reached"
        try:
            with mapped(doing):
                body = self._client.get_object(Bucket=self._at.bucket, Key=self._marker_name)["Body"]
        except NotFound:
            return None
        with window(body, None, lambda: mapped(doing)) as stream:
            return decode_marker(stream.read())

    def sweep(self, older_than_s: float) -> int:
        """See `Storage.sweep`: uploads in parts that were never completed, and files in the spool folder."""
        swept = sweep_files(self._at.spool, PREFIX, older_than_s)
        before = datetime.now(UTC) - timedelta(seconds=older_than_s)
        with mapped("Unfinished uploads could not be removed"):
            pages = self._client.get_paginator("list_multipart_uploads")
            for page in pages.paginate(Bucket=self._at.bucket, Prefix=self._root):
                for upload in page.get("Uploads", []):
                    if upload["Initiated"] <= before:
                        swept += self._abort(upload["Key"], upload["UploadId"])
        return swept

    def _abort(self, name: str, upload: str) -> int:
        try:
            with mapped("An unfinished upload could not be removed"):
                self._client.abort_multipart_upload(Bucket=self._at.bucket, Key=name, UploadId=upload)
        except NotFound:  # finished or removed meanwhile
            return 0
        return 1

    def _prepare(self) -> None:
        """Nothing: a bucket is made by its owner."""

    def _holds_objects(self) -> bool:
        with mapped("The objects could not be listed"):
            reply = self._client.list_objects_v2(Bucket=self._at.bucket, Prefix=self._at.prefix, MaxKeys=1)
        return reply.get("KeyCount", 0) > 0

    def _write_marker(self, content: bytes) -> None:
        with suppress(AlreadyThere):
            self._put(self._marker_name, io.BytesIO(content), hashlib.sha256(content).digest())

    def _name(self, key: str) -> str:
        name = self._root + check_key(key)
        if len(name.encode()) > MAX_KEY_BYTES:
            raise InvalidKey(f"With the prefix of the bucket the key exceeds {MAX_KEY_BYTES} bytes of UTF-8.")
        return name

    def _head(self, key: str) -> _Head:
        with mapped("The object could not be looked at"):
            reply = self._client.head_object(Bucket=self._at.bucket, Key=self._name(key))
        kept = reply.get("Metadata", {})
        modified_at = reply["LastModified"].astimezone(UTC)
        return _Head(Stat(key, reply["ContentLength"], modified_at, kept.get("type")), kept.get("sha256"))

    def _listed(self, prefix: str) -> Iterator[Stat]:
        with mapped("The objects could not be listed"):
            pages = self._client.get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=self._at.bucket, Prefix=self._root + prefix):
                for found in page.get("Contents", []):
                    with suppress(InvalidKey):  # not one of ours
                        key = check_key(found["Key"].removeprefix(self._root))
                        yield Stat(key, found["Size"], found["LastModified"].astimezone(UTC))

    def _land(self, staged: Staged, key: str, content_type: str | None) -> Stat:
        with suppress(NotFound):
            return _same(self._head(key), staged)
        try:
            self._upload(staged, key, content_type)
        except AlreadyThere:
            return _same(self._head(key), staged)
        head = self._head(key)
        if head.sha256 == staged.sha256 and head.stat.size_bytes != staged.size_bytes:
            self.delete(key)  # ours, and cut on its way: must not stand in the way of the next attempt
            raise Corrupt("The server did not keep all bytes of the upload.")
        return _same(head, staged)

    def _upload(self, staged: Staged, key: str, content_type: str | None) -> None:
        described: dict[str, Any] = {"Metadata": {"sha256": staged.sha256}}
        if content_type is not None:
            described["Metadata"]["type"] = content_type
            described["ContentType"] = content_type
        with translated("The object could not be uploaded"), staged.path.open("rb") as file:
            if staged.size_bytes <= PART_BYTES:
                self._put(self._name(key), file, bytes.fromhex(staged.sha256), **described)
            else:
                self._put_parts(self._name(key), file, described)

    def _put(self, name: str, file: BinaryIO, digest: bytes, **described: Any) -> None:
        def send(extras: dict[str, Any]) -> None:
            file.seek(0)
            self._client.put_object(Bucket=self._at.bucket, Key=name, Body=file, **described, **extras)

        self._send(send, {"IfNoneMatch": "*", "ChecksumSHA256": base64.b64encode(digest).decode()})

    def _put_parts(self, name: str, file: BinaryIO, described: dict[str, Any]) -> None:
        config = TransferConfig(
            multipart_threshold=PART_BYTES,
            multipart_chunksize=PART_BYTES,
            max_concurrency=4,
            preferred_transfer_client="classic",
        )

        def send(extras: dict[str, Any]) -> None:
            file.seek(0)
            arguments = described | extras
            self._client.upload_fileobj(file, self._at.bucket, name, ExtraArgs=arguments, Config=config)

        self._send(send, {"ChecksumAlgorithm": "SHA256"})

    def _send(self, send: Callable[[dict[str, Any]], None], extras: dict[str, Any]) -> None:
        """Send with optional features, and once more without them where the server does not know them."""
        doing = "The object could not be uploaded"
        if self._extras:
            try:
                with mapped(doing):
                    send(extras)
                return
            except NotSupported:
                pass
        with mapped(doing):
            send({})
        self._extras = False


def _same(head: _Head, staged: Staged) -> Stat:
    """Return what is stored if it is what was staged; other bytes under the key are a `Conflict`."""
    if head.stat.size_bytes != staged.size_bytes or head.sha256 not in {None, staged.sha256}:
        raise Conflict("The key already holds other bytes.")
    return head.stat
