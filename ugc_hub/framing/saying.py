"""What is said in a version of a clip, in times of the version."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from workers.media.video.excerpts import cut
from workers.media.video.rungs import LadderPlan
from workers.media.video.shapes import Clip, Cue, Span, VideoPlan


def said_in(plan: VideoPlan | LadderPlan, clip: Clip, cues: Iterable[Cue]) -> tuple[Cue, ...]:
    """Return those of the cues of a clip that fall into the part that a version shows, seconds from its beginning.

    An intro puts them off; what is said outside of the part, or runs into it from there, is cut.
    """
    rate = _rate(plan, clip)
    later = plan.intro.frames / rate if plan.intro is not None else 0.0
    return tuple(
        replace(cue, start_s=round(cue.start_s + later, 3), end_s=round(cue.end_s + later, 3))
        for cue in cut(cues, span_of(plan, clip))
    )


def span_of(plan: VideoPlan | LadderPlan, clip: Clip) -> Span:
    """Return which part of a clip a version shows."""
    start = plan.first / clip.frame_rate
    return Span(start, start + plan.frames / _rate(plan, clip))


def _rate(plan: VideoPlan | LadderPlan, clip: Clip) -> float:
    """Return by what rate the pictures of a plan are counted."""
    return clip.frame_rate if isinstance(plan, LadderPlan) else plan.rate[0] / plan.rate[1]
