"""A private PostgreSQL server for the tests: started once, fresh and empty for each test that asks."""

from __future__ import annotations

import atexit
import contextlib
import functools
import itertools
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from tests.support import ROOT, quick_folder
from tests.tools import unavailable
from ugc_hub.database import open_database
from ugc_hub.database.upgrade import migrate

START_S = 60.0
_NUMBERS = itertools.count(1)


def _programs() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return found[-1].parent if found else None


@functools.cache
def _server() -> str | None:
    """Folder of the socket of a running server, or None where PostgreSQL is not installed."""
    programs = _programs()
    if programs is None:
        return None
    folder = Path(tempfile.mkdtemp(prefix="hubpg", dir=quick_folder()))
    user = "postgres" if os.geteuid() == 0 else None  # the server refuses to run as root
    if user is not None:
        shutil.chown(folder, user, user)
    folder.chmod(0o711)  # for programs that run without root's right to pass over permissions
    subprocess.run(
        [programs / "initdb", "-D", folder / "data", "-U", "hub", "-A", "trust", "-E", "UTF8", "-N", "--locale=C"],
        check=True,
        user=user,
        stdout=subprocess.DEVNULL,
        cwd="/",
    )
    settings = {
        "listen_addresses": "",
        "unix_socket_directories": str(folder),
        "fsync": "off",  # durability is PostgreSQL's own; here it would only cost time
        "max_connections": "100",
        "shared_buffers": "32MB",
    }
    options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    command = [sys.executable, "-m", "tests.keeper", str(programs / "postgres"), str(folder), *options]
    keeper = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE)
    atexit.register(_end, keeper, folder, os.getpid())
    assert keeper.wait() == 0  # it has left; the server is below what it left behind
    deadline = time.monotonic() + START_S
    while True:
        try:
            _connect(folder).close()
            return str(folder)
        except psycopg.OperationalError as error:
            if time.monotonic() > deadline:
                log = folder / "log"
                error.add_note(log.read_text() if log.exists() else "it was not even started")
                raise
            time.sleep(0.05)


def _end(keeper: subprocess.Popen[bytes], folder: Path, parent: int) -> None:
    """Let the server end and wait until it has, so that nothing of the tests outlives them."""
    if os.getpid() == parent:  # not in a child that a test has forked
        assert keeper.stdin is not None
        keeper.stdin.close()
        deadline = time.monotonic() + START_S
        while folder.exists() and time.monotonic() < deadline:
            time.sleep(0.02)


def _connect(folder: str | Path) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(host=str(folder), user="hub", dbname="postgres", autocommit=True)


@contextlib.contextmanager
def fresh_database() -> Iterator[str]:
    """SQLAlchemy address of an empty database; where PostgreSQL is missing: skipped at home, a failure in CI."""
    folder = _server()
    if folder is None:
        unavailable("PostgreSQL")
    assert folder is not None
    # A schema of one's own looks like a database to whoever connects, and costs a tenth of one.
    name = f"test_{os.getpid()}_{next(_NUMBERS)}"
    schema = sql.Identifier(name)
    with _connect(folder) as connection:
        connection.execute(sql.SQL("CREATE SCHEMA {}").format(schema))
    try:
        yield f"postgresql+psycopg://hub@/postgres?host={folder}&application_name={name}&options=-csearch_path%3D{name}"
    finally:
        with _connect(folder) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %s", [name]
            )
            connection.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(schema))


@functools.cache
def _template(folder: str) -> str:
    """Name of a database with all tables and no rows, made once for all copies."""
    name = f"template_{os.getpid()}"
    with _connect(folder) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    made = open_database(f"postgresql+psycopg://hub@/{name}?host={folder}")
    migrate(made)
    made.engine.dispose()
    return name


@contextlib.contextmanager
def migrated_database() -> Iterator[str]:
    """SQLAlchemy address of a database with all tables: a copy takes a fifth of the time of the migrations."""
    folder = _server()
    if folder is None:
        unavailable("PostgreSQL")
    assert folder is not None
    name = f"test_{os.getpid()}_{next(_NUMBERS)}"
    words = {"name": sql.Identifier(name), "template": sql.Identifier(_template(folder))}
    with _connect(folder) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy").format(**words))
    try:
        yield f"postgresql+psycopg://hub@/{name}?host={folder}&application_name={name}"
    finally:
        with _connect(folder) as connection:
            connection.execute(sql.SQL("DROP DATABASE {name} WITH (FORCE)").format(**words))


@contextlib.contextmanager
def database_of(kind: str) -> Iterator[str]:
    """What `database_url` has to be for an empty database; `kind` is sqlite (a file in the data folder) or postgresql.

    `kind` is the parameter of the fixtures that give a hub on either.
    """
    if kind == "sqlite":
        yield ""
        return
    with fresh_database() as url:
        yield url


@pytest.fixture
def postgres_url() -> Iterator[str]:
    """Address of a database (in fact a schema) of one's own on the session's server."""
    with fresh_database() as url:
        yield url
