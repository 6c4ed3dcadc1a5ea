"""Normalising: whatever a phone recorded becomes upright, even, SDR and stereo, and is looked at meanwhile."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from tests.sandboxes import lent
from tests.tools import need
from tests.workers.media import clips
from workers.media import filming
from workers.media.errors import Cancelled, Damaged, TooLarge
from workers.media.sandbox import Sandbox
from workers.media.shapes import MediaFacts
from workers.media.video import sheet, source, survey
from workers.media.video.shapes import Normalised, Span


@pytest.fixture(scope="module")
def box() -> Iterator[Sandbox]:
    with lent(Sandbox()) as made:
        yield made


def normalised(box: Sandbox, path: Path, folder: Path) -> tuple[Normalised, Path]:
    looked, work = folder / "looked", folder / "work"
    looked.mkdir()
    work.mkdir()
    facts = box.inspect(path, looked).facts
    found = filming.normalise(box, path, facts, work)
    return found, work / found.path


def probed(path: Path) -> dict[str, Any]:
    words = ["-v", "error", "-print_format", "json", "-show_streams", "-show_format", f"file:{path}"]
    found = subprocess.run([need("ffprobe"), *words], capture_output=True, check=True).stdout
    plain: dict[str, Any] = json.loads(found)
    return plain


X264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p")


def test_a_clip_is_even_in_time_and_named_in_colour(box: Sandbox, tmp_path: Path) -> None:
    path = clips.pattern(tmp_path / "odd.mkv", "-c:v", "ffv1", "-pix_fmt", "yuv444p", size="161x121", rate="25")
    path = clips.made(
        tmp_path / "odd.webm", "-i", str(path), "-c:v", "libvpx-vp9", "-cpu-used", "8", "-pix_fmt", "yuv420p"
    )
    found, clip = normalised(box, path, tmp_path)
    picture = probed(clip)["streams"][0]
    assert (found.clip.width, found.clip.height, found.clip.rate) == (160, 120, (25, 1))
    assert (picture["width"], picture["height"], picture["r_frame_rate"]) == (160, 120, "25/1")
    assert picture["avg_frame_rate"] == picture["r_frame_rate"]
    assert (picture["color_space"], picture["color_transfer"], picture["color_primaries"]) == ("bt709",) * 3
    assert (picture["color_range"], picture["pix_fmt"]) == ("tv", "yuv420p")
    assert int(picture["nb_frames"]) == found.clip.frames == 25
    assert not found.clip.has_sound
    assert found.clip.loudness is None


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_turned_clip_stands_upright_without_a_turn_of_its_own(box: Sandbox, tmp_path: Path, turn: int) -> None:
    plain = clips.pattern(tmp_path / "plain.mp4", *X264, size="320x180", seconds=0.4)
    path = clips.made(tmp_path / "turned.mp4", "-display_rotation", str(turn), "-i", str(plain), "-c", "copy")
    found, clip = normalised(box, path, tmp_path)
    assert (found.clip.width, found.clip.height) == ((180, 320) if turn != 180 else (320, 180))
    size = (found.clip.width // 4, found.clip.height // 4)
    as_players_show_it = clips.colours(path, size)[0].astype(int)
    assert np.abs(clips.colours(clip, size)[0].astype(int) - as_players_show_it).mean() < 4
    assert "side_data_list" not in probed(clip)["streams"][0]


def test_pixels_that_are_not_square_become_square(box: Sandbox, tmp_path: Path) -> None:
    path = clips.pattern(tmp_path / "wide.mp4", "-vf", "setsar=3/2", *X264, size="120x90", seconds=0.2)
    found, clip = normalised(box, path, tmp_path)
    assert (found.clip.width, found.clip.height) == (180, 90)
    assert probed(clip)["streams"][0]["sample_aspect_ratio"] == "1:1"


def test_pictures_that_last_unequally_keep_their_time(box: Sandbox, tmp_path: Path) -> None:
    """One second of squares at 30 a second, without the middle: what was shown there lasts."""
    path = clips.pattern(
        tmp_path / "gap.mp4", "-vf", "select='not(between(n,10,19))'", "-fps_mode", "vfr", *X264, size="160x90"
    )
    found, clip = normalised(box, path, tmp_path)
    assert (found.clip.rate, found.clip.frames) == ((30, 1), 30)
    pictures = clips.grey(clip, (80, 45)).astype(int)
    still = [np.abs(pictures[index] - pictures[9]).mean() for index in range(10, 20)]
    assert max(still) < 1
    assert np.abs(pictures[20] - pictures[9]).mean() > 2


@pytest.mark.parametrize(("measured", "rate"), [
    (29.957, "30000/1001"), (30.0, "30"), (28.2, "30000/1001"), (8.8, "30"), (12.5, "25"), (12.0, "24"), (120.0, "60"),
    (239.76, "60000/1001"), (119.88, "60000/1001"), (240.0, "60"), (100.0, "50"), (200.0, "50"), (90.0, "60"),
    (222.0, "60"), (59.9, "60000/1001"), (23.98, "24000/1001"), (None, "30"), (0.0, "30"),
])  # fmt: skip
def test_a_rate_becomes_a_usual_one_that_loses_no_picture(measured: float | None, rate: str) -> None:
    assert source.rate_for(measured) == Fraction(rate)


def test_interlaced_pictures_are_woven_into_whole_ones(box: Sandbox, tmp_path: Path) -> None:
    """A bar that moves fast shows combs where two half pictures of different instants lie in one."""
    moving = "color=black:s=320x180:r=50:d=1[b];color=white:s=30x180:r=50:d=1[w];[b][w]overlay=x='n*8'"
    words = ("-filter_complex", f"{moving},tinterlace=mode=interleave_top,setfield=tff", *X264, "-flags", "+ildct+ilme")
    path = clips.made(tmp_path / "combed.mp4", *words)

    def combs(file: Path) -> float:
        rows = clips.grey(file, (320, 180))[10].astype(int)
        return float(np.abs(rows[1:-1] * 2 - rows[:-2] - rows[2:]).mean())

    _, clip = normalised(box, path, tmp_path)
    assert combs(clip) < combs(path) / 4


@pytest.mark.parametrize("coded", ["smpte2084", "arib-std-b67"])
def test_hdr_becomes_what_the_poster_shows(box: Sandbox, tmp_path: Path, coded: str) -> None:
    tagged = f"setparams=colorspace=bt2020nc:color_primaries=bt2020:color_trc={coded}:range=limited,format=yuv420p10"
    words = ("-vf", tagged, "-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=error")
    path = clips.pattern(tmp_path / "hdr.mp4", *words, size="320x180", rate="10", seconds=0.3)
    _, clip = normalised(box, path, tmp_path)
    poster = Image.open(next((tmp_path / "looked").glob("poster.*"))).convert("RGB").resize((80, 45))

    def far(file: Path) -> float:  # the mark covers less than half of the poster
        return float(np.median(np.abs(clips.colours(file, (80, 45))[0].astype(int) - np.asarray(poster, int))))

    assert far(clip) <= 3
    assert far(path) > 2 * far(clip)


@pytest.mark.req("R50")
def test_sound_and_picture_stay_in_step_where_one_begins_later(box: Sandbox, tmp_path: Path) -> None:
    plain = clips.flash(tmp_path / "plain.mp4", 0.5, *X264, "-c:a", "aac")
    late = clips.made(
        tmp_path / "late.mp4", "-i", str(plain), "-itsoffset", "0.2", "-i", str(plain),
        "-map", "0:v", "-map", "1:a", "-c", "copy",
    )  # fmt: skip
    _, clip = normalised(box, late, tmp_path)
    assert clips.apart_s(clip) == pytest.approx(0.2, abs=0.02)


def test_sound_becomes_stereo_with_all_that_was_there(box: Sandbox, tmp_path: Path) -> None:
    centre = "sine=frequency=440:duration=1:sample_rate=44100,pan=5.1|FC=c0"
    path = clips.made(
        tmp_path / "six.mp4", "-f", "lavfi", "-i", "testsrc2=s=160x90:r=30:d=1", "-f", "lavfi", "-i", centre,
        *X264, "-c:a", "aac",
    )  # fmt: skip
    found, clip = normalised(box, path, tmp_path)
    heard = probed(clip)["streams"][1]
    assert (heard["codec_name"], heard["sample_rate"], heard["channels"]) == ("pcm_s16le", "48000", 2)
    assert found.clip.loudness is not None
    assert np.abs(clips.sound(clip).astype(int)).max() > 1000


def test_loudness_silence_and_cuts_are_measured(box: Sandbox, tmp_path: Path) -> None:
    picture = "testsrc2=s=320x180:r=30:d=2[a];color=blue:s=320x180:r=30:d=2[b];[a][b]concat=n=2"
    tone = "sine=frequency=1000:sample_rate=48000:duration=4,volume='if(between(t,1,2),0,1)':eval=frame"
    path = clips.made(
        tmp_path / "two.mp4", "-f", "lavfi", "-i", tone, "-filter_complex", f"{picture}[v]",
        "-map", "[v]", "-map", "0:a", *X264, "-c:a", "aac", "-b:a", "192k",
    )  # fmt: skip
    found, _ = normalised(box, path, tmp_path)
    clip = found.clip
    assert clip.cuts == (2.0,)
    assert len(clip.silences) == 1
    assert clip.silences[0].start_s == pytest.approx(1.0, abs=0.06)
    assert clip.silences[0].end_s == pytest.approx(2.0, abs=0.06)
    assert clip.loudness is not None
    # A sine with a peak of -18.06 dBFS in one channel is 3.01 less (ITU-R BS.1770-4, annex 1), and in two no louder.
    assert clip.loudness.integrated_lufs == pytest.approx(-21.1, abs=0.6)
    assert clip.loudness.true_peak_dbtp == pytest.approx(-20.6, abs=1)
    loud = [look.loud_lufs for look in clip.seen]
    assert loud[2] == loud[12] == pytest.approx(-21.1, abs=0.6)
    assert loud[5:7] == [None, None]


def test_what_moves_is_where_it_is(box: Sandbox, tmp_path: Path) -> None:
    moving = clips.SQUARE.format(size="320x180", rate=30, seconds=2) + "x='20+n*4':y=60"
    path = clips.made(tmp_path / "moving.mp4", "-filter_complex", moving, *X264)
    found, _ = normalised(box, path, tmp_path)
    places = [look.motion.x for look in found.clip.seen if look.motion is not None]
    assert places == sorted(places)
    assert places[0] < 0.3
    assert places[-1] > 0.7
    assert found.clip.cuts == ()


def _scenes(every: int, light: float, shift: int, total: int = 60) -> NDArray[np.uint8]:
    """Small pictures of coloured fields: others after every so many, shifted to one side from each to the next."""
    drawn, pictures = np.random.default_rng(5), []
    for number in range(total):
        if number % every == 0:
            fields = np.kron(drawn.integers(0, 256, (6, 12)), np.ones((9, 8))) * light
        pictures.append(np.roll(fields, shift * number, axis=1))
    return np.stack(pictures).astype(np.uint8)


@pytest.mark.parametrize(("every", "light", "shift", "share"), [
    (4, 1.0, 0, 1.0), (5, 1.0, 0, 1.0), (15, 1.0, 0, 1.0), (5, 1.0, 1, 1.0), (15, 0.25, 0, 1.0), (15, 0.25, 1, 1.0),
    (1000, 1.0, 8, 1.0), (1000, 1.0, 8, 0.2),
])  # fmt: skip
def test_cuts_are_seen_in_fast_slide_shows_and_in_the_dark(every: int, light: float, shift: int, share: float) -> None:
    """Where nothing moves, what changes around a cut are other cuts; a shaken camera changes as much and cuts nothing.

    Of five pictures with a share of a fifth four are shown again.
    """
    pictures = np.repeat(_scenes(every, light, shift), round(1 / share), axis=0)
    found = survey._cuts(survey._changes(pictures), survey._levels(pictures), share)
    assert found == list(range(every, len(pictures), every))


def test_the_light_of_a_camera_is_no_cut(box: Sandbox, tmp_path: Path) -> None:
    """Three pictures of white, and later another scene, which is one."""
    white = "drawbox=c=white:t=fill:enable='between(n,12,14)'"
    other = "drawbox=c=blue:t=fill:enable='gte(n,24)'"
    path = clips.pattern(tmp_path / "flash.mp4", "-vf", f"{white},{other}", *X264, size="160x90")
    flashed = normalised(box, path, tmp_path)[0].clip
    assert flashed.cuts == (0.8,)
    beside = tmp_path / "calm"
    beside.mkdir()
    calm = clips.pattern(beside / "calm.mp4", "-vf", other, *X264, size="160x90")
    for one, same in zip(flashed.seen, normalised(box, calm, beside)[0].clip.seen, strict=True):
        assert one.amount == pytest.approx(same.amount, abs=0.02), "light is no motion either"


def test_a_cut_is_no_motion(box: Sandbox, tmp_path: Path) -> None:
    left = "color=black:s=160x90:r=30:d=0.6,drawbox=0:0:40:90:white:t=fill[a]"
    right = "color=gray:s=160x90:r=30:d=0.6,drawbox=120:0:40:90:black:t=fill[b];[a][b]concat=n=2"
    path = clips.made(tmp_path / "two.mp4", "-filter_complex", f"{left};{right}", *X264)
    found, _ = normalised(box, path, tmp_path)
    assert found.clip.cuts == (0.6,)
    assert [look.amount for look in found.clip.seen] == [0.0] * 5


def test_a_sheet_holds_a_picture_of_every_half_second(box: Sandbox, tmp_path: Path) -> None:
    path = clips.pattern(tmp_path / "long.mp4", *X264, size="320x180", rate="10", seconds=6)
    found, _ = normalised(box, path, tmp_path)
    made = found.sheet
    assert (made.count, made.columns, made.every_s, made.width, made.height) == (12, 4, 0.5, 320, 180)
    with Image.open(tmp_path / "work" / made.path) as picture:
        assert picture.size == (1280, 540)


@pytest.mark.req("R65")
def test_every_picture_of_a_sheet_bears_the_mark_of_previews(box: Sandbox, tmp_path: Path) -> None:
    path = clips.made(tmp_path / "plain.mp4", "-f", "lavfi", "-i", "color=gray:s=320x180:r=10:d=2", *X264)
    made = normalised(box, path, tmp_path)[0].sheet
    with Image.open(tmp_path / "work" / made.path) as picture:
        for number in range(made.count):
            left, top = number % made.columns * made.width, number // made.columns * made.height
            small = picture.convert("L").crop((left, top, left + made.width, top + made.height))
            values = np.asarray(small)
            assert int(values.max()) - int(values.min()) > 60, number


@pytest.mark.parametrize(
    ("width", "height", "seconds"),
    [(1920, 1080, 600), (1080, 1920, 600), (640, 640, 600), (3840, 200, 90), (64, 36, 3)],
)
def test_a_sheet_is_no_larger_than_a_preview(width: int, height: int, seconds: float) -> None:
    across, down = sheet.size_for(width, height, seconds)
    count = min(sheet.MOST, seconds / sheet.EVERY_S)
    assert (1280 // across) * (1280 // down) >= count
    assert across <= width
    assert abs(across / down - width / height) < 0.15 * width / height


def test_one_picture_is_a_clip_too(box: Sandbox, tmp_path: Path) -> None:
    path = clips.pattern(tmp_path / "one.mp4", *X264, "-frames:v", "1")
    found, _ = normalised(box, path, tmp_path)
    assert found.clip.frames == 1
    assert found.sheet.count == 1


def test_work_that_is_cancelled_ends_at_once(box: Sandbox, tmp_path: Path) -> None:
    path = clips.pattern(tmp_path / "long.mp4", *X264, size="1280x720", seconds=20)
    (tmp_path / "looked").mkdir()
    (tmp_path / "work").mkdir()
    facts = box.inspect(path, tmp_path / "looked").facts
    told: list[float] = []
    watching = filming.Watching(lambda: bool(told), lambda fraction, words: told.append(fraction))
    with pytest.raises(Cancelled):
        filming.normalise(box, path, facts, tmp_path / "work", watching=watching)
    assert told[0] < 0.9
    assert not _running("normalise.log", tmp_path)


def _running(what: str, folder: Path) -> list[str]:
    lines = subprocess.run(["ps", "-eo", "args"], capture_output=True, check=True, text=True).stdout.split("\n")
    return [line for line in lines if str(folder) in line and "ffmpeg" in line]


def test_what_is_too_long_or_broken_is_refused_in_words(box: Sandbox, tmp_path: Path) -> None:
    path = clips.pattern(tmp_path / "clip.mp4", *X264, seconds=0.5)
    facts = box.inspect(path, tmp_path).facts
    plain = facts.dump()
    with pytest.raises(TooLarge, match="20 minutes"):
        filming.normalise(box, path, MediaFacts.load({**plain, "duration_s": 1300.0}), tmp_path)
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(path.read_bytes()[: path.stat().st_size // 3])
    with pytest.raises(Damaged):
        filming.normalise(box, cut, facts, tmp_path)


def test_clicks_part_no_silence() -> None:
    log = "silence_start: 0\nsilence_end: 1.0 |\nsilence_start: 1.01\nsilence_end: 2\nsilence_start: 3.5"
    assert survey.silences(log, 4.0) == (Span(0.0, 2.0), Span(3.5, 4.0))
