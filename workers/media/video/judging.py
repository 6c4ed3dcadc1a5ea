"""Judges the files that one run wrote: each is measured again, as many at once as there are processors.

Measuring waits for a child and for the disk, and reads nothing that another measurement writes.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from workers.media.errors import MediaError, PlanImpossible
from workers.media.video import check, encode, sound
from workers.media.video.measure import measure, sha256_of
from workers.media.video.shapes import Made, VideoPlan

_MOST_AT_ONCE = 4
"""Each keeps the pictures of its file that a player may begin at in memory, encoded."""

Judged = tuple[Made, tuple[str, ...]]
"""What a file is, and what is wrong with it, as `check.faults` says it."""


def judge(files: Sequence[tuple[Path, VideoPlan, bool]]) -> list[Judged]:
    """Measure files, each with its plan and whether it has to have sound, and return what was found in their order.

    Raises the errors of `tool.run` and what reading a file raises, those of the first file that has any; the others
    are at their end then, and nothing of them runs on.
    """
    threads = min(len(os.sched_getaffinity(0)), len(files), _MOST_AT_ONCE)
    with ThreadPoolExecutor(threads, "judge") as pool:
        return list(pool.map(_judged, files))


def _judged(given: tuple[Path, VideoPlan, bool]) -> Judged:
    path, plan, audible = given
    found = measure(path)
    heard = sound.loudness(path, path.with_name(f"{path.name}.log")) if found.audio_codec else None
    made = Made(plan.digest(), path.name, encode.MEDIA_TYPES[plan.recipe.container], sha256_of(path), found, heard)
    return made, check.faults(found, heard, plan, audible=audible)


def refused(plan: VideoPlan, wrong: tuple[str, ...]) -> MediaError:
    """Return the error for a version with such faults."""
    if any(fault.startswith("weight") for fault in wrong):
        return PlanImpossible(
            f"The video does not fit into {plan.max_bytes} bytes at this size. Make it shorter or smaller.",
            code="over_budget",
            detail="; ".join(wrong),
        )
    return check.refuse(wrong)
