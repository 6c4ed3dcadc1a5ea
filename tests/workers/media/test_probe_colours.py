"""Colours and identity of pictures: what previews look like, and which pictures are the same."""

from __future__ import annotations

import io
import zlib
from pathlib import Path

import pytest
from PIL import Image

from tests.workers.media.pictures import ADOBE_RGB, DISPLAY_P3, near, photo, usual_colour
from workers.media import probe
from workers.media.limits import Limits
from workers.media.shapes import Inspection


def _saved(picture: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def _inspect(data: bytes, folder: Path) -> Inspection:
    path, workdir = folder / "upload", folder / "work"
    workdir.mkdir(exist_ok=True)
    path.write_bytes(data)
    return probe.inspect(path, workdir, Limits())


def _named(data: bytes, *numbers: int) -> bytes:
    """A PNG that names its colour space by numbers (`cICP`)."""
    body = b"cICP" + bytes(numbers)
    return data[:33] + (4).to_bytes(4) + body + zlib.crc32(body).to_bytes(4) + data[33:]


def test_previews_obey_a_colour_space_that_is_named_by_numbers(tmp_path: Path) -> None:
    dull = _saved(Image.new("RGB", (80, 60), (60, 180, 60)), "PNG")
    shown: list[tuple[int, int, int]] = []
    for data in (dull, _named(dull, 12, 13, 0, 1)):
        found = _inspect(data, tmp_path)
        assert found.facts.colour_profile is None
        with Image.open(tmp_path / "work" / found.previews[1].path) as preview:
            shown.append(usual_colour(preview))
    assert near(shown[0], (60, 180, 60), 4)
    assert shown[1][0] < shown[0][0] - 20  # less red: a purer green than the same numbers mean in sRGB
    assert shown[1][1] > shown[0][1]


def test_an_animation_is_not_the_same_picture_as_a_still_of_its_first_frame(tmp_path: Path) -> None:
    frames = [photo(64, 48, seed).quantize(64) for seed in range(3)]
    still = _inspect(_saved(frames[0], "GIF"), tmp_path).facts
    two = _inspect(_saved(frames[0], "GIF", save_all=True, append_images=frames[1:2]), tmp_path).facts
    three = _inspect(_saved(frames[0], "GIF", save_all=True, append_images=frames[1:]), tmp_path).facts
    assert len({still.pixel_sha256, two.pixel_sha256, three.pixel_sha256}) == 3
    assert _inspect(_saved(frames[0], "GIF", comment=b"hello"), tmp_path).facts.pixel_sha256 == still.pixel_sha256


def test_equal_numbers_under_another_profile_are_another_picture(tmp_path: Path) -> None:
    picture = photo(64, 48)
    plain = _saved(picture, "PNG")
    files = [plain, _named(plain, 12, 13, 0, 1), _named(plain, 9, 1, 0, 1)]
    files += [_saved(picture, "PNG", icc_profile=profile) for profile in (DISPLAY_P3, ADOBE_RGB)]
    digests = [_inspect(data, tmp_path).facts.pixel_sha256 for data in files]
    assert len(set(digests)) == 5


@pytest.mark.parametrize("profile", [b"not a profile", bytes(200)])
def test_a_profile_that_is_ignored_makes_no_other_picture(profile: bytes, tmp_path: Path) -> None:
    plain = _inspect(_saved(photo(64, 48), "PNG"), tmp_path).facts
    broken = _inspect(_saved(photo(64, 48), "PNG", icc_profile=profile), tmp_path).facts
    assert broken.pixel_sha256 == plain.pixel_sha256
