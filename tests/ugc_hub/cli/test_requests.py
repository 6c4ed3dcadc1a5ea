"""Asking for permission at the command line."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.ugc_hub.conftest import make_hub
from tests.ugc_hub.permissions.rows import SCOPE, own_asset, yes
from ugc_hub.cli.root import main
from ugc_hub.hub import Hub

Run = Callable[..., Result]


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """The hub that the commands open."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("UGC_HUB_MIN_FREE_BYTES", "0")
    monkeypatch.setenv("UGC_HUB_TEXT_READER", "off")
    made = make_hub(tmp_path / "var")
    yield made
    made.close()


@pytest.fixture
def run(hub: Hub) -> Run:
    """A function that runs a part of `requests`."""

    def invoke(*words: str, exits: int = 0, given: str | None = None) -> Result:
        result = CliRunner().invoke(main, ["requests", *words], input=given)
        assert result.exit_code == exits, result.output
        assert "Traceback" not in result.output
        return result

    return invoke


def test_a_link_to_hand_on_is_printed_and_its_answer_listed(hub: Hub, run: Run) -> None:
    asset = own_asset(hub)
    words = ("send", asset, "--scope", "-", "--email", "ana@example.org", "--link")
    request_id, link = run(*words, given=json.dumps(SCOPE)).stdout.split()
    yes(hub, link.rpartition("/")[2])
    assert request_id in run("list", "--state", "granted", "--creator", "@ana").stdout
    shown = json.loads(run("show", request_id).stdout)
    assert (shown["state"], shown["delivery"]) == ("granted", "copied")
    assert link.rpartition("/")[2] not in run("list", "--json").stdout


def test_a_mailed_request_prints_no_link_and_is_reminded_of_when_it_is_due(hub: Hub, run: Run) -> None:
    words = ("send", own_asset(hub), "--scope", "-", "--email", "ana@example.org")
    assert "/r/" not in run(*words, given=json.dumps(SCOPE)).stdout
    assert run("due").stdout == "0 reminded, 0 expired, 0 codes announced, 0 ended.\n"
    assert json.loads(run("due", "--json").stdout)["expired"] == []


@pytest.mark.parametrize("given", ["", "[]", "{}", '{"channels": ["*"]}', "[" * 100_000])
def test_a_scope_that_is_none_is_one_line(hub: Hub, run: Run, given: str) -> None:
    result = run("send", own_asset(hub), "--scope", "-", exits=1, given=given)
    assert result.stderr.startswith("Error: ")
    assert result.stderr.count("\n") == 1


def test_what_is_not_there_is_one_line(run: Run) -> None:
    assert "[not_found]" in run("show", "req_none", exits=1).stderr
