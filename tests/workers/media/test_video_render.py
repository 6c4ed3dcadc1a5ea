"""Rendering: every version from one decode, and each file measured by other tools than made it."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.sandboxes import lent
from tests.tools import need
from tests.workers.media import clips
from tests.workers.media.test_video_normalise import normalised, probed
from workers.media import filming
from workers.media.errors import MediaError, PlanImpossible
from workers.media.sandbox import Sandbox
from workers.media.shapes import Backdrop, Box, Imprint
from workers.media.video import decoders, encode, filters, tool
from workers.media.video.shapes import Aim, Clip, Made, SoundPlan, VideoPlan, VideoRecipe

RECIPE = VideoRecipe("h264.test", 1)


@pytest.fixture(scope="module")
def box() -> Iterator[Sandbox]:
    with lent(Sandbox()) as made:
        yield made


@pytest.fixture(scope="module")
def talk(box: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> tuple[Clip, Path]:
    """Three seconds of 640 x 360 with a red square that moves to the right, and a tone that is too loud."""
    folder = tmp_path_factory.mktemp("talk")
    moving = clips.SQUARE.format(size="640x360", rate=30, seconds=3) + "x='(n-1)*6':y=160"
    tone = "sine=frequency=500:sample_rate=48000:duration=3,volume=3.5"
    path = clips.made(
        folder / "talk.mp4", "-f", "lavfi", "-i", tone, "-filter_complex", f"{moving}[v]", "-map", "[v]", "-map", "0:a",
        "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac", "-b:a", "192k",
    )  # fmt: skip
    found, clip = normalised(box, path, folder)
    return found.clip, clip


def plan(clip: Clip, width: int, height: int, **changes: Any) -> VideoPlan:
    """The middle of a clip, as large as its shape allows, from its first picture to its last."""
    across = min(clip.width, round(clip.height * width / height / 2) * 2)
    down = min(clip.height, round(clip.width * height / width / 2) * 2)
    crop = Box((clip.width - across) // 2, (clip.height - down) // 2, across, down)
    made = VideoPlan(width, height, crop, Box(0, 0, width, height), 0, clip.frames, clip.rate, RECIPE)
    return replace(made, **changes)


def test_a_version_is_of_the_lowest_level_that_its_size_its_rate_and_its_bits_need(talk: tuple[Clip, Path]) -> None:
    tall = plan(talk[0], 1080, 1920)
    heavy, hevc = replace(RECIPE, kbps_max=40_000), replace(RECIPE, codec="hevc")
    for asked, level in (
        (plan(talk[0], 160, 90), 3.0),
        (plan(talk[0], 720, 1280), 3.1),
        (replace(tall, rate=(60, 1)), 4.2),
        (tall, 4.0),
        (replace(tall, recipe=heavy), 4.1),
        (replace(tall, recipe=hevc), 4.0),
        (replace(tall, recipe=hevc, rate=(60, 1)), 4.1),
        (plan(talk[0], 3840, 2160), 5.1),
        (plan(talk[0], 3840, 2160, recipe=hevc), 5.0),
        (plan(talk[0], 3600, 200), 4.0),  # narrow, and longer than a level of so few pixels lets a side be
        (replace(tall, recipe=replace(RECIPE, codec="vp9")), None),
    ):
        assert decoders.level(asked) == level, (asked.width, asked.height, asked.rate, asked.recipe)
        words = encode.video_words(asked, encode.Rate())
        told = [word for word in words if f"level-idc={level}" in word.split(":")]
        assert (f"{level}" in words) == (level is not None and asked.recipe.codec == "h264")
        assert bool(told) == (level is not None and asked.recipe.codec == "hevc")


def test_x264_looks_ahead_in_no_thread_of_its_own(talk: tuple[Clip, Path]) -> None:
    """With one, 19 of 1,400 encodings on busy cores had other bytes: too few for a test that encodes."""
    for rate in (encode.Rate(), encode.Rate(900), encode.Rate(900, filled=True)):
        words = encode.video_words(plan(talk[0], 160, 90), rate)
        assert "sync-lookahead=0" in words[words.index("-x264-params") + 1].split(":")


def filmed(box: Sandbox, talk: tuple[Clip, Path], plans: list[VideoPlan], folder: Path) -> list[Made]:
    made = filming.film(box, talk[1], (talk[0], plans), folder)
    assert [one for one in made if isinstance(one, MediaError)] == []
    return [one for one in made if isinstance(one, Made)]


def mediainfo(path: Path, what: str) -> str:
    command = [need("mediainfo"), f"--Inform={what}", str(path)]
    return subprocess.run(command, capture_output=True, check=True, text=True).stdout.strip()


@pytest.mark.req("R29")
def test_versions_from_one_decode_are_what_other_tools_say(
    box: Sandbox, talk: tuple[Clip, Path], tmp_path: Path
) -> None:
    clip = talk[0]
    wanted = [plan(clip, 180, 320), plan(clip, 256, 320), plan(clip, 640, 360), plan(clip, 320, 320)]
    made = filmed(box, talk, wanted, tmp_path)
    for asked, one in zip(wanted, made, strict=True):
        path = tmp_path / one.path
        picture, sound = probed(path)["streams"]
        assert (picture["width"], picture["height"]) == (asked.width, asked.height)
        assert (picture["codec_name"], picture["profile"], picture["pix_fmt"]) == ("h264", "High", "yuv420p")
        assert picture["level"] == 30
        assert picture["r_frame_rate"] == picture["avg_frame_rate"] == "30/1"
        assert int(picture["nb_frames"]) == 90
        assert float(picture["start_time"]) == 0.0
        assert (sound["codec_name"], sound["sample_rate"], sound["channels"]) == ("aac", "48000", 2)
        assert max(float(picture["duration"]), float(sound["duration"])) == pytest.approx(3.0, abs=0.001)
        assert mediainfo(path, "Video;%FrameRate_Mode%") == "CFR"
        assert mediainfo(path, "General;%IsStreamable%") == "Yes"
        trace = subprocess.run([need("ffprobe"), "-v", "trace", str(path)], capture_output=True, check=True, text=True)
        kinds = [kind for kind in ("moov", "mdat", "elst") if f"type:'{kind}'" in trace.stderr]
        assert kinds == ["moov", "mdat"]
        assert trace.stderr.index("type:'moov'") < trace.stderr.index("type:'mdat'")
        assert one.measured.starts == one.measured.keys == 2
        assert one.sha256


def test_the_same_plan_gives_the_same_bytes_in_any_company(
    box: Sandbox, talk: tuple[Clip, Path], tmp_path: Path
) -> None:
    one, other = plan(talk[0], 180, 320), plan(talk[0], 320, 180)
    for name in ("alone", "together"):
        (tmp_path / name).mkdir()
    alone = filmed(box, talk, [one], tmp_path / "alone")
    together = filmed(box, talk, [other, one], tmp_path / "together")
    assert alone[0].sha256 == together[1].sha256


def test_a_window_follows_its_path_and_jumps_at_a_cut(box: Sandbox, talk: tuple[Clip, Path], tmp_path: Path) -> None:
    """The square of picture n stands at x = n * 6 of 640: a window that goes with it keeps it in the middle."""
    clip = talk[0]
    path = (Aim(0.0, 20 / 640, 0.5), Aim(89 / 30, (89 * 6 + 20) / 640, 0.5))
    (made,) = filmed(box, talk, [plan(clip, 180, 320, path=path)], tmp_path)
    seen = [_red(picture) for picture in clips.colours(tmp_path / made.path, (180, 320))]
    for number in (20, 40, 60, 80):
        assert seen[number] == pytest.approx(90, abs=2)
    jump = (Aim(0.0, 0.2, 0.5), Aim(1.0, 0.8, 0.5, jump=True))
    steps = [float(_value(filters.curve([(a.at_s, a.x, a.jump) for a in jump]), t)) for t in (0.0, 0.99, 1.0, 2.0)]
    assert steps == [0.2, 0.2, 0.8, 0.8]


@pytest.mark.parametrize("number", [20, 21])
def test_a_window_jumps_with_the_first_picture_of_a_scene(
    box: Sandbox, talk: tuple[Clip, Path], tmp_path: Path, number: int
) -> None:
    """Two thirds of a second is rounded up: the window came one picture late, which is seen as a flash."""
    path = (Aim(0.0, 0.2, 0.5), Aim(round(number / 30, 4), 0.8, 0.5, jump=True))
    (made,) = filmed(box, talk, [plan(talk[0], 180, 320, frames=30, path=path)], tmp_path)
    red = [(picture[..., 0].astype(int) - picture[..., 1] > 80).any() for picture in
           clips.colours(tmp_path / made.path, (180, 320))]  # fmt: skip
    assert red.index(False, 5) == number


def _red(picture: Any) -> float:
    red = (picture[..., 0].astype(int) - picture[..., 1]) > 80
    return float(np.nonzero(red)[1].mean())


def _value(expression: str, moment: float) -> float:
    """Work an expression out as ffmpeg does."""
    names = {"t": moment, "lt": lambda a, b: a < b, "clip": lambda v, a, b: min(b, max(a, v))}
    return float(eval(expression.replace("if(", "choose("), {**names, "choose": lambda a, b, c: b if a else c}))


def test_a_long_path_stays_one_expression_that_ffmpeg_takes(
    box: Sandbox, talk: tuple[Clip, Path], tmp_path: Path
) -> None:
    path = tuple(Aim(number / 100, 0.3 + 0.4 * (number % 2), 0.5) for number in range(300))
    (made,) = filmed(box, talk, [plan(talk[0], 180, 320, path=path)], tmp_path)
    assert made.measured.frames == 90


def test_a_part_begins_and_ends_at_its_pictures_with_its_sound(box: Sandbox, tmp_path: Path) -> None:
    x264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac")
    found, path = normalised(box, clips.flash(tmp_path / "flash.mp4", 1.5, *x264, seconds=3.0), tmp_path)
    part = plan(found.clip, 160, 90, first=33, frames=40, sound=SoundPlan(loudness_lufs=None))
    (made,) = filmed(box, (found.clip, path), [part], tmp_path)
    bright = clips.grey(tmp_path / made.path, (16, 8)).mean(axis=(1, 2)) > 120
    assert (int(np.argmax(bright)), int(bright.sum())) == (12, 3)
    assert abs(clips.apart_s(tmp_path / made.path)) < 0.01


@pytest.mark.parametrize("loudness", [-14.0, -23.0])
def test_sound_is_as_loud_as_its_placement_asks(
    box: Sandbox, talk: tuple[Clip, Path], tmp_path: Path, loudness: float
) -> None:
    (made,) = filmed(box, talk, [plan(talk[0], 180, 320, sound=SoundPlan(loudness_lufs=loudness))], tmp_path)
    heard = subprocess.run(
        [need("ffmpeg"), "-i", str(tmp_path / made.path), "-af", "loudnorm=print_format=summary", "-f", "null", "-"],
        stdin=subprocess.DEVNULL, capture_output=True, check=True, text=True,
    ).stderr  # fmt: skip
    found = next(line for line in heard.split("\n") if line.startswith("Input Integrated"))
    assert float(found.split(":")[1].split()[0]) == pytest.approx(loudness, abs=1)
    assert made.loudness is not None
    assert made.loudness.true_peak_dbtp is not None
    assert made.loudness.true_peak_dbtp <= -1


def test_quiet_sound_with_sharp_peaks_becomes_loud_too_and_its_peaks_stay_below(box: Sandbox, tmp_path: Path) -> None:
    """One gain would lift the clicks far above full scale; asking loudnorm for ever more ended the whole work."""
    clicks = "0.03*sin(2*PI*500*t)+0.6*sin(2*PI*3000*t)*lt(mod(t,0.4),0.002)"
    path = clips.made(
        tmp_path / "clicks.mp4", "-f", "lavfi", "-i", "testsrc2=s=160x90:r=30:d=1", "-f", "lavfi", "-i",
        f"aevalsrc='{clicks}':s=48000:d=1", "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p",
        "-c:a", "aac", "-b:a", "192k",
    )  # fmt: skip
    found, clip = normalised(box, path, tmp_path)
    assert found.clip.loudness is not None
    assert (found.clip.loudness.integrated_lufs or 0) < -25
    (made,) = filmed(box, (found.clip, clip), [plan(found.clip, 160, 90)], tmp_path)
    assert made.loudness is not None
    assert made.loudness.integrated_lufs == pytest.approx(-16, abs=1)
    assert made.loudness.true_peak_dbtp is not None
    assert made.loudness.true_peak_dbtp <= -1


def test_a_version_may_be_mute(box: Sandbox, talk: tuple[Clip, Path], tmp_path: Path) -> None:
    (made,) = filmed(box, talk, [plan(talk[0], 180, 320, sound=SoundPlan(keep=False))], tmp_path)
    assert [stream["codec_type"] for stream in probed(tmp_path / made.path)["streams"]] == ["video"]


def test_a_backdrop_fills_what_a_picture_leaves(box: Sandbox, talk: tuple[Clip, Path], tmp_path: Path) -> None:
    clip, placed = talk[0], Box(0, 110, 180, 100)
    whole = plan(clip, 180, 320, crop=Box(0, 0, clip.width, clip.height), placed=placed)
    blurred, coloured = (
        replace(whole, backdrop=Backdrop("blur")),
        replace(whole, backdrop=Backdrop("colour", "#00ff00")),
    )
    made = filmed(box, talk, [blurred, coloured], tmp_path)
    soft, green = (clips.colours(tmp_path / one.path, (180, 320))[10].astype(int) for one in made)
    assert np.abs(green[:100] - (0, 255, 0)).mean() < 6
    assert np.abs(soft[115:205] - green[115:205]).mean() < 3
    assert np.abs(soft[20:90].mean(axis=(0, 1)) - soft[115:205].mean(axis=(0, 1))).max() < 20


def test_a_budget_that_nothing_fits_is_refused_and_holds_up_no_other(
    box: Sandbox, talk: tuple[Clip, Path], tmp_path: Path
) -> None:
    wanted = [plan(talk[0], 640, 360, max_bytes=2000), plan(talk[0], 180, 320)]
    refused, made = filming.film(box, talk[1], (talk[0], wanted), tmp_path)
    assert isinstance(refused, PlanImpossible)
    assert refused.code == "over_budget"
    assert "2000 bytes" in refused.message
    assert isinstance(made, Made)


def test_a_placement_that_refuses_light_files_gets_heavier_ones(
    box: Sandbox, talk: tuple[Clip, Path], tmp_path: Path
) -> None:
    (made,) = filmed(box, talk, [plan(talk[0], 320, 180, sound=SoundPlan(keep=False), min_bytes=75_000)], tmp_path)
    assert 75_000 <= made.measured.size_bytes < 110_000


def test_a_placement_that_asks_for_many_bits_gets_them(box: Sandbox, talk: tuple[Clip, Path], tmp_path: Path) -> None:
    (made,) = filmed(box, talk, [plan(talk[0], 180, 320, recipe=replace(RECIPE, kbps_min=600))], tmp_path)
    assert made.measured.size_bytes * 8 / 3 >= 600_000


@pytest.mark.parametrize(("codec", "container", "preset", "quality"), [
    ("hevc", "mp4", "ultrafast", 30), ("vp9", "webm", "8", 40), ("av1", "mp4", "12", 45),
])  # fmt: skip
def test_other_codecs_are_written_where_asked(
    box: Sandbox, talk: tuple[Clip, Path], tmp_path: Path, codec: Any, container: Any, preset: str, quality: float
) -> None:
    recipe = VideoRecipe(f"{codec}.test", 1, codec, container, preset, quality)
    (made,) = filmed(box, talk, [plan(talk[0], 320, 180, frames=30, recipe=recipe)], tmp_path)
    streams = probed(tmp_path / made.path)["streams"]
    assert streams[0]["codec_name"] == codec
    assert streams[0]["level"] == 90 or codec != "hevc", "three, in thirtieths"
    assert streams[1]["codec_name"] == ("opus" if container == "webm" else "aac")
    assert made.media_type == f"video/{container}"


def test_a_webm_with_sound_lasts_as_long_as_its_pictures(box: Sandbox, talk: tuple[Clip, Path], tmp_path: Path) -> None:
    """Opus is coded in steps of 20 ms and begins before the first picture: both made the file longer."""
    recipe = VideoRecipe("vp9.test", 1, "vp9", "webm", "8", 45)
    wanted = [plan(talk[0], 320, 180, frames=frames, recipe=recipe, max_s=frames / 30) for frames in (15, 60, 77)]
    for asked, one in zip(wanted, filmed(box, talk, wanted, tmp_path), strict=True):
        lasts = float(probed(tmp_path / one.path)["format"]["duration"])
        assert lasts == pytest.approx(asked.frames / 30, abs=0.0011)
        assert lasts - (one.measured.audio_s or 0) < 0.004


def test_a_version_says_whose_it_is(box: Sandbox, talk: tuple[Clip, Path], tmp_path: Path) -> None:
    (made,) = filmed(
        box, talk, [plan(talk[0], 180, 320, imprint=Imprint(creator="Ana", credit="Ana / Brand"))], tmp_path
    )
    said = subprocess.run(
        [need("exiftool"), "-s3", "-XMP-dc:Creator", "-XMP-photoshop:Credit", str(tmp_path / made.path)],
        capture_output=True, check=True, text=True,
    ).stdout  # fmt: skip
    assert said.split("\n")[:2] == ["Ana", "Ana / Brand"]


def test_work_that_comes_to_nothing_is_ended_where_it_says_so(tmp_path: Path) -> None:
    slow, started = ["-re", "-f", "lavfi", "-i", "testsrc2=s=64x64:d=60", "-f", "null", "-"], time.monotonic()
    assert "Output #0" in tool.run(slow, tmp_path / "log", until="Output #0")
    assert time.monotonic() - started < 30
    short = ["-f", "lavfi", "-i", "testsrc2=s=64x64:d=0.1", "-f", "null", "-"]
    assert "frame=" in tool.run(short, tmp_path / "log", until="never said")


def test_what_ffmpeg_cannot_open_is_an_error_of_this_engine(tmp_path: Path) -> None:
    with pytest.raises(MediaError):
        tool.run(["-i", f"file:{tmp_path / 'none.mp4'}", "-f", "null", "-"], tmp_path / "log")
