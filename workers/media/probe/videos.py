"""Measures a video: structure, every timestamp, a proof by decoding, and a poster."""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from av.container import InputContainer
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from workers.media import metadata
from workers.media.errors import Unsupported
from workers.media.image.decode import FIRST_TURNED
from workers.media.limits import Limits
from workers.media.probe import container as containers
from workers.media.probe import poster, previews, timing
from workers.media.probe.ending import Ending
from workers.media.probe.proof import Proof
from workers.media.probe.stills import looked, seen
from workers.media.shapes import Audio, Inspection, MediaFacts
from workers.media.sniff import Sniffed
from workers.media.structure import movie, transport

_BOXED = ("mp4", "mov", "m4v", "3gp")
_MATRIX = struct.Struct("=9i")
"""Of a display matrix (ISO 14496-12, 6.2.2): a, b, u, c, d, v, x, y, w in the order of the bytes of this machine."""
_SLANTED = 0.18
"""Tangent of 10 degrees: so far from a quarter turn somebody meant it."""
_TRANSFERS = {
    1: "bt709",
    4: "bt470m",
    5: "bt470bg",
    6: "smpte170m",
    7: "smpte240m",
    8: "linear",
    11: "iec61966-2-4",
    13: "iec61966-2-1",
    14: "bt2020-10",
    15: "bt2020-12",
    16: "smpte2084",
    18: "arib-std-b67",
}
"""Transfer characteristics (ITU-T H.273, table 3) by the names that ffmpeg gives them."""


@dataclass(frozen=True)
class _Measured:
    """What the container, the clock and the decoder said."""

    stream: VideoStream
    streams: int
    time: timing.Timing
    proof: Proof
    tags: dict[str, str]
    audio: Audio | None


def inspect(path: Path, found: Sniffed, workdir: Path, limits: Limits, *, embedder: str = "") -> Inspection:
    """Return the facts and previews of a video; see `probe.inspect`."""
    if found.format in _BOXED:
        movie.check(path, limits)
    elif found.format != "mts":
        movie.check_length(path, found.format)
    doubtful = found.format == "mts" and transport.check(path)
    with containers.opened(path, found.format) as container:
        measured = _measure(container, limits, doubtful=doubtful)
        frame = measured.proof.best
        assert frame is not None  # noqa: S101 - `Proof.finish` refuses a video without one
        turn = turn_of(measured.proof.first)
        facts = _facts(path, found, measured, turn)
        shown = square(facts.stored_width, facts.stored_height, measured.stream)
        image = poster.picture(frame, shown, turn, previews.PREVIEW_SIDE)
    middle = previews.reduced(image, previews.MIDDLE_SIDE)
    size = (facts.width, facts.height)
    facts = replace(facts, **seen(middle, size))
    saved = (
        previews.save(middle, workdir, "thumb", previews.THUMB_SIDE),
        previews.save(image, workdir, "poster", previews.PREVIEW_SIDE),
    )
    return looked(Inspection(facts, saved), middle, embedder)


def _measure(container: InputContainer, limits: Limits, *, doubtful: bool) -> _Measured:
    stream, streams = containers.pick(container, limits)
    proof, ending = Proof(stream, limits), Ending(stream)

    def each(packet: Packet[Any]) -> None:
        proof.feed(packet)
        if doubtful:
            ending.feed(packet)

    time = timing.measure(container, stream, limits, each)
    if doubtful:
        ending.check()
    proof.finish(container, time.duration_s)
    tags = {**container.metadata, **{name: text for name, text in stream.metadata.items() if name != "encoder"}}
    return _Measured(stream, streams, time, proof, tags, _audio(container) if time.heard else None)


def _audio(container: InputContainer) -> Audio | None:
    stream = containers.sound(container)
    if stream is None or not stream.codec_context.sample_rate:
        return None
    context = stream.codec_context
    return Audio(context.codec.canonical_name, context.channels, context.sample_rate)


def turn_of(frame: VideoFrame | None) -> int:
    """Return how a picture has to be turned and mirrored, as EXIF orientation 1..8: the nearest quarter.

    Selfies of some phones are mirrored: their matrix has the angle of half a turn, and none of it shall be seen.

    Raises `Unsupported` (`turned_between`) where it lies further from every quarter than a slip of the hand.
    """
    kept: Any = frame.side_data.get("DISPLAYMATRIX") if frame is not None else None
    data = bytes(kept) if kept is not None else b""
    if len(data) < _MATRIX.size:
        return 1
    a, b, _, c, d, *_ = _MATRIX.unpack_from(data)
    along, across = abs(a) + abs(d), abs(b) + abs(c)
    if min(along, across) > _SLANTED * max(along, across):
        degrees = round(math.degrees(math.atan2(abs(b), abs(a))))
        raise Unsupported(
            f"The video says that it is shown turned by {degrees} degrees, which most players leave out. Turn it "
            "upright in a program for videos, export it, and send that.",
            code="turned_between",
        )
    if along >= across:
        return {(False, False): 1, (True, False): 2, (True, True): 3, (False, True): 4}[a < 0, d < 0]
    return {(False, False): 5, (False, True): 6, (True, True): 7, (True, False): 8}[b < 0, c < 0]


def square(width: int, height: int, stream: VideoStream) -> tuple[int, int]:
    """Return the size with square pixels."""
    ratio = stream.sample_aspect_ratio
    if not ratio or not 0.1 < float(ratio) < 10:
        return width, height
    return max(1, round(width * float(ratio))), height


def _facts(path: Path, found: Sniffed, measured: _Measured, turn: int) -> MediaFacts:
    stream, time = measured.stream, measured.time
    context = stream.codec_context
    embedded, doubts = metadata.read(path, found.format, tags=measured.tags)
    begins = measured.proof.first  # some recordings change their size on the way
    stored = (begins.width, begins.height) if begins is not None else (context.width, context.height)
    shown = stored[::-1] if turn >= FIRST_TURNED else stored
    ratio = stream.sample_aspect_ratio
    layout = context.format
    return MediaFacts(
        kind="video",
        format=found.format,
        media_type=found.media_type,
        extension=found.extension,
        width=shown[0],
        height=shown[1],
        stored_width=stored[0],
        stored_height=stored[1],
        orientation=turn,
        frames=time.frames,
        duration_s=time.duration_s,
        frame_rate=time.frame_rate,
        codec=context.codec.canonical_name,
        pixel_format=context.pix_fmt,
        colour_transfer=_TRANSFERS.get(int((begins or context).color_trc)),
        bit_depth=layout.components[0].bits if layout is not None and layout.components else None,
        components=len(layout.components) if layout is not None else None,
        has_alpha=stream.metadata.get("alpha_mode") == "1",
        sample_aspect_ratio=f"{ratio.numerator}:{ratio.denominator}" if ratio else None,
        video_streams=measured.streams,
        audio=measured.audio,
        embedded=embedded,
        warnings=doubts,
    )
