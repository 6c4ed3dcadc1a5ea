"""What is seen in pictures: colours, placeholder, likeness, faces and the point to keep."""

from __future__ import annotations

import base64
import io
import math

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageOps

from workers.media.features import NEAR_DUPLICATE_BITS, describe, differing_bits
from workers.media.features.thumbhash import encode
from workers.media.shapes import Point


def scene(seed: int, size: tuple[int, int] = (600, 400)) -> Image.Image:
    """A picture with a sky, a ground and things on it, other for every seed."""
    random = np.random.default_rng(seed)
    width, height = size
    image = Image.new("RGB", size, tuple(int(value) for value in random.integers(120, 255, 3)))
    draw = ImageDraw.Draw(image)
    horizon = int(height * random.uniform(0.3, 0.8))
    draw.rectangle((0, horizon, width, height), fill=tuple(int(value) for value in random.integers(0, 140, 3)))
    for _ in range(8):
        x, y = random.uniform(0, width), random.uniform(0, height)
        w, h = random.uniform(0.1, 0.4, 2) * width
        colour = tuple(int(value) for value in random.integers(0, 255, 3))
        (draw.ellipse if random.random() < 0.5 else draw.rectangle)((x, y, x + w, y + h), fill=colour)
    return image.filter(ImageFilter.GaussianBlur(2))


def likeness(one: Image.Image, other: Image.Image) -> int:
    """Bits in which the hashes of two pictures differ."""
    hashes = describe(one).perceptual_hash, describe(other).perceptual_hash
    assert hashes[0] is not None
    assert hashes[1] is not None
    return differing_bits(hashes[0], hashes[1])


def recompressed(image: Image.Image, quality: int) -> Image.Image:
    data = io.BytesIO()
    image.save(data, "JPEG", quality=quality)
    return Image.open(data)


# Colours ------------------------------------------------------------------------------------------------------


def test_the_palette_names_the_colours_by_cover() -> None:
    image = Image.new("RGB", (400, 300), "#1b6ca8")
    image.paste("#f2c14e", (0, 0, 400, 90))
    image.paste("#d1495b", (0, 90, 100, 150))
    assert describe(image).palette == ("#1b6ca8", "#f2c14e", "#d1495b")


def test_the_palette_has_at_most_five_and_no_near_twins() -> None:
    stripes = ["#ff0000", "#00ff00", "#0000ff", "#ffff00", "#00ffff", "#ff00ff", "#000000", "#fe0202"]
    image = Image.new("RGB", (800, 200))
    for index, colour in enumerate(stripes):
        image.paste(colour, (index * 100, 0, index * 100 + 100, 200))
    palette = describe(image).palette
    assert len(palette) == 5
    assert palette[0] in ("#ff0000", "#fe0202")
    assert not {"#ff0000", "#fe0202"} <= set(palette)


def test_a_speck_is_no_colour_of_the_palette() -> None:
    image = Image.new("RGB", (500, 500), "white")
    image.paste("red", (0, 0, 20, 20))
    assert describe(image).palette == ("#ffffff",)


# Placeholder --------------------------------------------------------------------------------------------------


def average_colour(data: bytes) -> tuple[float, float, float]:
    """The average colour in a ThumbHash, 0..1, by the published reader."""
    head = int.from_bytes(data[:3], "little")
    light = (head & 63) / 63
    yellow, red = (head >> 6 & 63) / 31.5 - 1, (head >> 12 & 63) / 31.5 - 1
    blue = light - 2 / 3 * yellow
    red_value = (3 * light - blue + red) / 2
    return red_value, red_value - red, blue


def aspect_ratio(data: bytes) -> float:
    """Width by height in a ThumbHash, by the published reader."""
    transparent, landscape = bool(data[2] & 0x80), bool(data[4] & 0x80)
    limit = 5 if transparent else 7
    short = data[3] & 7
    return (limit / short) if landscape else (short / limit)


def decoded(data: bytes, size: int = 32) -> NDArray[np.float64]:
    """The picture in a ThumbHash without alpha as RGB values 0..1, square, by the published reader."""
    head, shape = int.from_bytes(data[:3], "little"), int.from_bytes(data[3:5], "little")
    constants = (head & 63) / 63, (head >> 6 & 63) / 31.5 - 1, (head >> 12 & 63) / 31.5 - 1
    scales = (head >> 18 & 31) / 31, (shape >> 3 & 63) / 63 * 1.25, (shape >> 9 & 63) / 63 * 1.25
    landscape, short = bool(shape >> 15), shape & 7
    across, down = (7, max(3, short)) if landscape else (max(3, short), 7)
    nibbles = iter([value for byte in data[5:] for value in (byte & 15, byte >> 4)])
    places = (np.arange(size) + 0.5) / size
    planes = []
    for (columns, rows), constant, scale in zip(((across, down), (3, 3), (3, 3)), constants, scales, strict=True):
        plane = np.full((size, size), constant)
        for row in range(rows):
            column = 0 if row else 1
            while column * rows < columns * (rows - row):
                value = (next(nibbles) / 7.5 - 1) * scale
                wave = np.outer(np.cos(np.pi * row * places), np.cos(np.pi * column * places))
                plane += 2 * value * wave
                column += 1
        planes.append(plane)
    light, yellow, red = planes
    blue = light - 2 / 3 * yellow
    red_value = (3 * light - blue + red) / 2
    colours: NDArray[np.float64] = np.clip(np.stack([red_value, red_value - red, blue], axis=-1), 0, 1)
    return colours


def pattern(width: int, height: int, *, transparent: bool) -> NDArray[np.uint8]:
    """RGBA pixels that any language can compute."""
    x, y = np.meshgrid(np.arange(width), np.arange(height))
    alpha = (x * y + x * 3 + y) % 253 if transparent else 255 + 0 * x
    return np.stack([(x * x * 3 + y * 11) % 256, (y * y + x * 7) % 251, x * y * 13 % 241, alpha], axis=-1).astype(
        np.uint8
    )


@pytest.mark.parametrize(
    ("width", "height", "transparent", "wanted"),
    [
        (60, 40, False, "XggCDYAkYFRRNYZzBSohZ7pf5d95"),
        (40, 100, False, "XggCCwAgZTU2ZFNHf3ipn4s="),
        (100, 33, True, "XwiCCoAHmYLgfKGJb2sGiAEiRENVdHY="),
        (23, 41, True, "X/iBAwIXpFfoBzXWDPk1mDBTQoZkSVg="),
    ],
)
def test_a_thumbhash_is_the_one_of_the_published_encoder(
    width: int, height: int, transparent: bool, wanted: str
) -> None:
    # The wanted texts were made with the author's own package, thumbhash 0.1.1 of npm.
    assert base64.b64encode(encode(pattern(width, height, transparent=transparent))).decode() == wanted


@pytest.mark.parametrize("colour", [(255, 0, 0), (12, 200, 90), (0, 0, 0), (255, 255, 255), (128, 128, 128)])
def test_a_thumbhash_holds_the_average_colour(colour: tuple[int, int, int]) -> None:
    data = base64.b64decode(describe(Image.new("RGB", (90, 60), colour)).thumbhash)
    assert average_colour(data) == pytest.approx([value / 255 for value in colour], abs=0.04)


@pytest.mark.parametrize("size", [(700, 700), (700, 400), (300, 700), (4000, 2000), (2000, 400)])
def test_a_thumbhash_holds_the_ratio(size: tuple[int, int]) -> None:
    data = base64.b64decode(describe(scene(3, size)).thumbhash)
    long, short = max(size), min(size)
    step = math.floor(7 * short / long + 0.5) / 7
    assert aspect_ratio(data) == pytest.approx(1 / step if size[0] > size[1] else step)


def test_a_thumbhash_shows_the_picture() -> None:
    image = Image.new("RGB", (100, 100), (230, 230, 230))
    image.paste((200, 30, 30), (0, 0, 50, 100))
    shown = decoded(encode(np.asarray(image.convert("RGBA"))))
    left, right = shown[:, 4:12].mean(axis=(0, 1)), shown[:, 20:28].mean(axis=(0, 1))
    assert left == pytest.approx([200 / 255, 30 / 255, 30 / 255], abs=0.15)
    assert right == pytest.approx([230 / 255] * 3, abs=0.15)


def test_a_thumbhash_says_that_parts_are_transparent() -> None:
    image = Image.new("RGBA", (80, 80), (0, 0, 255, 255))
    image.paste((0, 0, 0, 0), (0, 0, 40, 80))
    data = base64.b64decode(describe(image).thumbhash)
    assert data[2] & 0x80
    assert data[5] & 15 == pytest.approx(7.5, abs=0.5)
    assert average_colour(data) == pytest.approx((0, 0, 1), abs=0.05)


def test_a_thumbhash_refuses_what_the_format_does_not_allow() -> None:
    with pytest.raises(ValueError, match="100 px"):
        encode(np.zeros((101, 10, 4), dtype=np.uint8))


# Likeness -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(6))
def test_copies_that_were_resized_recompressed_or_edited_a_little_stay_near(seed: int) -> None:
    image = scene(seed)
    copies = {
        "half": image.resize((300, 200)),
        "jpeg": recompressed(image, 30),
        "brighter": ImageEnhance.Brightness(image).enhance(1.15),
        "contrast": ImageEnhance.Contrast(image).enhance(0.8),
        "grey": ImageOps.grayscale(image).convert("RGB"),
        "blurred": image.filter(ImageFilter.GaussianBlur(3)),
        "squeezed": image.resize((400, 400)),
    }
    distances = {name: likeness(image, copy) for name, copy in copies.items()}
    assert max(distances.values()) <= NEAR_DUPLICATE_BITS, distances


def test_other_pictures_are_far() -> None:
    hashes = [describe(scene(seed)).perceptual_hash or "0" for seed in range(20)]
    distances = [differing_bits(hashes[a], hashes[b]) for a in range(20) for b in range(a)]
    assert min(distances) > NEAR_DUPLICATE_BITS


def test_turned_and_mirrored_copies_are_other_pictures() -> None:
    image = scene(1)
    assert likeness(image, ImageOps.mirror(image)) > NEAR_DUPLICATE_BITS
    assert likeness(image, image.rotate(90, expand=True)) > NEAR_DUPLICATE_BITS


def test_a_flat_picture_has_no_hash_to_be_near_to() -> None:
    assert describe(Image.new("RGB", (200, 200), "navy")).perceptual_hash is None


# Faces and focal point ----------------------------------------------------------------------------------------


def test_pictures_of_things_have_no_faces() -> None:
    assert [describe(scene(seed)).faces for seed in range(10)] == [()] * 10


@pytest.mark.parametrize("place", [(0.2, 0.3), (0.75, 0.25), (0.5, 0.8), (0.3, 0.6)])
def test_the_focal_point_finds_a_coloured_square_on_noise(place: tuple[float, float]) -> None:
    noise = np.random.default_rng(5).integers(90, 170, (480, 640, 1), dtype=np.uint8)
    image = Image.fromarray(np.repeat(noise, 3, axis=2))
    x, y = int(place[0] * 640), int(place[1] * 480)
    image.paste((220, 40, 20), (x - 45, y - 45, x + 45, y + 45))
    point = describe(image).focal_point
    assert (point.x, point.y) == pytest.approx(place, abs=0.08)


def test_nothing_that_stands_out_means_the_centre() -> None:
    assert describe(Image.new("RGB", (300, 500), "grey")).focal_point == Point(0.5, 0.5)


# All of it ----------------------------------------------------------------------------------------------------


def test_the_same_pixels_give_the_same_features() -> None:
    assert describe(scene(4)) == describe(scene(4))


@pytest.mark.parametrize("mode", ["L", "1", "P", "LA", "RGBA", "CMYK", "I;16"])
def test_every_mode_is_described(mode: str) -> None:
    image = Image.new(mode, (64, 48)) if mode == "I;16" else scene(2, (64, 48)).convert(mode)
    assert describe(image).palette


@pytest.mark.parametrize("size", [(1, 1), (1, 3000), (3000, 1), (2, 2), (5000, 40)])
def test_extreme_sizes_are_described(size: tuple[int, int]) -> None:
    found = describe(Image.new("RGB", size, "#336699"))
    assert found.palette == ("#336699",)
    assert found.focal_point == Point(0.5, 0.5)
