"""The kinds of plans, told apart by what they hold: one loader for whatever a rendition was made by."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from workers.media.shapes import ImagePlan
from workers.media.video.bundle import MEDIA_TYPE
from workers.media.video.rungs import LadderPlan
from workers.media.video.shapes import AnimationPlan, VideoPlan

AnyPlan = ImagePlan | VideoPlan | AnimationPlan | LadderPlan

AT_ONCE = 4
"""Versions that one process encodes at most: more would not be faster, and each takes memory."""


def load_plan(plain: dict[str, Any]) -> AnyPlan:
    """Rebuild a plan from what `dump` gave: recipes of videos name a codec, those of pictures none."""
    if "rungs" in plain:
        return LadderPlan.load(plain)
    recipe = plain.get("recipe")
    if recipe is None:
        return AnimationPlan.load(plain)
    return VideoPlan.load(plain) if "codec" in recipe else ImagePlan.load(plain)


def media_type_of(plan: AnyPlan) -> str:
    """Return the media type of what a plan makes."""
    if isinstance(plan, LadderPlan):
        return MEDIA_TYPE
    if isinstance(plan, VideoPlan):
        return f"video/{plan.recipe.container}"
    return f"image/{plan.format if isinstance(plan, AnimationPlan) else plan.recipe.format}"


def size_of(plan: AnyPlan) -> tuple[int, int]:
    """Return width and height of what a plan makes; an animation may be made smaller to keep its budget."""
    return plan.width, plan.height


def clip_version_of(plan: AnyPlan) -> int | None:
    """Return of which version of a clip the plan speaks; None where it speaks of no clip."""
    if isinstance(plan, ImagePlan):
        return plan.still.clip_version if plan.still is not None else None
    return plan.clip_version


def shared(plans: Iterable[VideoPlan]) -> list[list[VideoPlan]]:
    """Group plans that show the same part, at most `AT_ONCE` together: each group is made from one decode."""
    parts: dict[tuple[int, float], list[VideoPlan]] = {}
    for plan in plans:
        parts.setdefault(plan.part, []).append(plan)
    return [some[start : start + AT_ONCE] for some in parts.values() for start in range(0, len(some), AT_ONCE)]
