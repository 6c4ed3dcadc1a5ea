"""What is made for a target: the rule that chooses output and recipes, written once."""

from __future__ import annotations

from dataclasses import replace

from ugc_hub.presets.records import Output, Target

RECIPE_CHANNEL = {"ads": "ads", "organic": "ads", "email": "email", "web": "web", "print": "print"}
"""Posts are recompressed by the platforms just as ads are, so they take the same settings."""


def formats_for(target: Target) -> tuple[tuple[str, ...], bool]:
    """Return the formats to make, the preferred first, and whether each of them is made.

    A target that takes AVIF is a responsive image: one file for each format, because the browser chooses. Otherwise
    one file: JPEG, the smallest for photographs that every platform takes, and PNG beside it where the target takes
    PNG, so that a transparent source keeps its transparency; TIFF for print. Where nothing is published, JPEG.
    """
    accepted = target.formats
    if target.kind == "animation":
        return ("webp",) if accepted == ("webp",) else ("gif",), False
    if "avif" in accepted:
        return tuple("jpeg" if name == "jpg" else name for name in accepted), True
    if target.channel == "print" and "tiff" in accepted:
        return ("tiff",), False
    if accepted and "jpg" not in accepted:
        return ("png",), False
    return ("jpeg", "png") if "png" in accepted else ("jpeg",), False


def make_for(target: Target) -> tuple[Output, tuple[str, ...]] | None:
    """Return output and recipe names for an image or animation target; None for other kinds and for texts."""
    if target.kind not in ("image", "animation") or target.in_words:
        return None
    formats, every = formats_for(target)
    size = target.size
    output = Output(
        id="",
        formats=formats,
        width=size.width,
        height=size.height,
        ratio=None if size.width else target.ratio,
        fit=target.make.fit,
        every=every,
        max_bytes=target.bytes.max,
    )
    channel = RECIPE_CHANNEL[target.channel]
    return replace(output, id=output.address()), tuple(f"{name}.{channel}" for name in formats)
