"""The documented limits of the media engine: what one file and one child process may cost."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

from workers.media.records import Record

MIB = 1024 * 1024
MAX_PIXELS = 64_000_000
"""Pixels of one still picture: a 51-megapixel phone photo is ordinary, 64 is the first size that is not."""


@dataclass(frozen=True)
class Limits(Record):
    """What one original may contain and what measuring or rendering it may cost.

    The first group bounds the child process and is enforced by the kernel and by the parent's clock; the
    others bound the content and are checked on headers and timestamps before anything is decoded.
    """

    memory_bytes: int = 2048 * MIB
    """Address space of a child (RLIMIT_AS). Decoding and deriving from 64 megapixels stays below it."""
    cpu_s: int = 240
    """Processor seconds of a child (RLIMIT_CPU)."""
    wall_s: float = 180.0
    """Seconds by the parent's clock until a child and everything it started is killed."""
    file_bytes: int = 2048 * MIB
    """Largest file a child may write (RLIMIT_FSIZE)."""
    open_files: int = 128
    """Open descriptors of a child (RLIMIT_NOFILE)."""
    load_s: float = 30.0
    """Seconds that importing one plug-in may take."""
    response_bytes: int = 4 * MIB
    """Largest answer the parent reads from a child."""
    idle_s: float = 60.0
    """Seconds without work after which the process that keeps the libraries loaded ends itself."""

    pixels: int = MAX_PIXELS
    """Width x height of a still picture or of one frame of an animation."""
    animation_frames: int = 2_000
    animation_pixels: int = 2_000_000_000
    """Frames x canvas of an animation."""
    jpeg_scans: int = 100
    """Scans of a progressive JPEG; encoders write about ten, a thousand is an attack on processor time."""
    metadata_bytes: int = 16 * MIB
    """Sum of the metadata segments of a picture (a colour profile, Exif, XMP), as stored and as inflated."""

    video_pixels: int = 8192 * 4320
    """Width x height of a video frame: 8K."""
    video_side: int = 8192
    video_duration_s: float = 3 * 3600.0
    video_frames: int = 1_000_000
    video_packets: int = 4_000_000
    video_frame_rate: float = 480.0
    """Average frames a second; phones record slow motion at up to 240, some at 480."""
    video_bits_s: float = 5e9
    """Average bits a second of picture and sound: the heaviest that editing programs export (4:4:4:4 in 4K) has four
    thousand million."""
    streams: int = 32
    decode_s: float = 20.0
    """Seconds of decoding that are spent to prove a video; a clip that takes longer is proved by samples."""

    def for_videos(self) -> Self:
        """Return the same with the time, memory and disk that encoding takes; the content is bounded as before."""
        return replace(
            self,
            memory_bytes=2 * self.memory_bytes,
            cpu_s=30 * self.cpu_s,
            wall_s=20 * self.wall_s,
            file_bytes=4 * self.file_bytes,
        )
