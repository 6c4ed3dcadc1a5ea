"""The sound of a clip as recognisers of speech take it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from workers.media.video import tool

RATE = 16_000
NAME = "voice.wav"
_HEADER_BYTES, _SAMPLE_BYTES = 44, 2


@dataclass(frozen=True)
class Sound:
    """The sound of a video; its times are those of the video."""

    path: Path
    """WAV: one channel, 16,000 samples a second, signed 16 bits."""
    duration_ms: int
    sha256: str
    """Of the file at `path`, in hex."""
    original_sha256: str
    """Of the video as it was given, in hex."""


def voice(clip: Path, original_sha256: str, workdir: Path) -> Sound:
    """Write the sound of a clip into `workdir`: WAV, one channel, 16 kHz, 16 bits, nothing else in the file.

    Raises:
        MediaError: as `tool.run`; who asks knows that the clip has sound.
    """
    path = workdir / NAME
    plain = ["-map", "0:a:0", "-ac", "1", "-ar", str(RATE), "-c:a", "pcm_s16le", "-map_metadata", "-1"]
    words = ["-i", f"file:{clip}", "-vn", *plain, "-fflags", "+bitexact", "-flags:a", "+bitexact", "-f", "wav", NAME]
    tool.run(words, workdir / "voice.log")
    samples = max(0, path.stat().st_size - _HEADER_BYTES) // _SAMPLE_BYTES
    with path.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return Sound(path, round(samples * 1000 / RATE), sha256, original_sha256)
