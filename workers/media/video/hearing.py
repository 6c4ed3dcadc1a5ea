"""Measures a piece of music that a stranger sent: type by its first bytes, limits, proof by decoding, loudness.

Runs in the child process of `sandbox`; call it anywhere else only with files that you made yourself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from workers.media.errors import Damaged, MediaError, TooLarge, Unsupported
from workers.media.records import Record
from workers.media.video import tool

MOST_S = 20 * 60.0
"""Longest piece of music, in seconds."""
LEAST_S = 0.4
"""Shortest: loudness is measured over so long (ITU-R BS.1770)."""
_ENOUGH_BYTES = 12
_QUIETEST = -69.9
"""LUFS at and below which nothing is heard: the absolute gate stands at -70."""
_MISSING = 0.05
"""Share of the length that a file states which may be missing at its end; more of it was cut off on its way."""
_STATED = re.compile(r"Duration: (\d+):(\d\d):(\d\d\.\d+)")
_SAID = re.compile(r"time=(\d+):(\d\d):(\d\d\.\d+)")
_STREAMED = 0xFFFFFF00
"""A WAV whose writer did not know its length states about so many bytes."""
_GUESSED = "Estimating duration from bitrate"
_UNREADABLE = ("Error opening input", "matches no streams")


@dataclass(frozen=True)
class Kind:
    """A type of sound file: its media type, the demuxer that reads it and the decoders that may."""

    media_type: str
    extension: str
    demuxer: str
    codecs: tuple[str, ...]


MP3 = Kind("audio/mpeg", ".mp3", "mp3", ("mp3", "mp3float"))
AAC = Kind("audio/aac", ".aac", "aac", ("aac",))
M4A = Kind("audio/mp4", ".m4a", "mov", ("aac", "alac"))
WAV = Kind("audio/wav", ".wav", "wav", ("pcm_u8", "pcm_s16le", "pcm_s24le", "pcm_s32le", "pcm_f32le"))
FLAC = Kind("audio/flac", ".flac", "flac", ("flac",))
OGG = Kind("audio/ogg", ".ogg", "ogg", ("vorbis", "opus", "libopus", "flac"))
ACCEPTED = "MP3, AAC (M4A), WAV, FLAC and Ogg"
_BRANDS = frozenset({b"M4A ", b"M4B ", b"mp42", b"mp41", b"isom", b"iso2", b"iso6", b"dash"})


@dataclass(frozen=True)
class Heard(Record):
    """What was measured of a piece of music: seconds, LUFS and dBTP."""

    media_type: str
    seconds: float
    loudness_lufs: float
    true_peak_dbtp: float | None


def kind_of(head: bytes) -> Kind:
    """Return the type of the sound file that begins with `head`, at least its first 12 bytes.

    Raises `Damaged` (`empty`) for no bytes, `Unsupported` (`unsupported_sound`) for what is none of the types.
    """
    if not head:
        raise Damaged("The file is empty. Send it again; the upload may have been cut.", code="empty")
    found = _kind(head)
    if found is None:
        words = f"This is no sound file that the hub takes. Send music as {ACCEPTED}."
        raise Unsupported(words, code="unsupported_sound", detail=head[:_ENOUGH_BYTES].hex(" "))
    return found


def _kind(head: bytes) -> Kind | None:
    if head.startswith(b"fLaC"):
        return FLAC
    if head.startswith(b"OggS"):
        return OGG
    if head[:4] in (b"RIFF", b"RF64") and head[8:12] == b"WAVE":
        return WAV
    if head[4:8] == b"ftyp" and head[8:12] in _BRANDS:
        return M4A
    if head.startswith(b"ID3"):
        return MP3
    # MPEG audio begins with eleven bits set (ISO/IEC 11172-3); of these two layer bits, none is layer III, all is AAC.
    if len(head) > 1 and head[0] == 0xFF and head[1] & 0xE0 == 0xE0:
        return {0b01: MP3, 0b00: AAC}.get(head[1] >> 1 & 0b11)
    return None


def hear(path: Path, workdir: Path) -> Heard:
    """Decode the piece of music at `path` to its end, or to the first second that is too many, and measure it.

    Raises `Unsupported` (`unsupported_sound`), `Damaged` (`corrupt`, `no_sound`, `too_short`), `TooLarge`
    (`too_long`, and those of `tool.run`), `ChildFailed`.
    """
    from workers.media.video import survey

    with path.open("rb") as file:
        head = file.read(_ENOUGH_BYTES)
    kind = kind_of(head)
    if head[:4] == b"RIFF" and path.stat().st_size < int.from_bytes(head[4:8], "little") < _STREAMED:
        raise _cut_off()
    words = [*tool.opening(path, kind.demuxer, kind.codecs), "-t", f"{MOST_S + 1:g}", "-map", "0:a:0", "-vn"]
    words += ["-af", "ebur128=peak=true:framelog=quiet", "-f", "null", "-"]
    try:
        said = tool.run(words, workdir / "hear.log")
    except MediaError as error:
        raise _in_words(error) from error
    seconds = _judged(said)
    found = survey.loudness(said)
    if found.integrated_lufs is None or found.integrated_lufs <= _QUIETEST:
        raise Damaged("Nothing is heard in this file. Send one with sound.", code="no_sound")
    return Heard(kind.media_type, round(seconds, 3), found.integrated_lufs, found.true_peak_dbtp)


def _judged(said: str) -> float:
    """Return how long was decoded; what is too long, too short or cut off is refused."""
    seconds = _seconds(_SAID, said)
    if seconds > MOST_S:
        words = f"The music lasts more than {MOST_S / 60:.0f} minutes. Send the part that is used."
        raise TooLarge(words, code="too_long")
    if _GUESSED not in said and seconds < (1 - _MISSING) * _seconds(_STATED, said) - LEAST_S:
        raise _cut_off()
    if seconds < LEAST_S:
        raise Damaged("The music is too short to be heard. Send a longer piece.", code="too_short")
    return seconds


def _cut_off() -> Damaged:
    return Damaged("The end of the music is missing; the upload may have been cut. Send it again.", code="corrupt")


def _in_words(error: MediaError) -> MediaError:
    """Say of music what the tool says of videos."""
    if error.retry and not any(words in error.detail for words in _UNREADABLE):
        return error
    if "matches no streams" in error.detail:
        return Damaged("There is no sound in this file. Send one with sound.", code="no_sound", detail=error.detail)
    if isinstance(error, TooLarge):
        words = "The music takes more to read than one file may. Send a shorter or simpler export of it."
        return TooLarge(words, code=error.code, detail=error.detail)
    words = f"The music is damaged, or coded in a way that the hub does not take. Export it again as {ACCEPTED}."
    return Damaged(words, code="corrupt", detail=error.detail)


def _seconds(pattern: re.Pattern[str], said: str) -> float:
    times = pattern.findall(said)
    if not times:
        return 0.0
    hours, minutes, seconds = times[-1]
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds)
