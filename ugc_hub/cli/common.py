"""What commands share: the opened hub, and values with names."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager

import click

from ugc_hub.database import pending
from ugc_hub.errors import BadSettings
from ugc_hub.hub import Hub, open_hub, prepare
from ugc_hub.settings import at_kept_address, load_settings


class Pair(click.ParamType[tuple[str, str]]):
    """A name and a value such as `colour=red`; a value may hold more of these signs, and may be empty."""

    name = "pair"

    def __init__(self, names: Collection[str] = ()) -> None:
        self.names = names

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        """Return both."""
        name, sign, text = str(value).partition("=")
        if not sign or not name:
            self.fail(f"“{value}” is not of the form NAME=VALUE", param, ctx)
        if self.names and name not in self.names:
            self.fail(f"“{name}” is none of {', '.join(self.names)}", param, ctx)
        return name, text


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
