"""Takes picture files apart and puts metadata into them, without touching the pixels.

Sources of the formats: JPEG ITU-T T.81 annex B, XMP specification part 3 (2020), PNG 3rd edition, RIFF container of
the WebP specification, GIF89a. `replace` first removes whatever metadata the file carries, so that it can be
applied again to its own result.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from workers.media.errors import MediaError

XMP_MARKER = b"http://ns.adobe.com/xap/1.0/\0"
EXIF_MARKER = b"Exif\0\0"
IIM_MARKER = b"Photoshop 3.0\0"
ICC_MARKER = b"ICC_PROFILE\0"
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_GIF_XMP = b"\x21\xff\x0bXMP DataXMP"
_GIF_XMP_TRAILER = b"\x01" + bytes(range(255, -1, -1)) + b"\x00"
"""What lets a GIF reader that knows nothing of XMP skip the packet (XMP part 3, 1.1.2)."""
_JPEG_METADATA = {*range(0xE1, 0xF0), 0xFE} - {0xEE}
"""APP1 to APP15 and comments; APP14 (Adobe) stays because it says how the colours are coded."""
_PNG_METADATA = {b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"tIME", b"iCCP", b"sRGB"}
_WEBP_METADATA = {b"EXIF", b"XMP ", b"ICCP"}
_HAS_ICC, _HAS_ALPHA, _HAS_EXIF, _HAS_XMP, _HAS_ANIMATION = 0x20, 0x10, 0x08, 0x04, 0x02


@dataclass(frozen=True)
class Block:
    """Metadata in its raw forms; an empty part is not written."""

    xmp: bytes = b""
    exif: bytes = b""
    """A TIFF structure, without the `Exif` marker of JPEG."""
    iim: bytes = b""
    """IPTC IIM records."""
    icc: bytes = b""
    dpi: int = 0
    """Dots an inch, for a format that names them (TIFF); 0 names none."""


def replace(data: bytes, name: str, block: Block) -> bytes:
    """Return the file with `block` as its only metadata; its pixels stay bit by bit.

    `name` is jpeg, png, webp or gif. Raises `MediaError` (`output_invalid`) when `data` is not such a file.
    """
    with complete(name):
        return _REPLACERS[name](data, block)


@contextmanager
def complete(name: str) -> Iterator[None]:
    """Translate what happens on reading past the end or something else than expected into `MediaError`."""
    try:
        yield
    except (struct.error, LookupError, ValueError) as error:
        raise MediaError(f"The file is not a complete {name}.", code="output_invalid", detail=str(error)) from error


def profile(data: bytes, name: str) -> bytes:
    """Return the colour profile that `replace` wrote, or nothing; for PNG any bytes if the sRGB chunk is there.

    Raises `MediaError` (`output_invalid`) when `data` is not such a file.
    """
    with complete(name):
        if name == "jpeg":
            mark = ICC_MARKER + b"\x01\x01"
            found = (data[start + 4 : end] for marker, start, end in jpeg_segments(data) if marker == 0xE2)
            return next((content.removeprefix(mark) for content in found if content.startswith(mark)), b"")
        if name == "png":
            return b"sRGB" if any(kind == b"sRGB" for kind, _, _ in png_chunks(data)) else b""
        if name == "webp":
            return dict(riff_chunks(data)).get(b"ICCP", b"")
        return b""


def _segment(marker: int, content: bytes) -> bytes:
    if len(content) > 65533:
        raise ValueError(f"segment {marker:#x} holds {len(content)} bytes")
    return struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content


def jpeg_segments(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield marker, start and end of each segment up to the first scan (marker 0xDA, whose end is the file's)."""
    if data[:2] != b"\xff\xd8":
        raise ValueError("no start of image")
    at = 2
    while True:
        if data[at] != 0xFF:
            raise ValueError(f"no marker at {at}")
        marker, length = data[at + 1], struct.unpack_from(">H", data, at + 2)[0]
        if marker == 0xDA:
            yield marker, at, len(data)
            return
        yield marker, at, at + 2 + length
        at += 2 + length


def _jpeg(data: bytes, block: Block) -> bytes:
    head, rest = [b"\xff\xd8"], []
    for marker, start, end in jpeg_segments(data):
        if marker == 0xE0:
            head.append(data[start:end])
        elif marker not in _JPEG_METADATA:
            rest.append(data[start:end])
    if block.exif:
        head.append(_segment(0xE1, EXIF_MARKER + block.exif))
    if block.xmp:
        head.append(_segment(0xE1, XMP_MARKER + block.xmp))
    if block.icc:
        head.append(_segment(0xE2, ICC_MARKER + b"\x01\x01" + block.icc))
    if block.iim:
        head.append(_segment(0xED, IIM_MARKER + _resource(0x0404, block.iim)))
    return b"".join(head + rest)


def _resource(number: int, content: bytes) -> bytes:
    """A Photoshop image resource without a name, padded to even length."""
    return struct.pack(">4sHHI", b"8BIM", number, 0, len(content)) + content + b"\0" * (len(content) % 2)


def png_chunks(data: bytes) -> Iterator[tuple[bytes, int, int]]:
    """Yield kind, start and end of each chunk, with its length and checksum."""
    if not data.startswith(PNG_SIGNATURE):
        raise ValueError("no PNG signature")
    at = len(PNG_SIGNATURE)
    while at < len(data):
        length, kind = struct.unpack_from(">I4s", data, at)
        yield kind, at, at + 12 + length
        at += 12 + length


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def _png(data: bytes, block: Block) -> bytes:
    added = []
    if block.icc:
        # One byte says what the profile would: sRGB, relative colorimetric.
        added.append(_chunk(b"sRGB", b"\x01"))
    if block.exif:
        added.append(_chunk(b"eXIf", block.exif))
    if block.xmp:
        added.append(_chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + block.xmp))
    kept = [data[start:end] for kind, start, end in png_chunks(data) if kind not in _PNG_METADATA]
    return b"".join([PNG_SIGNATURE, kept[0], *added, *kept[1:]])


def riff_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield kind and content of each chunk of a WebP file."""
    if data[:4] != b"RIFF" or data[8:12] != b"WEBP":
        raise ValueError("no WebP header")
    at, end = 12, 8 + struct.unpack_from("<I", data, 4)[0]
    while at < end:
        kind, length = struct.unpack_from("<4sI", data, at)
        yield kind, data[at + 8 : at + 8 + length]
        at += 8 + length + length % 2


def _webp(data: bytes, block: Block) -> bytes:
    chunks = [(kind, content) for kind, content in riff_chunks(data) if kind not in _WEBP_METADATA]
    if chunks[0][0] == b"VP8X":
        flags, size = chunks[0][1][0], chunks[0][1][4:10]
        chunks = chunks[1:]
    else:
        flags, size = _webp_header(*chunks[0])
    flags &= _HAS_ALPHA | _HAS_ANIMATION
    before, after = [], []
    if block.icc:
        flags |= _HAS_ICC
        before.append((b"ICCP", block.icc))
    if block.exif:
        flags |= _HAS_EXIF
        after.append((b"EXIF", block.exif))
    if block.xmp:
        flags |= _HAS_XMP
        after.append((b"XMP ", block.xmp))
    if flags or len(chunks) > 1:
        before.insert(0, (b"VP8X", bytes([flags, 0, 0, 0]) + size))
    body = b"".join(_riff_chunk(kind, content) for kind, content in before + chunks + after)
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def _riff_chunk(kind: bytes, content: bytes) -> bytes:
    return kind + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)


def _webp_header(kind: bytes, content: bytes) -> tuple[int, bytes]:
    """Return the flags and the canvas size (two 24-bit numbers, less one) of a file without extended header."""
    if kind == b"VP8L":
        bits = struct.unpack_from("<I", content, 1)[0]
        width, height = bits & 0x3FFF, bits >> 14 & 0x3FFF
        flags = _HAS_ALPHA if bits >> 28 & 1 else 0
    elif kind == b"VP8 ":
        width, height = (side - 1 & 0x3FFF for side in struct.unpack_from("<HH", content, 6))
        flags = 0
    else:
        raise ValueError(f"unexpected chunk {kind!r}")
    return flags, struct.pack("<I", width)[:3] + struct.pack("<I", height)[:3]


def _gif(data: bytes, block: Block) -> bytes:
    start, parts = gif_blocks(data)
    kept = [part for part in parts if part[:2] != b"\x21\xfe" and not part.startswith(_GIF_XMP)]
    if block.xmp:
        kept.insert(0, _GIF_XMP + block.xmp + _GIF_XMP_TRAILER)
    return data[:start] + b"".join(kept) + b"\x3b"


def gif_blocks(data: bytes) -> tuple[int, list[bytes]]:
    """Return where the blocks start and each block of a GIF, without its trailer."""
    if data[:6] not in (b"GIF87a", b"GIF89a"):
        raise ValueError("no GIF signature")
    at = start = 13 + _gif_table(data[10])
    parts = []
    while data[at] != 0x3B:
        begin = at
        if data[at] == 0x21:
            at = _gif_skip(data, at + 2)
        elif data[at] == 0x2C:
            at = _gif_skip(data, at + 11 + _gif_table(data[at + 9]))
        else:
            raise ValueError(f"unexpected block {data[at]:#x} at {at}")
        parts.append(data[begin:at])
    return start, parts


def _gif_table(flags: int) -> int:
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0


def _gif_skip(data: bytes, at: int) -> int:
    """Return the place behind a chain of sub-blocks."""
    while data[at]:
        at += data[at] + 1
    return at + 1


_REPLACERS: dict[str, Callable[[bytes, Block], bytes]] = {"jpeg": _jpeg, "png": _png, "webp": _webp, "gif": _gif}
