"""From blocks to claims: understand each block and decide who is believed when they disagree.

The order is XMP, then IPTC-IIM, then EXIF, then the container's own text: XMP is the newest, is Unicode and does not
cut (IPTC-IIM ends a credit line after 32 bytes, a by-line too). Facts of the device (maker, model, orientation,
place, time of capture) come from EXIF first, because the camera wrote it and editors copy it into XMP.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from workers.media.metadata import exif, iptc
from workers.media.metadata.source import Blocks, Broken, Excessive
from workers.media.metadata.text import clean, joined
from workers.media.metadata.xmp import Packet
from workers.media.shapes import Embedded

_ISO_6709 = re.compile(r"\s*([+-])(\d{1,6})(\.\d*)?([+-])(\d{1,7})(\.\d*)?")
_XMP_DEGREES = re.compile(r"\s*(\d{1,3}),(\d{1,2}(?:\.\d+)?)(?:,(\d{1,2}(?:\.\d+)?))?([NSEWnsew])\s*\Z")
_MODEL_RELEASE = re.compile(r"MR-[A-Z]{3}\b")
_MOMENT = re.compile(
    r"(\d{4})[:-](\d{2})[:-](\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(\.\d{1,9})?)?\s*(Z|[+-]\d{2}:?\d{2})?"
)
_OFFSET = re.compile(r"\s*([+-]\d{2}:\d{2}|Z)")
_QUICKTIME = "com.apple.quicktime."


@dataclass
class _Read:
    """All blocks of one file, understood; absent ones are empty."""

    exif: exif.Exif = field(default_factory=exif.Exif)
    iptc: iptc.Iptc = field(default_factory=iptc.Iptc)
    xmp: Packet | None = None
    tags: dict[str, str] = field(default_factory=dict)

    def xmp_text(self, short: str) -> str | None:
        """Return the first value of an XMP property."""
        return self.xmp.text(short) if self.xmp else None

    def xmp_all(self, short: str) -> str | None:
        """Return all values of an XMP property in one line."""
        return joined(self.xmp.texts(short)) if self.xmp else None

    def tag(self, *names: str) -> str | None:
        """Return the first container text of those names."""
        return next((text for name in names if (text := clean(self.tags.get(name)))), None)


def _understood(blocks: Blocks) -> _Read:
    read = _Read(tags=blocks.tags)
    if blocks.exif is not None:
        read.exif = exif.parse(blocks.exif)
        if read.exif.damaged:
            blocks.warn("exif_damaged")
    if blocks.iptc is not None:
        read.iptc = iptc.parse(blocks.iptc)
        if read.iptc.damaged:
            blocks.warn("iptc_damaged")
    read.xmp = _packet(blocks)
    return read


def _packet(blocks: Blocks) -> Packet | None:
    packet: Packet | None = None
    for data in (blocks.xmp, blocks.xmp_extended):
        if data is None:
            continue
        try:
            found = Packet(data)
        except Broken as error:
            blocks.warn("xmp_ignored" if isinstance(error, Excessive) else "xmp_damaged")
            continue
        if found.doctype_removed:
            blocks.warn("xmp_doctype_removed")
        if packet is None:
            packet = found
        else:
            packet.extend(found)
    return packet


def _first(texts: Iterable[str | None]) -> str | None:
    return next((cleaned for text in texts if (cleaned := clean(text))), None)


def _licensor(read: _Read) -> str | None:
    return joined(read.xmp.members("plus:Licensor", "plus:LicensorName")) if read.xmp else None


def _model_release(read: _Read) -> str | None:
    text = read.xmp_text("plus:ModelReleaseStatus") or ""
    code = _MODEL_RELEASE.search(text)
    return code.group() if code else clean(text)


def _device(read: _Read) -> str | None:
    """Return maker and model, both from the same source."""
    texts = read.exif.texts
    pairs = (
        (texts.get("make"), texts.get("model")),
        (read.xmp_text("tiff:Make"), read.xmp_text("tiff:Model")),
        (read.tag(f"{_QUICKTIME}make", "make"), read.tag(f"{_QUICKTIME}model", "model")),
    )
    return _first(" ".join(text for text in map(clean, pair) if text) for pair in pairs)


def _moment(text: str | None, offset: str | None = None) -> str | None:
    """Return a date and time as ISO 8601, with its offset from UTC where the file states it."""
    match = _MOMENT.match(text.strip()) if text else None
    if match is None or match[1] == "0000" or match[2] == "00":
        return None
    zone = match[8] or (found[1] if offset and (found := _OFFSET.match(offset)) else "")
    if len(zone) == 5:
        zone = f"{zone[:3]}:{zone[3:]}"
    second = f":{match[6]}{match[7] or ''}" if match[6] else ":00"
    return f"{match[1]}-{match[2]}-{match[3]}T{match[4]}:{match[5]}{second}{zone}"


def _captured(read: _Read) -> str | None:
    texts = read.exif.texts
    date, time = read.iptc.first("date"), read.iptc.first("time") or ""
    press = None
    if date and re.fullmatch(r"\d{8}", date) and re.match(r"\d{6}", time):
        press = f"{date[:4]}-{date[4:6]}-{date[6:]}T{time[:2]}:{time[2:4]}:{time[4:6]}"
        press += f"{time[6:9]}:{time[9:11]}" if re.fullmatch(r"\d{6}[+-]\d{4}", time) else ""
    moments = (
        _moment(texts.get("original"), texts.get("offset")),
        _moment(read.xmp_text("exif:DateTimeOriginal")),
        _moment(read.xmp_text("photoshop:DateCreated")),
        _moment(press),
        _moment(texts.get("digitised"), texts.get("digitised_offset")),
        _moment(read.xmp_text("xmp:CreateDate")),
        _moment(read.tag(f"{_QUICKTIME}creationdate")),
        _moment(read.tag("creation_time")),
        _moment(read.tag("date")),
    )
    return next((moment for moment in moments if moment), None)


def _valid(latitude: float | None, longitude: float | None) -> tuple[float, float] | None:
    if latitude is None or longitude is None or not -90 <= latitude <= 90 or not -180 <= longitude <= 180:
        return None
    return latitude, longitude


def _iso_degrees(sign: str, digits: str, fraction: str | None, width: int) -> float:
    """Read one coordinate of ISO 6709: degrees, degrees and minutes, or also seconds, by the number of digits."""
    degrees, rest = float(digits[:width]), digits[width:]
    if not rest:
        value = float(digits + (fraction or ""))
    elif len(rest) <= 2:
        value = degrees + float(rest + (fraction or "")) / 60
    else:
        value = degrees + float(rest[:2]) / 60 + float(rest[2:] + (fraction or "")) / 3600
    return -value if sign == "-" else value


def _iso_place(text: str | None) -> tuple[float, float] | None:
    match = _ISO_6709.match(text) if text else None
    # Some phones write a single digit for whole degrees.
    if match is None or len(match[2]) not in (1, 2, 4, 6) or len(match[5]) not in (1, 2, 3, 5, 7):
        return None
    return _valid(_iso_degrees(match[1], match[2], match[3], 2), _iso_degrees(match[4], match[5], match[6], 3))


def _xmp_degrees(text: str | None) -> float | None:
    match = _XMP_DEGREES.match(text) if text else None
    if match is None:
        return None
    value = int(match[1]) + float(match[2]) / 60 + float(match[3] or 0) / 3600
    return -value if match[4] in "SWsw" else value


def _place(read: _Read) -> tuple[float, float] | None:
    """Return latitude and longitude of the first source that has both within range."""
    locations = (f"{_QUICKTIME}location.iso6709", "location", "location-eng", "location_3gpp")
    candidates = (
        _valid(read.exif.latitude, read.exif.longitude),
        _valid(_xmp_degrees(read.xmp_text("exif:GPSLatitude")), _xmp_degrees(read.xmp_text("exif:GPSLongitude"))),
        *(_iso_place(read.tag(name)) for name in locations),
    )
    return next((place for place in candidates if place is not None), None)


def _provenance(blocks: Blocks, read: _Read) -> str | None:
    if blocks.c2pa:
        return "embedded"
    address = read.xmp_text("dcterms:provenance") or ""
    return "remote" if address.lower().startswith(("http://", "https://")) else None


def _creator(read: _Read) -> str | None:
    return _first(
        (
            read.xmp_all("dc:creator"),
            joined(read.iptc.texts.get("byline", ())),
            read.exif.texts.get("artist"),
            read.xmp_text("tiff:Artist"),
            read.exif.texts.get("xp_author"),
            read.tag("artist", "author", f"{_QUICKTIME}artist", f"{_QUICKTIME}author"),
        )
    )


def _copyright(read: _Read) -> str | None:
    return _first(
        (
            read.xmp_text("dc:rights"),
            read.iptc.first("copyright"),
            read.exif.texts.get("copyright"),
            read.xmp_text("tiff:Copyright"),
            read.tag("copyright", f"{_QUICKTIME}copyright"),
        )
    )


def _title(read: _Read) -> str | None:
    return _first(
        (
            read.xmp_text("dc:title"),
            read.iptc.first("title"),
            read.exif.texts.get("xp_title"),
            read.tag("title", f"{_QUICKTIME}title"),
        )
    )


def _description(read: _Read) -> str | None:
    return _first(
        (
            read.xmp_text("dc:description"),
            read.iptc.first("description"),
            read.exif.texts.get("description"),
            read.exif.texts.get("xp_comment"),
            read.tag("description", f"{_QUICKTIME}description", "comment"),
        )
    )


def embedded(blocks: Blocks) -> Embedded:
    """Return the claims of all blocks; damage is added to the warnings of `blocks`."""
    read = _understood(blocks)
    place = _place(read)
    return Embedded(
        creator=_creator(read),
        copyright=_copyright(read),
        credit=_first((read.xmp_text("photoshop:Credit"), read.iptc.first("credit"))),
        usage_terms=clean(read.xmp_text("xmpRights:UsageTerms")),
        licensor=_licensor(read),
        web_statement=clean(read.xmp_text("xmpRights:WebStatement")),
        licence_end=clean(read.xmp_text("plus:LicenseEndDate")),
        model_release=_model_release(read),
        digital_source_type=clean(read.xmp_text("Iptc4xmpExt:DigitalSourceType")),
        title=_title(read),
        description=_description(read),
        captured_at=_captured(read),
        device=_device(read),
        gps=place,
        has_gps=place is not None,
        orientation=read.exif.orientation,
        c2pa=_provenance(blocks, read),
    )
