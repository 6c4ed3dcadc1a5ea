"""A hub for each test, on both databases."""

from __future__ import annotations

import contextlib
import functools
import io
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.pool import QueuePool

from tests.postgres import migrated_database
from tests.waiting import wait_until
from ugc_hub import catalog, ingest
from ugc_hub.accounts import SYSTEM, Actor
from ugc_hub.audit.chain import HEAD, Head
from ugc_hub.database import open_database, pending
from ugc_hub.database.upgrade import migrate
from ugc_hub.hub import Hub, open_hub, prepare
from ugc_hub.jobs.local import finish
from ugc_hub.models import Meta
from ugc_hub.settings import OFF, Settings


@functools.cache
def _empty() -> bytes:
    """A database file with all tables and no rows: writing it takes a tenth of the time of the migrations."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "hub.sqlite"
        made = open_database(f"sqlite:///{path}")
        migrate(made)
        made.engine.dispose()
        return path.read_bytes()


def make_hub(folder: Path, database_url: str = "", **values: Any) -> Hub:
    """Return an empty hub whose data lie in the folder; it reads no pictures, whatever is installed."""
    known: dict[str, Any] = {"min_free_bytes": 0, "text_reader": OFF} | values
    if not database_url:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "hub.sqlite").write_bytes(_empty())
    made = open_hub(Settings(data_dir=folder, database_url=database_url, **known))
    if pending(made.database):
        migrate(made.database)
    else:
        _seal(made)
    prepare(made)
    return made


@pytest.fixture(params=["sqlite", "postgresql"])
def hub(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Hub]:
    """An empty hub; every test that takes it runs on SQLite and on PostgreSQL."""
    with migrated_database() if request.param == "postgresql" else contextlib.nullcontext("") as url:
        made = make_hub(tmp_path / "var", url)
        yield made
        # A thread that has just ended its work may still give its connection back; after that none is out.
        wait_until(lambda: taken(made) == 0, 10)
        made.close()


def taken(hub: Hub) -> int:
    """How many connections are in use; closing the hub would not close them."""
    pool = hub.database.engine.pool
    return pool.checkedout() if isinstance(pool, QueuePool) else 0


def _seal(hub: Hub) -> None:
    """Give the copy's empty audit the seal of this hub, as a migration in its place would have done."""
    with hub.database.write() as session:
        row = session.get_one(Meta, HEAD)
        row.value = Head.read(row.value).sealed(hub.database.audit_key).write()


Send = Callable[..., str]


@pytest.fixture
def send(hub: Hub) -> Send:
    """A function that takes a file in, has it measured, and returns the asset's id."""

    def take(data: bytes, name: str = "photo.jpg", actor: Actor = SYSTEM, **known: Any) -> str:
        upload = ingest.Upload(file_name=name, door="api", size_bytes=len(data), **known)
        accepted = ingest.accept(hub, actor, io.BytesIO(data), upload)
        if accepted.job_id is not None:
            finish(hub, [accepted.job_id])
        return accepted.asset_id

    return take


@pytest.fixture
def ready(hub: Hub, send: Send) -> Callable[..., catalog.AssetView]:
    """A function that takes a file in and returns the measured asset."""

    def take(data: bytes, name: str = "photo.jpg", **known: str | None) -> catalog.AssetView:
        return catalog.get(hub, SYSTEM, send(data, name, **known))

    return take
