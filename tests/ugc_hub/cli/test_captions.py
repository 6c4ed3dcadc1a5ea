"""Captions at the command line."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from tests.ugc_hub.conftest import make_hub
from tests.workers.media.clips import little
from ugc_hub.accounts import SYSTEM
from ugc_hub.cli.filming import film_options
from ugc_hub.cli.root import main
from ugc_hub.errors import Invalid
from ugc_hub.framing import FilmChoice
from ugc_hub.hub import Hub
from ugc_hub.ingest import Upload, accept
from ugc_hub.jobs.local import finish
from workers.media.speech import Line, Speech


def given(hub: Hub, folder: Path) -> str:
    """Take a second of video in, whose file stays in the folder."""
    with (folder / "clip.mp4").open("w+b") as file:
        file.write(little(folder))
        file.seek(0)
        sent = accept(hub, SYSTEM, file, Upload(file_name="clip.mp4", door="api", own=True))
    assert sent.job_id is not None
    finish(hub, [sent.job_id])
    return sent.asset_id


def test_a_video_is_heard_at_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    known = {"MIN_FREE_BYTES": "0", "TEXT_READER": "off", "SPEECH_FILES": "said.json"}
    for name, value in {**known, "SPEECH_RECOGNISER": "workers.media.recorded:Recorded"}.items():
        monkeypatch.setenv(f"UGC_HUB_{name}", value)
    hub = make_hub(tmp_path / "var")
    asset = given(hub, tmp_path)
    hub.close()
    run = CliRunner()
    Path("said.json").write_text("{}")
    failed = run.invoke(main, ["captions", "transcribe", asset])
    assert (failed.exit_code, failed.output) == (1, "Nothing was recorded for this video.\n")
    sha256 = hashlib.sha256(Path("clip.mp4").read_bytes()).hexdigest()
    Path("said.json").write_text(json.dumps({sha256: Speech("en", (Line(0, 900, "Hello there"),)).dump()}))
    done = run.invoke(main, ["captions", "transcribe", asset, "--language", "en"])
    assert (done.exit_code, done.output) == (0, "1 captions. Check them before they are used.\n")
    assert "Hello there" in run.invoke(main, ["captions", "show", asset, "--language", "en"]).output


@pytest.mark.parametrize(
    ("words", "captions", "language"),
    [([], False, None), (["--captions"], True, None), (["--captions", "pt-br", "--mute"], True, "pt-BR")],
)
def test_captions_are_burned_in_in_a_chosen_language(words: list[str], captions: bool, language: str | None) -> None:
    got: list[FilmChoice] = []

    @click.command()
    @film_options
    def render(film: FilmChoice) -> None:
        got.append(film)

    done = CliRunner().invoke(render, words)
    assert (done.exit_code, got[0].captions, got[0].language) == (0, captions, language)
    wrong = CliRunner().invoke(render, ["--captions", "german"])
    assert isinstance(wrong.exception, Invalid)
