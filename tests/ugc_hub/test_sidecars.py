"""What is said in a version leaves beside it: its own part, in its own time, by the door of its file."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest
from sqlalchemy import select

from tests.ugc_hub.catalog.test_cueing import SRT, film
from tests.ugc_hub.licensing.rows import cleared
from tests.ugc_hub.test_packs import pretend_made, unzip
from ugc_hub import catalog, licensing, packs, renditions
from ugc_hub.accounts import SYSTEM
from ugc_hub.catalog import Sidecar
from ugc_hub.errors import Conflict, Invalid, NotFound, RightsDenied
from ugc_hub.framing import FilmChoice
from ugc_hub.framing.saying import said_in
from ugc_hub.hub import Hub
from ugc_hub.licensing import StatedUse
from ugc_hub.models import Asset, AssetClip, Usage
from workers.media.layers import Card
from workers.media.plans import load_plan
from workers.media.video.rungs import LadderPlan
from workers.media.video.shapes import MEZZANINE_VERSION, Clip, Cue, VideoPlan

LINKEDIN, WEB, SQUARE = "linkedin.video.16x9", "web.file.h264.720p", "x.video.1x1"
CLIP = Clip(1920, 1080, 210, (30, 1))
GERMAN = SRT.replace("Come in", "Komm herein")
MAIL = StatedUse("website")


@pytest.fixture
def video(hub: Hub) -> str:
    """Seven seconds, in two languages, that may be used."""
    asset = cleared(hub, film(hub))
    with hub.database.write() as session:
        session.get_one(Asset, asset).language = "en"
        session.add(AssetClip(asset_id=asset, version=MEZZANINE_VERSION, status="ready", clip=CLIP.dump()))
    catalog.add_captions(hub, SYSTEM, asset, SRT, language="en")
    catalog.add_captions(hub, SYSTEM, asset, GERMAN, language="de")
    return asset


def version(hub: Hub, video: str, preset: str = WEB, **choice: object) -> str:
    """Return a version of the last seconds, as if it were made."""
    cut = FilmChoice(start_s=3.5, seconds=3.4, **choice)  # type: ignore[arg-type]
    (outcome,) = renditions.request(hub, SYSTEM, video, [preset], stated=MAIL, film=cut)
    assert outcome.renditions, outcome
    pretend_made(hub)
    return outcome.renditions[0]


def taken(hub: Hub, rendition: str, sidecar: Sidecar) -> str:
    file, _ = renditions.take_sidecar(hub, SYSTEM, rendition, sidecar, stated=MAIL)
    assert file.data is not None
    return file.data.decode()


def test_a_version_takes_its_own_part_along_in_its_own_time(hub: Hub, video: str) -> None:
    made = version(hub, video)
    file, left = renditions.take_sidecar(hub, SYSTEM, made, Sidecar("de", "vtt"), stated=MAIL)
    assert file.data == b"WEBVTT\n\n00:00:00.500 --> 00:00:02.500\nKomm herein\n"
    assert (file.media_type, file.download_name.endswith(".de.vtt")) == ("text/vtt; charset=utf-8", True)
    assert taken(hub, made, Sidecar("en")) == "1\n00:00:00,500 --> 00:00:02,500\nCome in\n"
    with hub.database.read() as session:
        usage = session.get_one(Usage, left.usage_id)
    assert (usage.exit, usage.rendition_id, usage.sha256) == ("captions", made, hashlib.sha256(file.data).hexdigest())
    with pytest.raises(NotFound, match="Nothing is said in this version in fr"):
        taken(hub, made, Sidecar("fr"))
    with pytest.raises(Invalid, match="srt or vtt"):
        taken(hub, made, Sidecar("en", "txt"))


def test_what_is_said_leaves_only_where_the_version_may(hub: Hub, video: str) -> None:
    made = version(hub, video)
    with hub.database.write() as session:
        licensing.set_status(hub, session, SYSTEM, asset_id=video, status="hold")
    with pytest.raises(RightsDenied):
        taken(hub, made, Sidecar("en"))
    with hub.database.read() as session:
        assert session.scalars(select(Usage)).all() == []


def test_a_version_that_is_not_made_has_no_captions_to_take(hub: Hub, video: str) -> None:
    (outcome,) = renditions.request(hub, SYSTEM, video, [WEB], stated=MAIL)
    with pytest.raises(Conflict):
        taken(hub, outcome.renditions[0], Sidecar("en"))


def test_an_intro_puts_captions_off_and_streams_count_in_pictures_of_the_clip(hub: Hub, video: str) -> None:
    plan = load_plan(renditions.get(hub, SYSTEM, version(hub, video)).plan)
    assert isinstance(plan, VideoPlan)
    cues = [Cue(1.0, 3.6, "Before"), Cue(4.0, 6.0, "Come in"), Cue(6.5, 9.0, "After")]
    # Of the others less than half a second lies in the part: nobody could read them.
    assert [(one.start_s, one.end_s) for one in said_in(plan, CLIP, cues)] == [(0.5, 2.5)]
    late = replace(plan, intro=Card(45, "#000000"))
    assert [one.start_s for one in said_in(late, CLIP, cues)] == [2.0]
    stream = LadderPlan(plan.crop, (), 105, 60, plan.recipe)
    assert [(one.start_s, one.end_s) for one in said_in(stream, CLIP, cues)] == [(0.5, 2.0)]


def test_a_pack_takes_captions_along_where_the_placement_wants_them(hub: Hub, video: str) -> None:
    pack = packs.make(hub, SYSTEM, name="Autumn", asset_ids=[video], preset_ids=[LINKEDIN, WEB, SQUARE])
    pretend_made(hub)
    files, manifest = unzip(hub, pack.id)
    said = {name: data.decode() for name, data in files.items() if not name.endswith(".jpg")}
    assert sorted(name.partition("_")[2].partition("_")[0] + name[-7:] for name in said) == [
        f"{LINKEDIN}.en.srt",
        f"{WEB}.en.vtt",
    ]
    told = {item["preset_id"]: item["files"][0].get("captions", [None])[0] for item in manifest["items"]}
    assert told[SQUARE] is None
    assert (told[LINKEDIN]["form"], told[LINKEDIN]["language"]) == ("srt", "en")
    data = files[told[LINKEDIN]["file"]]
    assert (told[LINKEDIN]["sha256"], told[LINKEDIN]["size_bytes"]) == (hashlib.sha256(data).hexdigest(), len(data))
    assert told[LINKEDIN]["usage"]["usage_id"] != manifest["items"][0]["files"][0]["usage"]["usage_id"]


def test_a_pack_takes_captions_along_in_each_language_that_is_asked_for(hub: Hub, video: str) -> None:
    asked = {"name": "Autumn", "asset_ids": [video], "preset_ids": [LINKEDIN, SQUARE]}
    pack = packs.make(hub, SYSTEM, **asked, captions=["de", "EN", "de", "fr"])  # type: ignore[arg-type]
    pretend_made(hub)
    files, manifest = unzip(hub, pack.id)
    told = {item["preset_id"]: item["files"][0].get("captions") for item in manifest["items"]}
    german, english, french = told[LINKEDIN]
    assert [one["language"] for one in told[LINKEDIN]] == ["de", "en", "fr"]
    assert b"Komm herein" in files[german["file"]]
    assert b"Come in" in files[english["file"]]
    assert german["usage"]["usage_id"] != english["usage"]["usage_id"]
    assert (french["file"], french["message"]) == (None, "There are no captions in fr of what is shown.")
    assert [(one["file"], one["language"]) for one in told[SQUARE]] == [(None, "de"), (None, "en"), (None, "fr")]
    assert "burn them" in told[SQUARE][0]["message"]
    with pytest.raises(Invalid, match="language"):
        packs.make(hub, SYSTEM, **asked, captions=["no language"])  # type: ignore[arg-type]


def test_versions_with_captions_in_the_picture_take_none_along(hub: Hub, video: str) -> None:
    made = version(hub, video, captions=True, language="de")
    view = renditions.get(hub, SYSTEM, made)
    assert [cue["text"] for cue in view.plan["captions"]["cues"]] == ["Komm herein"]
    entry = {"a": (renditions.Wanted(view, MAIL), WEB)}
    assert renditions.beside_each(hub, entry) == {}
