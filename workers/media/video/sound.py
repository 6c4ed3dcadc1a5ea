"""The sound of a version: as loud as its placement asks for, in step with the picture, and not longer than it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from workers.media.video import survey, tool
from workers.media.video.shapes import Loudness, SoundPlan, VideoRecipe

RATE = 48_000
_PRIMING = 1024
"""Samples of silence that an AAC encoder puts in front. Without an edit list players play them, so as many samples are
left out at the beginning, and the sound is in step again."""
_FRAME = 1024
_HEADROOM_DB = 0.5
"""Below the limit that is asked for: encoding moves peaks."""
_QUIETEST = -70.0
_WIDEST_LU = 50.0


@dataclass(frozen=True)
class Heard:
    """What `loudnorm` measured of a span before it is made as loud as asked."""

    integrated: float
    spread: float
    peak: float
    threshold: float
    offset: float


def span(start_s: float, duration_s: float) -> list[str]:
    """Return filters that cut a span out of the sound of a clip; silence fills what is missing."""
    return [
        f"atrim=start={start_s:.6f}:duration={duration_s:.6f}",
        "asetpts=PTS-STARTPTS",
        f"apad=whole_dur={duration_s:.6f}",
    ]


def listen(path: Path, filters: list[str], plan: SoundPlan, log: Path) -> Heard | None:
    """Return what is heard in a part of a file; None for silence, which nothing makes louder."""
    asked = f"loudnorm={_target(plan)}:print_format=json"
    text = tool.run(["-i", f"file:{path}", "-vn", "-af", ",".join([*filters, asked]), "-f", "null", "-"], log)
    found = json.loads(text[text.rindex("{") : text.rindex("}") + 1])
    heard = Heard(
        *(float(found[name]) for name in ("input_i", "input_lra", "input_tp", "input_thresh", "target_offset"))
    )
    return heard if heard.integrated > _QUIETEST else None


def levelled(plan: SoundPlan, heard: Heard | None, correction_db: float = 0.0) -> list[str]:
    """Return filters that make a span as loud as asked: one gain where the peaks allow it (EBU R 128, two passes)."""
    if heard is None or plan.loudness_lufs is None:
        return []
    measured = (
        f"measured_I={heard.integrated}:measured_LRA={heard.spread}:measured_TP={heard.peak}"
        f":measured_thresh={heard.threshold}:offset={heard.offset}"
    )
    return [f"loudnorm={_target(plan, correction_db, heard.spread)}:{measured}:linear=true", f"aresample={RATE}"]


def _target(plan: SoundPlan, correction_db: float = 0.0, spread: float = 7.0) -> str:
    """A range as wide as the one that is there: with a narrower one, loudnorm squeezes instead of turning up."""
    loud = (plan.loudness_lufs if plan.loudness_lufs is not None else -16.0) + correction_db
    return f"I={loud:.2f}:TP={plan.true_peak_dbtp - _HEADROOM_DB:.2f}:LRA={min(_WIDEST_LU, max(7.0, spread)):.1f}"


def fitted(recipe: VideoRecipe, duration_s: float) -> list[str]:
    """Return filters after which the encoded sound lasts at most as long as the picture."""
    samples = int(duration_s * RATE)
    if recipe.container == "webm":
        return [f"atrim=end_sample={samples}"]
    whole = samples // _FRAME * _FRAME
    if whole <= _PRIMING:
        return [f"atrim=end_sample={samples}"]
    return [f"atrim=start_sample={_PRIMING}:end_sample={whole}", "asetpts=PTS-STARTPTS"]


def loudness(path: Path, log: Path) -> Loudness:
    """Measure the sound of an encoded file (ITU-R BS.1770)."""
    words = ["-i", f"file:{path}", "-vn", "-af", "ebur128=peak=true:framelog=quiet", "-f", "null", "-"]
    return survey.loudness(tool.run(words, log))
