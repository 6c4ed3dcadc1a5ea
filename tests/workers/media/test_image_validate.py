"""A file that is not what was planned is refused, and the reason names the property."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from tests.workers.media.pictures import FORMATS, IMPRINT, cover, photo
from workers.media.errors import MediaError
from workers.media.image import pack, render_pack
from workers.media.image.encode import Setting
from workers.media.image.validate import check
from workers.media.shapes import ImageFormat, ImagePlan

SIZE = (320, 240)


def plan_for(name: ImageFormat) -> ImagePlan:
    return cover(SIZE, 160, 120, name, imprint=IMPRINT, max_bytes=500_000)


def good(folder: Path, name: ImageFormat) -> bytes:
    source = folder / "source.png"
    photo(*SIZE).save(source)
    return (folder / render_pack(source, [plan_for(name)], folder)[0].path).read_bytes()


def saved(picture: Image.Image, name: str, **options: object) -> bytes:
    target = io.BytesIO()
    picture.save(target, name, **options)
    return target.getvalue()


def refusal(data: bytes, plan: ImagePlan) -> str:
    with pytest.raises(MediaError) as refused:
        check(data, plan)
    assert refused.value.code == "output_invalid"
    return refused.value.detail


@pytest.mark.parametrize("name", FORMATS)
def test_the_engines_own_files_pass(tmp_path: Path, name: ImageFormat) -> None:
    data = good(tmp_path, name)
    check(data, plan_for(name))
    assert len(data) > 500


@pytest.mark.parametrize("name", FORMATS)
def test_a_file_over_its_budget_is_named_too_heavy(tmp_path: Path, name: ImageFormat) -> None:
    data = good(tmp_path, name)
    assert refusal(data, replace(plan_for(name), max_bytes=len(data) - 1)).startswith("weight")


@pytest.mark.parametrize("name", FORMATS)
def test_a_file_of_another_size_is_named(tmp_path: Path, name: ImageFormat) -> None:
    assert refusal(good(tmp_path, name), replace(plan_for(name), width=161)).startswith("size: 160x120, planned 161")


@pytest.mark.parametrize("name", FORMATS)
def test_a_file_of_another_format_is_named(tmp_path: Path, name: ImageFormat) -> None:
    other: ImageFormat = "png" if name != "png" else "jpeg"
    assert refusal(good(tmp_path, name), plan_for(other)).startswith("format")


@pytest.mark.parametrize("name", FORMATS)
def test_a_truncated_file_is_refused(tmp_path: Path, name: ImageFormat) -> None:
    data = good(tmp_path, name)
    assert refusal(data[: len(data) * 2 // 3], plan_for(name)).startswith(("format", "structure"))


@pytest.mark.req("R46")
@pytest.mark.parametrize("name", FORMATS)
def test_bytes_behind_the_end_are_refused(tmp_path: Path, name: ImageFormat) -> None:
    assert refusal(good(tmp_path, name) + b"<script>alert(1)</script>", plan_for(name)).startswith("structure")


@pytest.mark.req("R56")
@pytest.mark.parametrize("name", ["jpeg", "png", "webp", "avif"])
def test_a_forbidden_tag_is_named(name: ImageFormat) -> None:
    exif = Image.Exif()
    exif[0x010F] = "Maker"
    exif.get_ifd(0x8825).update({1: "N", 2: (48.0, 51.0, 29.0)})
    detail = refusal(saved(photo(160, 120), name, exif=exif), plan_for(name))
    assert detail.startswith("metadata: EXIF tags")
    assert "0x8825" in detail


def test_a_tiff_with_a_tag_or_bytes_of_another_is_refused(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x010F] = "Maker"
    assert refusal(saved(photo(160, 120), "tiff", exif=exif), plan_for("tiff")) == "structure: unexpected part tag 271"
    data = good(tmp_path, "tiff")
    place = int.from_bytes(data[4:8], "little")
    # The directory names its values by their places, so a gap is made before it by moving it behind the end.
    moved = data[:4] + len(data).to_bytes(4, "little") + data[8:] + data[place : place + 2 + 12 * data[place] + 4]
    assert refusal(moved, plan_for("tiff")).startswith("structure: bytes that belong to nothing")


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("jpeg", lambda picture: saved(picture, "jpeg", comment=b"hello")),
        ("gif", lambda picture: saved(picture, "gif", comment=b"hello")),
    ],
)
def test_a_comment_is_refused(name: ImageFormat, make: Callable[[Image.Image], bytes]) -> None:
    assert refusal(make(photo(160, 120)), plan_for(name)).startswith("metadata: a comment")


@pytest.mark.parametrize(("name", "mode"), [("jpeg", "CMYK"), ("jpeg", "L"), ("png", "L")])
def test_an_unexpected_colour_mode_is_refused(name: ImageFormat, mode: str) -> None:
    assert refusal(saved(photo(160, 120).convert(mode), name), plan_for(name)) == f"mode: {mode}"


@pytest.mark.parametrize("name", ["gif", "webp", "png"])
def test_an_animation_is_refused(name: ImageFormat) -> None:
    frames = [photo(160, 120, seed) for seed in (1, 2)]
    data = saved(frames[0], name, save_all=True, append_images=frames[1:])
    assert refusal(data, plan_for(name)).startswith("frames")


def test_an_encoder_that_does_something_else_cannot_get_a_file_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "source.png"
    photo(*SIZE).save(source)

    def wrong(picture: Image.Image, *rest: object) -> bytes:
        assert isinstance(rest[1], Setting)
        return saved(picture.resize((159, 120)), "jpeg")

    monkeypatch.setattr(pack, "encode", wrong)
    with pytest.raises(MediaError, match="size: 159x120"):
        render_pack(source, [plan_for("jpeg")], tmp_path)
    assert not list(tmp_path.glob("*.jpg"))
