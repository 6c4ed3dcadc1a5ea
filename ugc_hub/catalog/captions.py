"""What is said in a caption track: SubRip (no standard; as players read it) or WebVTT (https://www.w3.org/TR/webvtt1/)."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from workers.media.video.cues import MARK

_TIME = r"(?:\d+:)?\d{1,2}:\d{2}[.,]\d{3}"
_TIMING = re.compile(rf"[ \t]*{_TIME}[ \t]*-->[ \t]*{_TIME}(?:[ \t].*)?")


def is_track(text: str) -> bool:
    """Tell whether a text is a caption track and not what somebody has written down."""
    return any(_TIMING.fullmatch(line) for line in text.splitlines())


def spoken(track: str) -> str:
    """Return the words of a caption track, a line for each of its lines; one that is shown again at once counts once.

    Numbers, times, notes, styles and marks are left out.
    """
    lines: list[str] = []
    for line in _payload(track):
        words = " ".join(html.unescape(MARK.sub("", line)).split())
        if words and lines[-1:] != [words]:
            lines.append(words)
    return "\n".join(lines)


def _payload(track: str) -> Iterator[str]:
    """The lines between a timing and the next blank line."""
    within = False
    for line in track.splitlines():
        if _TIMING.fullmatch(line):
            within = True
        elif not line.strip():
            within = False
        elif within:
            yield line
