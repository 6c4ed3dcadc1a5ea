"""The metadata of a rendition is written fresh, can be read by others and exchanged without touching a pixel."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import defusedxml.ElementTree as Xml
import pytest
from PIL import Image, PngImagePlugin

from tests.workers.media.pictures import FORMATS, IMPRINT, cover, exiftool, forbidden, opened, photo
from workers.media import imprint
from workers.media.errors import MediaError
from workers.media.image import render_pack
from workers.media.image.encode import EXTENSIONS
from workers.media.shapes import ImageFormat, Imprint

EXPECTED = {
    "XMP-dc:Creator": "Ana Müller",
    "XMP-dc:Rights": "© 2026 Ana Müller",
    "XMP-photoshop:Credit": "Photo: @ana",
    "XMP-xmpRights:Marked": True,
    "XMP-xmpRights:WebStatement": "https://hub.example/r/1?a=b&c=d",
    "XMP-xmpRights:UsageTerms": "e-mail, US, until 2026-12-31",
    "XMP-plus:LicensorName": "Ana Müller",
    "XMP-plus:LicensorURL": "https://hub.example/license/1",
    "XMP-plus:DataMining": "http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED-AIMLTRAINING",
    "XMP-plus:ModelReleaseStatus": "Limited or Incomplete Model Releases",
    "XMP-plus:PropertyReleaseStatus": "Not Applicable",
    "XMP-plus:CreditLineRequired": "Credit on Image",
    "XMP-plus:LicenseEndDate": "2026:12:31 23:00:00Z",
    "XMP-plus:LicenseeTransactionID": "usage:0001",
    "XMP-iptcExt:DigitalSourceType": "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture",
    "XMP-xmpMM:DocumentID": "asset:0001",
    "XMP-xmpMM:InstanceID": "rendition:0001",
}
EXIF = {"IFD0:Artist": "Ana Müller", "IFD0:Copyright": "© 2026 Ana Müller"}
IIM = {"IPTC:By-line": "Ana Müller", "IPTC:Credit": "Photo: @ana", "IPTC:CopyrightNotice": "© 2026 Ana Müller"}
STRUCTURE = {
    *("ImageWidth", "ImageHeight", "BitsPerSample", "Compression", "PhotometricInterpretation", "Predictor"),
    *("StripOffsets", "SamplesPerPixel", "RowsPerStrip", "StripByteCounts", "PlanarConfiguration"),
}
"""What the directory of a TIFF says of its pixels, in the words of exiftool."""
HOSTILE = Imprint(
    creator="</rdf:li><script>alert(1)</script>&amp;\"'",
    credit="<?xpacket end='r'?> ]]> \x00\x07\u202e",
    copyright="'; DROP TABLE assets; -- \U0001f600",
    usage_terms="x" * 100_000,
    asset_id="\ufffe\uffff",
)


def render(folder: Path, name: ImageFormat, mark: Imprint, mode: str = "RGB") -> Path:
    source = folder / "source.png"
    photo(400, 300).convert(mode).save(source)
    return folder / render_pack(source, [cover((400, 300), 200, 150, name, imprint=mark)], folder)[0].path


def expected(name: ImageFormat) -> dict[str, object]:
    return EXPECTED | (EXIF if name != "gif" else {}) | (IIM if name == "jpeg" else {})


@pytest.mark.req("R56")
@pytest.mark.parametrize("name", FORMATS)
def test_an_independent_reader_finds_every_rights_field(tmp_path: Path, name: ImageFormat) -> None:
    tags = exiftool(render(tmp_path, name, IMPRINT))
    assert {tag: tags.get(tag) for tag in expected(name)} == expected(name)
    assert forbidden(tags) == []
    assert tags["File:MIMEType"] == {"jpeg": "image/jpeg"}.get(name, f"image/{name}")


@pytest.mark.parametrize("name", FORMATS)
def test_an_empty_imprint_leaves_no_metadata(tmp_path: Path, name: ImageFormat) -> None:
    tags = exiftool(render(tmp_path, name, Imprint()))
    kept = {f"IFD0:{tag}" for tag in STRUCTURE} if name == "tiff" else set()
    assert not [tag for tag in tags if tag.startswith(("XMP", "IFD", "IPTC", "Photoshop")) and tag not in kept]


@pytest.mark.req("R56")
@pytest.mark.parametrize("name", FORMATS)
def test_nothing_that_the_original_says_about_itself_reaches_a_rendition(tmp_path: Path, name: ImageFormat) -> None:
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x0131] = "Maker", "Model 7", "Editor 1.0"
    exif.get_ifd(0x8825).update({1: "N", 2: (48.0, 51.0, 29.0), 3: "E", 4: (2.0, 17.0, 40.0)})
    exif.get_ifd(0x8769).update({0xA431: "SERIAL-123456", 0xA430: "Owner Person", 0x927C: b"MAKERNOTE"})
    source = tmp_path / "phone.jpg"
    photo(400, 300).save(source, exif=exif, comment=b"SECRET-COMMENT", xmp=b"<x:xmpmeta>SECRET-XMP</x:xmpmeta>")
    before = source.read_bytes()
    assert "GPS:GPSLatitude" in exiftool(source)
    made = tmp_path / render_pack(source, [cover((400, 300), 200, 150, name, imprint=IMPRINT)], tmp_path)[0].path
    assert forbidden(exiftool(made)) == []
    data = made.read_bytes()
    for secret in (b"SERIAL", b"Owner", b"SECRET", b"MAKERNOTE", b"Model 7", b"Editor"):
        assert secret not in data
    assert source.read_bytes() == before


@pytest.mark.req("R56")
@pytest.mark.parametrize("name", FORMATS)
def test_comments_and_texts_of_png_and_gif_originals_are_left_behind(tmp_path: Path, name: ImageFormat) -> None:
    texts = PngImagePlugin.PngInfo()
    texts.add_text("Comment", "SECRET-TEXT")
    texts.add_itxt("XML:com.adobe.xmp", "<x>SECRET-XMP</x>")
    png, gif = tmp_path / "source.png", tmp_path / "source.gif"
    photo(100, 80).save(png, pnginfo=texts)
    photo(100, 80).save(gif, comment=b"SECRET-COMMENT")
    for source in (png, gif):
        made = tmp_path / render_pack(source, [cover((100, 80), 50, 40, name)], tmp_path)[0].path
        assert b"SECRET" not in made.read_bytes()


@pytest.mark.parametrize("name", FORMATS)
def test_hostile_text_stays_text(tmp_path: Path, name: ImageFormat) -> None:
    path = render(tmp_path, name, HOSTILE)
    tags = exiftool(path)
    assert tags["XMP-dc:Creator"] == HOSTILE.creator
    assert tags["XMP-dc:Rights"] == HOSTILE.copyright
    assert len(tags["XMP-xmpRights:UsageTerms"]) == imprint.MAX_FIELD_CHARACTERS
    assert "XMP-xmpMM:DocumentID" not in tags
    assert not [tag for tag in tags if "Warning" in tag or "Error" in tag]
    assert b"<script" not in path.read_bytes().split(b"<x:xmpmeta")[1].split(b"</x:xmpmeta>")[0]


def test_the_packet_is_well_formed_whatever_the_text() -> None:
    for mark in (IMPRINT, HOSTILE, Imprint(), Imprint(credit="<"), Imprint(licensor="]]>&\ud800")):
        packet = imprint.block(mark, "jpeg").xmp
        if packet:
            assert Xml.fromstring(packet.split(b"?>", 1)[1].rsplit(b"<?", 1)[0]) is not None


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
@pytest.mark.parametrize("name", FORMATS)
def test_metadata_is_exchanged_without_touching_a_pixel(tmp_path: Path, name: ImageFormat, mode: str) -> None:
    path = render(tmp_path, name, IMPRINT, mode)
    before = opened(path)
    stamped = replace(IMPRINT, rendition_id="usage:77", web_statement="https://hub.example/status/abc")
    again = tmp_path / f"again{EXTENSIONS[name]}"
    again.write_bytes(imprint.rewrite(path.read_bytes(), name, stamped))
    tags = exiftool(again)
    assert tags["XMP-xmpMM:InstanceID"] == "usage:77"
    assert tags["XMP-xmpRights:WebStatement"] == "https://hub.example/status/abc"
    assert tags["XMP-xmpMM:DocumentID"] == "asset:0001"
    assert "XMP-dc:Creator" in tags
    assert opened(again).tobytes() == before.tobytes()
    assert imprint.rewrite(again.read_bytes(), name, IMPRINT) == path.read_bytes()


@pytest.mark.parametrize("name", FORMATS)
def test_rewriting_something_else_is_refused(name: ImageFormat) -> None:
    for data in (b"", b"nonsense" * 10, b"\xff\xd8\xff\xe1", b"RIFF\0\0\0\0WEBP", b"GIF89a" + bytes(7)):
        with pytest.raises(MediaError) as refused:
            imprint.rewrite(data, name, IMPRINT)
        assert refused.value.code == "output_invalid"


def test_an_avif_grows_and_shrinks_with_its_metadata_and_its_pictures_stay_byte_for_byte(tmp_path: Path) -> None:
    path = render(tmp_path, "avif", Imprint(creator="Ana"), "RGBA")
    data, before = path.read_bytes(), opened(path).tobytes()
    for mark in (replace(IMPRINT, usage_terms="x" * 900), Imprint(creator="A"), Imprint(usage_id="use_1")):
        made = tmp_path / "made.avif"
        made.write_bytes(imprint.rewrite(data, "avif", mark))
        tags = exiftool(made)
        assert tags.get("XMP-dc:Creator") == mark.creator
        assert tags.get("IFD0:Copyright") == mark.copyright
        assert not [tag for tag in tags if "Warning" in tag or "Error" in tag]
        assert opened(made).tobytes() == before
        assert (b"Ana" in made.read_bytes()) is (mark.creator == IMPRINT.creator)
        assert made.read_bytes()[-2000:] == data[-2000:]


def test_an_avif_that_has_no_metadata_is_refused(tmp_path: Path) -> None:
    path = render(tmp_path, "avif", Imprint())
    with pytest.raises(MediaError, match="no metadata"):
        imprint.rewrite(path.read_bytes(), "avif", IMPRINT)


@pytest.mark.parametrize("name", FORMATS)
def test_as_much_is_written_as_fits_and_the_use_before_all(tmp_path: Path, name: ImageFormat) -> None:
    data = render(tmp_path, name, Imprint(creator="Ana", credit="Ana", asset_id="asset:0001")).read_bytes()
    limit = None
    for extent in ("full", "short", "core", "none"):
        made = imprint.fitted(data, name, IMPRINT, limit)
        assert made.extent == extent
        limit = len(made.data) - 1
        told = b"usage:0001" in made.data
        assert told is (extent != "none")
        assert (b"until 2026" in made.data, b"DMI-" in made.data) == (extent == "full", extent in ("full", "short"))
    assert made.data == data
