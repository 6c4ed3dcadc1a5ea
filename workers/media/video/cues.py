"""Caption tracks: read, checked, cut to a part, written as SubRip and WebVTT.

SubRip has no standard and is read as players read it; WebVTT: https://www.w3.org/TR/webvtt1/. What can be read: 42
signs in each of two lines, for 5/6 to 7 seconds (Netflix, Timed Text Style Guide), about 20 signs a second (the BBC).
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from workers.media.breaking import in_parts
from workers.media.records import Record
from workers.media.video.shapes import Cue

LINE, LINES, FASTEST = 42, 2, 20.0
"""Signs of a line, lines of a cue, signs a second."""
SHORTEST_S, LONGEST_S = 5 / 6, 7.0
MOST_CUES, MOST_SIGNS = 20_000, 2_000_000
LONGEST_CUE = 2000
"""Signs of one cue."""
LATEST_S = 360_000
"""No cue begins or ends later: a hundred hours."""

_TIME = re.compile(r"(?:(\d{1,4}):)?(\d{1,2}):(\d{2})[.,](\d{3})")
_TIMING = re.compile(rf"[ \t]*({_TIME.pattern})[ \t]*-->[ \t]*({_TIME.pattern})(?:[ \t].*)?")
MARK = re.compile(r"</?(?:[A-Za-z][^<>]{0,199}|\d[\d:.]{4,15})>|\{\\[^{}]{0,200}\}")
"""How a word looks or who says it: `<i>`, `<v Ana>`, `<00:00:01.500>`, and `{\\an8}` of SubRip; no `<3`."""
UNSEEN = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
"""Signs that no database keeps, or that would be commands to a terminal."""


@dataclass(frozen=True)
class Fault(Record):
    """What makes a cue hard to read, or wrong; `cue` counts from 0."""

    cue: int
    code: str
    """`overlaps`, `ends_before_it_begins`, `after_the_end`, `too_fast`, `too_short`, `too_long`, `line_too_long`,
    `too_many_lines` or `empty`."""
    sentence: str


class Unreadable(ValueError):
    """A text is no caption track; `line` counts from 1, and the message says what to do."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


def read(track: str) -> tuple[Cue, ...]:
    """Return the cues of a SubRip or WebVTT track in the order of their beginnings; marks of style are left out.

    Raises `Unreadable` for a text without a single timing, a timing that cannot be read, or more than 20,000 cues.
    """
    if len(track) > MOST_SIGNS:
        raise Unreadable(f"The captions are longer than {MOST_SIGNS:,} signs. Split the video and its captions.", 1)
    cues = list(_cues(track.lstrip("\ufeff").replace("\r\r\n", "\n").splitlines()))
    if not cues:
        raise Unreadable("There are no times in it. Send captions as SubRip (.srt) or WebVTT (.vtt).", 1)
    if len(cues) > MOST_CUES:
        raise Unreadable(f"There are more than {MOST_CUES:,} captions. Split the video and its captions.", 1)
    return tuple(sorted(cues, key=lambda cue: (cue.start_s, cue.end_s)))


def _cues(lines: Sequence[str]) -> Iterator[Cue]:
    at = 0
    while at < len(lines):
        line, at = lines[at], at + 1
        if "-->" not in line or line.startswith("NOTE"):
            continue
        found = _TIMING.fullmatch(line)
        if found is None:
            raise Unreadable(f"Line {at} is no time such as 00:00:01,500 --> 00:00:03,000.", at)
        said, first = [], at
        while at < len(lines) and lines[at].strip() and "-->" not in lines[at]:
            said.append(_plain(lines[at]))
            at += 1
        if said and said[-1].isdecimal() and at < len(lines) and "-->" in lines[at]:
            said.pop()  # the number of the next cue, where the blank line before it is missing
        yield _cue(found, "\n".join(one for one in said if one), first)


def _cue(timing: re.Match[str], text: str, line: int) -> Cue:
    start, end = _seconds(timing[1]), _seconds(timing[6])
    if max(start, end) >= LATEST_S:
        raise Unreadable(f"Line {line} is later than any video. Times are hours, minutes and seconds.", line)
    if len(text) > LONGEST_CUE:
        raise Unreadable(f"The caption of line {line} is longer than {LONGEST_CUE:,} signs. Split it.", line)
    return Cue(start, end, text)


def _plain(line: str) -> str:
    return " ".join(UNSEEN.sub("", html.unescape(MARK.sub("", line))).split())


def _seconds(text: str) -> float:
    hours, minutes, seconds, thousandths = _TIME.fullmatch(text).groups()  # type: ignore[union-attr]
    return ((int(hours or 0) * 60 + int(minutes)) * 60_000 + int(seconds) * 1000 + int(thousandths)) / 1000


def faults(cues: Sequence[Cue], duration_s: float | None = None) -> tuple[Fault, ...]:
    """Return what is wrong with cues, those of the first cue first; `duration_s` is the length of the clip."""
    found = [Fault(index, code, words) for index, cue in enumerate(cues) for code, words in _wrong(cue, duration_s)]
    shown_until = accumulate((cue.end_s for cue in cues), max)
    for index, (until_s, cue) in enumerate(zip(shown_until, cues[1:], strict=False), start=1):
        if cue.start_s < until_s - 1e-6:
            by = min(until_s, cue.end_s) - cue.start_s
            found.append(Fault(index, "overlaps", f"It begins {by:.2f} s before one before it ends."))
    return tuple(sorted(found, key=lambda fault: fault.cue))


def _wrong(cue: Cue, duration_s: float | None) -> Iterator[tuple[str, str]]:
    lasts, lines = cue.end_s - cue.start_s, cue.text.split("\n")
    signs = sum(map(len, lines))
    if not cue.text:
        yield "empty", "It says nothing."
    if lasts <= 0:
        yield "ends_before_it_begins", "It ends before it begins."
        return
    if duration_s is not None and cue.end_s > duration_s + 0.05:
        yield "after_the_end", f"It ends at {cue.end_s:.2f} s, after the video ({duration_s:.2f} s)."
    if signs / lasts > FASTEST:
        yield "too_fast", f"{signs / lasts:.0f} signs a second are too fast to read; at most {FASTEST:.0f}."
    if lasts < SHORTEST_S:
        yield "too_short", f"It is shown for {lasts:.2f} s; at least {SHORTEST_S:.2f}."
    if lasts > LONGEST_S:
        yield "too_long", f"It is shown for {lasts:.1f} s; at most {LONGEST_S:.0f}."
    if len(lines) > LINES:
        yield "too_many_lines", f"It has {len(lines)} lines; at most {LINES}."
    if max(map(len, lines)) > LINE:
        yield "line_too_long", f"A line has {max(map(len, lines))} signs; at most {LINE}."


def wrapped(text: str, line: int = LINE) -> str:
    """Return a text in lines of at most so many signs, as even as they go; a longer word stays whole.

    What has no blanks between words is broken where `breaking.in_parts` says.
    """
    parts = in_parts(text)
    signs = len("".join(parts))
    count = max(1, -(-signs // line))
    while True:
        lines = _filled(parts, max(line if count == 1 else 1, -(-signs // count)), line)
        if len(lines) <= count or len(lines) == len(parts):
            return "\n".join(lines)
        count += 1


def _filled(pieces: Sequence[str], aim: int, most: int) -> list[str]:
    """Fill lines until they reach `aim`; none passes `most` unless one piece does."""
    lines: list[str] = []
    for piece in pieces:
        if lines and len(lines[-1]) < aim and len(lines[-1]) + len(piece) <= most:
            lines[-1] += piece
        else:
            lines.append(piece.lstrip())
    return lines


def srt(cues: Iterable[Cue]) -> str:
    """Write cues as SubRip."""
    parts = (
        f"{number}\n{_stamp(cue.start_s, ',')} --> {_stamp(cue.end_s, ',')}\n{_safe(cue.text)}\n"
        for number, cue in enumerate(cues, start=1)
    )
    return "\n".join(parts)


def vtt(cues: Iterable[Cue]) -> str:
    """Write cues as WebVTT."""
    parts = (
        f"{_stamp(cue.start_s, '.')} --> {_stamp(cue.end_s, '.')}\n{html.escape(_safe(cue.text), quote=False)}\n"
        for cue in cues
    )
    return "\n".join(["WEBVTT\n", *parts])


def _safe(text: str) -> str:
    """A blank line would end the cue, and an arrow would begin another."""
    return "\n".join(line.replace("-->", "->") for line in text.split("\n") if line.strip())


def _stamp(seconds: float, point: str) -> str:
    thousandths = round(seconds * 1000)
    whole, rest = divmod(thousandths, 1000)
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}{point}{rest:03}"
