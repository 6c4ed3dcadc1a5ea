"""What the words of a platform mean for pictures that are too small, transparent, moving or covered."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ugc_hub.framing import Choice, Framing, plan
from ugc_hub.framing.geometry import Extent, ratio_from
from ugc_hub.presets import Output, Preset, Recipe, Region, Target, catalogue
from ugc_hub.presets.records import Make, Size, Weight
from workers.media.shapes import Backdrop, Box, Imprint, MediaFacts, Point

RECIPES = {name: Recipe(f"{name}.test", 1, name) for name in ("jpeg", "png", "webp", "avif")}


def facts_of(width: int, height: int, **more: Any) -> MediaFacts:
    plain: dict[str, Any] = {"kind": "image", "format": "jpeg", "media_type": "image/jpeg", "extension": ".jpg"}
    return MediaFacts(**{**plain, **more}, width=width, height=height, stored_width=width, stored_height=height)


@pytest.mark.parametrize(("side", "made", "dots"), [(6000, (2480, 3508), 300), (1754, (1240, 1754), 150)])
def test_a_smaller_picture_fills_the_same_paper_with_fewer_dots(side: int, made: tuple[int, int], dots: int) -> None:
    framing = plan(facts_of(side, side), catalogue().get("print.a4"))
    (one,) = framing.plans
    assert ((one.width, one.height), one.dpi) == (made, dots)
    assert (framing.outcome == "warned") == (dots < 300)
    assert plan(facts_of(6000, 6000), catalogue().get("web.srcset.w640")).plans[0].dpi is None


def preset_of(size: Size, *formats: str, fit: str = "cover", ratio: str | None = None, **target: Any) -> Preset:
    chosen = formats or ("jpeg", "png")
    weight: Weight = target.get("bytes", Weight())
    output = Output(
        "test",
        chosen,
        size.width,
        size.height,
        ratio=ratio,
        fit=fit,
        every="avif" in chosen,
        max_bytes=weight.max,
    )
    accepted = Target("t.t", "ads", "t", "t", "image", ratio, size=size, make=Make(fit, "test"), **target)
    return Preset(accepted, output, tuple(RECIPES[name] for name in chosen))


def codes(framing: Framing) -> list[str]:
    return [reason.code for reason in framing.reasons]


def canvas(framing: Framing) -> tuple[int, int]:
    return framing.plans[0].width, framing.plans[0].height


@pytest.mark.parametrize("basis", ["exact", "required", "minimum"])
def test_a_firm_size_is_made_fully_or_not_at_all(basis: str) -> None:
    preset = preset_of(Size(1000, 500, basis))
    assert canvas(plan(facts_of(1000, 500), preset)) == (1000, 500)
    refused = plan(facts_of(999, 2000), preset)
    assert refused.outcome == "refused"
    assert codes(refused) == ["too_small"]
    assert "999 x 2000" in refused.reasons[0].sentence
    assert "1000 x 500" in refused.reasons[0].sentence


def test_a_firm_size_with_a_smaller_published_minimum_accepts_what_lies_between() -> None:
    framing = plan(facts_of(900, 1600), preset_of(Size(1080, 1920, "required", 720, 1280)))
    assert (framing.outcome, codes(framing), canvas(framing)) == ("warned", ["below_target"], (900, 1600))


@pytest.mark.parametrize("basis", ["recommended", "conventional", "derived", "example", "maximum", "range"])
def test_between_minimum_and_target_the_largest_exact_ratio_is_made_and_warned(basis: str) -> None:
    preset = preset_of(Size(1440, 1800, basis, 600, None))
    framing = plan(facts_of(1003, 3000), preset)
    assert (framing.outcome, codes(framing), canvas(framing)) == ("warned", ["below_target"], (1000, 1250))
    assert "600 wide" in framing.reasons[0].sentence
    assert codes(plan(facts_of(599, 3000), preset)) == ["too_small"]


def test_an_unpublished_minimum_is_called_unpublished() -> None:
    framing = plan(facts_of(300, 300), preset_of(Size(1080, 1080, "recommended")))
    assert framing.outcome == "warned"
    assert "no minimum" in framing.reasons[0].sentence


def test_the_refusal_names_pixels_of_the_right_shape() -> None:
    framing = plan(facts_of(500, 500), preset_of(Size(720, 900, "recommended", 360, 640)))
    assert "512 x 640" in framing.reasons[0].sentence


def test_a_shape_without_pixels_follows_the_source() -> None:
    preset = preset_of(Size(), ratio="2:3")
    assert canvas(plan(facts_of(1000, 1000), preset)) == (666, 999)
    assert max(canvas(plan(facts_of(9000, 9000), preset))) <= 2560


def test_a_range_bounds_a_shape_without_pixels() -> None:
    preset = preset_of(Size(None, None, "range", 300, 157, 800, 800), ratio="2:1")
    assert canvas(plan(facts_of(4000, 4000), preset)) == (800, 400)
    assert codes(plan(facts_of(290, 290), preset)) == ["too_small"]


def test_neither_pixels_nor_shape_keeps_the_source_within_the_largest_size() -> None:
    preset = preset_of(Size(None, None, "maximum", None, None, 100, 100), fit="scale_down")
    assert canvas(plan(facts_of(2000, 1000), preset)) == (100, 50)
    assert canvas(plan(facts_of(30, 20), preset)) == (30, 20)


def test_a_responsive_image_is_made_in_every_format_with_the_height_of_the_source() -> None:
    preset = preset_of(Size(640, None, "conventional"), "avif", "webp", "jpeg", fit="scale_down")
    framing = plan(facts_of(1600, 1200), preset)
    assert [made.recipe.format for made in framing.plans] == ["avif", "webp", "jpeg"]
    assert {(made.width, made.height) for made in framing.plans} == {(640, 480)}


def test_a_responsive_image_wider_than_its_source_is_skipped_and_says_how_wide_the_source_is() -> None:
    preset = preset_of(Size(1080, None, "conventional"), "avif", "webp", "jpeg", fit="scale_down")
    framing = plan(facts_of(1000, 4000), preset)
    assert codes(framing) == ["smaller_than_width"]
    assert "1000 pixels wide" in framing.reasons[0].sentence
    assert "1080" in framing.reasons[0].sentence


def test_a_recommended_width_is_filled_as_far_as_the_source_reaches() -> None:
    framing = plan(facts_of(900, 600), preset_of(Size(1200, None, "recommended")))
    assert (codes(framing), canvas(framing)) == (["below_target"], (900, 600))


def test_a_picture_too_long_for_any_encoder_is_refused() -> None:
    assert codes(plan(facts_of(640, 60_000), preset_of(Size(640, None, "recommended")))) == ["too_long"]


def test_contain_puts_the_whole_picture_on_the_canvas() -> None:
    framing = plan(facts_of(4000, 2000), preset_of(Size(1000, 1000, "exact")), Choice(fit="contain"))
    (made,) = framing.plans
    assert framing.outcome == "ready"
    assert (made.crop, made.placed) == (Box(0, 0, 4000, 2000), Box(0, 250, 1000, 500))


def test_contain_shrinks_the_canvas_as_far_as_the_platform_accepts() -> None:
    framing = plan(facts_of(400, 300), preset_of(Size(1200, 1200, "recommended", 128, 128), fit="contain"))
    (made,) = framing.plans
    assert (codes(framing), canvas(framing), made.placed) == (["below_target"], (400, 400), Box(0, 50, 400, 300))


def test_a_chosen_contain_never_enlarges() -> None:
    framing = plan(facts_of(300, 100), preset_of(Size(1000, 500, "exact")), Choice(fit="contain"))
    (made,) = framing.plans
    assert (framing.outcome, codes(framing)) == ("warned", ["small_in_canvas"])
    assert made.placed == Box(350, 200, 300, 100)


def test_a_preset_that_contains_by_itself_keeps_the_minimum() -> None:
    preset = preset_of(Size(1200, 1200, "recommended", 128, 128), fit="contain")
    assert codes(plan(facts_of(127, 127), preset)) == ["too_small"]
    assert codes(plan(facts_of(127, 127), preset, Choice(fit="contain"))) == ["below_target"]


def test_the_height_of_a_fixed_shape_cannot_follow_the_picture() -> None:
    framing = plan(facts_of(4000, 3000), preset_of(Size(1000, 500, "exact")), Choice(fit="width"))
    assert codes(framing) == ["fit_not_possible"]


def test_a_chosen_upscale_goes_to_twice_the_pixels_and_warns() -> None:
    preset, wish = preset_of(Size(1000, 500, "exact")), Choice(upscale=True)
    framing = plan(facts_of(500, 250), preset, wish)
    assert (framing.outcome, codes(framing), canvas(framing)) == ("warned", ["upscaled"], (1000, 500))
    assert framing.scale == 2
    assert codes(plan(facts_of(499, 250), preset, wish)) == ["too_small"]


def test_an_animation_gives_its_first_frame_with_a_warning() -> None:
    moving = facts_of(1000, 1000, kind="animation", frames=12)
    framing = plan(moving, preset_of(Size(500, 500, "exact")))
    assert (framing.outcome, codes(framing)) == ("warned", ["first_frame"])


@pytest.mark.parametrize(
    ("formats", "limit", "made", "said"),
    [
        (("jpeg", "png"), None, "png", []),
        (("jpeg", "png"), 250_000, "png", []),
        (("jpeg", "png"), 249_999, "jpeg", ["flattened"]),
        (("jpeg",), None, "jpeg", ["flattened"]),
        (("png",), 1_000, "png", []),
    ],
)
def test_transparency_is_kept_where_the_target_and_its_weight_allow(
    formats: tuple[str, ...], limit: int | None, made: str, said: list[str]
) -> None:
    preset = preset_of(Size(500, 500, "exact"), *formats, bytes=Weight(limit, "hard" if limit else None))
    framing = plan(facts_of(500, 500, has_alpha=True), preset)
    assert [item.recipe.format for item in framing.plans] == [made]
    assert (framing.outcome, codes(framing)) == ("ready", said)


def test_an_opaque_picture_becomes_the_preferred_format() -> None:
    (made,) = plan(facts_of(500, 500), preset_of(Size(500, 500, "exact"))).plans
    assert made.recipe.format == "jpeg"


def test_a_format_can_be_chosen_among_those_that_are_made() -> None:
    preset = preset_of(Size(500, 500, "exact"))
    assert plan(facts_of(500, 500), preset, Choice(format="png")).plans[0].recipe.format == "png"
    assert plan(facts_of(500, 500), preset, Choice(format="jpg")).plans[0].recipe.format == "jpeg"
    refused = plan(facts_of(500, 500), preset, Choice(format="webp"))
    assert codes(refused) == ["format_not_made"]
    assert "jpeg or png" in refused.reasons[0].sentence


def test_an_advised_weight_is_a_limit_while_it_leaves_enough_bits() -> None:
    preset = preset_of(Size(1000, 1000, "exact"), bytes=Weight(100_000, "advice"))
    (made,) = plan(facts_of(1000, 1000), preset).plans
    assert (made.max_bytes, made.advised) == (100_000, True)
    scant = preset_of(Size(1000, 1000, "exact"), bytes=Weight(93_000, "advice"))
    framing = plan(facts_of(1000, 1000), scant)
    assert framing.plans[0].max_bytes is None
    assert (framing.outcome, codes(framing)) == ("ready", ["weight_advice"])


def test_a_hard_weight_is_a_limit_however_few_bits_it_leaves() -> None:
    preset = preset_of(Size(1000, 1000, "exact"), bytes=Weight(10_000, "hard", 5_000))
    (made,) = plan(facts_of(1000, 1000), preset).plans
    assert (made.max_bytes, made.min_bytes) == (10_000, 5_000)


def test_the_choice_of_backdrop_and_the_imprint_reach_the_plan() -> None:
    wish = Choice(fit="contain", backdrop=Backdrop("colour", "#10Fa20"), imprint=Imprint(creator="A"))
    (made,) = plan(facts_of(500, 700), preset_of(Size(500, 500, "exact")), wish).plans
    assert (made.backdrop.colour, made.flatten, made.imprint.creator) == ("#10Fa20", "#10Fa20", "A")


@pytest.mark.parametrize("colour", ["white", "#fff", "#10203g", "", "#102030\n"])
def test_a_colour_in_another_notation_is_refused_before_any_work(colour: str) -> None:
    wish = Choice(backdrop=Backdrop("colour", colour))
    assert codes(plan(facts_of(500, 500), preset_of(Size(500, 500, "exact")), wish)) == ["bad_colour"]


STORY = preset_of(Size(900, 1600, "recommended"), regions=(Region("pct", top=10, right=5, bottom=25, left=5),))


def test_the_interface_is_reported_in_pixels_of_the_rendition() -> None:
    (covered,) = plan(facts_of(900, 1600), STORY).covered
    assert covered.boxes == (
        Box(0, 0, 900, 160),
        Box(855, 160, 45, 1040),
        Box(0, 1200, 900, 400),
        Box(0, 160, 45, 1040),
    )
    assert covered.share == pytest.approx(1 - 0.9 * 0.65)


def test_a_face_beneath_the_interface_is_an_advice() -> None:
    faces = (Box(300, 1300, 200, 200), Box(300, 700, 200, 200))
    framing = plan(facts_of(900, 1600, faces=faces), STORY)
    assert (framing.outcome, codes(framing)) == ("ready", ["covered_face"])
    assert framing.covered[0].faces == (0,)


def test_a_focal_point_beneath_the_interface_is_an_advice() -> None:
    framing = plan(facts_of(900, 1600), STORY, Choice(focal_point=Point(0.5, 0.95)))
    assert codes(framing) == ["covered_focus"]
    assert framing.covered[0].focus
    assert codes(plan(facts_of(900, 1600), STORY)) == []


def test_margins_in_pixels_scale_from_their_canvas() -> None:
    region = Region("px", (1080, 1920), top=288, bottom=672)
    assert region.boxes(540, 960) == (Box(0, 0, 540, 144), Box(0, 624, 540, 336))


def test_a_rectangle_is_one_box() -> None:
    assert Region("pct", x=50, y=0, width=50, height=10).boxes(200, 100) == (Box(100, 0, 100, 10),)
    assert Region("px", (200, 100), x=10, y=20, width=30, height=40).boxes(100, 50) == (Box(5, 10, 15, 20),)


def test_a_preset_without_a_still_picture_is_refused_in_plain_words() -> None:
    target = replace(STORY.target, kind="captions")
    framing = plan(facts_of(900, 1600), Preset(target))
    assert codes(framing) == ["not_an_image_preset"]
    assert "captions" in framing.reasons[0].sentence


@pytest.mark.parametrize("name", ["thumbhash", "blurhash"])
def test_a_placeholder_is_told_as_the_text_that_it_is(name: str) -> None:
    facts = replace(facts_of(900, 1600), thumbhash="3OcRJYB4d3h/iIeHeEh3eIhw+j2A")
    framing = plan(facts, catalogue().get(f"web.placeholder.{name}"))
    assert (framing.outcome, codes(framing), framing.plans) == ("refused", ["placeholder_is_text"], ())
    assert "3OcRJYB4d3h/iIeHeEh3eIhw+j2A" in framing.reasons[0].sentence
    assert "facts.thumbhash" in framing.reasons[0].sentence
    unknown = plan(facts_of(900, 1600), catalogue().get(f"web.placeholder.{name}"))
    assert "none of this asset" in unknown.reasons[0].sentence


@pytest.mark.parametrize("text", ["4x5", "4:0", "0:4", ":", "-4:5", "a:b"])
def test_a_text_that_is_no_ratio_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        ratio_from(text)


def test_ratios_with_decimals_are_exact() -> None:
    assert ratio_from("1.91:1").limit_denominator(100) == ratio_from("191:100")
    assert str(Extent(3, 2)) == "3 x 2"
