"""Measures a finished video by reading it again: its boxes, its packets and its clock, never what was asked for.

The profile that is asked for is not always the one that comes out, and a key frame is not always one that a player may
begin at; so the bytes are looked at.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any, BinaryIO

import av

from workers.media.video.check import Sounding
from workers.media.video.shapes import Measured

_NESTED = {b"moov", b"trak", b"edts", b"mdia", b"minf", b"stbl"}
_IDR_H264, _IDR_HEVC = {5}, {19, 20}


def measure(path: Path) -> Measured:
    """Measure a file that our own ffmpeg wrote."""
    boxes = list(_boxes(path)) if path.suffix != ".webm" else []
    kinds = [kind for kind, depth in boxes if depth == 0]
    first = kinds.index(b"moov") < kinds.index(b"mdat") if b"moov" in kinds and b"mdat" in kinds else None
    with av.open(str(path)) as container:
        video: Any = container.streams.video[0]
        audio: Any = container.streams.audio[0] if container.streams.audio else None
        context = video.codec_context
        packets, heard = _packets(container, video, audio)
        counted = _count(packets, context.codec.canonical_name, context.extradata or b"")
        seen, ticks = [packet for packet, _ in packets], audio.time_base if audio is not None else None
        whole = (container.duration or 0) / 1_000_000
        level = getattr(context, "level", None)
        return Measured(
            width=context.width,
            height=context.height,
            codec=context.codec.canonical_name,
            profile=str(context.profile or ""),
            level=_level(context.codec.canonical_name, level),
            pixel_format=str(context.pix_fmt),
            colours=_colours(context),
            sample_aspect=_ratio(video.sample_aspect_ratio),
            frames=len(packets),
            rate=_rate(seen, video.time_base),
            starts=counted[0],
            keys=sum(key for _, key in packets),
            longest_gop=counted[1],
            video_s=_lasting(seen, video.time_base),
            audio_s=_lasting(heard, ticks) if audio is not None else None,
            file_s=max(
                whole, _end([one for one, _ in packets], video.time_base), _end(heard, audio and audio.time_base)
            ),
            offset_s=_begin(heard, audio and audio.time_base) - _begin([one for one, _ in packets], video.time_base),
            audio_codec=audio.codec_context.codec.canonical_name if audio is not None else None,
            audio_rate=audio.codec_context.sample_rate if audio is not None else None,
            audio_channels=audio.codec_context.channels if audio is not None else None,
            index_first=first,
            edit_lists=sum(kind == b"elst" for kind, _ in boxes),
            size_bytes=path.stat().st_size,
        )


def sounding(path: Path) -> Sounding:
    """Measure the sound of a file that our own ffmpeg wrote, which has no pictures."""
    with av.open(str(path)) as container:
        audio: Any = container.streams.audio[0]
        context, (_, heard) = audio.codec_context, _packets(container, None, audio)
        begins, lasts = _begin(heard, audio.time_base), _lasting(heard, audio.time_base)
        return Sounding(context.codec.canonical_name, context.sample_rate, context.channels, begins, lasts)


def frames_in(path: Path) -> int:
    """Return how many pictures a file of our own holds, by its packets."""
    with av.open(str(path)) as container:
        return sum(1 for packet in container.demux(video=0) if packet.size)


@dataclass(frozen=True)
class _Packet:
    shown: int
    lasts: int
    data: bytes


def _packets(container: Any, video: Any, audio: Any) -> tuple[list[tuple[_Packet, bool]], list[_Packet]]:
    seen: list[tuple[_Packet, bool]] = []
    heard: list[_Packet] = []
    for packet in container.demux([one for one in (video, audio) if one is not None]):
        if not packet.size or packet.pts is None:
            continue
        begins = packet.is_keyframe and packet.stream is video
        kept = _Packet(packet.pts, packet.duration or 0, bytes(packet) if begins else b"")
        if packet.stream is video:
            seen.append((kept, bool(packet.is_keyframe)))
        else:
            heard.append(kept)
    return seen, heard


def _count(packets: list[tuple[_Packet, bool]], codec: str, extra: bytes) -> tuple[int, int]:
    """Return how many pictures may be begun at, and the longest distance between two of them, in pictures."""
    places = [index for index, (packet, key) in enumerate(packets) if key and _is_start(packet.data, codec, extra)]
    ends = [*places[1:], len(packets)]
    return len(places), max((end - start for start, end in zip(places, ends, strict=True)), default=len(packets))


def _is_start(data: bytes, codec: str, extra: bytes) -> bool:
    if codec == "h264":
        return any(unit[0] & 0x1F in _IDR_H264 for unit in _units(data))
    if codec == "hevc":
        return any(unit[0] >> 1 & 0x3F in _IDR_HEVC for unit in _units(data))
    return True


def _units(data: bytes) -> Iterator[bytes]:
    """Yield the beginning of each NAL unit of a packet of MP4, where four bytes of length stand before it."""
    at = 0
    while at + 5 <= len(data):
        (length,) = struct.unpack_from(">I", data, at)
        yield data[at + 4 : at + 6]
        at += 4 + length


def _boxes(path: Path) -> Iterator[tuple[bytes, int]]:
    """Yield kind and depth of the boxes of an MP4 (ISO 14496-12), into those that hold the index."""
    with path.open("rb") as file:
        yield from _within(file, 0, path.stat().st_size, 0)


def _within(file: BinaryIO, at: int, end: int, depth: int) -> Iterator[tuple[bytes, int]]:
    while at + 8 <= end:
        file.seek(at)
        length, kind = struct.unpack(">I4s", file.read(8))
        head = 8
        if length == 1:
            (length,) = struct.unpack(">Q", file.read(8))
            head = 16
        length = end - at if length == 0 else length
        if length < head:
            return
        yield kind, depth
        if kind in _NESTED:
            yield from _within(file, at + head, min(end, at + length), depth + 1)
        at += length


def _rate(packets: list[_Packet], base: Fraction) -> tuple[int, int] | None:
    shown = sorted(packet.shown for packet in packets)
    steps = {after - before for before, after in pairwise(shown)} or {packets[0].lasts}
    if max(steps) - min(steps) > (1 if base.denominator == 1000 else 0) or not min(steps):
        return None  # WebM counts in milliseconds, which most rates do not divide
    if len(steps) == 1:
        rate = 1 / (steps.pop() * base)
        return rate.numerator, rate.denominator
    mean = Fraction(shown[-1] - shown[0], len(shown) - 1) * base
    near = Fraction(round(1001 / mean), 1001) if abs(round(1 / mean) - 1 / mean) > Fraction(1, 100) else round(1 / mean)
    return Fraction(near).numerator, Fraction(near).denominator


def _begin(packets: list[_Packet], base: Fraction | None) -> float:
    return float(min(packet.shown for packet in packets) * base) if packets and base else 0.0


def _end(packets: list[_Packet], base: Fraction | None) -> float:
    return float(max(packet.shown + packet.lasts for packet in packets) * base) if packets and base else 0.0


def _lasting(packets: list[_Packet], base: Fraction | None) -> float:
    return _end(packets, base) - _begin(packets, base)


def _level(codec: str, value: int | None) -> float | None:
    if not value or value < 0:
        return None
    return value / 30 if codec == "hevc" else value / 10


def _colours(context: Any) -> tuple[int, int, int, int]:
    return int(context.color_primaries), int(context.color_trc), int(context.colorspace), int(context.color_range)


def _ratio(value: Any) -> str:
    return f"{value.numerator}:{value.denominator}" if value else "1:1"


def sha256_of(path: Path) -> str:
    """Return the hash of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
