"""The form of plans: what no field should hold never reaches ffmpeg, a path or a drawing library."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest

from workers.media import forms
from workers.media.errors import PlanImpossible
from workers.media.image import render_pack
from workers.media.layers import Card, Overlay
from workers.media.records import Plan, Record
from workers.media.shapes import Backdrop, Box, ImagePlan, Recipe
from workers.media.video import animate, ladder, render
from workers.media.video.rungs import LadderPlan, Rung
from workers.media.video.shapes import (
    Aim,
    AnimationPlan,
    Bed,
    Captions,
    CaptionStyle,
    Clip,
    Cue,
    VideoPlan,
    VideoRecipe,
)

CLIP = Clip(160, 90, 10, (10, 1))
WHOLE = Box(0, 0, 160, 90)
RECIPE = VideoRecipe("h264.test", 1)
LAID = Overlay("logo", "box", 0, 0, 10, 10)
SAID = Captions((Cue(0, 1, "Hello"),), WHOLE)
FILM = VideoPlan(160, 90, WHOLE, WHOLE, 0, 10, (10, 1), RECIPE, captions=SAID, overlays=(LAID,), intro=Card(5))
MOVING = AnimationPlan(WHOLE, WHOLE, 0, 10, path=(Aim(0, 0.5, 0.5),))
STREAM = LadderPlan(WHOLE, (Rung(160, 90, 200, (10, 1)),), 0, 10, RECIPE)
PHOTO = ImagePlan(160, 90, WHOLE, WHOLE, Recipe("jpeg.test", 1, "jpeg"))
DRAWN = "black,drawtext=textfile=/etc/passwd"


def styled(**changes: Any) -> VideoPlan:
    return replace(FILM, captions=replace(SAID, style=CaptionStyle(**changes)))


EVIL: list[tuple[Plan, str]] = [
    (replace(FILM, backdrop=Backdrop("colour", DRAWN)), "backdrop.colour"),
    (replace(FILM, backdrop=Backdrop("colour", "#ffffff\n")), "backdrop.colour"),
    (replace(FILM, backdrop=Backdrop("none", "#ffffff")), "backdrop.kind"),  # type: ignore[arg-type]
    (replace(FILM, recipe=replace(RECIPE, preset="fast -vf x")), "recipe.preset"),
    (replace(FILM, recipe=replace(RECIPE, container="mp4 x")), "recipe.container"),  # type: ignore[arg-type]
    (replace(FILM, first="0:v"), "first"),  # type: ignore[arg-type]
    (replace(FILM, rate=(30, "1,null")), "rate"),  # type: ignore[arg-type]
    (replace(FILM, path=(Aim(0.0, float("nan"), 0.5),)), "path.x"),
    (replace(FILM, captions=None, bed=Bed("a", "../../etc/passwd")), "bed.file"),
    (replace(FILM, overlays=(replace(LAID, kind="image", image="../logo"),)), "overlays.image"),
    (replace(FILM, overlays=(replace(LAID, font="/etc/passwd"),)), "overlays.font"),
    (replace(FILM, intro=Card(5, "red;movie=x")), "intro.colour"),
    (styled(font="Sans:fontsdir=/"), "captions.style.font"),
    (styled(colour="#fff"), "captions.style.colour"),
    (replace(FILM, captions=replace(SAID, cues=(Cue(0, 1, "One\rStyle: x"),))), "captions.cues.text"),
    (styled(size="1"), "captions.style.size"),
    (replace(MOVING, format="gif,x"), "format"),  # type: ignore[arg-type]
    (replace(MOVING, overlays=(replace(LAID, colour=DRAWN),)), "overlays.colour"),
    (replace(STREAM, recipe=replace(RECIPE, profile="high:x")), "recipe.profile"),
    (replace(PHOTO, backdrop=Backdrop("colour", DRAWN)), "backdrop.colour"),
    (replace(PHOTO, flatten="white"), "flatten"),
]


def engine(plan: Plan, workdir: Path) -> None:
    """Let the engine begin; the files that it would open are not there."""
    source = workdir / "none.mov"
    if isinstance(plan, VideoPlan):
        found = render.render(source, CLIP, [plan], workdir)[plan.digest()]
        assert isinstance(found, PlanImpossible)
        raise found
    if isinstance(plan, AnimationPlan):
        animate.animate(source, CLIP, plan, workdir)
    elif isinstance(plan, LadderPlan):
        ladder.ladder(source, CLIP, plan, workdir)
    else:
        assert isinstance(plan, ImagePlan)
        render_pack(source, [plan], workdir)


@pytest.mark.parametrize(("plan", "field"), EVIL, ids=lambda one: str(one)[:40])
def test_the_engine_begins_nothing_with_what_is_no_plan(plan: Plan, field: str, tmp_path: Path) -> None:
    with pytest.raises(PlanImpossible) as told:
        engine(plan, tmp_path)
    assert told.value.code == "plan_malformed"
    assert f"({field})" in told.value.message
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("plan", [FILM, MOVING, STREAM, PHOTO, *(one.load(one.dump()) for one in (FILM, STREAM))])
def test_a_plan_as_the_house_makes_it_is_fine(plan: Plan) -> None:
    forms.check(plan)


def kinds(kind: Any) -> Iterator[type[Record]]:
    """Every kind of record that lies in one, itself included."""
    if isinstance(kind, type) and issubclass(kind, Record):
        yield kind
        for hint in get_type_hints(kind).values():
            yield from kinds(hint)
    for inner in get_args(kind):
        yield from kinds(inner)


def test_every_text_of_every_plan_has_a_form() -> None:
    """A new field of text is refused until somebody says what may stand in it."""
    found = {
        name
        for plan in (VideoPlan, AnimationPlan, LadderPlan, ImagePlan)
        for kind in kinds(plan)
        for name, hint in get_type_hints(kind).items()
        if dataclasses.is_dataclass(kind) and str in (hint, *get_args(hint))
    }
    assert found == set(forms.TEXTS)
