from __future__ import annotations

import subprocess
import sys
import time
from importlib.resources import files
from pathlib import Path

import pytest

from ugc_hub.presets import CatalogueError, UnknownPreset, catalogue, lint, read
from ugc_hub.presets.loading import parse
from ugc_hub.presets.records import CHANNELS

HEAVY = ("PIL", "cv2", "numpy", "av", "boto3", "sqlalchemy", "flask", "pydantic")
RECORDS = [target.id for target in catalogue().targets]
FINDINGS = lint(catalogue())


@pytest.mark.parametrize("record", RECORDS)
def test_the_record_keeps_every_rule(record: str) -> None:
    assert [finding for finding in FINDINGS if finding.record == record] == []


def test_outputs_recipes_and_packs_keep_every_rule() -> None:
    assert FINDINGS == []


@pytest.mark.parametrize("record", RECORDS)
def test_the_record_names_a_source_and_the_day_it_was_read(record: str) -> None:
    described = catalogue().get(record).describe()
    assert described["evidence"]["source"]
    assert described["evidence"]["checked"]


def test_every_still_preset_is_renderable_and_no_other_is() -> None:
    for preset in catalogue().presets:
        assert preset.renderable == (preset.target.kind == "image" and not preset.target.in_words), preset.id


def test_each_recipe_of_a_preset_writes_one_format_of_its_output() -> None:
    for preset in (one for one in catalogue().find(kind="image") if not one.target.in_words):
        assert preset.output is not None
        assert tuple(recipe.format for recipe in preset.recipes) == preset.output.formats


def test_many_targets_share_one_output() -> None:
    used = [preset.output.id for preset in catalogue().presets if preset.output]
    assert len(set(used)) < len(used)
    assert set(used) == {output.id for output in catalogue().outputs}


def test_groups_hold_each_preset_once_in_the_order_of_channels() -> None:
    groups = catalogue().groups()
    grouped = [preset.id for group in groups for preset in group.presets]
    assert sorted(grouped) == sorted(RECORDS)
    assert [group.channel for group in groups] == sorted((group.channel for group in groups), key=CHANNELS.index)
    for group in groups:
        assert {(preset.target.channel, preset.target.platform) for preset in group.presets} == {
            (group.channel, group.platform)
        }
        assert group.platform_name[0].isupper()


def test_find_combines_its_conditions() -> None:
    found = catalogue().find(channel="email", kind="image")
    assert found
    assert {(preset.target.channel, preset.target.kind) for preset in found} == {("email", "image")}
    assert len(catalogue().find()) == len(RECORDS)
    assert catalogue().find(channel="email", platform="tiktok") == ()


@pytest.mark.parametrize(
    ("preset", "title"),
    [
        ("amazon.dsp_olv.video.16x9", "DSP online video 16:9, 1920 x 1080"),
        ("web.hls.avc.416x234.145k", "HLS rung 16:9, 416 x 234"),
        ("instagram.organic.feed_image", "Feed API 4:5, 1080 x 1350"),
        ("email.apple_mail.video", "HTML5 video"),
        ("amazon.stv.video.16x9", "Streaming TV prime video 16:9, 1920 x 1080"),
        ("x.image.1x1", "Image ad 1:1, 1200 x 1200"),
    ],
)
def test_names_of_capitals_are_written_in_capitals(preset: str, title: str) -> None:
    assert catalogue().get(preset).title == title


def test_titles_within_a_platform_tell_most_presets_apart_and_are_never_empty() -> None:
    for preset in catalogue().presets:
        assert preset.title.strip() == preset.title != ""


def test_packs_name_renderable_presets() -> None:
    for pack in catalogue().packs:
        assert pack.presets
        assert all(catalogue().get(preset).renderable for preset in pack.presets), pack.id


def test_an_unknown_preset_is_named() -> None:
    with pytest.raises(UnknownPreset) as caught:
        catalogue().get("nobody.nothing")
    assert "nobody.nothing" in caught.value.message
    assert caught.value.status == 404
    assert caught.value.extra["near"] == []


def test_an_unknown_preset_is_told_with_those_that_look_like_it() -> None:
    with pytest.raises(UnknownPreset) as caught:
        catalogue().get("web.srcset.w641")
    assert "web.srcset.w640" in caught.value.extra["near"]
    assert "Did you mean web.srcset.w640" in caught.value.message


def test_what_was_not_published_is_null_and_not_a_guess() -> None:
    described = catalogue().get("pinterest.collection_hero.image.2x3").describe()
    assert described["size"]["width"] is None
    assert described["size"]["min_width"] is None
    assert described["bytes"]["rule"] == "hard"


def test_reading_all_files_takes_little_time() -> None:
    here = files("ugc_hub.presets")

    def once() -> float:
        started = time.process_time()
        read(here, here.joinpath("catalogue"))
        return time.process_time() - started

    assert (
        min(once() for _ in range(5)) < 0.3
    )  # about 0.02 s; measuring coverage on a busy machine takes ten times that


def test_importing_the_catalogue_loads_no_heavy_library() -> None:
    code = (
        "import sys, ugc_hub.presets, ugc_hub.framing; ugc_hub.presets.catalogue();"
        f"print([name for name in {HEAVY!r} if name in sys.modules])"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("schema = 1\n[[target]\n", "not valid TOML"),
        ("schema = 1\n[[output]]\nid = 'x'\n", "output x"),
        ("schema = 1\n[[pack]]\nid = 'x'\n", "pack x"),
        ("schema = 1\n[[recipe]]\nspeed = 3\n", "recipe ?"),
        ("schema = 1\ntarget = [3]\n", "target 3"),
        ("schema = 2\n", "schema must be 1"),
        ("schema = 1\n[[target]]\nid = 'a.b'\nkinds = 'image'\n", "target a.b"),
        ("schema = 1\n[[target]]\nid = 'a.b'\nsize = { widht = 3 }\n", "target a.b"),
    ],
)
def test_a_broken_file_is_refused_with_its_name(text: str, said: str) -> None:
    with pytest.raises(CatalogueError) as caught:
        parse(text, "broken.toml")
    assert "broken.toml" in caught.value.message
    assert said in caught.value.message


FURTHER = """
schema = 1
[platforms]
shop = 'Our shop'
[[output]]
id = 'jpeg.300x300'
formats = ['jpeg']
width = 300
height = 300
[[target]]
id = 'shop.tile'
channel = 'web'
platform = 'shop'
placement = 'tile'
kind = 'image'
size = { width = 300, height = 300, basis = 'exact' }
make = { output = 'jpeg.300x300', recipes = ['jpeg.web'] }
evidence = { source = 'the house', kind = 'custom', checked = '2026-11-23' }
[[recipe]]
id = 'jpeg.web'
version = 9
format = 'jpeg'
"""


def test_a_further_folder_adds_records_and_replaces_those_with_the_same_id(tmp_path: Path) -> None:
    (tmp_path / "shop.toml").write_text(FURTHER, encoding="utf-8")
    wider = catalogue(tmp_path)
    preset = wider.get("shop.tile")
    assert (preset.platform_name, preset.renderable, preset.recipes[0].version) == ("Our shop", True, 9)
    assert len(wider.presets) == len(RECORDS) + 1
    assert lint(wider) == []
    assert catalogue().get(RECORDS[0]) == wider.get(RECORDS[0])


def test_a_further_folder_that_is_none_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError):
        catalogue(tmp_path / "nowhere")


@pytest.mark.parametrize("known", ["output = 'jpeg.300x300'", "recipes = ['jpeg.web']"])
def test_a_target_that_names_a_missing_output_or_recipe_is_told(tmp_path: Path, known: str) -> None:
    (tmp_path / "shop.toml").write_text(FURTHER.replace(known, known.replace("jpeg", "none")), encoding="utf-8")
    with pytest.raises(CatalogueError) as caught:
        catalogue(tmp_path).get("shop.tile")
    assert "shop.tile" in caught.value.message
    assert "none." in caught.value.message
