"""Counts the packets of a video and reads its clock; what the headers state plays no part."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from av.container import InputContainer
from av.packet import Packet
from av.video.stream import VideoStream

from workers.media.errors import TooLarge
from workers.media.limits import Limits
from workers.media.probe import container as containers
from workers.media.structure.header import corrupt, truncated

_BACK_S, _AHEAD_S = Fraction(1, 10), 10
"""A clock that goes back so far, or so far ahead, began anew."""


@dataclass
class _Span:
    """First and last moment of one stream, in its own time base."""

    base: Fraction
    glued: bool = False
    """Whether the clock may begin anew within the file: recorders part what they record, and people join the parts."""
    packets: int = 0
    size_bytes: int = 0
    first: int | None = None
    latest: int = 0
    end: int = 0
    """When the packet that is shown last ends."""
    decoded_first: int | None = None
    decoded_end: int = 0
    """The same in the order of decoding, in which durations add up without gaps."""
    _offset: int = 0
    _expected: int | None = None

    def add(self, packet: Packet[Any]) -> None:
        self.packets += 1
        self.size_bytes += packet.size
        shown = packet.pts if packet.pts is not None else packet.dts
        if shown is None:
            return
        lasts = max(0, packet.duration or 0)
        decoded = packet.dts if packet.dts is not None else shown
        if self.glued:
            offset = self._jumped(packet.dts, lasts) if packet.dts is not None else self._offset
            shown, decoded = shown + offset, decoded + offset
        if self.decoded_first is None:
            self.decoded_first = decoded
        self.decoded_end = max(self.decoded_end, decoded + lasts)
        if packet.is_discard:  # cut away by an edit list: decoded, never shown
            return
        if self.first is None:
            self.first, self.latest, self.end = shown, shown, shown + lasts
        self.first = min(self.first, shown)
        if shown >= self.latest:
            self.latest, self.end = shown, shown + lasts

    def _jumped(self, decoded: int, lasts: int) -> int:
        """Return what is added to the times of a packet so that they go on where those before it ended.

        Jumps are those that ffmpeg takes for one while it normalises.
        """
        if self._expected is not None:
            ahead = decoded + self._offset - self._expected
            if not -_BACK_S <= ahead * self.base <= _AHEAD_S:
                self._offset -= ahead
        self._expected = decoded + self._offset + lasts
        return self._offset

    def seconds(self) -> tuple[float, float] | None:
        """Begin and end; None for a stream without any timestamp."""
        if self.first is None:
            return None
        return float(self.first * self.base), float(self.end * self.base)

    def rate(self) -> float | None:
        """Packets a second; None when they take no time.

        The longer of two spans counts: in the order of showing, the last duration may belong to another picture;
        in the order of decoding, Matroska has no times and the library guesses them.
        """
        if self.first is None or self.decoded_first is None:
            return None
        lasts = max(self.end - self.first, self.decoded_end - self.decoded_first)
        return float(self.packets / (lasts * self.base)) if lasts > 0 else None


@dataclass(frozen=True)
class Timing:
    """Frames, seconds and frames a second of a video, by its packets."""

    frames: int
    duration_s: float
    frame_rate: float | None
    heard: bool
    """Whether its sound has anything in it: recorders of browsers write a track for sound that never comes."""


def measure(
    container: InputContainer, video: VideoStream, limits: Limits, each: Callable[[Packet[Any]], None]
) -> Timing:
    """Read every packet of the file and hand those of the video to `each`.

    Raises `TooLarge` (`too_many_frames`, `too_many_packets`, `too_long`, `frame_rate_too_high`, `bit_rate_too_high`)
    as soon as a limit is passed, `Damaged` when the file holds fewer pictures than its index lists, or none, and
    what `containers.sound` raises.
    """
    spans: dict[int, _Span] = {}
    glued = container.format.name == "mpegts"
    own = spans[video.index] = _Span(video.time_base or Fraction(1, 1000), glued)
    for total, packet in enumerate(_packets(container, video), start=1):
        index = packet.stream.index
        if index not in spans:
            spans[index] = _Span(packet.time_base or Fraction(1, 1000), glued)
        spans[index].add(packet)
        if own.packets > limits.video_frames:
            raise TooLarge(
                f"The video has more than {limits.video_frames} frames. Send a shorter one.", code="too_many_frames"
            )
        if total > limits.video_packets:
            raise TooLarge("The video has too many parts. Export it again and send that.", code="too_many_packets")
        if index == video.index:
            each(packet)
    shown = own.seconds()
    if shown is None:
        raise corrupt("no packet of the video stream")
    if own.packets < video.frames:
        raise truncated(f"{own.packets} of {video.frames} frames")
    lasting = [seconds for span in spans.values() if (seconds := span.seconds()) is not None]
    duration_s = max(end for _, end in lasting) - min(begin for begin, _ in lasting)
    timing = Timing(own.packets, duration_s, own.rate(), heard=len(spans) > 1)
    _check(timing, limits)
    _check_weight(sum(span.size_bytes for span in spans.values()), timing, limits)
    return timing


def _packets(container: InputContainer, video: VideoStream) -> Iterator[Packet[Any]]:
    """Yield the packets of the picture and of its sound; the empty ones at the end only tell decoders to finish.

    Further tracks are left out: phones add slide shows and measurements that say nothing about the length.
    """
    sound = containers.sound(container)
    for packet in container.demux([video] if sound is None else [video, sound]):
        if packet.size:
            yield packet


def _check(timing: Timing, limits: Limits) -> None:
    if timing.duration_s > limits.video_duration_s:
        raise TooLarge(
            f"The video is {timing.duration_s / 3600:.1f} hours long; at most {limits.video_duration_s / 3600:.0f} "
            "are accepted. Send a shorter one.",
            code="too_long",
        )
    if timing.frame_rate is not None and timing.frame_rate > limits.video_frame_rate and timing.frames > 1:
        raise TooLarge(
            f"The video has {timing.frame_rate:.0f} frames a second; at most {limits.video_frame_rate:.0f} are "
            "accepted. Export it with fewer.",
            code="frame_rate_too_high",
        )


def _check_weight(size_bytes: int, timing: Timing, limits: Limits) -> None:
    """A single picture takes no time that it could be measured by."""
    if timing.frames > 1 and size_bytes * 8 > limits.video_bits_s * timing.duration_s:
        raise TooLarge(
            f"The video has more than {limits.video_bits_s / 1e6:,.0f} megabits a second. Export it with fewer.",
            code="bit_rate_too_high",
        )
