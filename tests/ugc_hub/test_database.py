"""The database: settings in force on every connection, transactions that keep their promise, migrations."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import InternalError, OperationalError

from tests.postgres import fresh_database
from ugc_hub.cli.common import opened
from ugc_hub.database import Database, open_database, pending
from ugc_hub.database.engine import PRAGMAS, sqlite_is_safe
from ugc_hub.database.upgrade import METADATA, migrate
from ugc_hub.errors import BadSettings, Invalid
from ugc_hub.hub import Hub
from ugc_hub.jobs.handlers import handlers, media_limits
from ugc_hub.models import Campaign, Meta
from ugc_hub.revisions import known
from ugc_hub.web.app import create_app
from ugc_hub.web.context import EXTENSION
from workers.media.sandbox import Sandbox
from workers.queue.runner import RunnerOptions, Worker
from workers.queue.wake import Stop


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'hub.sqlite'}"
        return
    with fresh_database() as address:
        yield address


@pytest.fixture
def empty(url: str) -> Iterator[Database]:
    """A database without tables."""
    database = open_database(url)
    yield database
    database.dispose()


# The settings of SQLite


@pytest.mark.req("R41")
@pytest.mark.parametrize(
    ("release", "safe"),
    [
        ((3, 40, 1), False),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 45, 0), False),
        ((3, 50, 6), False),
        ((3, 50, 7), True),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 52, 0), True),
        ((4, 0, 0), True),
    ],
)
def test_a_release_of_sqlite_that_loses_data_is_told_apart(release: tuple[int, int, int], safe: bool) -> None:
    assert sqlite_is_safe(release) is safe


@pytest.mark.req("R41")
def test_a_release_of_sqlite_that_loses_data_is_refused_at_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ugc_hub.database.engine.sqlite.sqlite_version_info", (3, 51, 2))
    with pytest.raises(BadSettings, match="WAL-reset"):
        open_database(f"sqlite:///{tmp_path / 'hub.sqlite'}")


@pytest.mark.req("R41")
@pytest.mark.parametrize("reading", [True, False])
def test_the_pragmas_are_in_force_on_every_connection(tmp_path: Path, reading: bool) -> None:
    database = open_database(f"sqlite:///{tmp_path / 'hub.sqlite'}")
    gate = threading.Barrier(20)  # more than the pool keeps, so that connections beyond it are looked at as well

    def look(_: int) -> dict[str, object]:
        with database.read() if reading else database.engine.connect().execution_options(read_only=True) as session:
            found = {name: session.execute(text(f"PRAGMA {name}")).scalar() for name in PRAGMAS}
            gate.wait()
        return found

    with ThreadPoolExecutor(20) as pool:
        assert all(found == PRAGMAS for found in pool.map(look, range(20)))
    database.dispose()


@pytest.mark.req("R41")
@pytest.mark.parametrize("door", ["web", "worker", "command"])
def test_the_pragmas_are_in_force_behind_every_door(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, door: str) -> None:
    monkeypatch.setenv("UGC_HUB_DATA_DIR", str(tmp_path / "var"))
    with opened() as hub:
        if door == "web":
            served = create_app(hub).extensions[EXTENSION]
            connect = served.database.read
        elif door == "worker":
            sandbox = Sandbox(media_limits(hub.settings))
            worker = Worker(hub.database.engine, handlers(hub, sandbox), RunnerOptions(folder=hub.runs), Stop())
            worker.close()
            connect = hub.database.engine.begin
        else:
            connect = hub.database.write
        with connect() as session:
            assert {name: session.execute(text(f"PRAGMA {name}")).scalar() for name in PRAGMAS} == PRAGMAS


@pytest.mark.req("R41")
def test_writers_lock_at_once_and_readers_do_not(tmp_path: Path) -> None:
    first, second = (open_database(f"sqlite:///{tmp_path / 'hub.sqlite'}") for _ in range(2))
    migrate(first)
    with second.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout=50")
    with first.write() as writing:
        writing.add(Meta(name="a", value="1"))
        writing.flush()
        with second.read() as reading:
            assert reading.get(Meta, "a") is None
        quick = second.engine.connect()
        quick.connection.cursor().execute("PRAGMA busy_timeout=50")
        with pytest.raises(OperationalError, match="locked"):
            quick.begin()  # before its first statement
        quick.close()
    with second.read() as reading:
        assert reading.get_one(Meta, "a").value == "1"
    first.dispose()
    second.dispose()


@pytest.mark.parametrize(
    "address",
    ["sqlite://", "sqlite:///:memory:", "mysql://host/name", "no address", "sqlite:////proc/none/hub.sqlite"],
)
def test_a_database_that_cannot_serve_is_refused_in_words(address: str) -> None:
    with pytest.raises(BadSettings) as caught:
        open_database(address)
    assert caught.value.message.endswith(".")


# Transactions


def test_a_reader_sees_one_state_however_long_it_looks(hub: Hub) -> None:
    with hub.database.read() as reading:
        before = reading.scalars(select(Campaign.name)).all()
        with hub.database.write() as writing:
            writing.add(Campaign(id="cmp_1", created_at=hub.now(), name="New"))
        assert reading.scalars(select(Campaign.name)).all() == before == []


def test_what_a_reader_changes_is_not_kept(hub: Hub) -> None:
    with hub.database.read() as reading:
        reading.add(Campaign(id="cmp_1", created_at=hub.now(), name="New"))
        with contextlib.suppress(InternalError):  # PostgreSQL refuses at once
            reading.flush()
    with hub.database.read() as reading:
        assert reading.scalars(select(Campaign.name)).all() == []


def test_an_error_rolls_everything_back(hub: Hub) -> None:
    with contextlib.suppress(LookupError), hub.database.write() as writing:
        writing.add(Campaign(id="cmp_1", created_at=hub.now(), name="New"))
        writing.flush()
        raise LookupError
    with hub.database.read() as reading:
        assert reading.scalars(select(Campaign.name)).all() == []


@pytest.mark.parametrize("value", ["half \ud800 a character", 1 << 70])
def test_what_no_database_can_hold_is_an_error_of_the_one_who_asked(hub: Hub, value: object) -> None:
    with pytest.raises(Invalid) as caught, hub.database.read() as reading:
        reading.execute(text("SELECT 1 WHERE :value IS NULL").bindparams(value=value)).all()
    assert "SELECT" not in caught.value.message


def test_names_that_are_serialised_follow_one_another(hub: Hub) -> None:
    inside: list[int] = []
    most: list[int] = []

    def one(number: int) -> None:
        with hub.database.write() as session:
            hub.database.serialise(session, "the same")
            inside.append(number)
            most.append(len(inside))
            time.sleep(0.01)
            inside.remove(number)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(one, range(8)))
    assert max(most) == 1


# Migrations


def tables(database: Database) -> set[str]:
    return set(inspect(database.engine).get_table_names())


def test_migrations_and_models_agree(hub: Hub) -> None:
    with hub.database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        # Several are allowed, though the signature says one.
        assert compare_metadata(context, list(METADATA)) == []  # type: ignore[arg-type]


def test_an_empty_database_is_set_up_once(empty: Database) -> None:
    assert pending(empty)
    assert migrate(empty)
    assert not pending(empty)
    assert not migrate(empty)


@pytest.mark.req("R40")
def test_migrations_that_start_at_once_follow_one_another(url: str) -> None:
    gate = threading.Barrier(4)

    def one(_: int) -> bool:
        database = open_database(url)
        gate.wait()
        try:
            return migrate(database)
        finally:
            database.dispose()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(one, range(4))) == [False, False, False, True]


@pytest.mark.req("R40")
def test_a_new_file_that_many_open_at_once_is_refused_to_none(tmp_path: Path) -> None:
    for number in range(40):
        gate = threading.Barrier(8)

        def one(_: int, gate: threading.Barrier = gate, url: str = f"sqlite:///{tmp_path}/{number}.db") -> str:
            database = open_database(url)
            gate.wait()
            try:
                with database.engine.connect() as connection:
                    return str(connection.scalar(text("PRAGMA journal_mode")))
            finally:
                database.dispose()

        with ThreadPoolExecutor(8) as pool:
            assert list(pool.map(one, range(8))) == ["wal"] * 8


@pytest.mark.req("R40")
def test_a_database_of_a_newer_release_is_left_alone(empty: Database) -> None:
    migrate(empty)
    with empty.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for attempt in (pending, migrate):
        with pytest.raises(BadSettings, match=r"9999.*newer release"):
            attempt(empty)


DIES = """
import os, sys
from sqlalchemy import event
from ugc_hub.database import open_database
from ugc_hub.database.upgrade import migrate

database = open_database(sys.argv[1])

def see(connection, cursor, statement, *_):
    if "CREATE TABLE renditions" in statement:
        print("in the middle", flush=True)
        sys.stdin.read()

event.listen(database.engine, "before_cursor_execute", see)
migrate(database)
"""


@pytest.mark.req("R40")
def test_a_migration_killed_in_the_middle_leaves_the_old_state_and_can_be_run_again(url: str) -> None:
    words = [sys.executable, "-c", DIES, url]
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environ)
    assert process.stdout is not None
    assert process.stdout.readline() == "in the middle\n"
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=30)
    database = open_database(url)
    assert pending(database)
    assert tables(database) <= {"alembic_version"}
    assert migrate(database)
    assert {"assets", "jobs", "renditions"} <= tables(database)
    database.dispose()


def test_each_migration_has_its_number_and_follows_the_one_before() -> None:
    assert known() == tuple(f"{number:04}" for number in range(1, len(known()) + 1))


def test_a_writer_in_a_hurry_gives_up_and_the_next_one_is_as_patient_as_ever(hub: Hub) -> None:
    with hub.database.write() as session:
        hub.database.serialise(session, "one")
        with pytest.raises(OperationalError), hub.database.write(wait_s=0.1) as other:
            hub.database.serialise(other, "one")
    with hub.database.write() as session:
        asked = "PRAGMA busy_timeout" if hub.database.sqlite else "SHOW lock_timeout"
        assert session.scalar(text(asked)) in (PRAGMAS["busy_timeout"], "0")
