"""What a version was made of, as far as it has to be known to tell what was left out."""

from __future__ import annotations

from dataclasses import dataclass

from workers.media.records import Record


@dataclass(frozen=True)
class Whole(Record):
    """The whole clip. Lengths are pixels, durations seconds."""

    width: int
    height: int
    frames: int
    seconds: float
    sound: bool = False
    """Whether anything is heard."""
