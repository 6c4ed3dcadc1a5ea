"""Cut-downs last exactly as long as asked, show what is worth seeing, and tear no word."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ugc_hub.framing.cutting import LENGTHS_S, at_most, exact, propose, spans
from ugc_hub.framing.following import Part
from workers.media.shapes import Point
from workers.media.video.shapes import Clip, Cue, Loudness, Seen, Span, SpokenCue

FACE = ((0.4, 0.3, 0.1, 0.1),)


def clip(seconds: float = 20, rate: tuple[int, int] = (30, 1), **changes: object) -> Clip:
    seen = tuple(Seen(index / 4) for index in range(int(seconds * 4)))
    made = Clip(1920, 1080, int(seconds * rate[0] / rate[1]), rate, has_sound=True, seen=seen)
    return replace(made, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize("seconds", LENGTHS_S)
@pytest.mark.parametrize("rate", [(30, 1), (30000, 1001), (24000, 1001), (25, 1), (60, 1)])
def test_lengths_are_exact_to_the_picture_and_never_longer(seconds: int, rate: tuple[int, int]) -> None:
    (found,) = propose(clip(40, rate), seconds, most=1)
    lasts = Fraction(found.part.frames * rate[1], rate[0])
    assert seconds - Fraction(rate[1], rate[0]) < lasts <= seconds


def test_the_part_with_faces_is_proposed() -> None:
    seen = tuple(Seen(index / 4, FACE if 9 <= index / 4 < 16 else ()) for index in range(80))
    best = propose(clip(seen=seen), 6)[0]
    start = best.part.first / 30
    assert 9 <= start <= 10.25
    assert "faces" in best.reasons


def test_silence_is_avoided_and_the_beginning_lies_after_it() -> None:
    quiet = clip(silences=(Span(0, 4), Span(12, 20)))
    best = propose(quiet, 6)[0]
    assert 4 <= best.part.first / 30 <= 6.2
    assert {"sound", "begins_after_silence"} <= set(best.reasons)


def test_cuts_of_scenes_are_where_parts_begin_and_end() -> None:
    best = propose(
        clip(cuts=(7.0, 13.0), seen=tuple(Seen(i / 4, FACE if 7 <= i / 4 < 13 else ()) for i in range(80))), 6
    )[0]
    assert best.part == Part(210, 180)
    assert {"begins_at_cut", "ends_at_cut"} <= set(best.reasons)


def test_what_is_loud_is_proposed_and_not_what_is_hardly_heard() -> None:
    seen = tuple(Seen(at, loud_lufs=-14.0 if 11 <= at < 17 else -38.0) for at in (index / 4 for index in range(80)))
    best = propose(clip(seen=seen, loudness=Loudness(-16.0, 5.0, -1.0)), 6)[0]
    assert best.part.first / 30 == pytest.approx(11.0, abs=0.26)
    assert "sound" in best.reasons


def test_what_is_said_is_proposed_and_not_the_music_before_it() -> None:
    """Where captions say when somebody speaks; without sound nobody hears it."""
    words = tuple(Span(start / 2, start / 2 + 0.4) for start in range(22, 34))
    best = propose(clip(), 6, words=words)[0]
    assert best.part.first / 30 == pytest.approx(11.0, abs=0.26)
    assert "speech" in best.reasons
    assert "speech" not in propose(clip(has_sound=False), 6, words=words)[0].reasons
    assert propose(clip(), 6)[0].part.first == 0


def test_no_part_tears_a_word() -> None:
    words = tuple(Span(start, start + 1.9) for start in range(0, 20, 2))
    found = propose(clip(), 10, words=words)
    assert found
    for one in found:
        for edge in (one.part.first / 30, (one.part.first + one.part.frames) / 30):
            assert not any(word.start_s + 0.02 < edge < word.end_s - 0.02 for word in words)
    assert exact(clip(), 10, 1.0, words=words) is None
    assert propose(clip(), 6, words=(Span(0, 20),)) == ()


def test_a_part_is_found_that_fits_between_short_pauses_alone() -> None:
    """It may begin from 1.05 to 1.15 s, for its end has to lie in the pause that begins 6 s later."""
    words = (Span(0.0, 1.05), Span(1.2, 7.0), Span(7.15, 20.0))
    (found,) = propose(clip(), 6, words=words)
    assert 1.03 <= found.part.first / 30 <= 1.17


def test_what_is_too_short_gives_nothing_exact_and_all_of_it_at_most() -> None:
    short = clip(4)
    assert propose(short, 6) == ()
    assert exact(short, 6, 0) is None
    assert at_most(short, 6) == Part(0, 120)
    long = at_most(clip(20), 6)
    assert long is not None
    assert long.frames == 180


def test_proposals_differ() -> None:
    found = propose(clip(40), 10)
    assert len(found) == 3
    firsts = sorted(one.part.first for one in found)
    assert all(later - earlier > 150 for earlier, later in pairwise(firsts))


SPANS = st.lists(st.tuples(st.floats(0, 19), st.floats(0.05, 4)), max_size=8)


@given(SPANS, SPANS, st.floats(0.5, 25))
def test_whatever_is_proposed_lies_in_the_clip_and_tears_nothing(
    quiet: list[tuple[float, float]], said: list[tuple[float, float]], seconds: float
) -> None:
    words = tuple(Span(start, start + lasts) for start, lasts in said)
    made = clip(silences=tuple(Span(start, start + lasts) for start, lasts in quiet))
    for one in propose(made, seconds, words=words):
        assert one.part.first >= 0
        assert one.part.first + one.part.frames <= made.frames
        assert one.part == exact(made, seconds, one.part.first / 30, words=words)


@given(
    words=st.lists(st.tuples(st.integers(0, 99), st.integers(1, 20)), max_size=12),
    first=st.integers(0, 90),
    frames=st.integers(1, 60),
)
def test_a_part_begins_and_ends_outside_of_words_however_they_lie(
    words: list[tuple[int, int]], first: int, frames: int
) -> None:
    short = Clip(640, 360, 100, (10, 1))
    said = [Span(start / 10, (start + lasts) / 10) for start, lasts in words]
    edges = {first, first + frames}
    torn = any(start < edge < start + lasts for start, lasts in words for edge in edges)
    found = exact(short, frames / 10, first / 10, words=said)
    assert (found is not None) == (first + frames <= 100 and not torn)


def test_words_are_kept_whole_where_their_times_are_known_and_captions_elsewhere() -> None:
    words = (Span(1.0, 1.4), Span(1.5, 2.0))
    cues = [SpokenCue(1.0, 2.0, "Come in", words), Cue(3.0, 4.0, "Good night")]
    assert spans(cues) == [*words, Span(3.0, 4.0)]


def test_captions_that_roll_are_cut_where_the_next_one_begins() -> None:
    rolling = [Cue(start, start + 4.0, f"Row {start}") for start in range(0, 178, 2)]
    words = spans(rolling)
    assert words[:2] == [Span(0, 2), Span(2, 4)]
    assert words[-1] == Span(176, 180.0)
    long = clip(180)
    for seconds in (6, 10, 20, 30, 60):
        assert propose(long, seconds, words=words, most=1)
    assert exact(long, 6, 10, words=words) == Part(300, 180)
    assert exact(long, 6, 11, words=words) is None


def test_a_caption_is_not_ended_by_what_is_shown_within_it_or_beside_it() -> None:
    within = [Cue(0.0, 9.0, "A song"), Cue(2.0, 4.0, "One"), Cue(4.0, 5.0, "Two"), Cue(8.0, 12.0, "Next")]
    assert spans(within) == [Span(0.0, 8.0), Span(2.0, 4.0), Span(4.0, 5.0), Span(8.0, 12.0)]
    beside = [Cue(0.0, 3.0, "Left"), Cue(0.0, 4.0, "Right"), Cue(3.5, 4.0, "Left again")]
    assert sorted(spans(beside), key=lambda span: span.end_s)[0] == Span(0.0, 3.0)
    assert Span(0.0, 3.5) in spans(beside)


LIVELY = Point(0.5, 0.5)
STRETCHES = tuple[tuple[float, float], ...]


def seen(faces: STRETCHES = (), motion: STRETCHES = (), amount: float = 0.05) -> tuple[Seen, ...]:
    """Looks of 20 seconds with faces and with motion in some stretches."""

    def within(at_s: float, stretches: STRETCHES) -> bool:
        return any(start <= at_s < end for start, end in stretches)

    return tuple(
        Seen(
            at,
            FACE if within(at, faces) else (),
            LIVELY if within(at, motion) else None,
            amount if within(at, motion) else 0.0,
        )
        for at in (index / 4 for index in range(80))
    )


@pytest.mark.parametrize(
    ("made", "start_s"),
    [
        # Nothing speaks for any other: the beginning was chosen by whoever made the video.
        (clip(), 0.0),
        (clip(seen=seen(motion=((8.0, 20.0),), amount=0.003)), 0.0),
        # One thing speaks for a part, and nothing else does.
        (clip(seen=seen(faces=((11.0, 17.0),))), 11.0),
        (clip(seen=seen(motion=((11.0, 17.0),))), 11.0),
        (clip(cuts=(11.0, 17.0)), 11.0),
        # Both begin after a silence, and the first has silence within.
        (clip(silences=(Span(0.0, 1.0), Span(3.0, 6.0))), 6.0),
        # Faces count more than motion, motion more than sound, sound more than a clean beginning.
        (clip(seen=seen(motion=((0.0, 6.0),), faces=((11.0, 17.0),))), 11.0),
        (clip(seen=seen(motion=((11.0, 17.0),)), cuts=(6.0, 11.0, 17.0), silences=(Span(9.0, 20.0),)), 11.0),
        (clip(cuts=(7.0, 13.0), silences=(Span(6.9, 13.0),)), 0.0),
        # But motion and sound together more than faces in silence, and the shaking of a camera no more than motion.
        (clip(seen=seen(motion=((0.0, 6.0),), faces=((11.0, 17.0),)), silences=(Span(6.0, 20.0),)), 0.0),
        (clip(seen=seen(motion=((0.0, 6.0),))[:24] + seen(motion=((6.0, 20.0),), amount=0.5)[24:]), 0.0),
    ],
    ids=[
        "the beginning",
        "the beginning in spite of a little motion",
        "faces",
        "motion",
        "scene cuts",
        "silence avoided",
        "faces over motion",
        "motion over sound",
        "sound over scene cuts",
        "motion and sound over faces",
        "a shaken camera",
    ],
)
def test_each_weight_decides_which_part_is_proposed(made: Clip, start_s: float) -> None:
    assert propose(made, 6)[0].part.first / 30 == pytest.approx(start_s, abs=0.26)
