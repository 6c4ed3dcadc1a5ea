"""What a version of a clip shows, in one shape for all kinds: a storyboard draws films, streams, animations, stills."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from workers.media.layers import Overlay
from workers.media.plans import AnyPlan
from workers.media.shapes import Backdrop, Box, ImagePlan
from workers.media.stills import PlayButton
from workers.media.video.rungs import LadderPlan
from workers.media.video.shapes import Aim, AnimationPlan, Captions, Clip, VideoPlan

Kind = Literal["film", "stream", "animation", "still"]
ORDER: tuple[Kind, ...] = ("film", "stream", "animation", "still")
"""In which versions stand on a page."""


@dataclass(frozen=True)
class Canvas:
    """One version before it is made. Lengths are pixels of it; `crop` and `path` are of the clip, as in its plan."""

    kind: Kind
    width: int
    height: int
    crop: Box
    placed: Box
    start_s: float
    """Of the clip, from where `seconds` are shown; a still shows none."""
    seconds: float
    backdrop: Backdrop
    path: tuple[Aim, ...] = ()
    captions: Captions | None = None
    overlays: tuple[Overlay, ...] = ()
    button: PlayButton | None = None
    """Of a still that leads to a video."""


def canvas_of(plan: AnyPlan, clip: Clip) -> Canvas | None:
    """Return what a plan shows; None for a picture that is not of a clip."""
    if isinstance(plan, VideoPlan):
        lasts = plan.frames * plan.rate[1] / plan.rate[0]
        part = (plan.first / clip.frame_rate, lasts)
        return Canvas("film", *_size(plan), *part, plan.backdrop, plan.path, plan.captions, plan.overlays)
    if isinstance(plan, ImagePlan):
        if plan.still is None:
            return None
        at = plan.still.frame / clip.frame_rate
        size = _size(plan)
        return Canvas("still", *size, at, 0.0, plan.backdrop, overlays=plan.overlays, button=plan.still.button)
    part = (plan.first / clip.frame_rate, plan.frames / clip.frame_rate)
    if isinstance(plan, AnimationPlan):
        return Canvas("animation", *_size(plan), *part, Backdrop(), plan.path, overlays=plan.overlays)
    return Canvas("stream", *_size(plan), *part, Backdrop(), (), plan.captions, plan.overlays)


def _size(plan: VideoPlan | ImagePlan | AnimationPlan | LadderPlan) -> tuple[int, int, Box, Box]:
    return plan.width, plan.height, plan.crop, plan.placed
