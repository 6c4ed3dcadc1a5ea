"""Edits: what a plan does to a picture or a clip, in the words of rights."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from workers.media.layers import Overlay
from workers.media.plans import AnyPlan
from workers.media.shapes import Box, ImagePlan
from workers.media.video.rungs import LadderPlan
from workers.media.video.shapes import AnimationPlan, VideoPlan
from workers.media.video.wholes import Whole

ROUNDING = 1
"""Pixels that a shape of whole pixels may cost without anybody calling it a crop."""
EVEN = 2
"""The same of clips, whose sides are even."""
_PICTURES = 2
"""Pictures that another rate may cost without anybody calling it a cut."""
_DRAWN = {"logo": "logo_overlay"}
"""What a piece of a brand's kit is in the words of rights; everything else is text on the picture."""
_OWED = frozenset({"label"})
"""What says that a picture is an ad is owed to whoever sees it, and changes nothing of the work."""


def edits_of(plan: AnyPlan, width: int, height: int) -> frozenset[str]:
    """Return the editorial edits that a plan makes to a picture of `width` x `height` pixels as shown.

    `crop`: a part of the picture is missing. `composite`: an altered copy of the picture is laid behind it (the
    blurred backdrop). `trim`: a part of the clip is missing. `subtitle`: captions are burned in. `audio_remove`: what
    was heard is heard no more. `audio_replace`: music is heard instead, or with it. `logo_overlay` and
    `caption_overlay`: a brand's logo, or its words, are drawn over it. `stitch`: something is shown before or after.
    `still_frame`: one picture stands for the clip. A plain colour around the whole picture, other pixels, another
    format, rate or loudness and a ground under transparent parts change nothing that is shown; they are technical, and
    every permission to use implies them. No plan changes speed or colours: what is HDR is only shown as SDR shows it.
    """
    if not isinstance(plan, ImagePlan):
        return frozenset(_of_clip(plan, width, height))
    found = _of_picture(plan, width, height)
    return frozenset(found | _words(plan.overlays))


@dataclass(frozen=True)
class Beds:
    """The tracks that plans lay under or in the place of a sound, as a question to the grants names them."""

    tracks: tuple[str, ...] = ()
    keeps_sound: bool = False
    """Whether what was heard before is still heard with one of them."""


def beds_of(plans: Iterable[AnyPlan]) -> Beds:
    """Return the tracks of some plans; each is an ingredient with grants of its own."""
    found = [plan for plan in plans if isinstance(plan, VideoPlan | LadderPlan) and plan.bed is not None]
    tracks = tuple(sorted({plan.bed.track for plan in found if plan.bed is not None}))
    return Beds(tracks, any(plan.sound.keep for plan in found))


def _of_picture(plan: ImagePlan, width: int, height: int) -> set[str]:
    found = set()
    if plan.still is not None:
        found.add("still_frame")
    if plan.crop.width < width - ROUNDING or plan.crop.height < height - ROUNDING:
        found.add("crop")
    if plan.backdrop.kind == "blur" and plan.placed != Box(0, 0, plan.width, plan.height):
        found.add("composite")
    return found


def _of_clip(plan: VideoPlan | AnimationPlan | LadderPlan, width: int, height: int) -> set[str]:
    """Without what the clip was (`whole`) a plan is taken to leave something out: unknown means no."""
    whole, found = plan.whole, set()
    across, down = (whole.width, whole.height) if whole is not None else (width, height)
    if plan.crop.width < across - EVEN or plan.crop.height < down - EVEN:
        found.add("crop")
    if whole is None or _is_part(plan, whole):
        found.add("trim")
    silent = isinstance(plan, AnimationPlan) or not plan.sound.keep
    if not isinstance(plan, AnimationPlan) and plan.bed is not None:
        found.add("audio_replace")
    elif silent and (whole is None or whole.sound):
        found.add("audio_remove")
    if isinstance(plan, AnimationPlan):
        return found | _words(plan.overlays)
    return found | _drawn(plan)


def _drawn(plan: VideoPlan | LadderPlan) -> set[str]:
    found = set()
    blurred = isinstance(plan, VideoPlan) and plan.backdrop.kind == "blur"
    if blurred and plan.placed != Box(0, 0, plan.width, plan.height):
        found.add("composite")
    if plan.captions is not None and plan.captions.cues:
        found.add("subtitle")
    if plan.intro is not None or plan.end is not None:
        found.add("stitch")
    return found | _words(plan.overlays)


def _words(overlays: Iterable[Overlay]) -> set[str]:
    return {_DRAWN.get(one.piece, "caption_overlay") for one in overlays if one.piece not in _OWED}


def _is_part(plan: VideoPlan | AnimationPlan | LadderPlan, whole: Whole) -> bool:
    if isinstance(plan, AnimationPlan):
        return plan.frames < whole.frames
    if isinstance(plan, LadderPlan):
        return plan.frames < whole.frames - _PICTURES
    rate = plan.rate[0] / plan.rate[1]
    return plan.frames / rate < whole.seconds - _PICTURES / rate
