"""Which part of a clip becomes a cut-down: exact lengths, begun and ended where nothing is torn apart."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from ugc_hub.framing.following import Part
from workers.media.video.shapes import Clip, Cue, Seen, Span, SpokenCue

LENGTHS_S = (6, 10, 15, 20, 30)
"""What placements ask for."""
_EVERY_S = 0.25
_FACE, _MOTION, _SOUND, _SPEECH, _BASE = 0.45, 0.25, 0.2, 0.2, 0.1
"""What a moment with faces, with motion, with sound and with speech is worth, beside what every moment is worth. When
somebody speaks captions say; where there are none, it counts nowhere."""
_FAINT_LU = 20.0
"""So much quieter than the clip as a whole, sound is worth nothing."""
_LIVELY = 0.05
"""Motion that counts in full; more, such as a shaken camera, counts no more."""
_CLEAN = 0.08
"""What a beginning at a cut or after a silence is worth, and an end before one."""
_NEAR_S = 0.12
_EARLY = 0.04
"""What the very beginning of a clip is worth more than its end: the first words were chosen by whoever made it."""


@dataclass(frozen=True)
class Proposal:
    """One part that could be shown, the better the higher its score (0..about 1.4), and why, as stable words."""

    part: Part
    score: float
    reasons: tuple[str, ...]
    """Of `faces`, `motion`, `sound`, `speech`, `begins_at_cut`, `begins_after_silence`, `ends_at_cut`,
    `ends_before_silence`."""


def spans(cues: Iterable[Cue]) -> list[Span]:
    """Return what must not be torn, in order: the words of cues where their times are known, else the whole cue.

    Captions that roll stay while the next one is already there; each ends with it here, or nothing could be cut.
    """
    found: list[Span] = []
    later: list[Cue] = []
    for cue in sorted(cues, key=lambda cue: (cue.start_s, -cue.end_s), reverse=True):
        # What is shown within a cue does not end it: the cue is there before and after.
        while later and (later[-1].end_s < cue.end_s or later[-1].start_s == cue.start_s):
            later.pop()
        end = min(cue.end_s, later[-1].start_s) if later else cue.end_s
        words = cue.words if isinstance(cue, SpokenCue) else ()
        found += reversed(words or (Span(cue.start_s, end),))
        later.append(cue)
    return found[::-1]


def exact(clip: Clip, seconds: float, start_s: float, *, words: Sequence[Span] = ()) -> Part | None:
    """Return the part of exactly so many seconds (to the picture) that begins at an instant.

    None where the clip does not last so long, or where the part would begin or end inside a word.
    """
    part = Part(round(start_s * clip.frame_rate), _pictures(clip, seconds))
    return part if _fits(clip, part) and not _Whole(clip, words).tears(part) else None


def propose(clip: Clip, seconds: float, *, words: Sequence[Span] = (), most: int = 3) -> tuple[Proposal, ...]:
    """Return the best parts of exactly so many seconds, the best first, that share less than half with each other.

    `words` are the spans of words or captions: none begins or ends within one. Nothing where the clip is too short or
    every part would tear a word.
    """
    value, whole, frames = _Values(clip, words), _Whole(clip, words), _pictures(clip, seconds)
    parts = (Part(first, frames) for first in _starts(clip, frames, words))
    found = [_judged(clip, part, value) for part in parts if _fits(clip, part) and not whole.tears(part)]
    found.sort(key=lambda one: (-one.score, one.part.first))
    kept: list[Proposal] = []
    for one in found:
        if all(_shared(one.part, other.part) < one.part.frames / 2 for other in kept):
            kept.append(one)
        if len(kept) == most:
            break
    return tuple(kept)


def at_most(clip: Clip, seconds: float, *, words: Sequence[Span] = ()) -> Part | None:
    """Return the whole clip where it lasts no longer; else the best part; None where every part would tear a word."""
    if clip.frames <= _pictures(clip, seconds):
        return Part(0, clip.frames)
    best = propose(clip, seconds, words=words, most=1)
    return best[0].part if best else None


def _pictures(clip: Clip, seconds: float) -> int:
    """Rounded down: an exact length that a placement forbids to pass is never passed."""
    return int(seconds * clip.frame_rate + 1e-6)


def _fits(clip: Clip, part: Part) -> bool:
    return part.frames >= 1 and part.first >= 0 and part.first + part.frames <= clip.frames


class _Whole:
    """What must not be torn, with half a picture of play at its ends, so that an edge costs one look-up."""

    def __init__(self, clip: Clip, words: Iterable[Span]) -> None:
        half = 0.5 / clip.frame_rate
        self._rate = clip.frame_rate
        self._starts: list[float] = []
        self._ends: list[float] = []
        for word in sorted(words, key=lambda word: word.start_s):
            start, end = word.start_s + half, word.end_s - half
            if self._ends and start < self._ends[-1]:
                self._ends[-1] = max(self._ends[-1], end)
            elif start < end:
                self._starts.append(start)
                self._ends.append(end)

    def tears(self, part: Part) -> bool:
        """Tell whether a part begins or ends inside."""
        return any(self._holds(picture / self._rate) for picture in (part.first, part.first + part.frames))

    def _holds(self, at: float) -> bool:
        before = bisect_left(self._starts, at) - 1
        return before >= 0 and at < self._ends[before]


def _starts(clip: Clip, frames: int, words: Sequence[Span]) -> list[int]:
    """Pictures that a part may begin with: evenly spread, where something begins, or so that it ends with something."""
    rate, last = clip.frame_rate, clip.frames - frames
    instants = [index * _EVERY_S for index in range(int(clip.duration_s / _EVERY_S) + 1)]
    # Both ends of every word: where pauses are short, the only part that fits may begin or end at either.
    words_s = [at for word in words for at in (word.start_s, word.end_s)]
    begins = [*instants, *clip.cuts, *(span.end_s for span in clip.silences), *words_s]
    ends = [clip.duration_s, *clip.cuts, *(span.start_s for span in clip.silences), *words_s]
    pictures = {round(at * rate) for at in begins} | {round(at * rate) - frames for at in ends}
    return sorted(picture for picture in pictures if 0 <= picture <= last)


class _Values:
    """What the looks of a clip are worth, added up, so that a part costs two look-ups."""

    def __init__(self, clip: Clip, words: Sequence[Span]) -> None:
        every = clip.seen[1].at_s - clip.seen[0].at_s if len(clip.seen) > 1 else _EVERY_S
        self._every = every
        looks = clip.seen
        said = _said(looks, words, every) if clip.has_sound else [False] * len(looks)
        self._faces = self._sums(1.0 if look.faces else 0.0 for look in looks)
        self._motion = self._sums(min(1.0, look.amount / _LIVELY) for look in looks)
        self._sound = self._sums(_heard(look, clip) for look in looks)
        self._speech = self._sums(map(float, said))

    @staticmethod
    def _sums(values: Iterable[float]) -> list[float]:
        return list(accumulate(values, initial=0.0))

    def of(self, start_s: float, end_s: float) -> tuple[float, float, float, float]:
        """Return the shares of a part, 0..1, with faces, motion, sound and speech."""
        first = min(len(self._faces) - 1, int(start_s / self._every))
        last = min(len(self._faces) - 1, max(first + 1, int(end_s / self._every)))
        count = max(1, last - first)
        kinds = (self._faces, self._motion, self._sound, self._speech)
        faces, motion, sound, speech = ((sums[last] - sums[first]) / count for sums in kinds)
        return faces, motion, sound, speech


def _said(looks: Sequence[Seen], words: Iterable[Span], every_s: float) -> list[bool]:
    """Tell of each look whether somebody speaks until the next one, as far as captions tell."""
    ordered = sorted(words, key=lambda word: word.start_s)
    starts = [word.start_s for word in ordered]
    ends = list(accumulate((word.end_s for word in ordered), max, initial=0.0))
    return [ends[bisect_left(starts, look.at_s + every_s)] > look.at_s for look in looks]


def _heard(look: Seen, clip: Clip) -> float:
    """What the sound of a look is worth, 0..1: nothing in silence, and all where it is as loud as the clip is."""
    if not clip.has_sound or any(span.start_s <= look.at_s < span.end_s for span in clip.silences):
        return 0.0
    whole = clip.loudness.integrated_lufs if clip.loudness is not None else None
    if look.loud_lufs is None or whole is None:
        return 1.0
    return min(1.0, max(0.0, 1 + (look.loud_lufs - whole) / _FAINT_LU))


def _judged(clip: Clip, part: Part, value: _Values) -> Proposal:
    start, end = part.first / clip.frame_rate, (part.first + part.frames) / clip.frame_rate
    faces, motion, sound, speech = value.of(start, end)
    shares = (("faces", faces, 0.5), ("motion", motion, 0.5), ("sound", sound, 0.7), ("speech", speech, 0.5))
    reasons = [name for name, share, least in shares if share >= least]
    clean = {
        "begins_at_cut": start < _NEAR_S or _near(start, clip.cuts),
        "begins_after_silence": _near(start, (span.end_s for span in clip.silences)),
        "ends_at_cut": end > clip.duration_s - _NEAR_S or _near(end, clip.cuts),
        "ends_before_silence": _near(end, (span.start_s for span in clip.silences)),
    }
    reasons += [name for name, holds in clean.items() if holds]
    begins, ends = any(list(clean.values())[:2]), any(list(clean.values())[2:])
    score = _BASE + _FACE * faces + _MOTION * motion + _SOUND * sound + _SPEECH * speech + _CLEAN * (begins + ends)
    score += _EARLY * (1 - start / max(clip.duration_s, 1e-9))
    return Proposal(part, round(score, 4), tuple(reasons))


def _near(at: float, places: Iterable[float]) -> bool:
    return any(abs(at - place) <= _NEAR_S for place in places)


def _shared(one: Part, other: Part) -> int:
    return max(0, min(one.first + one.frames, other.first + other.frames) - max(one.first, other.first))
