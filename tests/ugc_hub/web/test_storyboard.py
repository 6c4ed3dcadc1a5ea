"""The storyboard of a video: what each version will be before anything is made, and then how they come along."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

import pytest

from tests.pictures import jpeg
from tests.ugc_hub.conftest import Send
from tests.ugc_hub.licensing.test_beds import licence
from tests.ugc_hub.test_brands import kept
from tests.ugc_hub.web.conftest import Person
from tests.workers.media.clips import little, tone
from ugc_hub import catalog, renditions
from ugc_hub.accounts import SYSTEM
from ugc_hub.hub import Hub
from ugc_hub.jobs.local import finish
from ugc_hub.models import AssetClip
from ugc_hub.permissions.music import Music, send_music
from ugc_hub.permissions.things import add_track
from ugc_hub.renditions.clips import clip_of
from ugc_hub.web import words

Browser = Callable[[str], Person]
FREE = "amazon.sponsored_brands.video.16x9"
LARGE = "youtube.bumper.video.16x9"


@pytest.fixture
def waiting(send: Send, tmp_path: Path) -> str:
    """A video that was measured and waits to be made ready."""
    return send(little(tmp_path), "clip.mp4", own=True)


@pytest.fixture
def video(hub: Hub, waiting: str) -> str:
    finish(hub, [clip_of(hub, SYSTEM, waiting).job_id or 0])
    return waiting


def form(person: Person, *presets: str, **fields: str) -> dict[str, object]:
    return {"csrf": person.csrf, "storyboard": "1", "preset": list(presets), **fields}


def test_without_a_script_the_address_says_what_is_planned(hub: Hub, browser: Browser, video: str) -> None:
    query = f"storyboard=1&preset={FREE}&preset={LARGE}&start=0.2&seconds=0.5&sound=mute"
    page = browser("designer").get(f"/assets/{video}/storyboard?{query}").text
    assert "160 × 90" in page
    assert "0.5 s, 30 pictures a second" in page
    assert "Muted" in page
    assert "1 of 2 versions can be made." in page
    assert "at least 1280 x 720 are needed" in page
    assert f"/api/v1/assets/{video}/previews/sheet" in page
    assert renditions.of_asset(hub, SYSTEM, video) == []


def test_a_colour_cannot_be_a_filter(hub: Hub, browser: Browser, program: Callable[..., Person], waiting: str) -> None:
    """On the page with and without the storyboard, in the address, and by API: refused before anything is planned."""
    person, evil = browser("designer"), "black,drawtext=textfile=/etc/passwd:fontcolor=white"
    asked = form(person, FREE, fit="contain", backdrop="colour", colour=evil)
    for name in ("storyboard", "renditions"):
        refused = person.post(f"/assets/{waiting}/{name}", data=asked)
        assert (refused.status_code, "as #rrggbb" in refused.text) == (422, True), name
    assert person.get(f"/assets/{waiting}/storyboard?{urlencode(asked, doseq=True)}").status_code == 422
    choice = {"fit": "contain", "backdrop": {"kind": "colour", "colour": evil}}
    wish = {"preset_ids": [FREE], "choice": choice}
    assert program("designer").post(f"/api/v1/assets/{waiting}/renditions", json=wish).status_code == 422
    assert renditions.of_asset(hub, SYSTEM, waiting) == []


def test_a_face_under_the_buttons_of_a_platform_is_told_with_for_how_long(
    hub: Hub, browser: Browser, video: str
) -> None:
    """The page, the API: what the command prints comes from the same plan."""
    face = {"at_s": 0.0, "faces": [[0.4, 0.8, 0.2, 0.1]], "motion": None, "amount": 0.0, "detail": 0.0}
    with hub.database.write() as session:
        row = session.get_one(AssetClip, video)
        row.clip = {**(row.clip or {}), "width": 1080, "height": 1920, "frames": 300, "seen": [face]}
    person, reels = browser("designer"), "meta.reels.video.9x16"
    asked = {"preset_ids": [reels], "film": {"start_s": 0.0, "seconds": 6.0}}
    (framing,) = person.post(f"/api/v1/assets/{video}/plans", json=asked).json["items"]  # type: ignore[index]
    (said,) = [one["sentence"] for one in framing["reasons"] if one["code"] == "covered_face"]
    assert said.startswith("A face lies for 6.0 s (from 0.0 to 6.0 s) where the platform draws its buttons")
    assert framing["covered"][0]["times"] == [{"start_s": 0.0, "end_s": 6.0}]
    page = person.get(f"/assets/{video}/storyboard?storyboard=1&preset={reels}&start=0&seconds=6").text
    assert "A face lies for 6.0 s" in page


def test_every_change_is_answered_with_the_versions_alone(browser: Browser, video: str) -> None:
    person = browser("designer")
    path = json.dumps([{"at_s": 0.4, "x": 0.3, "y": 0.5, "jump": True}])
    fields = form(person, FREE, **{f"path.{FREE}": path, "seconds": "0,5"})
    answer = person.post(f"/assets/{video}/storyboard/plans", data=fields)
    assert answer.status_code == 200
    assert answer.text.lstrip().startswith('<div class="stack board-versions"')
    assert "&#34;at_s&#34;: 0.4" in answer.text
    assert "Nothing chosen" in person.post(f"/assets/{video}/storyboard/plans", data=form(person)).text


WRONG: tuple[dict[str, str], ...] = (
    {"start": "soon"},
    {"seconds": "0"},
    {"seconds": "nan"},
    {"captions": "zz<b>"},
    {f"path.{FREE}": "here"},
    {f"path.{FREE}": '[{"at_s": 1, "x": 2, "y": 0.5}]'},
    {f"path.{FREE}": "{}x"},
    {f"path.{FREE}": "[" * 100_000},
    {f"path.{FREE}": f'[{{"at_s": 1{"0" * 400}, "x": 0, "y": 0}}]'},
    {f"path.{FREE}": json.dumps([{"at_s": 1, "x": 0.5, "y": 0.5}] * 101)},
)


def test_what_is_no_time_and_no_place_is_refused_in_words(browser: Browser, video: str) -> None:
    person = browser("designer")
    for wrong in WRONG:
        answer = person.post(f"/assets/{video}/storyboard/plans", data=form(person, FREE, **wrong))
        assert answer.status_code == 422


def test_a_video_that_is_not_ready_yet_says_how_far_it_is(hub: Hub, browser: Browser, waiting: str) -> None:
    person = browser("designer")
    path = f"/assets/{waiting}/storyboard"
    assert "waits for its turn" in person.get(path).text
    assert "HX-Refresh" not in person.get(f"{path}/wait").headers
    finish(hub, [clip_of(hub, SYSTEM, waiting).job_id or 0])
    assert person.get(f"{path}/wait").headers["HX-Refresh"] == "true"
    assert "data-board" in person.get(path).text


def test_one_that_could_not_be_made_ready_says_why_and_is_tried_again(hub: Hub, browser: Browser, video: str) -> None:
    with hub.database.write() as session:
        row = session.get_one(AssetClip, video)
        row.status, row.code, row.message, row.clip = "failed", "corrupt", "The video shows no picture.", None
    person = browser("designer")
    page = person.get(f"/assets/{video}/storyboard").text
    assert "The video shows no picture." in page
    assert "Try again" in page
    assert "The video shows no picture." in person.get(f"/assets/{video}").text
    assert person.post(f"/assets/{video}/clip", data={"csrf": person.csrf}).status_code == 303
    assert clip_of(hub, SYSTEM, video).status == "queued"
    assert "Try again" not in browser("viewer").get(f"/assets/{video}").text


def test_only_videos_have_one(browser: Browser, send: Send) -> None:
    photo = send(jpeg(300, 200, 1))
    person = browser("designer")
    assert person.get(f"/assets/{photo}/storyboard").status_code == 404
    assert person.post(f"/assets/{photo}/clip", data={"csrf": person.csrf}).status_code == 409


def test_versions_are_made_in_one_go_stopped_and_tried_again(hub: Hub, browser: Browser, video: str) -> None:
    person = browser("designer")
    fields = form(person, FREE, LARGE, seconds="0.5")
    answer = person.post(f"/assets/{video}/storyboard", data=fields, headers={"HX-Request": "true"})
    assert "at least 1280 x 720 are needed" in answer.text
    (made,) = renditions.of_asset(hub, SYSTEM, video)
    assert (made.status, made.presets) == ("queued", (FREE,))
    assert "0 of 1 file ready" in answer.text
    stopped = person.post(
        f"/assets/{video}/renditions/stop", data={"csrf": person.csrf}, headers={"HX-Request": "true"}
    )
    assert "It was cancelled." in stopped.text
    assert "Try again" in stopped.text
    again = person.post(f"/renditions/{made.id}/again", data={"csrf": person.csrf})
    assert again.status_code == 303
    (queued,) = renditions.of_asset(hub, SYSTEM, video)
    assert queued.status == "queued"
    assert queued.job_id != made.job_id
    assert person.post(f"/renditions/{made.id}/again", data={"csrf": person.csrf}).status_code == 409


def test_nothing_is_made_where_nothing_was_chosen(browser: Browser, video: str) -> None:
    person = browser("designer")
    assert person.post(f"/assets/{video}/storyboard", data=form(person)).status_code == 422


def test_the_page_of_a_video_tells_what_was_measured_and_leads_to_its_storyboard(browser: Browser, video: str) -> None:
    page = browser("designer").get(f"/assets/{video}").text
    assert f"/assets/{video}/storyboard" in page
    assert "160 × 90, 30 pictures a second, SDR, upright" in page
    assert "LUFS" in page
    assert "One, without a cut" in page


def test_captions_stand_on_the_time_line_and_are_burned_in_where_a_language_is_chosen(
    hub: Hub, browser: Browser, video: str
) -> None:
    track = b"1\n00:00:00,200 --> 00:00:00,700\nHello there\n"
    catalog.add_captions(hub, SYSTEM, video, track, language="en")
    person = browser("designer")
    page = person.get(f"/assets/{video}/storyboard?storyboard=1&preset={FREE}").text
    assert 'class="line-cue" x="20.0%" width="50.0%"' in page
    assert "Burn in: en" in page
    assert "burned in" not in page.partition('id="versions"')[2]
    answer = person.post(f"/assets/{video}/storyboard/plans", data=form(person, FREE, captions="en"))
    assert "1 caption, burned in" in answer.text


def test_a_use_that_is_stated_is_kept_with_what_was_chosen(browser: Browser, video: str) -> None:
    person = browser("designer")
    page = person.get(f"/assets/{video}/storyboard?storyboard=1&preset={FREE}&use=1&use_territories=DE")
    assert "use_territories=DE" in page.headers["Set-Cookie"]
    assert page.text.count(f'name="preset" value="{FREE}"') == 2
    again = person.get(f"/assets/{video}/storyboard?storyboard=1&preset={FREE}").text
    assert 'name="use_territories" value="DE"' in again


GIF, WEBP, POSTER, STREAM = (
    "email.animated.gif",
    "web.animated.webp",
    "email.video_poster.2x",
    "web.hls.avc.416x234.145k",
)


def test_animations_stills_and_streams_stand_beside_the_films(hub: Hub, browser: Browser, video: str) -> None:
    person = browser("designer")
    query = "&".join(f"preset={name}" for name in (POSTER, GIF, STREAM, WEBP, FREE))
    page = person.get(f"/assets/{video}/storyboard?storyboard=1&{query}&seconds=0.9&moves=0.5&loops=2&still=0.4").text
    shown = page.partition('id="versions"')[2]
    order = [shown.index(f'data-version="{name}"') for name in (FREE, STREAM, GIF, WEBP, POSTER)]
    assert order == sorted(order)
    assert "5 of 5 versions can be made." in shown
    assert "0.9 s, 30 pictures a second" in shown
    assert shown.count("0.5 s, at most 12 pictures a second, shown 2 times") == 2
    assert f"WebP, at most {words.size(1_000_000)}, without sound" in shown
    assert "JPEG, with a play button" in shown
    assert "<dt>Moment</dt><dd>0.4 s</dd>" in shown
    assert "1 size, up to 160 × 90" in shown
    assert "<circle" in shown
    assert renditions.of_asset(hub, SYSTEM, video) == []


def test_all_kinds_are_asked_for_in_one_go_and_told_with_their_state(hub: Hub, browser: Browser, video: str) -> None:
    person = browser("designer")
    fields = form(person, GIF, POSTER, LARGE, moves="0.5")
    person.post(f"/assets/{video}/storyboard", data=fields, headers={"HX-Request": "true"})
    made = {one.presets[0]: one for one in renditions.of_asset(hub, SYSTEM, video)}
    assert set(made) == {GIF, POSTER}
    (job,) = {one.job_id for one in made.values()}
    before = person.post(f"/assets/{video}/storyboard/plans", data=fields).text
    assert before.count("Being made") == 2
    finish(hub, [job or 0])
    ready = renditions.get(hub, SYSTEM, made[GIF].id)
    after = person.post(f"/assets/{video}/storyboard/plans", data=fields).text
    assert f"GIF, {words.size(ready.size_bytes)}" in after
    assert "at least 1280 x 720 are needed" in after


def test_the_pieces_of_a_kit_are_drawn_before_anything_is_made(hub: Hub, browser: Browser, video: str) -> None:
    kept(hub)
    kit = {"kit": "oat", "kit_piece": "lower_third", "kit_name": "Ana Müller"}
    page = browser("designer").get(f"/assets/{video}/storyboard?storyboard=1&preset={GIF}&moves=0.5&{urlencode(kit)}")
    canvas = page.text.partition("data-canvas")[2].partition("</svg></div>")[0]
    assert ">Ana Müller</text>" in canvas
    assert 'fill="#203a2b"' in canvas


def test_captions_are_shown_in_the_colours_of_the_kit(hub: Hub, browser: Browser, video: str) -> None:
    kept(hub, captions_words="#fff0c0", captions_ground="#203a2b")
    catalog.add_captions(hub, SYSTEM, video, b"00:00:00,200 --> 00:00:00,700\nHello there\n", language="en")
    kit = {"kit": "oat", "kit_piece": "lower_third", "kit_name": "Ana Müller", "captions": "en"}
    page = browser("designer").get(f"/assets/{video}/storyboard?storyboard=1&preset={FREE}&{urlencode(kit)}")
    canvas = page.text.partition("data-canvas")[2].partition("</svg></div>")[0]
    assert 'color="#fff0c0"' in canvas
    assert 'data-ground="#203a2bbf"' in canvas


def test_music_is_chosen_where_it_may_be_used_and_the_others_say_why_not(
    hub: Hub, browser: Browser, video: str
) -> None:
    page = browser("content_manager").get(f"/assets/{video}/storyboard").text
    assert "No music has a file yet" in page
    free, closed = (add_track(hub, SYSTEM, title, "licensed").id for title in ("Free song", "Closed song"))
    for track in (free, closed):
        sent = send_music(hub, SYSTEM, io.BytesIO(tone()), Music(track, "song.wav"))
        finish(hub, [sent.job_id or 0])
    licence(hub, free)
    person = browser("designer")
    page = person.get(f"/assets/{video}/storyboard?storyboard=1&preset={FREE}&bed={free}&keep_voice=1").text
    assert f'<option value="{free}" selected>Free song' in page
    assert f'<option value="{closed}" disabled>Closed song' in page
    assert "There is no licence for the music “Closed song”" in page
    assert "Music under it, at" in page
    instead = person.post(f"/assets/{video}/storyboard/plans", data=form(person, FREE, bed=free))
    assert "Music instead, at" in instead.text
    refused = person.post(f"/assets/{video}/storyboard/plans", data=form(person, FREE, bed=closed))
    assert "no licence for the music “Closed song”" in refused.text
