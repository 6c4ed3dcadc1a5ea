"""Encodes what a composition shows and lets be heard, by a recipe of our own, and measures what came out."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from workers.media.composition.hearing import RATE
from workers.media.errors import ChildFailed, MediaError
from workers.media.video import tool
from workers.media.video.measure import measure
from workers.media.video.shapes import Measured

NAME, SOUND, LOG = "composed.mp4", "composed.raw", "composed.log"
MOST_S = 600.0
"""A composition lasts ten minutes at most."""
_BLOCK_S = 1.0
_ENCODING = [
    *("-c:v", "libx264", "-preset", "veryfast", "-crf", "15", "-profile:v", "high", "-threads:v", "4"),
    *("-x264-params", "sync-lookahead=0"),  # see `video.encode`: else its last pictures are a matter of chance
    *("-color_primaries", "bt709", "-color_trc", "bt709", "-colorspace", "bt709", "-color_range", "tv"),
]
"""As good to the eye as what was drawn; versions are made of it as of any other clip."""
_PIXELS = (
    "scale=out_color_matrix=bt709:out_range=tv:flags=accurate_rnd+full_chroma_int,format=yuv420p,"
    "setparams=range=tv:color_primaries=bt709:color_trc=bt709:colorspace=bt709,setsar=1"
)
_COLOURS = (1, 1, 1, 1)
_IN_STEP_S = 0.040


@dataclass(frozen=True)
class Target:
    """What a composition has to come out as."""

    name: str
    size: tuple[int, int]
    rate: Fraction

    def wrong(self, words: str) -> MediaError:
        """Return the error for a composition that does not give what it should."""
        return MediaError(f"The composition {self.name} {words}", code="composition_invalid")

    def check(self, made: Any) -> None:
        """Refuse what is no clip, or not one that can be shown.

        Raises `MediaError` (`composition_invalid`).
        """
        from moviepy import VideoClip

        if not isinstance(made, VideoClip):
            raise self.wrong("gave no clip of MoviePy.")
        if not made.duration or made.duration <= 0:
            raise self.wrong("gave a clip that lasts no time: set its duration.")
        if made.duration > MOST_S:
            raise self.wrong(f"gave a clip of {made.duration:.0f} seconds; {MOST_S:.0f} are the most.")
        if getattr(made, "size", None) is None:
            raise self.wrong("gave a clip without pictures: a VideoClip needs a function that draws them.")
        if tuple(int(one) for one in made.size) != self.size:
            given, asked = (f"{one[0]} x {one[1]}" for one in (made.size, self.size))
            raise self.wrong(f"gave a clip of {given} pixels; the canvas has {asked}.")

    def frames(self, made: Any) -> int:
        """Return how many pictures there are."""
        return max(1, round(float(made.duration * self.rate)))

    def bytes_of(self, picture: Any) -> bytes:
        """Return one picture as 8-bit RGB, row by row.

        Raises `MediaError` for what is no picture of the canvas' size.
        """
        found = np.asarray(picture)
        if found.shape != (self.size[1], self.size[0], 3):
            raise self.wrong(f"gave a picture of the shape {found.shape}.")
        if found.dtype != np.uint8:
            found = np.clip(found, 0, 255).astype(np.uint8)
        return found.tobytes()


Within = Callable[[], contextlib.AbstractContextManager[None]]
"""Bounds the time that a composition takes for what is asked of it inside."""


def write(made: Any, target: Target, workdir: Path, *, pictures: Iterator[bytes], within: Within) -> Path:
    """Encode pictures, and the clip's sound, into a file in `workdir`; return its path.

    Every second of sound is drawn inside `within`.

    Raises `ChildFailed` where ffmpeg gives up.
    """
    heard = made.audio is not None
    if heard:
        _write_sound(made, target, workdir / SOUND, within)
    words = [tool.program(), "-hide_banner", "-nostdin", "-nostats", "-y", "-v", "warning"]
    words += ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", "{}x{}".format(*target.size), "-r", str(target.rate)]
    words += ["-i", "pipe:0"]
    if heard:
        words += ["-f", "s16le", "-ar", str(RATE), "-ac", "2", "-i", SOUND]
    words += ["-vf", _PIXELS]
    words += [*_ENCODING, "-g", str(round(2 * target.rate)), "-c:a", "aac", "-b:a", "256k"]
    words += ["-map_metadata", "-1", "-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact"]
    words += ["-movflags", "+faststart", NAME]
    _feed(words, workdir, pictures)
    return workdir / NAME


def _feed(words: list[str], workdir: Path, pictures: Iterator[bytes]) -> None:
    with (workdir / LOG).open("wb") as said:
        running = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=said, cwd=workdir)
        assert running.stdin is not None  # noqa: S101 - asked for above
        try:
            with contextlib.suppress(BrokenPipeError):
                for data in pictures:
                    running.stdin.write(data)
                running.stdin.close()
            status = running.wait()
        finally:
            running.kill()
            running.wait()
    if status:
        said_ = (workdir / LOG).read_text("utf-8", "replace")[-2000:]
        raise ChildFailed("The composition could not be encoded. Try again.", code="ffmpeg_failed", detail=said_)


def _write_sound(made: Any, target: Target, path: Path, within: Within) -> None:
    """Write exactly as much sound as there are pictures, block by block; silence where the clip has none."""
    total = round(target.frames(made) / target.rate * RATE)
    block = round(_BLOCK_S * RATE)
    with path.open("wb") as file:
        for start in range(0, total, block):
            count = min(block, total - start)
            times = (start + np.arange(count)) / RATE
            with within():
                data = _samples(made.audio, times).tobytes()
            file.write(data)


def _samples(audio: Any, times: Any) -> Any:
    """Return stereo samples at some instants; nothing is heard after the end of a sound."""
    lasts = audio.duration if audio.duration is not None else times[-1] + 1
    inside = times < lasts
    found = np.zeros((len(times), 2), dtype=np.float64)
    if inside.any():
        heard = np.asarray(audio.get_frame(times[inside]), dtype=np.float64)
        heard = heard.reshape(len(times[inside]), -1)
        found[inside] = heard[:, :2] if heard.shape[1] >= 2 else np.repeat(heard[:, :1], 2, axis=1)
    return (np.clip(found, -1.0, 1.0) * 32767).astype("<i2")


def measured(path: Path, target: Target, made: Any) -> Measured:
    """Read the file again and return what it is.

    Raises `MediaError` (`output_invalid`), named by what it misses.
    """
    found = measure(path)
    rate = float(target.rate)
    wrong = [
        words
        for bad, words in (
            ((found.width, found.height) != target.size, f"size: {found.width} x {found.height}"),
            (found.frames != target.frames(made), f"pictures: {found.frames}"),
            (found.rate is None or abs(found.rate[0] / found.rate[1] - rate) > 0.001 * rate, f"rate: {found.rate}"),
            (found.colours != _COLOURS, f"colours: {found.colours}"),
            (found.keys != found.starts, "open groups"),
            (abs(found.offset_s) > _IN_STEP_S, f"sound out of step: {found.offset_s:.3f} s"),
            ((found.audio_codec is not None) != (made.audio is not None), "sound: lost"),
        )
        if bad
    ]
    if wrong:
        raise MediaError(
            f"What the composition {target.name} gave came out wrong ({wrong[0]}). Try again.",
            code="output_invalid",
            detail="; ".join(wrong),
        )
    return found
