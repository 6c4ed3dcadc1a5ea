"""Reads every output again before it counts: what was asked for is compared with what is in the file."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator

from PIL import Image

from workers.media.errors import MediaError
from workers.media.image.structure import EXPECTED, walk
from workers.media.shapes import ImageFormat, ImagePlan

LOAD_PIXELS = 400_000
"""Outputs up to this size are decoded completely; larger ones by header and structure."""

_ALLOWED_TAGS = {0x013B, 0x8298}
"""EXIF Artist and Copyright: what `imprint` writes."""
_MODES: dict[ImageFormat, set[str]] = {
    "jpeg": {"RGB"},
    "webp": {"RGB", "RGBA"},
    "avif": {"RGB", "RGBA"},
    "png": {"RGB", "RGBA", "P"},
    "gif": {"P", "L", "RGB"},
    "tiff": {"RGB", "RGBA"},
}


def check(data: bytes, plan: ImagePlan) -> None:
    """Raise `MediaError` (`output_invalid`), naming the property, when `data` is not what `plan` asks for."""
    wrong = next(_faults(data, plan), None)
    if wrong:
        raise MediaError(f"The finished picture was refused: {wrong}.", code="output_invalid", detail=wrong)


def _faults(data: bytes, plan: ImagePlan) -> Iterator[str]:
    name = plan.recipe.format
    if plan.max_bytes is not None and not plan.advised and len(data) > plan.max_bytes:
        yield f"weight: {len(data)} bytes, allowed {plan.max_bytes}"
    if name == "tiff" and (broken := next(_structure_faults(data, name), None)):
        yield broken  # before Pillow, which only warns where the directory breaks off
        return
    try:
        picture = Image.open(io.BytesIO(data), formats=[name.upper()])
        if picture.width * picture.height <= LOAD_PIXELS:
            picture.load()
    except (OSError, SyntaxError, ValueError) as error:
        yield f"format: not a readable {name} ({error})"
        return
    if picture.size != (plan.width, plan.height):
        yield f"size: {picture.width}x{picture.height}, planned {plan.width}x{plan.height}"
    if picture.mode not in _MODES[name]:
        yield f"mode: {picture.mode}"
    if getattr(picture, "n_frames", 1) != 1:
        yield "frames: more than one"
    yield from _metadata_faults(picture)
    yield from _structure_faults(data, name)


def _metadata_faults(picture: Image.Image) -> Iterator[str]:
    exif = picture.info.get("exif")
    tags = set(picture.getexif()) if exif else set()
    if tags - _ALLOWED_TAGS:
        yield "metadata: EXIF tags " + ", ".join(f"{tag:#06x}" for tag in sorted(tags - _ALLOWED_TAGS))
    if "comment" in picture.info:
        yield "metadata: a comment"


def _structure_faults(data: bytes, name: ImageFormat) -> Iterator[str]:
    """Walk the file by hand: every byte must belong to a known part, and nothing may follow the end."""
    try:
        end, parts = walk(data, name)
    except (ValueError, IndexError, struct.error) as error:
        yield f"structure: {error}"
        return
    if end != len(data):
        yield f"structure: {len(data) - end} bytes after the end"
    unknown = parts - EXPECTED[name]
    if unknown:
        yield "structure: unexpected part " + ", ".join(sorted(unknown))
