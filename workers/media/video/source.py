"""What has to be known of an original before it is normalised: which stream, how it is turned, which colours."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from av.video.frame import VideoFrame

from workers.media.errors import Damaged
from workers.media.image.decode import FIRST_TURNED
from workers.media.limits import Limits
from workers.media.probe import container as containers
from workers.media.probe import videos
from workers.media.shapes import MediaFacts

MOST_SIDE = 3840
"""A larger original is normalised to this: no placement asks for more, cropped upright included."""
RATES = tuple(
    Fraction(*rate)
    for rate in ((24000, 1001), (24, 1), (25, 1), (30000, 1001), (30, 1), (50, 1), (60000, 1001), (60, 1))
)
_NEAR = 0.005
_FAST, _EXACT = 5, 0.0005
"""Of `RATES`, those that slow motion may become; and how exactly: 60 and 59.94 are a thousandth apart."""
_STILL_RATE = Fraction(30)
_ALONE_S = 0.5
"""Sound that goes on for longer after the last picture belongs to the video, and players go on showing that picture."""

_MATRICES = {1: "bt709", 4: "fcc", 5: "bt470bg", 6: "smpte170m", 7: "smpte240m", 9: "bt2020nc", 10: "bt2020c"}
_PRIMARIES = {1: "bt709", 5: "bt470bg", 6: "smpte170m", 9: "bt2020", 11: "smpte431", 12: "smpte432"}
_PQ, _HLG = 16, 18
"""All of ITU-T H.273, by the names that ffmpeg gives them."""


@dataclass(frozen=True)
class Source:
    """An original as its first picture shows it; `width` and `height` upright and with square pixels."""

    demuxer: str
    video: int
    """Index of the stream."""
    audio: int | None
    width: int
    height: int
    rate: Fraction
    share: float
    """How many of the pictures at that rate the original gives, 0..1."""
    duration_s: float
    held_s: float | None
    """Until when the last picture is shown, where the sound goes on without any; None where they end together."""
    interlaced: bool
    matrix: str
    primaries: str
    hdr: str | None
    """`pq`, `hlg` or None."""
    full_range: bool
    layout: str
    """What the pixels have to become before zimg takes them; empty where they are well as they are."""


def look(path: Path, facts: MediaFacts, limits: Limits) -> Source:
    """Return what is known of an original, measured before, after looking at its first picture.

    Raises the errors of `workers.media.errors`.
    """
    with containers.opened(path, facts.format) as container:
        stream, _ = containers.pick(container, limits)
        colours = containers.Colours.of(stream)
        frame = next(container.decode(stream), None)
        if frame is None:
            raise Damaged("The video shows no picture. Export it again and send that.", code="corrupt")
        colours.name(frame)
        heard = containers.sound(container) if facts.audio is not None else None
        turn = videos.turn_of(frame)
        size = videos.square(frame.width, frame.height, stream)
        upright = size[::-1] if turn >= FIRST_TURNED else size
        width, height = fitted(upright)
        rate = rate_for(facts.frame_rate)
        return Source(
            demuxer=containers.DEMUXERS[facts.format],
            video=stream.index,
            audio=heard.index if heard is not None else None,
            width=width,
            height=height,
            rate=rate,
            share=min(1.0, (facts.frame_rate or 0.0) / float(rate)),
            duration_s=facts.duration_s or 0.0,
            held_s=_held_s(facts, rate) if heard is not None else None,
            interlaced=bool(frame.interlaced_frame) and frame.height >= 4,
            matrix=_matrix(int(frame.colorspace), frame.height, rgb=frame.format.is_rgb),
            primaries=_PRIMARIES.get(int(frame.color_primaries), "bt709"),
            hdr={_PQ: "pq", _HLG: "hlg"}.get(int(frame.color_trc)),
            full_range=int(frame.color_range) == 2 or frame.format.name.startswith("yuvj"),
            layout=_layout(frame),
        )


def _held_s(facts: MediaFacts, rate: Fraction) -> float | None:
    """Whole pictures; sound that is a little longer is how phones record, and ends with the picture."""
    lasts, shown = facts.duration_s or 0.0, facts.frames / (facts.frame_rate or float(rate))
    return float(int(lasts * rate) / rate) if lasts - shown > _ALONE_S else None


def _layout(frame: VideoFrame) -> str:
    """Packed RGB becomes planes; odd sides, which halved chroma does not divide, get chroma in full."""
    layout = frame.format
    deep = bool(layout.components) and layout.components[0].bits > 8
    if layout.is_rgb:
        return "" if layout.is_planar else "gbrp10" if deep else "gbrp"
    return ("yuv444p10" if deep else "yuv444p") if frame.width % 2 or frame.height % 2 else ""


def _matrix(named: int, height: int, *, rgb: bool) -> str:
    """The matrix that is named, else the one that goes with the size, as players (and the poster) take it."""
    if rgb:
        return "gbr"
    return _MATRICES.get(named) or ("bt709" if height >= 720 else "smpte170m")


def fitted(size: tuple[int, int]) -> tuple[int, int]:
    """Return even sides of at most `MOST_SIDE`, with the same proportions as nearly as that goes."""
    scale = min(1.0, MOST_SIDE / max(size))
    return max(2, round(size[0] * scale / 2) * 2), max(2, round(size[1] * scale / 2) * 2)


def rate_for(measured: float | None) -> Fraction:
    """Return the constant rate that an average of frames a second becomes.

    A usual one that is near; a usual one that holds each picture equally long; else the next above, so that no picture
    is lost. Slow motion of more than 60 becomes the highest that takes every second, third or so of its pictures, else
    60, of which every picture is one of its own.
    """
    if not measured or measured <= 0:
        return _STILL_RATE
    near = min(RATES, key=lambda rate: abs(float(rate) - measured))
    if abs(float(near) - measured) <= _NEAR * measured:
        return near
    if measured < float(RATES[0]):
        for rate in (Fraction(30), Fraction(25), Fraction(24)):
            times = float(rate) / measured
            if times >= 1.5 and abs(times - round(times)) <= _NEAR * times:
                return rate
        return _STILL_RATE
    if measured > float(RATES[-1]):
        return max((rate for rate in RATES[_FAST:] if _divides(rate, measured)), default=RATES[-1])
    return next(rate for rate in RATES if float(rate) >= measured)


def _divides(rate: Fraction, measured: float) -> bool:
    times = measured / float(rate)
    return abs(times - round(times)) <= _EXACT * times
