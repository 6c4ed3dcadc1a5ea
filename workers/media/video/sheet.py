"""A sheet of small pictures of a clip, for scrubbing and for seeing at a glance what happens in it.

It is a preview like others: at most as large, and every picture of it bears the mark.
"""

from __future__ import annotations

import math
from pathlib import Path

from PIL import Image

from workers.media.probe import watermark
from workers.media.probe.previews import PREVIEW_SIDE
from workers.media.video.shapes import Sheet

PICTURES = "sheet.rgb"
"""Written while a clip is normalised: small pictures, one after the other."""
EVERY_S, MOST = 0.5, 100
LARGEST = 320
"""Longer side of a picture where there are few: a short clip is seen larger."""
_QUALITY = 80


def size_for(width: int, height: int, seconds: float) -> tuple[int, int]:
    """Return the even size of one picture of a clip, so that as many as it gives fit onto one sheet."""
    count = min(MOST, math.ceil(seconds / EVERY_S) + 1)
    for side in range(LARGEST, 1, -2):
        scale = min(1.0, side / max(width, height))
        size = max(2, round(width * scale / 2) * 2), max(2, round(height * scale / 2) * 2)
        if (PREVIEW_SIDE // size[0]) * (PREVIEW_SIDE // size[1]) >= count:
            return size
    return 2, 2


def lay_out(workdir: Path, size: tuple[int, int], every_s: float) -> Sheet:
    """Write `sheet.jpg` from the small pictures, which are removed."""
    width, height = size
    path = workdir / PICTURES
    data = path.read_bytes()
    length = width * height * 3
    most = min(MOST, (PREVIEW_SIDE // width) * (PREVIEW_SIDE // height))
    count = max(1, min(most, len(data) // length))
    columns = min(PREVIEW_SIDE // width, count)
    sheet = Image.new("RGB", (columns * width, -(-count // columns) * height))
    for number in range(min(count, len(data) // length)):
        picture = Image.frombytes("RGB", size, data[number * length : (number + 1) * length])
        sheet.paste(watermark.mark(picture), (number % columns * width, number // columns * height))
    sheet.save(workdir / "sheet.jpg", "JPEG", quality=_QUALITY)
    path.unlink()
    return Sheet("sheet.jpg", columns, count, width, height, every_s)
