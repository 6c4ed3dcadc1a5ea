"""Writes the metadata block of a rendition, always fresh from an `Imprint`, never from the original.

XMP carries everything (rights core, ids, digital source type; fields as in the IPTC Photo Metadata Standard 2023.2 and
the PLUS licence data format); EXIF Artist and Copyright and, in JPEG, IIM By-line, Credit and Copyright repeat the
three lines that old readers know. Nothing else is written: no place, device, date, software, comment or thumbnail.
"""

from __future__ import annotations

import struct
from dataclasses import fields, replace
from typing import Literal
from xml.sax.saxutils import escape

from workers.media.errors import MediaError
from workers.media.imprint import container, movie
from workers.media.imprint.container import Block
from workers.media.shapes import ImageFormat, Imprint

MAX_FIELD_CHARACTERS = 1000
"""Longer texts are cut: a JPEG segment holds 65,533 bytes and a byte budget less."""
XMP_PADDING = 512
"""Blanks at the end of an AVIF's XMP packet, so that it can be exchanged in place."""

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


def block(imprint: Imprint, name: ImageFormat) -> Block:
    """Return the raw metadata of `imprint` for a file of that format; an empty imprint gives an empty block."""
    clean = _clean(imprint)
    if clean == Imprint():
        return Block()
    return Block(
        xmp=xmp(clean, XMP_PADDING if name == "avif" else 0),
        exif=b"" if name == "gif" else _exif(clean),
        iim=_iim(clean) if name == "jpeg" else b"",
    )


def rewrite(data: bytes, name: ImageFormat | Literal["mp4"], imprint: Imprint) -> bytes:
    """Return the file with `imprint` as its only metadata; pixels and colour profile stay bit by bit.

    For the moment at which a rendition leaves the house and gets its usage id and status address. An AVIF
    keeps its size: the new packet must fit into the old one with its padding, and EXIF stays as it is. An MP4 or MOV
    (`mp4`) gets the packet in a box at its end, and keeps what ffmpeg wrote into its tags.
    Raises `MediaError` (`output_invalid`) for a file that is not of that format, (`imprint_too_long`) for an
    AVIF without room.
    """
    if name == "avif":
        return _rewrite_avif(data, imprint)
    if name == "mp4":
        return movie.replace(data, xmp(_clean(imprint), 0))
    return container.replace(data, name, replace(block(imprint, name), icc=container.profile(data, name)))


def _rewrite_avif(data: bytes, imprint: Imprint) -> bytes:
    start = data.find(_PACKET_START)
    end = data.find(_PACKET_END, start)
    if start < 0 or end < 0:
        raise MediaError("The picture has no metadata that could be exchanged.", code="output_invalid")
    room = end + len(_PACKET_END) - start
    packet = xmp(_clean(imprint), 0)
    if len(packet) > room:
        raise MediaError("The new metadata is too long for this picture.", code="imprint_too_long")
    body = packet.removesuffix(_PACKET_END)
    return data[:start] + body + b" " * (room - len(packet)) + _PACKET_END + data[start + room :]


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


def xmp(imprint: Imprint, padding: int) -> bytes:
    """Return an XMP packet (ISO 16684-1) in UTF-8 with so many blanks before its end."""
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
    parts = [f"<{tag}>{escape(text)}</{tag}>" for tag, text in simple.items() if text]
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
    used = "".join(f' xmlns:{key}="{uri}"' for key, uri in _NAMESPACES.items() if f"<{key}:" in body)
    packet = (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'<rdf:Description rdf:about=""{used}>{body}</rdf:Description></rdf:RDF></x:xmpmeta>'
    )
    return _PACKET_START + packet.encode() + b" " * padding + _PACKET_END


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
