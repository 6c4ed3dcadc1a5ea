"""XMP: RDF in XML, read without entities, document types or references.

Formats: ISO 16684-1 (XMP), IPTC Photo Metadata Standard 2023.1, PLUS License Data Format 2.0. The parser is
defusedxml; a document type that a packet brings along is cut off first, so that the rest of the packet stays
readable and a reference to one of its entities stays the literal text that it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from workers.media.metadata.source import Broken, Excessive

PACKET_LIMIT = 4 * 1024 * 1024
"""Longest packet or extension (bytes); what needs more is a depth map, not a claim."""
_TAGS_LIMIT = 50_000
_ATTRIBUTES_LIMIT = 200_000

_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_SPACES = {
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "xmpRights": "http://ns.adobe.com/xap/1.0/rights/",
    "photoshop": "http://ns.adobe.com/photoshop/1.0/",
    "plus": "http://ns.useplus.org/ldf/xmp/1.0/",
    "Iptc4xmpExt": "http://iptc.org/std/Iptc4xmpExt/2008-02-29/",
    "exif": "http://ns.adobe.com/exif/1.0/",
    "tiff": "http://ns.adobe.com/tiff/1.0/",
    "xmpNote": "http://ns.adobe.com/xmp/note/",
}
_DOCUMENT_TYPE = re.compile(r"<!DOCTYPE\b[^\[>]{0,2000}(?:\[.{0,200000}?\]\s{0,100})?>", re.DOTALL)
_DECLARATION = re.compile(r"<\?xml\b[^>]{0,500}\?>")
_ILLEGAL = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_UNKNOWN_ENTITY = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6});)")


def _name(short: str) -> str:
    prefix, local = short.split(":")
    return f"{{{_SPACES[prefix]}}}{local}"


class Packet:
    """The properties of one XMP packet (or of a packet and its extension)."""

    def __init__(self, data: bytes) -> None:
        """Parse one packet; `Excessive` where it is too large, `Broken` where it is no XML."""
        self.doctype_removed = False
        self._descriptions = self._read(data)

    def extend(self, other: Packet) -> None:
        """Add the properties of the extension; those of the main packet go first."""
        self._descriptions += other._descriptions

    def _read(self, data: bytes) -> list[Element]:
        if len(data) > PACKET_LIMIT or data.count(b"<") > _TAGS_LIMIT or data.count(b"=") > _ATTRIBUTES_LIMIT:
            raise Excessive("too large")
        text = _decoded(data)
        # XML allows one document type; only one attempt, so that a thousand openings cost no more than one.
        opening = text.find("<!DOCTYPE")
        if opening >= 0 and (found := _DOCUMENT_TYPE.match(text, opening)):
            text = text[:opening] + text[found.end() :]
            self.doctype_removed = True
        text = _UNKNOWN_ENTITY.sub("&amp;", _ILLEGAL.sub("", _DECLARATION.sub("", text)))
        start, end = text.find("<"), text.rfind(">")
        try:
            root = fromstring(text[start : end + 1], forbid_dtd=True, forbid_entities=True, forbid_external=True)
        except (ParseError, DefusedXmlException, ValueError) as error:
            raise Broken("no XML") from error
        rdf = next(root.iter(f"{_RDF}RDF"), None)
        return [] if rdf is None else rdf.findall(f"{_RDF}Description")

    def _nodes(self, short: str) -> Iterator[Element | str]:
        name = _name(short)
        for description in self._descriptions:
            if name in description.attrib:
                yield description.attrib[name]
            yield from description.findall(name)

    def texts(self, short: str) -> list[str]:
        """Return the values of a property such as `dc:creator`: a list's items, one language of alternatives."""
        for node in self._nodes(short):
            found = [node] if isinstance(node, str) else _values(node)
            found = [text.strip() for text in found if text.strip()]
            if found:
                return found
        return []

    def text(self, short: str) -> str | None:
        """Return the first value of a property, or None."""
        return next(iter(self.texts(short)), None)

    def members(self, short: str, member: str) -> list[str]:
        """Return a field of every structure in a property, such as `plus:LicensorName` in `plus:Licensor`."""
        name = _name(member)
        found: list[str] = []
        for node in self._nodes(short):
            if isinstance(node, str):
                continue
            for inner in node.iter():
                if name in inner.attrib:
                    found.append(inner.attrib[name])
                if inner.tag == name:
                    found += _values(inner)
        return found


def _decoded(data: bytes) -> str:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    if data[:2] == b"<\0":
        return data.decode("utf-16-le", "replace")
    if data[:2] == b"\0<":
        return data.decode("utf-16-be", "replace")
    return data.decode("utf-8", "replace")


def _values(node: Element) -> list[str]:
    """Return what a property element says, in any of the notations of RDF that XMP allows."""
    reference = node.get(f"{_RDF}resource")
    if reference is not None:
        return [reference]
    for kind in ("Alt", "Seq", "Bag"):
        group = node.find(f"{_RDF}{kind}")
        if group is None:
            continue
        items = list(group.findall(f"{_RDF}li"))
        if kind == "Alt":
            items.sort(key=lambda item: item.get(_LANGUAGE, "x-default").lower() != "x-default")
            items = items[:1]
        return [text for item in items for text in _plain(item)]
    return _plain(node)


def _plain(node: Element) -> list[str]:
    # A value with qualifiers; only children are looked at, so that nesting costs nothing.
    value = node.find(f"{_RDF}value")
    if value is None:
        value = node.find(f"{_RDF}Description/{_RDF}value")
    text = node.get(f"{_RDF}resource") or (node.text if value is None else value.text)
    return [text] if text else []
