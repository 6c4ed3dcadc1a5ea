"""Edits: what a plan does to a picture, in the words of rights."""

from __future__ import annotations

from workers.media.shapes import Box, ImagePlan

ROUNDING = 1
"""Pixels that a shape of whole pixels may cost without anybody calling it a crop."""


def edits_of(plan: ImagePlan, width: int, height: int) -> frozenset[str]:
    """Return the editorial edits that a plan makes to a picture of `width` x `height` pixels as shown.

    `crop`: a part of the picture is missing. `composite`: an altered copy of the picture is laid behind it (the
    blurred backdrop). A plain colour around the whole picture, other pixels, another format and a ground under
    transparent parts change nothing that is shown; they are technical, and every permission to use implies them.
    """
    found = set()
    if plan.crop.width < width - ROUNDING or plan.crop.height < height - ROUNDING:
        found.add("crop")
    if plan.backdrop.kind == "blur" and plan.placed != Box(0, 0, plan.width, plan.height):
        found.add("composite")
    return frozenset(found)
