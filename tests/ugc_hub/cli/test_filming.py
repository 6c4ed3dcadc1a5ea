"""The command that makes renditions, of a video: one line, from the clip to the files."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.ugc_hub.conftest import make_hub
from tests.workers.media import clips
from ugc_hub.accounts import SYSTEM
from ugc_hub.cli.root import main
from ugc_hub.ingest import Upload, accept
from ugc_hub.jobs.local import finish

WEB = "web.file.h264.720p"


def test_versions_of_a_video_are_cut_muted_and_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("UGC_HUB_MIN_FREE_BYTES", "0")
    monkeypatch.setenv("UGC_HUB_TEXT_READER", "off")
    hub = make_hub(tmp_path / "var")
    upload = Upload(file_name="clip.mp4", door="api", own=True)
    sent = accept(hub, SYSTEM, io.BytesIO(clips.little(tmp_path)), upload)
    assert sent.job_id is not None
    finish(hub, [sent.job_id])
    hub.close()
    words = ["render", sent.asset_id, "--preset", WEB, "--start", "0.2", "--seconds", "0.5", "--mute", "--out", "out"]
    done = CliRunner().invoke(main, words)
    assert done.exit_code == 0, done.output
    (path,) = Path("out").iterdir()
    assert path.name == f"clip_{WEB}_160x90.mp4"
    assert len(clips.grey(path, (16, 9))) == 15
    looking = [*words, "--look", "0:0.2:0.5", "--look", "0.4:0.8:0.5", "--loops", "2", "--no-play-button"]
    for wrong, said in (("5", "no place such as"), ("0:2:0.5", "outside of the video"), ("0:nan:0", "outside")):
        refused = CliRunner().invoke(main, [*words, "--look", wrong])
        assert (refused.exit_code, said in refused.output) == (2, True), refused.output
    spoken = CliRunner().invoke(main, [*looking, "--captions", "fr"])
    assert spoken.exit_code == 1
    assert "There are no captions in fr." in spoken.output
    page = CliRunner().invoke(main, ["embed", sent.asset_id, "--channel", "website"])
    assert page.exit_code == 0, page.output
    assert page.output.startswith('<video width="160" height="90" controls playsinline preload="none"')
    assert "until the permission ends" in page.output
    again = CliRunner().invoke(main, [*words, "--seconds", "5"])
    assert again.exit_code == 1
    assert "lasts 1.0 seconds" in again.output
