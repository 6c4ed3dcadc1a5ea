"""A hub for each test, on both databases."""

from __future__ import annotations

import contextlib
import io
import shutil
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
from ugc_hub.database import open_database
from ugc_hub.database.upgrade import migrate
from ugc_hub.hub import Hub, open_hub, prepare
from ugc_hub.jobs.local import finish
from ugc_hub.models import Meta
from ugc_hub.settings import OFF, Settings


def make_hub(folder: Path, database_url: str = "", **values: Any) -> Hub:
    """Return an empty hub whose data lie in the folder; it reads no pictures, whatever is installed."""
    known: dict[str, Any] = {"min_free_bytes": 0, "text_reader": OFF} | values
    made = open_hub(Settings(data_dir=folder, database_url=database_url, **known))
    migrate(made.database)
    prepare(made)
    return made


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database file with all tables and no rows: copying it takes a tenth of the time of the migrations."""
    path = tmp_path_factory.mktemp("template") / "hub.sqlite"
    made = open_database(f"sqlite:///{path}")
    migrate(made)
    made.engine.dispose()
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def hub(request: pytest.FixtureRequest, migrated_file: Path, tmp_path: Path) -> Iterator[Hub]:
    """An empty hub; every test that takes it runs on SQLite and on PostgreSQL."""
    folder = tmp_path / "var"
    with migrated_database() if request.param == "postgresql" else contextlib.nullcontext("") as url:
        if not url:
            folder.mkdir()
            shutil.copyfile(migrated_file, folder / migrated_file.name)
        made = open_hub(Settings(data_dir=folder, database_url=url, min_free_bytes=0, text_reader=OFF))
        _seal(made)
        prepare(made)
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
