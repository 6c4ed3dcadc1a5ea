"""A bed under the voice or in the place of the sound: measured by other tools than mixed it."""

from __future__ import annotations

import hashlib
import shutil
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.sandboxes import lent
from tests.workers.media import clips
from tests.workers.media.test_video_normalise import normalised
from tests.workers.media.test_video_render import RECIPE, plan
from workers.media import filming
from workers.media.errors import MediaError
from workers.media.layers import MATERIALS, Card
from workers.media.sandbox import Sandbox
from workers.media.shapes import Box
from workers.media.video import bed, sound
from workers.media.video.rungs import Ladder, LadderPlan, Rung
from workers.media.video.shapes import Bed, Clip, Made, SoundPlan, VideoPlan

VOICE, MUSIC = 500, 2000
"""Hertz of the tones that stand for a voice and for music."""
GONE, BROKEN = "0" * 64, "b" * 64
"""Files of music, by their sums."""
LOUD = SoundPlan(True, -14.0, 1.0, -1.0)


@pytest.fixture(scope="module")
def box() -> Iterator[Sandbox]:
    with lent(Sandbox()) as made:
        yield made


@pytest.fixture(scope="module")
def talk(box: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> tuple[Clip, Path]:
    """Two seconds of picture; a voice is heard from 0.5 to 1.2 s."""
    folder = tmp_path_factory.mktemp("talk")
    tone = f"aevalsrc='0.2*sin(2*PI*{VOICE}*t)*between(t,0.5,1.2)':s=48000:d=2"
    words = ("-f", "lavfi", "-i", tone, "-map", "0:v", "-map", "1:a", *clips.X264, "-c:a", "aac", "-b:a", "192k")
    path = clips.pattern(folder / "talk.mp4", *words, size="160x90", seconds=2)
    found, clip = normalised(box, path, folder)
    return found.clip, clip


@pytest.fixture(scope="module")
def song(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Less than a second of music, as an MP3 at another rate: it has to begin again."""
    tone = ("-f", "lavfi", "-i", f"sine=f={MUSIC}:r=44100:d=0.8", "-c:a", "libmp3lame", "-b:a", "192k")
    return clips.made(tmp_path_factory.mktemp("song") / "song.mp3", *tone)


def laid_out(song: Path, folder: Path) -> Bed:
    name = hashlib.sha256(song.read_bytes()).hexdigest()
    (folder / MATERIALS).mkdir(parents=True, exist_ok=True)
    shutil.copyfile(song, folder / MATERIALS / name)
    return Bed("trk-1", name)


def filmed(box: Sandbox, talk: tuple[Clip, Path], plans: list[VideoPlan], folder: Path) -> list[Made]:
    made = filming.film(box, talk[1], (talk[0], plans), folder)
    assert [one for one in made if isinstance(one, MediaError)] == []
    return [one for one in made if isinstance(one, Made)]


def energy(path: Path, hertz: int, start_s: float, end_s: float) -> float:
    """Decibels of one tone in a part of a file."""
    heard = clips.sound(path)[round(start_s * 48_000) : round(end_s * 48_000)] / 32768
    wave = np.exp(-2j * np.pi * hertz * np.arange(len(heard)) / 48_000) * np.hanning(len(heard)) * 4
    return 20 * float(np.log10(abs((heard * wave).mean()) + 1e-6))


def judged(path: Path, folder: Path, asked: SoundPlan) -> None:
    found = sound.loudness(path, folder / "judge.log")
    assert found.integrated_lufs == pytest.approx(asked.loudness_lufs, abs=asked.tolerance_lu)
    assert found.true_peak_dbtp is not None
    assert found.true_peak_dbtp <= asked.true_peak_dbtp


def test_a_bed_takes_the_place_of_the_sound_or_lies_under_it_and_both_are_as_loud_as_asked(
    box: Sandbox, talk: tuple[Clip, Path], song: Path, tmp_path: Path
) -> None:
    given = laid_out(song, tmp_path)
    small: dict[str, Any] = {"bed": given}
    wanted = [
        plan(talk[0], 160, 90, sound=LOUD),
        plan(talk[0], 160, 90, sound=replace(LOUD, keep=False), **small),
        plan(talk[0], 160, 90, sound=LOUD, **small),
        plan(talk[0], 90, 90, sound=replace(LOUD, loudness_lufs=-20.0), **small),
    ]
    plain, instead, under, softer = (tmp_path / one.path for one in filmed(box, talk, wanted, tmp_path))
    for path, asked in zip((instead, under, softer), wanted[1:], strict=True):
        judged(path, tmp_path, asked.sound)
    # In its place nothing of the voice is left, and the music goes on where its file has ended.
    assert energy(instead, VOICE, 0.6, 1.1) < energy(instead, MUSIC, 0.6, 1.1) - 40
    assert energy(instead, MUSIC, 1.1, 1.3) == pytest.approx(energy(instead, MUSIC, 0.5, 0.7), abs=1)
    # Under it the voice stands out, and the music comes back where nobody speaks.
    assert energy(under, VOICE, 0.6, 1.1) > energy(under, MUSIC, 0.6, 1.1) + bed.UNDER_LU + 6
    assert energy(under, MUSIC, 0.3, 0.45) > energy(under, MUSIC, 0.7, 1.1) + 6
    assert energy(plain, MUSIC, 0.6, 1.1) < -60
    # It comes and goes softly.
    assert energy(instead, MUSIC, 0.0, 0.05) < energy(instead, MUSIC, 0.5, 0.7) - 6
    assert energy(instead, MUSIC, 1.9, 1.97) < energy(instead, MUSIC, 1.1, 1.3) - 12


def test_the_same_bed_gives_the_same_bytes_in_any_company(
    box: Sandbox, talk: tuple[Clip, Path], song: Path, tmp_path: Path
) -> None:
    alone, together = tmp_path / "alone", tmp_path / "together"
    one = plan(talk[0], 160, 90, sound=LOUD, bed=laid_out(song, alone))
    other = plan(talk[0], 90, 90, sound=replace(LOUD, keep=False), bed=laid_out(song, together))
    first = filmed(box, talk, [one], alone)[0]
    assert first.sha256 == filmed(box, talk, [plan(talk[0], 160, 90), other, one], together)[2].sha256


def test_a_silent_clip_gets_a_bed_that_is_heard_with_its_cards_as_well(
    box: Sandbox, song: Path, tmp_path: Path
) -> None:
    found, clip = normalised(box, clips.pattern(tmp_path / "mute.mp4", *clips.X264, size="160x90"), tmp_path)
    assert not found.clip.has_sound
    cards = {"intro": Card(15), "end": Card(15)}
    wanted = plan(found.clip, 160, 90, sound=LOUD, bed=laid_out(song, tmp_path), **cards)
    (made,) = filmed(box, (found.clip, clip), [wanted], tmp_path)
    assert made.measured.audio_codec == "aac"
    assert made.measured.audio_s == pytest.approx(2.0, abs=0.05)
    judged(tmp_path / made.path, tmp_path, LOUD)
    assert energy(tmp_path / made.path, MUSIC, 0.3, 0.45) == pytest.approx(
        energy(tmp_path / made.path, MUSIC, 0.6, 0.75), abs=1.5
    )


def test_a_stream_bears_a_bed_as_well(box: Sandbox, talk: tuple[Clip, Path], song: Path, tmp_path: Path) -> None:
    recipe = replace(RECIPE, gop_s=1.0)
    rungs = (Rung(160, 90, 300, talk[0].rate),)
    asked = replace(LOUD, keep=False)
    given = laid_out(song, tmp_path)
    wanted = LadderPlan(Box(0, 0, 160, 90), rungs, 0, talk[0].frames, recipe, sound=asked, bed=given)
    (made,) = filming.ladder(box, talk[1], (talk[0], [wanted]), tmp_path)
    assert isinstance(made, Ladder), made
    with zipfile.ZipFile(tmp_path / made.path) as bundle:
        bundle.extract("sound.mp4", tmp_path)
    judged(tmp_path / "sound.mp4", tmp_path, asked)
    assert energy(tmp_path / "sound.mp4", VOICE, 0.6, 1.1) < energy(tmp_path / "sound.mp4", MUSIC, 0.6, 1.1) - 40


def test_a_bed_whose_file_is_gone_or_broken_fails_alone(box: Sandbox, talk: tuple[Clip, Path], tmp_path: Path) -> None:
    (tmp_path / MATERIALS).mkdir()
    (tmp_path / MATERIALS / BROKEN).write_bytes(b"fLaC" + bytes(200))
    wanted = [plan(talk[0], 160, 90, bed=Bed("trk-1", name)) for name in (GONE, BROKEN, "")]
    gone, broken, unset, fine = filming.film(box, talk[1], (talk[0], [*wanted, plan(talk[0], 160, 90)]), tmp_path)
    assert isinstance(gone, MediaError)
    assert "Choose another track" in gone.message
    assert gone.code == "no_bed"
    assert isinstance(broken, MediaError)
    assert broken.code == "bed_unreadable"
    assert isinstance(unset, MediaError)
    assert unset.code == "no_bed"
    assert isinstance(fine, Made)
