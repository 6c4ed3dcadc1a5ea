"""The sound of a version: as loud as its placement asks for, in step with the picture, and not longer than it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from workers.media.video import survey, tool
from workers.media.video.shapes import MOST_LIFT_DB, Loudness, SoundPlan, VideoRecipe

RATE = 48_000
_PRIMING = 1024
"""Samples of silence that an AAC encoder puts in front. Without an edit list players play them, so as many samples are
left out at the beginning, and the sound is in step again."""
_FRAME = 1024
_AHEAD, _ROUNDED = 312, 96
"""Samples that Opus puts in front, which WebM counts as time although nobody hears them; and two thousandths of a
second, because WebM counts in thousandths and rounds both ends."""
_HEADROOM_DB = 0.5
"""Below the limit that is asked for: encoding moves peaks."""
_NEAR_DB = 1.0
"""So near to the limit peaks may pass it once they are encoded."""
_LOWEST_DB = -24.0
"""What the limiter of ffmpeg can be asked for."""
_TIMES = 4
_SLOWLY, _SWIFTLY = "attack=5:release=50", "attack=1:release=20"
"""Milliseconds in which the limiter takes hold and lets go."""


@dataclass(frozen=True)
class Heard:
    """What was measured of a span before it is made as loud as asked: LUFS and dBTP."""

    integrated: float
    peak: float


def reachable(asked: SoundPlan, heard: Heard | None, most_db: float | None) -> SoundPlan:
    """Return what is asked of a sound that is lifted by so many decibels at the most; None: by as many as it takes."""
    if heard is None or asked.loudness_lufs is None or most_db is None:
        return asked
    return replace(asked, loudness_lufs=min(asked.loudness_lufs, round(heard.integrated + most_db, 2)))


def lifted_db(asked: SoundPlan, heard: Heard | None, most_db: float | None) -> float | None:
    """Return by how many decibels a sound next to silence is lifted; None for what is louder than that."""
    if heard is None or asked.loudness_lufs is None:
        return None
    wanted = asked.loudness_lufs - heard.integrated
    if wanted <= MOST_LIFT_DB + asked.tolerance_lu:
        return None
    return round(wanted if most_db is None else min(most_db, wanted), 1)


@dataclass(frozen=True)
class Level:
    """How a sound is made as loud as asked, beyond the one gain that what was heard calls for."""

    correction_db: float = 0.0
    """What an earlier try missed."""
    lower_db: float = 0.0
    """By how much the peaks of an earlier try were too high."""
    swift: bool = False
    """Whether the limiter lets go quickly: louder between peaks, and less like the original."""


PLAIN = Level()


def span(start_s: float, duration_s: float) -> list[str]:
    """Return filters that cut a span out of the sound of a clip; silence fills what is missing."""
    return [
        f"atrim=start={start_s:.6f}:duration={duration_s:.6f}",
        "asetpts=PTS-STARTPTS",
        f"apad=whole_dur={duration_s:.6f}",
    ]


def listen(path: Path, filters: list[str], plan: SoundPlan, log: Path) -> Heard | None:
    """Return what is heard in a part of a file; None where it stays as it is: nothing is asked, or all is silent."""
    if plan.loudness_lufs is None:
        return None
    heard = measured(path, filters, log)
    if heard.integrated_lufs is None or heard.true_peak_dbtp is None:
        return None
    return Heard(heard.integrated_lufs, heard.true_peak_dbtp)


def levelled(plan: SoundPlan, heard: Heard | None, level: Level = PLAIN) -> list[str]:
    """Return filters that make a span as loud as asked: one gain, and a limiter only where peaks would pass the limit.

    EBU R 128 in two passes; `levels` finds a `level` where that misses. Peaks between two samples count, so the limiter
    works at four times the rate (ITU-R BS.1770-4, annex 2).
    """
    if heard is None or plan.loudness_lufs is None:
        return []
    gain = plan.loudness_lufs - heard.integrated + level.correction_db
    limit_db = max(_LOWEST_DB, plan.true_peak_dbtp - _HEADROOM_DB - level.lower_db)
    turned = f"volume={gain:.2f}dB:precision=float"
    if heard.peak + gain <= limit_db:
        return [turned]
    times = _SWIFTLY if level.swift else _SLOWLY
    limiter = f"alimiter=limit={10 ** (limit_db / 20):.5f}:level=0:{times}:latency=1"
    return [f"aresample={_TIMES * RATE}", turned, limiter, f"aresample={RATE}"]


def tight(plan: SoundPlan, heard: Heard | None) -> bool:
    """Tell whether peaks leave so little room that only the encoded sound tells how loud it is."""
    if heard is None or plan.loudness_lufs is None:
        return False
    gain = plan.loudness_lufs - heard.integrated
    return heard.peak + gain > plan.true_peak_dbtp - _HEADROOM_DB - _NEAR_DB


def fitted(recipe: VideoRecipe, duration_s: float) -> list[str]:
    """Return filters after which the encoded sound lasts at most as long as the picture."""
    samples = int(duration_s * RATE)
    if recipe.container == "webm":
        return [f"atrim=end_sample={max(_ROUNDED, samples - _AHEAD - _ROUNDED)}"]
    whole = samples // _FRAME * _FRAME
    if whole <= _PRIMING:
        return [f"atrim=end_sample={samples}"]
    return [f"atrim=start_sample={_PRIMING}:end_sample={whole}", "asetpts=PTS-STARTPTS"]


def loudness(path: Path, log: Path) -> Loudness:
    """Measure the sound of an encoded file (ITU-R BS.1770)."""
    return measured(path, [], log)


def measured(path: Path, filters: list[str], log: Path) -> Loudness:
    """Measure the sound of a file behind some filters, such as those of `span`."""
    words = ",".join([*filters, "ebur128=peak=true:framelog=quiet"])
    return survey.loudness(tool.run(["-i", f"file:{path}", "-vn", "-af", words, "-f", "null", "-"], log))
