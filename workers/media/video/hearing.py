"""Measures a piece of music that a stranger sent: type by its first bytes, limits, proof by decoding, loudness.

Runs in the child process of `sandbox`; call it anywhere else only with files that you made yourself.
"""

from __future__ import annotations

import re
from pathlib import Path

from workers.media.errors import Damaged, MediaError, TooLarge
from workers.media.video import pages, survey, tool
from workers.media.video.shapes import Heard
from workers.media.video.tunes import ACCEPTED, ENOUGH_BYTES, OGG, kind_of

MOST_S = 20 * 60.0
"""Longest piece of music, in seconds."""
LEAST_S = 0.4
"""Shortest: loudness is measured over so long (ITU-R BS.1770)."""
_QUIETEST = -69.9
"""LUFS at and below which nothing is heard: the absolute gate stands at -70."""
_MISSING = 0.05
"""Share of the length that a file states which may be missing at its end; more of it was cut off on its way."""
_STATED = re.compile(r"Duration: (\d+):(\d\d):(\d\d\.\d+)")
_SAID = re.compile(r"time=(\d+):(\d\d):(\d\d\.\d+)")
_STREAMED = 0xFFFFFF00
"""A WAV whose writer did not know its length states about so many bytes."""
_GUESSED = "Estimating duration from bitrate"
_UNREADABLE = ("Error opening input", "matches no streams", "not on whitelist")


def hear(path: Path, workdir: Path) -> Heard:
    """Decode the piece of music at `path` to its end, or to the first second that is too many, and measure it.

    Raises `Unsupported` (`unsupported_sound`), `Damaged` (`corrupt`, `no_sound`, `too_short`), `TooLarge`
    (`too_long`, and those of `tool.run`), `ChildFailed`.
    """

    with path.open("rb") as file:
        head = file.read(ENOUGH_BYTES)
    kind = kind_of(head)
    if head[:4] == b"RIFF" and path.stat().st_size < int.from_bytes(head[4:8], "little") < _STREAMED:
        raise _cut_off()
    if kind == OGG and not pages.complete(path):
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
