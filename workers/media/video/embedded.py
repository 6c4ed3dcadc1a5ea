"""Reads the captions that lie in an original beside its pictures, in the child process that normalises it."""

from __future__ import annotations

from pathlib import Path

from workers.media.errors import MediaError
from workers.media.probe import container as containers
from workers.media.shapes import MediaFacts
from workers.media.video import tool
from workers.media.video.tracks import Embedded

CODECS = frozenset({"ass", "mov_text", "srt", "ssa", "subrip", "text", "webvtt"})
"""Captions in words; those that are pictures cannot be read."""
MOST_TRACKS = 20
MOST_BYTES = 400_000
"""Of one track: some twelve hours of talk."""
MOST_IN_ALL = 1_500_000
_NOTHING = "-->"


def read(source: Path, facts: MediaFacts, workdir: Path) -> tuple[tuple[Embedded, ...], tuple[str, ...]]:
    """Return the tracks of captions of an original that was measured before, and what could not be read, in words.

    Times count from the beginning of the video. What is broken in them never keeps a video from being used.
    """
    try:
        found = _streams(source, facts)
        if not found:
            return (), ()
        names = [f"captions-{index}.srt" for index, _ in found]
        words = tool.opening(source, containers.DEMUXERS[facts.format], containers.CODECS | CODECS)
        for (index, _), name in zip(found, names, strict=True):
            words += ["-map", f"0:{index}", "-c:s", "srt", "-fs", str(MOST_BYTES), "-f", "srt", name]
        tool.run(words, workdir / "captions.log")
    except MediaError as error:
        return (), (f"The captions in the file cannot be read ({error.code}).",)
    tracks, size = [], 0
    for (_, language), name in zip(found, names, strict=True):
        text = (workdir / name).read_bytes().decode("utf-8", "replace").replace("\x00", "")
        size += len(text.encode())
        if _NOTHING in text and size <= MOST_IN_ALL:
            tracks.append(Embedded(language, text))
    return tuple(tracks), ()


def _streams(source: Path, facts: MediaFacts) -> list[tuple[int, str]]:
    """Return number and language of the streams of captions in words."""
    with containers.opened(source, facts.format) as container:
        return [
            (stream.index, str(stream.language or "")[:35])
            for stream in container.streams.subtitles
            if stream.codec_context is not None and stream.codec_context.name in CODECS
        ][:MOST_TRACKS]
