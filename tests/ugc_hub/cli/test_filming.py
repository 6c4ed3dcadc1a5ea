"""The command that makes renditions, of a video: one line, from the clip to the files."""

from __future__ import annotations

import io
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from PIL import Image

from tests.ugc_hub.conftest import make_hub
from tests.ugc_hub.licensing.test_beds import licence
from tests.workers.media import clips
from tests.workers.media.test_video_bed import energy
from ugc_hub import renditions
from ugc_hub.accounts import SYSTEM
from ugc_hub.cli import progress
from ugc_hub.cli.root import main
from ugc_hub.hub import open_hub
from ugc_hub.ingest import Upload, accept
from ugc_hub.jobs.local import finish
from ugc_hub.settings import load_settings

WEB, TALL, WEBP = "web.file.h264.720p", "tiktok.spark.video.9x16", "web.animated.webp"


def run(*words: str) -> Result:
    return CliRunner().invoke(main, list(words))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A folder with a hub, and the id of a clip in it."""
    folder = tmp_path_factory.mktemp("filming")
    hub = make_hub(folder / "var")
    upload = Upload(file_name="clip.mp4", door="api", own=True)
    sent = accept(hub, SYSTEM, io.BytesIO(clips.little(folder)), upload)
    assert sent.job_id is not None
    finish(hub, [sent.job_id])
    hub.close()
    return folder, sent.asset_id


@pytest.fixture
def clip(made: tuple[Path, str], monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(made[0])
    monkeypatch.setenv("UGC_HUB_MIN_FREE_BYTES", "0")
    monkeypatch.setenv("UGC_HUB_TEXT_READER", "off")
    return made[1]


def test_versions_of_a_video_are_cut_muted_and_written(clip: str, monkeypatch: pytest.MonkeyPatch) -> None:
    words = ["render", clip, "--preset", WEB, "--start", "0.2", "--seconds", "0.5", "--mute", "--out", "out"]
    monkeypatch.setattr(progress, "on_terminal", lambda: True)
    done = run(*words)
    assert done.exit_code == 0, done.output
    assert done.stderr.startswith("\r\x1b[K0 %")
    assert done.stderr.endswith("\r\x1b[K")
    (path,) = Path("out").iterdir()
    assert path.name == f"clip_{WEB}_160x90.mp4"
    assert len(clips.grey(path, (16, 9))) == 15
    again = run(*words, "--seconds", "5")
    assert again.exit_code == 1
    assert "lasts 1.0 seconds" in again.output


def test_an_earlier_cut_in_the_folder_stays_beside_a_later_one(clip: str) -> None:
    words = ["render", clip, "--preset", WEB, "--mute", "--out", "cuts", "--seconds"]
    assert run(*words, "0.2").exit_code == 0
    first = Path("cuts", f"clip_{WEB}_160x90.mp4")
    kept = first.read_bytes()
    later = run(*words, "0.4")
    assert f"{first} was there already and stays as it is" in later.output
    assert first.read_bytes() == kept
    assert len(clips.grey(first.with_stem(f"{first.stem}-2"), (16, 9))) == 12


def test_placements_are_cut_each_as_was_said_of_it_in_one_go(clip: str) -> None:
    wanted = ["--preset", TALL, "--preset", WEBP, "--for", WEBP, "--seconds 0.25 --loops 2"]
    looking = ["--seconds", "0.5", "--mute", "--look", "0:0.2:0.5", "--look", "0.4:0.8:0.5:jump"]
    done = run("render", clip, *wanted, *looking, "--out", "each", "--json")
    assert (done.exit_code, done.stderr) == (0, ""), done.output
    (tall,), (moving,) = Path("each").glob("*.mp4"), Path("each").glob("*.webp")
    left, right = (int(clips.grey(tall, (9, 16))[at].mean()) for at in (0, 14))
    assert len(clips.grey(tall, (9, 16))) == 15
    assert left != right
    with Image.open(moving) as shown:
        assert (shown.info["loop"], getattr(shown, "n_frames", 1) <= 4) == (2, True)
    with closing(open_hub(load_settings())) as hub:
        made = {view.presets[0]: view.plan for view in renditions.of_asset(hub, SYSTEM, clip) if view.presets}
    assert [(aim["x"], aim["jump"]) for aim in made[TALL]["path"]] == [(0.2, False), (0.8, True)]
    assert made[WEBP]["path"] == []


def test_places_that_do_not_exist_and_numbers_that_are_none_are_refused(clip: str) -> None:
    words = ["render", clip, "--preset", WEB, "--out", "looking"]
    for wrong, said in (("5", "no place such as"), ("0:2:0.5", "outside of the video"), ("0:nan:0", "outside")):
        refused = run(*words, "--look", wrong)
        assert (refused.exit_code, said in refused.output) == (2, True), refused.output
    many = run(*words, *(word for _ in range(101) for word in ("--look", "0:0.5:0.5")))
    assert (many.exit_code, "At most 100 places of the window." in many.output) == (2, True), many.output
    for option in ("--start", "--seconds", "--still"):
        refused = run(*words, option, "nan")
        assert (refused.exit_code, "nan is no number of seconds" in refused.output) == (2, True), refused.output
    spoken = run(*words, "--captions", "fr")
    assert spoken.exit_code == 1
    assert "There are no captions in fr." in spoken.output


def test_a_version_is_put_on_a_page(clip: str) -> None:
    assert run("render", clip, "--preset", WEB, "--out", "page").exit_code == 0
    page = run("embed", clip, "--channel", "website")
    assert page.exit_code == 0, page.output
    assert page.output.startswith('<video width="160" height="90" controls playsinline preload="none"')
    assert "until the permission ends" in page.output


def test_music_is_laid_under_a_version_once_its_licence_is_known(clip: str) -> None:
    song = Path("song.wav")
    song.write_bytes(clips.tone(2000))
    track = run("music", "add", "Song", "--source", "licensed").output.strip()
    assert "0.6 s" in run("music", "send", track, str(song)).output
    assert f"{track}  Song" in run("music", "list").output
    laid = ["render", clip, "--preset", WEB, "--bed", track, "--keep-voice", "--out", "laid"]
    denied = run(*laid)
    assert denied.exit_code == 1
    assert "no licence for the music “Song”" in denied.output
    with closing(open_hub(load_settings())) as hub:
        licence(hub, track)
    done = run(*laid)
    assert done.exit_code == 0, done.output
    (mixed,) = Path("laid").iterdir()
    assert energy(mixed, 440, 0.3, 0.6) > energy(mixed, 2000, 0.3, 0.6) + 6 > -60
    assert "its sound is" not in done.output
    clips.made(Path("faint.wav"), "-f", "lavfi", "-i", "sine=d=0.6,volume=-40dB")
    assert run("music", "send", track, "faint.wav").exit_code == 0
    faint = run("render", clip, "--preset", WEB, "--bed", track, "--out", "faint")
    assert "its sound is quieter than the \u221216 LUFS advised: next to silence" in faint.output
    assert run("render", clip, "--preset", WEB, "--keep-voice", "--out", "x").exit_code == 1
    assert run("music", "remove", track).exit_code == 0
