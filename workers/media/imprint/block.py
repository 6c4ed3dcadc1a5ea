"""Writes the metadata block of a rendition, always fresh from an `Imprint`, never from the original.

XMP carries everything (rights core, ids, digital source type; fields as in the IPTC Photo Metadata Standard 2023.2 and
the PLUS licence data format); EXIF Artist and Copyright and, in JPEG, IIM By-line, Credit and Copyright repeat the
three lines that old readers know. Nothing else is written: no place, device, date, software, comment or thumbnail.
"""

from __future__ import annotations

import struct
from dataclasses import fields, replace
from typing import Literal
from xml.sax.saxutils import escape, quoteattr

from workers.media.imprint import avif, container, movie, tiff
from workers.media.imprint.container import Block
from workers.media.shapes import ImageFormat, Imprint

MAX_FIELD_CHARACTERS = 1000
"""Longer texts are cut: a JPEG segment holds 65,533 bytes and a byte budget less."""
ROOM = 1400
"""Bytes that are kept free in a byte budget for what is written when a rendition leaves: a long stamp takes 1,250 more
than what a rendition says of itself."""
_ROOM_SHARE = 0.025
"""A budget gives at most so much of itself for that; what does not fit is left out (see `fitting`)."""

_IIM_LIMITS = {80: 32, 110: 32, 116: 128}
"""Most bytes of By-line, Credit and Copyright Notice (IPTC IIM 4.2, record 2)."""
_NAMESPACES = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "photoshop": "http://ns.adobe.com/photoshop/1.0/",
    "xmpRights": "http://ns.adobe.com/xap/1.0/rights/",
    "xmpMM": "http://ns.adobe.com/xap/1.0/mm/",
    "plus": "http://ns.useplus.org/ldf/xmp/1.0/",
    "Iptc4xmpExt": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/",
}
_PLUS = "http://ns.useplus.org/ldf/vocab/"
_PACKET_START = b'<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>'
_PACKET_END = b'<?xpacket end="w"?>'


FileFormat = ImageFormat | Literal["mp4", "cmaf"]
"""What can be stamped: the formats of renditions, MP4 or MOV, and MP4 in fragments."""


def room(max_bytes: int | None) -> int:
    """Return how many bytes of a byte budget are kept for the stamp of a copy."""
    return 0 if max_bytes is None else min(ROOM, int(max_bytes * _ROOM_SHARE))


def block(imprint: Imprint, name: ImageFormat, *, repeat: bool = True) -> Block:
    """Return the raw metadata of `imprint` for a file of that format; an empty imprint gives an empty block.

    `repeat` says the names again in EXIF and IIM.
    """
    clean = _clean(imprint)
    if clean == Imprint():
        return Block()
    return Block(
        xmp=xmp(clean),
        exif=b"" if name == "gif" or not repeat else _exif(clean),
        iim=_iim(clean) if name == "jpeg" and repeat else b"",
    )


def rewrite(data: bytes, name: FileFormat, imprint: Imprint, *, repeat: bool = True) -> bytes:
    """Return the file with `imprint` as its only metadata; pixels and colour profile stay bit by bit.

    For the moment at which a rendition leaves the house and gets its usage id and status address. An AVIF must have
    metadata already. An MP4 or MOV (`mp4`) gets the packet in a box at its end, one in fragments (`cmaf`) after its
    first box, and both keep what ffmpeg wrote into their tags. `repeat` as in `block`.
    Raises `MediaError` (`output_invalid`) for a file that is not of that format.
    """
    if name == "mp4":
        return movie.replace(data, packet(imprint))
    if name == "cmaf":
        return movie.insert(data, xmp(_clean(imprint)))
    written = block(imprint, name, repeat=repeat)
    if name == "avif":
        return avif.replace(data, written.xmp, written.exif)
    if name == "tiff":
        return tiff.replace(data, replace(written, icc=tiff.profile(data)))
    return container.replace(data, name, replace(written, icc=container.profile(data, name)))


def packet(imprint: Imprint) -> bytes:
    """Return the XMP packet of an imprint, of what XML can carry and no longer than it may be."""
    return xmp(_clean(imprint))


def _clean(imprint: Imprint) -> Imprint:
    """Drop what XML 1.0 cannot carry and bound the length."""
    changed: dict[str, str | None] = {}
    for item in fields(imprint):
        text = getattr(imprint, item.name) or ""
        allowed = "".join(letter for letter in text if letter in "\t\n" or _is_xml(ord(letter)))
        changed[item.name] = allowed.strip()[:MAX_FIELD_CHARACTERS] or None
    return Imprint(**changed)


def _is_xml(code: int) -> bool:
    """Whether XML 1.0 (section 2.2) allows the character; control characters are left out as well."""
    return 0x20 <= code < 0x7F or 0xA0 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or code > 0xFFFF


def xmp(imprint: Imprint) -> bytes:
    """Return an XMP packet (ISO 16684-1) in UTF-8."""
    simple = {
        "xmpRights:Marked": "True" if imprint.copyright or imprint.usage_id else None,
        "xmpRights:WebStatement": imprint.web_statement,
        "photoshop:Credit": imprint.credit,
        "Iptc4xmpExt:DigitalSourceType": imprint.digital_source_type,
        "xmpMM:DocumentID": imprint.asset_id,
        "xmpMM:InstanceID": imprint.rendition_id,
        "plus:LicenseeTransactionID": imprint.usage_id,
        "plus:DataMining": _plus(imprint.data_mining),
        "plus:ModelReleaseStatus": _plus(imprint.model_release),
        "plus:PropertyReleaseStatus": _plus(imprint.property_release),
        "plus:CreditLineRequired": _plus(imprint.credit_required),
        "plus:LicenseEndDate": imprint.license_end,
    }
    # As attributes, which take two thirds of the bytes of elements.
    said = "".join(f" {tag}={quoteattr(text)}" for tag, text in simple.items() if text)
    parts = []
    if imprint.creator:
        parts.append(f"<dc:creator><rdf:Seq>{_item(imprint.creator)}</rdf:Seq></dc:creator>")
    for tag, text in (("dc:rights", imprint.copyright), ("xmpRights:UsageTerms", imprint.usage_terms)):
        if text:
            language = ' xml:lang="x-default"'
            parts.append(f"<{tag}><rdf:Alt>{_item(text, language)}</rdf:Alt></{tag}>")
    named = {"plus:LicensorName": imprint.licensor, "plus:LicensorURL": imprint.licensor_url}
    licensor = "".join(f"<{tag}>{escape(text)}</{tag}>" for tag, text in named.items() if text)
    if licensor:
        parts.append(
            f'<plus:Licensor><rdf:Seq><rdf:li rdf:parseType="Resource">{licensor}</rdf:li></rdf:Seq></plus:Licensor>'
        )
    body = "".join(parts)
    named_in = [key for key in _NAMESPACES if f"<{key}:" in body or f" {key}:" in said]
    used = "".join(f' xmlns:{key}="{_NAMESPACES[key]}"' for key in named_in)
    packet = (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'<rdf:Description rdf:about=""{used}{said}>{body}</rdf:Description></rdf:RDF></x:xmpmeta>'
    )
    return _PACKET_START + packet.encode() + _PACKET_END


def _plus(word: str | None) -> str | None:
    return _PLUS + word if word else None


def _item(text: str, attribute: str = "") -> str:
    return f"<rdf:li{attribute}>{escape(text)}</rdf:li>"


def _exif(imprint: Imprint) -> bytes:
    """Return a TIFF structure with Artist (0x013B) and Copyright (0x8298) in UTF-8, as EXIF 3.0 allows."""
    wanted = ((0x013B, imprint.creator), (0x8298, imprint.copyright))
    entries = [(tag, text.encode() + b"\0") for tag, text in wanted if text]
    if not entries:
        return b""
    place = 8 + 2 + 12 * len(entries) + 4
    table, values = struct.pack(">H", len(entries)), b""
    for tag, value in entries:
        inline = value.ljust(4, b"\0") if len(value) <= 4 else struct.pack(">I", place + len(values))
        table += struct.pack(">HHI", tag, 2, len(value)) + inline
        if len(value) > 4:
            values += value + b"\0" * (len(value) % 2)
    return b"MM\0\x2a\0\0\0\x08" + table + b"\0\0\0\0" + values


def _iim(imprint: Imprint) -> bytes:
    """Return IIM records in UTF-8: By-line, Credit, Copyright Notice."""
    wanted = ((80, imprint.creator), (110, imprint.credit), (116, imprint.copyright))
    records = [_record(2, number, _cut(text, _IIM_LIMITS[number])) for number, text in wanted if text]
    if not records:
        return b""
    utf8 = _record(1, 90, b"\x1b%G")
    return utf8 + _record(2, 0, b"\0\4") + b"".join(records)


def _record(record: int, number: int, value: bytes) -> bytes:
    return struct.pack(">BBBH", 0x1C, record, number, len(value)) + value


def _cut(text: str, limit: int) -> bytes:
    """Return at most `limit` bytes of UTF-8 without half a character."""
    return text.encode()[:limit].decode(errors="ignore").encode()
