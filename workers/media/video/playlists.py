"""Playlists of HTTP Live Streaming (RFC 8216): written for finished files, and read again by rules of their own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from workers.media.errors import MediaError
from workers.media.video.fragments import Fragmented

VERSION = 7
"""Of the protocol: pieces of MP4, ranges of bytes, `EXT-X-MAP`."""
SOUND = "sound"
"""Group of the one rendition of the sound."""


@dataclass(frozen=True)
class Variant:
    """One line of a master playlist. Bits a second, with the sound."""

    uri: str
    width: int
    height: int
    peak_bps: int
    average_bps: int
    codecs: tuple[str, ...]
    rate: Fraction
    sound: bool = False
    """Whether it is played with the rendition of the sound."""


@dataclass(frozen=True)
class Part:
    """One piece of a media playlist: a range of bytes of a file, and how long it lasts."""

    uri: str
    start: int
    length: int
    lasts_s: float


@dataclass(frozen=True)
class Media:
    """What a media playlist says."""

    head: Part
    """What has to be read before the first piece; lasts no time."""
    parts: tuple[Part, ...]
    target_s: int


def master(variants: Sequence[Variant], sound: str | None) -> str:
    """Return the playlist of all variants, the one to begin with first; `sound` is the playlist of the sound."""
    lines = ["#EXTM3U", f"#EXT-X-VERSION:{VERSION}", "#EXT-X-INDEPENDENT-SEGMENTS"]
    if sound:
        lines.append(
            f'#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="{SOUND}",NAME="Sound",DEFAULT=YES,AUTOSELECT=YES,CHANNELS="2",'
            f'URI="{sound}"'
        )
    for one in variants:
        told = f'BANDWIDTH={one.peak_bps},AVERAGE-BANDWIDTH={one.average_bps},CODECS="{",".join(one.codecs)}"'
        told += f",RESOLUTION={one.width}x{one.height},FRAME-RATE={float(one.rate):.3f}"
        told += f',AUDIO="{SOUND}"' if one.sound else ""
        lines += [f"#EXT-X-STREAM-INF:{told}", one.uri]
    return "\n".join(lines) + "\n"


def media(uri: str, found: Fragmented) -> str:
    """Return the playlist of one file of fragments."""
    longest = max((round(float(one.lasts_s)) for one in found.fragments), default=1)
    lines = ["#EXTM3U", f"#EXT-X-VERSION:{VERSION}", f"#EXT-X-TARGETDURATION:{max(1, longest)}"]
    lines += ["#EXT-X-MEDIA-SEQUENCE:0", "#EXT-X-PLAYLIST-TYPE:VOD", "#EXT-X-INDEPENDENT-SEGMENTS"]
    lines.append(f'#EXT-X-MAP:URI="{uri}",BYTERANGE="{found.head}@0"')
    for one in found.fragments:
        lines += [f"#EXTINF:{float(one.lasts_s):.5f},", f"#EXT-X-BYTERANGE:{one.length}@{one.start}", uri]
    return "\n".join([*lines, "#EXT-X-ENDLIST"]) + "\n"


def moved(text: str, by: int, prefix: str) -> str:
    """Return a media playlist for files that lie so many bytes further on in others, named as before after `prefix`."""
    lines = []
    for line in _lines(text):
        if line.startswith("#EXT-X-MAP:"):
            told = _told(line, "#EXT-X-MAP:") or {}
            start, length = _span(told["BYTERANGE"])
            line = f'#EXT-X-MAP:URI="{prefix}{told["URI"]}",BYTERANGE="{length}@{start + by}"'
        elif line.startswith("#EXT-X-BYTERANGE:"):
            start, length = _span(line.partition(":")[2])
            line = f"#EXT-X-BYTERANGE:{length}@{start + by}"
        elif not line.startswith("#"):
            line = f"{prefix}{line}"
        lines.append(line)
    return "\n".join(lines) + "\n"


_ATTRIBUTE = re.compile(r'([A-Z0-9-]+)=("[^"\r\n]*"|[^",\s]+)(?:,|$)')
_RANGE = re.compile(r"(\d+)@(\d+)\Z")


def read_master(text: str) -> tuple[Variant, ...]:
    """Return the variants of a master playlist. Raises `MediaError` (`output_invalid`) for what is none."""
    lines = _lines(text)
    groups = {told["GROUP-ID"] for line in lines if (told := _told(line, "#EXT-X-MEDIA:")) and told.get("URI")}
    found = []
    for line, after in zip(lines, [*lines[1:], ""], strict=True):
        told = _told(line, "#EXT-X-STREAM-INF:")
        if told is None:
            continue
        if not after or after.startswith("#") or (told.get("AUDIO", "") and told["AUDIO"] not in groups):
            raise _broken(line)
        try:
            width, height = (int(side) for side in told["RESOLUTION"].split("x"))
            variant = Variant(
                after,
                width,
                height,
                int(told["BANDWIDTH"]),
                int(told["AVERAGE-BANDWIDTH"]),
                tuple(told["CODECS"].split(",")),
                Fraction(told["FRAME-RATE"]),
                sound="AUDIO" in told,
            )
        except (KeyError, ValueError) as error:
            raise _broken(line) from error
        found.append(variant)
    if not found:
        raise _broken("no variant")
    return tuple(found)


def read_media(text: str) -> Media:
    """Return what a media playlist says. Raises `MediaError` (`output_invalid`) for what is none, or has no end."""
    lines = _lines(text)
    head: Part | None = None
    parts: list[Part] = []
    lasts, span, target = 0.0, (0, 0), 0
    for line in lines:
        name, _, value = line.partition(":")
        if name == "#EXT-X-TARGETDURATION":
            target = int(value)
        elif (told := _told(line, "#EXT-X-MAP:")) is not None:
            head = Part(told["URI"], *_span(told["BYTERANGE"]), 0.0)
        elif name == "#EXTINF":
            lasts = float(value.rstrip(","))
        elif name == "#EXT-X-BYTERANGE":
            span = _span(value)
        elif not line.startswith("#"):
            parts.append(Part(line, *span, lasts))
    if head is None or not parts or lines[-1] != "#EXT-X-ENDLIST":
        raise _broken("no beginning, no piece or no end")
    if any(round(part.lasts_s) > target for part in parts):
        raise _broken("a piece lasts longer than the playlist says")
    return Media(head, tuple(parts), target)


def _lines(text: str) -> list[str]:
    lines = [line for line in text.splitlines() if line]
    if not lines or lines[0] != "#EXTM3U":
        raise _broken("first line")
    return lines


def _told(line: str, tag: str) -> dict[str, str] | None:
    if not line.startswith(tag):
        return None
    return {name: value.strip('"') for name, value in _ATTRIBUTE.findall(line[len(tag) :])}


def _span(value: str) -> tuple[int, int]:
    found = _RANGE.match(value)
    if found is None:
        raise _broken(value)
    return int(found[2]), int(found[1])


def _broken(detail: str) -> MediaError:
    return MediaError(
        "The playlist of the video cannot be read again. Try again.", code="output_invalid", detail=detail
    )
