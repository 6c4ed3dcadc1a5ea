"""Makes the small files for the hub's own pages, and the reduced copy that the features are seen in."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from workers.media.shapes import Preview

PREVIEW_SIDE = 1280
THUMB_SIDE = 480
_QUALITY = 80


def fitted(size: tuple[int, int], side: int) -> tuple[int, int]:
    """Return the size that fits into a square of `side` with the same proportions; never larger than `size`."""
    scale = min(1.0, side / max(size))
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def reduced(picture: Image.Image, side: int) -> Image.Image:
    """Return a copy that fits into `side`; large steps are means of blocks, the last one is bicubic.

    Transparent pixels have no say in the colour of their neighbours.
    """
    size = fitted(picture.size, side)
    if size == picture.size:
        return picture
    mode = picture.mode
    work = picture.convert({"RGBA": "RGBa", "LA": "La"}[mode]) if mode.endswith("A") else picture
    return work.resize(size, Image.Resampling.BICUBIC, reducing_gap=1.1).convert(mode)


def save(picture: Image.Image, workdir: Path, name: str, side: int) -> Preview:
    """Write an sRGB picture (RGB or RGBA) as `name`, at most `side` pixels long, without any metadata."""
    small = reduced(picture, side)
    small.info = {}
    transparent = small.mode == "RGBA" and small.getchannel("A").getextrema() != (255, 255)
    path = workdir / f"{name}{'.webp' if transparent else '.jpg'}"
    if transparent:
        small.save(path, "WEBP", quality=_QUALITY, method=2)
    else:
        small.convert("RGB").save(path, "JPEG", quality=_QUALITY, optimize=False, progressive=False)
    media_type = "image/webp" if transparent else "image/jpeg"
    return Preview(name, path.name, media_type, small.width, small.height)
