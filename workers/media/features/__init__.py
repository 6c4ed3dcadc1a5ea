"""What can be seen in a picture without a model: colours, placeholder, similarity, faces, focal point.

Import this only in the child process that measures files: OpenCV and numpy are heavy, and pixels are untrusted.
Everything is deterministic: the same pixels give the same features.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from PIL import Image

from workers.media.features import faces, focal, thumbhash
from workers.media.features.palette import palette
from workers.media.features.similarity import NEAR_DUPLICATE_BITS, differing_bits, perceptual_hash
from workers.media.shapes import Box, Point

__all__ = ["NEAR_DUPLICATE_BITS", "Features", "describe", "differing_bits", "opaque"]

_WORKING_SIDE = 1280

# One core for each child: the hub runs as many children as it wants cores busy.
cv2.setNumThreads(1)


@dataclass(frozen=True)
class Features:
    """What was seen in one picture; the fields mean the same as in `MediaFacts`."""

    palette: tuple[str, ...]
    thumbhash: str
    perceptual_hash: str | None
    """None for a picture of one flat colour: it would be "near" to every other flat picture."""
    faces: tuple[Box, ...]
    """In pixels of the picture that was given."""
    focal_point: Point


def describe(image: Image.Image) -> Features:
    """Return the features of an upright picture of any size and mode.

    The picture is reduced for each measure, never enlarged; transparent parts count as white, except in the
    ThumbHash, which keeps them.
    """
    working = image
    if max(image.size) > _WORKING_SIDE:
        working = image.copy()
        working.thumbnail((_WORKING_SIDE, _WORKING_SIDE), Image.Resampling.BOX)
    if working.has_transparency_data:
        tiny = working.convert("RGBA")
        opaque = _on_white(tiny)
    else:
        opaque = working if working.mode == "RGB" else working.convert("RGB")
        tiny = opaque.copy()
    tiny.thumbnail((thumbhash.LONGEST_SIDE, thumbhash.LONGEST_SIDE), Image.Resampling.BOX)
    found = faces.scaled(faces.find(opaque), image.width / working.width, image.size)
    return Features(
        palette=palette(opaque),
        thumbhash=thumbhash.encode_text(np.asarray(tiny.convert("RGBA"))),
        perceptual_hash=perceptual_hash(opaque),
        faces=found,
        focal_point=focal.of_faces(found, image.size) if found else focal.of_saliency(opaque),
    )


def opaque(image: Image.Image) -> Image.Image:
    """Return a picture in RGB; transparent parts count as white."""
    if image.has_transparency_data:
        return _on_white(image.convert("RGBA"))
    return image if image.mode == "RGB" else image.convert("RGB")


def _on_white(image: Image.Image) -> Image.Image:
    ground = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(ground, image).convert("RGB")
