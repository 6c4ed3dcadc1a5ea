"""Videos that lack their end: refused wherever the loss can be told, and whole ones never."""

from __future__ import annotations

import functools
import subprocess
from pathlib import Path

import imageio_ffmpeg
import pytest

from workers.media import probe
from workers.media.errors import Damaged
from workers.media.limits import Limits
from workers.media.structure import transport

_PICTURE = ("-f", "lavfi", "-i", "testsrc2=size=320x240:rate=25:duration=2")
_TONE = ("-f", "lavfi", "-i", "sine=duration=2")
_H264 = ("-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p")
_TRANSPORT = {
    "h264": (*_PICTURE, *_TONE, *_H264, "-c:a", "aac"),
    "h264-silent": (*_PICTURE, *_H264, "-bf", "0"),
    "h264-cavlc": (*_PICTURE, *_H264, "-preset", "ultrafast"),
    "h264-fields": (*_PICTURE, *_TONE, *_H264, "-flags", "+ilme+ildct", "-x264-params", "tff=1", "-c:a", "ac3"),
    "h264-slices": (*_PICTURE, *_H264, "-x264-params", "slices=4"),
    "hevc": (*_PICTURE, "-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none"),
    "mpeg2": (*_PICTURE, *_TONE, "-c:v", "mpeg2video", "-b:v", "1M", "-c:a", "mp2"),
    "stated": (*_PICTURE, *_TONE, *_H264, "-c:a", "aac", "-omit_video_pes_length", "0"),
    "camera": (*_PICTURE, *_TONE, *_H264, "-c:a", "ac3", "-mpegts_m2ts_mode", "1"),
}


@pytest.fixture(scope="module")
def videos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("videos")


@functools.cache
def _made(folder: Path, name: str, *arguments: str) -> bytes:
    path = folder / name
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-v", "error", "-y", *arguments, f"file:{path}"]
    subprocess.run(command, check=True, timeout=60, capture_output=True)
    return path.read_bytes()


def _stream(folder: Path, name: str) -> bytes:
    return _made(folder, f"{name}.ts", *_TRANSPORT[name], "-f", "mpegts")


def _inspect(data: bytes, folder: Path) -> int:
    """How many frames the probe finds."""
    path, workdir = folder / "upload", folder / "work"
    workdir.mkdir(exist_ok=True)
    path.write_bytes(data)
    return probe.inspect(path, workdir, Limits()).facts.frames


def _refused(data: bytes, folder: Path) -> str:
    with pytest.raises(Damaged) as caught:
        _inspect(data, folder)
    return caught.value.code


@pytest.mark.parametrize("name", _TRANSPORT)
def test_a_whole_transport_stream_is_accepted_whatever_its_coding(name: str, videos: Path, tmp_path: Path) -> None:
    assert _inspect(_stream(videos, name), tmp_path) in (50, 100)  # fields are counted where they come alone


@pytest.mark.req("R8")
@pytest.mark.parametrize("name", ["h264", "camera"])
@pytest.mark.parametrize("part", [0.1, 0.3, 0.5, 0.7, 0.9, 0.99])
def test_a_transport_stream_of_no_whole_packets_is_truncated(
    part: float, name: str, videos: Path, tmp_path: Path
) -> None:
    whole, step = _stream(videos, name), 192 if name == "camera" else 188
    size = int(len(whole) * part)
    for cut in {size - size % step + 1, size - size % step + step - 1, len(whole) - 1}:
        assert _refused(whole[:cut], tmp_path) == "truncated"


def _mid_picture(data: bytes, step: int, part: float) -> int:
    """A border of packets within a picture: the packet before it carries pictures, and so does the one after it."""
    lead = step - 188
    starts = [at for at in range(lead, len(data), step) if data[at + 1] & 0x40 and b"\0\0\1\xe0" in data[at : at + 188]]
    pid = data[starts[0] + 1 : starts[0] + 3]
    pid = bytes([pid[0] & 0x1F, pid[1]])
    begin = next(at for at in starts if at >= len(data) * part)
    own = [
        at
        for at in range(begin, len(data), step)
        if bytes([data[at + 1] & 0x1F, data[at + 2]]) == pid and (at == begin or not data[at + 1] & 0x40)
    ]
    return own[1] - lead


@pytest.mark.req("R8")
@pytest.mark.parametrize("name", _TRANSPORT)
@pytest.mark.parametrize("part", [0.2, 0.5, 0.8])
def test_a_transport_stream_that_is_cut_between_two_packets_of_a_picture_is_truncated(
    part: float, name: str, videos: Path, tmp_path: Path
) -> None:
    whole = _stream(videos, name)
    border = _mid_picture(whole, 192 if name == "camera" else 188, part)
    assert _refused(whole[:border], tmp_path) == "truncated"


@pytest.mark.req("R8")
def test_a_transport_stream_that_is_cut_within_a_frame_of_sound_is_truncated(videos: Path, tmp_path: Path) -> None:
    whole = _stream(videos, "h264")
    sound = [at for at in range(0, len(whole), 188) if whole[at + 1] & 0x40 and b"\0\0\1\xc0" in whole[at : at + 30]]
    assert _refused(whole[: sound[len(sound) // 2] + 188], tmp_path) == "truncated"


@pytest.mark.parametrize("name", ["h264", "h264-cavlc", "hevc", "mpeg2"])
def test_a_last_picture_that_fills_its_packets_is_not_taken_for_a_cut_one(
    name: str, videos: Path, tmp_path: Path
) -> None:
    """Bytes without meaning behind the last picture stand for one whose length is a multiple of 184."""
    data = bytearray(_stream(videos, name))
    starts = [at for at in range(0, len(data), 188) if data[at + 1] & 0x40 and b"\0\0\1\xe0" in data[at : at + 188]]
    last = max(
        at
        for at in range(starts[-1], len(data), 188)
        if (data[at + 1] & 0x1F, data[at + 2]) == (data[starts[-1] + 1] & 0x1F, data[starts[-1] + 2])
    )
    payload = data[last + 5 + data[last + 4] : last + 188]
    data[last + 3] = data[last + 3] & 0x0F | 0x10
    data[last + 4 : last + 188] = payload + bytes(184 - len(payload))  # zeros may follow any unit
    path = tmp_path / "full"
    path.write_bytes(data)
    assert transport.check(path)
    assert _inspect(bytes(data), tmp_path) == 50


@pytest.mark.req("R8")
def test_a_video_in_fragments_that_is_cut_within_its_last_box_is_truncated(videos: Path, tmp_path: Path) -> None:
    arguments = ("-g", "10", "-movflags", "frag_keyframe+empty_moov", "-f", "mp4")
    whole = _made(videos, "fragments.mp4", *_PICTURE, *_H264, *arguments)
    assert _inspect(whole, tmp_path) == 50
    index = whole.rindex(b"mfra") - 4
    for cut in (index + 1, index + 5, index + 8, (index + len(whole)) // 2, len(whole) - 1):
        assert _refused(whole[:cut], tmp_path) == "truncated"
