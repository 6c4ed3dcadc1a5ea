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
from workers.queue import jobs as queue
from workers.queue.shapes import Query


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


def test_letters_that_cannot_be_burned_in_are_told_of_before_there_is_a_job(hub: Hub, video: str) -> None:
    catalog.add_captions(hub, SYSTEM, video, SRT.replace("Come in", "\u304a\u5165\u308a"), language="ja")
    choice = FilmChoice(captions=True, language="ja")
    assert (
        planned(hub, video, choice)
        .reasons[0]
        .sentence.startswith("There is no \u304a \u5165 \u308a in the font DejaVu")
    )
    (told,) = renditions.request(hub, SYSTEM, video, [WEB], film=choice)
    assert (told.outcome, told.reasons[0]["code"]) == ("refused", "letters_missing")
    with hub.database.read() as session:
        assert not queue.find(session.connection(), Query(kind="film"))


def test_captions_that_are_not_there_are_refused_in_words(hub: Hub, video: str) -> None:
    catalog.add_captions(hub, SYSTEM, video, SRT, language="en")
    framed = planned(hub, video, FilmChoice(captions=True, language="fr"))
    assert [reason.code for reason in framed.reasons] == ["no_captions"]
    assert "in fr" in framed.reasons[0].sentence
    assert planned(hub, video, FilmChoice(captions=True)).outcome != "refused"
