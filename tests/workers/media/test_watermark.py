"""Previews bear a mark all over, and thumbnails a stronger one: neither is of use as a picture."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from tests.workers.media.pictures import photo
from workers.media import probe
from workers.media.limits import Limits
from workers.media.probe import watermark


def _changed(before: Image.Image, after: Image.Image) -> np.ndarray:
    """Where the two differ by more than what compression does."""
    assert before.size == after.size
    pair = [np.asarray(one.convert("RGB"), dtype=np.int16) for one in (before, after)]
    difference: np.ndarray = np.abs(pair[0] - pair[1]).max(axis=2) > 20
    return difference


def _previews(picture: Image.Image, folder: Path) -> dict[str, Image.Image]:
    data = io.BytesIO()
    picture.save(data, "PNG")
    (folder / "work").mkdir()
    (folder / "upload").write_bytes(data.getvalue())
    found = probe.inspect(folder / "upload", folder / "work", Limits())
    shown = {}
    for one in found.previews:
        with Image.open(folder / "work" / one.path) as file:
            shown[one.name] = file.convert("RGB")
    return shown


@pytest.mark.parametrize("grey", [0, 40, 128, 215, 255])
def test_the_mark_is_seen_on_every_ground(grey: int) -> None:
    ground = Image.new("RGB", (1280, 960), (grey, grey, grey))
    difference = np.abs(np.asarray(watermark.mark(ground), dtype=np.int16) - grey)
    assert difference.max() >= 30
    assert 0.01 < (difference.max(axis=2) > 15).mean() < 0.15, "calm: most of the picture stays as it is"


@pytest.mark.parametrize("size", [(1280, 960), (960, 1280), (1280, 300), (500, 500), (120, 90)])
def test_no_quarter_of_a_preview_is_without_the_mark(size: tuple[int, int]) -> None:
    ground = Image.new("RGB", size, (90, 120, 90))
    changed = _changed(ground, watermark.mark(ground))
    rows, columns = (np.array_split(np.arange(side), 2) for side in reversed(size))
    assert all(changed[np.ix_(some, others)].any() for some in rows for others in columns)


def test_marking_leaves_the_picture_that_was_given_as_it_was() -> None:
    ground = photo(300, 200)
    before = ground.tobytes()
    watermark.mark(ground)
    assert ground.tobytes() == before


@pytest.mark.parametrize("size", [(1, 1), (1, 400), (7, 3)])
@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
def test_the_smallest_pictures_can_be_marked(size: tuple[int, int], mode: str) -> None:
    ground = Image.new(mode, size)
    assert watermark.mark(ground).size == size


def test_transparent_parts_bear_the_mark_too() -> None:
    marked = watermark.mark(Image.new("RGBA", (800, 600), (0, 0, 0, 0)))
    assert marked.getchannel("A").getextrema()[1] > 30  # type: ignore[operator]


def test_what_is_kept_of_a_photo_is_marked(tmp_path: Path) -> None:
    found = _previews(Image.new("RGB", (1600, 1200), (90, 120, 90)), tmp_path)
    preview, thumb = (
        _changed(Image.new("RGB", found[name].size, (90, 120, 90)), found[name]) for name in ("preview", "thumb")
    )
    assert found["preview"].size == (1280, 960)
    assert preview[:300].any()
    assert preview[-300:].any()
    assert found["thumb"].size == (480, 360)
    assert all(part.any() for part in _ninths(thumb)), "no part to cut out and use"


def _ninths(changed: np.ndarray) -> list[np.ndarray]:
    return [part for rows in np.array_split(changed, 3) for part in np.array_split(rows, 3, axis=1)]


def poster() -> Image.Image:
    """Large flat areas and big letters, where a pale mark is easily overlooked."""
    made = Image.new("RGB", (2400, 3000), "white")
    pen = ImageDraw.Draw(made)
    pen.rectangle((200, 900, 2200, 2600), fill=(230, 60, 40))
    pen.text((200, 300), "SUMMER", font=ImageFont.load_default(400), fill="black")
    return made


@pytest.mark.req("R65")
@pytest.mark.parametrize("size", [(1600, 1200), (4000, 3000), (3000, 4000), (6000, 1500)])
def test_a_thumbnail_of_a_large_original_is_marked_in_every_part(tmp_path: Path, size: tuple[int, int]) -> None:
    for number, picture in enumerate((photo(*size, seed=3), poster().resize(size))):
        (tmp_path / str(number)).mkdir()
        thumb = _previews(picture, tmp_path / str(number))["thumb"]
        plain = picture.convert("RGB").resize(thumb.size, Image.Resampling.HAMMING)
        pair = [np.asarray(one, dtype=np.int16) for one in (thumb, plain)]
        changed: np.ndarray = np.abs(pair[0] - pair[1]).max(axis=2) > 30
        assert changed.mean() > 0.04
        assert all(part.mean() > 0.01 for part in _ninths(changed))
        assert changed.mean() < 0.35, "one still sees what is shown"


def test_a_thumbnail_that_is_the_whole_original_is_marked_all_over(tmp_path: Path) -> None:
    found = _previews(Image.new("RGB", (400, 300), (90, 120, 90)), tmp_path)
    assert found["thumb"].size == (400, 300)
    changed = _changed(Image.new("RGB", (400, 300), (90, 120, 90)), found["thumb"])
    assert changed[:150, :200].any()


def test_features_are_seen_without_the_mark(tmp_path: Path) -> None:
    grey = Image.new("RGB", (1600, 1200), (128, 128, 128))
    data = io.BytesIO()
    grey.save(data, "PNG")
    (tmp_path / "upload").write_bytes(data.getvalue())
    assert probe.inspect(tmp_path / "upload", tmp_path, Limits()).facts.perceptual_hash is None, "one flat colour"
