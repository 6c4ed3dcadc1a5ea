"""Proves a video by decoding: the beginning in full, a long video by samples, and picks the frame for its poster."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from av.container import InputContainer
from av.error import FFmpegError
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from workers.media.limits import Limits
from workers.media.probe.container import Colours, check_size
from workers.media.structure.header import corrupt

_FRAMES_IN_FULL = 300
"""A clip of up to so many frames is decoded from end to end."""
_SAMPLES = (0.25, 0.5, 0.75, 0.98)
"""Places of a longer video, as fractions of its duration, where decoding is tried again."""
_PACKETS_A_SAMPLE = 250
_MOST_FAILURES = 0.1
"""Share of packets that may fail: recordings begin and end in the middle of something."""

_CANDIDATES = 8
_CANDIDATE_EVERY_S = 0.4
_CLEARLY_BETTER = 1.25
"""An earlier frame is kept unless a later one scores so much higher."""
_TINY = (64, 36)


@dataclass
class Proof:
    """Feed it the packets of one video stream; it decodes as many as it may and remembers the best frame."""

    stream: VideoStream
    limits: Limits
    frames: int = 0
    failures: int = 0
    fed: int = 0
    best: VideoFrame | None = None
    first: VideoFrame | None = None
    _score: float = -1.0
    _candidates: int = 0
    _next_s: float = float("-inf")
    _deadline: float = field(default=0.0)

    def __post_init__(self) -> None:
        self._colours = Colours.of(self.stream)
        self._deadline = time.monotonic() + self.limits.decode_s
        large = self.stream.codec_context.width * self.stream.codec_context.height > 3840 * 2160
        self.stream.thread_type = "SLICE" if large else "AUTO"  # threads by frame multiply the memory
        self.stream.codec_context.thread_count = 2

    @property
    def in_full(self) -> bool:
        """Whether every packet so far was decoded."""
        return self.fed <= _FRAMES_IN_FULL and time.monotonic() < self._deadline

    def feed(self, packet: Packet[Any] | None) -> None:
        """Decode a packet of the beginning; None at the end drains the decoder."""
        self.fed += 1
        if self.in_full:
            self._decode(packet)

    def finish(self, container: InputContainer, duration_s: float) -> None:
        """Drain, try the samples of a longer video, and judge; raises `Damaged` (`corrupt`)."""
        if self.in_full:
            self._decode(None)
        else:
            for place in _SAMPLES:
                self._sample(container, place * duration_s)
        tried = min(self.fed, _FRAMES_IN_FULL) + len(_SAMPLES)
        if self.best is None or self.failures > max(2.0, _MOST_FAILURES * tried):
            raise corrupt(f"{self.frames} frames decoded, {self.failures} failures")

    def _sample(self, container: InputContainer, moment_s: float) -> None:
        """Decode one frame near a moment; a file in which one cannot jump loses nothing."""
        base = self.stream.time_base
        if base is None or time.monotonic() > self._deadline:
            return
        start = self.stream.start_time or 0
        try:
            container.seek(start + int(moment_s / base), stream=self.stream)
        except FFmpegError:
            return
        before = self.frames
        for number, packet in enumerate(container.demux(self.stream)):
            self._decode(packet)
            if self.frames > before or number > _PACKETS_A_SAMPLE:
                break
        if self.frames == before:
            self.failures += 1

    def _decode(self, packet: Packet[Any] | None) -> None:
        try:
            found = self.stream.codec_context.decode(packet)
        except FFmpegError:
            self.failures += 1
            return
        for frame in found:
            check_size(frame.width, frame.height, self.limits)
            self.frames += 1
            self.failures += bool(frame.is_corrupt)
            self._consider(self._colours.name(frame))

    def _consider(self, frame: VideoFrame) -> None:
        self.first = self.first or frame
        moment = frame.time if frame.time is not None else 0.0
        if self._candidates >= _CANDIDATES or moment < self._next_s:
            return
        if (frame.width, frame.height) != (self.first.width, self.first.height):
            return  # of a recording whose size changes on the way: facts tell that of its first picture
        self._candidates += 1
        self._next_s = moment + _CANDIDATE_EVERY_S
        score = _interest(frame)
        if score > self._score * _CLEARLY_BETTER or self.best is None:
            self.best, self._score = frame, score


def _interest(frame: VideoFrame) -> float:
    """How much there is to see: the spread of the brightness, little for what is nearly black or white."""
    tiny = frame.reformat(width=_TINY[0], height=_TINY[1], format="gray").to_ndarray().astype(np.float32)
    mean = float(tiny.mean())
    return float(tiny.std()) * (1.0 if 24 < mean < 232 else 0.3)
