"""A pack as a whole: order, sharing, determinism, quality and independent judges."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from tests.workers.media.pictures import FORMATS, IMPRINT, cover, ffprobe, opened, photo, recipe
from workers.media.errors import Damaged, PlanImpossible, Unsupported
from workers.media.image import render_pack
from workers.media.shapes import Backdrop, Box, ImageFormat, ImagePlan

SIZE = (1600, 1200)
CODECS = {"jpeg": "mjpeg", "png": "png", "webp": "webp", "avif": "av1", "gif": "gif", "tiff": "tiff"}


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pack") / "photo.jpg"
    photo(*SIZE).save(path, quality=95)
    return path


def plans() -> list[ImagePlan]:
    made = [cover(SIZE, 320, 240, name, imprint=IMPRINT) for name in FORMATS]
    made.append(cover(SIZE, 900, 600, "webp", imprint=IMPRINT, max_bytes=40_000))
    made.append(ImagePlan(300, 300, Box(0, 0, *SIZE), Box(0, 38, 300, 225), recipe("jpeg"), Backdrop("blur")))
    return made


@pytest.mark.req("R25")
def test_the_same_plans_give_the_same_bytes_on_any_number_of_cores(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashes = []
    for cores in ({0}, {0, 1}, {0, 1, 2, 3, 4}, {0, 1}):
        monkeypatch.setattr(os, "sched_getaffinity", lambda pid, found=cores: found)
        hashes.append([made.sha256 for made in render_pack(source, plans(), tmp_path)])
    assert hashes[0] == hashes[1] == hashes[2] == hashes[3]


@pytest.mark.req("R25")
def test_a_plan_gives_the_same_bytes_alone_and_in_any_company(source: Path, tmp_path: Path) -> None:
    together = {made.digest: made.sha256 for made in render_pack(source, plans(), tmp_path)}
    for plan in plans():
        assert render_pack(source, [plan], tmp_path)[0].sha256 == together[plan.digest()]


def test_records_come_in_the_order_of_the_plans_and_tell_the_truth(source: Path, tmp_path: Path) -> None:
    wanted = plans()
    for plan, made in zip(wanted, render_pack(source, wanted, tmp_path), strict=True):
        data = (tmp_path / made.path).read_bytes()
        assert made.digest == plan.digest()
        assert made.size_bytes == len(data)
        assert made.sha256 == hashlib.sha256(data).hexdigest()
        assert (made.width, made.height) == opened(tmp_path / made.path).size == (plan.width, plan.height)
        assert (made.quality is None) == (plan.recipe.format in ("png", "gif", "tiff"))


def test_a_plan_asked_for_twice_is_made_once(source: Path, tmp_path: Path) -> None:
    plan = cover(SIZE, 200, 150, "jpeg")
    first, second = render_pack(source, [plan, plan], tmp_path)
    assert first == second
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("name", FORMATS)
def test_another_reader_agrees_on_codec_and_size(source: Path, tmp_path: Path, name: ImageFormat) -> None:
    made = render_pack(source, [cover(SIZE, 333, 217, name)], tmp_path)[0]
    stream = ffprobe(tmp_path / made.path)
    assert (stream["codec_name"], stream["width"], stream["height"]) == (CODECS[name], 333, 217)


def ssim(first: Image.Image, second: Image.Image) -> float:
    one, two = (np.asarray(picture.convert("RGB").convert("L"), dtype=np.float64) for picture in (first, second))

    def local(values: np.ndarray) -> np.ndarray:
        return cv2.GaussianBlur(values, (11, 11), 1.5)

    mean1, mean2 = local(one), local(two)
    spread1, spread2 = local(one * one) - mean1**2, local(two * two) - mean2**2
    together = local(one * two) - mean1 * mean2
    light = (2 * mean1 * mean2 + 6.5025) / (mean1**2 + mean2**2 + 6.5025)
    return float((light * (2 * together + 58.5225) / (spread1 + spread2 + 58.5225)).mean())


@pytest.mark.parametrize(("width", "height"), [(1500, 1125), (1067, 800), (800, 600), (555, 417), (320, 50), (97, 211)])
def test_resizing_is_as_good_as_lanczos_on_the_full_picture(
    source: Path, tmp_path: Path, width: int, height: int
) -> None:
    plan = cover(SIZE, width, height, "png")
    made = opened(tmp_path / render_pack(source, [plan], tmp_path)[0].path)
    crop = plan.crop
    area = (crop.x, crop.y, crop.x + crop.width, crop.y + crop.height)
    reference = opened(source).resize((width, height), Image.Resampling.LANCZOS, box=area)
    assert ssim(made, reference) >= 0.995


@pytest.mark.parametrize(("name", "quality", "floor"), [("jpeg", 82, 0.9), ("webp", 80, 0.9), ("avif", 60, 0.9)])
def test_the_default_qualities_keep_the_picture(
    source: Path, tmp_path: Path, name: ImageFormat, quality: int, floor: float
) -> None:
    plan = cover(SIZE, 800, 600, name, recipe=recipe(name, quality=quality))
    made = opened(tmp_path / render_pack(source, [plan], tmp_path)[0].path)
    reference = opened(source).resize((800, 600), Image.Resampling.LANCZOS)
    assert ssim(made, reference) >= floor


def test_progress_grows_to_one(source: Path, tmp_path: Path) -> None:
    told: list[tuple[float, str]] = []
    render_pack(source, plans(), tmp_path, lambda fraction, message: told.append((fraction, message)))
    fractions = [fraction for fraction, _ in told]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0
    assert told[-1][1] == f"Made {len(plans())} of {len(plans())} files."


def test_an_error_of_the_listener_stops_the_work(source: Path, tmp_path: Path) -> None:
    def stop(fraction: float, message: str) -> None:
        raise InterruptedError(message)

    with pytest.raises(InterruptedError):
        render_pack(source, plans(), tmp_path, stop)


def test_one_impossible_plan_fails_the_pack(source: Path, tmp_path: Path) -> None:
    with pytest.raises(PlanImpossible):
        render_pack(source, [*plans(), cover(SIZE, 800, 600, "jpeg", max_bytes=100)], tmp_path)


def test_no_plans_are_no_work(source: Path, tmp_path: Path) -> None:
    assert render_pack(source, [], tmp_path) == []


@pytest.mark.req("R46")
@pytest.mark.parametrize("name", FORMATS)
def test_what_hides_behind_a_picture_is_not_in_its_renditions(source: Path, tmp_path: Path, name: ImageFormat) -> None:
    polyglot = tmp_path / "polyglot.jpg"
    polyglot.write_bytes(source.read_bytes() + b"<html><script>alert('inside')</script></html>\xff\xd9")
    made = render_pack(polyglot, [cover(SIZE, 200, 150, name)], tmp_path)[0]
    assert b"script" not in (tmp_path / made.path).read_bytes()


def test_a_jpeg_without_end_marker_is_rendered(source: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.jpg"
    cut.write_bytes(source.read_bytes()[:-2])
    assert render_pack(cut, [cover(SIZE, 200, 150, "jpeg")], tmp_path)[0].width == 200


def test_a_truncated_or_foreign_original_is_refused(source: Path, tmp_path: Path) -> None:
    half, text = tmp_path / "half.jpg", tmp_path / "text.jpg"
    half.write_bytes(source.read_bytes()[: source.stat().st_size // 2])
    text.write_bytes(b"not a picture at all, only words" * 20)
    with pytest.raises(Damaged):
        render_pack(half, [cover(SIZE, 200, 150, "jpeg")], tmp_path)
    with pytest.raises(Unsupported):
        render_pack(text, [cover(SIZE, 200, 150, "jpeg")], tmp_path)
