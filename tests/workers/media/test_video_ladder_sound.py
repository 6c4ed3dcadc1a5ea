"""The sound of a stream: a file of its own, which is judged before anybody hears it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.workers.media import clips
from workers.media.errors import MediaError
from workers.media.shapes import Box
from workers.media.video import check, ladder
from workers.media.video.rungs import LadderPlan, Rung
from workers.media.video.shapes import Clip, Loudness, SoundPlan, VideoRecipe

RECIPE = VideoRecipe("h264.stream", 1, "h264", "mp4", "veryfast", 24, audio_kbps=128)


@pytest.fixture(scope="module")
def short(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A second with a tone, as normalising leaves it: 160 x 90, 10 pictures a second."""
    path = tmp_path_factory.mktemp("short") / "clip.mov"
    tone = ("-f", "lavfi", "-i", "sine=f=440:r=48000:d=1", "-ac", "2", "-c:a", "pcm_s16le")
    return clips.pattern(path, *tone, *clips.X264, size="160x90", rate="10")


@pytest.mark.parametrize(
    ("said", "change"),
    [
        ("true peak: ", ("workers.media.video.sound.levelled", lambda *_: ["volume=30dB"])),
        ("loudness: ", ("workers.media.video.sound.levelled", lambda *_: ["volume=10dB"])),
        ("sound: 44100 Hz", ("workers.media.video.encode.sound_words", lambda _: ["-c:a", "aac", "-ar", "44100"])),
        ("sound: flac", ("workers.media.video.encode.sound_words", lambda _: ["-c:a", "flac", "-ar", "48000"])),
        ("sound: 0.5", ("workers.media.video.sound.fitted", lambda *_: ["atrim=end=0.5"])),
    ],
)
def test_sound_that_is_not_as_planned_is_not_handed_out(
    short: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str, change: tuple[str, object]
) -> None:
    monkeypatch.setattr(*change)
    monkeypatch.setattr("workers.media.video.levels._ROUNDS", 0)
    clip = Clip(160, 90, 10, (10, 1), has_sound=True)
    wanted = LadderPlan(Box(0, 0, 160, 90), (Rung(160, 90, 300, (10, 1)),), 0, 10, RECIPE)
    with pytest.raises(MediaError) as told:
        ladder.ladder(short, clip, wanted, tmp_path)
    assert (told.value.code, said in told.value.detail) == ("output_invalid", True), told.value.detail


def test_sound_may_be_too_quiet_where_peaks_leave_no_room_but_neither_too_high_nor_out_of_step() -> None:
    plan = SoundPlan(), RECIPE
    late = check.Sounding("aac", 48_000, 2, 0.2, 1.0)
    assert check.sound_faults(late, Loudness(-16, 1, -3), plan, 1.0) == ("sound out of step: 0.200 s",)
    quiet = replace(late, begins_s=0.0)
    assert check.sound_faults(quiet, Loudness(-30, 1, -1), plan, 1.0) == ()
    assert check.sound_faults(quiet, Loudness(-30, 1, 0.5), plan, 1.0) == ("true peak: 0.5 dBTP",)
