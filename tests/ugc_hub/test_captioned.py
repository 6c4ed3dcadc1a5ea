"""Captions in versions of a video: burned in where somebody chose it, and never cut through."""

from __future__ import annotations

import pytest

from tests.ugc_hub.catalog.test_cueing import SRT, film
from tests.ugc_hub.jobs.films import WEB
from ugc_hub import catalog, renditions
from ugc_hub.accounts import SYSTEM
from ugc_hub.framing import AnyFraming, FilmChoice
from ugc_hub.hub import Hub
from ugc_hub.models import AssetClip
from workers.media.video.shapes import MEZZANINE_VERSION, Clip, VideoPlan


@pytest.fixture
def video(hub: Hub) -> str:
    asset = film(hub)
    clip = Clip(1920, 1080, 210, (30, 1))
    with hub.database.write() as session:
        session.add(AssetClip(asset_id=asset, version=MEZZANINE_VERSION, status="ready", clip=clip.dump()))
    return asset


def planned(hub: Hub, video: str, choice: FilmChoice) -> AnyFraming:
    (framed,) = renditions.plan(hub, SYSTEM, video, [WEB], film=choice)
    return framed


def burned(framed: AnyFraming) -> list[tuple[float, float, str]]:
    (plan,) = framed.plans
    assert isinstance(plan, VideoPlan)
    return [(cue.start_s, cue.end_s, cue.text) for cue in plan.captions.cues] if plan.captions else []


def test_the_captions_of_the_chosen_language_are_burned_in(hub: Hub, video: str) -> None:
    catalog.add_captions(hub, SYSTEM, video, SRT, language="en")
    catalog.add_captions(hub, SYSTEM, video, SRT.replace("Come in", "Komm herein"), language="de")
    german = FilmChoice(captions=True, language="de", start_s=3.5, seconds=3.0)
    assert burned(planned(hub, video, german)) == [(0.5, 2.5, "Komm herein")]
    assert burned(planned(hub, video, FilmChoice(language="de"))) == []


def test_captions_that_are_not_there_are_refused_in_words(hub: Hub, video: str) -> None:
    catalog.add_captions(hub, SYSTEM, video, SRT, language="en")
    framed = planned(hub, video, FilmChoice(captions=True, language="fr"))
    assert [reason.code for reason in framed.reasons] == ["no_captions"]
    assert "in fr" in framed.reasons[0].sentence
    assert planned(hub, video, FilmChoice(captions=True)).outcome != "refused"
