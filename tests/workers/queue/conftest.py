"""Databases for the tests of the queue: each test runs on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine

from tests.workers.queue.hub import Hub, fresh_url
from tests.workers.queue.settings import engine_for


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Address of a database that holds an empty job table."""
    with fresh_url(request.param, tmp_path) as address:
        yield address


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    """An engine on that database."""
    engine = engine_for(url)
    yield engine
    engine.dispose()


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    """One open transaction on it."""
    with engine.begin() as connection:
        yield connection


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    """Workers on SQLite."""
    with fresh_url("sqlite", tmp_path) as address:
        hub = Hub(address, tmp_path)
        yield hub
        hub.close()
