"""Ladders: the sizes of a stream are those of the catalogue that the clip has pixels for, in the shape of the clip."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ugc_hub.framing.clips import of_clip
from ugc_hub.framing.dressing import Outfit
from ugc_hub.framing.edits import edits_of
from ugc_hub.framing.filming import FilmChoice
from ugc_hub.framing.kits import CardWords, Dressing, Kit
from ugc_hub.framing.laddering import ladder
from ugc_hub.presets import catalogue
from ugc_hub.renditions.dressing import dressed
from workers.media.video.encode import pictures_apart
from workers.media.video.rungs import LadderPlan
from workers.media.video.shapes import Clip, Cue, VideoPlan

TOP = catalogue().get("web.hls.avc.1920x1080.7800k")
MIDDLE = catalogue().get("web.hls.avc.768x432.1100k")


def clip(width: int = 3840, height: int = 2160, seconds: float = 90, rate: tuple[int, int] = (30, 1)) -> Clip:
    return Clip(width, height, int(seconds * rate[0] / rate[1]), rate, has_sound=True)


def planned(given_clip: Clip, choice: FilmChoice | None = None) -> LadderPlan:
    plan = ladder(given_clip, TOP, choice).plan
    assert plan is not None
    return plan


def test_a_large_clip_gets_all_sizes_up_to_the_preset_the_lightest_first() -> None:
    plan = planned(clip())
    assert [(rung.width, rung.height, rung.kbps) for rung in plan.rungs] == [
        (416, 234, 145),
        (640, 360, 365),
        (768, 432, 730),
        (768, 432, 1100),
        (960, 540, 2000),
        (1280, 720, 3000),
        (1280, 720, 4500),
        (1920, 1080, 6000),
        (1920, 1080, 7800),
    ]
    assert (plan.width, plan.height, plan.frames) == (1920, 1080, 2700)
    middle = ladder(clip(), MIDDLE).plan
    assert middle is not None
    assert [rung.kbps for rung in middle.rungs] == [145, 365, 730, 1100]


def test_a_portrait_and_a_square_keep_their_shape_at_as_many_pixels() -> None:
    tall = planned(clip(2160, 3840)).rungs[-1]
    assert (tall.width, tall.height) == (1080, 1920)
    square = planned(clip(2000, 2000)).rungs[-1]
    assert square.width == square.height == 1440


def test_nothing_is_enlarged() -> None:
    answer = ladder(clip(1280, 720), TOP)
    assert answer.plan is not None
    assert (answer.plan.width, answer.outcome, answer.reasons[0].code) == (1280, "warned", "below_target")
    tiny = planned(clip(201, 101))
    assert [(rung.width, rung.height, rung.kbps) for rung in tiny.rungs] == [(200, 100, 145)]


def test_small_sizes_show_every_second_picture_of_a_fast_clip_and_begin_their_groups_at_the_same_time() -> None:
    plan = planned(clip(rate=(60000, 1001)))
    assert [rung.rate for rung in plan.rungs][:5] == [(30000, 1001)] * 4 + [(60000, 1001)]
    lasts = {
        Fraction(pictures_apart(VideoPlan(2, 2, plan.crop, plan.crop, 0, 1, rung.rate, plan.recipe)))
        / Fraction(*rung.rate)
        for rung in plan.rungs
    }
    assert lasts == {Fraction(60 * 1001, 30000)}


def test_a_short_clip_is_told_that_one_file_is_enough_and_gets_its_stream_all_the_same() -> None:
    answer = ladder(clip(seconds=20), TOP)
    assert answer.plan is not None
    assert [(one.code, one.severity) for one in answer.reasons] == [("one_file_is_enough", "advice")]
    assert ladder(clip(seconds=60), TOP).reasons == ()
    part = planned(clip(), FilmChoice(start_s=10, seconds=30))
    assert (part.first, part.frames) == (300, 900)


def test_other_presets_and_parts_that_are_not_there_are_refused() -> None:
    assert ladder(clip(), catalogue().get("web.file.h264.720p")).reasons[0].code == "not_a_stream_preset"
    assert ladder(clip(), TOP, FilmChoice(start_s=80, seconds=30)).reasons[0].code == "cut_not_possible"


@given(
    st.integers(2, 3840),
    st.integers(2, 3840),
    st.integers(1, 4000),
    st.sampled_from([(24000, 1001), (25, 1), (91, 2), (50, 1), (60, 1), (15, 1)]),
)
def test_any_clip_gives_sizes_that_are_even_within_it_and_cut_alike(
    width: int, height: int, frames: int, rate: tuple[int, int]
) -> None:
    answer = ladder(Clip(width, height, frames, rate), TOP)
    assert answer.plan is not None
    plan = answer.plan
    assert plan.frames <= frames
    films = [VideoPlan(2, 2, plan.crop, plan.crop, 0, 1, rung.rate, plan.recipe) for rung in plan.rungs]
    assert len({pictures_apart(film) / Fraction(*film.rate) for film in films}) == 1
    for rung in plan.rungs:
        assert rung.width % 2 == rung.height % 2 == 0
        assert rung.width <= max(2, width)
        assert rung.height <= max(2, height)
    assert [rung.kbps for rung in plan.rungs] == sorted(rung.kbps for rung in plan.rungs)


def test_the_plan_comes_back_from_what_is_stored_of_it() -> None:
    plan = planned(clip())
    assert LadderPlan.load(plan.dump()) == plan
    assert replace(plan, first=3).digest() != plan.digest()


@pytest.mark.parametrize("name", [one.id for one in catalogue().presets if one.target.placement == "hls_rung"])
def test_every_size_of_the_catalogue_can_be_the_largest(name: str) -> None:
    plan = ladder(clip(), catalogue().get(name)).plan
    assert plan is not None
    assert f"{plan.width}x{plan.height}" in name


def test_captions_are_burned_into_all_sizes_where_somebody_chose_them() -> None:
    cues = (Cue(1.0, 3.0, "Hello"), Cue(40.0, 42.0, "there"))
    assert ladder(clip(), TOP, FilmChoice(), cues=cues).plan == planned(clip())
    plan = ladder(clip(), TOP, FilmChoice(captions=True, start_s=30.0), cues=cues).plan
    assert plan is not None
    assert plan.captions is not None
    assert [(one.start_s, one.end_s, one.text) for one in plan.captions.cues] == [(10.0, 12.0, "there")]
    assert plan.captions.safe == plan.placed
    assert plan.canvas((30, 1)).captions == plan.captions
    assert "subtitle" in edits_of(plan, 3840, 2160)


def test_a_kit_is_drawn_on_the_largest_size_and_cards_fit_every_rate() -> None:
    framed = of_clip(clip(rate=(60, 1)), TOP)
    kit = Kit("oat", "Oat", intro=CardWords("Oats", "", 1.05), end=CardWords("oat.example", "", 2.0))
    outfit = Outfit(kit, Dressing("oat", ("lower_third", "intro", "end"), name="Ana"), label="Ad")
    (plan,) = dressed(framed, TOP, outfit).plans
    assert isinstance(plan, LadderPlan)
    assert {one.piece for one in plan.overlays} == {"label", "lower_third"}
    assert plan.intro is not None
    assert plan.end is not None
    assert (plan.intro.frames, plan.end.frames) == (62, 120)
    assert plan.shown == plan.frames + 182
    assert LadderPlan.load(plan.dump()) == plan
    assert {"caption_overlay", "stitch"} <= edits_of(plan, 3840, 2160)
    (again,) = dressed(replace(framed, plans=(plan,)), TOP, outfit).plans
    assert again == plan
