"""Pictures, colour profiles and plans that the tests of the image engine share."""

from __future__ import annotations

import io
import json
import struct
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from workers.media.shapes import Box, ImageFormat, ImagePlan, Imprint, Recipe

FORMATS: tuple[ImageFormat, ...] = ("jpeg", "png", "webp", "avif", "gif", "tiff")
RED, GREEN, BLUE, YELLOW = (220, 30, 30), (30, 160, 40), (40, 60, 210), (230, 210, 40)
IMPRINT = Imprint(
    creator="Ana Müller",
    credit="Photo: @ana",
    copyright="© 2026 Ana Müller",
    web_statement="https://hub.example/r/1?a=b&c=d",
    usage_terms="e-mail, US, until 2026-12-31",
    licensor="Ana Müller",
    digital_source_type="http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture",
    licensor_url="https://hub.example/license/1",
    data_mining="DMI-PROHIBITED-AIMLTRAINING",
    model_release="MR-LMR",
    property_release="PR-NAP",
    credit_required="CR-COI",
    license_end="2026-12-31T23:00:00Z",
    asset_id="asset:0001",
    rendition_id="rendition:0001",
    usage_id="usage:0001",
)


def recipe(name: ImageFormat, **changes: Any) -> Recipe:
    return Recipe(id=f"test.{name}", version=1, format=name, **{"effort": 2, **changes})


def cover(size: tuple[int, int], width: int, height: int, name: ImageFormat, **changes: Any) -> ImagePlan:
    """A plan that cuts the middle of a picture of `size` and fills the canvas."""
    scale = min(size[0] / width, size[1] / height)
    cut = min(size[0], round(width * scale)), min(size[1], round(height * scale))
    crop = Box((size[0] - cut[0]) // 2, (size[1] - cut[1]) // 2, *cut)
    settings = {"recipe": recipe(name), **changes}
    return ImagePlan(width=width, height=height, crop=crop, placed=Box(0, 0, width, height), **settings)


def photo(width: int, height: int, seed: int = 1) -> Image.Image:
    """Soft shapes, edges and grain: costs bytes as a photo does."""
    random = np.random.default_rng(seed)
    coarse = Image.fromarray(random.integers(0, 256, (9, 12, 3), dtype=np.uint8))
    canvas = coarse.resize((width, height), Image.Resampling.BICUBIC)
    draw = ImageDraw.Draw(canvas)
    for _ in range(60):
        x, y = int(random.integers(width)), int(random.integers(height))
        radius = int(random.integers(2, max(3, min(width, height) // 6)))
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=tuple(random.integers(0, 256, 3).tolist()))
    grain = random.normal(0, 6, (height, width, 3))
    return Image.fromarray(np.clip(np.asarray(canvas) + grain, 0, 255).astype(np.uint8))


def corners(width: int, height: int, mode: str = "RGB") -> Image.Image:
    """Red, green, blue and yellow quarters: upper left, upper right, lower left, lower right."""
    canvas = Image.new("RGB", (width, height))
    half = width // 2, height // 2
    for at, colour in (((0, 0), RED), ((half[0], 0), GREEN), ((0, half[1]), BLUE), (half, YELLOW)):
        canvas.paste(colour, (*at, width if at[0] else half[0], height if at[1] else half[1]))
    return canvas.convert(mode)


def corner_colours(picture: Image.Image) -> list[tuple[int, int, int]]:
    """The colours in the middle of the four quarters, in the order of `corners`."""
    rgb = picture.convert("RGB")
    width, height = rgb.size
    places = [(width // 4, height // 4), (3 * width // 4, height // 4)]
    places += [(width // 4, 3 * height // 4), (3 * width // 4, 3 * height // 4)]
    return [rgb.getpixel(place) for place in places]  # type: ignore[misc]


def opened(path: Path) -> Image.Image:
    """The picture with its file read and closed."""
    with Image.open(io.BytesIO(path.read_bytes())) as picture:
        picture.load()
        made = picture.copy()
    made.format = picture.format
    return made


def near(first: tuple[int, ...], second: tuple[int, ...], tolerance: int) -> bool:
    return all(abs(one - two) <= tolerance for one, two in zip(first, second, strict=True))


def usual_colour(picture: Image.Image) -> tuple[int, int, int]:
    """The middle value of each colour: what a marked picture of one colour was made of."""
    red, green, blue = np.median(np.asarray(picture.convert("RGB")), axis=(0, 1))
    return int(red), int(green), int(blue)


def matrix_profile(colorants: tuple[tuple[float, float, float], ...], gamma: float) -> bytes:
    """An ICC 2.4 display profile of three D50 colorants and one gamma (ICC.1:2001-04, 6.3.3.2)."""

    def fixed(*values: float) -> bytes:
        return b"".join(struct.pack(">i", round(value * 65536)) for value in values)

    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256)) + b"\0\0"
    text = b"test profile\0"
    description = b"desc\0\0\0\0" + struct.pack(">I", len(text)) + text + bytes(78)
    tags = {b"desc": description, b"wtpt": b"XYZ \0\0\0\0" + fixed(0.9642, 1, 0.8249), b"cprt": b"text\0\0\0\0none\0"}
    for name, row in zip((b"rXYZ", b"gXYZ", b"bXYZ"), colorants, strict=True):
        tags[name] = b"XYZ \0\0\0\0" + fixed(*row)
    tags |= dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve)
    return _profile(tags, b"RGB ", b"mntr")


def grey_profile(gamma: float) -> bytes:
    """An ICC 2.4 grey profile of one gamma."""
    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, round(gamma * 256)) + b"\0\0"
    white = b"XYZ \0\0\0\0" + b"".join(struct.pack(">i", round(value * 65536)) for value in (0.9642, 1, 0.8249))
    description = b"desc\0\0\0\0" + struct.pack(">I", 5) + b"grey\0" + bytes(78)
    return _profile(
        {b"desc": description, b"wtpt": white, b"cprt": b"text\0\0\0\0none\0", b"kTRC": curve}, b"GRAY", b"mntr"
    )


def _profile(tags: dict[bytes, bytes], space: bytes, kind: bytes) -> bytes:
    table, body = struct.pack(">I", len(tags)), b""
    begin = 128 + 4 + 12 * len(tags)
    for name, content in tags.items():
        table += name + struct.pack(">II", begin + len(body), len(content))
        body += content + bytes(-len(content) % 4)
    size = 128 + len(table) + len(body)
    head = struct.pack(">I4sI4s4s4s", size, b"test", 0x02400000, kind, space, b"XYZ ")
    head += struct.pack(">6H", 2020, 1, 1, 0, 0, 0) + b"acsp" + bytes(28)
    head += b"".join(struct.pack(">i", round(value * 65536)) for value in (0.9642, 1, 0.8249))
    return head.ljust(128, b"\0") + table + body


DISPLAY_P3 = matrix_profile(
    ((0.51512, 0.24120, -0.00105), (0.29198, 0.69225, 0.04189), (0.15710, 0.06657, 0.78407)), 2.2
)
ADOBE_RGB = matrix_profile(
    ((0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457)), 2.19921875
)


def exiftool(path: Path) -> dict[str, Any]:
    """All tags by an independent reader, with the group before the name."""
    return exiftools([path])[0]


def exiftools(paths: list[Path]) -> list[dict[str, Any]]:
    """The tags of several files, in their order, by one start of the reader."""
    command = ["exiftool", "-G1", "-json", "-a", *map(str, paths)]
    made = subprocess.run(command, capture_output=True, check=True)
    found: list[dict[str, Any]] = json.loads(made.stdout)
    return found


def ffprobe(path: Path) -> dict[str, Any]:
    """The first stream by an independent reader."""
    command = ["ffprobe", "-v", "error", "-show_streams", "-of", "json", str(path)]
    made = subprocess.run(command, capture_output=True, check=True)
    found: dict[str, Any] = json.loads(made.stdout)["streams"][0]
    return found


FORBIDDEN = (
    "GPS", "Serial", "Orientation", "Comment", "Thumbnail", "MakerNote", "Software", "Model", "OwnerName",
    "DateTimeOriginal", "PersonInImage", "Lens", "HistoryAction", "CreatorTool", "Warning",
)  # fmt: skip


def forbidden(tags: dict[str, Any]) -> list[str]:
    """Tags that no rendition may carry; those of the colour profile and of the file system do not count."""
    ours = (tag for tag in tags if not tag.startswith(("ICC", "System", "File", "SourceFile")) or tag == "File:Comment")
    return [
        tag
        for tag in ours
        if (any(word in tag.split(":")[-1] for word in FORBIDDEN) and not tag.startswith("XMP-plus:"))
        or tag.startswith(("GPS", "XMP-exif"))
    ]
