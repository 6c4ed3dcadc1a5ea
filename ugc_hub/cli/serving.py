"""Running the hub: one command that sets up, then keeps the web server and the workers alive."""

from __future__ import annotations

import errno
import gc
import logging
import os
import socket
import sys
from contextlib import closing

import click

from ugc_hub.cli.glance import glance
from ugc_hub.cli.output import say
from ugc_hub.errors import BadSettings, Unavailable
from ugc_hub.settings import Settings, keep_address, leave_greeting, load_settings

HINT = "For a new sign-in link: ugc-hub user link {}"


@click.command()
@click.option("--host", help="Address to listen on; default: the setting.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on; default: the setting.")
def serve(host: str | None, port: int | None) -> None:
    """Set up, then run web server and workers until Ctrl-C.

    Brings the database to the newest revision, prints the address and, as long as nobody has signed in, a link for
    the first administrator. Exit status 1 when the port is in use.
    """
    for name, value in (("UGC_HUB_HOST", host), ("UGC_HUB_PORT", port)):
        if value is not None:
            os.environ[name] = str(value)
    settings = load_settings()
    _require_port(settings.host, settings.port)
    usual = glance(settings)
    if usual is None:
        gc.disable()  # what this loads goes with the process, and looking for garbage in it took a third of the time
        try:
            _set_up(settings)
        finally:
            gc.enable()
    else:
        _begin(settings)
        if usual.fresh:
            leave_greeting(settings)  # the server has loaded by then what making a link needs
        else:
            say(HINT.format(usual.administrator))
    say("Press Ctrl-C to stop.")
    sys.stdout.flush()
    # What stays needs neither the columns of each instruction nor memory set aside for each thread: 2 MB at rest.
    os.environ.setdefault("PYTHONNODEBUGRANGES", "1")
    os.environ.setdefault("MALLOC_ARENA_MAX", "2")
    # The process that stays is a fresh one, without the libraries that setting up needed.
    known = (settings.host, settings.port, settings.web_threads, settings.workers)
    words = [sys.executable, "-P", "-m", "ugc_hub.cli.supervise", *map(str, known)]
    os.execv(sys.executable, words)  # noqa: S606


def _require_port(host: str, port: int) -> None:
    """Refuse to start beside another server: ours shares its port, so the two would take turns in answering."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            # Passes over connections of a server that has just ended, not over one that listens.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            words = f"Port {port} of {host} is in use; choose another with --port or UGC_HUB_PORT."
            raise BadSettings(words, code="port_in_use") from error
        raise BadSettings(f"The hub cannot listen on port {port} of {host}: {error.strerror}.") from error


def _set_up(settings: Settings) -> None:
    from ugc_hub.accounts import first_administrator, invitation
    from ugc_hub.database import pending
    from ugc_hub.hub import open_hub, prepare

    with closing(open_hub(settings)) as hub:
        if pending(hub.database):
            # Alembic takes longer to load than the rest of the start; most starts have nothing to migrate.
            from ugc_hub.database.upgrade import migrate

            migrate(hub.database)
        prepare(hub)
        _begin(settings)
        say(invitation(hub) or HINT.format(first_administrator(hub)[0].email))


def _begin(settings: Settings) -> None:
    """Keep the address and tell it, once nothing stands in the way."""
    settings.runs.mkdir(parents=True, exist_ok=True)
    keep_address(settings)
    say(f"UGC Hub is starting at {settings.address}")


@click.command()
def worker() -> None:
    """Run one worker process until it is told to stop."""
    import signal

    from ugc_hub.database import pending
    from ugc_hub.hub import open_hub
    from ugc_hub.jobs.handlers import handlers, media_sandbox
    from ugc_hub.jobs.indexer import Indexer
    from ugc_hub.jobs.schedule import Ticker
    from workers.queue.runner import RunnerOptions, work
    from workers.queue.wake import Stop
    from workers.queue.watch import Limits

    settings = load_settings()
    logging.basicConfig(level=settings.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s %(message)s")
    _queue_upgrades(settings)
    with closing(open_hub(settings)) as hub:
        if pending(hub.database):
            raise BadSettings("The database is older than this release. Run: ugc-hub migrate.")
        hub.runs.mkdir(parents=True, exist_ok=True)
        options = RunnerOptions(folder=hub.runs, limits=Limits(lease_s=settings.lease_s))
        with media_sandbox(settings) as sandbox, Ticker(hub), Indexer(hub):
            stop = Stop.on_signals(signal.SIGTERM, signal.SIGINT)
            work(lambda: hub.database.engine, handlers(hub, sandbox), options, stop)


def _queue_upgrades(settings: Settings) -> None:
    """Ask for the jobs of an upgrade in a process that ends: what it loads would stay in memory for nothing.

    Runs before this process has a thread or a connection, which a fork must not share.
    """
    child = os.fork()
    if child:
        _, status = os.waitpid(child, 0)
        if status:
            raise Unavailable("A worker could not begin; the lines before this one say why.")
        return
    try:
        from ugc_hub.database import pending
        from ugc_hub.hub import open_hub
        from ugc_hub.jobs.starting import queue_upgrades

        with closing(open_hub(settings)) as hub:
            if not pending(hub.database):  # else the worker itself says so and ends
                queue_upgrades(hub)
    except BadSettings:
        os._exit(0)  # the worker itself opens the same hub, and says what is wrong with it in one line
    except BaseException:
        logging.exception("what an upgrade needs could not be asked for")
        os._exit(1)
    os._exit(0)
