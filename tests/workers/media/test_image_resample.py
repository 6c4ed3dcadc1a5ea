"""A JPEG with chroma of half the size is resized from luma and chroma as stored, and nobody can tell by the result."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps

from tests.pictures import picture
from workers.media.errors import Damaged
from workers.media.image.decode import Master, decode
from workers.media.image.resample import halved
from workers.media.image.scale import Pyramid
from workers.media.shapes import Box

CROPS = {
    "all": Box(0, 0, 1203, 905),
    "even": Box(100, 40, 1000, 800),
    "odd": Box(101, 37, 999, 801),
    "small": Box(33, 21, 301, 203),
}
SIZES = {"enlarged": 1.25, "as it is": 1.0, "a little smaller": 0.6, "much smaller": 0.11}


def saved(path: Path, shown: Image.Image, **options: object) -> Path:
    shown.save(path, "JPEG", quality=92, **options)
    return path


def cut(master: Master, crop: Box, size: tuple[int, int]) -> Image.Image:
    return Pyramid(master).cut(crop, size)


def distance(one: Image.Image, other: Image.Image) -> float:
    return float(np.abs(np.asarray(one, np.float32) - np.asarray(other, np.float32)).mean())


@pytest.mark.parametrize("size", [(64, 48), (63, 48), (64, 47), (1, 1), (301, 203)])
def test_a_level_is_the_rounded_mean_of_two_by_two_values(size: tuple[int, int]) -> None:
    grey = picture(320, 240, seed=5).convert("L").crop((0, 0, *size))
    assert np.array_equal(halved(np.asarray(grey)), np.asarray(grey.reduce(2)))


@pytest.mark.req("R56")
@pytest.mark.parametrize("shrinking", SIZES)
@pytest.mark.parametrize("crop", CROPS)
@pytest.mark.parametrize("orientation", [1, 6, 3])
def test_halved_chroma_shows_what_the_full_picture_shows(
    tmp_path: Path, crop: str, shrinking: str, orientation: int
) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    box = CROPS[crop]
    stored = picture(1203, 905, seed=8) if orientation < 5 else picture(905, 1203, seed=8)
    path = saved(tmp_path / "photo.jpg", stored, subsampling="4:2:0", exif=exif)
    master = decode(path, [])
    assert master.mode == "YCbCr"
    with Image.open(path) as opened:
        upright = ImageOps.exif_transpose(opened)
    size = (round(box.width * SIZES[shrinking]), round(box.height * SIZES[shrinking]))
    area = (box.x, box.y, box.x + box.width, box.y + box.height)
    expected = upright.resize(size, Image.Resampling.LANCZOS, box=area)
    made = cut(master, box, size)
    assert made.size == size
    # Half a value of the original aside would be 0.24 and more, except where that is a twentieth of the result.
    assert distance(made, expected) < (0.7 if shrinking == "much smaller" else 0.15)


def test_one_colour_stays_that_colour(tmp_path: Path) -> None:
    for colour in ((255, 0, 0), (0, 90, 255), (128, 128, 128), (255, 255, 255), (0, 0, 0)):
        path = saved(tmp_path / "flat.jpg", Image.new("RGB", (801, 601), colour), subsampling="4:2:0")
        made = cut(decode(path, []), Box(1, 1, 799, 599), (400, 300))
        assert distance(made, Image.new("RGB", made.size, colour)) < 1.5


@pytest.mark.parametrize("options", [{"subsampling": "4:4:4"}, {"subsampling": "4:2:2"}, {"progressive": True}])
def test_other_pictures_are_decoded_to_rgb(tmp_path: Path, options: dict[str, object]) -> None:
    path = saved(tmp_path / "photo.jpg", picture(400, 300), **options)
    assert decode(path, []).mode == "RGB"


def test_a_jpeg_that_stores_red_green_and_blue_keeps_its_colours(tmp_path: Path) -> None:
    """Component numbers R, G, B without a JFIF segment say so."""
    path = saved(tmp_path / "rgb.jpg", Image.new("RGB", (64, 64), (200, 60, 20)), keep_rgb=True)
    with Image.open(path) as opened:
        assert "jfif" not in opened.info
    made = cut(decode(path, []), Box(0, 0, 64, 64), (32, 32))
    assert distance(made, Image.new("RGB", made.size, (200, 60, 20))) < 1.5


def test_a_picture_that_ends_early_is_refused(tmp_path: Path) -> None:
    path = saved(tmp_path / "photo.jpg", picture(800, 600), subsampling="4:2:0")
    path.write_bytes(path.read_bytes()[:9000])
    with pytest.raises(Damaged):
        decode(path, [])
