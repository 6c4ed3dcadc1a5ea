"""Tells the type of a file by its first bytes; the name and what the sender claims play no part.

The web process imports this module: it needs nothing but the standard library and decodes nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from workers.media.errors import Damaged, Unsupported

HEAD_BYTES = 65536
"""How much of a file `sniff` looks at; more is ignored, less is enough for every format but a stray MPEG-TS."""

ACCEPTED = "JPEG, PNG, WebP, AVIF, HEIC and GIF pictures, and MP4, MOV, M4V, 3GP, WebM, MKV, AVI and MTS videos"


@dataclass(frozen=True)
class Sniffed:
    """A type by content: our short name, the MIME type, the fitting name ending and what it holds."""

    format: str
    media_type: str
    extension: str
    kind: Literal["image", "video"]


def _image(name: str, media_type: str, extension: str) -> Sniffed:
    return Sniffed(name, media_type, extension, "image")


def _video(name: str, media_type: str, extension: str) -> Sniffed:
    return Sniffed(name, media_type, extension, "video")


JPEG = _image("jpeg", "image/jpeg", ".jpg")
PNG = _image("png", "image/png", ".png")
APNG = _image("png", "image/apng", ".png")
WEBP = _image("webp", "image/webp", ".webp")
GIF = _image("gif", "image/gif", ".gif")
AVIF = _image("avif", "image/avif", ".avif")
HEIC = _image("heic", "image/heic", ".heic")
HEIC_SEQUENCE = _image("heic", "image/heic-sequence", ".heic")
HEIF = _image("heif", "image/heif", ".heif")
HEIF_SEQUENCE = _image("heif", "image/heif-sequence", ".heif")
MP4 = _video("mp4", "video/mp4", ".mp4")
MOV = _video("mov", "video/quicktime", ".mov")
M4V = _video("m4v", "video/x-m4v", ".m4v")
THREEGP = _video("3gp", "video/3gpp", ".3gp")
WEBM = _video("webm", "video/webm", ".webm")
MKV = _video("mkv", "video/x-matroska", ".mkv")
AVI = _video("avi", "video/x-msvideo", ".avi")
MTS = _video("mts", "video/mp2t", ".mts")

# Four-character brands of ISO/IEC 14496-12 files, as registered at mp4ra.org; a prefix ends with "*".
_BRANDS: tuple[tuple[Sniffed, tuple[str, ...]], ...] = (
    (AVIF, ("avif", "avis", "avio")),
    (HEIC, ("heic", "heix", "heim", "heis")),
    (HEIC_SEQUENCE, ("hevc", "hevx", "hevm", "hevs")),
    (MOV, ("qt  ",)),
    (M4V, ("M4V*",)),
    (THREEGP, ("3gp*", "3g2*", "3gg*", "3gr*", "3gs*", "3ge*", "kddi")),
    (MP4, ("isom", "iso*", "mp4*", "avc1", "hvc1", "av01", "dash", "msdh", "msix", "MSNV", "XAVC", "cmf*")),
    (MP4, ("mmp4", "NDS*", "f4v ", "F4V ", "FACE", "CAEP", "niko", "pana", "piff", "iphE", "mp71", "ndxh")),
    (HEIF, ("mif1", "mif2", "MiHB", "MiHE", "MiHA", "miaf")),
    (HEIF_SEQUENCE, ("msf1",)),
)
_FOREIGN_BRANDS = {
    "M4A ": "an audio file (M4A)",
    "M4B ": "an audio book (M4B)",
    "M4P ": "a protected audio file (M4P)",
    "F4A ": "an audio file (F4A)",
    "crx ": "a raw photo (Canon CR3)",
    "jp2 ": "a JPEG 2000 picture",
    "jpx ": "a JPEG 2000 picture",
    "jxl ": "a JPEG XL picture",
}

# What is not accepted, so that the refusal can name it. (offset, bytes, words)
_FOREIGN: tuple[tuple[int, bytes, str], ...] = (
    (0, b"%PDF-", "a PDF document"),
    (0, b"%!PS", "a PostScript file"),
    (0, b"\xc5\xd0\xd3\xc6", "a PostScript file (EPS)"),
    (0, b"II*\x00", "a TIFF picture or raw photo"),
    (0, b"MM\x00*", "a TIFF picture or raw photo"),
    (0, b"II+\x00", "a BigTIFF picture"),
    (0, b"MM\x00+", "a BigTIFF picture"),
    (0, b"8BPS", "a Photoshop document"),
    (0, b"8BPB", "a Photoshop document"),
    (0, b"BM", "a BMP picture"),
    (0, b"\xff\x0a", "a JPEG XL picture"),
    (4, b"JXL \r\n", "a JPEG XL picture"),
    (4, b"jP  \r\n", "a JPEG 2000 picture"),
    (0, b"\xff\x4f\xff\x51", "a JPEG 2000 picture"),
    (0, b"\x00\x00\x01\x00", "an icon (ICO)"),
    (4, b"\x11\xaf", "a FLIC animation"),
    (4, b"\x12\xaf", "a FLIC animation"),
    (0, b"qoif", "a QOI picture"),
    (0, b"gimp xcf", "a GIMP document"),
    (0, b"PK\x03\x04", "a ZIP archive or an office document"),
    (0, b"PK\x05\x06", "an empty ZIP archive"),
    (0, b"Rar!", "a RAR archive"),
    (0, b"7z\xbc\xaf", "a 7z archive"),
    (0, b"\x1f\x8b", "a gzip archive"),
    (0, b"\xd0\xcf\x11\xe0", "an office document"),
    (0, b"MZ", "a program for Windows"),
    (0, b"\x7fELF", "a program for Linux"),
    (0, b"\xcf\xfa\xed\xfe", "a program for macOS"),
    (0, b"\xca\xfe\xba\xbe", "a program"),
    (0, b"#!", "a script"),
    (0, b"OggS", "an Ogg file"),
    (0, b"FLV\x01", "a Flash video"),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "a Windows Media file"),
    (0, b"\x00\x00\x01\xba", "an MPEG program stream"),
    (0, b"\x00\x00\x01\xb3", "an MPEG video stream"),
    (0, b"fLaC", "an audio file (FLAC)"),
    (0, b"ID3", "an audio file (MP3)"),
    (0, b"\xff\xfb", "an audio file (MP3)"),
)
_QUICKTIME_ATOMS = (b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")
_BINARY = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_HTML = re.compile(r"<!doctype\s+html", re.IGNORECASE)
_PROLOGUE = re.compile(r"<\?xml.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*(\[[^\]]*\])?\s*>", re.IGNORECASE | re.DOTALL)
_SCRIPTED_TEXT: tuple[tuple[str, str], ...] = (
    (r"#EXTM3U", "a playlist (HLS)"),
    (r"ffconcat\s", "a playlist (concat)"),
    (r"\[playlist\]", "a playlist (PLS)"),
    (r"v=0\r?\n", "a stream description (SDP)"),
    (r"push\s+graphic-context|viewbox\s", "a drawing script (MVG)"),
    (r"<(\w+:)?svg\b", "an SVG drawing"),
    (r"<MPD\b", "a playlist (DASH)"),
    (r"<(html|head|body|script|iframe|img|p|div)\b", "a web page (HTML)"),
    (r"<\?php", "a script (PHP)"),
    (r"<\w", "an XML document"),
    (r"[\[{]", "a text file (JSON)"),
)


def sniff(head: bytes) -> Sniffed:
    """Return the type of the file that begins with `head` (the first 64 KiB, or all of a shorter file).

    Says nothing about whether the rest is sound: that is the probe's work. Raises `Damaged` (`empty`) for no
    bytes, `Unsupported` (`unsupported_type`) with a sentence that names what the file looks like.
    """
    head = head[:HEAD_BYTES]
    if not head:
        raise Damaged("The file is empty. Send it again; the upload may have been cut.", code="empty")
    for look in _LOOKS:
        found = look(head)
        if found is not None:
            return found
    raise Unsupported(
        f"This looks like {_describe(head)}, which is not accepted. Accepted are {ACCEPTED}.",
        detail=head[:16].hex(" "),
    )


def _pictures(head: bytes) -> Sniffed | None:
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return APNG if _png_is_animated(head) else PNG
    if head.startswith((b"GIF87a", b"GIF89a")):
        return GIF
    return None


def _png_is_animated(head: bytes) -> bool:
    """Whether an `acTL` chunk stands before the first image data, as the APNG specification demands."""
    at = 8
    while at + 8 <= len(head):
        name = head[at + 4 : at + 8]
        if name in (b"acTL", b"IDAT"):
            return name == b"acTL"
        at += 12 + int.from_bytes(head[at : at + 4])
    return False


def _riff(head: bytes) -> Sniffed | None:
    if head[:4] != b"RIFF":
        return None
    return {b"WEBP": WEBP, b"AVI ": AVI}.get(head[8:12])


def _brands(head: bytes) -> Iterator[str]:
    """The major brand, then the compatible brands, of a file type box at the start of the file."""
    size = int.from_bytes(head[:4])
    end = min(len(head), size if size >= 16 else 12)
    yield head[8:12].decode("latin-1")
    for at in range(16, end - 3, 4):
        yield head[at : at + 4].decode("latin-1")


def _by_brand(brand: str) -> Sniffed | None:
    for found, names in _BRANDS:
        if any(brand == name or (name[-1] == "*" and brand.startswith(name[:-1])) for name in names):
            return found
    return None


def _iso_media(head: bytes) -> Sniffed | None:
    if head[4:8] in _QUICKTIME_ATOMS and len(head) >= 8:
        return MOV
    if head[4:8] != b"ftyp":
        return None
    brands = list(_brands(head))
    if brands[0] in _FOREIGN_BRANDS:
        return None
    found = [type_ for brand in brands if (type_ := _by_brand(brand)) is not None]
    if not found:
        return None
    if _by_brand(brands[0]) in (HEIF, HEIF_SEQUENCE) and AVIF in found:
        return AVIF  # `mif1` only names the structure; the coding stands among the compatible brands
    return found[0]


def _matroska(head: bytes) -> Sniffed | None:
    if not head.startswith(b"\x1a\x45\xdf\xa3"):
        return None
    doctype = re.search(rb"\x42\x82[\x81-\x8f]([a-z]+)", head[:256])
    return {b"webm": WEBM, b"matroska": MKV}.get(doctype[1] if doctype else b"")


def _transport_stream(head: bytes) -> Sniffed | None:
    """MPEG-2 transport stream: the sync byte 0x47 opens every packet of 188 bytes, or 4 + 188 on camera cards."""
    for first, size in ((0, 188), (4, 192)):
        syncs = head[first::size][:16]
        if len(syncs) >= 3 and set(syncs) == {0x47}:
            return MTS
    return None


_LOOKS: tuple[Callable[[bytes], Sniffed | None], ...] = (
    _pictures,
    _riff,
    _iso_media,
    _matroska,
    _transport_stream,
)


def _describe(head: bytes) -> str:
    """Words for something that is not accepted."""
    if head[4:8] == b"ftyp":
        return _FOREIGN_BRANDS.get(head[8:12].decode("latin-1"), "a media file of an unknown kind")
    if head[:4] == b"RIFF":
        return "an audio file (WAV)" if head[8:12] == b"WAVE" else "a RIFF file of an unknown kind"
    for offset, magic, words in _FOREIGN:
        if head[offset : offset + len(magic)] == magic:
            return words
    return _describe_text(head) or "a file of an unknown kind"


def _describe_text(head: bytes) -> str | None:
    sample = head[:4096]
    if sample.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "a text file"
    if _BINARY.search(sample):
        return None
    text = sample.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace").lstrip()
    if text.count("\ufffd") > 8:
        return None
    if _HTML.match(text):
        return "a web page (HTML)"
    text = _PROLOGUE.sub("", text).lstrip()
    for pattern, words in _SCRIPTED_TEXT:
        if re.match(pattern, text, re.IGNORECASE):
            return words
    return "a text file"
