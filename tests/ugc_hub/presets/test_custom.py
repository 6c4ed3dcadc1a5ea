from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ugc_hub.framing import makes_of_clips, plan
from ugc_hub.framing.filming import film
from ugc_hub.presets import CustomPresetError, Preset, channel_of, refuse_idle
from ugc_hub.presets.records import CHANNELS
from workers.media.shapes import MediaFacts
from workers.media.video.shapes import Clip

GOOD: dict[str, Any] = {
    "id": "custom.shop-teaser",
    "name": "Shop teaser",
    "channel": "web",
    "width": 800,
    "height": 600,
    "fit": "cover",
    "format": "webp",
    "max_bytes": 120_000,
    "quality": 82,
    "min_quality": 50,
}


def test_a_custom_preset_becomes_target_output_and_recipe() -> None:
    preset = Preset.from_custom(GOOD)
    assert preset.id == "custom.shop-teaser"
    assert preset.title == "Shop teaser"
    assert preset.renderable
    assert preset.output is not None
    assert preset.output.id == "webp.800x600.120000"
    (recipe,) = preset.recipes
    assert (recipe.format, recipe.quality, recipe.min_quality, recipe.version) == ("webp", 82, 50, 1)
    assert preset.target.bytes.rule == "hard"
    assert preset.target.size.basis == "exact"
    assert preset.describe()["channel"] == "web"


def test_a_width_alone_lets_the_height_follow() -> None:
    preset = Preset.from_custom({**GOOD, "height": None, "fit": "scale_down"})
    assert preset.output is not None
    assert preset.output.id == "webp.800w.scale_down.120000"


def test_a_minimum_makes_smaller_pictures_acceptable() -> None:
    preset = Preset.from_custom({**GOOD, "min_width": 400, "min_height": 300})
    assert preset.target.size.basis == "recommended"
    assert (preset.target.size.min_width, preset.target.size.min_height) == (400, 300)


def test_the_version_of_the_settings_can_be_given() -> None:
    assert Preset.from_custom({**GOOD, "version": 7}).recipes[0].version == 7


@pytest.mark.parametrize(("given", "dots"), [(None, 300), (150, 150)])
def test_what_is_printed_names_its_dots_an_inch_and_has_the_rights_of_print(given: int | None, dots: int) -> None:
    preset = Preset.from_custom({**GOOD, "channel": "print", "format": "tiff", "max_bytes": None, "dpi": given})
    assert preset.output is not None
    assert preset.output.id == f"tiff.800x600.{dots}dpi"
    assert preset.target.formats == ("tiff",)
    assert channel_of(preset.target) == "print"


PHOTO = MediaFacts("image", "jpeg", "image/jpeg", ".jpg", 800, 600, 800, 600)
FILM: dict[str, Any] = {"id": "custom.reel", "name": "Reel", "channel": "web", "width": 720, "height": 1280}


@pytest.mark.parametrize(("codec", "container"), [("h264", "mp4"), ("hevc", "mp4"), ("av1", "mp4"), ("vp9", "webm")])
@pytest.mark.parametrize("channel", CHANNELS)
def test_a_video_is_coded_as_the_preset_asks(codec: str, container: str, channel: str) -> None:
    preset = Preset.from_custom({**FILM, "channel": channel, "format": codec, "max_bytes": 9_000_000})
    assert (preset.output, preset.recipes, preset.renderable, makes_of_clips(preset)) == (None, (), False, True)
    assert preset.describe()["formats"] == [container]
    refuse_idle({"format": codec})
    made = film(Clip(1080, 1920, 60, (30, 1)), preset).plan
    assert made is not None
    assert (made.width, made.height, made.max_bytes) == (720, 1280, 9_000_000)
    assert (made.recipe.codec, made.recipe.container) == (codec, container)


def test_what_a_video_cannot_be_is_named_with_what_to_do() -> None:
    with pytest.raises(CustomPresetError) as caught:
        Preset.from_custom({**FILM, "format": "hevc", "width": 721, "height": 4000, "dpi": 300})
    assert set(caught.value.problems) == {"width", "height", "dpi"}
    with pytest.raises(CustomPresetError, match=r"max_bytes|quality"):
        refuse_idle({**FILM, "format": "hevc", "quality": 80})
    (refused,) = plan(PHOTO, Preset.from_custom({**FILM, "format": "hevc"})).reasons
    assert refused.sentence.startswith("This preset is for a video, and the asset is a photo")


@pytest.mark.parametrize(
    ("field", "given"),
    [
        ("id", "shop"),
        ("id", "custom.Shop Teaser"),
        ("id", "custom." + "a" * 200),
        ("id", "custom.a\n"),
        ("id", None),
        ("name", "  "),
        ("name", "a\x00b"),
        ("channel", "radio"),
        ("channel", ["web"]),
        ("width", None),
        ("width", 0),
        ("width", 20_000),
        ("width", "800"),
        ("width", 800.5),
        ("width", True),
        ("height", -1),
        ("fit", "stretch"),
        ("format", "bmp"),
        ("max_bytes", 10),
        ("quality", 101),
        ("min_quality", 90),
        ("min_width", 801),
        ("min_height", 601),
        ("dpi", 300),
        ("dpi", 20),
        ("notes", 3),
        ("colour", "red"),
    ],
)
def test_a_wrong_field_is_named_with_what_to_do(field: str, given: object) -> None:
    with pytest.raises(CustomPresetError) as caught:
        Preset.from_custom({**GOOD, field: given})
    assert list(caught.value.problems) == [field]
    assert caught.value.problems[field].endswith(".")
    assert caught.value.status == 422


def test_all_problems_are_told_at_once() -> None:
    with pytest.raises(CustomPresetError) as caught:
        Preset.from_custom({"id": "x", "width": "wide"})
    assert set(caught.value.problems) == {"id", "name", "channel", "width"}


def test_contain_and_a_minimum_height_need_a_height() -> None:
    with pytest.raises(CustomPresetError) as caught:
        Preset.from_custom({**GOOD, "height": None, "fit": "contain", "min_height": 5})
    assert set(caught.value.problems) == {"height", "min_height"}


VALUES = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.lists(st.integers()))


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from([*GOOD, "min_width", "notes", "other"]), VALUES))
def test_any_input_gives_a_preset_or_named_problems(plain: dict[str, Any]) -> None:
    problems: dict[str, str] = {}
    try:
        preset = Preset.from_custom({**GOOD, **plain})
    except CustomPresetError as error:
        problems = error.problems
    assert problems or preset.renderable
