"""Tells the type of a sound file by its first bytes; light enough for whoever only takes files in."""

from __future__ import annotations

from dataclasses import dataclass

from workers.media.errors import Damaged, Unsupported

ENOUGH_BYTES = 12
"""Of the beginning of a file, to tell its type."""


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


def kind_of(head: bytes) -> Kind:
    """Return the type of the sound file that begins with `head`, at least its first 12 bytes.

    Raises `Damaged` (`empty`) for no bytes, `Unsupported` (`unsupported_sound`) for what is none of the types.
    """
    if not head:
        raise Damaged("The file is empty. Send it again; the upload may have been cut.", code="empty")
    found = _kind(head)
    if found is None:
        words = f"This is no sound file that the hub takes. Send music as {ACCEPTED}."
        raise Unsupported(words, code="unsupported_sound", detail=head[:ENOUGH_BYTES].hex(" "))
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
