"""What only a bucket can do, and what its servers do wrong."""

from __future__ import annotations

import io
import re
import urllib.request
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from storage import (
    Foreign,
    InvalidKey,
    Misconfigured,
    Storage,
    Unavailable,
    open_storage,
)
from storage.conformance import content
from storage.location import Location, parse
from tests.storage.proxy import Proxy, Reply, Request, failure

TEXT = b"one, two, three"


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
        assert reply.headers["Cache-Control"] is None


def test_a_signed_url_tells_caches_how_long_they_may_keep_it(s3_url: str) -> None:
    storage = open_storage(s3_url)
    storage.put("pic", TEXT)
    url = storage.signed_url("pic", expires_s=60, cache_s=30)
    assert url is not None
    with urllib.request.urlopen(url, timeout=10) as reply:
        assert reply.headers["Cache-Control"] == "public, max-age=30, s-maxage=30, must-revalidate"


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
