"""Opens an original once, for all plans.

A JPEG decoder could shrink while it decodes. That saves a quarter of the decoding (the entropy coding remains), but
the pixels of a plan would then depend on which other plans are made with it, and the same plan must give the same
bytes in any company. So the whole picture is decoded, and the pyramid of `scale` does the shrinking.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image

from workers.media.errors import PlanImpossible
from workers.media.image import named
from workers.media.safe import decoding, open_image, orientation
from workers.media.shapes import ImagePlan
from workers.media.sniff import HEAD_BYTES, sniff

HEADROOM = 2.0
"""A picture is resized from pixels at least this many times finer than the result.

Measured on photographs against a Lanczos resize of the full picture: 1.0 costs 0.005 of SSIM and more, 1.5 costs
0.003, as much as a bicubic resize of the full picture, 2.0 costs 0.002; beyond it nothing is gained.
"""

TRANSPOSE = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""What turns stored pixels upright, by EXIF orientation; 1 and invalid values need nothing."""

_FIRST_TURNED = 5
"""From this EXIF orientation on, width and height change places."""


@dataclass
class Master:
    """A decoded original: pixels as stored, with what is needed to read them as shown.

    `width` and `height` are the picture as shown; `pixels` still lie as stored: turning the small outputs is
    cheaper than turning the original.
    """

    pixels: Image.Image
    width: int
    height: int
    orientation: int
    profile: bytes | None

    @property
    def turned(self) -> bool:
        """Whether width and height change places between stored and shown."""
        return self.orientation >= _FIRST_TURNED


def shrinking(plan: ImagePlan) -> float:
    """Return how many source pixels become one, along the axis that shrinks less."""
    return min(plan.crop.width / plan.placed.width, plan.crop.height / plan.placed.height)


def power_below(value: float) -> int:
    """Return the largest power of two up to `value`; at least 1."""
    power = 1
    while power * 2 <= value:
        power *= 2
    return power


def decode(source: Path, plans: Sequence[ImagePlan]) -> Master:
    """Decode the first picture of `source` for all `plans`.

    Raises the errors of `safe.open_image` and `safe.decoding`, and `PlanImpossible` for a crop that is not
    inside the picture.
    """
    with source.open("rb") as file:
        found = sniff(file.read(HEAD_BYTES))
    picture = open_image(source, found.format)
    pixels: Image.Image | None = None
    try:
        with decoding():
            turn = orientation(picture)
            shown = picture.size[::-1] if turn >= _FIRST_TURNED else picture.size
            _check_crops(plans, shown)
            profile = picture.info.get("icc_profile") or named.profile(source, found.format)
            picture.load()
            pixels = plain(picture)
    finally:
        if pixels is not picture:
            picture.close()
    return Master(pixels, shown[0], shown[1], turn, profile)


def _check_crops(plans: Sequence[ImagePlan], shown: tuple[int, int]) -> None:
    for plan in plans:
        crop = plan.crop
        inside = crop.x >= 0 and crop.y >= 0 and crop.x + crop.width <= shown[0] and crop.y + crop.height <= shown[1]
        if not inside or min(crop.width, crop.height) < 1:
            raise PlanImpossible(
                f"The crop {crop.width}x{crop.height} at {crop.x},{crop.y} is not inside the picture "
                f"of {shown[0]}x{shown[1]} pixels."
            )


def plain(picture: Image.Image) -> Image.Image:
    """Return 8-bit pixels in one of L, LA, RGB, RGBA or CMYK, detached from the file."""
    mode = picture.mode
    if mode.startswith("I"):
        # Pillow clips where it should scale; 65535 / 257 is exactly 255.
        return picture.convert("I").point(lambda value: value * (1 / 257) + 0.5).convert("L")
    if mode == "F":
        return picture.convert("L")
    if picture.has_transparency_data:
        return picture.copy() if mode in ("LA", "RGBA") else picture.convert("RGBA")
    if mode in ("L", "RGB", "CMYK"):
        # An animation reads on from its file when it is touched again; a copy does not.
        return picture.copy() if getattr(picture, "is_animated", False) else picture
    return picture.convert("L" if mode == "1" else "RGB")
