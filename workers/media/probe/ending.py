"""Tells a whole last picture from a cut one, where the container cannot.

The last group of pictures is decoded once more by a decoder that forgives nothing. Some codings leave nothing to
complain of where they are cut: bits that a decoder needs are bits that it reads, so this is done with different
bytes behind the last picture. Where all of it is there, what follows is never read and the pixels agree; where it is
cut, they become picture.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, cast

import numpy as np
from av.codec.context import CodecContext
from av.error import FFmpegError
from av.packet import Packet
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from workers.media.structure.header import truncated

_FILLERS = (b"", b"\x55" * 2048, b"\xa9" * 2048)
"""Without start codes, and beginning differently, so that no code reads all of them alike."""
_STRICT = {"mpeg1video", "mpeg2video"}
"""Decoders that themselves complain of a slice that ends too early or too late; filler would only confuse them."""
_MOST_PACKETS = 600
_MOST_BYTES = 64 << 20


@dataclass
class Ending:
    """Feed it the packets of one video stream; it keeps those since the latest key frame."""

    stream: VideoStream
    kept: list[Packet[Any]] = field(default_factory=list)
    _bytes: int = 0
    _from_key: bool = False

    def feed(self, packet: Packet[Any]) -> None:
        """Remember a packet; a stream without key frames is remembered in part."""
        if packet.is_keyframe or len(self.kept) >= _MOST_PACKETS or self._bytes > _MOST_BYTES:
            self.kept, self._bytes, self._from_key = [], 0, packet.is_keyframe
        self.kept.append(packet)
        self._bytes += packet.size

    def check(self) -> None:
        """Refuse a stream whose last picture is cut; raises `Damaged` (`truncated`)."""
        if not self._from_key:
            return
        data = [bytes(packet) for packet in self.kept]
        strict = self.stream.codec_context.codec.canonical_name in _STRICT
        first: np.ndarray[Any, Any] | None = None
        for filler in _FILLERS[:1] if strict else _FILLERS:
            frame = self._last([*data[:-1], data[-1] + filler])
            if frame.is_corrupt:
                raise truncated("the decoder had to make up for a part of the last picture")
            pixels = frame.to_ndarray()
            if first is not None and not np.array_equal(first, pixels):
                raise truncated("the last picture is cut")
            first = pixels

    def _last(self, data: list[bytes]) -> VideoFrame:
        """Decode pictures and return the one that was coded last."""
        context = cast(VideoCodecContext, CodecContext.create(self.stream.codec_context.codec.name, "r"))
        context.options = {"err_detect": "explode"}
        context.thread_count = 1  # complaints come with the packet that they are about
        found: list[VideoFrame] = []
        for number, content in enumerate(data):
            packet = Packet(content)
            packet.pts = packet.dts = number
            try:
                found = context.decode(packet)
            except FFmpegError as error:
                if number == len(data) - 1:
                    raise truncated(f"the last picture cannot be decoded: {error}") from error
        found += context.decode(None)  # earlier answers cannot hold the picture of the last packet
        # Two packets may bring the fields of one picture, which then carries the number of the first.
        if not found or max(frame.pts or 0 for frame in found) < len(data) - 2:
            raise truncated("the last picture has no pixels")
        return max(found, key=lambda frame: frame.pts or 0)
