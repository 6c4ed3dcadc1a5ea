"""Every renderable preset of the catalogue with sources of every shape, and any source at all."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ugc_hub.framing import Choice, Framing, plan
from ugc_hub.presets import Preset, catalogue
from workers.media.shapes import Backdrop, Box, ImagePlan, MediaFacts, Point

STILLS = [preset for preset in catalogue().presets if preset.renderable]
SOURCES = {
    "landscape": (4032, 2268),
    "portrait": (2268, 4032),
    "square": (3024, 3024),
    "feed": (2400, 3000),
    "tiny": (64, 48),
    "panorama": (30_000, 2_000),
    "tower": (1_500, 40_000),
}


def facts_of(width: int, height: int, **more: object) -> MediaFacts:
    return MediaFacts("image", "jpeg", "image/jpeg", ".jpg", width, height, width, height, **more)  # type: ignore[arg-type]


def ratio_of(text: str) -> Fraction:
    across, down = text.split(":")
    return Fraction(across) / Fraction(down)


def check_plan(made: ImagePlan, preset: Preset, source: MediaFacts) -> None:
    size, crop, placed = preset.target.size, made.crop, made.placed
    assert crop.x >= 0
    assert crop.y >= 0
    assert crop.x + crop.width <= source.width
    assert crop.y + crop.height <= source.height
    assert min(crop.width, crop.height, placed.width, placed.height) >= 1
    assert placed.x >= 0
    assert placed.y >= 0
    assert placed.x + placed.width <= made.width
    assert placed.y + placed.height <= made.height
    assert (size.min_width or 1) <= made.width <= (size.max_width or made.width)
    assert (size.min_height or 1) <= made.height <= (size.max_height or made.height)
    assert made.width <= (size.width or made.width)
    assert made.height <= (size.height or made.height)
    if size.width and size.height:
        check_ratio(made, Fraction(size.width, size.height), preset)
    elif preset.target.ratio and not size.width:
        check_ratio(made, ratio_of(preset.target.ratio), preset)


def check_ratio(made: ImagePlan, ratio: Fraction, preset: Preset) -> None:
    tolerance = Fraction(str(preset.target.ratio_tolerance_pct or 1)) / 100
    assert abs(Fraction(made.width, made.height) / ratio - 1) <= tolerance


def check_sharp(made: ImagePlan) -> None:
    """No pixel is invented: the rendition never has more than the crop."""
    assert made.placed.width <= made.crop.width
    assert made.placed.height <= made.crop.height


def check_undistorted(made: ImagePlan) -> None:
    """One side is what the scale of the other makes of it, but for the rounding of crop and place to whole pixels."""
    across, down = made.placed.width / made.crop.width, made.placed.height / made.crop.height
    width_off = abs(made.placed.width - made.crop.width * down)
    height_off = abs(made.placed.height - made.crop.height * across)
    assert width_off <= 1 + down or height_off <= 1 + across


def check(framing: Framing, preset: Preset, source: MediaFacts) -> None:
    assert framing.preset_id == preset.id
    severities = {reason.severity for reason in framing.reasons}
    if framing.outcome == "refused":
        assert framing.plans == ()
        assert "refusal" in severities
        return
    assert ("warning" in severities) == (framing.outcome == "warned")
    assert "refusal" not in severities
    assert len(framing.plans) == (len(preset.recipes) if preset.output and preset.output.every else 1)
    for made in framing.plans:
        check_plan(made, preset, source)
        check_sharp(made)
        check_undistorted(made)
    assert framing.scale <= 1


@pytest.mark.parametrize("shape", SOURCES)
@pytest.mark.parametrize("preset", STILLS, ids=lambda preset: preset.id)
@pytest.mark.parametrize("fit", [None, "contain"])
def test_the_plan_is_valid(preset: Preset, shape: str, fit: str | None) -> None:
    source = facts_of(*SOURCES[shape])
    check(plan(source, preset, Choice(fit=fit)), preset, source)  # type: ignore[arg-type]


@pytest.mark.parametrize("preset", STILLS, ids=lambda preset: preset.id)
def test_a_large_photo_is_ready_in_the_published_size(preset: Preset) -> None:
    framing = plan(facts_of(6000, 6000), preset)
    assert framing.outcome == "ready"
    size = preset.target.size
    for made in framing.plans:
        assert made.width == (size.width or made.width)
        assert made.height == (size.height or made.height)
        assert made.recipe.format in {"jpeg", "png", "webp", "avif", "tiff"}


@pytest.mark.parametrize("preset", STILLS, ids=lambda preset: preset.id)
def test_a_source_below_a_published_minimum_is_refused_in_words(preset: Preset) -> None:
    size = preset.target.size
    if size.min_width is None and size.min_height is None:
        lowest = (size.width, size.height) if size.basis in {"exact", "required"} else (None, None)
    else:
        lowest = (size.min_width, size.min_height)
    if lowest == (None, None):
        assert plan(facts_of(6000, 6000), preset).outcome == "ready"
        return
    width = (lowest[0] or 6001) - 1
    height = (lowest[1] or 6001) - 1
    framing = plan(facts_of(width, height), preset)
    assert framing.outcome == "refused"
    (reason,) = framing.reasons
    assert reason.code in {"too_small", "smaller_than_width"}
    assert reason.sentence.endswith(".")
    assert str(width) in reason.sentence


@pytest.mark.parametrize("preset", STILLS, ids=lambda preset: preset.id)
def test_a_hard_limit_is_the_budget_of_every_plan(preset: Preset) -> None:
    for made in plan(facts_of(6000, 6000), preset).plans:
        if preset.target.bytes.rule == "hard":
            assert made.max_bytes == preset.target.bytes.max
        if preset.target.bytes.max is None:
            assert made.max_bytes is None


@pytest.mark.parametrize("preset", catalogue().presets, ids=lambda preset: preset.id)
def test_a_video_is_refused_by_every_preset_in_words(preset: Preset) -> None:
    video = MediaFacts("video", "mp4", "video/mp4", ".mp4", 1920, 1080, 1920, 1080, duration_s=5.0)
    framing = plan(video, preset)
    assert framing.outcome == "refused"
    wanted = "kind_mismatch" if preset.target.kind == "image" else "not_an_image_preset"
    if preset.target.in_words:
        wanted = "placeholder_is_text"
    assert [reason.code for reason in framing.reasons] == [wanted]
    assert "video preset" not in framing.reasons[0].sentence, "the hub makes none"


@pytest.mark.parametrize("preset", catalogue().presets, ids=lambda preset: preset.id)
def test_a_photo_is_refused_by_presets_for_other_kinds(preset: Preset) -> None:
    framing = plan(facts_of(6000, 6000), preset)
    assert (framing.outcome == "refused") == (not preset.renderable)
    if preset.target.kind in {"video", "animation"}:
        assert [reason.code for reason in framing.reasons] == ["kind_mismatch"]


SIDES = st.integers(1, 9000)
FRACTIONS = st.floats(0, 1)
BOXES = st.builds(Box, st.integers(-50, 9000), st.integers(-50, 9000), st.integers(0, 4000), st.integers(0, 4000))
CHOICES = st.builds(
    Choice,
    fit=st.sampled_from([None, "cover", "contain", "width"]),
    focal_point=st.none() | st.builds(Point, FRACTIONS, FRACTIONS),
    backdrop=st.sampled_from([None, Backdrop("blur"), Backdrop("colour", "#102030")]),
)


@settings(max_examples=400, deadline=None)
@given(
    preset=st.sampled_from(STILLS),
    width=SIDES,
    height=SIDES,
    choice=CHOICES,
    faces=st.lists(BOXES, max_size=4),
    has_alpha=st.booleans(),
)
def test_any_source_and_choice_gives_a_valid_plan_or_a_refusal(
    preset: Preset, width: int, height: int, choice: Choice, faces: list[Box], has_alpha: bool
) -> None:
    source = facts_of(width, height, faces=tuple(faces), has_alpha=has_alpha)
    framing = plan(source, preset, choice)
    check(framing, preset, source)
    assert plan(source, preset, choice) == framing
    assert Framing.load(framing.dump()) == framing
    if framing.crop is not None and choice.focal_point is not None:
        x, y = choice.focal_point.x * width, choice.focal_point.y * height
        assert framing.crop.x - 0.5 <= x <= framing.crop.x + framing.crop.width + 0.5
        assert framing.crop.y - 0.5 <= y <= framing.crop.y + framing.crop.height + 0.5


@settings(max_examples=300, deadline=None)
@given(preset=st.sampled_from(STILLS), width=SIDES, height=SIDES)
def test_a_chosen_upscale_is_at_most_twofold_and_always_warned(preset: Preset, width: int, height: int) -> None:
    source = facts_of(width, height)
    framing = plan(source, preset, Choice(upscale=True))
    for made in framing.plans:
        check_plan(made, preset, source)
        assert made.placed.width < 2 * (made.crop.width + 1)  # a crop is whole pixels
        assert made.placed.height < 2 * (made.crop.height + 1)
        larger = made.placed.width > made.crop.width or made.placed.height > made.crop.height
        assert larger == ("upscaled" in {reason.code for reason in framing.reasons})


@settings(max_examples=200, deadline=None)
@given(preset=st.sampled_from(STILLS), width=st.integers(1, 8000), height=st.integers(1, 8000))
def test_a_larger_source_never_fares_worse(preset: Preset, width: int, height: int) -> None:
    # twice 8000 is still a length that every encoder writes
    rank = {"refused": 0, "warned": 1, "ready": 2}
    small = plan(facts_of(width, height), preset).outcome
    assert rank[plan(facts_of(2 * width, 2 * height), preset).outcome] >= rank[small]
