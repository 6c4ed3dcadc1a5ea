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


class Choice(Pair):
    """A facet and one of its values: `kind=image`, `custom:colour=red` or, as the API takes it, `custom=colour=red`.

    A choice without a value would mean any value, or none: whoever leaves it empty is told.
    """

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, str]:
        """Return both; of a field of campaigns the name with `custom:`."""
        given = str(value)
        given = given.replace("=", ":", 1) if given.startswith("custom=") and given.count("=") > 1 else given
        custom = given.startswith("custom:")
        name, text = Pair(() if custom else self.names).convert(given, param, ctx)
        if not text.strip() or name == "custom:":
            self.fail(f"“{value}” names no value; leave it out to mean assets with any", param, ctx)
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
