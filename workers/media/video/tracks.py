"""The record of captions that lie in a video file."""

from __future__ import annotations

from dataclasses import dataclass

from workers.media.records import Record

UNREADABLE = "captions_unreadable"
"""The code of what is told of a video whose captions cannot be read."""


@dataclass(frozen=True)
class Embedded(Record):
    """One track of captions of an original, as SubRip."""

    language: str
    """As the file names it, such as `eng`; empty where it does not."""
    track: str
