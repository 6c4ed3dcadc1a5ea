"""Migrations: Alembic, run on start-up and by command, one process at a time."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, text
from workers.queue.table import metadata as queue_metadata

from ugc_hub.errors import BadSettings
from ugc_hub.models import Base

from .engine import Database

SCRIPTS = Path(__file__).resolve().parent.parent / "migrations"
METADATA: tuple[MetaData, ...] = (Base.metadata, queue_metadata)
"""Everything that migrations keep in step with the code."""


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    config.attributes["metadata"] = METADATA
    return config


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def pending(database: Database) -> bool:
    """Tell whether the database is older than the code.

    Raises:
        BadSettings: the database is newer than the code, so that this release must not touch it.
    """
    scripts = ScriptDirectory.from_config(_config())
    with database.engine.connect() as connection:
        current = _revision(connection)
    known = {script.revision for script in scripts.walk_revisions()}
    if current is not None and current not in known:
        raise BadSettings(f"The database is at revision {current}, which this release does not know: use a newer one.")
    return current != scripts.get_current_head()


def migrate(database: Database) -> bool:
    """Bring the database to the newest revision in one transaction; return whether anything changed.

    A crash in the middle leaves the old state: both databases roll back changes of the schema.
    """
    if not pending(database):
        return False
    with database.engine.begin() as connection:
        if not database.sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(7204198)"))
        command.upgrade(_config(connection), "head")
    return True
