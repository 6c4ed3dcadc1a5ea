"""What files say about themselves is read from every container, and the first in rank is believed."""

from __future__ import annotations

import hashlib
import struct
from pathlib import Path

import pytest

from tests.workers.media import containers as made
from workers.media.metadata import read
from workers.media.shapes import Embedded

EXIF = made.tiff(
    {0x010F: "Acme", 0x0110: "Phone 3", 0x0112: 6, 0x013B: "Exif Name", 0x8298: "Exif rights"},
    {0x9003: "2025:03:04 05:06:07", 0x9011: "+02:00"},
    made.place(-33.8568, 151.2153),
)
XMP = made.xmp(
    "<dc:creator><rdf:Seq><rdf:li>Ana</rdf:li><rdf:li>Zoë</rdf:li></rdf:Seq></dc:creator>"
    '<dc:rights><rdf:Alt><rdf:li xml:lang="fr">Droits</rdf:li><rdf:li xml:lang="x-default">Rights</rdf:li></rdf:Alt>'
    "</dc:rights>"
    "<plus:Licensor><rdf:Bag>"
    '<rdf:li rdf:parseType="Resource"><plus:LicensorName>One</plus:LicensorName></rdf:li>'
    '<rdf:li plus:LicensorName="Two"/></rdf:Bag></plus:Licensor>'
    '<plus:ModelReleaseStatus rdf:resource="http://ns.useplus.org/ldf/vocab/MR-NON"/>',
    attributes='photoshop:Credit="Line" xmpRights:WebStatement="https://example.org/l" '
    'plus:LicenseEndDate="2026-01-31" Iptc4xmpExt:DigitalSourceType="http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture"',
)
IPTC = made.iptc((1, 90, b"\x1b%G"), (2, 80, "Iptc Námé".encode()), (2, 116, b"Iptc rights"), (2, 110, b"Iptc credit"))

CONTAINERS = {
    "jpeg": made.jpeg_with(EXIF, XMP),
    "png": made.png_with(EXIF, XMP),
    "webp": made.webp_with(EXIF, XMP),
    "heic": made.heif_with(EXIF, XMP),
    "avif": made.heif_with(EXIF, XMP, in_box=False),
}


def look(folder: Path, data: bytes, name: str, **tags: str) -> tuple[Embedded, tuple[str, ...]]:
    path = folder / "file"
    path.write_bytes(data)
    return read(path, name, tags=tags or None)


@pytest.mark.parametrize("name", CONTAINERS)
def test_exif_and_xmp_are_found_in_every_still_container(name: str, tmp_path: Path) -> None:
    found, warnings = look(tmp_path, CONTAINERS[name], name)
    assert warnings == ()
    assert (found.creator, found.copyright, found.credit) == ("Ana; Zoë", "Rights", "Line")
    assert (found.licensor, found.model_release, found.licence_end) == ("One; Two", "MR-NON", "2026-01-31")
    assert found.web_statement == "https://example.org/l"
    assert found.digital_source_type == "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture"
    assert (found.device, found.orientation) == ("Acme Phone 3", 6)
    assert found.captured_at == "2025-03-04T05:06:07+02:00"
    assert found.has_gps
    assert found.gps == pytest.approx((-33.8568, 151.2153), abs=1e-6)


def test_xmp_in_png_may_be_plain(tmp_path: Path) -> None:
    assert look(tmp_path, made.png_with(EXIF, XMP, deflated=False), "png")[0].creator == "Ana; Zoë"


def test_xmp_is_found_in_gif(tmp_path: Path) -> None:
    found, warnings = look(tmp_path, made.gif_with(XMP), "gif")
    assert (found.creator, warnings) == ("Ana; Zoë", ())


def test_big_endian_exif_is_read_the_same(tmp_path: Path) -> None:
    block = made.tiff({0x0110: "Model", 0x0112: 8}, gps=made.place(1.5, -2.25), order=">")
    found, _ = look(tmp_path, made.jpeg_with(block), "jpeg")
    assert (found.device, found.orientation) == ("Model", 8)
    assert found.gps == pytest.approx((1.5, -2.25))


def test_xmp_goes_before_iptc_and_iptc_before_exif(tmp_path: Path) -> None:
    everything, _ = look(tmp_path, made.jpeg_with(EXIF, XMP, IPTC), "jpeg")
    without_xmp, _ = look(tmp_path, made.jpeg_with(EXIF, b"", IPTC), "jpeg")
    only_exif, _ = look(tmp_path, made.jpeg_with(EXIF), "jpeg")
    assert [found.creator for found in (everything, without_xmp, only_exif)] == ["Ana; Zoë", "Iptc Námé", "Exif Name"]
    assert [found.copyright for found in (everything, without_xmp, only_exif)] == [
        "Rights",
        "Iptc rights",
        "Exif rights",
    ]
    assert [found.credit for found in (everything, without_xmp, only_exif)] == ["Line", "Iptc credit", None]


def test_iptc_without_character_set_is_read_as_utf8_or_latin1(tmp_path: Path) -> None:
    for text in ("José".encode(), "José".encode("latin-1")):
        assert look(tmp_path, made.jpeg_with(press=made.iptc((2, 80, text))), "jpeg")[0].creator == "José"


def test_repeated_bylines_are_joined(tmp_path: Path) -> None:
    press = made.iptc((2, 80, b"A"), (2, 80, b"B"), (2, 80, b"A"))
    assert look(tmp_path, made.jpeg_with(press=press), "jpeg")[0].creator == "A; B"


def test_the_first_orientation_wins(tmp_path: Path) -> None:
    block = made.tiff({0x0112: 6, 0x0113: 1})
    doubled = block.replace(struct.pack("<H", 0x0113) + b"\4\0", struct.pack("<H", 0x0112) + b"\4\0")
    assert doubled != block
    assert look(tmp_path, made.jpeg_with(doubled), "jpeg")[0].orientation == 6


@pytest.mark.parametrize(
    "gps",
    [
        {1: "N", 2: [(0, 0), (0, 0), (0, 0)], 3: "E", 4: [(2, 1), (0, 1), (0, 1)]},
        {1: "N", 2: [(91, 1), (0, 1), (0, 1)], 3: "E", 4: [(2, 1), (0, 1), (0, 1)]},
        {1: "N", 2: [(9, 1), (0, 1), (0, 1)]},
        {1: "N", 2: [(9, 1)], 3: "E", 4: [(2, 1)]},
    ],
    ids=["zero denominators", "out of range", "no longitude", "too few parts"],
)
def test_a_place_that_is_none_is_not_reported(gps: made.Values, tmp_path: Path) -> None:
    found, _ = look(tmp_path, made.jpeg_with(made.tiff({0x0110: "M"}, gps=gps)), "jpeg")
    assert (found.gps, found.has_gps) == (None, False)


def test_the_place_at_zero_zero_counts_as_a_place(tmp_path: Path) -> None:
    found, _ = look(tmp_path, made.jpeg_with(made.tiff({0x0110: "M"}, gps=made.place(0, 0))), "jpeg")
    assert (found.gps, found.has_gps) == ((0.0, 0.0), True)


@pytest.mark.req("R55")
def test_text_loses_what_hides_or_reorders_and_is_bounded(tmp_path: Path) -> None:
    found, _ = look(tmp_path, made.jpeg_with(made.tiff({0x013B: "a\u202eb\x07c\nd" + "é" * 5000})), "jpeg")
    assert found.creator is not None
    assert found.creator.startswith("abc d")
    assert len(found.creator) == 2000


def test_markup_stays_literal_text(tmp_path: Path) -> None:
    packet = made.xmp("<dc:rights>&lt;img src=x onerror=alert(1)&gt;</dc:rights>")
    assert look(tmp_path, made.jpeg_with(b"", packet), "jpeg")[0].copyright == "<img src=x onerror=alert(1)>"


def test_embedded_and_remote_provenance_are_told_apart(tmp_path: Path) -> None:
    remote = made.xmp(attributes='dcterms:provenance="https://example.org/manifest"')
    own = made.xmp(attributes='dcterms:provenance="self#jumbf=/c2pa"')
    store = made.segment(0xEB, made.jumbf())
    assert look(tmp_path, made.jpeg_with(b"", remote), "jpeg")[0].c2pa == "remote"
    assert look(tmp_path, made.jpeg_with(b"", own), "jpeg")[0].c2pa is None
    assert look(tmp_path, made.jpeg(store), "jpeg")[0].c2pa == "embedded"
    assert look(tmp_path, made.png(made.chunk(b"caBX", b"store")), "png")[0].c2pa == "embedded"
    uuid = made.box(b"uuid", made.C2PA_UUID, b"store")
    assert look(tmp_path, made.movie(top=uuid), "mp4")[0].c2pa == "embedded"


def extension(packet: bytes, *, claimed: int | None = None, digest: str | None = None) -> bytes:
    """A JPEG with an extended XMP packet in two parts, the second one first."""
    digest = digest or hashlib.md5(packet).hexdigest().upper()
    half = len(packet) // 2
    parts = [
        made.segment(
            0xE1,
            b"http://ns.adobe.com/xmp/extension/\0"
            + digest.encode()
            + struct.pack(">II", len(packet) if claimed is None else claimed, start)
            + piece,
        )
        for start, piece in ((half, packet[half:]), (0, packet[:half]))
    ]
    main = made.segment(0xE1, made.XMP_HEAD + made.xmp(attributes=f'xmpNote:HasExtendedXMP="{digest}"'))
    return made.jpeg(main, *parts)


def test_extended_xmp_is_put_together(tmp_path: Path) -> None:
    found, warnings = look(tmp_path, extension(made.xmp("<dc:rights>Long</dc:rights>")), "jpeg")
    assert (found.copyright, warnings) == ("Long", ())


@pytest.mark.req("R49")
def test_extended_xmp_with_wrong_length_or_digest_is_refused(tmp_path: Path) -> None:
    packet = made.xmp("<dc:rights>Long</dc:rights>")
    for data in (extension(packet, claimed=4_000_000_000), extension(packet, digest="0" * 32)):
        found, warnings = look(tmp_path, data, "jpeg")
        assert (found.copyright, warnings) == (None, ("xmp_damaged",))


@pytest.mark.req("R49")
def test_extended_xmp_beyond_the_limit_is_ignored(tmp_path: Path) -> None:
    head = b"http://ns.adobe.com/xmp/extension/\0" + b"A" * 32 + struct.pack(">I", 2**31)
    parts = [made.segment(0xE1, head + struct.pack(">I", n * 65_000) + bytes(65_000)) for n in range(70)]
    found, warnings = look(tmp_path, made.jpeg(made.segment(0xE1, made.XMP_HEAD + XMP), *parts), "jpeg")
    assert (found.credit, warnings[0]) == ("Line", "xmp_ignored")


def test_quicktime_keys_user_data_and_3gpp_places_are_read(tmp_path: Path) -> None:
    keys = made.quicktime_keys(
        {
            "com.apple.quicktime.location.ISO6709": "+48.8584+002.2945+035/",
            "com.apple.quicktime.make": "Apple",
            "com.apple.quicktime.model": "iPhone 99",
            "com.apple.quicktime.creationdate": "2024-01-22T10:47:18+0100",
        }
    )
    found, warnings = look(tmp_path, made.movie(meta=keys), "mov")
    assert warnings == ()
    assert (found.device, found.gps) == ("Apple iPhone 99", (48.8584, 2.2945))
    assert found.captured_at == "2024-01-22T10:47:18+01:00"
    texts = (made.quicktime_text(b"\xa9xyz", "-12.5-0.25/"), made.quicktime_text(b"\xa9ART", "Maya"))
    found, _ = look(tmp_path, made.movie(*texts), "mp4")
    assert (found.gps, found.creator) == ((-12.5, -0.25), "Maya")
    loci = made.full(b"loci", b"\x15\xc7here\0\0", struct.pack(">iii", round(2.5 * 65536), round(-48.25 * 65536), 0))
    found, _ = look(tmp_path, made.movie(loci), "3gp")
    assert found.gps == pytest.approx((-48.25, 2.5), abs=1e-4)


def test_xmp_in_a_movie_is_read(tmp_path: Path) -> None:
    found, _ = look(tmp_path, made.movie(top=made.box(b"uuid", made.XMP_UUID, XMP)), "mp4")
    assert found.credit == "Line"


def test_container_tags_serve_where_the_bytes_say_nothing(tmp_path: Path) -> None:
    found, warnings = look(tmp_path, b"\x1aE\xdf\xa3", "mkv", ARTIST="Maya", copyright="2025", location="+1.5-002.25/")
    assert (found.creator, found.copyright, found.gps, warnings) == ("Maya", "2025", (1.5, -2.25), ())
    found, _ = look(tmp_path, CONTAINERS["jpeg"], "jpeg", artist="Somebody else")
    assert found.creator == "Ana; Zoë"


def test_a_missing_file_is_the_callers_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read(tmp_path / "none", "jpeg")
