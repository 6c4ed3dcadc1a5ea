"""Each rule of the catalogue catches the record that breaks it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from ugc_hub.presets import Catalogue, Output, Pack, Recipe, Region, Target, lint
from ugc_hub.presets.records import Audio, Dispute, Duration, Evidence, Items, Make, Size, Video, Weight

OUTPUT = Output("jpeg-png.1080x1350.150000", ("jpeg", "png"), 1080, 1350, max_bytes=150_000)
RECIPES = (Recipe("jpeg.ads", 1, "jpeg"), Recipe("png.ads", 1, "png"), Recipe("webp.web", 1, "webp"))
GOOD = Target(
    id="platform.place.image.4x5",
    channel="ads",
    platform="platform",
    placement="place",
    kind="image",
    ratio="4:5",
    ratio_tolerance_pct=1,
    size=Size(1080, 1350, "recommended", 540, 675, 2160, 2700),
    formats=("jpg", "png"),
    bytes=Weight(150_000, "hard"),
    regions=(Region("pct", top=14, bottom=20),),
    evidence=Evidence("https://example.org/specs", None, "official", "2026-05", "2026-11-23"),
    make=Make("cover", OUTPUT.id, ("jpeg.ads", "png.ads")),
)

Break = Callable[[Target], Target]


def catalogue_of(*targets: Target) -> Catalogue:
    return Catalogue(targets, (OUTPUT,), RECIPES, (Pack("kit", "Kit", "A kit", (GOOD.id,)),))


def test_a_good_record_has_no_finding() -> None:
    assert lint(catalogue_of(GOOD)) == []


BROKEN: list[tuple[str, Break]] = [
    ("id", lambda it: replace(it, id="Platform place")),
    ("channel", lambda it: replace(it, channel="radio")),
    ("kind", lambda it: replace(it, kind="hologram")),
    ("placement", lambda it: replace(it, placement="")),
    ("source", lambda it: replace(it, evidence=replace(it.evidence, source=""))),
    ("source", lambda it: replace(it, evidence=replace(it.evidence, kind="rumour"))),
    ("source", lambda it: replace(it, evidence=replace(it.evidence, date="last year"))),
    ("source", lambda it: replace(it, evidence=replace(it.evidence, kind="house"))),
    ("source", lambda it: replace(it, platform="house")),
    ("checked", lambda it: replace(it, evidence=replace(it.evidence, checked=""))),
    ("dispute", lambda it: replace(it, disputes=(Dispute("size", "", "x"),))),
    ("size", lambda it: replace(it, size=replace(it.size, min_width=0))),
    ("basis", lambda it: replace(it, size=replace(it.size, basis=None))),
    ("basis", lambda it: replace(it, size=replace(it.size, basis="roughly"))),
    ("bytes", lambda it: replace(it, bytes=Weight(0, "hard"))),
    ("bytes", lambda it: replace(it, bytes=Weight(150_000, None))),
    ("bytes", lambda it: replace(it, bytes=Weight(None, "hard"))),
    ("tolerance", lambda it: replace(it, ratio_tolerance_pct=40)),
    ("order", lambda it: replace(it, size=replace(it.size, min_width=1081))),
    ("order", lambda it: replace(it, size=replace(it.size, max_height=1349))),
    ("order", lambda it: replace(it, bytes=Weight(150_000, "hard", 150_001))),
    ("order", lambda it: replace(it, duration=Duration(6, 5))),
    ("order", lambda it: replace(it, video=Video(fps_min=31, fps_max=30))),
    ("order", lambda it: replace(it, video=Video(kbps_min=9, kbps_max=8))),
    ("order", lambda it: replace(it, items=Items(10, 2))),
    ("ratio", lambda it: replace(it, ratio="4x5")),
    ("ratio", lambda it: replace(it, ratio="4:0")),
    ("ratio", lambda it: replace(it, ratio="1:1")),
    ("unit", lambda it: replace(it, regions=(Region("cm", top=1),))),
    ("unit", lambda it: replace(it, regions=(Region("px", top=100),))),
    ("region", lambda it: replace(it, regions=(Region("pct", top=60, bottom=40),))),
    ("region", lambda it: replace(it, regions=(Region("px", (1080, 1350), left=-1),))),
    ("region", lambda it: replace(it, regions=(Region("px", (1080, 1350), x=0, y=0, width=1081, height=5),))),
    ("format", lambda it: replace(it, formats=("jpg", "png", "mp4"))),
    ("format", lambda it: replace(it, formats=("jpg", "png", "jpg"))),
    ("format", lambda it: replace(it, formats=("jpg",))),
    ("deprecated", lambda it: replace(it, deprecated=True)),
    ("deprecated", lambda it: replace(it, deprecated=True, replaced_by=it.id)),
    ("deprecated", lambda it: replace(it, deprecated=True, replaced_by="nobody.nothing")),
    ("output", lambda it: replace(it, make=replace(it.make, output="jpeg.1x1"))),
    ("output", lambda it: replace(it, make=replace(it.make, output=None))),
    ("output", lambda it: replace(it, bytes=Weight(149_999, "hard"))),
    ("output", lambda it: replace(it, ratio=None, size=replace(it.size, width=1000))),
    ("recipe", lambda it: replace(it, make=replace(it.make, recipes=("jpeg.ads", "png.nobody")))),
    ("recipe", lambda it: replace(it, make=replace(it.make, recipes=("jpeg.ads", "webp.web")))),
    ("fit", lambda it: replace(it, make=replace(it.make, fit="stretch"))),
    ("fit", lambda it: replace(it, make=replace(it.make, fit="contain"))),
]


@pytest.mark.parametrize(("rule", "broken"), BROKEN, ids=[f"{n}-{rule}" for n, (rule, _) in enumerate(BROKEN)])
def test_the_rule_catches_a_record_that_breaks_it(rule: str, broken: Break) -> None:
    record = broken(GOOD)
    findings = [finding for finding in lint(catalogue_of(record)) if finding.record == record.id]
    assert rule in {finding.rule for finding in findings}


def test_two_records_with_one_id_are_found() -> None:
    assert [finding.rule for finding in lint(catalogue_of(GOOD, GOOD))] == ["unique"]


def test_an_output_whose_id_lies_is_found() -> None:
    lying = replace(OUTPUT, max_bytes=140_000)
    assert [finding.rule for finding in lint(Catalogue((GOOD,), (lying,), RECIPES))] == ["address"]


def test_a_recipe_with_qualities_out_of_order_is_found() -> None:
    recipes = (replace(RECIPES[0], quality=30, min_quality=40), *RECIPES[1:])
    assert [finding.record for finding in lint(Catalogue((GOOD,), (OUTPUT,), recipes))] == ["jpeg.ads"]


def test_a_pack_that_names_a_missing_preset_is_found() -> None:
    packs = (Pack("kit", "Kit", "A kit", ("nobody.nothing",)),)
    assert [finding.rule for finding in lint(Catalogue((GOOD,), (OUTPUT,), RECIPES, packs))] == ["pack"]


def test_a_replacement_that_exists_is_accepted() -> None:
    old = replace(GOOD, id="platform.place.image.old", deprecated=True, replaced_by=GOOD.id)
    assert lint(catalogue_of(GOOD, old)) == []


def test_a_video_needs_no_output() -> None:
    video = Target(
        id="platform.clip",
        channel="ads",
        platform="platform",
        placement="clip",
        kind="video",
        formats=("mp4",),
        audio=Audio(("aac",)),
        evidence=GOOD.evidence,
    )
    assert lint(catalogue_of(GOOD, video)) == []
