"""Normalising what other programs leave behind: tracks to choose from, parts that differ, borders, names of colours."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.sandboxes import lent
from tests.workers.media import clips
from tests.workers.media.clips import X264
from tests.workers.media.test_video_normalise import normalised
from workers.media.sandbox import Sandbox


@pytest.fixture(scope="module")
def box() -> Iterator[Sandbox]:
    with lent(Sandbox()) as made:
        yield made


def test_a_picture_that_is_cut_off_on_the_left_keeps_its_shape(box: Sandbox, tmp_path: Path) -> None:
    whole = clips.pattern(tmp_path / "whole.mp4", *X264, size="160x96", seconds=0.2)
    cut = ("-c", "copy", "-bsf:v", "h264_metadata=crop_left=20:crop_right=20")
    found, _ = normalised(box, clips.made(tmp_path / "cut.mp4", "-i", str(whole), *cut), tmp_path)
    assert (found.clip.width, found.clip.height) == (120, 96)


def test_what_only_a_container_cuts_off_is_shown_and_not_stretched(box: Sandbox, tmp_path: Path) -> None:
    path = clips.pattern(tmp_path / "clap.mov", *X264, size="160x96", seconds=0.2)
    clips.clean_aperture(path, 80, 96)
    found, clip = normalised(box, path, tmp_path)
    assert (found.clip.width, found.clip.height) == (160, 96)
    whole = clips.colours(clips.pattern(tmp_path / "whole.mp4", *X264, size="160x96", seconds=0.2), (40, 24))
    assert np.abs(clips.colours(clip, (40, 24))[0].astype(int) - whole[0].astype(int)).mean() < 4


def test_colours_that_only_a_container_names_are_those(box: Sandbox, tmp_path: Path) -> None:
    hlg = "setparams=colorspace=bt2020nc:color_primaries=bt2020:color_trc=arib-std-b67:range=limited,format=yuv420p10"
    x265 = ("-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=error", "-tag:v", "hvc1")
    shown = []
    for name, words in (("both", ("-vf", hlg)), ("container", ("-vf", "format=yuv420p10"))):
        folder = tmp_path / name
        folder.mkdir()
        path = clips.pattern(folder / "hlg.mov", *words, *x265, size="160x96", rate="10", seconds=0.1)
        if name == "container":
            clips.coloured(path, 9, 18, 9)
        shown.append(clips.colours(normalised(box, path, folder)[1], (40, 24))[0].astype(int))
    assert np.abs(shown[0] - shown[1]).mean() < 2


def test_the_last_picture_stays_where_sound_goes_on(box: Sandbox, tmp_path: Path) -> None:
    tone = ("-f", "lavfi", "-i", "sine=r=48000:d=1.2", "-map", "0:v", "-map", "1:a", "-c:a", "aac")
    path = clips.pattern(tmp_path / "voice.mp4", *tone, *X264, size="160x90", seconds=0.3)
    found, clip = normalised(box, path, tmp_path)
    assert (found.clip.frames, found.clip.rate) == (36, (30, 1))
    pictures = clips.grey(clip, (80, 45)).astype(int)
    assert np.abs(pictures[-1] - pictures[8]).mean() < 1
    assert np.abs(clips.sound(clip)[50_000:].astype(np.int32)).max() > 300


def test_what_changes_on_the_way_is_seen_and_heard_on_both_sides(box: Sandbox, tmp_path: Path) -> None:
    parts = []
    for size, channels, hertz in (("160x90", "1", 440), ("72x128", "6", 880)):
        words = ("-f", "lavfi", "-i", f"sine=f={hertz}:r=48000:d=1", *X264, "-c:a", "ac3", "-ac", channels)
        parts.append(clips.pattern(tmp_path / f"{channels}.ts", *words, size=size))
    path = clips.made(tmp_path / "call.mts", "-i", f"concat:{parts[0]}|{parts[1]}", "-c", "copy")
    found, clip = normalised(box, path, tmp_path)
    assert (found.clip.width, found.clip.height) == (160, 90)
    assert found.clip.frames == pytest.approx(60, abs=1)
    assert not found.clip.silences
    beside, middle = clips.grey(clip, (16, 9))[40][:, [0, 8]].T
    assert beside.mean() < 20 < 35 < middle.mean()
    heard = clips.sound(clip).astype(np.int32)
    for part, hertz in ((heard[4800:40000], 440), (heard[56000:91200], 880)):
        assert np.abs(part).max() > 300
        rises = int(((part[:-1] < 0) & (part[1:] >= 0)).sum())
        assert rises == pytest.approx(hertz * part.size / 48000, abs=3)


def test_parts_of_a_recording_that_were_joined_are_as_long_as_all_of_them(box: Sandbox, tmp_path: Path) -> None:
    """Each begins at the same time by its own clock."""
    tone = ("-f", "lavfi", "-i", "sine=r=48000:d=1", *X264, "-c:a", "aac")
    part = clips.pattern(tmp_path / "part.ts", *tone, size="160x90").read_bytes()
    path = tmp_path / "joined.mts"
    path.write_bytes(part * 3)
    found, clip = normalised(box, path, tmp_path)
    assert found.clip.rate == (30, 1)
    assert found.clip.duration_s == pytest.approx(3.0, abs=0.1)
    pictures = clips.grey(clip, (80, 45)).astype(int)
    assert np.abs(pictures[45] - pictures[15]).mean() < np.abs(pictures[45] - pictures[20]).mean()


def test_the_picture_and_the_sound_that_players_play_are_taken(box: Sandbox, tmp_path: Path) -> None:
    """The first tracks are not those: a picture that is switched off, and a sound that cannot be decoded."""
    tone, plain = ("-f", "lavfi", "-i", "sine=r=48000:d=0.5"), ("-f", "lavfi", "-i", "color=red:s=160x90:r=30:d=0.5")
    streams = ("-map", "0:v", "-map", "1:v", "-map", "2:a", "-map", "2:a", "-c:a:0", "truehd", "-c:a:1", "aac")
    marked = ("-disposition:v:0", "0", "-disposition:v:1", "default", "-strict", "-2")
    path = clips.pattern(tmp_path / "two.mkv", *plain, *tone, *streams, *marked, *X264, size="96x96", seconds=0.5)
    found, clip = normalised(box, path, tmp_path)
    assert (found.clip.width, found.clip.height, found.clip.has_sound) == (160, 90, True)
    assert clips.colours(clip, (1, 1))[0, 0, 0, 0] > 200
    assert np.abs(clips.sound(clip).astype(np.int32)).max() > 300


@pytest.mark.parametrize(("codec", "name"), [("pcm_f32be", "f.mov"), ("adpcm_ima_wav", "ima.avi")])
def test_what_cameras_record_as_sound_is_heard(box: Sandbox, tmp_path: Path, codec: str, name: str) -> None:
    tone = ("-f", "lavfi", "-i", "sine=r=48000:d=0.2", "-c:a", codec)
    path = clips.pattern(tmp_path / name, *tone, *X264, size="96x96", seconds=0.2)
    assert np.abs(clips.sound(normalised(box, path, tmp_path)[1]).astype(np.int32)).max() > 300


def test_a_sound_in_which_nothing_is_was_never_recorded(box: Sandbox, tmp_path: Path) -> None:
    nothing = ("-f", "lavfi", "-i", "sine=d=1", "-map", "0:v", "-map", "1:a", "-af", "atrim=end=0", "-c:a", "aac")
    path = clips.pattern(tmp_path / "mute.mkv", *nothing, *X264, size="96x96", seconds=0.2)
    assert not normalised(box, path, tmp_path)[0].clip.has_sound
