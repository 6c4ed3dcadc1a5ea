"""Judging: a file that misses its plan in one way is refused by the name of that way, and of no other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from tests.workers.media import clips
from workers.media.shapes import Box
from workers.media.video import check, sound
from workers.media.video.measure import measure
from workers.media.video.shapes import SoundPlan, VideoPlan, VideoRecipe

X264 = [
    *("-c:v", "libx264", "-preset", "veryfast", "-profile:v", "high", "-pix_fmt", "yuv420p", "-g", "30"),
    *("-keyint_min", "30", "-sc_threshold", "0", "-color_primaries", "bt709", "-color_trc", "bt709"),
    *("-colorspace", "bt709", "-color_range", "tv", "-bf", "2"),
]
AAC = ["-c:a", "aac", "-b:a", "128k", "-ar", "48000", "-ac", "2"]
FILE = ["-movflags", "+faststart+negative_cts_offsets", "-use_editlist", "0"]
PLAN = VideoPlan(
    320, 180, Box(0, 0, 320, 180), Box(0, 0, 320, 180), 0, 60, (30, 1), VideoRecipe("x", 1, gop_s=1.0), max_s=2.05
)


def judged(path: Path, plan: VideoPlan = PLAN) -> tuple[str, ...]:
    heard = sound.loudness(path, path.with_suffix(".log"))
    return tuple(fault.partition(":")[0] for fault in check.faults(measure(path), heard, plan))


TAGS = "setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709:range=tv"


def file(folder: Path, **changes: object) -> Path:
    """A file that is as `PLAN` wants it, but for what is said."""
    asked = {"video": X264, "end": FILE, "volume": "1dB", "tags": TAGS, **changes}
    tone = f"sine=frequency=500:sample_rate=48000:duration=2,volume={asked['volume']}"
    inputs = ["-f", "lavfi", "-i", "testsrc2=s=320x180:r=30:d=2", "-f", "lavfi", "-i", tone, "-vf", str(asked["tags"])]
    return clips.made(folder / "made.mp4", *inputs, *list(asked["video"]), *AAC, *list(asked["end"]))  # type: ignore[call-overload]


def changed(old: str, new: str) -> list[str]:
    return [new if word == old else word for word in X264]


@pytest.fixture
def level(tmp_path: Path) -> SoundPlan:
    """As loud as the tone is, so that nothing is wrong with a plain file."""
    path = file(tmp_path)
    heard = sound.loudness(path, tmp_path / "level.log").integrated_lufs
    assert heard is not None
    return SoundPlan(loudness_lufs=heard)


def test_a_file_that_is_as_planned_has_no_fault(tmp_path: Path, level: SoundPlan) -> None:
    assert judged(file(tmp_path), replace(PLAN, sound=level)) == ()


@pytest.mark.parametrize(("fault", "make"), [
    ("profile", lambda folder: file(folder, video=changed("veryfast", "ultrafast"))),
    ("open groups", lambda folder: file(folder, video=[*X264, "-x264-params", "open-gop=1:bframes=3:b-adapt=0"])),
    ("index", lambda folder: file(folder, end=["-movflags", "negative_cts_offsets", "-use_editlist", "0"])),
    ("edit lists", lambda folder: file(folder, end=["-movflags", "+faststart"])),
    ("loudness", lambda folder: file(folder, volume="-8dB")),
    ("colours", lambda folder: file(folder, tags="setparams=colorspace=smpte170m")),
    ("groups", lambda folder: file(folder, video=changed("30", "60"))),
    ("level", lambda folder: file(folder, video=[*X264, "-level:v", "4.2"])),
    ("pixel format", lambda folder: file(folder, video=[*changed("yuv420p", "yuv422p"), "-profile:v", "high422"])),
])  # fmt: skip
def test_each_fault_is_named(fault: str, make: Callable[[Path], Path], tmp_path: Path, level: SoundPlan) -> None:
    found = judged(make(tmp_path), replace(PLAN, sound=level))
    assert fault in found
    # 4:2:2 is a profile of its own, and where fewer pictures can be begun at, they are further apart.
    assert set(found) <= {fault, *{"pixel format": ["profile"], "open groups": ["groups"]}.get(fault, [])}


def test_uneven_time_is_named(tmp_path: Path, level: SoundPlan) -> None:
    uneven = file(tmp_path, tags=f"select='not(eq(mod(n,7),3))',{TAGS}", video=[*X264, "-fps_mode", "vfr"])
    found = judged(uneven, replace(PLAN, sound=level))
    assert {"frame rate", "frames"} <= set(found)


def test_a_file_that_lasts_too_long_or_weighs_too_much_is_named(tmp_path: Path, level: SoundPlan) -> None:
    plan = replace(PLAN, sound=level)
    assert judged(file(tmp_path), replace(plan, max_s=1.99)) == ("duration",)
    assert judged(file(tmp_path), replace(plan, max_bytes=10_000)) == ("weight",)
    heavy = replace(plan.recipe, kbps_min=9000)
    assert judged(file(tmp_path), replace(plan, recipe=heavy)) == ("bit rate",)
    assert judged(file(tmp_path), replace(plan, max_kbps=100)) == ("bit rate",)
    assert judged(file(tmp_path), replace(plan, min_bytes=5_000_000)) == ("bit rate",)


def test_sound_that_is_missing_or_not_asked_for_or_coded_otherwise_is_named(tmp_path: Path, level: SoundPlan) -> None:
    path, plan = file(tmp_path), replace(PLAN, sound=level)
    found = measure(path)
    assert check.faults(found, None, plan, audible=True) == ()
    assert check.faults(found, None, plan, audible=False) == ("sound: not asked for",)
    assert check.faults(replace(found, audio_codec=None), None, plan, audible=True) == ("sound: missing",)
    assert check.faults(replace(found, audio_codec="mp3"), None, plan, audible=True) == ("sound: mp3",)


def test_another_size_or_codec_is_named(tmp_path: Path, level: SoundPlan) -> None:
    plan = replace(PLAN, sound=level)
    assert judged(file(tmp_path), replace(plan, width=318)) == ("size",)
    hevc = replace(plan.recipe, codec="hevc")
    assert "codec" in judged(file(tmp_path), replace(plan, recipe=hevc))


def test_a_peak_above_the_limit_is_named(tmp_path: Path) -> None:
    path = file(tmp_path, volume="24dB")
    heard = sound.loudness(path, tmp_path / "heard.log").integrated_lufs
    assert judged(path, replace(PLAN, sound=SoundPlan(loudness_lufs=heard))) == ("true peak",)
