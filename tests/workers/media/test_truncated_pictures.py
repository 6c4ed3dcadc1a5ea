"""Pictures that lack what stands behind the picture itself: refused wherever the loss can be told."""

from __future__ import annotations

import io
from pathlib import Path

import pillow_heif
import pytest

from tests.workers.media.containers import box, segment
from tests.workers.media.pictures import photo
from workers.media import probe
from workers.media.errors import Damaged
from workers.media.limits import Limits

pillow_heif.register_heif_opener()
_XMP = b"http://ns.adobe.com/xap/1.0/\0"


def _saved(kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    photo(160, 120).save(file, kind, **options)
    return file.getvalue()


def _warnings(data: bytes, folder: Path) -> tuple[str, ...]:
    path, workdir = folder / "upload", folder / "work"
    workdir.mkdir(exist_ok=True)
    path.write_bytes(data)
    return probe.inspect(path, workdir, Limits()).facts.warnings


def _assert_truncated(data: bytes, folder: Path) -> None:
    with pytest.raises(Damaged) as caught:
        _warnings(data, folder)
    assert caught.value.code == "truncated"


@pytest.mark.req("R8")
def test_a_jpeg_that_is_cut_in_a_further_picture_of_its_index_is_truncated(tmp_path: Path) -> None:
    whole = _saved("MPO", save_all=True, append_images=[photo(160, 120, 2), photo(160, 120, 3)])
    assert _warnings(whole, tmp_path) == ("trailing_data",)
    second = whole.index(b"\xff\xd8\xff", 3)
    third = whole.index(b"\xff\xd8\xff", second + 3)
    for cut in (second, second + 1, third, (third + len(whole)) // 2, len(whole) - 1):
        _assert_truncated(whole[:cut], tmp_path)


def test_an_index_that_cannot_be_read_is_no_reason_to_refuse(tmp_path: Path) -> None:
    plain = _saved("JPEG")
    for index in (b"MPF\0", b"MPF\0II*\0\xff\xff\xff\x7f", b"MPF\0II*\0\x08\0\0\0\xff\xff", b"MPF\0" + bytes(50)):
        assert _warnings(plain[:2] + segment(0xE2, index) + plain[2:], tmp_path) == ()


def _listing(text: str) -> bytes:
    plain = _saved("JPEG")
    return plain[:2] + segment(0xE1, _XMP + text.encode()) + plain[2:]


@pytest.mark.req("R8")
@pytest.mark.parametrize(
    "text",
    [
        '<Container:Item Item:Semantic="Primary" Item:Length="0"/><Container:Item Item:Length="700"/>'
        "<Container:Item Item:Semantic='MotionPhoto' Item:Length='300'/>",
        'GCamera:MicroVideo="1" GCamera:MicroVideoOffset="1000"',
        "<GCamera:MicroVideoOffset>1000</GCamera:MicroVideoOffset>",
    ],
)
def test_a_jpeg_that_is_cut_in_what_its_xmp_lists_is_truncated(text: str, tmp_path: Path) -> None:
    picture, behind = _listing(text), b"\x5a" * 1000
    assert "trailing_data" in _warnings(picture + behind, tmp_path)
    for left in (1, 500, 999):
        _assert_truncated(picture + behind[:left], tmp_path)
    assert "trailing_data" not in _warnings(picture, tmp_path)  # an editor kept the list and dropped the rest


@pytest.mark.req("R8")
@pytest.mark.parametrize("kind", [b"mpvd", b"sefd", b"free", b"Xy9 "])
@pytest.mark.parametrize("name", ["HEIF", "AVIF"])
def test_a_heif_that_is_cut_in_a_box_behind_its_picture_is_truncated(name: str, kind: bytes, tmp_path: Path) -> None:
    picture, last = _saved(name), box(kind, b"\x5a" * 3000)
    assert _warnings(picture + last, tmp_path) == ()
    for left in (1, 4, 7, 8, 1500, len(last) - 1):
        _assert_truncated(picture + last[:left], tmp_path)


@pytest.mark.parametrize("litter", [b"\n", b"a line of text\n", b"\xff" * 40])
def test_litter_behind_a_heif_is_tolerated_and_told(litter: bytes, tmp_path: Path) -> None:
    assert "trailing_data" in _warnings(_saved("HEIF") + litter, tmp_path)
