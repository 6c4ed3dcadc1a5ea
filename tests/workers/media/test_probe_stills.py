"""Measuring pictures: facts, refusals and bounds, on pictures that are made here."""

from __future__ import annotations

import io
import zlib
from collections.abc import Iterator
from pathlib import Path

import pillow_heif
import pytest
from PIL import Image, ImageCms

from tests.sandboxes import lent
from tests.workers.media.pictures import corner_colours, corners, near, photo, usual_colour
from workers.media import probe
from workers.media.errors import Damaged, MediaError, TooLarge, Unsupported
from workers.media.limits import Limits
from workers.media.sandbox import Sandbox
from workers.media.shapes import Inspection

pillow_heif.register_heif_opener()
_ORIENTATION = 0x0112


@pytest.fixture(scope="module")
def box() -> Iterator[Sandbox]:
    with lent(Sandbox()) as opened:
        yield opened


def _saved(picture: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def _inspect(data: bytes, folder: Path, name: str = "upload") -> Inspection:
    source, workdir = folder / name, folder / "work"
    workdir.mkdir(exist_ok=True)
    source.write_bytes(data)
    return probe.inspect(source, workdir, Limits())


def _exif(*entries: tuple[int, int]) -> bytes:
    """A TIFF block with SHORT entries, in this order, duplicates included."""
    body = b"".join(tag.to_bytes(2) + b"\0\3\0\0\0\1" + value.to_bytes(2) + b"\0\0" for tag, value in entries)
    return b"Exif\0\0MM\0*\0\0\0\x08" + len(entries).to_bytes(2) + body + bytes(4)


_KINDS = {
    "jpeg": ("JPEG", {"quality": 80}),
    "progressive": ("JPEG", {"quality": 80, "progressive": True}),
    "png": ("PNG", {}),
    "webp": ("WEBP", {"quality": 80}),
    "gif": ("GIF", {}),
    "avif": ("AVIF", {"quality": 60}),
    "heic": ("HEIF", {"quality": 60}),
}


@pytest.mark.parametrize("kind", _KINDS)
def test_a_whole_picture_is_accepted_and_no_beginning_of_it_is(kind: str, tmp_path: Path) -> None:
    name, options = _KINDS[kind]
    data = _saved(photo(320, 213), name, **options)
    assert _inspect(data, tmp_path).facts.warnings == ()
    for part in (0.3, 0.5, 0.7, 0.9, 0.97):
        with pytest.raises(Damaged) as caught:
            _inspect(data[: int(len(data) * part)], tmp_path)
        assert caught.value.code in ("truncated", "corrupt")


@pytest.mark.parametrize("options", [{}, {"progressive": True}], ids=["baseline", "progressive"])
@pytest.mark.parametrize("size", [(320, 213), (129, 97), (64, 64)])
def test_a_jpeg_that_lacks_only_its_end_marker_is_accepted_and_one_byte_more_is_not(
    options: dict[str, bool], size: tuple[int, int], tmp_path: Path
) -> None:
    data = _saved(photo(*size), "JPEG", quality=85, **options)
    whole = _inspect(data, tmp_path).facts
    for cut in (1, 2):
        facts = _inspect(data[:-cut], tmp_path).facts
        assert facts.warnings == ("missing_end_marker",)
        assert facts.pixel_sha256 == whole.pixel_sha256
    for cut in (5, 9, len(data) // 10, len(data) // 2):
        with pytest.raises(Damaged) as caught:
            _inspect(data[:-cut], tmp_path)
        assert caught.value.code == "truncated"


def test_a_progressive_jpeg_cut_between_two_scans_is_truncated(tmp_path: Path) -> None:
    data = _saved(photo(200, 150), "JPEG", quality=85, progressive=True)
    last_scan = data.rindex(b"\xff\xda")
    tables = data.rfind(b"\xff\xc4", 0, last_scan)
    with pytest.raises(Damaged) as caught:
        _inspect(data[: tables if tables > last_scan - 300 else last_scan], tmp_path)
    assert caught.value.code == "truncated"


@pytest.mark.parametrize("turn", range(1, 9))
@pytest.mark.parametrize("kind", ["jpeg", "png", "webp", "avif"])
def test_the_orientation_is_applied_once(kind: str, turn: int, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[_ORIENTATION] = turn
    name, options = _KINDS[kind]
    upright = corners(160, 96)
    undo = {2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}
    stored = upright.transpose(Image.Transpose(undo[turn])) if turn in undo else upright
    found = _inspect(_saved(stored, name, exif=exif, **options), tmp_path)
    assert found.facts.orientation == turn
    assert (found.facts.width, found.facts.height) == (160, 96)
    assert (found.facts.stored_width, found.facts.stored_height) == stored.size
    with Image.open(tmp_path / "work" / found.previews[1].path) as preview:
        shown = corner_colours(preview)
    assert all(near(got, wanted, 40) for got, wanted in zip(shown, corner_colours(upright), strict=True))


def test_a_heic_is_not_turned_twice(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[_ORIENTATION] = 6
    stored = corners(160, 96).transpose(Image.Transpose.ROTATE_90)
    found = _inspect(_saved(stored, "HEIF", exif=exif.tobytes(), quality=80), tmp_path)
    assert (found.facts.width, found.facts.height) == (160, 96)
    assert found.facts.orientation == 6
    assert (found.facts.stored_width, found.facts.stored_height) == (96, 160)


@pytest.mark.parametrize(
    ("entries", "turn"),
    [([(_ORIENTATION, 0)], 1), ([(_ORIENTATION, 9)], 1), ([(_ORIENTATION, 6), (_ORIENTATION, 1)], 6), ([], 1)],
)
def test_an_invalid_orientation_is_none_and_of_several_the_first_counts(
    entries: list[tuple[int, int]], turn: int, tmp_path: Path
) -> None:
    data = _saved(photo(60, 40), "JPEG", exif=_exif(*entries))
    assert _inspect(data, tmp_path).facts.orientation == turn


@pytest.mark.parametrize(
    ("mode", "kind", "depth", "components", "alpha"),
    [
        ("L", "PNG", 8, 1, False),
        ("I;16", "PNG", 16, 1, False),
        ("LA", "PNG", 8, 2, True),
        ("RGB", "PNG", 8, 3, False),
        ("RGBA", "PNG", 8, 4, True),
        ("P", "PNG", 8, 3, False),
        ("1", "PNG", 1, 1, False),
        ("L", "JPEG", 8, 1, False),
        ("CMYK", "JPEG", 8, 4, False),
        ("RGBA", "WEBP", 8, 4, True),
    ],
)
def test_depth_components_and_alpha_are_those_of_the_file(
    mode: str, kind: str, depth: int, components: int, alpha: bool, tmp_path: Path
) -> None:
    source = photo(80, 60)
    if mode.endswith("A"):
        source.putalpha(Image.linear_gradient("L").resize((80, 60)))
    made = Image.new("I;16", (80, 60), 30000) if mode == "I;16" else source.convert(mode)
    facts = _inspect(_saved(made, kind), tmp_path).facts
    assert (facts.bit_depth, facts.components, facts.has_alpha) == (depth, components, alpha)


def test_sixteen_bits_of_grey_are_scaled_and_not_clipped(tmp_path: Path) -> None:
    found = _inspect(_saved(Image.new("I;16", (80, 60), 32768), "PNG"), tmp_path)
    with Image.open(tmp_path / "work" / found.previews[0].path) as preview:
        assert near(usual_colour(preview), (128, 128, 128), 3)


def test_the_same_pixels_have_the_same_digest_whatever_is_written_beside_them(tmp_path: Path) -> None:
    picture = photo(90, 70)
    plain = _inspect(_saved(picture, "PNG"), tmp_path).facts
    exif = Image.Exif()
    exif[0x010E] = "a description"
    assert _inspect(_saved(picture, "PNG", exif=exif), tmp_path).facts.pixel_sha256 == plain.pixel_sha256
    exif[_ORIENTATION] = 6
    turned = picture.transpose(Image.Transpose.ROTATE_90)
    assert _inspect(_saved(turned, "PNG", exif=exif), tmp_path).facts.pixel_sha256 == plain.pixel_sha256
    picture.putpixel((3, 3), (1, 2, 3))
    assert _inspect(_saved(picture, "PNG"), tmp_path).facts.pixel_sha256 != plain.pixel_sha256


@pytest.mark.req("R56")
def test_previews_carry_nothing_of_the_original_but_pixels(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x010E] = "SECRET description"
    exif.get_ifd(0x8825)[1] = "N"
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    data = _saved(photo(700, 500), "JPEG", exif=exif, icc_profile=profile, comment=b"SECRET comment")
    found = _inspect(data + b"SECRET tail", tmp_path)
    assert "trailing_data" in found.facts.warnings
    for preview in found.previews:
        path = tmp_path / "work" / preview.path
        assert b"SECRET" not in path.read_bytes()
        with Image.open(path) as opened:
            assert not opened.getexif()
            assert "icc_profile" not in opened.info
            assert opened.size == (preview.width, preview.height)


def test_a_transparent_preview_stays_transparent(tmp_path: Path) -> None:
    picture = Image.new("RGBA", (900, 600), (255, 0, 0, 0))
    picture.paste((0, 0, 255, 255), (300, 200, 600, 400))
    found = _inspect(_saved(picture, "PNG"), tmp_path)
    assert {preview.media_type for preview in found.previews} == {"image/webp"}
    with Image.open(tmp_path / "work" / found.previews[0].path) as thumb:
        assert thumb.getpixel((5, 5))[3] == 0  # type: ignore[index]


@pytest.mark.parametrize("profile", [b"not a profile", bytes(200)])
def test_a_broken_profile_is_ignored_and_said_so(profile: bytes, tmp_path: Path) -> None:
    facts = _inspect(_saved(photo(60, 40), "JPEG", icc_profile=profile), tmp_path).facts
    assert facts.colour_profile is None
    assert "icc_ignored" in facts.warnings


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG", "AVIF"])
def test_an_animation_has_frames_and_seconds(kind: str, tmp_path: Path) -> None:
    frames = [photo(64, 48, seed) for seed in range(5)]
    data = _saved(frames[0], kind, save_all=True, append_images=frames[1:], duration=200, loop=0)
    facts = _inspect(data, tmp_path).facts
    assert (facts.kind, facts.frames) == ("animation", 5)
    assert facts.duration_s == pytest.approx(1.0, abs=0.05)


@pytest.mark.req("R45")
@pytest.mark.parametrize("kind", _KINDS)
@pytest.mark.parametrize("extension", [".jpg", ".png", ".mp4", ".svg", ".html", ".exe", ""])
def test_the_type_is_told_by_content_whatever_the_name_says(kind: str, extension: str, tmp_path: Path) -> None:
    name, options = _KINDS[kind]
    facts = _inspect(_saved(photo(40, 30), name, **options), tmp_path, f"upload{extension}").facts
    assert facts.format == ("jpeg" if kind == "progressive" else kind)


@pytest.mark.req("R53")
@pytest.mark.parametrize("kind", ["EPS", "TIFF", "BMP", "PPM", "JPEG2000"])
def test_other_picture_formats_never_reach_a_decoder(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = _saved(photo(40, 30), kind)
    monkeypatch.setattr(Image, "open", lambda *_, **__: pytest.fail("a decoder was asked"))
    with pytest.raises(Unsupported):
        _inspect(data, tmp_path, "upload.jpg")


def _flood(side: int) -> bytes:
    """A valid PNG of `side` x `side` black pixels of one bit."""
    packer = zlib.compressobj(1)
    row = bytes(1 + (side + 7) // 8)
    pixels = b"".join(packer.compress(row * 100) for _ in range(side // 100)) + packer.flush()

    def chunk(name: bytes, body: bytes) -> bytes:
        return len(body).to_bytes(4) + name + body + zlib.crc32(name + body).to_bytes(4)

    head = side.to_bytes(4) * 2 + b"\1\0\0\0\0"
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


@pytest.mark.req("R47")
@pytest.mark.parametrize("side", [9_000, 13_000, 20_000, 60_000])
def test_a_flood_of_pixels_is_refused_before_it_is_decoded(side: int, box: Sandbox, tmp_path: Path) -> None:
    source, workdir = tmp_path / "flood.png", tmp_path / "work"
    workdir.mkdir()
    source.write_bytes(_flood(side))
    with pytest.raises(TooLarge) as caught:
        box.inspect(source, workdir)
    assert caught.value.code == "too_many_pixels"
    assert box.peak_bytes < 200_000_000
    assert not list(workdir.iterdir())


@pytest.mark.req("R47")
def test_the_largest_picture_that_is_accepted_stays_within_the_memory(box: Sandbox, tmp_path: Path) -> None:
    source, workdir = tmp_path / "large.jpg", tmp_path / "work"
    workdir.mkdir()
    exif = Image.Exif()
    exif[_ORIENTATION] = 6
    Image.new("RGB", (9_200, 6_900), (90, 120, 30)).save(source, "JPEG", exif=exif)
    assert box.inspect(source, workdir).facts.width == 6_900
    assert box.peak_bytes < 900_000_000


@pytest.mark.req("R48")
def test_floods_of_frames_are_refused_by_their_headers(tmp_path: Path) -> None:
    frame = b"\x2c" + bytes(4) + b"\1\0\1\0\0\2\2\x44\1\0"
    many = b"GIF89a\1\0\1\0\x80\0\0" + bytes(6) + frame * 3_000 + b";"
    wide = b"GIF89a" + (30_000).to_bytes(2, "little") * 2 + b"\0\0\0" + frame + b";"
    body = b"VP8X\x0a\0\0\0\x02\0\0\0" + (16_382).to_bytes(3, "little") * 2
    webp = b"RIFF" + (4 + len(body)).to_bytes(4, "little") + b"WEBP" + body
    small = _saved(photo(30, 20), "PNG", save_all=True, append_images=[photo(30, 20, 2)])
    at = small.index(b"acTL") + 4
    claimed = (1_000_000).to_bytes(4) + small[at + 4 : at + 8]
    apng = small[:at] + claimed + zlib.crc32(b"acTL" + claimed).to_bytes(4) + small[at + 12 :]
    for data, code in ((many, "too_many_frames"), (wide, "too_many_pixels"), (webp, "too_many_pixels")):
        with pytest.raises(TooLarge) as caught:
            _inspect(data, tmp_path)
        assert caught.value.code == code
    with pytest.raises(TooLarge) as caught:
        _inspect(apng, tmp_path)
    assert caught.value.code == "too_many_frames"


@pytest.mark.req("R49")
def test_bombs_in_the_metadata_are_bounded(box: Sandbox, tmp_path: Path) -> None:
    bomb = zlib.compress(bytes(200_000_000), 1)
    plain = _saved(photo(60, 40), "PNG")
    jpeg = _saved(photo(60, 40), "JPEG")

    def chunk(name: bytes, body: bytes) -> bytes:
        return len(body).to_bytes(4) + name + body + zlib.crc32(name + body).to_bytes(4)

    inserted = {
        "text": chunk(b"zTXt", b"Comment\0\0" + bomb),
        "profile": chunk(b"iCCP", b"icc\0\0" + bomb),
        "xmp": chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + bomb),
    }
    files = {name: plain[:33] + body + plain[33:] for name, body in inserted.items()}
    files["exif"] = jpeg[:2] + (b"\xff\xe1\xff\xffExif\0\0" + bytes(65527)) * 300 + jpeg[2:]
    for name, data in files.items():
        source, workdir = tmp_path / name, tmp_path / f"{name}.work"
        workdir.mkdir()
        source.write_bytes(data)
        with pytest.raises(TooLarge) as caught:
            box.inspect(source, workdir)
        assert caught.value.code == "metadata_too_large"
        assert box.peak_bytes < 300_000_000


def test_bits_turned_anywhere_never_crash_the_probe(box: Sandbox, tmp_path: Path) -> None:
    workdir = tmp_path / "work"
    workdir.mkdir()
    outcomes: list[Inspection | MediaError] = []
    for kind, (name, options) in _KINDS.items():
        data = bytearray(_saved(photo(64, 48), name, **options))
        for step in range(6):
            at = len(data) * (2 * step + 1) // 13
            data[at] ^= 0x55
            source = tmp_path / f"{kind}{step}"
            source.write_bytes(data)
            try:
                outcomes.append(box.inspect(source, workdir))
            except MediaError as refusal:
                assert not refusal.retry, refusal.detail  # noqa: PT017 - either outcome is fine, this one has a rule
                outcomes.append(refusal)
    assert len(outcomes) == 6 * len(_KINDS)
