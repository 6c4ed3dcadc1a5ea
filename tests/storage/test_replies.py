"""What servers of buckets refuse, get wrong or do not know."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import boto3
import pytest

from storage import (
    Conflict,
    Corrupt,
    Denied,
    Foreign,
    NotFound,
    OutOfSpace,
    Storage,
    StorageError,
    Unavailable,
    open_storage,
)
from storage.conformance import CHECKS, content
from storage.location import Location
from storage.s3 import S3
from tests.storage.proxy import Proxy, Reply, Request, failure

TEXT = b"one, two, three"


def test_a_server_that_is_down_is_unavailable(store: Storage, proxy: Proxy, monkeypatch: pytest.MonkeyPatch) -> None:
    down = S3(Location("bucket"), boto3.client("s3", endpoint_url="http://127.0.0.1:9", region_name="us-east-1"))
    for call in (down.check, lambda: down.put("key", TEXT), lambda: down.open("key"), lambda: down.sweep(0)):
        with pytest.raises(Unavailable) as caught:
            call()
        assert caught.value.retry


@pytest.mark.req("R13")
def test_a_busy_server_is_asked_again_and_a_refusal_is_not(store: Storage, proxy: Proxy) -> None:
    store.put("pic", TEXT)
    answers = iter([failure(503, "SlowDown"), failure(500, "InternalError"), failure(503, "")])
    proxy.before = lambda request: next(answers, None)
    proxy.requests.clear()
    assert content(store, "pic") == TEXT
    assert len(proxy.requests) == 4
    proxy.requests.clear()
    proxy.before = lambda request: failure(403, "AccessDenied")
    with pytest.raises(Denied) as caught:
        store.open("pic")
    assert (len(proxy.requests), caught.value.retry) == (1, False)


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (503, "SlowDown", Unavailable),
        (500, "", Unavailable),
        (429, "", Unavailable),
        (409, "ConditionalRequestConflict", Unavailable),
        (507, "", OutOfSpace),
        (400, "QuotaExceeded", OutOfSpace),
        (404, "NoSuchBucket", Unavailable),
        (400, "ExpiredToken", StorageError),
    ],
)
def test_answers_of_a_server_become_errors_of_the_family(
    store: Storage, proxy: Proxy, spool: Path, status: int, code: str, kind: type[StorageError]
) -> None:
    proxy.before = lambda request: failure(status, code) if request.method == "PUT" else None
    with pytest.raises(kind) as caught:
        store.put("pic", TEXT)
    assert caught.value.retry is kind.retry
    assert list(spool.iterdir()) == []
    proxy.before = lambda request: None
    assert not store.exists("pic")


def test_missing_credentials_are_denied(s3_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    with pytest.raises(Denied, match="credentials"):
        open_storage(s3_url).stat("pic")


def test_a_request_that_cannot_be_built_is_an_error(s3_url: str) -> None:
    storage = open_storage(s3_url)
    assert isinstance(storage, S3)
    broken = S3(Location("no bucket!"), storage._client)
    with pytest.raises(StorageError, match="bucket"):
        broken.stat("pic")


@pytest.mark.req("R14")
def test_a_key_that_is_taken_meanwhile_is_compared(store: Storage, client: Any, bucket: str, proxy: Proxy) -> None:
    def overtake(data: bytes) -> None:
        def before(request: Request) -> Reply | None:
            if request.method == "PUT":
                client.put_object(Bucket=bucket, Key="some/prefix/objects/pic", Body=data)
                return failure(412, "PreconditionFailed")
            return None

        proxy.before = before

    overtake(TEXT)
    assert store.put("pic", TEXT).size_bytes == len(TEXT)
    store.delete("pic")
    overtake(TEXT + b"!")
    with pytest.raises(Conflict):
        store.put("pic", TEXT)


def test_a_marker_that_is_written_meanwhile_is_respected(store: Storage, proxy: Proxy, s3_url: str) -> None:
    def before(request: Request) -> Reply | None:
        if request.method == "PUT":
            open_storage(s3_url).ensure_marker("faster")
        return None

    proxy.before = before
    with pytest.raises(Foreign):
        store.ensure_marker("slower")
    assert store.marker() == "faster"


@pytest.mark.req("R15")
@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_contract_holds_without_conditional_writes_and_checksums(store: Storage, proxy: Proxy, check: Any) -> None:
    def before(request: Request) -> Reply | None:
        if any(name.lower() in {"if-none-match", "x-amz-checksum-sha256"} for name in request.headers):
            return failure(501, "NotImplemented")
        return None

    proxy.before = before
    check(store)


@pytest.mark.req("R15")
def test_parts_go_up_without_checksums_where_the_server_knows_none(
    store: Storage, proxy: Proxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.s3.PART_BYTES", 5 * 1024 * 1024)

    def before(request: Request) -> Reply | None:
        if any("checksum" in name.lower() for name in request.headers):
            return failure(400, "InvalidArgument")
        return None

    proxy.before = before
    big = bytes(6 * 1024 * 1024)
    assert store.put("film", big).size_bytes == len(big)
    refused = len(proxy.requests)
    store.put("film-2", big)
    assert len(proxy.requests) - refused < refused, "the second upload does not ask for what was refused"


@pytest.mark.req("R7")
def test_a_byte_that_changes_on_the_way_up_fails_the_upload(store: Storage, proxy: Proxy, s3_url: str) -> None:
    def before(request: Request) -> Reply | None:
        if request.method == "PUT":
            claimed = {name.lower(): value for name, value in request.headers.items()}
            assert claimed["x-amz-checksum-sha256"]
            return failure(400, "BadDigest") if request.body != TEXT else proxy.forward(request)
        return None

    proxy.before = before
    assert store.put("pic", TEXT).size_bytes == len(TEXT)
    with pytest.raises(StorageError, match="BadDigest"):
        store.put("pic-2", b"changed on the way")
    assert not store.exists("pic-2")


@pytest.mark.req("R7")
def test_an_upload_that_was_cut_is_noticed_and_removed(store: Storage, proxy: Proxy, s3_url: str) -> None:
    heads = 0

    def after(request: Request, reply: Reply) -> None:
        nonlocal heads
        if request.method == "HEAD" and reply.status == 200:
            heads += 1
            reply.headers = {name: value for name, value in reply.headers.items() if name.lower() != "content-length"}
            reply.headers["Content-Length"] = "3"

    proxy.after = after
    with pytest.raises(Corrupt):
        store.put("pic", TEXT)
    assert heads == 1
    assert not open_storage(s3_url).exists("pic")


def test_an_object_that_changed_in_the_bucket_is_not_lent(s3_url: str, client: Any, bucket: str, spool: Path) -> None:
    storage = open_storage(s3_url)
    storage.put("pic", TEXT)
    known = client.head_object(Bucket=bucket, Key="some/prefix/objects/pic")["Metadata"]
    client.put_object(Bucket=bucket, Key="some/prefix/objects/pic", Body=TEXT.upper(), Metadata=known)
    with pytest.raises(Corrupt), storage.local("pic"):
        pass
    assert list(spool.iterdir()) == []


def test_other_bytes_of_the_same_size_are_a_conflict(s3_url: str) -> None:
    storage = open_storage(s3_url)
    storage.put("pic", TEXT)
    with pytest.raises(Conflict):
        storage.put("pic", TEXT.upper())


def test_a_download_that_breaks_off_is_unavailable(store: Storage, proxy: Proxy, spool: Path) -> None:
    store.put("film", TEXT * 100_000)

    def after(request: Request, reply: Reply) -> None:
        if request.method == "GET":
            reply.cut = 200_000

    proxy.after = after
    with store.open("film") as stream, pytest.raises(Unavailable):
        stream.read()
    with pytest.raises(Unavailable), store.local("film"):
        pass
    assert list(spool.iterdir()) == []


def test_a_server_that_ignores_ranges_is_not_believed(store: Storage, proxy: Proxy) -> None:
    store.put("text", TEXT)

    def before(request: Request) -> Reply | None:
        request.headers = {name: value for name, value in request.headers.items() if name != "Range"}
        return None

    proxy.before = before
    with pytest.raises(StorageError, match="ranges"):
        store.open("text", start=3, end=5)
    with store.open("text") as stream:
        assert stream.read() == TEXT


def test_deleting_what_a_server_calls_absent_is_a_success(store: Storage, proxy: Proxy) -> None:
    proxy.before = lambda request: failure(404, "NoSuchKey")
    store.delete("pic")
    with pytest.raises(NotFound):
        store.stat("pic")
