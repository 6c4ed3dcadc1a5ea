"""A sheet of small pictures of a clip, for scrubbing and for seeing at a glance what happens in it."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from workers.media.video.shapes import Sheet

PICTURES = "sheet.rgb"
"""Written while a clip is normalised: small pictures, one after the other."""
SIDE, EVERY_S, MOST = 160, 0.5, 100
_COLUMNS, _QUALITY = 10, 80


def lay_out(workdir: Path, size: tuple[int, int], every_s: float) -> Sheet:
    """Write `sheet.jpg` from the small pictures, which are removed."""
    width, height = size
    path = workdir / PICTURES
    data = path.read_bytes()
    length = width * height * 3
    count = max(1, min(MOST, len(data) // length))
    columns = min(_COLUMNS, count)
    sheet = Image.new("RGB", (columns * width, -(-count // columns) * height))
    for number in range(min(count, len(data) // length)):
        picture = Image.frombytes("RGB", size, data[number * length : (number + 1) * length])
        sheet.paste(picture, (number % columns * width, number // columns * height))
    sheet.save(workdir / "sheet.jpg", "JPEG", quality=_QUALITY)
    path.unlink()
    return Sheet("sheet.jpg", columns, count, width, height, every_s)
