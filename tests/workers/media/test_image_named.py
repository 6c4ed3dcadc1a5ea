"""Colours of files that name their space by numbers instead of carrying a profile."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import pillow_heif
import pytest
from PIL import Image, ImageCms

from tests.workers.media.pictures import cover, near, opened
from workers.media.image import named, render_pack

DISPLAY_P3, BT2020, SRGB, PQ = 12, 9, 13, 16
GREEN = (60, 150, 70)
GREEN_OF_P3_IN_SRGB = (0, 152, 58)
"""By the published matrices: linearised, Display P3 to XYZ to sRGB, clipped, encoded (IEC 61966-2-1)."""


def _png(path: Path, primaries: int, transfer: int) -> Path:
    Image.new("RGB", (80, 80), GREEN).save(path)
    chunk = b"cICP" + bytes([primaries, transfer, 0, 1])
    data = path.read_bytes()
    path.write_bytes(data[:33] + struct.pack(">I", 4) + chunk + struct.pack(">I", zlib.crc32(chunk)) + data[33:])
    return path


def _avif(path: Path, primaries: int, transfer: int) -> Path:
    Image.new("RGB", (80, 80), GREEN).save(path, quality=100, subsampling="4:4:4")
    before, mark, after = path.read_bytes().partition(b"colrnclx")
    assert mark
    path.write_bytes(before + mark + struct.pack(">HH", primaries, transfer) + after[4:])
    return path


def _heic(path: Path, primaries: int, transfer: int) -> Path:
    pillow_heif.from_pillow(Image.new("RGB", (80, 80), GREEN)).save(
        path,
        quality=100,
        chroma=444,
        color_primaries=primaries,
        transfer_characteristics=transfer,
        matrix_coefficients=1,
        full_range_flag=1,
        save_nclx_profile=True,
    )
    return path


WRITERS = {"png": _png, "avif": _avif, "heic": _heic}


def _rendered(source: Path, folder: Path) -> tuple[int, ...]:
    made = render_pack(source, [cover((80, 80), 40, 40, "png")], folder)[0]
    return tuple(opened(folder / made.path).convert("RGB").getpixel((20, 20)))  # type: ignore[arg-type]


@pytest.mark.parametrize("name", WRITERS)
def test_display_p3_that_is_named_by_numbers_becomes_srgb(tmp_path: Path, name: str) -> None:
    source = WRITERS[name](tmp_path / f"source.{name}", DISPLAY_P3, SRGB)
    assert near(_rendered(source, tmp_path), GREEN_OF_P3_IN_SRGB, 4)


@pytest.mark.parametrize("name", WRITERS)
@pytest.mark.parametrize(("primaries", "transfer"), [(1, SRGB), (BT2020, PQ)], ids=["srgb", "hdr"])
def test_other_numbers_change_no_colour(tmp_path: Path, name: str, primaries: int, transfer: int) -> None:
    source = WRITERS[name](tmp_path / f"source.{name}", primaries, transfer)
    assert named.profile(source, name) is None


def test_a_carried_profile_counts_more_than_numbers(tmp_path: Path) -> None:
    icc = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    source = tmp_path / "both.png"
    _png(source, DISPLAY_P3, SRGB)
    data = source.read_bytes()
    chunk = b"iCCP" + b"p\0\0" + zlib.compress(icc)
    with_profile = struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk))
    source.write_bytes(data[:33] + with_profile + data[33:])
    assert near(_rendered(source, tmp_path), GREEN, 2)


@pytest.mark.parametrize("primaries", [DISPLAY_P3, BT2020])
def test_white_and_grey_stay_neutral(tmp_path: Path, primaries: int) -> None:
    source = _png(tmp_path / "grey.png", primaries, SRGB)
    profile = named.profile(source, "png")
    assert profile is not None
    space = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
    from_named = tmp_path / "named.icc"
    from_named.write_bytes(profile)
    grey = Image.new("RGB", (1, 1), (128, 128, 128))
    turned = ImageCms.profileToProfile(grey, str(from_named), space)
    assert turned is not None
    assert near(turned.getpixel((0, 0)), (128, 128, 128), 1)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["png", "avif", "heic", "jpeg"])
def test_broken_files_name_nothing(tmp_path: Path, name: str) -> None:
    source = tmp_path / "broken"
    source.write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0\0\0\x10meta\xff\xff\xff\xff" * 3)
    assert named.profile(source, name) is None
