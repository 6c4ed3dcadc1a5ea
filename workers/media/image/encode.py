"""Turns pixels into the bytes of one format at one quality, the same bytes for the same pixels every time."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image

from workers.media.image.colour import srgb_profile
from workers.media.imprint import container, tiff
from workers.media.imprint.container import Block
from workers.media.shapes import ImageFormat, ImagePlan, Recipe

MEDIA_TYPES: dict[ImageFormat, str] = {
    "jpeg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "avif": "image/avif",
    "gif": "image/gif",
    "tiff": "image/tiff",
}
EXTENSIONS: dict[ImageFormat, str] = {
    "jpeg": ".jpg",
    "png": ".png",
    "webp": ".webp",
    "avif": ".avif",
    "gif": ".gif",
    "tiff": ".tif",
}
PROFILE_FROM_PIXELS, PROFILE_FROM_BYTES = 250_000, 30_000
"""Smaller pictures and byte budgets have no room for the 588 bytes of an sRGB profile; readers assume sRGB anyway."""
_PREDICTOR, _DIFFERENCES = 317, 2
"""A TIFF tag: each pixel is kept as its difference to the one before (TIFF 6.0, section 14), a quarter fewer bytes."""
TRUE_COLOUR = 0
"""The palette size that means none."""


@dataclass(frozen=True)
class Setting:
    """What the byte budget may vary: the quality, or the palette size in PNG and GIF; and the chroma of JPEG."""

    quality: int
    subsampling: str


Encoder = Callable[[Image.Image, Recipe, Setting, Block], bytes]


def encode(picture: Image.Image, recipe: Recipe, setting: Setting, block: Block) -> bytes:
    """Return a complete file of RGB or RGBA pixels in sRGB, with `block` as its only metadata."""
    return _ENCODERS[recipe.format](picture, recipe, setting, block)


def has_quality(recipe: Recipe) -> bool:
    """Whether the format of the recipe has a continuous quality; PNG, GIF, TIFF, lossless WebP and AVIF have none."""
    return recipe.format not in ("png", "gif", "tiff") and not recipe.lossless


def _save(picture: Image.Image, **options: object) -> bytes:
    target = io.BytesIO()
    # Always a copy: Pillow keeps the options of `save` on the picture, so that two threads that save the same one
    # in two formats would encode with each other's quality.
    bare = picture.copy()
    bare.info = {}  # Pillow would write what the source left here: comments, profiles, EXIF
    bare.save(target, **options)  # type: ignore[arg-type]
    return target.getvalue()


def _jpeg(picture: Image.Image, recipe: Recipe, setting: Setting, block: Block) -> bytes:
    made = _save(
        picture,
        format="JPEG",
        quality=setting.quality,
        subsampling=setting.subsampling,
        progressive=recipe.progressive,
        optimize=True,
    )
    return container.replace(made, "jpeg", block)


def _webp(picture: Image.Image, recipe: Recipe, setting: Setting, block: Block) -> bytes:
    made = _save(
        picture,
        format="WEBP",
        quality=setting.quality,
        method=min(6, recipe.effort),
        lossless=recipe.lossless,
    )
    return container.replace(made, "webp", block)


def _avif(picture: Image.Image, recipe: Recipe, setting: Setting, block: Block) -> bytes:
    # One thread and no automatic tiles: the number of cores must not change the bytes. The colour space is
    # named by four numbers in the file (CICP, sRGB), a profile would only repeat them.
    return _save(
        picture,
        format="AVIF",
        quality=100 if recipe.lossless else setting.quality,
        subsampling="4:4:4" if recipe.lossless else setting.subsampling,
        speed=10 - min(10, recipe.effort),
        max_threads=1,
        autotiling=False,
        exif=block.exif,
        xmp=block.xmp,
    )


def _png(picture: Image.Image, recipe: Recipe, setting: Setting, block: Block) -> bytes:
    if setting.quality != TRUE_COLOUR:
        picture = _reduced(picture, setting.quality)
    return container.replace(_save(picture, format="PNG", compress_level=9), "png", block)


def _gif(picture: Image.Image, recipe: Recipe, setting: Setting, block: Block) -> bytes:
    made = _save(_reduced(picture, setting.quality), format="GIF", optimize=True)
    return container.replace(made, "gif", block)


def _tiff(picture: Image.Image, recipe: Recipe, setting: Setting, block: Block) -> bytes:
    made = _save(
        picture,
        format="TIFF",
        compression="tiff_adobe_deflate",
        tiffinfo={_PREDICTOR: _DIFFERENCES},
        **({"dpi": (block.dpi, block.dpi)} if block.dpi else {}),
    )
    return tiff.replace(made, block)


def _reduced(picture: Image.Image, colours: int) -> Image.Image:
    """Return the picture with a palette of its own, dithered where it is opaque."""
    if picture.mode == "RGBA":
        return picture.quantize(colours, Image.Quantize.FASTOCTREE)
    palette = picture.quantize(colours, Image.Quantize.MEDIANCUT)
    return picture.quantize(palette=palette, dither=Image.Dither.FLOYDSTEINBERG)


_ENCODERS: dict[ImageFormat, Encoder] = {
    "jpeg": _jpeg,
    "webp": _webp,
    "avif": _avif,
    "png": _png,
    "gif": _gif,
    "tiff": _tiff,
}


def profile_for(plan: ImagePlan) -> bytes:
    """Return the sRGB profile to embed, or nothing where the format names its colours otherwise or bytes are dear."""
    scarce = plan.max_bytes is not None and plan.max_bytes < PROFILE_FROM_BYTES
    if plan.recipe.format in ("avif", "gif") or scarce or plan.width * plan.height < PROFILE_FROM_PIXELS:
        return b""
    return srgb_profile()
