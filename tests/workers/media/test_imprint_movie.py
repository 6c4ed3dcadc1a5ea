"""Rights metadata of movies: in a box at the end, read by others, and exchanged without touching a frame."""

from __future__ import annotations

import struct
import subprocess
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

import imageio_ffmpeg
import pytest

from tests.support import ROOT
from tests.workers.media.pictures import IMPRINT, exiftool
from workers.media import imprint
from workers.media.errors import MediaError
from workers.media.imprint import movie
from workers.media.shapes import Imprint

CLIP = ("-f", "lavfi", "-i", "testsrc2=size=96x64:rate=10:duration=1", "-c:v", "libx264", "-pix_fmt", "yuv420p")


@pytest.fixture(scope="module", params=["clip.mp4", "clip.mov", "fast.mp4"])
def clip(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A short movie without sound; `fast` has its index in front."""
    name = str(request.param)
    path = tmp_path_factory.mktemp("clips") / name
    fast = ("-movflags", "+faststart") if "fast" in name else ()
    _ffmpeg(*CLIP, "-metadata", "copyright=© 2026 Ana Müller", *fast, str(path))
    return path


def _ffmpeg(*arguments: str) -> bytes:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-v", "error", "-y", *arguments]
    return subprocess.run(command, check=True, timeout=60, stdout=subprocess.PIPE).stdout


def _frames(path: Path) -> bytes:
    return _ffmpeg("-i", str(path), "-f", "framemd5", "-")


def _stamped(clip: Path, mark: Imprint, folder: Path) -> Path:
    made = folder / clip.name
    made.write_bytes(imprint.rewrite(clip.read_bytes(), "mp4", mark))
    return made


def test_an_independent_reader_finds_the_rights_and_every_frame(clip: Path, tmp_path: Path) -> None:
    made = _stamped(clip, IMPRINT, tmp_path)
    tags = exiftool(made)
    assert tags["XMP-dc:Creator"] == "Ana Müller"
    assert tags["XMP-xmpRights:WebStatement"] == IMPRINT.web_statement
    assert tags["XMP-plus:LicenseeTransactionID"] == "usage:0001"
    assert tags["XMP-plus:DataMining"].endswith("DMI-PROHIBITED-AIMLTRAINING")
    assert not [tag for tag in tags if "Warning" in tag or "Error" in tag]
    assert _frames(made) == _frames(clip)
    assert made.read_bytes().startswith(clip.read_bytes())


def test_stamping_again_replaces_the_box(clip: Path, tmp_path: Path) -> None:
    once = _stamped(clip, IMPRINT, tmp_path)
    again = imprint.rewrite(once.read_bytes(), "mp4", replace(IMPRINT, usage_id="usage:0002"))
    assert imprint.rewrite(clip.read_bytes(), "mp4", replace(IMPRINT, usage_id="usage:0002")) == again
    assert again.count(movie.XMP_UUID) == 1


def test_a_box_that_reaches_to_the_end_gets_its_length(tmp_path: Path) -> None:
    def box(kind: bytes, body: bytes, length: int | None = None) -> bytes:
        return struct.pack(">I4s", len(body) + 8 if length is None else length, kind) + body

    front = box(b"ftyp", b"isom") + box(b"moov", b"abc")
    made = movie.replace(front + box(b"mdat", b"frames", 0), b"<x/>")
    assert [(kind, end - start) for kind, start, end in movie.boxes(made)] == [
        (b"ftyp", 12),
        (b"moov", 11),
        (b"mdat", 14),
        (b"uuid", 28),
    ]
    large = struct.pack(">I4sQ", 1, b"mdat", 20) + b"long"
    assert large in movie.replace(front + large, b"<x/>")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"nonsense",
        struct.pack(">I4s", 8, b"ftyp"),
        struct.pack(">I4s", 8, b"ftyp") + struct.pack(">I4s", 80, b"moov"),
        struct.pack(">I4s", 8, b"moov") + struct.pack(">I4s", 8, b"ftyp"),
        struct.pack(">I4s", 8, b"ftyp") + struct.pack(">I4s", 4, b"moov"),
        struct.pack(">I4s", 8, b"ftyp") + struct.pack(">I4s", 8, b"moov") + struct.pack(">I4s", 8, b"moof"),
        struct.pack(">I4s", 8, b"ftyp") + struct.pack(">I4s", 8, b"moov") + b"\0\0\0",
    ],
)
def test_what_is_no_whole_movie_is_refused(data: bytes) -> None:
    with pytest.raises(MediaError) as refused:
        imprint.rewrite(data, "mp4", IMPRINT)
    assert refused.value.code == "output_invalid"


def test_stamping_loads_nothing_that_decodes() -> None:
    script = "import sys, workers.media.imprint; print(*{'PIL', 'numpy', 'cv2', 'av'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def _part(data: bytes, start: int, end: int) -> bytes:
    return data[start:end]


def test_a_movie_is_stamped_by_its_end_alone_with_the_same_bytes(clip: Path) -> None:
    plain = clip.read_bytes()
    once = imprint.rewrite(plain, "mp4", IMPRINT)
    other = replace(IMPRINT, usage_id="usage:0002")
    for data in (plain, once):
        found = imprint.ending(len(data), partial(_part, data), other, None)
        assert found is not None
        assert (data[: found.cut] + found.tail, found.extent) == (imprint.rewrite(data, "mp4", other), "full")
    for odd in (once + struct.pack(">I4s", 8, b"free"), plain + struct.pack(">I4s", 0, b"free")):
        assert imprint.ending(len(odd), partial(_part, odd), other, None) is None
    with pytest.raises(MediaError):
        imprint.ending(len(plain) - 9, partial(_part, plain), other, None)
    tight = imprint.ending(len(once), partial(_part, once), other, len(plain) + 10)
    assert tight is not None
    assert (tight.cut, tight.tail, tight.extent) == (len(once), b"", "none")
