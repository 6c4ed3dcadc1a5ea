"""What an original looks and sounds like to the ffmpeg of the system, which is another one than the hub's."""

from __future__ import annotations

import io
import json
import math
import re
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tests.tools import need

Pixels = NDArray[np.float32]
SOUND_HZ = 8000
_SIDE = 64
_AROUND = 2
"""Pictures before and after the one that is looked for: the hub may round a time to the next."""
_BEFORE_S = 1.2
"""Decoded before it, so that a picture that is shown for long is there when it is looked for."""
_HDR = {"smpte2084", "arib-std-b67"}
_TONED = (
    "zscale=transfer=linear:npl=203,format=gbrpf32le,zscale=primaries=bt709,tonemap=mobius:desat=0,"
    "zscale=transfer=bt709:matrix=bt709:range=tv,format=yuv420p,"
)


@dataclass(frozen=True)
class Original:
    """A file of the corpus; `ratio` is width over height of what is to be seen, upright and with square pixels."""

    path: Path
    width: int
    height: int
    picture: dict[str, Any]
    has_sound: bool
    _seen: dict[tuple[str, ...], list[Image.Image]] = field(default_factory=dict, compare=False, repr=False)
    """What has been decoded, by what ffmpeg was told: several versions show the same moment, each its part of it."""
    _heard: dict[str, NDArray[np.float32]] = field(default_factory=dict, compare=False, repr=False)

    @property
    def hdr(self) -> bool:
        return self.picture.get("color_transfer") in _HDR

    @property
    def ratio(self) -> float:
        return self.width / self.height

    @property
    def _matrix(self) -> str:
        named = {"bt709": "bt709", "smpte170m": "bt601", "bt470bg": "bt601"}.get(self.picture.get("color_space", ""))
        return named or ("bt709" if int(self.picture["height"]) >= 720 else "bt601")

    def pictures(self, at_s: float, rate: float, shape: float) -> list[Pixels]:
        """Return what is shown around a moment, upright and small: the middle of it, as wide as `shape` times high."""
        begin = max(0.0, at_s - _BEFORE_S)
        place = round((at_s - begin) * rate)
        interlaced = self.picture.get("field_order", "progressive") not in ("progressive", "unknown")
        toned = _TONED if self.hdr else ""
        first = max(0, place - _AROUND)
        steps = f"{'yadif,' if interlaced else ''}fps={rate:.6f}:start_time=0,"
        steps += f"trim=start_frame={first}:end_frame={place + 1 + _AROUND},setpts=PTS-STARTPTS,"
        steps += f"{toned}{_rgb('bt709' if self.hdr else self._matrix)}"
        words = ("-ss", f"{begin:.4f}", "-i", f"file:{self.path}", "-map", f"0:{self.picture['index']}", "-vf", steps)
        if words not in self._seen:
            self._seen[words] = list(_pictures(words))
        part = min(1.0, shape / self.ratio), min(1.0, self.ratio / shape)
        return [_small(picture, small(shape), part) for picture in self._seen[words]]

    def sound(self, start_s: float, lasts_s: float) -> NDArray[np.float32]:
        steps = f"aresample=48000:async=1:first_pts=0,atrim={start_s}:{start_s + lasts_s}"
        if steps not in self._heard:
            self._heard[steps] = _sound(self.path, steps)
        return self._heard[steps]


def original(path: Path, row: dict[str, str]) -> Original:
    """Return a file with the size that its manifest gives, made square."""
    streams = probe(path)["streams"]
    picture = next(one for one in streams if one["codec_type"] == "video")
    width, height = int(row["width_shown"]), int(row["height_shown"])
    across, down = (int(part) for part in (row["sar"] or "1:1").split(":"))
    if row["rotation"] in ("90", "-90"):
        across, down = down, across
    return Original(path, round(width * across / down), height, picture, bool(row["acodec"]))


def small(ratio: float) -> tuple[int, int]:
    return (_SIDE, max(2, round(_SIDE / ratio))) if ratio > 1 else (max(2, round(_SIDE * ratio)), _SIDE)


def probe(path: Path) -> dict[str, Any]:
    return _probed(path, "error")[0]


def probe_boxes(path: Path) -> tuple[dict[str, Any], list[str]]:
    """Return what ffprobe finds, and the kinds of boxes that it meets on its way, in their order."""
    found, said = _probed(path, "trace")
    return found, [kind for kind in re.findall(r"type:'(\w+)'", said) if kind in ("moov", "mdat", "elst")]


def mediainfo(path: Path) -> dict[str, dict[str, str]]:
    """Return what mediainfo says, by kind of track (`General`, `Video`, `Audio`, `Image`)."""
    tracks = json.loads(_run("mediainfo", "--Output=JSON", str(path)).stdout)["media"]["track"]
    return {one["@type"]: one for one in tracks}


def picture_of(path: Path, at_s: float, box: dict[str, int], shape: float) -> Pixels:
    """Return a part of a picture of a version, as small as a reference of this shape; of an animation the first."""
    if path.suffix == ".gif":
        with Image.open(path) as first:
            return _small(first, small(shape))
    steps = f"crop={box['width']}:{box['height']}:{box['x']}:{box['y']}:exact=1,{_rgb('bt709')}"
    (picture,) = _pictures(["-ss", f"{at_s:.4f}", "-i", f"file:{path}", "-vf", steps, "-frames:v", "1"])
    return _small(picture, small(shape))


def sound_of(path: Path) -> NDArray[np.float32]:
    return _sound(path, "anull")


def heard(path: Path) -> tuple[float, float, NDArray[np.float32]]:
    """Return LUFS, dBTP and the sound itself."""
    steps = "[0:a:0]asplit[one][other];[one]ebur128=peak=true:framelog=verbose[judged];"
    steps += f"[other]aresample={SOUND_HZ}[heard]"
    words = ["-i", f"file:{path}", "-filter_complex", steps, "-map", "[judged]", "-f", "null", "-"]
    done = _run("ffmpeg", "-nostdin", *words, "-map", "[heard]", "-ac", "1", "-f", "f32le", "-")
    said = done.stderr.decode(errors="replace")
    lufs, peak = re.findall(r"I:\s+(\S+) LUFS", said)[-1], re.findall(r"Peak:\s+(\S+) dBFS", said)[-1]
    return float(lufs), float(peak), np.frombuffer(done.stdout, np.float32)


def apart_s(one: NDArray[np.float32], other: NDArray[np.float32], most_s: float = 0.25) -> float:
    """Return by how much `other` comes after `one`: where both are most alike; of several places the nearest."""
    length = 1 << (len(one) + len(other)).bit_length()
    alike = np.fft.irfft(np.fft.rfft(other, length) * np.conj(np.fft.rfft(one, length)), length)
    most = round(most_s * SOUND_HZ)
    around = np.concatenate((alike[-most:], alike[: most + 1]))
    places = np.flatnonzero(around >= 0.98 * around.max()) - most
    return float(places[np.argmin(np.abs(places))]) / SOUND_HZ


def _probed(path: Path, level: str) -> tuple[dict[str, Any], str]:
    words = ["-v", level, "-print_format", "json", "-show_streams", "-show_format", f"file:{path}"]
    done = _run("ffprobe", *words)
    return json.loads(done.stdout), done.stderr.decode(errors="replace")


def _sound(path: Path, steps: str) -> NDArray[np.float32]:
    words = ["-i", f"file:{path}", "-map", "0:a:0", "-af", f"{steps},aresample={SOUND_HZ}", "-ac", "1"]
    return np.frombuffer(_ffmpeg(*words, "-f", "f32le", "-"), np.float32)


def _rgb(matrix: str) -> str:
    """Return the steps to RGB in full size: made small on the way there, colours would move against brightness."""
    return f"scale=in_color_matrix={matrix}:flags=bicubic+accurate_rnd+full_chroma_int+full_chroma_inp,format=rgb24"


def _pictures(words: Sequence[str]) -> Iterator[Image.Image]:
    data = io.BytesIO(_ffmpeg(*words, "-f", "image2pipe", "-c:v", "ppm", "-"))
    while data.tell() < len(data.getbuffer()):
        kind, sides, most = (data.readline().strip() for _ in range(3))
        assert (kind, most) == (b"P6", b"255")
        width, height = (int(side) for side in sides.split())
        yield Image.frombytes("RGB", (width, height), data.read(3 * width * height))


def _small(picture: Image.Image, size: tuple[int, int], part: tuple[float, float] = (1, 1)) -> Pixels:
    """Return the middle of a picture, so much of its width and height in whole lines, in a small size."""
    wide, high = (math.ceil(side * share - 0.5) for side, share in zip(picture.size, part, strict=True))
    left, top = (picture.width - wide) // 2, (picture.height - high) // 2
    box = (left, top, left + wide, top + high)
    return np.asarray(picture.convert("RGB").resize(size, Image.Resampling.BOX, box), np.float32)


def _ffmpeg(*words: str) -> bytes:
    return _run("ffmpeg", "-nostdin", "-v", "error", *words).stdout


def _run(program: str, *words: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([need(program), *words], capture_output=True, check=True)
