"""Migrations: Alembic, run on start-up and by command, one process at a time."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, MetaData, text

from ugc_hub.models import Base
from ugc_hub.revisions import VERSIONS
from workers.queue.table import metadata as queue_metadata

from .engine import Database
from .revision import outdated

METADATA: tuple[MetaData, ...] = (Base.metadata, queue_metadata)
"""Everything that migrations keep in step with the code."""
LOCK = 7204198
"""Any number that only migrations use."""


def configuration(connection: Connection | None = None, audit_key: bytes = b"") -> Config:
    """Return Alembic's configuration for work inside the caller's transaction; the key seals the audit's head."""
    config = Config()
    config.set_main_option("script_location", str(VERSIONS.parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    config.attributes["metadata"] = METADATA
    config.attributes["audit_key"] = audit_key
    return config


def migrate(database: Database) -> bool:
    """Bring the database to the newest revision in one transaction; return whether anything changed.

    A crash in the middle leaves the old state: both databases roll back changes of the schema.

    Raises:
        BadSettings: the database is newer than the code.
    """
    with database.engine.begin() as connection:
        if not database.sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": LOCK})
        if not outdated(connection):
            return False
        command.upgrade(configuration(connection, database.audit_key), "head")
    return True
