"""Brings pixels of any colour space to sRGB.

An embedded profile is obeyed when little CMS can read it and it describes the pixels at hand; otherwise it is
ignored, as a browser does. Grey without a profile counts as sRGB grey, CMYK without one is converted by the plain
complement (Pillow has already undone Adobe's inverted storage).
"""

from __future__ import annotations

import io
import itertools
import struct
from collections.abc import Callable
from functools import cache

from PIL import Image, ImageChops, ImageCms

Convert = Callable[[Image.Image], Image.Image]
"""Takes pixels of the master's mode, returns RGB or RGBA in sRGB."""

MAX_PROFILE_BYTES = 4 * 1024 * 1024
"""Larger profiles are ignored; real ones of printers reach 3 MB."""

_SPACES = {"L": "GRAY", "LA": "GRAY", "RGB": "RGB", "RGBA": "RGB", "YCbCr": "RGB", "CMYK": "CMYK"}
_INTENT = ImageCms.Intent.RELATIVE_COLORIMETRIC
_FLAGS = ImageCms.Flags.BLACKPOINTCOMPENSATION


def converter(mode: str, profile: bytes | None) -> Convert:
    """Return what turns pixels of `mode` (L, LA, RGB, RGBA, YCbCr, CMYK) with that ICC profile into sRGB.

    Relative colorimetric with black point compensation: neutral stays neutral, black stays black. A broken
    profile, one of another colour space, and sRGB itself lead to the plain conversion.
    """
    transform = _transform(mode, profile) if profile else None
    if transform is None:
        return _plain
    if _is_identity(transform, _base(mode)):
        return _plain

    def convert(picture: Image.Image) -> Image.Image:
        if not picture.mode.endswith("A"):
            return transform.apply(picture)
        alpha = picture.getchannel("A")
        opaque = picture.getchannel("L") if picture.mode == "LA" else picture.convert("RGB")
        converted = transform.apply(opaque)
        converted.putalpha(alpha)
        return converted

    return convert


def _plain(picture: Image.Image) -> Image.Image:
    if picture.mode in ("RGB", "RGBA"):
        return picture
    return picture.convert("RGBA" if picture.mode.endswith("A") else "RGB")


def _transform(mode: str, profile: bytes) -> ImageCms.ImageCmsTransform | None:
    if len(profile) > MAX_PROFILE_BYTES:
        return None
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if source.profile.xcolor_space.strip() != _SPACES[mode]:
            return None
        return ImageCms.ImageCmsTransform(source, _srgb(), _base(mode), "RGB", _INTENT, flags=_FLAGS)
    except (OSError, ImageCms.PyCMSError, ValueError, TypeError):
        return None


def _base(mode: str) -> str:
    """The mode without its alpha channel; YCbCr comes as RGB (see `scale.Pyramid`)."""
    return "RGB" if mode in ("RGBA", "YCbCr") else mode.removesuffix("A")


@cache
def srgb_profile() -> bytes:
    """Return a small sRGB profile (588 bytes, ICC 4.4) that is the same in every process.

    Little CMS stamps the time of creation (ICC.1:2022, 7.2.8, bytes 24 to 35), which would make every
    rendition another file; it is set to the first day of the year 2000.
    """
    made = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    made[24:36] = struct.pack(">6H", 2000, 1, 1, 0, 0, 0)
    return bytes(made)


@cache
def _srgb() -> ImageCms.ImageCmsProfile:
    return ImageCms.ImageCmsProfile(io.BytesIO(srgb_profile()))


@cache
def _probe(mode: str) -> Image.Image:
    """A lattice of colours that tells whether a transform changes anything."""
    steps = bytes(range(0, 256, 51))
    if mode != "RGB":
        return Image.frombytes("L", (len(steps), 1), steps)
    lattice = bytes(itertools.chain.from_iterable(itertools.product(steps, repeat=3)))
    return Image.frombytes("RGB", (len(lattice) // 3, 1), lattice)


def _is_identity(transform: ImageCms.ImageCmsTransform, mode: str) -> bool:
    """Whether no colour moves by more than two of 255 steps: sRGB under any of its many names."""
    if mode == "CMYK":
        return False
    probe = _probe(mode)
    moved = ImageChops.difference(transform.apply(probe), probe.convert("RGB"))
    return max(moved.tobytes()) <= 2
