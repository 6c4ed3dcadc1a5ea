"""An S3 server inside the test process, and one fresh storage of each kind."""

from __future__ import annotations

import itertools
import os
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto.server import ThreadedMotoServer

from storage import Signer, Storage, open_storage
from storage.location import parse
from tests.storage.proxy import Proxy, running

SECRET = "a secret of the tests, long enough"
_buckets = itertools.count()


@pytest.fixture(scope="session")
def s3_endpoint() -> Iterator[str]:
    """Address of moto's server on a free port."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Credentials that open nothing, and no configuration of the person who runs the tests."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "testing")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "none"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    monkeypatch.delenv("AWS_PROFILE", raising=False)


@pytest.fixture
def s3_url(s3_endpoint: str, credentials: None, tmp_path: Path) -> str:
    """URL of a new bucket, with a prefix and a spool folder of its own."""
    bucket = f"bucket-{next(_buckets)}"
    boto3.client("s3", endpoint_url=s3_endpoint, region_name="us-east-1").create_bucket(Bucket=bucket)
    spool = tmp_path / "spool"
    spool.mkdir()
    return f"s3://{bucket}/some/prefix?endpoint={s3_endpoint}&region=us-east-1&spool={spool}"


BACKENDS = ["local", "memory", "s3", *(["external"] if "UGC_HUB_S3_URL" in os.environ else [])]


@pytest.fixture(params=BACKENDS)
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    """A fresh storage; `external` is the one that UGC_HUB_S3_URL names, with the credentials of the environment."""
    signer = Signer(SECRET)
    if request.param == "local":
        return open_storage(f"file://{tmp_path / 'store'}", signer=signer)
    if request.param == "memory":
        return open_storage("memory:", signer=signer)
    if request.param == "s3":
        return open_storage(request.getfixturevalue("s3_url"))
    path, _, query = os.environ["UGC_HUB_S3_URL"].partition("?")
    (tmp_path / "spool").mkdir()
    return open_storage(f"{path.rstrip('/')}/{uuid.uuid4()}?{query}&spool={tmp_path / 'spool'}")


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
