"""Opens a video so that ffmpeg's libraries see one open file, one demuxer and a short list of decoders."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, NoReturn, Self

import av
from av.audio.stream import AudioStream
from av.codec.context import Flags
from av.container import InputContainer
from av.error import FFmpegError
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from workers.media.errors import Damaged, MediaError, TooLarge, Unsupported
from workers.media.limits import Limits

# None makes ffmpeg's messages go nowhere. With any level, also PANIC, each message of a decoding thread waits for
# Python's lock, while Python may wait, holding it, for that very thread to end.
av.logging.set_level(None)

DEMUXERS = {
    **dict.fromkeys(("mp4", "mov", "m4v", "3gp"), "mov"),
    **dict.fromkeys(("webm", "mkv"), "matroska"),
    "avi": "avi",
    "mts": "mpegts",
}
VIDEO_CODECS = frozenset(
    "h264 hevc vp8 vp9 av1 libdav1d mpeg4 mpeg1video mpeg2video h263 mjpeg prores dvvideo msmpeg4 svq3".split()  # noqa: SIM905
)
"""What phones, cameras and editing programs write; everything else ffmpeg could decode stays untouched."""
_AUDIO_CODECS = frozenset(
    "aac mp3 mp3float mp2 opus libopus vorbis ac3 eac3 flac alac dca amrnb amrwb adpcm_ms adpcm_ima_qt adpcm_ima_wav "  # noqa: SIM905
    "pcm_bluray pcm_u8 pcm_s8 pcm_alaw pcm_mulaw pcm_s16le pcm_s16be pcm_s24le pcm_s24be pcm_s32le pcm_s32be "
    "pcm_f32le pcm_f32be pcm_f64le pcm_f64be".split()
)
CODECS = VIDEO_CODECS | _AUDIO_CODECS
_BUFFER_BYTES = 1 << 18
_UNNAMED = 2
"""Of colours: unspecified. 0 is reserved, and of a matrix RGB, which pictures say themselves."""
_DEFAULT = 0x1
"""AV_DISPOSITION_DEFAULT: what players play where there are several; MP4 calls it enabled."""
_ATTACHED_PICTURE = 0x400
"""AV_DISPOSITION_ATTACHED_PIC: cover art, not a video."""


@dataclass(frozen=True)
class Colours:
    """What a container says of the colours of a video, in the numbers of ITU-T H.273; read before anything is decoded.

    Decoders of HEVC forget it where the pictures themselves say nothing.
    """

    color_primaries: int
    color_trc: int
    colorspace: int

    @classmethod
    def of(cls, stream: VideoStream) -> Self:
        """Return what the container of a stream says."""
        context = stream.codec_context
        return cls(int(context.color_primaries), int(context.color_trc), int(context.colorspace))

    def name(self, frame: VideoFrame) -> VideoFrame:
        """Give a picture the names that it lacks, and return it."""
        for field in fields(self):
            told = getattr(self, field.name)
            if int(getattr(frame, field.name)) == _UNNAMED and told:
                setattr(frame, field.name, told)
        return frame


def _refuse(url: str, *_: object) -> NoReturn:
    raise PermissionError(f"a video may not open {url[:100]!r}")


@contextmanager
def demuxing() -> Iterator[None]:
    """Translate what ffmpeg's libraries raise into this engine's errors."""
    try:
        yield
    except MediaError:
        raise
    except MemoryError as error:
        raise TooLarge(
            "The video needs more memory than one file may use; send a smaller export of it.", code="too_much_memory"
        ) from error
    except (FFmpegError, OSError, ValueError, OverflowError, ArithmeticError) as error:
        raise Damaged(
            "The video is damaged and cannot be played. Export it again and send that.",
            code="corrupt",
            detail=f"{type(error).__name__}: {error}"[:500],
        ) from error


@contextmanager
def opened(path: Path, format: str) -> Iterator[InputContainer]:  # noqa: A002 - the word of `shapes`
    """Open a video with the demuxer of its type.

    The library gets an open file instead of a name: it can neither interpret the name nor open anything else.
    """
    options = {
        "protocol_whitelist": "none",
        "format_whitelist": DEMUXERS[format],
        "codec_whitelist": ",".join(sorted(CODECS)),
    }
    if DEMUXERS[format] == "mov":
        options |= {"enable_drefs": "0", "use_absolute_path": "0"}
    with path.open("rb") as file, demuxing():
        arguments: dict[str, Any] = {
            "format": DEMUXERS[format],
            "container_options": options,
            "metadata_errors": "replace",
            "buffer_size": _BUFFER_BYTES,
            "io_open": _refuse,
        }
        with av.open(file, "r", **arguments) as container:
            yield container


def pick(container: InputContainer, limits: Limits) -> tuple[VideoStream, int]:
    """Return the video that players show and how many there are; checks the number of streams and the size.

    Raises `Unsupported` (`no_video_stream`, `unsupported_codec`, `encrypted`) and `TooLarge`.
    """
    if len(container.streams) > limits.streams:
        raise TooLarge(
            f"The video has {len(container.streams)} tracks; at most {limits.streams} are accepted. "
            "Export it again with one picture and one sound track.",
            code="too_many_streams",
        )
    streams = [stream for stream in container.streams.video if not int(stream.disposition) & _ATTACHED_PICTURE]
    if not streams:
        what = "a cover picture" if container.streams.video else "no picture"
        raise Unsupported(
            f"The file has sound but {what} instead of a video. Send the video itself.", code="no_video_stream"
        )
    stream = min(streams, key=_unmarked)
    _check_codec(stream)
    stream.codec_context.flags |= Flags.unaligned  # else columns that are cut off on the left are shown in part
    check_size(stream.codec_context.width, stream.codec_context.height, limits)
    return stream, len(streams)


def sound(container: InputContainer) -> AudioStream | None:
    """Return the sound that players play, of those that are accepted; None where there is none at all.

    Raises `Unsupported` (`unsupported_codec`) where there is sound, and no track of it is accepted.
    """
    named = [stream.codec_context.codec.name if stream.codec_context else "" for stream in container.streams.audio]
    known = [one for one, name in zip(container.streams.audio, named, strict=True) if name in _AUDIO_CODECS]
    if named and not known:
        raise Unsupported(
            f"The sound is coded as {named[0] or 'unknown'}, which is not accepted. Export the video with AAC sound.",
            code="unsupported_codec",
        )
    return min(known, key=_unmarked, default=None)


def _unmarked(stream: VideoStream | AudioStream) -> bool:
    """Tell whether others go before: the first of those that are marked is played, else the first of all."""
    return not int(stream.disposition) & _DEFAULT


def _check_codec(stream: VideoStream) -> None:
    context = stream.codec_context
    if context is None or context.codec.name not in VIDEO_CODECS:
        named = context.codec.canonical_name if context is not None else "unknown"
        raise Unsupported(
            f"The video is coded as {named}, which is not accepted. Export it as H.264, H.265, VP9 or AV1.",
            code="unsupported_codec",
        )


def check_size(width: int, height: int, limits: Limits) -> None:
    """Refuse a video without a size, or one with more pixels than 8K."""
    if width < 1 or height < 1:
        raise Damaged(
            "The video does not say how large its picture is; it is damaged. Export it again and send that.",
            code="no_pixels",
        )
    if max(width, height) > limits.video_side or width * height > limits.video_pixels:
        raise TooLarge(
            f"The video has {width} x {height} pixels; at most 8K ({limits.video_side} x "
            f"{limits.video_pixels // limits.video_side}) is accepted. Send a smaller export of it.",
            code="too_many_pixels",
        )
