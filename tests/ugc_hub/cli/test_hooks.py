"""Webhooks at the command line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.ugc_hub.conftest import make_hub
from ugc_hub.cli.root import main
from ugc_hub.webhooks import KINDS

URL = "https://93.184.216.34/hook"


@pytest.fixture
def run(tmp_path: Path, migrated_url: str, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """A function that runs one command on a hub of its own and expects its exit status."""
    monkeypatch.setenv("UGC_HUB_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("UGC_HUB_DATABASE_URL", migrated_url)
    make_hub(tmp_path / "var", migrated_url).close()

    def call(*words: str, exits: int = 0) -> Result:
        result = CliRunner().invoke(main, ["webhook", *words])
        assert result.exit_code == exits, result.output
        return result

    return call


def test_a_webhook_is_made_tried_and_removed(run: Callable[..., Result]) -> None:
    made = json.loads(run("add", URL, "--kind", "rights.hold", "--label", "Ads").stdout)
    assert made["secret"].startswith("whsec_")
    assert made["kinds"] == ["rights.hold"]
    hook = made["id"]
    assert f"{hook}  on   {URL}  rights.hold" in run("list").stdout
    assert made["secret"] not in run("list", "--json").stdout
    message = run("try", hook).stdout.split()[0]
    assert f"{message}  waiting    webhook.trial" in run("messages", hook).stdout
    (row,) = json.loads(run("messages", hook, "--json").stdout)["items"]
    assert row["body"]["type"] == "webhook.trial"
    assert "waits already" in run("again", message, exits=1).stderr
    assert "is on" in run("enable", hook).stdout
    assert "is removed" in run("remove", hook).stdout
    assert run("list").stdout == ""
    assert "no such webhook" in run("try", hook, exits=1).stderr


def test_without_kinds_everything_is_told_and_the_house_is_closed(run: Callable[..., Result]) -> None:
    assert json.loads(run("add", URL).stdout)["kinds"] == list(KINDS)
    assert "private network" in run("add", "https://192.168.0.1/", exits=1).stderr
