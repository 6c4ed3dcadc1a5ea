"""What a composition works with: its clips, what somebody said, a canvas, and letters that fit on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from workers.media.composition.shapes import Value

WIDEST_LOSS = 0.35
"""Of a picture that may be cut away to fill a canvas; where more would go it is shown whole, before a blurred copy."""


@dataclass(frozen=True)
class Stage:
    """Handed to `compose`. Lengths are pixels of the canvas, times seconds."""

    clips: Sequence[Any]
    """Clips of MoviePy (`VideoFileClip`): upright, constant rate, SDR; `clip.audio` is None for silent ones."""
    names: Sequence[str]
    """Who made each clip, such as `@ana`; empty where nobody is known."""
    values: Mapping[str, Value]
    """By parameter."""
    size: tuple[int, int]
    """Width and height of the canvas: even numbers."""
    rate: float
    """Frames a second of what comes out."""

    def text(self, name: str) -> str:
        """Return what was said of a parameter that is a text, a colour or a choice."""
        return str(self.values[name])

    def number(self, name: str) -> float:
        """Return what was said of a parameter that is a number or seconds."""
        return float(self.values[name])

    def lines(self, name: str) -> list[str]:
        """Return the lines of a text, one for each clip; those that were not given are empty."""
        given = [line.strip() for line in self.text(name).split("\n")]
        return (given + [""] * len(self.clips))[: len(self.clips)]

    @property
    def unit(self) -> float:
        """A hundredth of the canvas' shorter side: what sizes are counted in, so that they suit each shape."""
        return min(self.size) / 100

    def fitted(self, clip: Any, size: tuple[int, int] | None = None) -> Any:
        """Return the clip on a canvas of `size` (default: the whole one), filled where little of it is lost by that."""
        from workers.media.composition.drawing import fitted

        return fitted(clip, size or self.size, WIDEST_LOSS)

    def card(self, colour: str, duration: float, size: tuple[int, int] | None = None) -> Any:
        """Return a plain colour that is shown for some seconds."""
        from workers.media.composition.drawing import card

        return card(size or self.size, colour, duration)

    def letters(self, words: str, *, height: float, width: float, colour: str = "#ffffff", bold: bool = True) -> Any:
        """Return words as a picture, in lines of at most `width` pixels and letters of `height`, smaller if need be.

        Raises `PlanImpossible` where the font is missing or the words do not fit.
        """
        from workers.media.composition.drawing import letters

        return letters(words, (round(height), round(width)), colour, bold=bold)

    def plate(self, words: str, *, height: float, width: float, colours: tuple[str, str]) -> Any:
        """Return words on a rounded plate; `colours` are those of the plate and the words.

        Raises as `letters`.
        """
        from workers.media.composition.drawing import plate

        return plate(words, (round(height), round(width)), colours)

    def readable_on(self, colour: str) -> str:
        """Return black or white: whichever is read better on a colour."""
        from workers.media.composition.drawing import readable_on

        return readable_on(colour)
