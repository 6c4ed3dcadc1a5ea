"""Opens an original once, for all plans.

A JPEG decoder could shrink while it decodes. That saves a quarter of the decoding (the entropy coding remains), but
the pixels of a plan would then depend on which other plans are made with it, and the same plan must give the same
bytes in any company. So the whole picture is decoded, and the pyramid of `scale` does the shrinking.

Most photos store chroma in half the width and height. Of those the luma in full and the chroma as it is stored are
decoded at once, on two threads: nothing is enlarged or converted that is made small again afterwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from PIL.JpegImagePlugin import JpegImageFile

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

_SHORTEST_HALVED = 16
"""Smaller pictures are not worth a second thread."""
FIRST_TURNED = 5
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
    chroma: Image.Image | None = None
    """Where the file stores chroma in half the size: that, as a YCbCr picture; `pixels` is only the luma then."""

    @property
    def mode(self) -> str:
        """The mode of the pixels with their chroma."""
        return self.chroma.mode if self.chroma else self.pixels.mode

    @property
    def turned(self) -> bool:
        """Whether width and height change places between stored and shown."""
        return self.orientation >= FIRST_TURNED


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
    chroma: Image.Image | None = None
    try:
        with decoding():
            turn = orientation(picture)
            shown = picture.size[::-1] if turn >= FIRST_TURNED else picture.size
            _check_crops(plans, shown)
            profile = picture.info.get("icc_profile") or named.profile(source, found.format)
            if _halves_chroma(picture):
                pixels, chroma = picture, _luma_and_chroma(picture, open_image(source, found.format))
            else:
                picture.load()
                pixels = plain(picture)
    finally:
        if pixels is not picture:
            picture.close()
    return Master(pixels, shown[0], shown[1], turn, profile, chroma)


def _halves_chroma(picture: Image.Image) -> bool:
    """Whether this is a JPEG in one pass that stores chroma in half the width and height (ITU-T T.81, A.1.1).

    Component numbers 1, 2, 3 and the absence of Adobe's "no transform" are what tells libjpeg that it is YCbCr.
    """
    return (
        isinstance(picture, JpegImageFile)
        and picture.mode == "RGB"
        and "progressive" not in picture.info
        and min(picture.size) >= _SHORTEST_HALVED
        and [layer[:3] for layer in picture.layer] == [(1, 2, 2), (2, 1, 1), (3, 1, 1)]
        and picture.info.get("adobe_transform", 1) == 1
    )


def _luma_and_chroma(picture: Image.Image, again: Image.Image) -> Image.Image:
    """Decode the luma of a JPEG into `picture` and return its chroma as stored: in YCbCr, half as large.

    On two threads, and neither enlarges or converts anything: half the time of decoding it to RGB.
    """
    half = ((picture.width + 1) // 2, (picture.height + 1) // 2)
    picture.draft("L", None)
    again.draft("YCbCr", (picture.width // 2, picture.height // 2))
    with ThreadPoolExecutor(1, "chroma") as pool:
        coming = pool.submit(again.load)
        picture.load()
        coming.result()
    if again.size != half:
        raise ValueError(f"chroma of {again.size} for {half}")
    return again


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
