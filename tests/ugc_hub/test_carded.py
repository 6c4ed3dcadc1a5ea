"""Cards of a video take from the part that is shown, never more than the platform allows, and that is told."""

from __future__ import annotations

import pytest

from tests.ugc_hub.catalog.test_cueing import film
from tests.ugc_hub.test_brands import font, kept
from ugc_hub import renditions
from ugc_hub.accounts import SYSTEM
from ugc_hub.framing import AnyFraming, Choice, FilmChoice
from ugc_hub.framing.kits import Dressing
from ugc_hub.hub import Hub
from ugc_hub.models import AssetClip
from workers.media.video.shapes import MEZZANINE_VERSION, Clip, VideoPlan

__all__ = ["font"]
TIKTOK, BUMPER = "tiktok.infeed.video.9x16", "youtube.bumper.video.16x9"
CARDED = Choice(kit=Dressing("oat", ("intro", "end")))
pytestmark = pytest.mark.parametrize("hub", ["sqlite"], indirect=True)


@pytest.fixture
def video(hub: Hub) -> str:
    """One of 58 seconds."""
    asset = film(hub)
    clip = Clip(1920, 1080, 58 * 30, (30, 1))
    with hub.database.write() as session:
        session.add(AssetClip(asset_id=asset, version=MEZZANINE_VERSION, status="ready", clip=clip.dump()))
    return asset


def planned(hub: Hub, video: str, preset: str, choice: FilmChoice | None = None) -> AnyFraming:
    (framed,) = renditions.plan(hub, SYSTEM, video, [preset], choice=CARDED, film=choice or FilmChoice())
    return framed


def pictures(framed: AnyFraming) -> int:
    (plan,) = framed.plans
    assert isinstance(plan, VideoPlan)
    return plan.shown


def test_cards_leave_what_follows_a_chosen_beginning_as_it_is(hub: Hub, video: str) -> None:
    kept(hub, intro={"title": "Hi", "seconds": 2.0}, end={"title": "Bye", "seconds": 2.0})
    framed = planned(hub, video, TIKTOK, FilmChoice(start_s=50.0))
    assert pictures(framed) == 12 * 30
    assert "shortened" not in {reason.code for reason in framed.reasons}


def test_what_cards_take_from_a_video_is_told(hub: Hub, video: str) -> None:
    kept(hub, intro={"title": "Hi", "seconds": 2.0}, end={"title": "Bye", "seconds": 2.0})
    for choice, first in ((FilmChoice(), 0.0), (FilmChoice(start_s=1.0), 1.0)):
        framed = planned(hub, video, TIKTOK, choice)
        assert pictures(framed) == 60 * 30
        (told,) = [reason.sentence for reason in framed.reasons if reason.code == "shortened"]
        assert told.startswith(f"Only the part from {first:.1f} to {first + 56:.1f} s is shown: with its cards")


def test_cards_that_leave_no_room_are_refused_by_what_is_wrong_with_them(hub: Hub, video: str) -> None:
    kept(hub, intro={"title": "Hi", "seconds": 3.0}, end={"title": "Bye", "seconds": 3.0})
    for choice in (FilmChoice(), FilmChoice(seconds=4.0)):
        (told,) = planned(hub, video, BUMPER, choice).reasons
        assert (told.code, told.severity) == ("too_long", "refusal")
        assert told.sentence.startswith("The cards alone take as long as the platform allows: 6 seconds")
