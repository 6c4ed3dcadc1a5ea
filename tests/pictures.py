"""Small pictures that tests make themselves: no photo of anybody is kept in the repository."""

from __future__ import annotations

import io
import random

from PIL import Image, ImageDraw


def picture(width: int = 640, height: int = 480, seed: int = 1) -> Image.Image:
    """Return a picture with structure that depends on the seed: a gradient with coloured shapes."""
    chance = random.Random(seed)
    image = Image.linear_gradient("L").resize((width, height)).convert("RGB")
    draw = ImageDraw.Draw(image)
    for _ in range(12):
        x, y = chance.randrange(width), chance.randrange(height)
        size = chance.randrange(max(2, width // 20), max(3, width // 3))
        colour = tuple(chance.randrange(256) for _ in range(3))
        shape = draw.ellipse if chance.random() < 0.5 else draw.rectangle
        shape((x, y, x + size, y + size), fill=colour)
    return image


def encoded(image: Image.Image, kind: str = "JPEG", **options: object) -> bytes:
    """Return the picture as a file's bytes."""
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()


def jpeg(width: int = 640, height: int = 480, seed: int = 1, **options: object) -> bytes:
    """Return a JPEG of a generated picture."""
    return encoded(picture(width, height, seed), "JPEG", **options)
