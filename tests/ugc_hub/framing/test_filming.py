"""Filming: every video placement gets exact work within what it accepts, or a refusal that says what to do."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ugc_hub.framing import Choice
from ugc_hub.framing.animating import animation
from ugc_hub.framing.filming import FilmChoice, film
from ugc_hub.framing.rates import published
from ugc_hub.presets import Preset, catalogue
from workers.media.shapes import Backdrop, Box, Point
from workers.media.video.shapes import Aim, Clip, Cue, Seen, Span, SpokenCue

CATALOGUE = catalogue()
VIDEOS = [preset for preset in CATALOGUE.presets if preset.target.kind == "video"]


def preset(name: str) -> Preset:
    return CATALOGUE.get(name)


def clip(width: int = 3840, height: int = 2160, seconds: float = 20, rate: tuple[int, int] = (30, 1)) -> Clip:
    frames = int(seconds * rate[0] / rate[1])
    seen = tuple(Seen(index / 4, ((0.7, 0.3, 0.1, 0.2),)) for index in range(int(seconds * 4)))
    return Clip(width, height, frames, rate, has_sound=True, seen=seen)


def test_most_placements_of_the_catalogue_are_made_of_a_good_clip() -> None:
    refused = {
        one.id: answer.reasons[0].code for one in VIDEOS if (answer := film(clip(seconds=14), one)).outcome == "refused"
    }
    # Streams in pieces are another work, and this platform publishes neither size nor shape for its place.
    assert all(name.startswith("web.hls.") for name in refused), refused
    assert len(refused) < len(VIDEOS) / 4


@pytest.mark.parametrize("one", VIDEOS, ids=lambda one: str(one.id))
@pytest.mark.parametrize("given_clip", [clip(), clip(1080, 1920, 8, (60, 1)), clip(640, 480, 130, (30000, 1001))])
def test_what_is_planned_lies_within_what_is_accepted(one: Preset, given_clip: Clip) -> None:
    answer = film(given_clip, one)
    if answer.plan is None:
        assert answer.reasons
        assert answer.reasons[0].sentence.endswith(".")
        return
    plan, target = answer.plan, one.target
    lasts = Fraction(plan.frames * plan.rate[1], plan.rate[0])
    assert target.duration.max is None or lasts <= Fraction(str(target.duration.max))
    assert target.duration.min is None or lasts >= Fraction(str(target.duration.min))
    rate = Fraction(*plan.rate)
    assert target.video.fps_max is None or rate <= published(target.video.fps_max)
    assert target.video.fps_min is None or rate >= published(target.video.fps_min)
    assert plan.width % 2 == plan.height % 2 == plan.crop.width % 2 == plan.crop.height % 2 == 0
    assert plan.placed.width <= plan.crop.width
    assert plan.placed.height <= plan.crop.height
    assert plan.crop.x + plan.crop.width <= given_clip.width
    assert plan.crop.y + plan.crop.height <= given_clip.height
    size = target.size
    assert plan.width >= (size.min_width or 0) // 2 * 2
    assert plan.height >= (size.min_height or 0) // 2 * 2
    assert plan.first + plan.frames * given_clip.frame_rate / float(rate) <= given_clip.frames + 1


@pytest.mark.parametrize("name", ["iab_vast.video.720p", "iab_vast.video.1080p", "amazon.stv.video.16x9"])
@pytest.mark.parametrize("given_rate", [(30000, 1001), (30, 1), (60000, 1001), (60, 1)])
def test_what_is_published_as_29_97_is_made_as_30000_1001(name: str, given_rate: tuple[int, int]) -> None:
    plan = film(clip(seconds=20, rate=given_rate), preset(name)).plan
    assert plan is not None
    assert plan.rate == (30000, 1001)


def test_a_published_rate_is_rounded_where_it_is_no_whole_number() -> None:
    for value, rate in ((23.976, (24000, 1001)), (23.98, (24000, 1001)), (59.94, (60000, 1001)), (25, (25, 1))):
        assert published(value) == Fraction(*rate)
    assert published(12.5) == Fraction(25, 2)


@pytest.mark.parametrize("colour", ["black,drawtext=textfile=/etc/passwd", "white", "#ffffff\n"])
def test_a_colour_that_is_none_is_refused(colour: str) -> None:
    wish = FilmChoice(Choice(fit="contain", backdrop=Backdrop("colour", colour)))
    for name in ("tiktok.infeed.video.9x16", "email.animated.gif"):
        make = animation if preset(name).target.kind == "animation" else film
        answer = make(clip(), preset(name), wish)
        assert (answer.plan, [one.code for one in answer.reasons]) == (None, ["bad_colour"])


def test_a_window_goes_where_the_face_is_or_where_somebody_says() -> None:
    found = film(clip(), preset("tiktok.infeed.video.9x16")).plan
    assert found is not None
    assert found.path == (Aim(0.0, pytest.approx(0.75), 0.5),)  # type: ignore[arg-type]
    chosen = film(clip(), preset("tiktok.infeed.video.9x16"), FilmChoice(Choice(focal_point=Point(0.3, 0.5)))).plan
    assert chosen is not None
    assert [aim.x for aim in chosen.path] == [0.3]
    by_hand = FilmChoice(path=(Aim(0.0, 0.3, 0.5), Aim(2.0, 0.6, 0.5)))
    moved = film(clip(), preset("tiktok.infeed.video.9x16"), by_hand).plan
    assert moved is not None
    assert [(aim.at_s, aim.x) for aim in moved.path] == [(0.0, 0.3), (2.0, 0.6)]


def test_a_small_clip_is_made_smaller_or_contained_and_never_enlarged() -> None:
    shorts = preset("youtube.shorts.video.9x16")
    refused = film(clip(1920, 1080), shorts)
    assert [reason.code for reason in refused.reasons] == ["too_small"]
    contained = film(clip(1920, 1080), shorts, FilmChoice(Choice(fit="contain"))).plan
    assert contained is not None
    assert (contained.width, contained.height, contained.backdrop.kind) == (1080, 1920, "blur")
    assert contained.path == ()
    smaller = film(clip(1920, 1080), preset("tiktok.infeed.video.9x16"))
    assert smaller.plan is not None
    assert 1040 <= smaller.plan.height <= 1080
    assert smaller.plan.width / smaller.plan.height == pytest.approx(9 / 16, rel=0.005)
    assert "below_target" in [reason.code for reason in smaller.reasons]


def test_a_bumper_lasts_six_seconds_and_says_that_it_was_shortened() -> None:
    answer = film(clip(seconds=30), preset("youtube.bumper.video.16x9"))
    assert answer.plan is not None
    assert (answer.seconds, answer.plan.max_s) == (6.0, 6)
    assert "shortened" in [reason.code for reason in answer.reasons]


def test_parts_are_taken_as_chosen_and_refused_where_they_cannot_be() -> None:
    bumper = preset("youtube.bumper.video.16x9")
    chosen = film(clip(), bumper, FilmChoice(start_s=4.0, seconds=5.0))
    assert (chosen.start_s, chosen.seconds) == (4.0, 5.0)
    assert film(clip(), bumper, FilmChoice(seconds=9)).reasons[0].code == "too_long"
    assert film(clip(seconds=2), preset("tiktok.infeed.video.9x16")).reasons[0].code == "too_short"
    assert film(clip(), bumper, FilmChoice(start_s=18.0, seconds=5.0)).reasons[0].code == "cut_not_possible"
    torn = film(clip(), bumper, FilmChoice(start_s=4.0, seconds=5.0), cues=(Cue(3.0, 4.5, "said"),))
    assert torn.reasons[0].code == "cut_not_possible"


@pytest.mark.parametrize(
    ("name", "choice", "said"),
    [
        (
            "tiktok.infeed.video.9x16",
            FilmChoice(seconds=3),
            "3 seconds were chosen, and the platform takes at least 5.",
        ),
        (
            "youtube.bumper.video.16x9",
            FilmChoice(seconds=0.01),
            "0.01 seconds were chosen, and one picture lasts longer.",
        ),
        ("youtube.bumper.video.16x9", FilmChoice(start_s=30), "The video ends at 20 s. Begin earlier."),
    ],
)
def test_what_was_chosen_is_what_a_refusal_speaks_of(name: str, choice: FilmChoice, said: str) -> None:
    (reason,) = film(clip(), preset(name), choice).reasons
    assert reason.sentence.startswith(said)


@pytest.mark.parametrize("rate", [(24000, 1001), (25, 1), (30000, 1001), (60000, 1001)])
def test_no_version_is_shorter_than_its_platform_takes(rate: tuple[int, int]) -> None:
    reel = preset("tiktok.infeed.video.9x16")
    least = reel.target.duration.min
    assert least == 5
    exact = film(clip(rate=rate), reel, FilmChoice(seconds=least))
    assert exact.plan is not None
    over = Fraction(exact.plan.frames * exact.plan.rate[1], exact.plan.rate[0]) - 5
    assert 0 <= over < Fraction(rate[1], rate[0])
    late = film(clip(rate=rate), reel, FilmChoice(start_s=17.0))
    assert [reason.code for reason in late.reasons] == ["too_short"]
    assert "left after 17 s" in late.reasons[0].sentence


def test_rates_are_halved_where_the_platform_takes_fewer() -> None:
    for rate, made in (((60, 1), (30, 1)), ((60000, 1001), (30000, 1001)), ((50, 1), (25, 1)), ((24, 1), (24, 1))):
        answer = film(clip(rate=rate), preset("linkedin.video.16x9"))
        assert answer.plan is not None
        assert answer.plan.rate == made


def test_sound_is_as_loud_as_the_platform_says_or_as_the_channel_is_used_to() -> None:
    def sound(name: str) -> tuple[float | None, float, bool]:
        plan = film(clip(), preset(name)).plan
        assert plan is not None
        return plan.sound.loudness_lufs, plan.sound.tolerance_lu, plan.strict_loudness

    def lift(name: str) -> float | None:
        plan = film(clip(), preset(name)).plan
        assert plan is not None
        return plan.most_lift_db

    assert sound("snapchat.single.video.9x16") == (-16, 1.0, True)
    assert (lift("snapchat.single.video.9x16"), lift("tiktok.infeed.video.9x16")) == (None, 20)
    assert sound("iab_vast.video.1080p") == (-24, 2, True)
    assert sound("tiktok.infeed.video.9x16") == (-14.0, 1.0, False)
    assert sound("web.file.h264.1080p") == (-16.0, 1.0, False)
    mute = film(clip(), preset("web.file.h264.1080p"), FilmChoice(mute=True)).plan
    assert mute is not None
    assert not mute.sound.keep


def test_captions_are_cut_with_the_clip_and_kept_clear_of_buttons() -> None:
    cues = tuple(Cue(start, start + 1.5, f"said at {start}") for start in range(0, 20, 2))
    wish = FilmChoice(captions=True, start_s=6.0, seconds=5.75)
    answer = film(clip(2160, 3840), preset("meta.reels.video.9x16"), wish, cues=cues)
    assert answer.plan is not None
    assert answer.plan.captions is not None
    assert [(cue.start_s, cue.text) for cue in answer.plan.captions.cues] == [
        (0.0, "said at 6"),
        (2.0, "said at 8"),
        (4.0, "said at 10"),
    ]
    safe = answer.plan.captions.safe
    width, height = answer.plan.width, answer.plan.height
    # 14 percent above, 35 below and 6 on each side belong to the platform.
    assert safe == Box(round(0.06 * width), round(0.14 * height), safe.width, safe.height)
    assert safe.y + safe.height == height - round(0.35 * height)
    assert safe.x + safe.width == width - round(0.06 * width)


def test_of_a_caption_that_a_part_begins_in_the_words_inside_are_burned_in() -> None:
    said = SpokenCue(5.0, 9.0, "Come in please", (Span(5.0, 5.8), Span(6.0, 6.8), Span(7.0, 9.0)))
    wish = FilmChoice(captions=True, start_s=6.0, seconds=6.0)
    plan = film(clip(2160, 3840), preset("meta.reels.video.9x16"), wish, cues=(said,)).plan
    assert plan is not None
    assert plan.captions is not None
    assert plan.captions.cues == (Cue(0.0, 3.0, "in please"),)


def test_other_kinds_of_presets_and_streams_are_refused_in_words() -> None:
    photo = next(one for one in CATALOGUE.presets if one.target.kind == "image")
    for one in (photo, preset("web.hls.avc.640x360.365k")):
        answer = film(clip(), one)
        assert (answer.outcome, answer.reasons[0].code) == ("refused", "not_a_video_preset")


@pytest.mark.parametrize("one", VIDEOS, ids=lambda one: str(one.id))
def test_what_a_platform_says_of_weight_stands_in_every_plan(one: Preset) -> None:
    plan = film(clip(seconds=15), one).plan
    target = one.target
    if plan is not None:
        assert (plan.max_bytes, plan.min_bytes) == (target.bytes.max, target.bytes.min)
        assert (plan.max_kbps, plan.recipe.kbps_min) == (target.video.kbps_max, target.video.kbps_min)


def test_weight_and_bit_rate_are_those_that_platforms_publish() -> None:
    """The numbers themselves: what the catalogue does not say either, no plan can carry."""

    def bounds(name: str) -> tuple[int | None, ...]:
        plan = film(clip(seconds=15), preset(name)).plan
        assert plan is not None
        return plan.min_bytes, plan.max_bytes, plan.recipe.kbps_min, plan.max_kbps

    assert bounds("linkedin.video.16x9") == (75_000, 500_000_000, None, None)
    assert bounds("x.video.16x9") == (None, 500_000_000, 6000, 10_000)
    assert bounds("iab_vast.video.720p") == (None, None, 1500, 2500)


SIDE = st.integers(16, 4000)
RATE = st.sampled_from([(24, 1), (30000, 1001), (60, 1)])


@given(SIDE, SIDE, st.floats(0.1, 200), RATE, st.sampled_from(VIDEOS), st.sampled_from(["cover", "contain", None]))
def test_no_clip_breaks_a_plan(
    width: int, height: int, seconds: float, rate: tuple[int, int], one: Preset, fit: str | None
) -> None:
    made = clip(width // 2 * 2, height // 2 * 2, seconds, rate)
    made = replace(made, frames=max(1, made.frames))
    answer = film(made, one, FilmChoice(Choice(fit=fit)))  # type: ignore[arg-type]
    assert (answer.plan is None) == (answer.outcome == "refused")
    if answer.plan is not None:
        assert answer.plan == film(made, one, FilmChoice(Choice(fit=fit))).plan  # type: ignore[arg-type]
        assert answer.plan.frames >= 1
        assert answer.plan.placed.x + answer.plan.placed.width <= answer.plan.width
        assert answer.plan.placed.y + answer.plan.placed.height <= answer.plan.height
