"""The commands. Each is imported only when it is called, so that every one starts fast."""

from __future__ import annotations

import importlib
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import click

from storage.errors import StorageError
from ugc_hub.cli.output import say
from ugc_hub.errors import HubError, Unavailable, from_engine
from workers.media.errors import MediaError

COMMANDS = {
    "assets": "ugc_hub.cli.assets:assets",
    "doctor": "ugc_hub.cli.upkeep:doctor",
    "gc": "ugc_hub.cli.upkeep:gc",
    "ingest": "ugc_hub.cli.assets:ingest",
    "jobs": "ugc_hub.cli.jobs:jobs",
    "migrate": "ugc_hub.cli.upkeep:migrate",
    "pack": "ugc_hub.cli.rendering:pack",
    "presets": "ugc_hub.cli.presets:presets",
    "render": "ugc_hub.cli.rendering:render",
    "rights": "ugc_hub.cli.rights:rights",
    "serve": "ugc_hub.cli.serving:serve",
    "token": "ugc_hub.cli.people:token",
    "user": "ugc_hub.cli.people:user",
    "worker": "ugc_hub.cli.serving:worker",
}


class Commands(click.Group):
    """A group whose commands are imported on demand, and whose errors are sentences."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in order."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one command."""
        place = COMMANDS.get(cmd_name)
        if place is None:
            return None
        module, name = place.split(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; an error of the hub, its engines or the machine becomes one line and exit status 1."""
        try:
            with _ended_by_sigterm():
                return super().invoke(ctx)
        except KeyboardInterrupt:
            say("Interrupted.", err=True)
            sys.exit(128 + signal.SIGINT)
        except BrokenPipeError:
            raise  # click ends quietly where nobody reads on
        except Exception as error:
            known = error if isinstance(error, HubError) else from_engine(error) or _from_machine(error)
            if known is None:
                raise
            # At the command line sits the operator: the engine's own words, which may name folders, help there.
            engine = isinstance(error, StorageError | MediaError)
            cause = f" ({error})" if engine and str(error) != known.message else ""
            say(f"Error: {known.message}{cause} [{known.code}]".replace("\n", " "), err=True)
            sys.exit(1)


@contextmanager
def _ended_by_sigterm() -> Iterator[None]:
    """Let SIGTERM end a command like Ctrl-C does, by an exception: what it holds is given back on the way out."""

    def end(number: int, _frame: FrameType | None) -> None:
        sys.exit(128 + number)

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _from_machine(error: Exception) -> HubError | None:
    from sqlalchemy.exc import DatabaseError, OperationalError

    # The plain class is what SQLite says of a damaged file; its other subclasses would be mistakes of ours.
    if isinstance(error, OperationalError) or type(error) is DatabaseError:
        return Unavailable(f"The database does not answer: {error.orig}")
    if isinstance(error, OSError):
        place = f": {error.filename}" if error.filename else ""
        return HubError(f"{error.strerror or error}{place}", code="os_error")
    return None


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="ugc-hub")
def main() -> None:
    """Keep, find and reuse what creators make for a brand."""
