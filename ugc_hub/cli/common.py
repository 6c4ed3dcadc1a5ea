"""What commands share: the opened hub."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ugc_hub.database import pending
from ugc_hub.errors import BadSettings
from ugc_hub.hub import Hub, open_hub, prepare
from ugc_hub.settings import at_kept_address, load_settings


@contextmanager
def opened(*, migrated: bool = True) -> Iterator[Hub]:
    """Open the hub of the settings; where nothing is there yet, make it.

    Raises:
        BadSettings: the database is older than the code and `migrated` is wanted.
    """
    hub = open_hub(at_kept_address(load_settings()))
    try:
        if migrated:
            if pending(hub.database):
                _first_time_or_refuse(hub)
            prepare(hub)
        yield hub
    finally:
        hub.close()


def _first_time_or_refuse(hub: Hub) -> None:
    """Set up an empty database; one with tables is migrated only when somebody says so or the server starts."""
    from sqlalchemy import inspect

    from ugc_hub.database.upgrade import migrate

    # Asked again: another process may have set the database up since.
    if inspect(hub.database.engine).get_table_names() and pending(hub.database):
        raise BadSettings("The database is older than this release. Run: ugc-hub migrate (after a backup).")
    migrate(hub.database)
