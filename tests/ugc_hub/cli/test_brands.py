"""Brand kits by command: kept with their files, shown as they are saved, drawn on what is rendered."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from PIL import Image

from tests.pictures import jpeg
from ugc_hub.cli.root import main


@pytest.fixture(autouse=True)
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("UGC_HUB_MIN_FREE_BYTES", "0")
    monkeypatch.setenv("UGC_HUB_TEXT_READER", "off")


def run(*words: str, exits: int = 0, given: str | None = None) -> Result:
    result = CliRunner().invoke(main, words, input=given)
    assert result.exit_code == exits, result.output
    assert "Traceback" not in result.output
    return result


def test_a_kit_is_saved_shown_drawn_and_withdrawn() -> None:
    Image.new("RGBA", (300, 100), (200, 0, 0, 255)).save("logo.png")
    Path("kit.json").write_text(json.dumps({"id": "oat", "name": "Oat & Co", "call_to_action": "Shop now"}))
    saved = json.loads(run("brand", "save", "kit.json", "--logo", "logo.png").stdout)
    assert (saved["version"], saved["logo"]["width"]) == (1, 300)
    shown = run("brand", "show", "oat").stdout
    assert json.loads(run("brand", "save", "-", given=shown).stdout)["version"] == 2
    assert "Oat & Co, version 2" in run("brand", "list").stdout
    Path("photo.jpg").write_bytes(jpeg(1200, 1200))
    sent = json.loads(run("ingest", "--json", "--own", "photo.jpg").stdout)["results"][0]["asset_id"]
    words = ("render", sent, "--preset", "meta.fb_feed.image.1x1", "--json", "--out")
    bare = json.loads(run(*words, "bare").stdout)["results"][0]
    kit = ("--kit", "oat", "--piece", "logo", "--piece", "call_to_action")
    made = json.loads(run(*words, "out", *kit).stdout)["results"][0]
    assert made["outcome"] in ("ready", "warned")
    assert made["renditions"][0]["id"] != bare["renditions"][0]["id"]
    assert len(json.loads(run("brand", "history", "oat").stdout)) == 2
    assert "withdrawn" in run("brand", "withdraw", "oat").stdout
    refused = run(*words, "again", *kit, exits=1)
    assert "There is no brand kit oat" in refused.stderr
    assert "Name the brand kit" in run(*words, "again", "--who", "Ana", exits=1).stderr


def test_what_is_no_kit_is_told() -> None:
    for given in ("{", "[]", '{"id": "Oat", "name": "x"}'):
        assert run("brand", "save", "-", given=given, exits=1).stderr.startswith("Error: ")
    Path("logo.png").write_bytes(b"GIF89a")
    Path("kit.json").write_text('{"id": "oat", "name": "Oat"}')
    assert "PNG" in run("brand", "save", "kit.json", "--logo", "logo.png", exits=1).stderr
