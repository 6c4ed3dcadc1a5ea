"""The engine that the hub would give to the queue; imports little, so that workers of tests start fast."""

from __future__ import annotations

from typing import Any

import pysqlite3
from sqlalchemy import Engine, create_engine, event

PRAGMAS = ("journal_mode=WAL", "synchronous=FULL", "busy_timeout=30000", "foreign_keys=ON", "trusted_schema=OFF")


def engine_for(url: str) -> Engine:
    """An engine with the settings that the hub uses."""
    if not url.startswith("sqlite"):
        return create_engine(url)
    engine = create_engine(url, module=pysqlite3, connect_args={"timeout": 30})

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: object) -> None:
        connection.isolation_level = None
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    return engine
