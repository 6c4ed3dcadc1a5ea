"""What e-mail and pages need of a video: animations, stills and streams are asked for and made like its films."""

from __future__ import annotations

import io
import zipfile

import pytest
from PIL import Image

from tests.ugc_hub.jobs.films import GIF, WEB
from tests.ugc_hub.jobs.test_film import WEBSITE, by_preset, codes, prepared, video, waiting
from ugc_hub import delivery, renditions
from ugc_hub.accounts import SYSTEM
from ugc_hub.framing import FilmChoice
from ugc_hub.hub import Hub
from ugc_hub.jobs.local import finish
from ugc_hub.licensing import StatedUse
from ugc_hub.models import Usage
from ugc_hub.web import films
from workers.media.plans import load_plan
from workers.media.shapes import ImagePlan
from workers.media.video.rungs import MASTER, LadderPlan
from workers.media.video.shapes import AnimationPlan, VideoPlan

__all__ = ["video"]
POSTER, STREAM = "email.video_poster.2x", "web.hls.avc.416x234.145k"


@pytest.fixture
def made(hub: Hub, video: str) -> dict[str, renditions.RenditionView]:
    prepared(hub, video)
    part = {GIF: FilmChoice(start_s=0.25, seconds=0.5), POSTER: FilmChoice(still_s=0.5)}
    answers = renditions.request(hub, SYSTEM, video, [GIF, POSTER, STREAM, WEB], stated=WEBSITE, films=part)
    assert {one.outcome for one in answers} <= {"ready", "warned"}
    finish(hub, [waiting(hub, "film")])
    return by_preset(hub, video)


def test_each_is_made_stored_and_told_by_its_kind(hub: Hub, made: dict[str, renditions.RenditionView]) -> None:
    assert {view.status for view in made.values()} == {"ready"}
    kinds = {preset: type(load_plan(view.plan)) for preset, view in made.items()}
    assert kinds == {GIF: AnimationPlan, POSTER: ImagePlan, STREAM: LadderPlan, WEB: VideoPlan}
    assert {preset: view.media_type for preset, view in made.items()} == {
        GIF: "image/gif",
        POSTER: "image/jpeg",
        STREAM: "application/zip",
        WEB: "video/mp4",
    }
    moving, stream = made[GIF].measured, made[STREAM].measured
    assert moving is not None
    assert stream is not None
    assert (moving["duration_s"], moving["loops"]) == (pytest.approx(0.5, abs=0.1), 10)
    assert stream["names"] == [MASTER, "sound.m3u8", "sound.mp4", "v0.m3u8", "v0.mp4"]
    assert (films.made(moving), films.made(stream)) == ("0.5 s · shown 10 times", "1 s · 1 size")
    assert made[STREAM].file_name.endswith("_160x90.zip")
    assert made[POSTER].plan["still"]["frame"] == 15
    assert codes(hub) == []


def test_each_leaves_for_its_use_with_what_was_done_to_it(hub: Hub, made: dict[str, renditions.RenditionView]) -> None:
    found = {}
    for preset, view in made.items():
        file, left = renditions.take(hub, SYSTEM, view.id, stated=WEBSITE)
        assert file.data is not None
        with hub.database.read() as session:
            found[preset] = set(session.get_one(Usage, left.usage_id).edits)
        if preset == STREAM:
            with zipfile.ZipFile(io.BytesIO(file.data)) as bundle:
                assert left.usage_id.encode() in bundle.read("v0.mp4")
        else:
            assert left.usage_id.encode() in file.data
        if preset in (GIF, POSTER):
            with Image.open(io.BytesIO(file.data)) as picture:
                picture.load()
    assert found == {GIF: {"trim", "audio_remove"}, POSTER: {"still_frame"}, STREAM: set(), WEB: set()}


def test_a_link_to_a_stream_leads_to_its_files(hub: Hub, made: dict[str, renditions.RenditionView]) -> None:
    token = delivery.make_link(hub, SYSTEM, made[STREAM].id, stated=StatedUse("website", ("US",))).token
    assert delivery.follow(hub, token).opens_with == MASTER
    assert delivery.follow(hub, token, "v0.mp4").file.media_type == "video/mp4"


def test_a_short_text_is_no_file_of_a_video_either(hub: Hub, video: str) -> None:
    prepared(hub, video)
    (framed,) = renditions.plan(hub, SYSTEM, video, ["web.placeholder.thumbhash"])
    assert framed.reasons[0].code == "placeholder_is_text"
