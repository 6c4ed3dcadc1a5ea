"""Videos for pages: HTML that plays, by addresses that are decided each time, with captions of its own times."""

from __future__ import annotations

import base64
import re
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.ugc_hub.conftest import Send
from tests.ugc_hub.jobs.test_film import by_preset, waiting
from tests.ugc_hub.licensing.rows import clear
from tests.workers.media.clips import little
from ugc_hub import catalog, delivery, embeds, licensing, renditions
from ugc_hub.accounts import SYSTEM
from ugc_hub.catalog.below import said_beside
from ugc_hub.errors import Conflict, Gone, Invalid, NotFound, RightsDenied
from ugc_hub.framing import FilmChoice
from ugc_hub.hub import Hub
from ugc_hub.jobs.local import finish
from ugc_hub.licensing import StatedUse
from ugc_hub.models import AssetClip
from workers.media.features.thumbhash import encode_text
from workers.media.layers import Card
from workers.media.shapes import Box
from workers.media.video.rungs import MASTER, LadderPlan, Rung
from workers.media.video.shapes import Captions, Clip, Cue, VideoPlan, VideoRecipe

FILM, STREAM, POSTER = "web.file.h264.720p", "web.hls.avc.416x234.145k", "email.video_poster.2x"
PAGE = StatedUse("website", ("US",))
TRACK = b"1\n00:00:00,200 --> 00:00:00,700\nHello <b>there</b>\n"


class Read(HTMLParser):
    """The elements of a snippet with their attributes, in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def of(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.found if name == tag]


@pytest.fixture
def video(hub: Hub, send: Send, tmp_path: Path) -> str:
    asset = send(little(tmp_path), "clip.mp4")
    clear(hub, asset)
    finish(hub, [waiting(hub, "normalise")])
    catalog.add_captions(hub, SYSTEM, asset, TRACK, language="en")
    return asset


def make(hub: Hub, video: str, *presets: str) -> dict[str, renditions.RenditionView]:
    renditions.request(hub, SYSTEM, video, presets, stated=PAGE, films={POSTER: FilmChoice(still_s=0.5)})
    finish(hub, [waiting(hub, "film")])
    return by_preset(hub, video)


def token_of(url: str | None) -> str:
    found = re.search(r"/d/([^/]+)", url or "")
    assert found is not None
    return found[1]


@pytest.mark.parametrize("hub", ["sqlite"], indirect=True)
def test_the_html_plays_by_links_that_end_with_the_permission(hub: Hub, video: str) -> None:
    made = make(hub, video, FILM, STREAM, POSTER)
    embed = embeds.make(hub, SYSTEM, video, stated=PAGE)
    page = Read(embed.html)
    (element,), sources, (track,) = page.of("video"), page.of("source"), page.of("track")
    assert [tag for tag, _ in page.found] == ["video", "source", "source", "track"]
    assert (element["width"], element["height"], element["preload"]) == ("160", "90", "none")
    assert {"controls", "playsinline"} <= element.keys()
    assert [one["type"] for one in sources] == ["application/vnd.apple.mpegurl", "video/mp4"]
    assert str(sources[0]["src"]).endswith(f"/{MASTER}")
    assert (track["srclang"], track["label"], "default" in track) == ("en", "English", True)
    assert element["crossorigin"] == "anonymous"
    kinds = {one.kind: one.rendition_id for one in embed.links}
    assert kinds == {"stream": made[STREAM].id, "film": made[FILM].id, "poster": made[POSTER].id}
    types = {
        MASTER: delivery.follow(hub, token_of(sources[0]["src"]), MASTER).file.media_type,
        "film": delivery.follow(hub, token_of(sources[1]["src"])).file.media_type,
        "poster": delivery.follow(hub, token_of(element["poster"])).file.media_type,
    }
    assert types == {MASTER: "application/vnd.apple.mpegurl", "film": "video/mp4", "poster": "image/jpeg"}
    name = str(track["src"]).rpartition("/")[2]
    said = delivery.follow(hub, token_of(track["src"]), name)
    assert said.file.media_type.startswith("text/vtt")
    assert b"00:00:00.200 --> 00:00:00.700" in (said.file.data or b"")
    for wrong in ("captions.de.vtt", "captions.vtt", "captions.en.srt", "captions.e/n.vtt"):
        with pytest.raises(NotFound):
            delivery.follow(hub, token_of(track["src"]), wrong)
    assert embed.ends == "Its addresses work until the permission ends."
    with hub.database.write() as session:
        licensing.set_status(hub, session, SYSTEM, asset_id=video, status="hold")
    for address, part in ((track["src"], name), (sources[0]["src"], MASTER), (element["poster"], "")):
        with pytest.raises(Gone):
            delivery.follow(hub, token_of(address), part)


@pytest.mark.parametrize("hub", ["sqlite"], indirect=True)
def test_the_poster_that_was_chosen_has_a_placeholder_of_its_own(hub: Hub, video: str) -> None:
    made = make(hub, video, FILM, POSTER)
    poster = made[POSTER]
    assert poster.thumbhash
    assert poster.as_dict()["thumbhash"] == poster.thumbhash
    with hub.storage.local(poster.storage_key or "") as path, Image.open(path) as picture:
        mean = np.asarray(picture.convert("RGB").resize((1, 1), Image.Resampling.BOX))[0, 0].astype(int)
    colour = embeds.average(poster.thumbhash)
    assert np.abs(np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) - mean).max() < 14
    page = Read(embeds.make(hub, SYSTEM, video, stated=PAGE).html)
    (element,) = page.of("video")
    assert f"background: {colour}" in str(element["style"])
    assert element["data-thumbhash"] == poster.thumbhash
    assert made[FILM].thumbhash is None


@pytest.mark.parametrize("hub", ["sqlite"], indirect=True)
def test_without_a_version_or_a_permission_there_is_none_and_it_says_why(hub: Hub, video: str) -> None:
    with pytest.raises(Conflict, match="no finished version"):
        embeds.make(hub, SYSTEM, video, stated=PAGE)
    made = make(hub, video, FILM, POSTER)
    with pytest.raises(Conflict, match="no finished version"):
        embeds.make(hub, SYSTEM, video, stated=PAGE, chosen=[made[POSTER].id])
    with pytest.raises(NotFound, match="rnd_none"):
        embeds.make(hub, SYSTEM, video, stated=PAGE, chosen=["rnd_none"])
    with pytest.raises(Invalid):
        embeds.make(hub, SYSTEM, video, stated=StatedUse())
    clear(hub, video, effect="prohibit", edits=["still_frame"])
    embed = embeds.make(hub, SYSTEM, video, stated=PAGE)
    assert [one.kind for one in embed.links] == ["film"]
    assert [one.kind for one in embed.left_out] == ["poster"]
    assert embed.left_out[0].sentence
    assert "poster" not in Read(embed.html).of("video")[0]
    with hub.database.write() as session:
        licensing.set_status(hub, session, SYSTEM, asset_id=video, status="hold")
    with pytest.raises(RightsDenied):
        embeds.make(hub, SYSTEM, video, stated=PAGE)


@pytest.mark.parametrize("hub", ["sqlite"], indirect=True)
def test_its_end_is_told_in_words(hub: Hub, video: str) -> None:
    make(hub, video, FILM)
    end = hub.now() + timedelta(days=30)
    use = StatedUse("website", ("US",), ends_at=end)
    embed = embeds.make(hub, SYSTEM, video, stated=use)
    assert embed.valid_until is not None
    assert f"until {embed.valid_until:%Y-%m-%d}" in embed.ends


def plan(**changes: object) -> VideoPlan:
    whole = Box(0, 0, 64, 36)
    given = {"first": 25, "frames": 20, **changes}
    return VideoPlan(64, 36, whole, whole, rate=(10, 1), recipe=VideoRecipe("x", 1), **given)  # type: ignore[arg-type]


def test_captions_count_from_where_the_version_begins_and_none_stand_beside_burned_ones() -> None:
    """The clip has 25 pictures a second and the version 10: it shows the part from 1 s to 3 s."""
    row = AssetClip(asset_id="ast_1", version=1, status="ready", clip=Clip(64, 36, 100, (25, 1)).dump())
    cues = (Cue(0.5, 0.9, "before"), Cue(0.8, 1.5, "begins"), Cue(2.0, 2.5, "in"), Cue(3.5, 4.0, "after"))
    assert said_beside(plan(), row, cues) == (Cue(0.0, 0.7, "begins"), Cue(1.0, 1.5, "in"))
    later = said_beside(plan(intro=Card(15)), row, cues)
    assert [(one.start_s, one.end_s) for one in later] == [(1.5, 2.2), (2.5, 3.0)]
    assert said_beside(plan(captions=Captions(cues, Box(0, 0, 64, 36))), row, cues) == ()
    assert said_beside(plan(), None, cues) == ()
    whole = Box(0, 0, 64, 36)
    stream = LadderPlan(whole, (Rung(64, 36, 100, (25, 1)),), 25, 50, VideoRecipe("x", 1), intro=Card(25))
    assert [(one.start_s, one.end_s) for one in said_beside(stream, row, cues)] == [(1.0, 1.7), (2.0, 2.5)]


@pytest.mark.parametrize("colour", [(200, 30, 60), (20, 180, 90), (250, 250, 250), (0, 0, 0), (30, 40, 220)])
def test_the_colour_of_a_placeholder_is_that_of_its_picture(colour: tuple[int, int, int]) -> None:
    pixels = np.full((36, 64, 4), (*colour, 255), np.uint8)
    text = embeds.average(encode_text(pixels))
    assert base64.b64decode(encode_text(pixels))
    assert np.abs(np.array([int(text[at : at + 2], 16) for at in (1, 3, 5)]) - colour).max() < 14
