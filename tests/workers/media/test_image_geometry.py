"""Where the pixels go: orientation, crop, canvas, transparency."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from PIL import Image

from tests.workers.media.pictures import (
    BLUE,
    FORMATS,
    GREEN,
    RED,
    YELLOW,
    corner_colours,
    corners,
    cover,
    near,
    opened,
    photo,
    recipe,
)
from workers.media.errors import PlanImpossible
from workers.media.image import render_pack
from workers.media.shapes import Backdrop, Box, ImageFormat, ImagePlan

MASTERS = {"16x9": (1280, 720), "9x16": (720, 1280), "1x1": (800, 800), "4x5": (960, 1200), "tiny": (23, 31)}
UNDO = {
    1: None,
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


def rendered(source: Path, plan: ImagePlan) -> Image.Image:
    made = render_pack(source, [plan], source.parent)[0]
    return opened(source.parent / made.path)


def stored_with_orientation(path: Path, shown: Image.Image, orientation: int) -> None:
    undo = UNDO[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    (shown.transpose(undo) if undo is not None else shown).save(path, quality=95, exif=exif)


@pytest.mark.req("R56")
@pytest.mark.parametrize("ending", ["jpg", "webp", "png"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_stored_in_any_orientation_comes_out_upright(tmp_path: Path, orientation: int, ending: str) -> None:
    source = tmp_path / f"turned.{ending}"
    stored_with_orientation(source, corners(600, 400), orientation)
    picture = rendered(source, cover((600, 400), 150, 100, "png"))
    assert picture.size == (150, 100)
    for found, wanted in zip(corner_colours(picture), (RED, GREEN, BLUE, YELLOW), strict=True):
        assert near(found, wanted, 12)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_crop_is_counted_from_the_picture_as_shown(tmp_path: Path, orientation: int) -> None:
    source = tmp_path / "turned.jpg"
    stored_with_orientation(source, corners(1600, 1000), orientation)
    for crop, colour in ((Box(0, 0, 700, 400), RED), (Box(850, 550, 700, 400), YELLOW), (Box(50, 550, 700, 400), BLUE)):
        plan = ImagePlan(70, 40, crop, Box(0, 0, 70, 40), recipe("png"))
        picture = rendered(source, plan)
        assert near(picture.convert("RGB").getpixel((35, 20)), colour, 12)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("master", MASTERS)
def test_every_master_fills_every_format_exactly(tmp_path: Path, master: str, name: ImageFormat) -> None:
    size = MASTERS[master]
    source = tmp_path / "master.jpg"
    photo(*size).save(source, quality=95)
    width, height = (18, 12) if master == "tiny" else (300, 200)
    picture = rendered(source, cover(size, width, height, name))
    assert picture.size == (width, height)
    assert picture.format == name.upper()


def test_a_contained_picture_stands_on_the_colour_of_its_backdrop(tmp_path: Path) -> None:
    source = tmp_path / "wide.png"
    corners(800, 400).save(source)
    plan = ImagePlan(
        200, 200, Box(0, 0, 800, 400), Box(0, 50, 200, 100), recipe("png"), backdrop=Backdrop("colour", "#123456")
    )
    picture = rendered(source, plan).convert("RGB")
    assert picture.getpixel((100, 20)) == (0x12, 0x34, 0x56)
    assert picture.getpixel((100, 180)) == (0x12, 0x34, 0x56)
    assert near(picture.getpixel((50, 75)), RED, 3)  # type: ignore[arg-type]


def test_a_blurred_backdrop_shows_the_picture_itself_darker_and_without_detail(tmp_path: Path) -> None:
    source = tmp_path / "wide.png"
    corners(800, 400).save(source)
    plan = ImagePlan(200, 200, Box(0, 0, 800, 400), Box(0, 50, 200, 100), recipe("png"), backdrop=Backdrop("blur"))
    picture = rendered(source, plan).convert("RGB")
    above, below = picture.getpixel((20, 10)), picture.getpixel((180, 190))
    assert near(above, tuple(round(0.8 * part) for part in RED), 14)  # type: ignore[arg-type]
    assert near(below, tuple(round(0.8 * part) for part in YELLOW), 14)  # type: ignore[arg-type]
    edge = [picture.getpixel((x, 10))[1] for x in range(60, 140)]  # type: ignore[index]
    assert max(abs(one - two) for one, two in pairwise(edge)) < 12


@pytest.mark.parametrize("name", ["png", "webp", "avif"])
def test_transparency_is_kept_where_the_format_has_it(tmp_path: Path, name: ImageFormat) -> None:
    source = tmp_path / "logo.png"
    logo = corners(400, 400, "RGBA")
    logo.paste((255, 0, 255, 0), (0, 0, 200, 200))
    logo.save(source)
    picture = rendered(source, cover((400, 400), 100, 100, name)).convert("RGBA")
    assert picture.getpixel((25, 25))[3] == 0  # type: ignore[index]
    assert picture.getpixel((75, 75))[3] == 255  # type: ignore[index]
    # The magenta under the transparent part must not bleed over the edge.
    assert picture.getpixel((52, 25))[2] < 120  # type: ignore[index]


@pytest.mark.parametrize("name", ["jpeg", "gif"])
def test_transparency_is_laid_on_the_flatten_colour_elsewhere(tmp_path: Path, name: ImageFormat) -> None:
    source = tmp_path / "logo.png"
    logo = corners(400, 400, "RGBA")
    logo.paste((0, 0, 0, 0), (0, 0, 200, 200))
    logo.save(source)
    picture = rendered(source, cover((400, 400), 100, 100, name, flatten="#00ff00")).convert("RGB")
    assert near(picture.getpixel((25, 25)), (0, 255, 0), 6)  # type: ignore[arg-type]


def test_a_palette_with_a_transparent_entry_keeps_its_hole(tmp_path: Path) -> None:
    source = tmp_path / "palette.png"
    picture = corners(200, 200).quantize(8)
    picture.info["transparency"] = picture.getpixel((10, 10))
    picture.save(source, transparency=picture.getpixel((10, 10)))
    made = rendered(source, cover((200, 200), 50, 50, "png")).convert("RGBA")
    assert made.getpixel((10, 10))[3] == 0  # type: ignore[index]
    assert made.getpixel((40, 40))[3] == 255  # type: ignore[index]


@pytest.mark.parametrize("ending", ["gif", "png", "webp", "avif"])
def test_an_animation_gives_its_first_frame(tmp_path: Path, ending: str) -> None:
    source = tmp_path / f"moving.{ending}"
    frames = [Image.new("RGB", (120, 80), colour) for colour in (RED, GREEN, BLUE)]
    frames[0].save(source, save_all=True, append_images=frames[1:], duration=100)
    picture = rendered(source, cover((120, 80), 60, 40, "png")).convert("RGB")
    assert near(picture.getpixel((30, 20)), RED, 8)  # type: ignore[arg-type]


@pytest.mark.parametrize("crop", [Box(0, 0, 401, 300), Box(-1, 0, 10, 10), Box(300, 200, 101, 50), Box(0, 0, 0, 5)])
def test_a_crop_outside_the_picture_is_refused(tmp_path: Path, crop: Box) -> None:
    source = tmp_path / "small.jpg"
    photo(400, 300).save(source)
    with pytest.raises(PlanImpossible, match="not inside"):
        render_pack(source, [ImagePlan(10, 10, crop, Box(0, 0, 10, 10), recipe("jpeg"))], tmp_path)
