"""What of the captions of a clip is shown in a part of it: the words that are said there, for as long as they are read.

A part begins and ends between words where their times are known, and between captions elsewhere; but captions of
another language than that the part was chosen by, and those of a part that was chosen first, may be torn.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from workers.media.video.cues import FASTEST, SHORTEST_S
from workers.media.video.shapes import Cue, Span, SpokenCue


@dataclass(frozen=True)
class _Torn:
    """What is left of a caption, in times of the clip."""

    cue: Cue
    before: bool
    """Whether it began before the part."""
    after: bool
    """Whether it ends after the part."""
    heard: bool
    """Whether the text is known to be what is said in the part."""
    whole_s: float
    """How long the caption was shown."""

    @property
    def least_s(self) -> float:
        """How long it takes to be read; what was not torn keeps the time that it was given."""
        if not (self.before or self.after):
            return 0.0
        signs = len(self.cue.text.replace("\n", ""))
        return min(self.whole_s, max(SHORTEST_S, signs / FASTEST))

    @property
    def lasts_s(self) -> float:
        return self.cue.end_s - self.cue.start_s


def cut(cues: Iterable[Cue], part: Span) -> tuple[Cue, ...]:
    """Return what of the cues is shown in a part, with times that count from its beginning.

    Of a cue that is torn only the words inside are shown where their times are known (as many as the text has words);
    else its whole text. What would be shown for less than it takes to be read is shown for longer where nothing else is
    said beside it. Where that is not possible, or less than half of the cue lies inside, a cue of which nobody knows
    which of its words are said in the part is left out.
    """
    left = [torn for cue in cues if cue.end_s > part.start_s and cue.start_s < part.end_s for torn in _torn(cue, part)]
    shown: list[Cue] = []
    for number, one in enumerate(left):
        taken = max((cue.end_s for cue in shown), default=part.start_s)
        free = Span(taken, min((other.cue.start_s for other in left[number + 1 :]), default=part.end_s))
        shown += [Cue(start, end, one.cue.text) for start, end in _readable(one, free)]
    return tuple(
        Cue(round(cue.start_s - part.start_s, 3), round(cue.end_s - part.start_s, 3), cue.text) for cue in shown
    )


def _torn(cue: Cue, part: Span) -> Iterator[_Torn]:
    """Yield what is left of a cue; nothing where its words are all said elsewhere."""
    before, after = cue.start_s < part.start_s, cue.end_s > part.end_s
    words = cue.words if isinstance(cue, SpokenCue) else ()
    known = len(words) == len(cue.text.split())
    text = _inside(cue.text, words, part) if known and (before or after) else cue.text
    if text:
        shown = Cue(max(cue.start_s, part.start_s), min(cue.end_s, part.end_s), text)
        yield _Torn(shown, before, after, known, cue.end_s - cue.start_s)


def _inside(text: str, words: Sequence[Span], part: Span) -> str:
    """Return the words of a text that are said in a part, in the lines that they stood in."""
    spans = iter(words)
    lines = ([word for word in line.split() if _said(next(spans), part)] for line in text.split("\n"))
    return "\n".join(" ".join(line) for line in lines if line)


def _said(word: Span, part: Span) -> bool:
    """By its middle: a part may begin half a picture inside a word."""
    return part.start_s <= (word.start_s + word.end_s) / 2 < part.end_s


def _readable(one: _Torn, free: Span) -> Iterator[tuple[float, float]]:
    """Yield from when until when a cue is shown, within what others leave free; nothing where it could not be read."""
    start, end, least = one.cue.start_s, one.cue.end_s, one.least_s
    if one.lasts_s >= least:
        yield start, end
        return
    if not one.heard and one.lasts_s < one.whole_s / 2:
        return
    if one.before:
        end = max(end, min(start + least, free.end_s))
    if one.after:
        start = min(start, max(end - least, free.start_s))
    if one.heard or end - start >= least - 1e-6:
        yield start, end
