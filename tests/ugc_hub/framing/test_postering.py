"""Posters: any still of the catalogue from a clip, of the picture that tells most, with a button where one belongs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ugc_hub.framing import Choice
from ugc_hub.framing.filming import FilmChoice
from ugc_hub.framing.postering import poster
from ugc_hub.presets import catalogue
from ugc_hub.presets.records import Region
from workers.media.shapes import ImagePlan, Point
from workers.media.stills import PlayButton
from workers.media.video.shapes import Clip, Seen

PLAYED = catalogue().get("email.video_poster.2x")
HERO = catalogue().get("email.hero.600.1x")
STILLS = [preset for preset in catalogue().presets if preset.renderable]
SEEN = (*(Seen(at / 4, detail=0.02) for at in range(20)), Seen(5.0, ((0.6, 0.2, 0.2, 0.3),), detail=0.05))
CLIP = Clip(3840, 2160, 300, (30, 1), seen=SEEN)


def only(plans: tuple[ImagePlan, ...]) -> ImagePlan:
    (plan,) = plans
    return plan


def test_the_picture_is_the_one_that_tells_most_or_the_chosen_one() -> None:
    best = only(poster(CLIP, HERO).plans)
    assert best.still is not None
    assert best.still.frame == 150
    chosen = only(poster(CLIP, HERO, FilmChoice(still_s=2.5)).plans)
    assert chosen.still is not None
    assert chosen.still.frame == 75
    assert chosen.digest() != best.digest()
    assert poster(CLIP, HERO, FilmChoice(still_s=10.5)).reasons[0].code == "no_such_moment"
    last = only(poster(CLIP, HERO, FilmChoice(still_s=10.0)).plans)
    assert last.still is not None
    assert last.still.frame == 299


def test_the_button_is_drawn_where_the_still_leads_to_the_video_unless_somebody_says_otherwise() -> None:
    drawn = only(poster(CLIP, PLAYED).plans)
    assert drawn.still is not None
    assert drawn.still.button == PlayButton(600, 337, 148)
    for preset, choice in ((HERO, FilmChoice()), (PLAYED, FilmChoice(play_button=False))):
        plan = only(poster(CLIP, preset, choice).plans)
        assert plan.still is not None
        assert plan.still.button is None
    asked = only(poster(CLIP, HERO, FilmChoice(play_button=True)).plans)
    assert asked.still is not None
    assert asked.still.button is not None


def test_the_button_stands_in_what_the_platform_leaves_free() -> None:
    target = replace(PLAYED.target, regions=(Region("pct", top=0, right=0, bottom=50, left=0),))
    plan = only(poster(CLIP, replace(PLAYED, target=target)).plans)
    assert plan.still is not None
    assert plan.still.button is not None
    button = plan.still.button
    assert button.y + button.size / 2 <= plan.height / 2
    assert button.y == pytest.approx(plan.height / 4, abs=1)


def test_the_crop_goes_where_the_face_of_that_picture_is() -> None:
    tall = catalogue().get("instagram.organic.feed_image")
    face = only(poster(CLIP, tall).plans)
    plain = only(poster(CLIP, tall, FilmChoice(still_s=1.0)).plans)
    assert face.crop.x > plain.crop.x
    by_hand = only(poster(CLIP, tall, FilmChoice(Choice(focal_point=Point(0.1, 0.5)))).plans)
    assert by_hand.crop.x < plain.crop.x


def test_every_still_preset_takes_a_picture_of_a_large_clip() -> None:
    for preset in STILLS:
        framed = poster(CLIP, preset)
        assert framed.plans or framed.reasons[0].code in ("too_small", "smaller_than_width", "too_long"), preset.id
        assert all(plan.still is not None for plan in framed.plans)
    assert sum(bool(poster(CLIP, preset).plans) for preset in STILLS) > 0.9 * len(STILLS)
