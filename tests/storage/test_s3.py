"""What only a bucket can do, and what its servers do wrong."""

from __future__ import annotations

import io
import re
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest

from storage import (
    Conflict,
    Corrupt,
    Denied,
    Foreign,
    InvalidKey,
    Misconfigured,
    NotFound,
    OutOfSpace,
    Storage,
    StorageError,
    Unavailable,
    open_storage,
)
from storage.conformance import CHECKS, content
from storage.s3 import S3, Location, parse
from tests.storage.proxy import Proxy, Reply, Request, failure, running

TEXT = b"one, two, three"


@pytest.fixture
def client(s3_endpoint: str, credentials: None) -> Any:
    return boto3.client("s3", endpoint_url=s3_endpoint, region_name="us-east-1")


@pytest.fixture
def bucket(s3_url: str) -> str:
    return parse(s3_url).bucket


@pytest.fixture
def spool(s3_url: str) -> Path:
    return parse(s3_url).spool


@pytest.fixture
def proxy(s3_endpoint: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda seconds: None)
    with running(s3_endpoint) as running_proxy:
        yield running_proxy


@pytest.fixture
def store(s3_url: str, s3_endpoint: str, proxy: Proxy) -> Storage:
    """The bucket as seen through the proxy."""
    return open_storage(s3_url.replace(s3_endpoint, proxy.address))


def test_a_url_names_bucket_prefix_server_and_spool() -> None:
    assert parse("s3://media") == Location("media")
    assert parse("s3://media/a/b%20c/?endpoint=https://s3.example:9000&region=eu&spool=/var/spool") == Location(
        "media", "a/b c/", "https://s3.example:9000", "eu", Path("/var/spool")
    )


@pytest.mark.parametrize(
    "url",
    [
        "s3://",
        "s3://key:secret@bucket",
        "s3://b",
        "s3://bucket/../other",
        "s3://bucket?endpont=http://x",
        "s3://bucket?endpoint=localhost:9000",
        "s3://bucket?endpoint=",
    ],
)
def test_an_unclear_url_is_refused(url: str) -> None:
    with pytest.raises(Misconfigured):
        open_storage(url)


def test_without_an_endpoint_amazon_is_meant(credentials: None) -> None:
    url = open_storage("s3://media/p?region=eu-central-1").signed_url("pic", expires_s=60)
    assert url is not None
    assert url.startswith("https://media.s3.")
    assert "/p/objects/pic?" in url


def test_objects_carry_their_hash_and_type(s3_url: str, client: Any, bucket: str) -> None:
    with open_storage(s3_url).stage() as staged:
        staged.write(TEXT)
        stat = staged.commit("pic", content_type="image/png")
    head = client.head_object(Bucket=bucket, Key="some/prefix/objects/pic")
    assert head["Metadata"] == {"sha256": staged.sha256, "type": "image/png"}
    assert head["ContentType"] == stat.content_type == "image/png"


def test_a_signed_url_downloads_under_its_name_and_type(s3_url: str) -> None:
    storage = open_storage(s3_url)
    storage.put("a b/ü", TEXT)
    url = storage.signed_url("a b/ü", expires_s=60, filename="Grüße.txt", content_type="text/plain")
    assert url is not None
    with urllib.request.urlopen(url, timeout=10) as reply:
        assert reply.read() == TEXT
        assert reply.headers["Content-Type"].startswith("text/plain")
        assert "Gr%C3%BC%C3%9Fe.txt" in reply.headers["Content-Disposition"]


@pytest.mark.req("R12", "R16")
def test_big_objects_go_up_in_parts_and_appear_whole(
    s3_url: str, client: Any, bucket: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.s3.PART_BYTES", 5 * 1024 * 1024)
    storage = open_storage(s3_url)
    big = bytes(range(256)) * 50_000
    assert storage.put("film", io.BytesIO(big), content_type="video/mp4").size_bytes == len(big)
    head = client.head_object(Bucket=bucket, Key="some/prefix/objects/film")
    assert head["ETag"].endswith('-3"')
    assert content(storage, "film") == big
    with storage.local("film") as path:
        assert path.read_bytes() == big
    assert not path.exists()


@pytest.mark.req("R12")
def test_sweep_aborts_old_uploads_and_removes_old_spool_files(
    store: Storage, client: Any, bucket: str, spool: Path, proxy: Proxy
) -> None:
    for name in ("some/prefix/objects/film", "other/film"):
        client.create_multipart_upload(Bucket=bucket, Key=name)
    (spool / "storage-stage-x").write_bytes(b"left over")

    def after(request: Request, reply: Reply) -> None:
        begun = datetime.now(UTC).strftime("<Initiated>%Y-%m-%dT%H:%M:%S.000Z</Initiated>").encode()
        reply.body = re.sub(b"<Initiated>.*</Initiated>", begun, reply.body)

    proxy.after = after
    assert store.sweep(3600) == 0
    assert store.sweep(-60) == 2
    left = client.list_multipart_uploads(Bucket=bucket)["Uploads"]
    assert [upload["Key"] for upload in left] == ["other/film"]
    assert list(spool.iterdir()) == []


def test_an_upload_that_ends_while_sweeping_is_passed_over(
    store: Storage, client: Any, bucket: str, proxy: Proxy
) -> None:
    client.create_multipart_upload(Bucket=bucket, Key="some/prefix/objects/film")
    proxy.before = lambda request: failure(404, "NoSuchUpload") if request.method == "DELETE" else None
    assert store.sweep(-60) == 0


def test_long_listings_are_read_page_by_page(store: Storage, client: Any, bucket: str, proxy: Proxy) -> None:
    names = [f"n{number:02}" for number in range(25)]
    for name in [*names, "folder-of-another-program/"]:
        client.put_object(Bucket=bucket, Key=f"some/prefix/objects/{name}", Body=b"")

    def before(request: Request) -> None:
        request.path += "&max-keys=10"

    proxy.before = before
    assert [found.key for found in store.list()] == names
    assert len(proxy.requests) == 3


def test_the_prefix_counts_for_the_length_of_a_key(s3_url: str) -> None:
    storage = open_storage(s3_url)
    longest = "/".join(["k" * 250] * 4)
    storage.put(longest, TEXT)
    with pytest.raises(InvalidKey, match="prefix"):
        storage.put(longest + "/" + "k" * 20, TEXT)


@pytest.mark.req("R39")
def test_a_bucket_that_is_gone_or_not_ours_is_named(s3_url: str, client: Any, bucket: str) -> None:
    storage = open_storage(s3_url)
    storage.ensure_marker("hub")
    other = open_storage(s3_url.replace("some/prefix", "some"))
    with pytest.raises(Foreign):
        other.ensure_marker("other")
    client.delete_object(Bucket=bucket, Key="some/prefix/marker.json")
    with pytest.raises(Unavailable, match="no marker"):
        storage.check("hub")
    client.delete_bucket(Bucket=bucket)
    for call in (lambda: storage.check("hub"), lambda: storage.ensure_marker("hub"), lambda: list(storage.list())):
        with pytest.raises(Unavailable, match="NoSuchBucket"):
            call()


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
