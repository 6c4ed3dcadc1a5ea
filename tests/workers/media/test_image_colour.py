"""Colours come out as sRGB, whatever space they were stored in."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

from tests.workers.media.pictures import (
    ADOBE_RGB,
    DISPLAY_P3,
    FORMATS,
    corners,
    cover,
    exiftool,
    grey_profile,
    near,
    opened,
)
from workers.media.image import render_pack
from workers.media.image.colour import converter, srgb_profile
from workers.media.shapes import ImageFormat

P3_TO_SRGB = ((1.2249, -0.2247, 0.0), (-0.0420, 1.0419, 0.0), (-0.0197, -0.0786, 1.0979))
ADOBE_TO_SRGB = ((1.3984, -0.3984, 0.0), (0.0, 1.0, 0.0), (0.0, -0.0429, 1.0429))
COLOURS = [(255, 0, 0), (0, 200, 0), (10, 20, 240), (200, 150, 120), (128, 128, 128), (0, 0, 0), (255, 255, 255)]


def reference(colour: tuple[int, int, int], matrix: tuple[tuple[float, ...], ...], gamma: float) -> tuple[int, ...]:
    """The textbook way: linearise, multiply with the published matrix, encode as sRGB (IEC 61966-2-1), clip."""
    linear = np.clip(np.array(matrix) @ (np.array(colour) / 255) ** gamma, 0, 1)
    encoded = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    return tuple(int(value) for value in np.round(encoded * 255))


def through(
    tmp_path: Path, picture: Image.Image, ending: str, name: ImageFormat = "png", **saving: object
) -> Image.Image:
    source = tmp_path / f"source.{ending}"
    picture.save(source, **saving)  # type: ignore[arg-type]
    plan = cover(picture.size, 40, 40, name)
    return opened(tmp_path / render_pack(source, [plan], tmp_path)[0].path).convert("RGB")


@pytest.mark.parametrize("colour", COLOURS)
@pytest.mark.parametrize(
    ("profile", "matrix", "gamma"),
    [(DISPLAY_P3, P3_TO_SRGB, 2.2), (ADOBE_RGB, ADOBE_TO_SRGB, 2.19921875)],
    ids=["display-p3", "adobe-rgb"],
)
def test_wide_gamut_colours_agree_with_the_published_matrices(
    tmp_path: Path, profile: bytes, matrix: tuple[tuple[float, ...], ...], gamma: float, colour: tuple[int, int, int]
) -> None:
    made = through(tmp_path, Image.new("RGB", (80, 80), colour), "png", icc_profile=profile)
    assert near(made.getpixel((20, 20)), reference(colour, matrix, gamma), 3)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", FORMATS)
def test_a_display_p3_photo_keeps_its_look_in_every_format(tmp_path: Path, name: ImageFormat) -> None:
    made = through(
        tmp_path, Image.new("RGB", (80, 80), (180, 120, 90)), "jpg", name, icc_profile=DISPLAY_P3, quality=98
    )
    assert near(made.getpixel((20, 20)), reference((180, 120, 90), P3_TO_SRGB, 2.2), 6)  # type: ignore[arg-type]


@pytest.mark.parametrize("size", [(80, 80), (2000, 2000)], ids=["small original", "large original"])
def test_colours_do_not_depend_on_the_size_of_the_original(tmp_path: Path, size: tuple[int, int]) -> None:
    made = through(tmp_path, Image.new("RGB", size, (200, 60, 60)), "png", icc_profile=ADOBE_RGB)
    assert near(made.getpixel((20, 20)), reference((200, 60, 60), ADOBE_TO_SRGB, 2.19921875), 3)  # type: ignore[arg-type]


def test_cmyk_without_profile_is_complemented_and_adobe_inversion_undone(tmp_path: Path) -> None:
    made = through(tmp_path, Image.new("CMYK", (80, 80), (0, 255, 255, 0)), "jpg", quality=98)
    assert near(made.getpixel((20, 20)), (255, 0, 0), 8)  # type: ignore[arg-type]


def test_cmyk_with_a_profile_of_another_space_ignores_it(tmp_path: Path) -> None:
    made = through(tmp_path, Image.new("CMYK", (80, 80), (0, 0, 0, 0)), "jpg", quality=98, icc_profile=DISPLAY_P3)
    assert near(made.getpixel((20, 20)), (255, 255, 255), 3)  # type: ignore[arg-type]


def test_a_grey_profile_is_obeyed(tmp_path: Path) -> None:
    linear = through(tmp_path, Image.new("L", (80, 80), 55), "png", icc_profile=grey_profile(1.0))
    expected = reference((55, 55, 55), ((1, 0, 0), (0, 1, 0), (0, 0, 1)), 1.0)
    assert near(linear.getpixel((20, 20)), expected, 4)  # type: ignore[arg-type]


def test_sixteen_bit_grey_is_scaled_and_not_clipped(tmp_path: Path) -> None:
    ramp = np.linspace(0, 65535, 80, dtype=np.uint16)[None, :].repeat(80, 0)
    made = through(tmp_path, Image.fromarray(ramp), "png")
    found = np.asarray(made)[20, :, 0].astype(int)
    assert found[0] < 8
    assert found[-1] > 247
    assert abs(found[20] - 129) < 5
    assert len(set(found.tolist())) > 35


def test_sixteen_bit_colour_keeps_its_values(tmp_path: Path) -> None:
    # Pillow cannot write 16-bit RGB, so the file is put together by hand.
    import struct
    import zlib

    rows = (b"\0" + struct.pack(">3H", 200 * 257, 100 * 257, 50 * 257) * 80) * 80

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    source = tmp_path / "deep.png"
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 80, 80, 16, 2, 0, 0, 0))
    source.write_bytes(b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))
    made = opened(tmp_path / render_pack(source, [cover((80, 80), 40, 40, "png")], tmp_path)[0].path)
    assert near(made.convert("RGB").getpixel((20, 20)), (200, 100, 50), 1)  # type: ignore[arg-type]


@pytest.mark.parametrize("profile", [b"", b"garbage", DISPLAY_P3[:200], grey_profile(2.2), b"\0" * 5_000_000])
def test_a_broken_or_foreign_profile_is_ignored(profile: bytes) -> None:
    picture = corners(40, 40)
    assert converter("RGB", profile)(picture) is picture


def test_srgb_under_any_name_costs_nothing() -> None:
    picture = corners(40, 40)
    named = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert converter("RGB", named)(picture) is picture


def test_transparency_survives_the_conversion() -> None:
    picture = corners(40, 40, "RGBA")
    picture.putalpha(77)
    made = converter("RGBA", ADOBE_RGB)(picture)
    assert made.mode == "RGBA"
    assert made.getchannel("A").getextrema() == (77, 77)
    assert made.convert("RGB").tobytes() != picture.convert("RGB").tobytes()


def test_large_outputs_carry_a_small_srgb_profile_and_tiny_ones_none(tmp_path: Path) -> None:
    source = tmp_path / "source.png"
    corners(1200, 800).save(source)
    plans = [cover((1200, 800), 900, 600, "jpeg"), cover((1200, 800), 90, 60, "jpeg")]
    large, tiny = (exiftool(tmp_path / made.path) for made in render_pack(source, plans, tmp_path))
    assert large["ICC_Profile:ProfileDescription"] == "sRGB built-in"
    assert not [tag for tag in tiny if tag.startswith("ICC")]
    assert len(srgb_profile()) < 600
    assert ImageCms.ImageCmsProfile(io.BytesIO(srgb_profile())).profile.xcolor_space.strip() == "RGB"
