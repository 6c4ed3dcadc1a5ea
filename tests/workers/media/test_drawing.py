"""What is drawn over photos: where it was planned, in its colours, and never by another file than the one named."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageFont

from tests.tools import unavailable
from tests.workers.media.pictures import cover
from workers.media import drawing, fonts
from workers.media.errors import Damaged, MediaError, PlanImpossible, Unsupported
from workers.media.image import render_pack
from workers.media.layers import MATERIALS, Card, Overlay
from workers.media.shapes import ImagePlan

SIZE = (400, 300)
BOX = Overlay("label", "box", 20, 30, 160, 40, colour="#203040", radius=6)
WORDS = Overlay("label", "text", 30, 36, 140, 28, colour="#ffffff", text="Werbung", size=20, bold=True)


@pytest.fixture(scope="module", autouse=True)
def font() -> None:
    try:
        fonts.house_file("DejaVu Sans", bold=True)
    except PlanImpossible:
        unavailable("the font DejaVu Sans (fonts-dejavu-core)")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "grey.png"
    Image.new("RGB", SIZE, (128, 128, 128)).save(path)
    return path


def plan(*overlays: Overlay, name: str = "png") -> ImagePlan:
    return replace(cover(SIZE, *SIZE, name), overlays=overlays)  # type: ignore[arg-type]


def changed(path: Path) -> tuple[Any, ...]:
    pixels = np.asarray(Image.open(path).convert("RGB")).astype(int)
    return np.nonzero(np.abs(pixels - 128).max(axis=2) > 12)


@pytest.mark.req("R25")
def test_a_plan_without_overlays_is_the_plan_that_it_was() -> None:
    bare = cover(SIZE, 320, 240, "jpeg")
    assert "overlays" not in bare.dump()
    assert bare.digest() == "f459b2a0e71e6468f82633c9208c735e48658a78e12e45dfab3635b94a96d5ad"
    assert ImagePlan.load(bare.dump()) == bare
    dressed = plan(BOX)
    assert ImagePlan.load(dressed.dump()) == dressed
    assert dressed.digest() != plan().digest()


def test_a_box_and_words_change_the_pixels_of_their_place_only(source: Path, tmp_path: Path) -> None:
    bare, dressed = plan(), plan(BOX, WORDS)
    (first, second) = render_pack(source, [bare, dressed], tmp_path)
    assert not changed(tmp_path / first.path)[0].size
    rows, columns = changed(tmp_path / second.path)
    assert (columns.min(), columns.max(), rows.min(), rows.max()) == (20, 179, 30, 69)
    pixels = np.asarray(Image.open(tmp_path / second.path).convert("RGB"))
    assert tuple(pixels[32, 100]) == (0x20, 0x30, 0x40)
    assert (pixels[36:64, 30:170] == 255).all(axis=2).sum() > 200
    (again,) = render_pack(source, [dressed], tmp_path)
    assert again.sha256 == second.sha256


def test_a_logo_lies_where_it_was_planned_and_lets_through_what_is_transparent(source: Path, tmp_path: Path) -> None:
    logo = Image.new("RGBA", (80, 40), (255, 0, 0, 255))
    logo.paste((0, 0, 0, 0), (0, 0, 40, 40))
    logo.save(tmp_path / "logo.png")
    data = (tmp_path / "logo.png").read_bytes()
    name = hashlib.sha256(data).hexdigest()
    wanted = plan(Overlay("logo", "image", 300, 10, 80, 40, image=name))
    with pytest.raises(PlanImpossible, match="missing"):
        render_pack(source, [wanted], tmp_path)
    (tmp_path / MATERIALS).mkdir()
    (tmp_path / MATERIALS / name).write_bytes(data)
    (made,) = render_pack(source, [wanted], tmp_path)
    rows, columns = changed(tmp_path / made.path)
    assert 338 <= columns.min() <= columns.max() == 379
    assert (rows.min(), rows.max()) == (10, 49)
    (tmp_path / MATERIALS / name).write_bytes(data[: len(data) // 2])
    with pytest.raises(MediaError):
        render_pack(source, [wanted], tmp_path)


def laid(folder: Path, logo: Image.Image, spoil: int = 0) -> str:
    """Keep a logo where the engine looks for it; `spoil` bytes in its middle are lost. Return its name."""
    logo.save(folder / "laid.png")
    data = bytearray((folder / "laid.png").read_bytes())
    data[60 : 60 + spoil] = bytes(spoil)
    name = hashlib.sha256(data).hexdigest()
    (folder / MATERIALS).mkdir(exist_ok=True)
    (folder / MATERIALS / name).write_bytes(data)
    return name


@pytest.mark.parametrize("colour", [(128, 128, 128, 255), (150, 120, 120, 255), (0, 0, 0, 0)])
def test_a_logo_that_nobody_would_see_is_refused(source: Path, tmp_path: Path, colour: tuple[int, ...]) -> None:
    name = laid(tmp_path, Image.new("RGBA", (80, 40), colour))
    logo = Overlay("logo", "image", 300, 10, 80, 40, image=name)
    with pytest.raises(PlanImpossible) as caught:
        render_pack(source, [plan(logo)], tmp_path)
    assert caught.value.code == "logo_not_seen"
    with pytest.raises(PlanImpossible):
        drawing.card(Card(10, "#808080", (logo,)), SIZE, tmp_path)
    if colour[3]:
        ground = Overlay("logo", "box", 290, 0, 100, 60, colour="#ffffff")
        assert render_pack(source, [plan(ground, logo)], tmp_path), "on a ground of its own"


def test_a_logo_that_is_transparent_throughout_is_refused_whatever_lies_behind_it(tmp_path: Path) -> None:
    empty, faint = (laid(tmp_path, Image.new("RGBA", (80, 40), (255, 0, 0, level))) for level in (0, 60))
    with pytest.raises(PlanImpossible, match="is empty: all of it is transparent") as caught:
        drawing.layer([Overlay("logo", "image", 0, 0, 80, 40, image=empty)], SIZE, tmp_path)
    assert caught.value.code == "logo_not_seen"
    assert drawing.layer([Overlay("logo", "image", 0, 0, 80, 40, image=faint)], SIZE, tmp_path).getbbox()


def test_a_damaged_logo_is_told_apart_from_the_photo(source: Path, tmp_path: Path) -> None:
    name = laid(tmp_path, Image.effect_noise((80, 40), 90).convert("RGBA"), spoil=400)
    wanted = plan(Overlay("logo", "image", 300, 10, 80, 40, image=name))
    with pytest.raises(Damaged, match="logo of the brand kit") as caught:
        render_pack(source, [wanted], tmp_path)
    assert caught.value.code == "damaged_logo"


def test_words_that_leave_their_box_are_never_cut_off(source: Path, tmp_path: Path) -> None:
    with pytest.raises(PlanImpossible) as caught:
        render_pack(source, [plan(replace(WORDS, text="Werbung in eigener Sache"))], tmp_path)
    assert caught.value.code == "overlay_does_not_fit"


@pytest.mark.parametrize("text", ["Ana Müller", "AVAVA Toffee", "Ľubica, Žilina"])
@pytest.mark.parametrize("size", [9, 24, 71])
def test_words_are_never_wider_than_they_were_measured(text: str, size: int) -> None:
    face = fonts.house_face("DejaVu Sans", bold=True)
    path = str(fonts.house_file("DejaVu Sans", bold=True))
    drawn = ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.BASIC).getlength(text)
    assert drawn <= face.width(text, size) <= drawn * 1.05 + 0.5 * len(text) + 2
    assert not face.lacking(text)
    assert face.lacking("a\U0001f99c") == "\U0001f99c"


@pytest.mark.parametrize("family", fonts.FAMILIES)
def test_lines_are_never_higher_than_they_were_measured(family: str, tmp_path: Path) -> None:
    text = "\u00c4pfel j\u00e4gen\n\u00dcppig gejoggt"
    for size in range(9, 60):
        high = fonts.house_face(family, bold=True).leading(size) * 2
        words = Overlay("label", "text", 0, 0, size * 14, high, text=text, size=size, font=family, bold=True)
        assert drawing.layer([words], (size * 14, high), tmp_path).getbbox() is not None


def test_a_file_that_is_no_font_is_refused_and_so_is_half_of_one() -> None:
    with pytest.raises(Unsupported):
        fonts.face(b"wOFF" + bytes(100))
    data = fonts.house_file("DejaVu Sans", bold=False).read_bytes()
    for length in (4, 12, 200, len(data) // 2):
        with pytest.raises(Damaged):
            fonts.face(data[:length])
