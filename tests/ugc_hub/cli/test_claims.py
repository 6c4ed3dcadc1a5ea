"""Claims at the command line: listed, decided and answered."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.ugc_hub.conftest import make_hub
from tests.ugc_hub.licensing.rows import free_row
from ugc_hub import licensing
from ugc_hub.cli.root import main
from ugc_hub.hub import Hub
from ugc_hub.licensing import Statement
from ugc_hub.models import AssetRights


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    """The hub that the commands open."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("UGC_HUB_MIN_FREE_BYTES", "0")
    monkeypatch.setenv("UGC_HUB_TEXT_READER", "off")
    made = make_hub(tmp_path / "var")
    yield made
    made.close()


def run(*words: str, given: str | None = None) -> Result:
    return CliRunner().invoke(main, ["claims", *words], input=given)


def test_a_claim_is_listed_answered_and_decided(hub: Hub) -> None:
    asset = free_row(hub)
    said = Statement("shows_me", "Kim", "kim@example.org", "your shop", "Please take it down.")
    claim = licensing.intake(hub, said)
    line = run("list").output
    assert claim in line
    assert "Kim <kim@example.org>: Please take it down." in line
    assert run("answer", claim, "-", given=" ").exit_code == 1
    assert run("answer", claim, "-", given="We look at it.\n").exit_code == 0
    assert run("decide", claim, "hold", "--note", "shows her").exit_code == 1, "which asset?"
    assert run("decide", claim, "hold", "--note", "shows her", "--asset", asset).output == f"{claim} is held.\n"
    (kept,) = json.loads(run("list", "--json").output)["items"]
    assert (kept["state"], kept["answers"]) == ("held", ["We look at it."])
    with hub.database.read() as session:
        assert session.get_one(AssetRights, asset).status == "hold"
