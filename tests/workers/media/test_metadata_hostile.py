"""Hostile metadata costs its block, never the file, the memory or the process."""

from __future__ import annotations

import random
import struct
import time
import tracemalloc
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.workers.media import containers as made
from workers.media.metadata import read
from workers.media.shapes import Embedded

EXIF = made.tiff({0x010F: "Acme", 0x0112: 6, 0x013B: "Artist"}, {0x9003: "2025:03:04 05:06:07"}, made.place(1, 2))
XMP = made.xmp("<dc:rights>R</dc:rights>", attributes='photoshop:Credit="Line"')
KEYS = made.quicktime_keys({"com.apple.quicktime.location.ISO6709": "+48.8584+002.2945/"})
FILES = {
    "jpeg": made.jpeg_with(EXIF, XMP, made.iptc((2, 80, b"By"), (2, 110, b"Credit"))),
    "png": made.png_with(EXIF, XMP),
    "webp": made.webp_with(EXIF, XMP),
    "gif": made.gif_with(XMP),
    "heic": made.heif_with(EXIF, XMP),
    "avif": made.heif_with(EXIF, XMP, in_box=False),
    "mp4": made.movie(made.quicktime_text(b"\xa9xyz", "+1.5+2.5/"), meta=KEYS),
    "mov": made.movie(made.quicktime_text(b"\xa9ART", "Maya"), top=made.box(b"uuid", made.XMP_UUID, XMP)),
}
PLENTY_S = 5.0
"""No look at a small file takes this much of the processor; the clock would also count a machine that stands still."""


def look(folder: Path, data: bytes, name: str) -> tuple[Embedded, tuple[str, ...]]:
    path = folder / "file"
    path.write_bytes(data)
    return read(path, name)


def harmless(found: Embedded, warnings: tuple[str, ...]) -> None:
    """Whatever came out is bounded, printable and in range."""
    for text in (value for value in vars(found).values() if isinstance(value, str)):
        assert 0 < len(text) <= 2000
        text.encode("utf-8")
        assert not any(char < " " or "\x7f" <= char < "\xa0" for char in text)
    assert (found.gps is not None) == found.has_gps
    if found.gps is not None:
        assert -90 <= found.gps[0] <= 90
        assert -180 <= found.gps[1] <= 180
    assert all(code.replace("_", "").isalpha() for code in warnings)


@pytest.mark.req("R92")
@pytest.mark.req("R49")
@pytest.mark.parametrize("name", FILES)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_damaged_files_never_raise_and_stay_fast(name: str, tmp_path: Path, data: st.DataObject) -> None:
    file = bytearray(FILES[name])
    for place, value in data.draw(st.lists(st.tuples(st.integers(0, len(file) - 1), st.integers(0, 255)), max_size=8)):
        file[place] = value
    length = data.draw(st.one_of(st.just(len(file)), st.integers(0, len(file))))
    started = time.process_time()
    harmless(*look(tmp_path, bytes(file[:length]), name))
    assert time.process_time() - started < PLENTY_S


@pytest.mark.req("R92")
@pytest.mark.parametrize("name", FILES)
def test_every_truncation_is_survived(name: str, tmp_path: Path) -> None:
    for length in range(len(FILES[name])):
        harmless(*look(tmp_path, FILES[name][:length], name))


@pytest.mark.req("R92")
@pytest.mark.parametrize("name", FILES)
def test_noise_behind_a_valid_head_is_survived(name: str, tmp_path: Path) -> None:
    noise = random.Random(name).randbytes
    for head in range(4, 64, 4):
        harmless(*look(tmp_path, FILES[name][:head] + noise(4000), name))


@pytest.mark.req("R45")
@pytest.mark.parametrize("name", FILES)
def test_a_file_of_another_type_is_survived(name: str, tmp_path: Path) -> None:
    for other in FILES.values():
        harmless(*look(tmp_path, other, name))


LAUGHS = "<!DOCTYPE l [<!ENTITY a0 'lol'>" + "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 10))


@pytest.mark.req("R49")
@pytest.mark.parametrize(
    ("before", "entity"),
    [
        (LAUGHS + "]>", "a9"),
        ('<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>', "e"),
        ('<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">', "e"),
    ],
    ids=["billion laughs", "external entity", "external subset"],
)
def test_entities_stay_literal_and_the_rest_is_read(before: str, entity: str, tmp_path: Path) -> None:
    packet = made.xmp(f"<dc:rights>&{entity};</dc:rights>", attributes='photoshop:Credit="Line"', before=before)
    found, warnings = look(tmp_path, made.jpeg_with(b"", packet), "jpeg")
    assert (found.copyright, found.credit, warnings) == (f"&{entity};", "Line", ("xmp_doctype_removed",))


@pytest.mark.req("R49")
def test_a_document_type_that_cannot_be_cut_off_ends_the_packet(tmp_path: Path) -> None:
    packet = made.xmp("<dc:rights>R</dc:rights>", before="<!DOCTYPE x [<!ENTITY e '1'>")
    found, warnings = look(tmp_path, made.jpeg_with(b"", packet), "jpeg")
    assert found.copyright is None
    assert "xmp_damaged" in warnings


@pytest.mark.req("R49")
def test_too_many_elements_are_not_parsed(tmp_path: Path) -> None:
    packet = made.xmp("<dc:rights>R</dc:rights>" + "<dc:x/>" * 60_000)
    found, warnings = look(tmp_path, made.png_with(EXIF, packet), "png")
    assert (found.copyright, found.creator, warnings) == (None, "Artist", ("xmp_ignored",))


@pytest.mark.req("R49")
def test_deep_nesting_is_survived(tmp_path: Path) -> None:
    packet = made.xmp("<dc:rights>" + "<dc:x>" * 20_000 + "</dc:x>" * 20_000 + "</dc:rights>")
    harmless(*look(tmp_path, made.png_with(EXIF, packet), "png"))


@pytest.mark.req("R49")
@pytest.mark.parametrize(
    "packet",
    [
        made.xmp(
            "<plus:Licensor><rdf:RDF><rdf:Description>" * 8_000 + "</rdf:Description></rdf:RDF></plus:Licensor>" * 8_000
        ),
        made.xmp(
            "<plus:Licensor>" + "<plus:LicensorName>" * 24_000 + "</plus:LicensorName>" * 24_000 + "</plus:Licensor>"
        ),
        made.xmp(before="<!DOCTYPE x [" * 49_000),
        made.xmp(before="<?xml " * 49_000),
        made.xmp("<dc:creator><rdf:Seq>" + f"<rdf:li>{'x' * 150}</rdf:li>" * 20_000 + "</rdf:Seq></dc:creator>"),
        made.xmp("&" * 3_000_000),
    ],
    ids=["nested descriptions", "nested names", "document types", "declarations", "creators", "ampersands"],
)
def test_packets_that_invite_repeated_work_are_read_once(packet: bytes, tmp_path: Path) -> None:
    started = time.process_time()
    harmless(*look(tmp_path, made.png_with(EXIF, packet), "png"))
    assert time.process_time() - started < PLENTY_S


def peak(call: Callable[[], object]) -> int:
    """Most memory (bytes) that Python held during a call."""
    tracemalloc.start()
    try:
        call()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.req("R49")
def test_deflated_text_is_inflated_only_up_to_its_limit(tmp_path: Path) -> None:
    bomb = zlib.compress(bytes(200_000_000), 9)
    file = made.png(
        made.chunk(b"iTXt", b"XML:com.adobe.xmp\0\1\0\0\0" + bomb), made.chunk(b"zTXt", b"Author\0\0" + bomb)
    )
    assert peak(lambda: look(tmp_path, file, "png")) < 40_000_000
    assert look(tmp_path, file, "png") == (Embedded(), ("metadata_ignored",))


@pytest.mark.req("R49")
@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("png", made.png(struct.pack(">I", 2**31 - 1) + b"iTXt" + b"x")),
        ("webp", b"RIFF\xff\xff\xff\x7fWEBPEXIF\xff\xff\xff\x7fxx"),
        ("mp4", made.box(b"ftyp", b"isom") + struct.pack(">I", 2**31 - 1) + b"moov"),
        ("mp4", made.box(b"ftyp", b"isom") + struct.pack(">I4sQ", 1, b"moov", 2**63)),
        ("mp4", made.box(b"ftyp", b"isom") + struct.pack(">I4sQ", 1, b"moov", 0)),
        ("heic", made.box(b"ftyp", b"heic") + made.full(b"meta", struct.pack(">I", 2**31 - 1) + b"iinf")),
        ("gif", b"GIF89a" + bytes(7) + b"\x21\xff\x0bXMP DataXMP" + b"\xff" * 50),
        ("jpeg", b"\xff\xd8\xff\xe1\xff\xffExif\0\0II"),
    ],
)
def test_lengths_beyond_the_file_are_damage(name: str, file: bytes, tmp_path: Path) -> None:
    assert peak(lambda: look(tmp_path, file, name)) < 5_000_000
    found, warnings = look(tmp_path, file, name)
    assert found == Embedded()
    assert warnings in (("metadata_damaged",), ("metadata_ignored", "metadata_damaged"), ("metadata_ignored",))


@pytest.mark.req("R49")
def test_directories_that_point_to_each_other_end(tmp_path: Path) -> None:
    block = made.tiff({0x0110: "M", 0x8769: 8, 0x8825: 8})
    found, warnings = look(tmp_path, made.jpeg_with(block), "jpeg")
    assert (found.device, warnings) == ("M", ("exif_damaged",))


@pytest.mark.req("R49")
def test_a_value_outside_the_block_costs_only_itself(tmp_path: Path) -> None:
    block = bytearray(made.tiff({0x010F: "A long maker name", 0x0112: 6}))
    block[18:22] = struct.pack("<I", 0xFFFFFFF0)
    found, warnings = look(tmp_path, made.jpeg_with(bytes(block)), "jpeg")
    assert (found.device, found.orientation, warnings) == (None, 6, ("exif_damaged",))


@pytest.mark.req("R49")
def test_a_data_set_that_overruns_keeps_what_came_before(tmp_path: Path) -> None:
    press = made.iptc((2, 80, b"By")) + b"\x1c\x02\x74\xff\xff\xff"
    found, warnings = look(tmp_path, made.jpeg_with(press=press), "jpeg")
    assert (found.creator, found.copyright, warnings) == ("By", None, ("iptc_damaged",))


@pytest.mark.req("R49")
@pytest.mark.parametrize("count", [60_000, 400_000])
def test_endless_small_parts_end_early(count: int, tmp_path: Path) -> None:
    files = {
        "mp4": made.box(b"ftyp", b"isom") + made.box(b"free") * count,
        "png": made.png(made.chunk(b"tEXt", b"") * count),
        "jpeg": made.jpeg(made.segment(0xE1, b"") * count),
        "gif": b"GIF89a" + bytes(7) + b"\x21\xfe" + b"\1x" * count + b"\0\x3b",
        "webp": b"RIFF\0\0\0\0WEBP" + b"abcd\0\0\0\0" * count,
    }
    for name, file in files.items():
        started = time.process_time()
        found, _ = look(tmp_path, file, name)
        assert found == Embedded()
        assert time.process_time() - started < PLENTY_S


@pytest.mark.req("R49")
def test_boxes_nested_in_boxes_are_not_followed(tmp_path: Path) -> None:
    size = 8 * 50_000
    nested = b"".join(struct.pack(">I4s", size - 8 * depth, b"moov") for depth in range(50_000))
    assert look(tmp_path, made.box(b"ftyp", b"isom") + nested, "mp4")[0] == Embedded()
