"""Which revision a database is at, told without Alembic: loading that takes longer than most commands."""

from __future__ import annotations

from sqlalchemy import Connection, inspect, text

from ugc_hub.errors import BadSettings
from ugc_hub.revisions import known

from .engine import Database


def outdated(connection: Connection) -> bool:
    """Tell whether the database is older than the code; an empty one is.

    Raises:
        BadSettings: the database is newer than the code, so that this release must not touch it.
    """
    if not inspect(connection).has_table("alembic_version"):
        return True
    revision = connection.scalar(text("SELECT version_num FROM alembic_version"))
    if revision is not None and revision not in known():
        raise BadSettings(
            f"The database is at revision {revision}, which this release does not know: use a newer release."
        )
    return bool(revision != known()[-1])


def pending(database: Database) -> bool:
    """Tell whether migrations are waiting; see `outdated`."""
    with database.engine.connect().execution_options(read_only=True) as connection:
        return outdated(connection)
