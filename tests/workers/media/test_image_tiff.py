"""A TIFF for print: every pixel as it was, sRGB and resolution named, read by others."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.workers.media.pictures import IMPRINT, cover, exiftool, opened, photo
from workers.media import imprint
from workers.media.errors import MediaError, PlanImpossible
from workers.media.image import render_pack
from workers.media.image.colour import srgb_profile
from workers.media.imprint import tiff
from workers.media.imprint.container import Block
from workers.media.shapes import ImagePlan


def made(folder: Path, plan: ImagePlan, mode: str = "RGB") -> Path:
    source = folder / "source.png"
    photo(plan.crop.width, plan.crop.height).convert(mode).save(source)
    return folder / render_pack(source, [plan], folder)[0].path


def test_it_names_its_colours_and_its_dots_and_loses_no_pixel(tmp_path: Path) -> None:
    size = (640, 480)
    path = made(tmp_path, cover(size, *size, "tiff", dpi=300, imprint=IMPRINT))
    with Image.open(path) as picture:
        assert (picture.format, picture.mode, picture.size) == ("TIFF", "RGB", size)
        assert picture.info["dpi"] == (300, 300)
        assert picture.info["icc_profile"] == srgb_profile()
        assert picture.info["compression"] == "tiff_adobe_deflate"
        assert picture.getexif()[700] == imprint.xmp(IMPRINT)
    assert np.array_equal(np.asarray(opened(path)), np.asarray(photo(*size)))
    tags = exiftool(path)
    assert (tags["IFD0:XResolution"], tags["IFD0:YResolution"], tags["IFD0:ResolutionUnit"]) == (300, 300, "inches")
    assert tags["IFD0:BitsPerSample"] == "8 8 8"
    assert tags["ICC-header:ColorSpaceData"] == "RGB "
    assert path.suffix == ".tif"


def test_transparency_stays_and_a_stamp_keeps_colours_and_dots(tmp_path: Path) -> None:
    path = made(tmp_path, cover((640, 480), 640, 480, "tiff", dpi=150, imprint=IMPRINT), "RGBA")
    again = opened_bytes(imprint.rewrite(path.read_bytes(), "tiff", IMPRINT))
    assert again.mode == "RGBA"
    assert again.info["dpi"] == (150, 150)
    assert again.info["icc_profile"] == srgb_profile()
    assert again.tobytes() == opened(path).tobytes()


def opened_bytes(data: bytes) -> Image.Image:
    picture = Image.open(io.BytesIO(data), formats=["TIFF"])
    picture.load()
    return picture


def test_a_budget_that_is_too_small_is_refused_with_the_size_it_takes(tmp_path: Path) -> None:
    whole = made(tmp_path, cover((160, 120), 160, 120, "tiff")).stat().st_size
    with pytest.raises(PlanImpossible, match=f"{whole:,} bytes as tiff"):
        made(tmp_path, cover((160, 120), 160, 120, "tiff", max_bytes=whole - 1))
    assert made(tmp_path, cover((160, 120), 160, 120, "tiff", max_bytes=whole)).stat().st_size == whole


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data[:-3],
        lambda data: data[:4] + b"\xff\xff\xff\xff" + data[8:],
        lambda data: data[:-1],
        lambda data: b"II+\0" + data[4:],
        lambda data: b"MM\0*" + data[4:],
        lambda data: data[:6],
    ],
)
def test_what_breaks_off_or_points_elsewhere_is_refused(tmp_path: Path, change: object) -> None:
    data = made(tmp_path, cover((80, 60), 80, 60, "tiff", imprint=IMPRINT)).read_bytes()
    broken = change(data)  # type: ignore[operator]
    with pytest.raises(MediaError) as refused:
        tiff.replace(broken, Block())
    assert refused.value.code == "output_invalid"


def test_a_directory_without_pixels_is_refused() -> None:
    with pytest.raises(MediaError) as refused:
        tiff.replace(imprint.block(IMPRINT, "tiff").exif, Block())
    assert "no strips" in refused.value.detail
