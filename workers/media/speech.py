"""The plug-in point for what is said in a video: whatever hears words in its sound.

A plug-in is named as `module:attribute`; the attribute is a `Recogniser`, or a class whose instances are. It runs in a
child process of its own for each video, under the limits of all work on videos, and gets plain sound, never a file of
a stranger. Its module is loaded before that process is locked up; the files that it needs besides are named to the hub.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Protocol

from workers.media.errors import MediaError
from workers.media.plugins import Refused, plugin
from workers.media.records import Record
from workers.media.video.cues import LINE, LINES, LONGEST_S, MOST_CUES, UNSEEN, wrapped
from workers.media.video.voice import Sound

__all__ = ["Asked", "Line", "Recogniser", "Sound", "Speech", "Word", "load", "title", "transcribe"]

MOST_SIGNS = 500
"""Of one line that comes without words; what comes with them is parted."""
MOST_WORDS = 100_000
_PAUSE_MS = 700
"""Silence after which another cue begins."""


@dataclass(frozen=True)
class Word(Record):
    """One word, from when to when it is heard: whole milliseconds from the beginning of the sound."""

    start_ms: int
    end_ms: int
    text: str


@dataclass(frozen=True)
class Line(Record):
    """Words that belong together, such as a sentence; `words` where the recogniser knows the time of each."""

    start_ms: int
    end_ms: int
    text: str
    words: tuple[Word, ...] = ()


@dataclass(frozen=True)
class Speech(Record):
    """What is said; `language` is a tag such as `en` or `pt-BR`, empty where the recogniser cannot tell."""

    language: str
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True)
class Asked:
    """What is known and wanted: `language` is a hint (a tag; empty where nobody knows)."""

    language: str = ""
    files: Path | None = None
    """The file or folder that the hub was told the recogniser works with, such as a model; else it can read none."""
    tell: Callable[[float], None] = lambda part: None
    """Hears how far the work is, 0..1."""


class Recogniser(Protocol):
    """Hears what is said. Whoever hears the same sound differently has another version."""

    name: str
    """A word without blanks or slashes, at most 60 letters."""
    version: int

    def transcribe(self, sound: Sound, asked: Asked) -> Speech:
        """Return what is said; no lines where nothing is.

        A `MediaError` is told to people in its own words; anything else as that the recogniser failed.
        """


def load(name: str) -> Recogniser:
    """Return the recogniser of a name.

    Raises: as `plugin`.
    """
    made: Recogniser = plugin(name)
    if not isinstance(made.version, int):
        raise ValueError("a recogniser has a whole number as its version")
    return made


def title(name: str, language: str = "") -> str:
    """Return who hears, and in which language, as it stands beside the captions: `recorded/1 en`."""
    made = load(name)
    return f"{made.name}/{made.version} {language}".strip()


def transcribe(name: str, sound: Sound, asked: Asked) -> Speech:
    """Return what a recogniser hears, in lines that can be shown as captions, none of which overlaps the next.

    Raises:
        MediaError: there is no such recogniser here (`no_recogniser`), it failed (`recogniser_failed`), or what it
            answers is of no use (`recogniser_answer`).
    """
    try:
        recogniser = load(name)
    except (Exception, SystemExit) as error:
        raise MediaError(_unloaded(name, error), code="no_recogniser", detail=repr(error)) from error
    try:
        found = recogniser.transcribe(sound, asked)
        lines = tuple(getattr(found, "lines", ()))  # what hears while it is asked for lines fails here
    except (MediaError, MemoryError):
        raise
    except (Exception, SystemExit) as error:
        words = f"The speech recogniser {recogniser.name} failed on this video. Write its captions by hand."
        raise MediaError(words, code="recogniser_failed", detail=repr(error)) from error
    try:
        return Speech(str(found.language)[:35], tuple(_shown(lines, sound.duration_ms)))
    except (ArithmeticError, AttributeError, TypeError, ValueError) as error:
        words = f"The speech recogniser {recogniser.name} answered with something that is no captions: {error}."
        raise MediaError(words, code="recogniser_answer") from error


def _unloaded(name: str, error: BaseException) -> str:
    if isinstance(error, Refused):
        return (
            f"The speech recogniser {error}, so nobody hears this video. Write its captions by hand; or have it load "
            "what is heavy at its first call, and start the workers again."
        )
    return f"The speech recogniser {name} cannot be loaded on this machine. ugc-hub doctor says why."


def _shown(lines: Iterable[Line], last_ms: int) -> Iterator[Line]:
    """Clean lines, in order, each ended where the next begins at the latest; those that begin at once become one."""
    clean = [part for line in lines for part in _parted(_clean(line, last_ms))]
    clean = sorted((line for line in clean if line.text and line.end_ms > line.start_ms), key=_begin)
    if len(clean) > MOST_CUES or sum(len(line.words) for line in clean) > MOST_WORDS:
        raise ValueError("more lines or words than a video has")
    clean = [_joined_lines(list(beginning)) for _, beginning in groupby(clean, key=lambda line: line.start_ms)]
    for line, begins_ms in zip(clean, [*(line.start_ms for line in clean[1:]), last_ms], strict=bool(clean)):
        yield replace(line, end_ms=min(line.end_ms, begins_ms))


def _joined_lines(lines: Sequence[Line]) -> Line:
    if len(lines) == 1:
        return lines[0]
    text = wrapped(" ".join(line.text for line in lines)[:MOST_SIGNS])
    words = sorted((word for line in lines for word in line.words), key=_begin)
    return Line(lines[0].start_ms, max(line.end_ms for line in lines), text, tuple(words))


def _clean(line: Line, last_ms: int) -> Line:
    words = tuple(
        sorted(
            (
                Word(start, end, text)
                for word in line.words
                if (text := _plain(word.text))
                for start, end in [_within(word.start_ms, word.end_ms, last_ms)]
                if end > start
            ),
            key=_begin,
        )
    )
    return Line(*_within(line.start_ms, line.end_ms, last_ms), _plain(line.text)[:MOST_SIGNS], words)


def _begin(one: Line | Word) -> tuple[int, int]:
    return one.start_ms, one.end_ms


def _within(start_ms: float, end_ms: float, last_ms: int) -> tuple[int, int]:
    return min(max(0, round(start_ms)), last_ms), min(max(0, round(end_ms)), last_ms)


def _plain(text: str) -> str:
    """What no database takes is left out; an accent is one sign with its letter."""
    known = UNSEEN.sub("", text.encode("utf-8", "ignore").decode())
    return " ".join(unicodedata.normalize("NFC", known).split())


def _parted(line: Line) -> Iterator[Line]:
    """Part a line with words, in two rows of what can be read, at its pauses and where it grows too long."""
    if not line.words:
        yield replace(line, text=wrapped(line.text) if line.text else "")
        return
    part: list[Word] = []
    for word in line.words:
        if part and not _fits(part, word):
            yield _joined(part)
            part = []
        part.append(word)
    yield _joined(part)


def _fits(part: Sequence[Word], word: Word) -> bool:
    text = " ".join(one.text for one in (*part, word))
    lasts_s, pause_ms = (word.end_ms - part[0].start_ms) / 1000, word.start_ms - part[-1].end_ms
    return lasts_s <= LONGEST_S and pause_ms < _PAUSE_MS and wrapped(text).count("\n") < LINES and len(text) < LINE * 2


def _joined(part: Sequence[Word]) -> Line:
    text = wrapped(" ".join(one.text for one in part))
    return Line(part[0].start_ms, max(one.end_ms for one in part), text, tuple(part))
