"""Loudness where one gain is not enough: clicks, bursts, rare peaks and next to nothing, each as loud as it can be."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.workers.media import clips
from tests.workers.media.test_video_normalise import normalised
from tests.workers.media.test_video_render import RECIPE, plan
from workers.media import filming
from workers.media.errors import MediaError
from workers.media.limits import Limits
from workers.media.sandbox import Sandbox
from workers.media.shapes import Box
from workers.media.video import levels, render, sound, tool
from workers.media.video.rungs import Ladder, LadderPlan, Rung
from workers.media.video.shapes import Clip, Loudness, Made, SoundPlan, VideoPlan
from workers.media.video.sound import PLAIN, Level

ASKED = SoundPlan(loudness_lufs=-14.0)
CLICKS = "0.8*sin(2*PI*3000*t)*lt(mod(t,0.5),0.002)"
NOISE = "(random(0)-0.5)"


@pytest.fixture(scope="module")
def box() -> Iterator[Sandbox]:
    with Sandbox(Limits()) as made:
        yield made


def levelled(folder: Path, wave: str, seconds: float = 2.0) -> tuple[Level, Loudness, int]:
    """Make a sound as loud as asked, as AAC; return its level, how it came out, and in how many rounds."""
    given = clips.made(folder / "given.wav", "-f", "lavfi", "-i", f"aevalsrc='{wave}':s=48000:d={seconds}", "-ac", "2")
    heard = sound.listen(given, ["anull"], ASKED, folder / "log")
    rounds: list[Level] = []

    def make(level: Level) -> Loudness:
        rounds.append(level)
        chain = ",".join(sound.levelled(ASKED, heard, level)) or "anull"
        path = clips.made(folder / "made.mp4", "-i", str(given), "-af", chain, "-c:a", "aac", "-b:a", "192k")
        return sound.loudness(path, folder / "log")

    level = levels.find(ASKED, (PLAIN, make(PLAIN)), make)
    return level, make(level), len(rounds) - 1


@pytest.mark.parametrize(
    ("wave", "seconds"),
    [
        (f"0.25*{NOISE}*pow(max(0,sin(2*PI*3.5*t)),2)*lt(mod(t,1.7),1)+0.4*{NOISE}*lt(mod(t,0.9),0.003)", 3.0),
        ("0.03*sin(2*PI*500*t)+0.9*sin(2*PI*1200*t)*lt(mod(t,1),0.004)", 2.0),
        (f"0.9*{NOISE}*gt(t,0.4)", 0.6),
        (f"0.002*{NOISE}", 2.0),
    ],
    ids=["bursts as of speech", "a tone with rare peaks", "the end of a short part", "next to silence"],
)
def test_a_sound_with_few_peaks_becomes_as_loud_as_asked(tmp_path: Path, wave: str, seconds: float) -> None:
    _, heard, rounds = levelled(tmp_path, wave, seconds)
    assert heard.integrated_lufs == pytest.approx(-14, abs=1)
    assert (heard.true_peak_dbtp or 0) <= ASKED.true_peak_dbtp
    assert rounds <= 6


def test_what_is_all_peak_is_not_driven_any_further(tmp_path: Path) -> None:
    level, heard, rounds = levelled(tmp_path, f"{CLICKS}+0.001*{NOISE}")
    assert heard.integrated_lufs is not None
    assert heard.integrated_lufs < -20
    assert levels.short_of(ASKED, heard)
    assert (heard.true_peak_dbtp or 0) <= ASKED.true_peak_dbtp
    assert level == PLAIN
    assert rounds <= 5


def test_what_is_too_loud_at_first_and_what_clips_is_taken_back() -> None:
    """A sound of which only the numbers are known: each decibel brings half of one, and peaks follow."""

    def make(level: Level) -> Loudness:
        return Loudness(-11.0 + level.correction_db / 2, 0.0, -0.4 - level.lower_db + level.correction_db / 10)

    found = levels.find(ASKED, (PLAIN, make(PLAIN)), make)
    heard = make(found)
    assert heard.integrated_lufs == pytest.approx(-14, abs=1)
    assert (heard.true_peak_dbtp or 0) <= -1
    assert not found.swift


@pytest.fixture(scope="module")
def clicking(box: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> tuple[Clip, Path]:
    folder = tmp_path_factory.mktemp("clicking")
    tones = ("-f", "lavfi", "-i", f"aevalsrc='{CLICKS}':s=48000:d=1", "-c:a", "aac", "-b:a", "192k")
    found, path = normalised(box, clips.pattern(folder / "clicks.mp4", *tones, *clips.X264, size="160x90"), folder)
    return found.clip, path


def made(box: Sandbox, clicking: tuple[Clip, Path], asked: VideoPlan, folder: Path) -> Made | MediaError:
    (one,) = filming.film(box, clicking[1], (clicking[0], [asked]), folder)
    return one


def test_a_version_is_as_loud_as_its_peaks_allow_and_says_so(
    box: Sandbox, clicking: tuple[Clip, Path], tmp_path: Path
) -> None:
    one = made(box, clicking, plan(clicking[0], 160, 90, sound=ASKED), tmp_path)
    assert isinstance(one, Made)
    assert one.loudness is not None
    assert one.short_of_lufs == -14
    assert (one.loudness.integrated_lufs or 0) < -15
    assert (one.loudness.true_peak_dbtp or 0) <= -1
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".mp4"] == [one.path]


def test_pictures_are_encoded_once_however_hard_their_sound_is_to_lift(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, box: Sandbox
) -> None:
    """Its level is looked for on the sound alone, once for all that sound alike: that takes a hundredth of the time."""
    wave = f"0.02*{NOISE}+0.9*{NOISE}*lt(mod(t,0.5),0.003)"
    tones = ("-f", "lavfi", "-i", f"aevalsrc='{wave}':s=48000:d=1", "-c:a", "aac", "-b:a", "192k")
    found, path = normalised(box, clips.pattern(tmp_path / "peaks.mp4", *tones, *clips.X264, size="160x90"), tmp_path)
    logs: list[str] = []
    run = tool.run

    def counting(words: list[str], log: Path, **more: Any) -> str:
        logs.append(log.name)
        return run(words, log, **more)

    monkeypatch.setattr(tool, "run", counting)
    one, other = (plan(found.clip, *size, sound=ASKED, recipe=RECIPE) for size in ((160, 90), (90, 90)))

    def rounds(plans: list[VideoPlan], name: str) -> int:
        logs.clear()
        (tmp_path / name).mkdir()
        made = render.render(path, found.clip, plans, tmp_path / name)
        assert all(isinstance(version, Made) for version in made.values())
        assert logs.count("render.log") == 1
        return logs.count("level.log")

    assert rounds([one], "alone") == rounds([one, other], "together") > 2


@pytest.fixture(scope="module")
def faint(box: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> tuple[Clip, Path]:
    """The hiss of a room in which nothing is said, at about -50 LUFS."""
    folder = tmp_path_factory.mktemp("faint")
    hiss = ("-f", "lavfi", "-i", f"aevalsrc='0.008*{NOISE}':s=48000:d=1", "-c:a", "aac", "-b:a", "192k")
    found, path = normalised(box, clips.pattern(folder / "faint.mp4", *hiss, *clips.X264, size="160x90"), folder)
    return found.clip, path


def test_what_is_next_to_silence_is_lifted_by_twenty_decibels_at_most_and_says_so(
    box: Sandbox, faint: tuple[Clip, Path], tmp_path: Path
) -> None:
    clip, path = faint
    whole = plan(clip, 160, 90, sound=ASKED)
    calm, strict = replace(whole, most_lift_db=20.0), replace(whole, strict_loudness=True)
    bound, free = (one for one in filming.film(box, path, (clip, [calm, strict]), tmp_path) if isinstance(one, Made))
    assert clip.loudness is not None
    assert bound.loudness is not None
    assert free.loudness is not None
    before = clip.loudness.integrated_lufs or 0
    assert before < -45
    assert bound.loudness.integrated_lufs == pytest.approx(before + 20, abs=1)
    assert (bound.short_of_lufs, bound.lifted_db) == (-14, 20)
    # A platform that takes nothing quieter gets it, and whoever looks at the version is told to listen.
    assert free.loudness.integrated_lufs == pytest.approx(-14, abs=1)
    assert free.short_of_lufs is None
    assert free.lifted_db == pytest.approx(-14 - before, abs=1)
    stream = LadderPlan(Box(0, 0, 160, 90), (Rung(160, 90, 200, (30, 1)),), 0, clip.frames, RECIPE, sound=ASKED)
    (one,) = filming.ladder(box, path, (clip, [replace(stream, most_lift_db=20.0)]), tmp_path)
    assert isinstance(one, Ladder)
    assert (one.short_of_lufs, one.lifted_db) == (-14, 20)


def test_a_platform_that_publishes_a_loudness_gets_no_other(
    box: Sandbox, clicking: tuple[Clip, Path], tmp_path: Path
) -> None:
    strict = replace(plan(clicking[0], 160, 90, sound=ASKED), strict_loudness=True)
    refused = made(box, clicking, strict, tmp_path)
    assert isinstance(refused, MediaError)
    assert refused.code == "output_invalid"
    assert "loudness" in refused.message
    assert isinstance(made(box, clicking, replace(strict, sound=SoundPlan(loudness_lufs=-22.0)), tmp_path), Made)


def test_a_stream_is_as_loud_as_its_peaks_allow_too(box: Sandbox, clicking: tuple[Clip, Path], tmp_path: Path) -> None:
    clip, path = clicking
    stream = LadderPlan(Box(0, 0, 160, 90), (Rung(160, 90, 200, (30, 1)),), 0, clip.frames, RECIPE, sound=ASKED)
    (one,) = filming.ladder(box, path, (clip, [stream]), tmp_path)
    assert isinstance(one, Ladder)
    assert one.short_of_lufs == -14
    with zipfile.ZipFile(tmp_path / one.path) as bundle:
        bundle.extract("sound.mp4", tmp_path)
    heard = sound.loudness(tmp_path / "sound.mp4", tmp_path / "log")
    assert -25 < (heard.integrated_lufs or 0) < -15
    assert (heard.true_peak_dbtp or 0) <= -1
