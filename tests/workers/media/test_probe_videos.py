"""Measuring videos: facts by packets, proof by decoding, and that nothing but the given file is touched."""

from __future__ import annotations

import functools
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest
from PIL import Image

from tests.sandboxes import lent
from tests.tools import need
from tests.workers.media import traps
from tests.workers.media.pictures import corner_colours, corners, near
from workers.media.errors import Damaged, MediaError, TooLarge, Unsupported
from workers.media.limits import Limits
from workers.media.sandbox import Sandbox
from workers.media.shapes import Inspection

ROOT = Path(__file__).resolve().parents[3]
_TEST = ("-f", "lavfi", "-i", "testsrc2=size=192x144:rate=25:duration=2")
_TONE = ("-f", "lavfi", "-i", "sine=duration=2")
_H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-bf", "0")


@pytest.fixture(scope="module")
def box() -> Iterator[Sandbox]:
    with lent(Sandbox()) as opened:
        yield opened


@pytest.fixture(scope="module")
def videos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("videos")


def _ffmpeg(*arguments: str) -> None:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-v", "error", "-y", *arguments]
    subprocess.run(command, check=True, timeout=60, capture_output=True)


@functools.cache
def _made(folder: Path, name: str, *arguments: str) -> Path:
    path = folder / name
    _ffmpeg(*arguments, f"file:{path}")
    return path


def _clip(folder: Path, name: str = "clip.mp4") -> Path:
    return _made(folder, name, *_TEST, *_TONE, *_H264, "-c:a", "aac", "-shortest", "-movflags", "+faststart")


def _look(box: Sandbox, path: Path, folder: Path) -> Inspection:
    workdir = folder / "work"
    shutil.rmtree(workdir, ignore_errors=True)
    workdir.mkdir()
    return box.inspect(path, workdir)


def _refusal(box: Sandbox, path: Path, folder: Path) -> MediaError:
    with pytest.raises(MediaError) as caught:
        _look(box, path, folder)
    assert not caught.value.retry, caught.value.detail
    assert not list((folder / "work").iterdir())
    return caught.value


@pytest.mark.req("R45")
@pytest.mark.parametrize("extension", ["", ".jpg", ".svg", ".m3u8"])
@pytest.mark.parametrize(
    ("name", "form", "codec", "arguments"),
    [
        ("a.mp4", "mp4", "h264", _H264),
        ("a.mov", "mov", "h264", _H264),
        ("a.m4v", "m4v", "h264", (*_H264, "-f", "ipod")),
        ("a.3gp", "3gp", "h264", _H264),
        ("a.mkv", "mkv", "h264", _H264),
        ("a.webm", "webm", "vp9", ("-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8")),
        ("a.avi", "avi", "mpeg4", ("-c:v", "mpeg4")),
        ("a.ts", "mts", "h264", (*_H264, "-f", "mpegts")),
        ("a.m2ts", "mts", "h264", (*_H264, "-f", "mpegts", "-mpegts_m2ts_mode", "1")),
    ],
)
def test_every_container_is_known_by_content_and_measured_by_its_packets(
    name: str,
    form: str,
    codec: str,
    arguments: tuple[str, ...],
    extension: str,
    box: Sandbox,
    videos: Path,
    tmp_path: Path,
) -> None:
    path = tmp_path / f"upload{extension}"
    shutil.copy(_made(videos, name, *_TEST, *arguments), path)
    found = _look(box, path, tmp_path)
    facts = found.facts
    assert (facts.kind, facts.format, facts.codec) == ("video", form, codec)
    assert (facts.width, facts.height, facts.frames, facts.video_streams) == (192, 144, 50, 1)
    assert facts.duration_s == pytest.approx(2.0, abs=0.05)
    assert facts.frame_rate == pytest.approx(25, abs=0.6)
    assert [preview.name for preview in found.previews] == ["thumb", "poster"]


@pytest.mark.parametrize(("turn", "orientation"), [(0, 1), (90, 8), (180, 3), (270, 6)])
def test_a_rotated_video_is_shown_upright(
    turn: int, orientation: int, box: Sandbox, videos: Path, tmp_path: Path
) -> None:
    still = tmp_path / "still.png"
    corners(160, 96).rotate(-turn, expand=True).save(still)
    flat, path = tmp_path / "flat.mp4", tmp_path / "turned.mp4"
    _ffmpeg("-loop", "1", "-t", "1", "-i", str(still), *_H264, str(flat))
    _ffmpeg("-display_rotation", str(turn), "-i", str(flat), "-c", "copy", str(path))
    found = _look(box, path, tmp_path)
    assert found.facts.orientation == orientation
    assert (found.facts.width, found.facts.height) == (160, 96)
    with Image.open(tmp_path / "work" / found.previews[1].path) as poster:
        shown = corner_colours(poster)
    assert all(near(got, wanted, 60) for got, wanted in zip(shown, corner_colours(corners(160, 96)), strict=True))


@pytest.mark.parametrize(("turn", "taken"), [(45, False), (100, True), (230, False), (-30, False), (4, True)])
def test_a_video_that_is_shown_turned_by_less_than_a_quarter_is_refused_in_words(
    turn: int, taken: bool, box: Sandbox, videos: Path, tmp_path: Path
) -> None:
    plain = _made(videos, "upright.mp4", *_TEST, "-t", "0.4", *_H264)
    path = tmp_path / "turned.mp4"
    _ffmpeg("-display_rotation", str(turn), "-i", str(plain), "-c", "copy", str(path))
    if taken:
        assert _look(box, path, tmp_path).facts.kind == "video"
        return
    with pytest.raises(Unsupported, match=r"turned by \d+ degrees.*Turn it upright") as refused:
        _look(box, path, tmp_path)
    assert refused.value.code == "turned_between"


@pytest.mark.parametrize(("words", "orientation"), [
    (("-display_hflip",), 2), (("-display_vflip",), 4), (("-display_rotation", "90", "-display_hflip"), 7),
    (("-display_rotation", "270", "-display_hflip"), 5),
])  # fmt: skip
def test_a_mirrored_video_is_shown_as_players_show_it(
    words: tuple[str, ...], orientation: int, box: Sandbox, tmp_path: Path
) -> None:
    """The matrix of a mirror has the angle of half a turn: posters of mirrored selfies stood on their heads."""
    still, flat, path = tmp_path / "still.png", tmp_path / "flat.mp4", tmp_path / "mirrored.mp4"
    corners(160, 96).save(still)
    _ffmpeg("-loop", "1", "-t", "0.4", "-i", str(still), *_H264, str(flat))
    _ffmpeg(*words, "-i", str(flat), "-c", "copy", str(path))
    _ffmpeg("-i", str(path), "-frames:v", "1", str(still))
    found = _look(box, path, tmp_path)
    assert found.facts.orientation == orientation
    with Image.open(tmp_path / "work" / found.previews[1].path) as poster, Image.open(still) as played:
        shown, wanted = corner_colours(poster), corner_colours(played.convert("RGB"))
    assert all(near(one, other, 90) for one, other in zip(shown, wanted, strict=True))  # the mark lies over it


def test_a_video_that_changes_its_size_is_as_large_as_it_begins(box: Sandbox, videos: Path, tmp_path: Path) -> None:
    first = _made(videos, "first.ts", *_TEST, *_H264)
    then = _made(videos, "then.ts", *_TEST, "-vf", "scale=96:72", *_H264)
    path = _made(videos, "both.mts", "-i", f"concat:{first}|{then}", "-c", "copy")
    facts = _look(box, path, tmp_path).facts
    assert (facts.width, facts.height) == (192, 144)


def test_the_poster_is_a_picture_of_that_size_and_not_stretched(box: Sandbox, videos: Path, tmp_path: Path) -> None:
    dull = _made(videos, "dull.ts", "-f", "lavfi", "-i", "color=0x606060:s=192x144:r=25:d=2", *_H264)
    then = _made(videos, "upright.ts", *_TEST, "-vf", "scale=96:144", *_H264)
    path = _made(videos, "dull-then.mts", "-i", f"concat:{dull}|{then}", "-c", "copy")
    found = _look(box, path, tmp_path)
    assert (found.facts.width, found.facts.height) == (192, 144)
    with Image.open(tmp_path / "work" / found.previews[1].path) as poster:
        colours = np.asarray(poster.convert("RGB")).astype(int)
    assert np.ptp(colours, axis=2).mean() < 5, "what comes after has all colours"


def test_the_poster_has_square_pixels_and_the_facts_do_not(box: Sandbox, videos: Path, tmp_path: Path) -> None:
    path = _made(videos, "wide.mp4", *_TEST, "-vf", "setsar=2", *_H264)
    found = _look(box, path, tmp_path)
    assert (found.facts.width, found.facts.sample_aspect_ratio) == (192, "2:1")
    assert (found.previews[1].width, found.previews[1].height) == (384, 144)


def test_the_poster_is_not_the_black_beginning(box: Sandbox, videos: Path, tmp_path: Path) -> None:
    path = _made(videos, "fade.mp4", *_TEST, "-vf", "fade=in:0:20", *_H264)
    found = _look(box, path, tmp_path)
    with Image.open(tmp_path / "work" / found.previews[1].path) as poster:
        assert np.asarray(poster).std() > 40


@pytest.mark.parametrize("transfer", ["smpte2084", "arib-std-b67"])
def test_the_poster_of_an_hdr_video_is_neither_grey_nor_burnt(
    transfer: str, box: Sandbox, videos: Path, tmp_path: Path
) -> None:
    colour = f"setparams=color_primaries=bt2020:color_trc={transfer}:colorspace=bt2020nc:range=tv"
    coding = ("-c:v", "libx265", "-preset", "ultrafast", "-pix_fmt", "yuv420p10le", "-x265-params", "log-level=none")
    path = _made(videos, f"{transfer}.mp4", *_TEST, "-vf", f"format=yuv420p10le,{colour}", *coding)
    found = _look(box, path, tmp_path)
    assert (found.facts.colour_transfer, found.facts.bit_depth) == (transfer, 10)
    with Image.open(tmp_path / "work" / found.previews[1].path) as poster:
        pixels = np.asarray(poster.convert("L"))
    assert pixels.max() > 180
    assert 20 < pixels.mean() < 220


@pytest.mark.parametrize("primaries", ["709", "2020", "smpte432"])
def test_the_poster_of_a_video_in_wider_colours_shows_them(primaries: str, box: Sandbox, tmp_path: Path) -> None:
    """The same orange, written by three sets of primaries; read as those of BT.709 it is paler in two of them."""
    matrix = "2020_ncl" if primaries == "2020" else "709"
    written = f"primaries={primaries}:matrix={matrix}:transfer=709:range=limited,format=yuv420p"
    known = "matrixin=gbr:rangein=full:primariesin=709:transferin=709"
    path, orange = tmp_path / "wide.mp4", "color=0xC08040:s=160x90:r=10:d=0.3,format=gbrp"
    _ffmpeg("-f", "lavfi", "-i", orange, "-vf", f"zscale={known}:{written}", "-c:v", "libx264", str(path))
    found = _look(box, path, tmp_path)
    with Image.open(tmp_path / "work" / found.previews[1].path) as poster:
        shown = np.median(np.asarray(poster.convert("RGB")).reshape(-1, 3), axis=0)
    assert np.abs(shown - (192, 128, 64)).max() <= 6


def test_a_recording_without_a_stated_duration_gets_one(box: Sandbox, videos: Path, tmp_path: Path) -> None:
    arguments = ("-c:v", "libvpx", "-deadline", "realtime", "-f", "webm", "-live", "1")
    facts = _look(box, _made(videos, "live.webm", *_TEST, *arguments), tmp_path).facts
    assert facts.duration_s == pytest.approx(2.0, abs=0.05)


def test_sound_without_a_picture_and_sound_with_a_cover_are_no_videos(
    box: Sandbox, videos: Path, tmp_path: Path
) -> None:
    sound = _made(videos, "sound.mp4", *_TONE, "-c:a", "aac")
    cover = tmp_path / "cover.jpg"
    corners(64, 64).save(cover)
    covered = tmp_path / "covered.mp4"
    picture = ("-c:v", "copy", "-disposition:v", "attached_pic")
    _ffmpeg("-i", str(sound), "-i", str(cover), "-map", "0", "-map", "1", "-c:a", "copy", *picture, str(covered))
    for path in (sound, covered):
        refusal = _refusal(box, path, tmp_path)
        assert isinstance(refusal, Unsupported)
        assert refusal.code == "no_video_stream"


def test_a_sound_that_cannot_be_worked_with_is_refused_by_name(box: Sandbox, videos: Path, tmp_path: Path) -> None:
    refusal = _refusal(box, _made(videos, "wma.mkv", *_TEST, *_TONE, *_H264, "-c:a", "wmav2"), tmp_path)
    assert refusal.code == "unsupported_codec"
    assert "The sound is coded as wmav2" in str(refusal)


@pytest.mark.parametrize("part", [0.2, 0.5, 0.8, 0.97])
@pytest.mark.parametrize("name", ["clip.mp4", "clip.mov", "clip.mkv", "clip.avi"])
def test_a_truncated_video_is_never_accepted(
    name: str, part: float, box: Sandbox, videos: Path, tmp_path: Path
) -> None:
    whole = _clip(videos, name).read_bytes()
    path = tmp_path / "cut"
    path.write_bytes(whole[: int(len(whole) * part)])
    refusal = _refusal(box, path, tmp_path)
    assert isinstance(refusal, Damaged)
    assert refusal.code in ("truncated", "corrupt")


def test_a_video_without_its_index_is_truncated(box: Sandbox, videos: Path, tmp_path: Path) -> None:
    data = _made(videos, "last.mp4", *_TEST, *_H264).read_bytes()
    path = tmp_path / "no-index"
    path.write_bytes(data[: data.rindex(b"moov") - 4])
    assert _refusal(box, path, tmp_path).code == "truncated"


def test_random_bytes_in_the_place_of_pictures_are_refused(box: Sandbox, videos: Path, tmp_path: Path) -> None:
    data = bytearray(_made(videos, "last.mp4", *_TEST, *_H264).read_bytes())
    start, end = data.index(b"mdat") + 4, data.rindex(b"moov") - 4
    data[start:end] = random.Random(1).randbytes(end - start)
    path = tmp_path / "noise"
    path.write_bytes(data)
    assert _refusal(box, path, tmp_path).code == "corrupt"


def _patched(path: Path, folder: Path, old: bytes, new: bytes) -> Path:
    data = path.read_bytes()
    assert old in data
    made = folder / "patched.mp4"
    made.write_bytes(data.replace(old, new))
    return made


def test_protected_and_external_videos_are_refused_by_name(box: Sandbox, videos: Path, tmp_path: Path) -> None:
    clip = _clip(videos)
    encrypted = _refusal(box, _patched(clip, tmp_path, b"avc1\0\0\0\0\0\0", b"encv\0\0\0\0\0\0"), tmp_path)
    assert encrypted.code == "encrypted"
    external = _refusal(box, _patched(clip, tmp_path, b"url \0\0\0\1", b"url \0\0\0\0"), tmp_path)
    assert external.code == "external_reference"


@pytest.mark.req("R50")
def test_headers_that_lie_about_time_and_size_are_not_believed(box: Sandbox, videos: Path, tmp_path: Path) -> None:
    path = tmp_path / "lies.mp4"
    path.write_bytes(traps.lying(_clip(videos).read_bytes()))
    facts = _look(box, path, tmp_path).facts
    assert facts.duration_s is not None
    assert facts.duration_s < 2.2
    assert (facts.width, facts.height) == (192, 144)


@pytest.mark.req("R50")
@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (Limits(video_duration_s=1.5), "too_long"),
        (Limits(video_frames=40), "too_many_frames"),
        (Limits(video_frame_rate=20), "frame_rate_too_high"),
        (Limits(video_bits_s=10_000), "bit_rate_too_high"),
        (Limits(video_pixels=100 * 100), "too_many_pixels"),
        (Limits(video_side=150), "too_many_pixels"),
        (Limits(streams=1), "too_many_streams"),
        (Limits(video_packets=60), "too_many_packets"),
    ],
)
def test_every_limit_of_a_video_has_its_own_refusal(limits: Limits, code: str, videos: Path, tmp_path: Path) -> None:
    with Sandbox(limits) as strict:
        refusal = _refusal(strict, _clip(videos), tmp_path)
    assert isinstance(refusal, TooLarge)
    assert refusal.code == code


@pytest.mark.req("R50")
def test_a_thousand_streams_are_refused(box: Sandbox, videos: Path, tmp_path: Path) -> None:
    path = tmp_path / "many.mp4"
    path.write_bytes(traps.with_streams(_clip(videos).read_bytes(), 1_000))
    assert _refusal(box, path, tmp_path).code == "too_many_streams"


@pytest.fixture
def listener() -> Iterator[tuple[int, list[object]]]:
    with traps.listening() as found:
        yield found


@pytest.mark.req("R51")
def test_files_that_point_elsewhere_are_refused_and_nothing_is_fetched(
    listener: tuple[int, list[object]], box: Sandbox, tmp_path: Path
) -> None:
    port, hits = listener
    crafted = traps.crafted(port, tmp_path / "secret")
    assert len(crafted) == 9
    for name, data in crafted.items():
        path = tmp_path / name
        path.write_bytes(data)
        assert isinstance(_refusal(box, path, tmp_path), Unsupported)
    assert hits == []


@pytest.mark.req("R51")
@pytest.mark.parametrize("name", ["-i.mp4", "concat:a|b", "-", "http:x", "a\nb.mp4", "%d.mp4", "file:x", "ä 日.mp4"])
def test_a_name_is_never_an_option_nor_a_protocol(name: str, box: Sandbox, videos: Path, tmp_path: Path) -> None:
    path = tmp_path / name
    shutil.copy(_clip(videos), path)
    assert _look(box, path, tmp_path).facts.frames == 50


@pytest.mark.req("R51")
def test_the_child_opens_no_other_file_and_no_socket(videos: Path, tmp_path: Path) -> None:
    need("strace")
    other, path, workdir, log = tmp_path / "other.mov", tmp_path / "given.mov", tmp_path / "work", tmp_path / "log"
    workdir.mkdir()
    shutil.copy(_clip(videos), other)
    shutil.copy(_clip(videos, "clip.mov"), path)
    script = (
        "import sys; from pathlib import Path; from workers.media.sandbox import Sandbox\n"
        "with Sandbox() as box: box.inspect(Path(sys.argv[1]), Path(sys.argv[2]))"
    )
    traced = "trace=open,openat,openat2,creat,connect"
    command = ["strace", "-f", "-qq", "-e", traced, "-o", str(log), sys.executable, "-c", script, str(path)]
    subprocess.run([*command, str(workdir)], check=True, cwd=ROOT, timeout=120)
    lines = log.read_text().splitlines()
    assert not [line for line in lines if "connect(" in line and "AF_INET" in line]
    ours = [line for line in lines if str(tmp_path) in line and "ENOENT" not in line]
    assert any("given.mov" in line for line in ours)
    assert not [
        line for line in ours if "given.mov" not in line and str(workdir) not in line and f'{tmp_path}"' not in line
    ]
