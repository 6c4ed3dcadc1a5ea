"""Animating: an animated picture begins with what it is about, moves for five seconds at most, and fits."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ugc_hub.framing import Choice
from ugc_hub.framing.animating import animation
from ugc_hub.framing.filming import FilmChoice
from ugc_hub.presets import Preset, catalogue
from ugc_hub.presets.records import Size
from workers.media.shapes import Point, Recipe
from workers.media.video.shapes import Aim, AnimationPlan, Bed, Clip, Seen

GIF = catalogue().get("email.animated.gif")
AD = catalogue().get("amazon.display.gif")
FACE = ((0.4, 0.3, 0.2, 0.3),)


def clip(looks: dict[float, Seen] | None = None, seconds: float = 20, **changes: Any) -> Clip:
    """A clip of dull looks, but for some instants."""
    seen = tuple((looks or {}).get(at / 4, Seen(at / 4, detail=0.01)) for at in range(int(seconds * 4)))
    return replace(Clip(1080, 1920, int(seconds * 30), (30, 1), seen=seen), **changes)


def planned(given: Clip, preset: Preset = GIF, choice: FilmChoice | None = None) -> AnimationPlan:
    answer = animation(given, preset, choice)
    assert answer.plan is not None, answer.reasons
    return answer.plan


def test_it_begins_with_the_picture_that_tells_most() -> None:
    face = clip({7.5: Seen(7.5, FACE, detail=0.05)})
    assert planned(face).first == 225
    moved = clip({3.0: Seen(3.0, FACE, amount=0.3, detail=0.005), 9.0: Seen(9.0, FACE, detail=0.05)})
    assert planned(moved).first == 270
    dark = clip({0.0: Seen(0.0, detail=0.0), 2.0: Seen(2.0, detail=0.06)})
    assert planned(dark).first == 60


def test_it_does_not_begin_just_before_another_scene_if_it_can_begin_elsewhere() -> None:
    good = {4.0: Seen(4.0, FACE, detail=0.05), 12.0: Seen(12.0, FACE, detail=0.05)}
    assert planned(clip(good)).first == 120
    assert planned(clip(good, cuts=(4.5,))).first == 360


def test_a_hand_chooses_what_is_shown_first_and_how_long() -> None:
    plan = planned(clip(), choice=FilmChoice(start_s=6.5, seconds=2))
    assert (plan.first, plan.frames) == (195, 60)
    assert planned(clip(), choice=FilmChoice(start_s=19)).frames == 30
    refused = animation(clip(), GIF, FilmChoice(start_s=19, seconds=2))
    assert refused.reasons[0].code == "cut_not_possible"
    assert animation(clip(), GIF, FilmChoice(start_s=20.5)).reasons[0].code == "cut_not_possible"
    assert animation(clip(seconds=1), GIF, FilmChoice(seconds=2)).reasons[0].code == "too_short"


@pytest.mark.parametrize(
    ("choice", "loops", "code"),
    [
        (FilmChoice(), 1, None),
        (FilmChoice(seconds=2.5), 2, None),
        (FilmChoice(seconds=5), 1, None),
        (FilmChoice(seconds=6), 1, "restless"),
        (FilmChoice(seconds=2, loops=3), 3, "restless"),
        (FilmChoice(loops=0), 0, "restless"),
    ],
)
def test_it_moves_for_five_seconds_in_all_or_says_that_it_does_not(
    choice: FilmChoice, loops: int, code: str | None
) -> None:
    answer = animation(clip(), GIF, choice)
    assert answer.plan is not None
    assert answer.plan.loops == loops
    assert [one.code for one in answer.reasons] == ([code] if code else [])


def test_it_says_that_captions_are_not_burned_in() -> None:
    told = animation(clip(), GIF, FilmChoice(captions=True))
    assert (told.outcome, [reason.code for reason in told.reasons]) == ("warned", ["captions_not_drawn"])


def test_it_says_that_music_is_left_out() -> None:
    told = animation(clip(), GIF, FilmChoice(bed=Bed("trk_1", "a" * 64)))
    assert (told.outcome, [reason.code for reason in told.reasons]) == ("warned", ["bed_not_heard"])


def test_what_moves_without_end_is_short() -> None:
    assert animation(clip(), GIF, FilmChoice(seconds=6, loops=0)).reasons[0].code == "moves_too_long"


def test_size_weight_and_window_are_those_of_the_preset_and_the_clip() -> None:
    plan = planned(clip())
    assert (plan.placed.width, plan.placed.height, plan.max_bytes) == (600, 1066, 1_000_000)
    small = animation(replace(clip(), width=320, height=180), GIF)
    assert small.plan is not None
    assert (small.plan.placed.width, small.outcome, small.reasons[0].code) == (320, "warned", "below_target")
    free = planned(replace(clip(), width=3840, height=2160), AD)
    assert max(free.placed.width, free.placed.height) == 800
    assert animation(clip(), AD, FilmChoice(seconds=16)).reasons[0].code == "too_long"


def test_a_window_with_a_shape_of_its_own_follows_what_is_to_be_seen() -> None:
    square = replace(GIF, target=replace(GIF.target, ratio="1:1", size=Size(400, 400, "exact")))
    seen = tuple(Seen(at / 4, ((0.7, 0.2, 0.2, 0.2),)) for at in range(80))
    wide = replace(clip(), width=1920, height=1080, seen=seen)
    found = planned(wide, square)
    assert (found.placed.width, found.placed.height, found.crop.width) == (400, 400, 1080)
    assert found.path[0].x > 0.7
    chosen = planned(wide, square, FilmChoice(Choice(focal_point=Point(0.3, 0.5))))
    assert [aim.x for aim in chosen.path] == [0.3]
    by_hand = planned(wide, square, FilmChoice(start_s=2.0, path=(Aim(2.0, 0.3, 0.5), Aim(3.0, 0.6, 0.5))))
    assert [(aim.at_s, aim.x) for aim in by_hand.path] == [(0.0, 0.3), (1.0, 0.6)]


def test_a_page_gets_webp_where_a_preset_makes_it_and_nothing_else_is_made_of_others() -> None:
    webp = replace(GIF, recipes=(Recipe("webp.web", 1, "webp", 70),))
    plan = planned(clip(), webp)
    assert (plan.format, plan.quality) == ("webp", 70)
    assert animation(clip(), GIF, FilmChoice(Choice(format="webp"))).reasons[0].code == "not_an_animation_preset"
    still = catalogue().get("email.hero.600.1x")
    assert animation(clip(), still).reasons[0].code == "not_an_animation_preset"


@given(
    st.integers(1, 900),
    st.sampled_from([(24, 1), (30000, 1001), (60, 1)]),
    st.lists(st.floats(0, 30), max_size=4),
    st.one_of(st.none(), st.floats(0.1, 12)),
)
def test_any_clip_gives_a_part_of_itself(
    frames: int, rate: tuple[int, int], cuts: list[float], seconds: float | None
) -> None:
    lasts = frames * rate[1] / rate[0]
    seen = tuple(Seen(at / 4, detail=0.1 * (at % 3)) for at in range(int(lasts * 4) + 1))
    answer = animation(Clip(640, 360, frames, rate, seen=seen, cuts=tuple(cuts)), GIF, FilmChoice(seconds=seconds))
    if answer.plan is None:
        assert seconds is not None
        return
    assert answer.plan.first >= 0
    assert answer.plan.frames >= 1
    assert answer.plan.first + answer.plan.frames <= frames
    assert answer == animation(
        Clip(640, 360, frames, rate, seen=seen, cuts=tuple(cuts)), GIF, FilmChoice(seconds=seconds)
    )
