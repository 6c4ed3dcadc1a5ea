"""The commands. Each is imported only when it is called, so that every one starts fast."""

from __future__ import annotations

import gc
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
    "assets": ("ugc_hub.cli.assets:assets", "List assets, look at one, describe one."),
    "audit": ("ugc_hub.cli.audit:audit", "Look at what happened, and check that nobody changed the record."),
    "brand": ("ugc_hub.cli.brands:brand", "List brand kits, look at one, keep one."),
    "captions": ("ugc_hub.cli.captions:captions", "Keep captions of videos, check them, write them as files."),
    "claims": ("ugc_hub.cli.claims:claims", "List what strangers want taken down, decide it, answer them."),
    "collection": (
        "ugc_hub.cli.collections:collection",
        "List collections, look into one, put assets into one.",
    ),
    "compose": (
        "ugc_hub.cli.composing:compose",
        "Make a clip of videos and photos by a composition; it becomes an asset of its own.",
    ),
    "compositions": (
        "ugc_hub.cli.composing:list_compositions",
        "List the compositions: what each makes, how many videos or photos it takes, and its parameters.",
    ),
    "creators": ("ugc_hub.cli.creators:creators", "List creators, hand out what is held about one, erase one."),
    "doctor": ("ugc_hub.cli.upkeep:doctor", "Look for what is wrong."),
    "edits": ("ugc_hub.cli.edits:edits", "Change many assets in one step, and undo that."),
    "embed": ("ugc_hub.cli.embedding:embed", "Make the HTML of a video for a page, for one use."),
    "fields": ("ugc_hub.cli.fields:fields", "Say what each asset of a campaign has to tell."),
    "gc": ("ugc_hub.cli.upkeep:gc", "Remove bytes that no record names, older than the grace time."),
    "ingest": ("ugc_hub.cli.assets:ingest", "Take in files and folders."),
    "jobs": ("ugc_hub.cli.jobs:jobs", "List jobs, cancel one, try one again."),
    "link": ("ugc_hub.cli.rendering:link", "Make a public link to a rendition for one use."),
    "migrate": ("ugc_hub.cli.upkeep:migrate", "Bring the database to the newest revision."),
    "music": ("ugc_hub.cli.music:music", "List music, keep a track, send or take away its file."),
    "pack": ("ugc_hub.cli.rendering:pack", "Export many assets in many presets as one zip with a manifest."),
    "presets": ("ugc_hub.cli.presets:presets", "List presets, look at one, keep custom ones."),
    "reindex": (
        "ugc_hub.cli.searching:reindex",
        "Build the index of the search anew, beside the one in use; searches go on meanwhile.",
    ),
    "render": (
        "ugc_hub.cli.rendering:render",
        "Make renditions of one photo or video for a use and write them to a folder.",
    ),
    "requests": (
        "ugc_hub.cli.requests:requests",
        "Ask creators and persons for permission, and follow what they answer.",
    ),
    "rights": ("ugc_hub.cli.rights:rights", "Ask what is allowed, give and end grants, and try how uses are decided."),
    "search": ("ugc_hub.cli.searching:search", "Find assets by words, fields and rights."),
    "serve": ("ugc_hub.cli.serving:serve", "Set up, then run web server and workers until Ctrl-C."),
    "similar": ("ugc_hub.cli.alike:similar", "List the assets most like one."),
    "submissions": (
        "ugc_hub.cli.handing:submissions",
        "Let creators hand in by a link, and say what is asked for.",
    ),
    "tags": ("ugc_hub.cli.tags:tags", "List tags, rename and merge them, say their synonyms."),
    "terms": (
        "ugc_hub.cli.terms:terms",
        "List terms that creators agree to, look at some, write a version or others.",
    ),
    "token": ("ugc_hub.cli.people:token", "Make and revoke API tokens."),
    "user": ("ugc_hub.cli.people:user", "Make users and sign-in links."),
    "webhook": (
        "ugc_hub.cli.hooks:webhook",
        "Tell other programs by signed messages what ends or has to be taken down.",
    ),
    "worker": ("ugc_hub.cli.serving:worker", "Run one worker process until it is told to stop."),
}
"""Where each command lies, and the first sentence of its help: the list of commands must not import them all."""

NEW_OBJECTS = 20_000
"""How many come until Python looks for garbage again: at every 700 that takes a sixth of the start of a command."""


class Commands(click.Group):
    """A group whose commands are imported on demand, and whose errors are sentences."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in order."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one command."""
        if cmd_name not in COMMANDS:
            return None
        gc.set_threshold(NEW_OBJECTS, *gc.get_threshold()[1:])
        module, name = COMMANDS[cmd_name][0].split(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing one."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][1]) for name in self.list_commands(ctx)])

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
            hint = " Say it with --channel." if known.code == "use_unstated" else ""
            say(f"Error: {known.message}{cause}{hint} [{known.code}]".replace("\n", " "), err=True)
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
