"""Types by content: every accepted kind, what refusals say, and that names and trailing bytes play no part."""

from __future__ import annotations

import io
import subprocess
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from workers.media.errors import Damaged, MediaError, Unsupported
from workers.media.sniff import ACCEPTED, Sniffed, sniff


def _saved(kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    Image.linear_gradient("L").convert("RGB").save(file, kind, **options)
    return file.getvalue()


def _ftyp(major: str, *compatible: str) -> bytes:
    body = major.encode() + bytes(4) + "".join(compatible).encode()
    return (8 + len(body)).to_bytes(4) + b"ftyp" + body + b"\0\0\0\x08free"


def _stream(size: int, first: int) -> bytes:
    packets = bytearray(size * 5)
    packets[first::size] = b"\x47" * len(packets[first::size])
    return bytes(packets)


_TWO = {"save_all": True, "append_images": [Image.new("RGB", (256, 256))]}


@pytest.mark.parametrize(
    ("head", "name", "media_type"),
    [
        (_saved("JPEG"), "jpeg", "image/jpeg"),
        (_saved("PNG"), "png", "image/png"),
        (_saved("PNG", **_TWO), "png", "image/apng"),
        (_saved("WEBP"), "webp", "image/webp"),
        (_saved("GIF"), "gif", "image/gif"),
        (_saved("AVIF"), "avif", "image/avif"),
        (_ftyp("avis", "mif1", "avif", "iso4"), "avif", "image/avif"),
        (_ftyp("mif1", "avif", "miaf"), "avif", "image/avif"),
        (_ftyp("heic", "mif1"), "heic", "image/heic"),
        (_ftyp("heix", "mif1"), "heic", "image/heic"),
        (_ftyp("hevc", "msf1"), "heic", "image/heic-sequence"),
        (_ftyp("mif1", "heic"), "heif", "image/heif"),
        (_ftyp("msf1", "hevc"), "heif", "image/heif-sequence"),
        (_ftyp("isom", "iso2", "mp41"), "mp4", "video/mp4"),
        (_ftyp("mp42"), "mp4", "video/mp4"),
        (_ftyp("XXXX", "isom"), "mp4", "video/mp4"),
        (_ftyp("qt  "), "mov", "video/quicktime"),
        (b"\0\0\0\x08wide\0\0\0\x10mdat", "mov", "video/quicktime"),
        (_ftyp("M4V ", "mp42"), "m4v", "video/x-m4v"),
        (_ftyp("3gp5", "isom"), "3gp", "video/3gpp"),
        (b"\x1a\x45\xdf\xa3\x9fB\x86\x81\x01B\x82\x84webm", "webm", "video/webm"),
        (b"\x1a\x45\xdf\xa3\x9fB\x86\x81\x01B\x82\x88matroska", "mkv", "video/x-matroska"),
        (b"RIFF\x10\0\0\0AVI LIST", "avi", "video/x-msvideo"),
        (_stream(188, 0), "mts", "video/mp2t"),
        (_stream(192, 4), "mts", "video/mp2t"),
    ],
)
def test_every_accepted_type_is_known_by_its_first_bytes(head: bytes, name: str, media_type: str) -> None:
    found = sniff(head)
    assert (found.format, found.media_type) == (name, media_type)
    assert found.kind == media_type.partition("/")[0]
    assert found.extension.startswith(".")


@pytest.mark.req("R52")
@pytest.mark.req("R53")
@pytest.mark.parametrize(
    ("head", "words"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "an SVG drawing"),
        (b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- x --><!DOCTYPE svg [<!ENTITY a 'b'>]>\n<svg/>", "an SVG drawing"),
        (b"<?xml version='1.0'?><s:svg xmlns:s='http://www.w3.org/2000/svg'/>", "an SVG drawing"),
        (b"%PDF-1.7", "a PDF document"),
        (b"%!PS-Adobe-3.0 EPSF-3.0", "a PostScript file"),
        (_saved("EPS"), "a PostScript file"),
        (_saved("TIFF"), "a TIFF picture"),
        (_saved("BMP"), "a BMP picture"),
        (_saved("JPEG2000"), "a JPEG 2000 picture"),
        (b"8BPS\0\1", "a Photoshop document"),
        (bytes(4) + b"\x12\xaf", "a FLIC animation"),
        (b"<!DOCTYPE html><html>", "a web page"),
        (b"  <script>alert(1)</script>", "a web page"),
        (b"PK\x03\x04", "a ZIP archive"),
        (b"MZ\x90\0", "a program"),
        (b"\x7fELF\2", "a program"),
        (b"#!/bin/sh\n", "a script"),
        (b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", "a playlist (HLS)"),
        (b"ffconcat version 1.0\nfile x\n", "a playlist (concat)"),
        (b"<?xml version='1.0'?><MPD xmlns='x'/>", "a playlist (DASH)"),
        (b"v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\n", "a stream description"),
        (b"push graphic-context\nimage over 0,0 0,0 'ephemeral:x'", "a drawing script"),
        (b"just words", "a text file"),
        ("wörter".encode("utf-16"), "a text file"),
        (b"RIFF\x10\0\0\0WAVEfmt ", "an audio file"),
        (_ftyp("M4A ", "isom"), "an audio file"),
        (_ftyp("crx ", "isom"), "a raw photo"),
        (bytes(range(7, 64)), "a file of an unknown kind"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_refusal_names_what_the_file_looks_like_and_what_is_accepted(head: bytes, words: str) -> None:
    with pytest.raises(Unsupported) as caught:
        sniff(head)
    assert f"looks like {words}" in caught.value.message
    assert ACCEPTED in caught.value.message
    assert caught.value.code == "unsupported_type"


def test_no_bytes_are_refused_as_empty() -> None:
    with pytest.raises(Damaged) as caught:
        sniff(b"")
    assert caught.value.code == "empty"


@given(st.one_of(st.binary(max_size=300), st.text(max_size=300).map(str.encode)))
def test_any_bytes_get_a_type_or_a_refusal(head: bytes) -> None:
    outcome: Sniffed | MediaError
    try:
        outcome = sniff(head)
    except (Unsupported, Damaged) as refusal:
        outcome = refusal
    assert isinstance(outcome, Sniffed) or outcome.message.endswith(".")


@pytest.mark.parametrize("unit", [b"<!--", b"<!---->", b"<!DOCTYPE [", b"<?xml", b" ", b"<!DOCTYPE", b"[]"])
def test_text_made_to_slow_patterns_down_is_told_at_once(unit: bytes) -> None:
    started = time.process_time()
    with pytest.raises(Unsupported):
        sniff(unit * 20_000)
    assert time.process_time() - started < 0.5


def test_telling_types_loads_nothing_heavy() -> None:
    script = (
        "import sys, workers.media.sniff; heavy = {'PIL', 'numpy', 'av', 'cv2', 'pillow_heif'} & set(sys.modules);"
        "sys.exit(bool(heavy))"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_the_module_of_the_sandbox_loads_nothing_heavy_either() -> None:
    script = (
        "import sys, workers.media.sandbox; heavy = {'PIL', 'numpy', 'av', 'cv2', 'pillow_heif'} & set(sys.modules);"
        "sys.exit(bool(heavy))"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
