"""Small files of every container with metadata, written by hand from the formats' specifications."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping, Sequence

Values = Mapping[int, str | int | Sequence[tuple[int, int]]]

XMP_HEAD = b"http://ns.adobe.com/xap/1.0/\0"
C2PA_UUID = bytes.fromhex("d8fec3d61b0e483c92975828877ec481")
XMP_UUID = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")
NAMESPACES = (
    'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:xmpRights="http://ns.adobe.com/xap/1.0/rights/" xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" '
    'xmlns:plus="http://ns.useplus.org/ldf/xmp/1.0/" xmlns:dcterms="http://purl.org/dc/terms/" '
    'xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" xmlns:tiff="http://ns.adobe.com/tiff/1.0/" '
    'xmlns:exif="http://ns.adobe.com/exif/1.0/" xmlns:xmpNote="http://ns.adobe.com/xmp/note/"'
)


def xmp(elements: str = "", *, attributes: str = "", before: str = "") -> bytes:
    """An XMP packet around property elements and attributes."""
    return (
        f'{before}<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF {NAMESPACES}><rdf:Description rdf:about="" '
        f"{attributes}>{elements}</rdf:Description></rdf:RDF></x:xmpmeta>"
    ).encode()


def directory(values: Values, start: int, order: str = "<") -> bytes:
    """A TIFF directory that stands at `start`, with its long values behind it."""
    head, tail = struct.pack(order + "H", len(values)), b""
    behind = start + 2 + 12 * len(values) + 4
    for tag, value in sorted(values.items()):
        if isinstance(value, int):
            kind, count, data = (4, 1, struct.pack(order + "I", value))
            if tag == 0x0112:
                kind, data = 3, struct.pack(order + "HH", value, 0)
        elif isinstance(value, str):
            data = value.encode("utf-8") + b"\0"
            kind, count = 2, len(data)
        else:
            data = b"".join(struct.pack(order + "II", *pair) for pair in value)
            kind, count = 5, len(value)
        if len(data) > 4:
            place = behind + len(tail)
            tail += data
            data = struct.pack(order + "I", place)
        head += struct.pack(order + "HHI", tag, kind, count) + data.ljust(4, b"\0")
    return head + b"\0\0\0\0" + tail


def tiff(main: Values, exif: Values | None = None, gps: Values | None = None, order: str = "<") -> bytes:
    """A TIFF block as EXIF has it."""
    header = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "I", 8)
    pointers = {0x8769: 0} if exif else {}
    pointers |= {0x8825: 0} if gps else {}
    size = len(directory({**main, **pointers}, 8, order))
    tail = b""
    for tag, values in ((0x8769, exif), (0x8825, gps)):
        if values:
            pointers[tag] = 8 + size + len(tail)
            tail += directory(values, pointers[tag], order)
    return header + directory({**main, **pointers}, 8, order) + tail


def place(latitude: float, longitude: float) -> Values:
    """A GPS directory."""

    def parts(value: float) -> list[tuple[int, int]]:
        value = abs(value)
        degrees, rest = int(value), value % 1 * 60
        return [(degrees, 1), (int(rest), 1), (round(rest % 1 * 60 * 10_000), 10_000)]

    return {
        1: "S" if latitude < 0 else "N",
        2: parts(latitude),
        3: "W" if longitude < 0 else "E",
        4: parts(longitude),
    }


def iptc(*sets: tuple[int, int, bytes]) -> bytes:
    """IPTC-IIM data sets."""
    return b"".join(struct.pack(">BBBH", 0x1C, record, kind, len(value)) + value for record, kind, value in sets)


def resources(data: bytes) -> bytes:
    """Photoshop image resources around IPTC-IIM."""
    return b"8BIM" + struct.pack(">HHI", 0x0404, 0, len(data)) + data + b"\0" * (len(data) % 2)


def segment(marker: int, payload: bytes) -> bytes:
    """A JPEG segment."""
    return struct.pack(">BBH", 0xFF, marker, len(payload) + 2) + payload


def jumbf() -> bytes:
    """The payload of an APP11 segment that starts a C2PA manifest store."""
    description = b"jumd" + bytes.fromhex("6332706100110010800000aa00389b71") + b"\3c2pa\0"
    inner = struct.pack(">I", len(description) + 4) + description
    return b"JP" + struct.pack(">HI", 1, 1) + struct.pack(">I", len(inner) + 8) + b"jumb" + inner


def jpeg(*segments: bytes) -> bytes:
    """A JPEG without a picture: segments, a start of scan, an end."""
    return b"\xff\xd8" + b"".join(segments) + segment(0xDA, b"\1\1\0\0\x3f\0") + b"scan\xff\xd9"


def jpeg_with(exif: bytes = b"", packet: bytes = b"", press: bytes = b"") -> bytes:
    """A JPEG with the three usual blocks."""
    parts = [segment(0xE1, b"Exif\0\0" + exif)] if exif else []
    parts += [segment(0xE1, XMP_HEAD + packet)] if packet else []
    parts += [segment(0xED, b"Photoshop 3.0\0" + resources(press))] if press else []
    return jpeg(*parts)


def chunk(kind: bytes, data: bytes) -> bytes:
    """A PNG chunk."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(*chunks: bytes) -> bytes:
    """A PNG of one pixel with extra chunks."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(chunks) + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")


def png_with(exif: bytes, packet: bytes, *, deflated: bool = True) -> bytes:
    """A PNG with EXIF and XMP."""
    text = b"\1\0\0\0" + zlib.compress(packet) if deflated else b"\0\0\0\0" + packet
    return png(chunk(b"eXIf", exif), chunk(b"iTXt", b"XML:com.adobe.xmp\0" + text))


def webp_with(exif: bytes, packet: bytes) -> bytes:
    """A WebP with EXIF and XMP."""
    chunks = b""
    for kind, data in ((b"VP8X", bytes(10)), (b"EXIF", exif), (b"XMP ", packet)):
        chunks += kind + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)
    return b"RIFF" + struct.pack("<I", len(chunks) + 4) + b"WEBP" + chunks


def gif_with(packet: bytes) -> bytes:
    """A GIF of one pixel with XMP."""
    magic = b"\1" + bytes(range(255, -1, -1)) + b"\0"
    picture = b"\x2c" + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\2\2\x44\1\0"
    head = b"GIF89a" + struct.pack("<HHBBB", 1, 1, 0x80, 0, 0) + bytes(6)
    return head + b"\x21\xff\x0bXMP DataXMP" + packet + magic + picture + b"\x3b"


def box(kind: bytes, *parts: bytes) -> bytes:
    """An ISO base media box."""
    body = b"".join(parts)
    return struct.pack(">I", len(body) + 8) + kind + body


def full(kind: bytes, *parts: bytes, version: int = 0) -> bytes:
    """An ISO base media box with version and flags."""
    return box(kind, bytes((version, 0, 0, 0)), *parts)


def heif_with(exif: bytes, packet: bytes, *, in_box: bool = True) -> bytes:
    """A HEIF whose items lie in `idat` or behind the boxes."""
    item = struct.pack(">I", 0) + exif
    infos = [
        full(b"infe", struct.pack(">HH", 1, 0), b"Exif\0", version=2),
        full(b"infe", struct.pack(">HH", 2, 0), b"mime\0application/rdf+xml\0", version=2),
    ]
    lead = box(b"ftyp", b"heic\0\0\0\0mif1heic")

    def boxes(base: int) -> bytes:
        rows = b"".join(
            struct.pack(">HHHHII", identity, 1 if in_box else 0, 0, 1, base + start, length)
            for identity, start, length in ((1, 0, len(item)), (2, len(item), len(packet)))
        )
        return full(
            b"meta",
            full(b"hdlr", bytes(4), b"pict", bytes(13)),
            full(b"iinf", struct.pack(">H", len(infos)), *infos),
            full(b"iloc", struct.pack(">HH", 0x4400, 2), rows, version=1),
            *([box(b"idat", item, packet)] if in_box else []),
        )

    if in_box:
        return lead + boxes(0)
    return lead + boxes(len(lead) + len(boxes(0)) + 8) + box(b"mdat", item, packet)


def movie(*user_data: bytes, meta: bytes = b"", top: bytes = b"") -> bytes:
    """An MP4 with user data."""
    moov = box(b"moov", full(b"mvhd", struct.pack(">II", 0, 0), bytes(88)), box(b"udta", *user_data), meta)
    return box(b"ftyp", b"isom\0\0\0\0isom") + moov + top + box(b"mdat", b"frames")


def quicktime_text(kind: bytes, text: str) -> bytes:
    """A text of QuickTime user data."""
    data = text.encode()
    return box(kind, struct.pack(">HH", len(data), 0x15C7), data)


def quicktime_keys(values: Mapping[str, str]) -> bytes:
    """A QuickTime metadata box with named keys."""
    keys = b"".join(box(b"mdta", name.encode()) for name in values)
    entries = b"".join(
        box(struct.pack(">I", index), box(b"data", struct.pack(">II", 1, 0), text.encode()))
        for index, text in enumerate(values.values(), 1)
    )
    handler = full(b"hdlr", bytes(4), b"mdta", bytes(13))
    return box(b"meta", handler, full(b"keys", struct.pack(">I", len(values)), keys), box(b"ilst", entries))
