"""The records of a still picture that is taken from a clip."""

from __future__ import annotations

from dataclasses import dataclass

from workers.media.records import Record


@dataclass(frozen=True)
class PlayButton(Record):
    """A disc with a triangle, drawn on the finished picture. Lengths are pixels of it, `x` and `y` its middle."""

    x: int
    y: int
    size: int
    """Of the disc."""
    colour: str = "#ffffff"
    """Of the triangle and the ring."""
    disc: str = "#000000"
    opacity: float = 0.7
    """Of the disc, 0..1: what lies beneath shows through the rest."""


@dataclass(frozen=True)
class Still(Record):
    """A picture of a normalised clip that stands for the whole."""

    frame: int
    """Of the clip, from 0."""
    button: PlayButton | None = None
    clip_version: int = 1
    """Of the normalised clip, whose pixels these are."""
