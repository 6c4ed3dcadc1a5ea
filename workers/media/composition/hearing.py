"""The sound of clips for compositions: decoded once into a file of samples, from which MoviePy asks any instant.

MoviePy's own reader gives wrong samples where a sound is short or asked at its very end.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from workers.media.video import tool

RATE = 48_000
_FULL = 32768.0


def heard(path: Path, workdir: Path, number: int) -> Any:
    """Return the sound of a normalised clip (stereo at 48 kHz) as an `AudioClip` of MoviePy.

    Raises the errors of `video.tool.run`.
    """
    from moviepy import AudioClip

    name = f"heard-{number}.raw"
    words = ["-i", f"file:{path}", "-map", "0:a:0", "-vn", "-f", "s16le", "-ar", str(RATE), "-ac", "2", name]
    tool.run(words, workdir / f"heard-{number}.log")
    samples = np.memmap(workdir / name, dtype="<i2", mode="r").reshape(-1, 2)

    def at(instants: Any) -> Any:
        places = np.floor(np.asarray(instants, dtype=np.float64) * RATE + 0.5).astype(np.int64)
        inside = (places >= 0) & (places < len(samples))
        found = np.where(inside[..., None], samples[np.clip(places, 0, len(samples) - 1)], 0)
        return found / _FULL

    return AudioClip(at, duration=len(samples) / RATE, fps=RATE)
