"""What a platform's buttons hide of a film is told from the faces and the way of the window, with for how long."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ugc_hub.framing import Choice, FilmChoice, of_clip
from ugc_hub.framing.records import AnyFraming
from ugc_hub.presets import catalogue
from workers.media.shapes import Point
from workers.media.video.shapes import Aim, Clip, Seen, Span

REELS = catalogue().get("meta.reels.video.9x16")
"""14 per cent above, 35 below and 6 on each side belong to the platform."""
BARE = catalogue().get("tiktok.infeed.video.9x16")


def clip(*faces: tuple[float, float], width: int = 1080, seconds: float = 8, **changes: object) -> Clip:
    """A clip with the middle of one small face for each quarter of a second; the last stays."""
    places = [faces[min(index, len(faces) - 1)] for index in range(int(seconds * 4))]
    seen = tuple(Seen(index / 4, ((x - 0.03, y - 0.03, 0.06, 0.06),)) for index, (x, y) in enumerate(places))
    return replace(Clip(width, 1920, int(seconds * 30), (30, 1), seen=seen), **changes)  # type: ignore[arg-type]


def times(framed: AnyFraming) -> list[Span]:
    return [span for region in framed.covered for span in region.times]


def said(framed: AnyFraming) -> list[str]:
    return [reason.sentence for reason in framed.reasons if reason.code.startswith("covered")]


FREE, BELOW = (0.5, 0.4), (0.5, 0.8)


def test_a_face_beneath_the_buttons_is_told_with_for_how_long_and_when() -> None:
    framed = of_clip(clip(*[FREE] * 8, *[BELOW] * 10, FREE), REELS)
    assert times(framed) == [Span(2.0, 4.5)]
    assert said(framed) == [
        "A face lies for 2.5 s (from 2.0 to 4.5 s) where the platform draws its buttons and captions. "
        "Move the focal point or choose contain."
    ]
    assert framed.covered[0].faces == (0,)
    assert framed.covered[0].share == pytest.approx(0.55, abs=0.01)


def test_it_is_silent_where_faces_are_seen_or_the_platform_tells_nothing() -> None:
    free = of_clip(clip(FREE), REELS)
    assert (times(free), said(free), free.covered[0].faces) == ([], [], ())
    assert of_clip(clip(BELOW), BARE).covered == ()


def test_only_the_part_that_is_shown_counts_and_several_times_are_added_up() -> None:
    made = clip(*[BELOW] * 8, *[FREE] * 4, *[BELOW] * 4, FREE)
    framed = of_clip(made, REELS, FilmChoice(start_s=1.0, seconds=6.0))
    assert times(framed) == [Span(1.0, 2.0), Span(3.0, 4.0)]
    assert said(framed)[0].startswith("A face lies for 2.0 s in all (first from 1.0 to 2.0 s) where")


def test_the_way_of_the_window_decides_and_not_where_the_face_is_in_the_clip() -> None:
    """The right edge of a wide picture: under the strip at the side, until the window looks there."""
    wide = clip((0.63, 0.4), width=1920)
    assert said(of_clip(wide, REELS)) == []
    aside = FilmChoice(path=(Aim(0.0, 0.4, 0.5), Aim(3.0, 0.63, 0.5, jump=True)))
    assert times(of_clip(wide, REELS, aside)) == [Span(0.0, 3.0)]
    # The times of a path are rounded; what is seen at a jump is seen by the window after it.
    later = replace(aside, start_s=1 / 3, seconds=6.0)
    assert times(of_clip(wide, REELS, later)) == [Span(0.333, 3.0)]


def test_what_was_seen_counts_no_longer_than_its_scene() -> None:
    made = clip(*[FREE] * 4, BELOW, cuts=(1.1,), seconds=4)
    gone = replace(made, seen=made.seen[:5])
    assert times(of_clip(gone, REELS)) == [Span(1.0, 1.1)]


def test_several_faces_are_counted_and_a_chosen_focal_point_is_told_as_of_stills() -> None:
    two = ((0.3, 0.8, 0.06, 0.06), (0.6, 0.8, 0.06, 0.06))
    framed = of_clip(replace(clip(FREE), seen=(Seen(0.0, two),)), REELS)
    assert said(framed)[0].startswith("2 faces lie for 8.0 s (from 0.0 to 8.0 s) where")
    chosen = of_clip(clip(FREE), REELS, FilmChoice(Choice(focal_point=Point(0.5, 0.9))))
    assert said(chosen) == [
        "The focal point lies where the platform draws its buttons and captions. Move it, or choose contain."
    ]
