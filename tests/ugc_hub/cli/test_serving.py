"""What a start does before the server: all of it once, and afterwards only as much as is left to do."""

from __future__ import annotations

import ast
import inspect
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import text

from tests.serving import free_port
from tests.ugc_hub.conftest import make_hub
from ugc_hub import accounts
from ugc_hub import hub as house
from ugc_hub.cli.glance import SAFE, THOROUGH, Usual, glance
from ugc_hub.cli.root import main
from ugc_hub.database.engine import FIXED
from ugc_hub.hub import Hub
from ugc_hub.settings import Settings, load_settings, take_greeting
from ugc_hub.settings.folder import GREETING
from ugc_hub.web.greeting import greet

ADMINISTRATOR = "admin@localhost"
Start = Callable[[], Result]


@pytest.fixture
def known(tmp_path: Path) -> Iterator[Hub]:
    """A hub on SQLite that was started once."""
    made = make_hub(tmp_path / "var")
    accounts.first_administrator(made)
    yield made
    made.close()


@pytest.fixture
def start(tmp_path: Path, migrated_url: str, monkeypatch: pytest.MonkeyPatch) -> Start:
    """A function that does all of a start but to become the server."""
    monkeypatch.setattr(os, "environ", {name: value for name, value in os.environ.items() if "UGC_HUB" not in name})
    chosen = {"DATA_DIR": str(tmp_path / "var"), "DATABASE_URL": migrated_url, "PORT": str(free_port())}
    os.environ.update({f"UGC_HUB_{name}": value for name, value in chosen.items()})
    monkeypatch.setattr(os, "execv", lambda *_: None)
    return lambda: CliRunner().invoke(main, ["serve"])


def sign_in(hub: Hub) -> None:
    link = accounts.request_link(hub, ADMINISTRATOR)
    assert link is not None
    accounts.sign_in_with_link(hub, link.rpartition("/")[2])


def change(hub: Hub, statement: str) -> None:
    with hub.database.engine.begin() as connection:
        connection.execute(text(statement))


def test_a_hub_that_was_started_before_has_nothing_to_set_up(known: Hub) -> None:
    assert glance(known.settings) == Usual(ADMINISTRATOR, fresh=True)
    sign_in(known)
    assert glance(known.settings) == Usual(ADMINISTRATOR, fresh=False)
    known.close()
    assert glance(known.settings) == Usual(ADMINISTRATOR, fresh=False)  # without a log beside the file


def test_the_administrator_named_is_the_one_that_the_thorough_way_names(known: Hub) -> None:
    accounts.create_user(known, "zoe@example.org", "admin")
    accounts.create_user(known, "ann@example.org", "viewer")
    change(known, f"UPDATE users SET disabled_at = '2026-01-01 00:00:00' WHERE email = '{ADMINISTRATOR}'")
    user, fresh = accounts.first_administrator(known)
    assert glance(known.settings) == Usual(user.email, fresh) == Usual("zoe@example.org", fresh=True)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE alembic_version SET version_num = '0001'",
        "UPDATE alembic_version SET version_num = '9999'",
        "DELETE FROM alembic_version",
        "DROP TABLE alembic_version",
        "DELETE FROM meta WHERE name = 'identity'",
        "UPDATE meta SET value = 'another' WHERE name = 'identity'",
        "UPDATE users SET role = 'viewer'",
        "UPDATE users SET disabled_at = '2026-01-01 00:00:00'",
        "DELETE FROM users",
    ],
)
def test_records_that_are_not_as_usual_are_looked_at_thoroughly(known: Hub, statement: str) -> None:
    assert glance(known.settings) is not None
    change(known, statement)
    assert glance(known.settings) is None


def test_files_that_are_not_as_usual_are_looked_at_thoroughly(known: Hub, tmp_path: Path) -> None:
    known.close()
    for name in ("hub.sqlite", "secret", "objects"):
        copy = tmp_path / f"without_{name}"
        shutil.copytree(known.settings.data_dir, copy)
        assert glance(Settings(data_dir=copy)) is not None
        path = copy / name
        shutil.rmtree(path) if path.is_dir() else path.write_bytes(b"")
        assert glance(Settings(data_dir=copy)) is None, name
    path = known.settings.data_dir / "hub.sqlite"
    path.write_bytes(b"\0" * 100 + path.read_bytes()[100:])
    assert glance(known.settings) is None
    path.unlink()
    assert glance(known.settings) is None
    assert not path.exists()


def test_settings_that_opening_holds_to_more_than_their_form_are_looked_at_thoroughly(
    known: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree = ast.parse(inspect.getsource(house))
    named = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute) and _is_settings(node.value)}
    # How it signs means something only with its key, how long the search may be only with its own folder.
    same = {"data_dir", "runs", "c2pa_algorithm", "c2pa_timestamp_url"}
    behind = {"database": "database_url", "storage": "storage_url", "index": "index_url"}
    assert {behind.get(name, name) for name in named - same} == THOROUGH
    for name in THOROUGH:
        with monkeypatch.context() as patch:
            patch.setitem(known.settings.__dict__, name, "set")
            assert glance(known.settings) is None, name
    assert FIXED[0] == SAFE


def _is_settings(node: ast.expr) -> bool:
    return getattr(node, "id", None) == "settings" or getattr(node, "attr", None) == "settings"


def test_a_start_invites_the_first_administrator_until_they_have_signed_in(
    start: Start, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said = start().stdout
    assert "Sign in as the administrator (once, within 30 minutes): http://127.0.0.1:" in said
    settings = load_settings()
    with_its_own_file = not settings.database_url
    said = start().stdout
    assert (settings.data_dir / GREETING).exists() == with_its_own_file
    hub = house.open_hub(settings)
    try:
        greet(hub)
        said += capsys.readouterr().out
        lines = [line for line in said.splitlines() if line.startswith("Sign in as the administrator")]
        assert len(lines) == 1
        accounts.sign_in_with_link(hub, lines[0].rpartition("/")[2])
        greet(hub)  # as a server that is started anew
        assert capsys.readouterr().out == ""
        said = start().stdout
        assert f"For a new sign-in link: ugc-hub user link {ADMINISTRATOR}\n" in said
        assert not take_greeting(settings)
    finally:
        hub.close()


def test_nobody_is_invited_who_has_signed_in_since_the_start(known: Hub, capsys: pytest.CaptureFixture[str]) -> None:
    (known.settings.data_dir / GREETING).touch()
    sign_in(known)
    greet(known)
    assert capsys.readouterr().out == ""
    assert not take_greeting(known.settings)


def test_a_server_serves_where_no_link_can_be_made(known: Hub, capsys: pytest.CaptureFixture[str]) -> None:
    (known.settings.data_dir / GREETING).touch()
    change(known, "DROP TABLE sign_in_links")
    greet(known)
    assert capsys.readouterr().out == ""


def test_a_start_refuses_a_database_of_a_newer_release(start: Start) -> None:
    assert start().exit_code == 0
    settings = load_settings()
    hub = house.open_hub(settings)
    try:
        change(hub, "UPDATE alembic_version SET version_num = '9999'")
        done = start()
        assert done.exit_code == 1
        assert done.stderr.startswith("Error: The database is at revision 9999, which this release does not know")
        assert done.stderr.count("\n") == 1
    finally:
        hub.close()


def test_a_start_says_what_is_wrong_with_its_files(start: Start) -> None:
    assert start().exit_code == 0
    folder = load_settings().data_dir
    (folder / "objects").rename(folder / "elsewhere")
    assert "(The storage folder is gone.) [unavailable]" in start().stderr
    (folder / "elsewhere").rename(folder / "objects")
    (folder / "secret").write_bytes(b"")
    assert "Bring it back from a backup" in start().stderr
