"""What the structure of a picture file says, read from its bytes before any decoder sees it."""

from __future__ import annotations

import mmap
from dataclasses import dataclass

from workers.media.errors import Damaged, TooLarge
from workers.media.limits import Limits

Bytes = bytes | mmap.mmap
"""A whole file, in memory or mapped; slices of either are bytes."""


@dataclass(frozen=True)
class Header:
    """Size and coding of a picture as its container states them."""

    width: int
    """As stored, for an animation its canvas."""
    height: int
    frames: int = 1
    bit_depth: int | None = None
    components: int | None = None
    orientation: int | None = None
    """EXIF orientation that says the same as the container's own rotation and mirroring; None without such."""
    complete: bool = True
    """False when a JPEG lacks its end marker; whether anything else is missing is still to be found out."""
    warnings: tuple[str, ...] = ()


def truncated(what: str) -> Damaged:
    """Return the refusal of a file that ends too early."""
    return Damaged(
        "The file ends too early: a part of it is missing. Send the original file again.",
        code="truncated",
        detail=what,
    )


def corrupt(what: str) -> Damaged:
    """Return the refusal of a file whose structure contradicts itself."""
    return Damaged(
        "The file is damaged and cannot be read. Export it again and send that.", code="corrupt", detail=what
    )


def check(header: Header, limits: Limits) -> None:
    """Refuse what is too large to be decoded; raises `TooLarge` and, for no pixels at all, `Damaged`."""
    pixels = header.width * header.height
    if pixels < 1:
        raise Damaged(
            "The picture has no pixels: its width or height is zero. Export it again and send that.",
            code="no_pixels",
            detail=f"{header.width}x{header.height}",
        )
    if pixels > limits.pixels:
        raise TooLarge(
            f"The picture has {header.width} x {header.height} pixels; at most "
            f"{limits.pixels // 1_000_000} megapixels are accepted. Send a smaller export of it.",
            code="too_many_pixels",
        )
    if header.frames > limits.animation_frames:
        raise TooLarge(
            f"The animation has {header.frames} frames; at most {limits.animation_frames} are accepted. "
            "Send it as a video instead.",
            code="too_many_frames",
        )
    if header.frames > 1 and header.frames * pixels > limits.animation_pixels:
        raise TooLarge(
            f"The animation has {header.frames} frames of {header.width} x {header.height} pixels, which is too "
            "much together. Send it as a video instead.",
            code="too_many_frames",
        )


def check_metadata(size: int, limits: Limits) -> None:
    """Refuse a file that carries more than the limit of bytes beside its picture."""
    if size > limits.metadata_bytes:
        raise TooLarge(
            "The file carries too much information beside its picture. Export it again without metadata.",
            code="metadata_too_large",
            detail=f"{size} bytes",
        )
