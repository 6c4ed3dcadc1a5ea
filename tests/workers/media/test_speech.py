"""What is said in a video: recognisers as plug-ins in a child process, and what they may answer."""

from __future__ import annotations

import json
import shutil
import time
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from tests.workers.media.clips import made
from workers.media import filming
from workers.media.errors import Cancelled, MediaError
from workers.media.filming import Talk, Watching
from workers.media.limits import Limits
from workers.media.sandbox import Sandbox
from workers.media.speech import Asked, Line, Sound, Speech, Word, title, transcribe
from workers.media.video.voice import voice

RECORDED = "workers.media.recorded:Recorded"
HELLO = Line(0, 900, "Hello there", (Word(0, 400, "Hello"), Word(420, 900, "there")))


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A second of a tone in two channels, as in a clip."""
    path = tmp_path_factory.mktemp("voice") / "clip.mov"
    tone = "sine=f=440:r=48000:d=1,pan=stereo|c0=c0|c1=c0"
    return made(path, "-f", "lavfi", "-i", tone, "-c:a", "pcm_s16le")


@pytest.fixture(scope="session")
def sound(clip: Path, tmp_path_factory: pytest.TempPathFactory) -> Sound:
    return voice(clip, "a" * 64, tmp_path_factory.mktemp("sound"))


def new(folder: Path) -> Path:
    folder.mkdir()
    return folder


def answered(sound: Sound, recogniser: str, files: Path | None = None) -> Speech:
    """What becomes of an answer, without a child."""
    return transcribe(recogniser if ":" in recogniser else f"tests.recogniser:{recogniser}", sound, Asked("en", files))


def heard(
    clip: Path, folder: Path, recogniser: str, *, wanted: Talk | None = None, watching: Watching | None = None
) -> Speech:
    name = recogniser if ":" in recogniser else f"tests.recogniser:{recogniser}"
    (folder / "work").mkdir(exist_ok=True)
    with Sandbox(recogniser=name) as box:
        return filming.transcribe(box, clip, wanted or Talk("0" * 64, "en"), folder / "work", watching=watching)


def test_a_plug_in_from_anywhere_hears_plain_sound_in_the_locked_child(clip: Path, tmp_path: Path) -> None:
    told: list[tuple[float, str]] = []
    watching = Watching(progress=lambda part, words: told.append((round(part, 2), words)))
    found = heard(clip, tmp_path, "Tells", watching=watching)
    (line,) = found.lines
    assert (found.language, line.text) == ("en", "Heard 1x16000x16 loud 1000ms")
    assert line.words[1] == Word(200, 350, "1x16000x16")
    assert told == [(0.0, "Taking out the sound."), (0.1, "Listening."), (0.55, "Listening.")]
    assert title("tests.recogniser:Tells", "en") == "tells/2 en"


def test_a_plug_in_that_lies_where_the_child_may_not_read_is_there_all_the_same(
    clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    shutil.copy(Path(__file__).parents[2] / "recogniser.py", folder / "far_away.py")
    monkeypatch.syspath_prepend(str(folder))
    assert heard(clip, tmp_path, "far_away:Tells").lines[0].text.startswith("Heard 1x16000x16 loud")


def test_recorded_captions_are_found_by_the_video_and_by_its_sound(clip: Path, sound: Sound, tmp_path: Path) -> None:
    files = tmp_path / "said.json"
    files.write_text(json.dumps({"a" * 64: Speech("en-GB", (HELLO,)).dump()}))
    assert heard(clip, tmp_path, RECORDED, wanted=Talk("a" * 64, "", files)) == Speech("en-GB", (HELLO,))
    other = replace(sound, original_sha256="b" * 64)
    with pytest.raises(MediaError, match="Nothing was recorded") as refused:
        answered(other, RECORDED, files)
    assert (refused.value.code, refused.value.retry) == ("not_recorded", False)
    # The sound has the same bytes whoever takes it out, so results can be kept for it as well.
    files.write_text(json.dumps({voice(clip, "", tmp_path).sha256: {"language": "de"}}))
    assert answered(other, RECORDED, files) == Speech("de")


@pytest.mark.parametrize("text", [None, "not json", "[1]", '{"' + "a" * 64 + '": 3}'])
def test_a_file_of_recorded_captions_that_is_none_is_named(sound: Sound, tmp_path: Path, text: str | None) -> None:
    files = tmp_path / "said.json"
    if text is not None:
        files.write_text(text)
    with pytest.raises(MediaError, match="file") as refused:
        answered(sound, RECORDED, files if text is not None else None)
    assert refused.value.code == "no_recording"


def test_what_cannot_be_shown_is_left_out_and_nothing_overlaps(sound: Sound) -> None:
    found = answered(sound, "Careless")
    assert found.lines == (Line(0, 600, "Over the next Caf\u00e9"), Line(600, 1000, "Until after the end"))


def test_what_is_said_at_once_is_one_caption(sound: Sound) -> None:
    assert answered(sound, "AtOnce").lines == (Line(0, 700, "Now[31m No"), Line(800, 900, "Then"))


def test_a_long_talk_is_parted_into_captions_that_can_be_read(sound: Sound) -> None:
    lines = answered(sound, "Talks").lines
    assert all(len(row) <= 42 for line in lines for row in line.text.split("\n"))
    assert {line.text.count("\n") for line in lines[:-1]} == {1}
    assert " ".join(line.text.replace("\n", " ") for line in lines).split() == ["lantern"] * 40 + ["again"]
    assert all(line.words[0].start_ms == line.start_ms for line in lines)


@pytest.mark.parametrize(
    ("recogniser", "code", "words"),
    [
        ("GivesUp", "not_english", "Only talks in English"),
        ("Breaks", "recogniser_failed", "breaks failed on this video"),
        ("Later", "recogniser_failed", "later failed on this video"),
        ("Leaves", "recogniser_failed", "leaves failed on this video"),
        ("Wrong", "recogniser_answer", "wrong answered"),
        ("Endless", "recogniser_answer", "endless answered"),
        ("Versionless", "no_recogniser", "cannot be loaded on this machine"),
        ("nowhere.at_all:Ear", "no_recogniser", "cannot be loaded on this machine"),
    ],
)
def test_what_went_wrong_is_said_in_words(sound: Sound, recogniser: str, code: str, words: str) -> None:
    with pytest.raises(MediaError, match=words) as refused:
        answered(sound, recogniser)
    assert (refused.value.code, refused.value.retry) == (code, False)
    assert "secret" not in refused.value.message


@pytest.mark.parametrize(
    ("program", "did"),
    [
        ("import time; time.sleep(600)", "took longer than 0.5 seconds"),
        ("import os; os._exit(3)", "ended the process"),
    ],
)
def test_a_plug_in_that_cannot_be_imported_in_time_is_told_of_at_once_and_stops_nothing_else(
    clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str, did: str
) -> None:
    (tmp_path / "never_there.py").write_text(program)
    monkeypatch.syspath_prepend(str(tmp_path))
    picture, started = tmp_path / "picture.png", time.monotonic()
    Image.new("RGB", (64, 64)).save(picture)
    with Sandbox(Limits(load_s=0.5), recogniser="never_there:Ear") as box:
        with pytest.raises(MediaError, match=f"never_there:Ear {did} while it was imported") as refused:
            filming.transcribe(box, clip, Talk("0" * 64, "en"), new(tmp_path / "voice"))
        assert (refused.value.code, refused.value.retry) == ("no_recogniser", False)
        assert box.heard_by() == ("", f"never_there:Ear {did} while it was imported")
        assert box.inspect(picture, new(tmp_path / "looked")).facts.width == 64
    assert time.monotonic() - started < 30


def test_hearing_that_is_cancelled_ends(clip: Path, tmp_path: Path) -> None:
    begun: list[float] = []
    watching = Watching(lambda: max(begun, default=0.0) > 0.3, lambda part, words: begun.append(part))
    with pytest.raises(Cancelled):
        heard(clip, tmp_path, "Waits", watching=watching)
