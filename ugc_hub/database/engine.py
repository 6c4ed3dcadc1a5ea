"""Engines and sessions for SQLite and PostgreSQL.

SQLite is opened through `pysqlite3`, whose wheel carries a release without the WAL-reset bug; each connection gets
the pragmas below and each writing transaction starts with BEGIN IMMEDIATE, so that no transaction fails half-way
because it could not upgrade its lock.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pysqlite3.dbapi2 as sqlite
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DataError, StatementError
from sqlalchemy.orm import Session, sessionmaker

from ugc_hub.errors import BadSettings, Invalid, Unavailable

Loads = Callable[[str | bytes], Any]
"""Reads a JSON text; raises ValueError where it is none."""
PATIENCE_MS = 30_000
"""How long a connection of SQLite waits for what others hold."""

PRAGMAS = {
    "busy_timeout": PATIENCE_MS,
    "journal_mode": "wal",
    "synchronous": 2,
    "foreign_keys": 1,
    "trusted_schema": 0,
    "journal_size_limit": 67108864,
    "temp_store": 2,
    "cache_size": -20000,
    "secure_delete": 1,
}
"""Settings of each SQLite connection; `synchronous` 2 is FULL: an acknowledged commit survives a power cut.

`secure_delete` writes zeros over what is removed or replaced, so that nothing erased can be read in free pages.
"""

SCOUR_MS = 1000
"""How long emptying the log waits for those who read: it keeps writers waiting meanwhile."""

FIXED = ((3, 51, 3), (3, 50, 7), (3, 44, 6))
"""SQLite releases that carry the fix of the WAL-reset bug, newest line first."""


def sqlite_is_safe(version: tuple[int, int, int]) -> bool:
    """Tell whether a SQLite release has the fix of the WAL-reset bug (3.51.3, or back-ported to 3.50.7 and 3.44.6)."""
    if version >= FIXED[0]:
        return True
    return any(version[:2] == fixed[:2] and version >= fixed for fixed in FIXED[1:])


@contextmanager
def _storable() -> Iterator[None]:
    """Say in words what a database says of NUL characters, halves of characters and numbers beyond 64 bits."""
    try:
        yield
    except (DataError, UnicodeEncodeError, OverflowError) as error:
        raise Invalid(_NOT_STORABLE) from error
    except StatementError as error:
        if isinstance(error.orig, OverflowError):  # an instant at the end of the calendar has none in UTC
            raise Invalid(_NOT_STORABLE) from error
        raise


_NOT_STORABLE = "A value is too long or too large, or holds characters that cannot be stored."


READS = "reads"
"""In what is known of a session: it only reads, and all of it from one state."""


class Database:
    """One engine with its ways in: `read` for looking, `write` for changing."""

    def __init__(self, engine: Engine, audit_key: bytes = b"") -> None:
        self.engine = engine
        self.audit_key = audit_key
        """Seals the newest entry of the audit; sessions carry it."""
        self.sqlite = engine.dialect.name == "sqlite"
        options = {} if self.sqlite else {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        reader = engine.execution_options(read_only=True, **options)
        self._reading = sessionmaker(reader, expire_on_commit=False, info={READS: True})
        self._writing = sessionmaker(engine, expire_on_commit=False, info={"audit_key": audit_key})

    @contextmanager
    def read(self) -> Iterator[Session]:
        """Open a session for reading one consistent state; closing it rolls changes back.

        Raises:
            Invalid: a value was asked for that no database can hold, so that nothing can be found by it.
        """
        with _storable(), self._reading() as session:
            yield session

    @contextmanager
    def write(self, *, wait_s: float | None = None) -> Iterator[Session]:
        """Open a session in one writing transaction: committed at the end, rolled back on an error.

        With `wait_s` it waits so long for what others hold, and no longer: SQLite for its turn to write, PostgreSQL for
        each lock.

        Raises:
            Invalid: a value does not fit into its column, or holds characters that cannot be stored.
            sqlalchemy.exc.OperationalError: others held something for longer than `wait_s`.
        """
        engine = self.engine if wait_s is None else self.engine.execution_options(wait_ms=round(wait_s * 1000))
        with _storable(), self._writing(bind=engine) as session, session.begin():
            if wait_s is not None and not self.sqlite:
                _patience(session, wait_s)
            yield session

    def serialise(self, session: Session, name: str, *, wait_s: float = 0) -> None:
        """Let writing transactions that name the same thing follow one another.

        SQLite has one writer at a time, from here on at the latest, and waits for it as long as for anybody;
        PostgreSQL takes an advisory lock until the transaction ends, and waits so many seconds for it, 0 without end.

        Raises:
            sqlalchemy.exc.OperationalError: the turn of this transaction did not come in time.
        """
        if self.sqlite:
            session.connection()  # sends BEGIN IMMEDIATE, which otherwise waits for the first statement
            return
        if wait_s:
            _patience(session, wait_s)
        session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": name})
        if wait_s:
            session.execute(text("SET LOCAL lock_timeout TO DEFAULT"))

    def scour(self) -> None:
        """Empty SQLite's log of writes, which goes on holding what was removed; PostgreSQL clears up by itself.

        Raises:
            Unavailable: somebody reads an earlier state for so long that it cannot be emptied now.
        """
        if not self.sqlite:
            return
        connection = self.engine.raw_connection()
        try:
            cursor = connection.cursor()
            cursor.execute(f"PRAGMA busy_timeout={SCOUR_MS}")
            busy = _emptied(cursor)
            cursor.execute(f"PRAGMA busy_timeout={PATIENCE_MS}")
            cursor.close()
        finally:
            connection.close()
        if busy:
            raise Unavailable("The log of the database is being read, so that it cannot be emptied. Try again later.")

    def dispose(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def _patience(session: Session, wait_s: float) -> None:
    """Let a transaction of PostgreSQL wait so long for each lock."""
    bound = text("SELECT set_config('lock_timeout', :span, true)")
    session.execute(bound, {"span": f"{wait_s * 1000:.0f}ms"})


def open_database(url: str, audit_key: bytes = b"", loads: Loads = json.loads) -> Database:
    """Open the database at a SQLAlchemy URL; its folder is made where it is a file.

    `audit_key` is the secret that seals the newest entry of the audit; `loads` reads the JSON in columns.

    Raises:
        BadSettings: the kind of database is not supported, or this SQLite release loses data.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise BadSettings("database_url is not a SQLAlchemy URL such as postgresql+psycopg://host/name.") from error
    backend = parsed.get_backend_name()
    if backend == "sqlite":
        return Database(_sqlite(url, parsed.database, loads), audit_key)
    if backend == "postgresql":
        address = parsed.set(drivername="postgresql+psycopg")
        engine = create_engine(address, pool_pre_ping=True, pool_size=10, json_deserializer=loads)
        return Database(engine, audit_key)
    raise BadSettings(f"database_url starts with {backend!r}; the hub works with sqlite and postgresql.")


def _sqlite(url: str, path: str | None, loads: Loads) -> Engine:
    if not path or path == ":memory:":
        raise BadSettings("database_url must name a file: several processes share the database.")
    release = sqlite.sqlite_version_info
    if not sqlite_is_safe(release):
        raise BadSettings(
            f"SQLite {sqlite.sqlite_version} can lose committed data (WAL-reset bug); install pysqlite3 0.6.1 or newer."
        )
    try:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadSettings(f"The folder of the database cannot be made: {error.strerror}.") from error
    known: dict[str, Any] = {"module": sqlite, "connect_args": {"timeout": 30}, "json_deserializer": loads}
    engine = create_engine(url, pool_size=16, max_overflow=64, **known)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: Any, record: object) -> None:
    # The driver must not open transactions on its own: `begin` below does, with the right kind.
    connection.isolation_level = None
    cursor = connection.cursor()
    for name, value in PRAGMAS.items():
        _patiently(cursor, f"PRAGMA {name}={value}")
    cursor.close()


def _patiently(cursor: Any, statement: str) -> None:
    """Try again what SQLite refuses at once while others open the same new file: it turns to a log without waiting."""
    end = time.monotonic() + PATIENCE_MS / 1000
    while True:
        try:
            cursor.execute(statement)
        except sqlite.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > end:
                raise
            time.sleep(0.02)
        else:
            return


def _emptied(cursor: Any) -> bool:
    """Empty the log and tell whether something stood in the way: it waits for readers, but not for others at it."""
    end = time.monotonic() + SCOUR_MS / 1000
    while busy := bool(cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]):
        if time.monotonic() > end:
            break
        time.sleep(0.02)
    return busy


def _begin(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get("read_only"):
        connection.exec_driver_sql("BEGIN")
        return
    wait_ms = options.get("wait_ms")
    if wait_ms is None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        return
    connection.exec_driver_sql(f"PRAGMA busy_timeout={wait_ms:d}")
    try:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    finally:
        connection.exec_driver_sql(f"PRAGMA busy_timeout={PATIENCE_MS}")
