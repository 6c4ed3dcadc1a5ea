"""Reads the captions that lie in an original beside its pictures, in the child process that normalises it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from av.stream import Disposition

from workers.media.errors import MediaError
from workers.media.probe import container as containers
from workers.media.shapes import MediaFacts
from workers.media.video import cues, tool
from workers.media.video.shapes import Cue
from workers.media.video.tracks import UNREADABLE, Embedded

CODECS = frozenset({"ass", "mov_text", "srt", "ssa", "subrip", "text", "webvtt"})
"""Captions in words; those that are pictures cannot be read."""
MOST_TRACKS = 20
MOST_BYTES = 400_000
"""Of one track: some twelve hours of talk."""
MOST_IN_ALL = 1_500_000
_FORCED, _DEFAULT = Disposition.forced, Disposition.default
_NOTHING = "-->"
_SCRIPTS = frozenset({"ass", "ssa"})
_LINE = re.compile(r"Dialogue:[^,]*,(\d+):(\d\d):(\d\d)\.(\d\d),(\d+):(\d\d):(\d\d)\.(\d\d),(?:[^,]*,){6}(.*)")
_DRAWING = re.compile(r"\{[^{}]*\\p[1-9][^{}]*\}.*?(?=\{[^{}]*\\p0|$)")
"""Shapes are drawn by letters and numbers that nobody reads: `{\\p1}m 0 0 l 9 0 9 9{\\p0}`."""
_MARK = re.compile(r"\{[^{}]*\}")
"""How words look, or a remark of who wrote the script."""


@dataclass(frozen=True)
class _Stream:
    """Captions in words, as the file has them."""

    index: int
    language: str
    script: bool
    """Whether it is Advanced SubStation, whose shapes and remarks are no words."""

    @property
    def name(self) -> str:
        return f"captions-{self.index}.{'ass' if self.script else 'srt'}"


def read(source: Path, facts: MediaFacts, workdir: Path) -> tuple[tuple[Embedded, ...], tuple[str, ...]]:
    """Return the tracks of captions of an original that was measured before, and the codes of what is wrong with them.

    Those that players show by themselves come first; last come those that hold only what has to be shown in any
    language, such as signs. Times count from the beginning of the video. What is broken in them never keeps a video
    from being used.
    """
    try:
        found = _streams(source, facts)
        if not found:
            return (), ()
        words = tool.opening(source, containers.DEMUXERS[facts.format], containers.CODECS | CODECS)
        for one in found:
            form = "ass" if one.script else "srt"
            words += ["-map", f"0:{one.index}", "-c:s", form, "-fs", str(MOST_BYTES), "-f", form, one.name]
        tool.run(words, workdir / "captions.log")
    except MediaError:
        return (), (UNREADABLE,)
    tracks, size = [], 0
    for one in found:
        text = (workdir / one.name).read_bytes().decode("utf-8", "replace").replace("\x00", "")
        text = cues.srt(dict.fromkeys(_said(text))) if one.script else text
        size += len(text.encode())
        if _NOTHING in text and size <= MOST_IN_ALL:
            tracks.append(Embedded(one.language, text))
    return tuple(tracks), ()


def _said(script: str) -> Iterator[Cue]:
    """Yield what a script of Advanced SubStation lets people read."""
    for line in _LINE.finditer(script):
        times = [int(part) for part in line.groups()[:8]]
        start, end = (((h * 60 + m) * 60 + s) + hundredths / 100 for h, m, s, hundredths in (times[:4], times[4:]))
        text = _MARK.sub("", _DRAWING.sub("", line[9])).replace("\\N", "\n").replace("\\n", "\n").replace("\\h", " ")
        if text.strip():
            yield Cue(start, end, text.strip())


def _streams(source: Path, facts: MediaFacts) -> list[_Stream]:
    """Return the streams of captions in words, in the order in which they count."""
    with containers.opened(source, facts.format) as container:
        found = [
            stream
            for stream in container.streams.subtitles
            if stream.codec_context is not None and stream.codec_context.name in CODECS
        ]
        found.sort(key=lambda stream: (_FORCED in stream.disposition, _DEFAULT not in stream.disposition))
        return [
            _Stream(one.index, str(one.language or "")[:35], one.codec_context.name in _SCRIPTS)
            for one in found[:MOST_TRACKS]
        ]
