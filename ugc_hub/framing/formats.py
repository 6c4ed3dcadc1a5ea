"""Which formats one rendition is made in, and how many bytes each may have."""

from __future__ import annotations

from ugc_hub.framing.geometry import Extent
from ugc_hub.framing.records import Choice, Reason
from ugc_hub.presets import Preset, Recipe
from workers.media.shapes import MediaFacts

TRANSPARENT = frozenset({"png", "webp", "avif", "gif", "tiff"})
PALETTE_BITS = 8
"""Bits a pixel that a PNG with a palette needs at most: with less to spend, a PNG may not fit."""
ADVICE_BITS = 0.75
"""Bits a pixel below which a lossy picture looks bad: an advice that asks for less is not taken as a limit."""


def _bits(limit: int, canvas: Extent) -> float:
    return limit * 8 / (canvas.width * canvas.height)


def budget_for(preset: Preset, recipe: Recipe, canvas: Extent) -> tuple[int | None, Reason | None]:
    """Return the byte limit of one file.

    A hard limit always holds. An advice is the limit too, because a lighter file is accepted everywhere, unless the
    format is lossless or fewer than 0.75 bits a pixel would remain: then quality is worth more than the advice. It
    never makes a rendition fail (`ImagePlan.advised`).
    """
    output = preset.output
    limit = output.max_bytes if output else None
    if limit is None or preset.target.bytes.rule != "advice":
        return limit, None
    if recipe.lossless or recipe.format in ("png", "gif", "tiff") or _bits(limit, canvas) < ADVICE_BITS:
        sentence = (
            f"The platform advises at most {limit:,} bytes, which this file may exceed; it is accepted all the same."
        )
        return None, Reason("weight_advice", sentence, "advice")
    return limit, None


def dots_for(preset: Preset, recipe: Recipe, canvas: Extent) -> int | None:
    """Return the dots an inch of one file; one of fewer pixels fills the same paper with fewer of them."""
    output = preset.output
    if output is None or output.dpi is None or recipe.format != "tiff":
        return None
    return max(1, round(output.dpi * canvas.width / output.width)) if output.width else output.dpi


def recipes_for(
    preset: Preset, facts: MediaFacts, choice: Choice, canvas: Extent
) -> tuple[tuple[Recipe, ...], Reason | None]:
    """Return the recipes to use, or none with the reason of the refusal.

    A chosen format must be one that the preset makes. Otherwise all formats of a responsive image, or one: the
    first, or for a transparent source the first that keeps transparency and whose palette form fits the byte limit.
    """
    made = preset.recipes
    if choice.format is not None:
        wanted = "jpeg" if choice.format == "jpg" else choice.format
        chosen = preset.recipe_for(wanted)
        if chosen is None:
            names = " or ".join(recipe.format for recipe in made)
            sentence = f"This preset is made as {names}, not as {wanted}. Choose one of those, or another preset."
            return (), Reason("format_not_made", sentence, "refusal")
        made = (chosen,)
    elif not (preset.output and preset.output.every):
        first = made[0]
        if facts.has_alpha and first.format not in TRANSPARENT:
            limit = preset.output.max_bytes if preset.output else None
            roomy = limit is None or _bits(limit, canvas) >= PALETTE_BITS
            first = next((recipe for recipe in made if roomy and recipe.format in TRANSPARENT), first)
        made = (first,)
    if facts.has_alpha and any(recipe.format not in TRANSPARENT for recipe in made):
        sentence = "The picture has transparent parts, which JPEG cannot keep: they are laid on a plain colour."
        return made, Reason("flattened", sentence, "advice")
    return made, None
