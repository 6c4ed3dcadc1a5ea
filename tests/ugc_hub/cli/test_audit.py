"""`ugc-hub audit`: what happened, and whether somebody changed the record."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.ugc_hub.audit.tampering import tamper
from tests.ugc_hub.licensing.copies import revoke
from tests.ugc_hub.licensing.rows import clear
from tests.ugc_hub.rows import asset_row
from ugc_hub.cli.root import main
from ugc_hub.hub import open_hub
from ugc_hub.settings import load_settings

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A function that runs a command for a hub with some users."""
    monkeypatch.chdir(tmp_path)

    def invoke(*words: str, exits: int = 0) -> Result:
        result = CliRunner().invoke(main, words)
        assert result.exit_code == exits, result.output
        return result

    for name in ("ana", "ben"):
        invoke("user", "add", f"{name}@example.org")
    return invoke


def change(statement: str) -> None:
    hub = open_hub(load_settings())
    tamper(hub, statement)
    hub.close()


@pytest.mark.req("R87")
def test_a_whole_record_is_said_to_be_whole_and_names_its_newest_entry(run: Run) -> None:
    said = run("audit", "verify").stdout
    assert said.startswith("4 entries in order; the newest is 4:")
    plain = json.loads(run("audit", "verify", "--json").stdout)
    stamps: dict[str, object] = {"attested": None, "count": 0, "wrong": []}
    newest = said.split()[-1].rstrip(".")
    assert plain == {"events": 4, "newest": newest, "broken": None, "decisions": [], "timestamps": stamps}
    run("audit", "verify", "--known", plain["newest"])
    run("user", "link", "ana@example.org")
    run("audit", "verify", "--known", plain["newest"])
    run("audit", "verify", "--known", "4:zz", exits=2)


@pytest.mark.req("R87")
def test_a_changed_record_is_an_error_that_names_the_entry(run: Run) -> None:
    change("UPDATE events SET actor = 'usr_other' WHERE id = 3")
    assert "WRONG: Entry 3 is not as it was written." in run("audit", "verify", exits=1).stdout
    broken = json.loads(run("audit", "verify", "--json", exits=1).stdout)["broken"]
    assert (broken["sequence"], broken["code"]) == (3, "edited")


@pytest.mark.req("R87")
def test_a_cut_end_is_an_error(run: Run) -> None:
    change("DELETE FROM events WHERE id = 4")
    assert "The newest entries are gone" in run("audit", "verify", exits=1).stdout


def test_events_are_listed_newest_first_and_found_by_kind_and_day(run: Run) -> None:
    kinds = [line.split()[4] for line in run("audit", "list").stdout.splitlines()]
    assert kinds == ["sign_in_link.made", "user.created"] * 2
    items = json.loads(run("audit", "list", "--kind", "user.", "--since", "2020-01-01", "--json").stdout)["items"]
    assert [item["kind"] for item in items] == ["user.created"] * 2
    only = json.loads(run("audit", "list", "--object", items[0]["object_id"], "--json").stdout)["items"]
    assert len(only) == 2
    assert "ana@" not in run("audit", "list", "--json").stdout
    assert run("audit", "list", "--since", "2999-01-01T00:00:00+0100").stdout == ""


def test_the_feed_of_what_ended_is_read_on_from_a_cursor(run: Run) -> None:
    hub = open_hub(load_settings())
    asset = asset_row(hub)
    revoke(hub, clear(hub, asset))
    hub.close()
    page = json.loads(run("rights", "feed", "--json").stdout)
    assert [one["asset_id"] for one in page["items"]] == [asset]
    assert f"{asset}  platform_revoked  0 copies" in run("rights", "feed").stdout
    assert run("rights", "feed", "--since", str(page["next_since"])).stdout == ""
